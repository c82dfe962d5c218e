//! Bytes in, events out.

use http::Method;
use serde_json::{Value, json};

use crate::door::{Door, NOW_MS, gzip};
use crate::shown::shown;

async fn check(what: &str, path: &str, body: &str, expected: Value) {
    let door = Door::new();
    door.post(path, body).await.must_succeed();
    let events = door.events();
    assert!(events.iter().all(|event| event.received_ms == NOW_MS && !event.message_id.is_empty()), "{what}");
    assert_eq!(Value::Array(events.iter().map(shown).collect()), expected, "{what}");
    assert_eq!(door.refused(), [], "{what}");
}

#[tokio::test]
async fn single_calls_take_their_kind_from_the_path() {
    for (paths, body, expected) in [
        (
            ["/v1/t", "/v1/track"],
            r#"{"event":"Order Completed","userId":"u1","properties":{"total":12.5}}"#,
            json!({"kind":"track","name":"Order Completed","user":"u1","properties":{"total":12.5}}),
        ),
        (
            ["/v1/i", "/v1/identify"],
            r#"{"userId":"u1","anonymousId":"a1","traits":{"plan":"pro"}}"#,
            json!({"kind":"identify","name":"Identified","user":"u1","anon":"a1","traits":{"plan":"pro"}}),
        ),
        (
            ["/v1/p", "/v1/page"],
            r#"{"anonymousId":"a1","name":"Pricing","category":"Docs","properties":{"path":"/pricing"}}"#,
            json!({"kind":"page","name":"Page Viewed","anon":"a1","properties":{"path":"/pricing","name":"Pricing","category":"Docs"}}),
        ),
        (
            ["/v1/s", "/v1/screen"],
            r#"{"anonymousId":"a1","name":"Home"}"#,
            json!({"kind":"screen","name":"Screen Viewed","anon":"a1","properties":{"name":"Home"}}),
        ),
        (
            ["/v1/g", "/v1/group"],
            r#"{"userId":"u1","groupId":"g1","traits":{"seats":7},"context":{"traits":{"plan":"pro"}}}"#,
            json!({"kind":"group","name":"Grouped","user":"u1","group":"g1","traits":{"seats":7}}),
        ),
        (
            ["/v1/a", "/v1/alias"],
            r#"{"userId":"u1","previousId":"u1"}"#,
            json!({"kind":"alias","name":"Aliased","user":"u1","previous":"u1"}),
        ),
    ] {
        for path in paths {
            check(path, path, body, json!([expected])).await;
            check(path, &format!("{path}/"), body, json!([expected])).await;
        }
    }
}

#[tokio::test]
async fn batches_are_taken_on_every_batch_path() {
    let body = r#"{"batch":[{"type":"track","event":"A","userId":"u"},{"type":"page","userId":"u"}],"sentAt":"2026-10-30T10:00:00Z"}"#;
    let expected =
        json!([{"kind":"track","name":"A","user":"u"},{"kind":"page","name":"Page Viewed","user":"u"}]);
    for path in
        ["/v1/b", "/v1/b/", "/v1/batch", "/v1/batch/", "/v1/import", "/v1/import/", "/import", "/import/"]
    {
        check(path, path, body, expected.clone()).await;
    }
}

#[tokio::test]
async fn messages_are_read_as_senders_write_them() {
    for (what, body, expected) in [
        (
            "one message without a batch",
            r#"{"type":"track","event":"A","userId":"u"}"#,
            json!([{"kind":"track","name":"A","user":"u"}]),
        ),
        ("nothing at all", r#"{"batch":[]}"#, json!([])),
        (
            "numbers as ids, nulls as nothing",
            r#"{"batch":[{"type":"track","event":"A","userId":42,"anonymousId":null,"properties":null,"context":null}]}"#,
            json!([{"kind":"track","name":"A","user":"42"}]),
        ),
        (
            "an empty user id beside an anonymous one",
            r#"{"batch":[{"type":"track","event":"A","userId":"","anonymousId":"a"}]}"#,
            json!([{"kind":"track","name":"A","anon":"a"}]),
        ),
        (
            "escapes in names and values",
            r#"{"batch":[{"ty\u0070e":"track","event":"Gr\u00fc\u00dfe \"\ud83c\udf0d\"","userId":"a\/b","properties":{"k\"":"\\"}}]}"#,
            json!([{"kind":"track","name":"Grüße \"🌍\"","user":"a/b","properties":{"k\"":"\\"}}]),
        ),
        (
            "a name that comes twice",
            r#"{"batch":[{"type":"page","type":"track","event":"A","event":"B","userId":"u","userId":"v"}]}"#,
            json!([{"kind":"track","name":"B","user":"v"}]),
        ),
        (
            "members that nobody knows",
            r#"{"batch":[{"type":"track","event":"A","userId":"u","_metadata":{"nodeVersion":"20"},"channel":"server","integrations":{"All":false}}],"x":[{}]}"#,
            json!([{"kind":"track","name":"A","user":"u"}]),
        ),
        (
            "a page's own properties stay",
            r#"{"batch":[{"type":"page","userId":"u","name":"Top","properties":{"name":"Own","n":1} }]}"#,
            json!([{"kind":"page","name":"Page Viewed","user":"u","properties":{"name":"Own","n":1}}]),
        ),
        (
            "context is merged, the item wins, ip is dropped, traits go their way",
            r#"{"context":{"ip":"203.0.113.9","app":{"name":"shop"},"locale":"en"},
                "batch":[{"type":"track","event":"A","userId":"u","context":{"locale":"de","ip":"203.0.113.9","traits":{"plan":"pro"}}},
                         {"type":"track","event":"B","userId":"u"}]}"#,
            json!([
                {"kind":"track","name":"A","user":"u","context":{"locale":"de","app":{"name":"shop"}},"traits":{"plan":"pro"}},
                {"kind":"track","name":"B","user":"u","context":{"app":{"name":"shop"},"locale":"en"}},
            ]),
        ),
        (
            "the shared context after the batch",
            r#"{"batch":[{"type":"track","event":"A","userId":"u"}],"context":{"a":1}}"#,
            json!([{"kind":"track","name":"A","user":"u","context":{"a":1}}]),
        ),
        (
            "a clock that is an hour slow",
            r#"{"sentAt":"2026-10-30T09:00:00Z","batch":[{"type":"track","event":"A","userId":"u","timestamp":"2026-10-30T08:59:50Z"}]}"#,
            json!([{"kind":"track","name":"A","user":"u","ago_ms":10_000}]),
        ),
        (
            "the item's own clock before the batch's; of two times the one that was meant, as it stands",
            r#"{"sentAt":"2020-01-01T00:00:00Z","batch":[
                {"type":"track","event":"A","userId":"u","sentAt":"2026-10-30T10:00:00Z","originalTimestamp":"2026-10-30T09:59:00Z"},
                {"type":"track","event":"B","userId":"u","sentAt":"2026-10-30T09:00:00Z","originalTimestamp":"2026-10-30T09:00:00Z",
                 "timestamp":"2026-10-30T01:00:00Z"}]}"#,
            json!([{"kind":"track","name":"A","user":"u","ago_ms":60_000},{"kind":"track","name":"B","user":"u","ago_ms":9 * 3_600_000}]),
        ),
        (
            "a time without sentAt, one that is none, and one in the future",
            r#"{"batch":[{"type":"track","event":"A","userId":"u","timestamp":"2026-10-30T09:59:00.000+00:00"},
                         {"type":"track","event":"B","userId":"u","timestamp":"soon"},
                         {"type":"track","event":"C","userId":"u","timestamp":"2027-10-30T09:59:00Z"}]}"#,
            json!([{"kind":"track","name":"A","user":"u","ago_ms":60_000},
                   {"kind":"track","name":"B","user":"u"},{"kind":"track","name":"C","user":"u"}]),
        ),
    ] {
        check(what, "/v1/batch", body, expected).await;
    }
}

#[tokio::test]
async fn bodies_are_read_by_what_they_are() {
    let body = br#"{"type":"track","event":"A","userId":"u"}"#;
    let with_mark = [b"\xef\xbb\xbf".as_slice(), body].concat();
    for (what, headers, bytes) in [
        ("plain text", vec![("content-type", "text/plain")], body.to_vec()),
        ("no type", vec![], body.to_vec()),
        ("a form that is none", vec![("content-type", "application/x-www-form-urlencoded")], body.to_vec()),
        ("gzip that says so", vec![("content-encoding", "gzip")], gzip(body)),
        ("gzip that does not", vec![("content-type", "application/x-www-form-urlencoded")], gzip(body)),
        ("plain that says gzip", vec![("content-encoding", "gzip")], body.to_vec()),
        ("a byte order mark", vec![], with_mark),
    ] {
        let door = Door::new();
        let basic = door.basic();
        let headers = [headers, vec![("authorization", &basic)]].concat();
        door.send(Method::POST, "/v1/batch", &headers, bytes).await.must_succeed();
        assert_eq!(door.events().len(), 1, "{what}");
    }
}

#[tokio::test]
async fn message_ids_are_kept_cut_or_made() {
    let door = Door::new();
    let long = "é".repeat(80);
    let body = json!({"batch": [
        {"type": "track", "event": "A", "userId": "u", "messageId": "given"},
        {"type": "track", "event": "A", "userId": "u", "messageId": long},
        {"type": "track", "event": "A", "userId": "u", "messageId": 17},
        {"type": "track", "event": "A", "userId": "u", "messageId": {}},
        {"type": "track", "event": "A", "userId": "u"},
    ]});
    door.post("/v1/batch", body.to_string()).await.must_succeed();
    let ids: Vec<_> = door.events().into_iter().map(|event| event.message_id).collect();
    assert_eq!(ids[..3], ["given".to_owned(), "é".repeat(50), "17".to_owned()]);
    assert!(ids[3].len() >= 26 && ids[4].len() >= 26 && ids[3] != ids[4]);
}

#[tokio::test]
async fn pixels_carry_a_message_in_the_address() {
    let door = Door::new();
    let key = &door.source.write_key;
    let message =
        json!({"writeKey": key, "event": "Mail Opened", "userId": "u", "properties": {"x": "??>>"}})
            .to_string();
    let standard = data_encoding::BASE64.encode(message.as_bytes());
    let url_safe = data_encoding::BASE64URL_NOPAD.encode(message.as_bytes());
    for query in [
        format!("data={}", standard.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")),
        format!("data={url_safe}"),
        format!("writeKey={key}&event=Mail+Opened&userId=u"),
    ] {
        let reply = door.get(&format!("/v1/pixel/track?{query}")).await;
        assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, Some("image/gif")));
        assert_eq!(&reply.body[..6], b"GIF89a");
    }
    let events = door.events();
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|event| event.name == "Mail Opened" && event.user_id.as_deref() == Some("u")));
    for bad in ["/v1/pixel/track", "/v1/pixel/track?data=!!", "/v1/pixel/unknown?data=e30"] {
        assert_eq!(door.get(bad).await.header("content-type"), Some("image/gif"), "{bad}");
    }
    assert_eq!(door.events().len(), 3);
}
