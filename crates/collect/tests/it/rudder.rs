//! RudderStack's dialect, where it is not Segment's.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::door::{Door, gzip};
use crate::shown::{all, refused};

#[tokio::test]
async fn every_path_takes_its_call() {
    for (path, body, expected) in [
        (
            "/v1/track",
            json!({"event": "A", "userId": "u", "channel": "web", "originalTimestamp": "2026-10-30T09:59:00Z", "sentAt": "2026-10-30T10:00:00Z", "context": {"sessionId": 7}}),
            json!({"kind": "track", "name": "A", "user": "u", "context": {"sessionId": 7}, "ago_ms": 60_000}),
        ),
        (
            "/v1/identify",
            json!({"type": "identify", "userId": "u", "anonymousId": "a", "context": {"traits": {"plan": "pro"}}}),
            json!({"kind": "identify", "name": "Identified", "user": "u", "anon": "a", "traits": {"plan": "pro"}}),
        ),
        (
            "/v1/page",
            json!({"anonymousId": "a", "name": "Home"}),
            json!({"kind": "page", "name": "Page Viewed", "anon": "a", "properties": {"name": "Home"}}),
        ),
        (
            "/v1/screen",
            json!({"anonymousId": "a"}),
            json!({"kind": "screen", "name": "Screen Viewed", "anon": "a"}),
        ),
        (
            "/v1/group",
            json!({"userId": "u", "groupId": "g"}),
            json!({"kind": "group", "name": "Grouped", "user": "u", "group": "g"}),
        ),
        (
            "/v1/alias",
            json!({"userId": "u", "previousId": "a"}),
            json!({"kind": "alias", "name": "Aliased", "user": "u", "previous": "a"}),
        ),
        (
            "/v1/batch",
            json!({"batch": [{"type": "track", "event": "A", "userId": "u"}]}),
            json!({"kind": "track", "name": "A", "user": "u"}),
        ),
        (
            "/v1/import",
            json!({"batch": [{"type": "track", "event": "A", "userId": "u"}]}),
            json!({"kind": "track", "name": "A", "user": "u"}),
        ),
    ] {
        let door = Door::new();
        door.post(path, body.to_string()).await.must_succeed();
        assert_eq!(all(&door), json!([expected]), "{path}");
    }
}

#[tokio::test]
async fn two_known_people_are_not_merged_by_a_key() {
    let door = Door::new();
    let merge = json!({"type": "merge", "mergeProperties": [{"type": "email", "value": "a"}, {"type": "email", "value": "b"}]});
    door.post("/v1/merge", merge.to_string()).await.must_succeed();
    assert!(door.events().is_empty());
    assert_eq!(refused(&door), json!([["not_with_a_write_key", "merge", 1]]));
}

#[tokio::test]
async fn beacons_and_packed_forms_are_read_by_what_they_are() {
    let door = Door::new();
    let body = r#"{"batch":[{"type":"track","event":"A","userId":"u"}],"sentAt":"2026-10-30T10:00:00Z"}"#;
    let path = format!("/beacon/v1/batch?writeKey={}", door.source.write_key);
    door.send(Method::POST, &path, &[("content-type", "text/plain")], body).await.must_succeed();
    let basic = door.basic();
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("authorization", &basic)];
    door.send(Method::POST, "/v1/batch", &headers, gzip(body.as_bytes())).await.must_succeed();
    assert_eq!(door.events().len(), 2);
}

#[tokio::test]
async fn pixels_have_properties_with_dots() {
    let door = Door::new();
    let key = &door.source.write_key;
    for call in ["track", "page"] {
        let query = format!(
            "writeKey={key}&anonymousId=a&event=Opened&name=N&properties.total=5&properties.a%22b=x&context.app=shop"
        );
        let reply = door.get(&format!("/pixel/v1/{call}?{query}")).await;
        assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, Some("image/gif")));
    }
    assert_eq!(
        all(&door),
        json!([
            {"kind": "track", "name": "Opened", "anon": "a", "properties": {"total": "5", "a\"b": "x"}, "context": {"app": "shop"}},
            {"kind": "page", "name": "Page Viewed", "anon": "a", "properties": {"total": "5", "a\"b": "x", "name": "N"}, "context": {"app": "shop"}},
        ])
    );
}

#[tokio::test]
async fn the_configuration_names_the_source_and_no_destinations() {
    let door = Door::new();
    let key = &door.source.write_key;
    let basic = door.basic();
    let by_query = format!("/sourceConfig/?p=cdn&v=3.34.1&writeKey={key}");
    for (path, headers) in [
        ("/sourceConfig/?p=cdn&v=3.34.1", vec![("authorization", basic.as_str())]),
        (by_query.as_str(), vec![]),
    ] {
        let reply = door.send(Method::GET, path, &headers, "").await;
        assert_eq!(reply.status, StatusCode::OK);
        let answer: Value = serde_json::from_slice(&reply.body).unwrap();
        let id = door.source.id.to_string();
        let off = json!({"enabled": false});
        assert_eq!(
            answer,
            json!({
                "source": {"id": id, "name": "holdfast", "writeKey": key, "enabled": true, "workspaceId": id,
                           "config": {"statsCollection": {"errors": off, "metrics": off}}, "destinations": []},
            })
        );
    }
    assert_eq!(door.get("/sourceConfig/?writeKey=nobodys").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn it_says_that_it_is_up() {
    let door = Door::new();
    let health = door.get("/health").await;
    assert_eq!(
        (health.status.as_u16(), &*health.body),
        (200, br#"{"server":"UP","mode":"normal"}"#.as_slice())
    );
    assert_eq!(door.get("/version").await.status, StatusCode::OK);
}
