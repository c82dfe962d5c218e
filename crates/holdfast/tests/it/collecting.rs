//! Events in, and what is shown of them.

use serde_json::{Value, json};
use testkit::wait_until;

use crate::support::House;

#[test]
fn an_event_is_shown_within_a_second_as_it_was_sent() {
    let mut house = House::new();
    house.send(
        "/v1/track",
        &json!({
            "userId": "user-1", "event": "Order Completed", "messageId": "order-1", "timestamp": "2026-08-01T10:00:00.000Z",
            "properties": {"revenue": 12.5, "plan": "pro", "items": [{"sku": "A1", "count": 2}], "gift": true, "note": null},
            "context": {"library": {"name": "hand", "version": "1"}, "locale": "de-DE"}
        }),
    );
    let path = house.path("/events?event=Order%20Completed");
    let owner = &mut house.owner;
    let items = wait_until(1, "the event", || {
        let items = owner.get(&path).expect(200).json["items"].as_array().unwrap().clone();
        (!items.is_empty()).then_some(items)
    });
    let event = &items[0];
    assert_eq!(event["message_id"], "order-1");
    assert_eq!(event["type"], "track");
    assert_eq!(event["event"], "Order Completed");
    assert_eq!(event["time"], "2026-08-01T10:00:00.000Z");
    assert_eq!(
        event["properties"],
        json!({"revenue": 12.5, "plan": "pro", "items": [{"sku": "A1", "count": 2}], "gift": true, "note": null})
    );
    assert_eq!(event["context"]["locale"], "de-DE");
    assert!(event["person"].as_str().unwrap().starts_with("p_"));
}

#[test]
fn secrets_are_marked_and_personal_values_sealed() {
    let mut house = House::new();
    house.send(
        "/v1/identify",
        &json!({"userId": "ada", "traits": {"email": "ada@example.com", "name": "Ada Lovelace", "plan": "pro"}}),
    );
    house.send(
        "/v1/track",
        &json!({"userId": "ada", "event": "Signed Up", "properties": {
            "password": "correct horse battery", "contact": "grace@example.com", "plan": "pro"}}),
    );
    let events = house.events(2);
    let track = events.iter().find(|event| event["type"] == "track").unwrap();
    assert_eq!(track["properties"]["password"], "[removed: password]");
    assert!(track["properties"]["contact"].as_str().unwrap().starts_with("[sealed: email #"), "{track}");
    assert_eq!(track["properties"]["plan"], "pro");
    let identify = events.iter().find(|event| event["type"] == "identify").unwrap();
    assert_eq!(identify["traits"]["email"], "[sealed: email]");
    assert_eq!(identify["traits"]["name"], "[sealed: name]");
    assert_eq!(identify["traits"]["plan"], "pro");
    let text = Value::Array(events).to_string();
    for secret in ["correct horse", "grace@", "ada@", "Lovelace"] {
        assert!(!text.contains(secret), "{secret} is shown");
    }
    let findings = house.owner.get(&house.path("/shield/findings")).expect(200).json["items"].clone();
    let found = |class: &str| findings.as_array().unwrap().iter().any(|finding| finding["class"] == class);
    assert!(found("password") && found("email"), "{findings}");
}

#[test]
fn one_bad_event_spoils_nothing_and_is_counted() {
    let mut house = House::new();
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let batch = format!(
        r#"{{"writeKey":"{}","batch":[
            {{"type":"track","event":"Good","userId":"u","messageId":"g1"}},
            {{"type":"track","userId":"u","messageId":"no-name"}},
            {{"type":"track","event":"Deep","userId":"u","messageId":"deep","properties":{{"x":{deep}}}}},
            {{"type":"track","event":"Good","userId":"u","messageId":"g2"}}]}}"#,
        house.server.installed.write_key
    );
    let reply = house
        .server
        .sdk()
        .send_raw("POST", "/v1/batch", Some("text/plain"), batch.as_bytes(), &[])
        .expect(200);
    assert_eq!(reply.text, r#"{"success":true}"#);
    let events = house.events(2);
    assert_eq!(events.len(), 2);
    let path = house.path("/shield/refusals");
    let owner = &mut house.owner;
    wait_until(5, "two refusals", || {
        let items = owner.get(&path).expect(200).json["items"].as_array().unwrap().clone();
        let reasons: Vec<&str> = items.iter().filter_map(|item| item["reason"].as_str()).collect();
        (reasons.contains(&"missing_event") && reasons.contains(&"too_deep")).then_some(())
    });
}

#[test]
fn unreadable_bodies_are_told_and_unknown_keys_are_not() {
    let house = House::new();
    let mut sdk = house.server.sdk();
    assert_eq!(sdk.send_raw("POST", "/v1/track", None, b"{not json", &[]).status, 400);
    let reply =
        sdk.post("/v1/track", &json!({"writeKey": "nobody", "userId": "u", "event": "Lost"})).expect(200);
    assert_eq!(reply.text, r#"{"success":true}"#);
    let status = status_of_a_body_of(&house.server.collect, 5 * 1024 * 1024);
    assert!(status.starts_with("HTTP/1.1 413") || status.starts_with("HTTP/1.1 400"), "{status}");
}

#[test]
fn browsers_of_other_sites_may_send() {
    let house = House::new();
    let mut sdk = house.server.sdk();
    let asked = sdk.send(
        "OPTIONS",
        "/v1/t",
        None,
        &[
            ("origin", "https://shop.example"),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization,content-type,x-retry-count"),
        ],
    );
    assert!(asked.status < 300);
    assert_eq!(asked.header("access-control-allow-origin"), Some("https://shop.example"));
    let allowed = asked.header("access-control-allow-headers").unwrap().to_lowercase();
    for name in ["authorization", "content-type", "x-retry-count"] {
        assert!(allowed.contains(name), "{allowed}");
    }
    assert!(asked.header("access-control-max-age").is_some());
    let settings =
        sdk.get(&format!("/v1/projects/{}/settings", house.server.installed.write_key)).expect(200);
    assert_eq!(
        settings.json["integrations"]["Segment.io"]["apiKey"].as_str(),
        Some(house.server.installed.write_key.as_str())
    );
    assert_eq!(settings.json["integrations"].as_object().unwrap().len(), 1);
}

/// The first line of the answer to a body of spaces. The server may answer and close before all of it was sent.
fn status_of_a_body_of(collect: &str, bytes: usize) -> String {
    use std::io::{BufRead, BufReader, Write};
    let mut stream = std::net::TcpStream::connect(collect.trim_start_matches("http://")).unwrap();
    let head = format!("POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: {bytes}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = vec![b' '; 64 * 1024];
    for _ in 0..bytes / chunk.len() {
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line
}
