//! Mixpanel's dialect: every wrapping, every call, every reply.

use http::Method;
use serde_json::{Value, json};

use crate::door::{Door, NOW_MS, basic, gzip};
use crate::shown::{all, refused};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn escaped(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.bytes()
        .map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Sends items with the source's token and gives the reply's body.
async fn send(door: &Door, path: &str, items: &Value) -> String {
    let token = &door.source.write_key;
    let body = items.to_string().replace("TOKEN", token);
    let reply = door.send(Method::POST, path, &[], body).await;
    assert_eq!(reply.status.as_u16(), 200, "{path}");
    String::from_utf8(reply.body).unwrap()
}

#[tokio::test]
async fn events_come_in_every_wrapping() {
    let door = Door::new();
    let token = &door.source.write_key;
    // Three question marks and tildes, so that base64 has a plus sign and a slash in it.
    let event =
        json!({"event": "Order", "properties": {"token": token, "distinct_id": "u", "x": "???~~~>>>"}});
    let (one, many) = (event.to_string(), json!([event]).to_string());
    let base64 = data_encoding::BASE64.encode(one.as_bytes());
    assert!(base64.contains('+') || base64.contains('/'));
    let post = |path: &'static str, body: Vec<u8>| (Method::POST, path.to_owned(), body);
    let get = |path: String| (Method::GET, path, Vec::new());
    let cases = [
        ("JSON", post("/track", one.clone().into())),
        ("an array", post("/track/", many.clone().into())),
        ("gzip", post("/track", gzip(many.as_bytes()))),
        ("a form of JSON", post("/track", format!("data={}", escaped(&many)).into())),
        ("a form of base64", post("/track", format!("data={}", escaped(&base64)).into())),
        ("a form of base64 as it is", post("/track", format!("data={base64}").into())),
        ("a form of base64 with spaces", post("/track", format!("data={}", base64.replace('+', " ")).into())),
        ("a form with more in it", post("/track", format!("ip=1&data={}&verbose=0", escaped(&one)).into())),
        ("a packed form", post("/track", gzip(format!("data={}", escaped(&base64)).as_bytes()))),
        ("an address", get(format!("/track?data={}&ip=1", escaped(&base64)))),
        ("an address of JSON", get(format!("/track/?data={}&_=1", escaped(&one)))),
    ];
    let count = cases.len();
    for (what, (method, path, body)) in cases {
        for kind in ["text/plain", FORM.1, "application/json"] {
            let reply = door.send(method.clone(), &path, &[("content-type", kind)], body.clone()).await;
            assert_eq!((reply.status.as_u16(), &*reply.body), (200, b"1".as_slice()), "{what}");
        }
    }
    let events = door.events();
    assert_eq!(events.len(), 3 * count);
    for event in events {
        assert_eq!(event.properties, r#"{"x":"???~~~>>>"}"#);
        assert_eq!((event.name.as_str(), event.user_id.as_deref()), ("Order", Some("u")));
    }
    assert_eq!(refused(&door), json!([]));
}

#[tokio::test]
async fn events_are_read_as_sdks_write_them() {
    for (what, event, expected) in [
        (
            "a server's",
            json!({"event": "A", "properties": {"token": "TOKEN", "distinct_id": "u1", "time": 1_793_354_340, "mp_lib": "python", "$lib_version": "5.4.1", "ip": "203.0.113.9", "n": 1}}),
            json!({"kind": "track", "name": "A", "user": "u1", "ago_ms": 60_000, "properties": {"n": 1}, "context": {"library": {"name": "mixpanel-python", "version": "5.4.1"}}}),
        ),
        (
            "a browser's before it knows who it is",
            json!({"event": "A", "properties": {"token": "TOKEN", "distinct_id": "$device:d1", "$device_id": "d1", "time": 1_793_354_340_000_i64, "$browser": "Chrome"}}),
            json!({"kind": "track", "name": "A", "anon": "d1", "ago_ms": 60_000, "properties": {"$browser": "Chrome"}, "context": {"browser": "Chrome"}}),
        ),
        (
            "a browser's afterwards",
            json!({"event": "A", "properties": {"token": "TOKEN", "distinct_id": "u1", "$device_id": "d1", "$user_id": "u1", "time": 1_793_354_340.5}}),
            json!({"kind": "track", "name": "A", "user": "u1", "anon": "d1", "ago_ms": 59_500}),
        ),
        (
            "the device under its bare id",
            json!({"event": "A", "properties": {"token": "TOKEN", "distinct_id": "d1", "$device_id": "d1"}}),
            json!({"kind": "track", "name": "A", "anon": "d1"}),
        ),
        (
            "identify",
            json!({"event": "$identify", "properties": {"token": "TOKEN", "distinct_id": "u1", "$user_id": "u1", "$anon_distinct_id": "$device:d1", "$device_id": "d1"}}),
            json!({"kind": "identify", "name": "Identified", "user": "u1", "anon": "d1"}),
        ),
        (
            "identify with the older names",
            json!({"event": "$identify", "properties": {"token": "TOKEN", "$identified_id": "u1", "$anon_id": "d1"}}),
            json!({"kind": "identify", "name": "Identified", "user": "u1", "anon": "d1"}),
        ),
        (
            "alias",
            json!({"event": "$create_alias", "properties": {"token": "TOKEN", "distinct_id": "$device:d1", "alias": "u1"}}),
            json!({"kind": "alias", "name": "Aliased", "user": "u1", "previous": "d1"}),
        ),
        (
            "a time in the future, and one long ago",
            json!([{"event": "A", "properties": {"token": "TOKEN", "distinct_id": "u", "time": 1_893_354_340}},
                   {"event": "B", "properties": {"token": "TOKEN", "distinct_id": "u", "time": 5}}]),
            json!([{"kind": "track", "name": "A", "user": "u"}, {"kind": "track", "name": "B", "user": "u"}]),
        ),
        (
            "history from before five days",
            json!({"event": "A", "properties": {"token": "TOKEN", "distinct_id": "u", "time": 1_790_762_400}}),
            json!({"kind": "track", "name": "A", "user": "u", "ago_ms": 30_i64 * 86_400_000}),
        ),
        (
            "an id that is a number",
            json!({"event": "A", "properties": {"token": "TOKEN", "distinct_id": 42}}),
            json!({"kind": "track", "name": "A", "user": "42"}),
        ),
    ] {
        let door = Door::new();
        assert_eq!(send(&door, "/track", &event).await, "1", "{what}");
        let expected = if expected.is_array() { expected } else { json!([expected]) };
        assert_eq!(all(&door), expected, "{what}");
        assert_eq!(refused(&door), json!([]), "{what}");
        assert!(door.events().iter().all(|event| event.received_ms == NOW_MS));
    }
}

#[tokio::test]
async fn insert_ids_are_message_ids() {
    let door = Door::new();
    let event = |id: Value| json!({"event": "A", "properties": {"token": "TOKEN", "distinct_id": "u", "$insert_id": id}});
    send(&door, "/track", &json!([event(json!("abc-1")), event(json!(null))])).await;
    let ids: Vec<_> = door.events().into_iter().map(|event| event.message_id).collect();
    assert_eq!(ids[0], "abc-1");
    assert!(ids[1].len() >= 26);
}

#[tokio::test]
async fn one_bad_event_never_sinks_its_batch() {
    let good =
        |name: &str| format!(r#"{{"event":"{name}","properties":{{"token":"TOKEN","distinct_id":"u"}}}}"#);
    let with_id =
        |id: &str| format!(r#"{{"event":"A","properties":{{"token":"TOKEN","distinct_id":{id}}}}}"#);
    let large = format!(
        r#"{{"event":"A","properties":{{"token":"TOKEN","distinct_id":"u","x":"{}"}}}}"#,
        "x".repeat(40_000)
    );
    let deep = format!(
        r#"{{"event":"A","properties":{{"token":"TOKEN","distinct_id":"u","x":{}{}}}}}"#,
        "[".repeat(500),
        "]".repeat(500)
    );
    for (what, bad, reason, field) in [
        ("a number", "17".to_owned(), "not_an_object", ""),
        (
            "no event",
            r#"{"properties":{"token":"TOKEN","distinct_id":"u"}}"#.to_owned(),
            "missing_event",
            "event",
        ),
        ("no properties", r#"{"event":"A"}"#.to_owned(), "missing_field", "properties"),
        (
            "properties that are none",
            r#"{"event":"A","properties":[]}"#.to_owned(),
            "not_an_object",
            "properties",
        ),
        (
            "nobody's",
            r#"{"event":"A","properties":{"token":"TOKEN"}}"#.to_owned(),
            "missing_identity",
            "distinct_id",
        ),
        ("everybody's", with_id("\"anonymous\""), "disallowed_id", "distinct_id"),
        ("everybody's too", with_id("\"0\""), "disallowed_id", "distinct_id"),
        ("a nil id", with_id("\"00000000-0000-0000-0000-000000000000\""), "disallowed_id", "distinct_id"),
        ("an id that is an object", with_id("{}"), "wrong_type", "distinct_id"),
        ("too large", large, "event_too_large", ""),
        ("too deep", deep, "too_deep", ""),
        (
            "a merge",
            r#"{"event":"$merge","properties":{"token":"TOKEN","$distinct_ids":["a","b"]}}"#.to_owned(),
            "not_with_a_write_key",
            "$merge",
        ),
        (
            "another's token",
            r#"{"event":"A","properties":{"token":"other","distinct_id":"u"}}"#.to_owned(),
            "mixed_tokens",
            "token",
        ),
        (
            "broken inside",
            r#"{"event":"A","properties":{"token":"TOKEN","distinct_id":"u","x":tru}}"#.to_owned(),
            "invalid_json",
            "properties",
        ),
    ] {
        let door = Door::new();
        let body =
            format!("[{},{bad},{}]", good("before"), good("after")).replace("TOKEN", &door.source.write_key);
        let reply = door.send(Method::POST, "/track", &[], body).await;
        assert_eq!(&*reply.body, b"1", "{what}: something was taken");
        let names: Vec<_> = door.events().into_iter().map(|event| event.name).collect();
        assert_eq!(names, ["before", "after"], "{what}");
        assert_eq!(refused(&door), json!([[reason, field, 1]]), "{what}");
    }
}

#[tokio::test]
async fn replies_are_what_the_sender_asked_for() {
    let good = r#"{"event":"A","properties":{"token":"TOKEN","distinct_id":"u"}}"#;
    let bad = r#"{"event":"A","properties":{"token":"TOKEN"}}"#;
    let unknown = r#"{"event":"A","properties":{"token":"nobodys","distinct_id":"u"}}"#;
    let (json, script) = (Some("application/json"), Some("text/javascript; charset=utf-8"));
    for (query, body, expected, content_type) in [
        ("", good, "1", json),
        ("?verbose=1", good, r#"{"status":1,"error":null}"#, json),
        ("", bad, "0", json),
        ("?verbose=1", bad, r#"{"status":0,"error":"missing_identity distinct_id"}"#, json),
        ("", unknown, "0", json),
        ("?verbose=1", unknown, r#"{"status":0,"error":"no source has this write key"}"#, json),
        ("", "data=!!", "0", json),
        ("", "", "0", json),
        ("", "{", "0", json),
        ("?verbose=1", "x=y", r#"{"status":0,"error":"the body is not what this call takes"}"#, json),
        ("?callback=cb", good, "cb(1);", script),
        ("?callback=a.b&verbose=1", good, r#"a.b({"status":1,"error":null});"#, script),
        ("?callback=alert(1)//", good, "1", json),
        ("?verbose=1", &format!("data={good}&verbose=1"), r#"{"status":1,"error":null}"#, json),
        ("", &format!("verbose=1&data={good}"), r#"{"status":1,"error":null}"#, json),
    ] {
        let door = Door::new();
        let body = body.replace("TOKEN", &door.source.write_key);
        let reply = door.send(Method::POST, &format!("/track{query}"), &[], body).await;
        let text = String::from_utf8(reply.body.clone()).unwrap();
        assert_eq!((reply.status.as_u16(), text.as_str()), (200, expected), "{query}");
        assert_eq!(reply.header("content-type"), content_type, "{query}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    }
    let door = Door::new();
    let data = escaped(&good.replace("TOKEN", &door.source.write_key));
    let picture = door.get(&format!("/track?img=1&data={data}")).await;
    assert_eq!(picture.header("content-type"), Some("image/gif"));
    assert_eq!(door.events().len(), 1);
}

#[tokio::test]
async fn requests_of_pages_are_answered_with_their_origin() {
    let door = Door::new();
    let origin = ("origin", "https://shop.example.com");
    for path in ["/track/", "/engage/", "/groups/", "/settings/", "/flags/", "/record/", "/decide/"] {
        let method =
            if matches!(path, "/settings/" | "/flags/" | "/decide/") { Method::GET } else { Method::POST };
        let reply = door.send(method, path, &[origin], "{}").await;
        assert_eq!(reply.header("access-control-allow-origin"), Some("https://shop.example.com"), "{path}");
        assert_eq!(reply.header("access-control-allow-credentials"), Some("true"), "{path}");
        let asked = ("access-control-request-headers", "authorization,traceparent");
        let reply = door.send(Method::OPTIONS, path, &[origin, asked], "").await;
        assert_eq!(
            reply.header("access-control-allow-headers"),
            Some("authorization, traceparent"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn profiles_become_traits_and_operations() {
    for (what, update, expected) in [
        (
            "set, with our names",
            json!({"$token": "TOKEN", "$distinct_id": "u1", "$ip": "203.0.113.9", "$set": {"plan": "pro", "$created": "2026-01-01"}}),
            json!({"user": "u1", "traits": {"plan": "pro", "created_at": "2026-01-01"}}),
        ),
        (
            "every operation",
            json!({"$token": "TOKEN", "$distinct_id": "u1", "$set": {"a": 1}, "$set_once": {"b": 2}, "$add": {"n": 3},
                   "$append": {"l": "x"}, "$union": {"l": ["y"]}, "$remove": {"l": "z"}, "$unset": ["gone", "too"]}),
            json!({"user": "u1", "traits": {"a": 1, "$set_once": {"b": 2}, "$add": {"n": 3}, "$append": {"l": "x"},
                   "$union": {"l": ["y"]}, "$remove": {"l": "z"}, "$unset": {"gone": null, "too": null}}}),
        ),
        (
            "an anonymous one, some time ago",
            json!({"$token": "TOKEN", "$distinct_id": "$device:d1", "$device_id": "d1", "$time": 1_793_354_340, "$set": {"a": 1}}),
            json!({"anon": "d1", "traits": {"a": 1}, "ago_ms": 60_000}),
        ),
        (
            "a person with a device",
            json!({"$token": "TOKEN", "$distinct_id": "u1", "$device_id": "d1", "$user_id": "u1", "$set": {"a": 1}}),
            json!({"user": "u1", "anon": "d1", "traits": {"a": 1}}),
        ),
    ] {
        let door = Door::new();
        assert_eq!(send(&door, "/engage", &json!([update])).await, "1", "{what}");
        let mut expected = expected;
        (expected["kind"], expected["name"]) = (json!("identify"), json!("Identified"));
        assert_eq!(all(&door), json!([expected]), "{what}");
    }
    let door = Door::new();
    let update = json!([{"$token": "TOKEN", "$group_key": "company", "$group_id": "acme", "$set": {"seats": 5}, "$union": {"tags": ["a"]}}]);
    assert_eq!(send(&door, "/groups", &update).await, "1");
    let expected = json!({"kind": "group", "name": "Grouped", "group": "company:acme", "traits": {"seats": 5, "$union": {"tags": ["a"]}}});
    assert_eq!(all(&door), json!([expected]));
}

#[tokio::test]
async fn personal_values_of_a_profile_are_sealed_wherever_they_stand() {
    let door = Door::new();
    let update = json!({"$token": "TOKEN", "$distinct_id": "u", "$set": {"$email": "ann@example.com"}, "$set_once": {"$phone": "+49 30 1234567"}});
    send(&door, "/engage", &update).await;
    let event = door.events().remove(0);
    let mut names: Vec<_> = event.sealed.iter().map(|sealed| sealed.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["$set_once.phone", "email"]);
    assert!(!event.traits.contains("ann@example.com") && !event.traits.contains("1234567"));
}

#[tokio::test]
async fn a_token_deletes_nobody() {
    for (path, update) in [
        ("/engage", json!({"$token": "TOKEN", "$distinct_id": "u", "$delete": ""})),
        ("/engage", json!({"$token": "TOKEN", "$distinct_id": "u", "$set": {"a": 1}, "$delete": ""})),
        ("/groups", json!({"$token": "TOKEN", "$group_key": "k", "$group_id": "g", "$delete": ""})),
    ] {
        let door = Door::new();
        assert_eq!(send(&door, path, &update).await, "1", "an SDK could do nothing about it");
        assert!(door.events().is_empty());
        assert_eq!(refused(&door), json!([["not_with_a_write_key", "$delete", 1]]));
    }
    for (what, update, reason, field) in [
        ("nothing to do", json!({"$token": "TOKEN", "$distinct_id": "u"}), "missing_field", "$set"),
        ("nobody", json!({"$token": "TOKEN", "$set": {"a": 1}}), "missing_identity", "$distinct_id"),
        (
            "everybody",
            json!({"$token": "TOKEN", "$distinct_id": "null", "$set": {"a": 1}}),
            "disallowed_id",
            "$distinct_id",
        ),
        (
            "a set of nothing",
            json!({"$token": "TOKEN", "$distinct_id": "u", "$set": 7}),
            "not_an_object",
            "$set",
        ),
        (
            "an unset of numbers",
            json!({"$token": "TOKEN", "$distinct_id": "u", "$unset": [7]}),
            "wrong_type",
            "$unset",
        ),
    ] {
        let door = Door::new();
        assert_eq!(send(&door, "/engage", &update).await, "0", "{what}");
        assert_eq!(refused(&door), json!([[reason, field, 1]]), "{what}");
    }
}

#[tokio::test]
async fn imports_tell_of_each_record_that_was_not_taken() {
    let record = |id: Value, time: Value, who: Value| json!({"event": "A", "properties": {"distinct_id": who, "time": time, "$insert_id": id}});
    let at = json!(1_790_000_000);
    let records = json!([
        record(json!("a-1"), at.clone(), json!("u1")),
        record(json!("a-2"), json!(5), json!("u1")),
        record(json!("bad id!"), at.clone(), json!("u1")),
        record(json!("a-4"), at.clone(), json!("none")),
        record(json!("a-5"), json!(1_893_354_340), json!("u1")),
        record(json!("a-6"), json!(null), json!("u1")),
        record(json!("a-7"), json!(1_790_000_000_000_i64), json!("u2")),
    ]);
    let lines: Vec<String> = records.as_array().unwrap().iter().map(Value::to_string).collect();
    for body in [records.to_string(), lines.join("\n"), format!("{}\n\n", lines.join("\r\n"))] {
        let door = Door::new();
        let (basic, other) = (door.basic(), basic_of_account("account", &door.source.write_key));
        for authorization in [basic, other] {
            let before = door.events().len();
            let headers = [("authorization", authorization.as_str())];
            let reply = door
                .send(Method::POST, "/import?strict=1&project_id=7", &headers, gzip(body.as_bytes()))
                .await;
            let answer: Value = serde_json::from_slice(&reply.body).unwrap();
            let failed = |index: usize, id: &str, field: &str, message: &str| json!({"index": index, "$insert_id": id, "insert_id": id, "field": field, "message": message});
            let expected = json!({"code": 400, "error": "some data points in the request failed validation", "status": "Bad Request",
            "num_records_imported": 2, "failed_records": [
                failed(1, "a-2", "properties.time", "time_out_of_range"),
                failed(2, "", "properties.$insert_id", "missing_field"),
                failed(3, "a-4", "properties.distinct_id", "disallowed_id"),
                failed(4, "a-5", "properties.time", "time_out_of_range"),
                failed(5, "a-6", "properties.time", "time_out_of_range"),
            ]});
            assert_eq!((reply.status.as_u16(), answer), (400, expected));
            assert_eq!(door.events().len(), before + 2, "the others are kept");
        }
    }
}

fn basic_of_account(name: &str, password: &str) -> String {
    format!("Basic {}", data_encoding::BASE64.encode(format!("{name}:{password}").as_bytes()))
}

#[tokio::test]
async fn imports_are_answered_in_the_form_they_came_in() {
    let event = r#"{"event":"A","properties":{"distinct_id":"u","time":1790000000,"token":"TOKEN"}}"#;
    let old = r#"{"event":"A","properties":{"distinct_id":"u","time":5,"token":"TOKEN"}}"#;
    for (what, query, body, status, expected, events) in [
        (
            "JSON",
            "",
            format!("[{event},{event}]"),
            200,
            r#"{"code":200,"num_records_imported":2,"status":"OK"}"#,
            2,
        ),
        (
            "not strict",
            "?strict=0",
            format!("[{event},{old}]"),
            200,
            r#"{"code":200,"num_records_imported":1,"status":"OK"}"#,
            1,
        ),
        (
            "a line that is broken",
            "",
            format!("{event}\n{{\"event\":\n{event}"),
            200,
            r#"{"code":200,"num_records_imported":2,"status":"OK"}"#,
            2,
        ),
        ("a form", "?verbose=1", format!("data={}", escaped(event)), 200, r#"{"status":1,"error":null}"#, 1),
        (
            "a form without words",
            "",
            format!("data={}", data_encoding::BASE64.encode(event.as_bytes())),
            200,
            "1",
            1,
        ),
        (
            "Segment's batch",
            "",
            r#"{"batch":[{"type":"track","event":"A","userId":"u"}]}"#.to_owned(),
            200,
            r#"{"success":true}"#,
            1,
        ),
        (
            "nothing",
            "",
            "[".to_owned(),
            400,
            r#"{"code":400,"error":"the body is not what this call takes","status":"Bad Request"}"#,
            0,
        ),
    ] {
        let door = Door::new();
        // Base64 is made before the token is known: those requests name it in their header.
        let headers = [("authorization", door.basic())];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = door.send(Method::POST, &format!("/import{query}"), &headers, body).await;
        let text = String::from_utf8(reply.body).unwrap();
        assert_eq!((reply.status.as_u16(), text.as_str()), (status, expected), "{what}");
        assert_eq!(door.events().len(), events, "{what}");
    }
    let door = Door::new();
    let reply = door.send(Method::POST, "/import", &[("authorization", &basic("nobodys"))], event).await;
    let expected = r#"{"code":401,"error":"no source has this write key","status":"Unauthorized"}"#;
    assert_eq!((reply.status.as_u16(), &*reply.body), (401, expected.as_bytes()));
}

#[tokio::test]
async fn back_pressure_is_told() {
    let config = collect::Config { events_per_s: 1, ..collect::Config::default() };
    let door = Door::with(config, journal::Config::default());
    let event = json!([{"event": "A", "properties": {"token": "TOKEN", "distinct_id": "u"}}]);
    for _ in 0..2 {
        send(&door, "/track", &event).await;
    }
    let body = event.to_string().replace("TOKEN", &door.source.write_key);
    for (path, text) in [("/track", body.clone()), ("/track?img=1", body.clone()), ("/import", body)] {
        let reply = door.send(Method::POST, path, &[], text).await;
        assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (429, Some("1")), "{path}");
        let answer: Value = serde_json::from_slice(&reply.body).unwrap();
        let expected = json!({"code": 429, "error": "this source sends too many events a second", "status": "Too Many Requests"});
        assert_eq!(answer, expected, "{path}");
    }
    let large = format!("[\"{}\"]", "x".repeat(4_000 * 1024));
    let reply = door.send(Method::POST, "/track", &[], large).await;
    assert_eq!(reply.status.as_u16(), 413, "its SDKs then halve the batch");
}

#[tokio::test]
async fn what_sdks_ask_for_is_empty_and_recordings_are_not_taken() {
    let door = Door::new();
    for (method, path, expected) in [
        (
            Method::GET,
            "/flags/?context=%7B%7D&token=t&mp_lib=web&$lib_version=2.83.0",
            r#"{"code":200,"flags":{}}"#,
        ),
        (Method::GET, "/flags/definitions?token=t", r#"{"flags":[]}"#),
        (Method::POST, "/flags/7/first-time-events", "{}"),
        (
            Method::GET,
            "/settings/?$lib_version=2.83.0&mp_lib=web&sdk_config=1",
            r#"{"sdk_config":{"config":{}}}"#,
        ),
        (Method::GET, "/decide?token=t", r#"{"notifications":[],"config":{}}"#),
        (Method::POST, "/decide", r#"{"notifications":[],"config":{}}"#),
    ] {
        let reply = door.send(method, path, &[], "").await;
        assert_eq!(
            (reply.status.as_u16(), String::from_utf8(reply.body).unwrap().as_str()),
            (200, expected),
            "{path}"
        );
    }
    let headers = [("authorization", door.basic())];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reply = door.send(Method::POST, "/record/?seq=1", &headers, gzip(b"[{\"type\":3}]")).await;
    assert_eq!(reply.status.as_u16(), 200);
    assert!(door.events().is_empty());
    assert_eq!(refused(&door), json!([["not_collected", "record", 1]]));
}

#[tokio::test]
async fn events_beyond_the_longest_batch_are_counted() {
    let door = Door::new();
    let event = json!({"event": "A", "properties": {"token": "TOKEN", "distinct_id": "u"}});
    send(&door, "/track", &Value::Array(vec![event; 2_600])).await;
    assert_eq!(door.events().len(), 2_500);
    assert_eq!(refused(&door), json!([["batch_too_long", "batch", 100]]));
}
