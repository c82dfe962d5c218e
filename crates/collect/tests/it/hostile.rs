//! Bodies that mean harm: nothing panics, nothing grows, and the good neighbours are taken.

use http::StatusCode;
use proptest::prelude::*;
use serde_json::json;

use crate::door::{Door, gzip};

/// A batch of a bad message between two good ones.
fn among_good(bad: &[u8]) -> Vec<u8> {
    let good = |name: &str| format!(r#"{{"type":"track","event":"{name}","userId":"u"}}"#).into_bytes();
    [
        b"{\"batch\":[".to_vec(),
        good("before"),
        b",".to_vec(),
        bad.to_vec(),
        b",".to_vec(),
        good("after"),
        b"]}".to_vec(),
    ]
    .concat()
}

async fn check(what: &str, bad: &[u8], reason: &str, field: &str) {
    let door = Door::new();
    door.post("/v1/batch", among_good(bad)).await.must_succeed();
    let names: Vec<_> = door.events().into_iter().map(|event| event.name).collect();
    assert_eq!(names, ["before", "after"], "{what}");
    assert_eq!(door.refused(), [(reason.to_owned(), field.to_owned(), 1)], "{what}");
}

#[tokio::test]
async fn one_bad_event_never_sinks_its_batch() {
    for (what, bad, reason, field) in [
        ("a number", "17", "not_an_object", ""),
        ("an array", "[[]]", "not_an_object", ""),
        ("a null", "null", "not_an_object", ""),
        ("nothing in it", "{}", "unknown_type", "type"),
        ("an unknown call", r#"{"type":"delete","userId":"u"}"#, "unknown_type", "type"),
        ("a type that is no text", r#"{"type":{},"userId":"u"}"#, "unknown_type", "type"),
        ("no event", r#"{"type":"track","userId":"u"}"#, "missing_event", "event"),
        ("an empty event", r#"{"type":"track","userId":"u","event":""}"#, "missing_event", "event"),
        ("an event that is no text", r#"{"type":"track","userId":"u","event":[1]}"#, "wrong_type", "event"),
        ("nobody's", r#"{"type":"track","event":"A"}"#, "missing_identity", "userId"),
        (
            "nobody's by empty ids",
            r#"{"type":"track","event":"A","userId":"","anonymousId":null}"#,
            "missing_identity",
            "userId",
        ),
        (
            "an id that is an object",
            r#"{"type":"track","event":"A","userId":{"a":1}}"#,
            "wrong_type",
            "userId",
        ),
        ("an id that is true", r#"{"type":"track","event":"A","userId":true}"#, "wrong_type", "userId"),
        ("a group without id", r#"{"type":"group","userId":"u"}"#, "missing_field", "groupId"),
        ("an alias of nothing", r#"{"type":"alias","userId":"u"}"#, "missing_field", "previousId"),
        (
            "an alias to nothing",
            r#"{"type":"alias","previousId":"u","anonymousId":"a"}"#,
            "missing_field",
            "userId",
        ),
        (
            "properties in an array",
            r#"{"type":"track","event":"A","userId":"u","properties":[1]}"#,
            "not_an_object",
            "properties",
        ),
        (
            "properties in a text",
            r#"{"type":"track","event":"A","userId":"u","properties":"{}"}"#,
            "not_an_object",
            "properties",
        ),
        ("traits in a number", r#"{"type":"identify","userId":"u","traits":1}"#, "not_an_object", "traits"),
        (
            "a context that is a text",
            r#"{"type":"track","event":"A","userId":"u","context":"x"}"#,
            "not_an_object",
            "context",
        ),
        ("an escape that is none", r#"{"type":"track","event":"A\x","userId":"u"}"#, "invalid_json", "event"),
        (
            "half a surrogate pair",
            r#"{"type":"track","event":"A","userId":"\ud83c"}"#,
            "invalid_json",
            "userId",
        ),
        (
            "properties that are broken inside",
            r#"{"type":"track","event":"A","userId":"u","properties":{"a":tru}}"#,
            "invalid_json",
            "properties",
        ),
        (
            "brackets that cross",
            r#"{"type":"track","event":"A","userId":"u","properties":{"a":[}}}"#,
            "invalid_json",
            "properties",
        ),
    ] {
        check(what, bad.as_bytes(), reason, field).await;
    }
}

#[tokio::test]
async fn deep_large_and_undecodable_events_fail_alone() {
    let event = |properties: &str| {
        format!(r#"{{"type":"track","event":"A","userId":"u","properties":{properties}}}"#)
    };
    let deep = event(&format!("{{\"a\":{}1{}}}", "[".repeat(500_000), "]".repeat(500_000)));
    check("half a million brackets", deep.as_bytes(), "event_too_large", "").await;
    let deep = event(&format!("{{\"a\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000)));
    check("five thousand brackets", deep.as_bytes(), "too_deep", "").await;
    let large = event(&format!("{{\"a\":\"{}\"}}", "x".repeat(40_000)));
    check("a long text", large.as_bytes(), "event_too_large", "").await;
    let keys: Vec<String> = (0..3_000).map(|n| format!("\"{n}\":1")).collect();
    check("many keys", event(&format!("{{{}}}", keys.join(","))).as_bytes(), "too_many_keys", "properties")
        .await;
    check("no UTF-8", b"{\"type\":\"track\",\"event\":\"A\xff\",\"userId\":\"u\"}", "invalid_utf8", "event")
        .await;
    let bad = b"{\"type\":\"track\",\"event\":\"A\",\"userId\":\"u\",\"properties\":{\"a\":\"\xc3(\"}}";
    check("no UTF-8 in properties", bad, "invalid_utf8", "properties").await;
}

#[tokio::test]
async fn bodies_that_are_no_json_object_are_unreadable() {
    for body in [
        "",
        " ",
        "null",
        "[]",
        "17",
        "\"x\"",
        "{",
        "{\"batch\":[",
        "{\"batch\":[{]}",
        "{\"batch\":[{}}",
        "{} {}",
        "{\"batch\":[{},]}",
        "{'a':1}",
        "a=b&c=d",
        "{\"a\":1,}",
        "{\"batch\":[1 2]}",
    ] {
        let door = Door::new();
        let reply = door.post("/v1/batch", body).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{body}");
        let answer: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(
            (&answer["success"], &answer["code"]),
            (&json!(false), &json!("unreadable_body")),
            "{body}"
        );
        assert_eq!(door.refused(), [("unreadable_body".to_owned(), String::new(), 1)], "{body}");
        assert!(door.events().is_empty(), "{body}");
    }
    let door = Door::new();
    let packed = gzip(br#"{"type":"track","event":"A","userId":"u"}"#);
    let torn = &packed[..packed.len() - 9];
    assert_eq!(door.post("/v1/batch", torn).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(door.post("/v1/batch", [0x1f, 0x8b, 8, 0]).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_is_too_large_is_refused_packed_or_not() {
    let door = Door::new();
    let too_large = format!("{{\"a\":\"{}\"}}", "x".repeat(4_000 * 1024));
    // Texts that differ do not pack so well that the ratio alone gives them away.
    let mixed: String = (0..900_000).map(|n| format!("{n:x} ")).collect();
    for (what, body) in [
        ("plain", too_large.clone().into_bytes()),
        ("packed well", gzip(too_large.as_bytes())),
        ("packed badly", gzip(mixed.as_bytes())),
        ("a bomb within the size", gzip(&vec![b' '; 3_000 * 1024])),
    ] {
        let reply = door.post("/v1/batch", body).await;
        assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE, "{what}");
    }
    assert_eq!(door.refused(), [("body_too_large".to_owned(), String::new(), 4)]);
    assert!(door.events().is_empty());
}

#[tokio::test]
async fn a_shared_context_cannot_be_multiplied() {
    let door = Door::new();
    let context = json!({"blob": "x".repeat(20_000)});
    let batch: Vec<_> = (0..500).map(|_| json!({"type": "track", "event": "A", "userId": "u"})).collect();
    let reply = door.post("/v1/batch", json!({"context": context, "batch": batch}).to_string()).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(door.events().is_empty());
}

#[tokio::test]
async fn events_beyond_the_longest_batch_are_counted() {
    let door = Door::new();
    let batch: Vec<_> = (0..2_600).map(|_| json!({"type": "track", "event": "A", "userId": "u"})).collect();
    door.post("/v1/batch", json!({"batch": batch}).to_string()).await.must_succeed();
    assert_eq!(door.events().len(), 2_500);
    assert_eq!(door.refused(), [("batch_too_long".to_owned(), "batch".to_owned(), 100)]);
}

#[test]
fn arbitrary_and_mangled_bodies_are_answered() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let door = Door::new();
    let valid = among_good(br#"{"type":"page","name":"N","userId":"u","context":{"ip":"x","library":{"name":"y"}},"properties":{"a":[1,{"b":"c"}]}}"#);
    let send = |body: Vec<u8>| {
        let status = runtime.block_on(door.post("/v1/batch", body)).status;
        assert!([StatusCode::OK, StatusCode::BAD_REQUEST, StatusCode::PAYLOAD_TOO_LARGE].contains(&status));
    };
    proptest!(ProptestConfig::with_cases(128), |(bytes in proptest::collection::vec(any::<u8>(), 0..300))| {
        send(bytes.clone());
        send([b"{\"batch\":[".as_slice(), &bytes, b"]}"].concat());
        send([b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03".as_slice(), &bytes].concat());
    });
    proptest!(ProptestConfig::with_cases(256), |(at in 0..valid.len(), byte in any::<u8>(), cut in any::<bool>())| {
        let mut body = valid.clone();
        body[at] = byte;
        if cut {
            body.truncate(at);
        }
        send(body);
    });
}

/// A body that each path takes, to be mangled.
const TAKEN: [(&str, &str); 9] = [
    (
        "/track?verbose=1",
        r#"[{"event":"A","properties":{"token":"t","distinct_id":"u","time":1,"x":[1,{"b":"c"}]}}]"#,
    ),
    (
        "/track",
        "data=%5B%7B%22event%22%3A%22A%22%2C%22properties%22%3A%7B%22distinct_id%22%3A%22u%22%7D%7D%5D&ip=1",
    ),
    ("/engage", r#"[{"$token":"t","$distinct_id":"u","$set":{"a":1},"$add":{"n":1},"$unset":["x"]}]"#),
    ("/groups", r#"[{"$token":"t","$group_key":"k","$group_id":"g","$union":{"l":["x"]}}]"#),
    (
        "/import?strict=1",
        "{\"event\":\"A\",\"properties\":{\"distinct_id\":\"u\",\"time\":1790000000}}\n{\"event\":\"B\"}",
    ),
    (
        "/api/v2/batch",
        r#"{"batch":[{"type":"person","action":"event","identifiers":{"id":"u"},"name":"A","attributes":{"a":1}},{"type":"object","action":"identify","identifiers":{"object_type_id":"1","object_id":"o"},"cio_relationships":[{"identifiers":{"id":"u"}}]}]}"#,
    ),
    (
        "/api/v1/customers/u/events",
        r#"{"name":"A","type":"page","data":{"a":{"b":1}},"timestamp":1790000000,"id":"x"}"#,
    ),
    ("/api/v1/forms/f/submit", "email=a%40example.com&plan=pro"),
    ("/api/s/s2s/batch", r#"{"batch":[{"type":"track","event":"A","anonymousId":"a","context":{"a":1}}]}"#),
];

#[test]
fn every_dialect_answers_arbitrary_and_mangled_bodies_in_its_words() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let door = Door::new();
    let send = |path: &str, body: Vec<u8>| {
        let reply = runtime.block_on(door.post(path, body));
        let text = String::from_utf8(reply.body.clone()).unwrap();
        let is_json = || serde_json::from_str::<serde_json::Value>(&text).is_ok();
        let said = match path.split('?').next().unwrap() {
            "/track" | "/engage" | "/groups" => {
                text == "0" || text == "1" || text.starts_with("{\"status\":")
            }
            "/import" => {
                text == "0" || text == "1" || text.starts_with("{\"code\":") || text == "{\"success\":true}"
            }
            "/api/v2/batch" => {
                text == "{}" || text.starts_with("{\"errors\":[") || text.starts_with("{\"meta\":")
            }
            "/api/v1/forms/f/submit" => text.is_empty() || text.starts_with("{\"meta\":"),
            "/api/s/s2s/batch" => text.starts_with("{\"ok\":"),
            _ => text == "{}" || text.starts_with("{\"meta\":"),
        };
        assert!(said && (text.is_empty() || is_json()), "{path}: {text}");
        let status = reply.status.as_u16();
        assert!([200, 204, 207, 400].contains(&status), "{path}: {status}");
    };
    proptest!(ProptestConfig::with_cases(48), |(bytes in proptest::collection::vec(any::<u8>(), 0..200))| {
        for (path, _) in TAKEN {
            send(path, bytes.clone());
            send(path, [b"[{\"".as_slice(), &bytes, b"\":1}]"].concat());
            send(path, [b"data=".as_slice(), &bytes].concat());
        }
    });
    proptest!(ProptestConfig::with_cases(96), |(which in 0..TAKEN.len(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>())| {
        let (path, body) = TAKEN[which];
        let mut body = body.as_bytes().to_vec();
        let at = at.index(body.len());
        body[at] = byte;
        if cut {
            body.truncate(at);
        }
        send(path, body);
    });
}

#[test]
fn addresses_are_answered_whatever_stands_in_them() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let door = Door::new();
    proptest!(ProptestConfig::with_cases(96), |(text in "[!-~]{0,60}")| {
        for path in ["/track", "/v1/pixel/track", "/pixel/v1/page", "/api/px/track"] {
            for query in [format!("data={text}"), text.clone()] {
                let Ok(uri) = format!("{path}?{query}").parse::<http::Uri>() else { continue };
                let reply = runtime.block_on(door.get(&uri.to_string()));
                prop_assert!(reply.status == StatusCode::OK, "{path}");
            }
        }
        if let Ok(uri) = format!("/api/v1/customers/{text}/events").parse::<http::Uri>() {
            runtime.block_on(door.post(&uri.to_string(), r#"{"name":"A"}"#));
        }
    });
}
