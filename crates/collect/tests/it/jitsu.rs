//! Jitsu's dialect, where it is not Segment's.

use http::{Method, StatusCode};
use serde_json::json;

use crate::door::{Door, basic};
use crate::shown::{all, refused};

const EVENT: &str = r#"{"type":"track","event":"A","anonymousId":"a","properties":{"n":1},"writeKey":"id:***","context":{"page":{"path":"/"}}}"#;

#[tokio::test]
async fn events_are_taken_on_every_path() {
    let batch = format!(r#"{{"batch":[{EVENT}]}}"#);
    for (path, body) in [
        ("/api/s/track", EVENT),
        ("/api/s/event", EVENT),
        ("/api/s/s2s/track", EVENT),
        ("/api/s/s2s/batch", &batch),
        ("/batch", &batch),
        ("/b", &batch),
    ] {
        let door = Door::new();
        let key = format!("id:{}", door.source.write_key);
        let reply =
            door.send(Method::POST, path, &[("x-write-key", &key), ("x-enable-debug", "false")], body).await;
        assert_eq!((reply.status, &*reply.body), (StatusCode::OK, br#"{"ok":true}"#.as_slice()), "{path}");
        assert_eq!(reply.header("content-type"), Some("application/json"));
        let expected = json!([{"kind": "track", "name": "A", "anon": "a", "properties": {"n": 1}, "context": {"page": {"path": "/"}}}]);
        assert_eq!(all(&door), expected, "{path}");
    }
    let door = Door::new();
    let key = &door.source.write_key;
    let reply = door.get(&format!("/api/px/page?writeKey={key}&anonymousId=a&name=N")).await;
    assert_eq!(reply.header("content-type"), Some("image/gif"));
    assert_eq!(door.events().len(), 1);
}

#[tokio::test]
async fn browsers_are_told_that_all_is_well_and_servers_what_is_wrong() {
    let wrong = basic("nobodys");
    for (path, headers, body, status, expected) in [
        ("/api/s/track", vec![], EVENT, 200, r#"{"ok":true}"#),
        ("/api/s/track", vec![], "{", 200, r#"{"ok":true}"#),
        (
            "/api/s/s2s/track",
            vec![("authorization", wrong.as_str())],
            EVENT,
            401,
            r#"{"ok":false,"error":"no source has this write key"}"#,
        ),
        (
            "/api/s/s2s/batch",
            vec![],
            "{",
            400,
            r#"{"ok":false,"error":"the body is not what this call takes"}"#,
        ),
    ] {
        let door = Door::new();
        let reply = door.send(Method::POST, path, &headers, body).await;
        assert_eq!(
            (reply.status.as_u16(), String::from_utf8(reply.body).unwrap().as_str()),
            (status, expected),
            "{path}"
        );
        assert!(door.events().is_empty());
    }
    let door = Door::new();
    let key = ("x-write-key", door.source.write_key.as_str());
    let reply =
        door.send(Method::POST, "/api/s/track", &[key], r#"{"type":"track","anonymousId":"a"}"#).await;
    assert_eq!(&*reply.body, br#"{"ok":true}"#);
    assert_eq!(refused(&door), json!([["missing_event", "event", 1]]));
}

#[tokio::test]
async fn preflights_reflect_what_is_asked() {
    let door = Door::new();
    let headers = [
        ("origin", "https://shop.example.com"),
        ("access-control-request-headers", "content-type,x-enable-debug,x-write-key"),
    ];
    let reply = door.send(Method::OPTIONS, "/api/s/page", &headers, "").await;
    assert_eq!(
        reply.header("access-control-allow-headers"),
        Some("content-type, x-enable-debug, x-write-key")
    );
}
