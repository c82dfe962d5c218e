//! Segment's dialect: strict mode as Customer.io's pipelines have it, waiting, the snippet.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::door::{Door, basic};

const EVENT: &str = r#"{"type":"track","event":"A","userId":"u"}"#;
const STRICT: (&str, &str) = ("x-strict-mode", "1");

#[tokio::test]
async fn strict_mode_turns_silence_into_errors() {
    let mixed = format!(r#"{{"batch":[{EVENT},{{"type":"track","event":"A"}},17]}}"#);
    let (known, unknown) = (None, Some(basic("nobodys")));
    for (what, header, body, status, code) in [
        ("good", &known, EVENT, 200, None),
        ("a wrong key", &unknown, EVENT, 401, Some("unknown_write_key")),
        ("one of three is good", &known, mixed.as_str(), 400, Some("missing_identity")),
    ] {
        let door = Door::new();
        let authorization = header.clone().unwrap_or_else(|| door.basic());
        let headers = [STRICT, ("authorization", authorization.as_str())];
        let reply = door.send(Method::POST, "/v1/batch", &headers, body).await;
        let answer: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!((reply.status.as_u16(), answer["code"].as_str()), (status, code), "{what}");
        assert_eq!(answer["success"], json!(status == 200), "{what}");
        let lax = door.send(Method::POST, "/v1/batch", &headers[1..], body).await;
        lax.must_succeed();
    }
    let door = Door::new();
    let authorization = door.basic();
    let headers = [STRICT, ("authorization", authorization.as_str())];
    door.send(Method::POST, "/v1/batch", &headers, mixed).await;
    assert_eq!(door.events().len(), 1, "what can be taken is taken all the same");
}

#[tokio::test]
async fn waiting_is_told_in_both_headers() {
    let config = collect::Config { events_per_s: 1, ..collect::Config::default() };
    let door = Door::with(config, journal::Config::default());
    for _ in 0..2 {
        door.post("/v1/t", EVENT).await.must_succeed();
    }
    let reply = door.post("/v1/t", EVENT).await;
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!((reply.header("retry-after"), reply.header("x-ratelimit-reset")), (Some("1"), Some("1")));
}

#[tokio::test]
async fn a_source_has_a_quota_of_its_own() {
    let door = Door::new();
    let (workspace, id) = (door.source.workspace, door.source.id);
    let set = |rate| {
        let changed = door.control.write(|tx| collect::source::set_quota(tx, workspace, id, rate));
        door.collector.sources().reload(&door.control).unwrap();
        changed
    };
    assert_eq!(set(Some(1)).unwrap().events_per_s, Some(1));
    for _ in 0..2 {
        door.post("/v1/t", EVENT).await.must_succeed();
    }
    assert_eq!(door.post("/v1/t", EVENT).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(set(None).unwrap().events_per_s, None);
    door.hand.advance_ms(1_000);
    for _ in 0..5 {
        door.post("/v1/t", EVENT).await.must_succeed();
    }
    for rate in [0, 10_000_001] {
        assert!(matches!(set(Some(rate)), Err(collect::CollectError::Quota { .. })), "{rate}");
    }
}

#[tokio::test]
async fn the_snippet_loads_our_own_sdk() {
    let door = Door::new();
    let key = &door.source.write_key;
    let path = format!("/analytics.js/v1/{key}/analytics.min.js");
    let reply = door.send(Method::GET, &path, &[("host", "127.0.0.1:7070")], "").await;
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (StatusCode::OK, Some("text/javascript; charset=utf-8"))
    );
    let script = String::from_utf8(reply.body).unwrap();
    assert!(
        script.contains(&format!("\"{key}\"")) && script.contains("\"http://127.0.0.1:7070\""),
        "{script}"
    );
    assert!(!script.contains('$'), "nothing is left to be filled in: {script}");
    let loaded = door.get("/sdk/holdfast.js").await;
    assert_eq!(loaded.status, StatusCode::OK, "what it loads is there");
    assert_eq!(door.get("/analytics.js/v1/nobodys/analytics.min.js").await.status, StatusCode::NOT_FOUND);
}
