//! Customer.io's dialect: every call of both versions, and every reply.

use http::Method;
use serde_json::{Value, json};

use crate::door::Door;
use crate::shown::{all, refused};

fn basic(door: &Door) -> String {
    let credentials = format!("site:{}", door.source.write_key);
    format!("Basic {}", data_encoding::BASE64.encode(credentials.as_bytes()))
}

async fn send(door: &Door, method: Method, path: &str, body: &Value) -> (u16, String) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let headers =
        [("authorization", basic(door)), ("user-agent", "Customer.io Node Client/4.4.0".to_owned())];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reply = door.send(method, path, &headers, body).await;
    (reply.status.as_u16(), String::from_utf8(reply.body).unwrap())
}

/// Fails unless the call is answered with success and makes these events; each is of the Node SDK.
async fn check(method: Method, path: &str, body: Value, expected: Value) {
    let door = Door::new();
    assert_eq!(send(&door, method, path, &body).await, (200, "{}".to_owned()), "{path} {body}");
    let mut expected = expected;
    for event in expected.as_array_mut().unwrap() {
        event["context"] = json!({"library": {"name": "Customer.io Node Client", "version": "4.4.0"}});
    }
    assert_eq!(all(&door), expected, "{path} {body}");
    assert_eq!(refused(&door), json!([]), "{path} {body}");
}

#[tokio::test]
async fn people_are_identified() {
    for (path, body, expected) in [
        (
            "/api/v1/customers/u1",
            json!({"plan": "pro", "created_at": 1_790_000_000}),
            json!({"user": "u1", "traits": {"plan": "pro", "created_at": 1_790_000_000}}),
        ),
        (
            "/api/v1/customers/u1/",
            json!({"gone": "", "none": null, "_update": true}),
            json!({"user": "u1", "traits": {"gone": null, "none": null}}),
        ),
        ("/api/v1/customers/a%2Fb%20c", json!({}), json!({"user": "a/b c"})),
        ("/api/v1/customers/u1", json!(null), json!({"user": "u1"})),
        (
            "/api/v1/customers/u1",
            json!({"anonymous_id": "d1", "id": "u1", "a": 1}),
            json!({"user": "u1", "anon": "d1", "traits": {"a": 1}}),
        ),
        (
            "/api/v1/customers/cio_03000001",
            json!({"a": 1}),
            json!({"user": "cio_03000001", "traits": {"a": 1}}),
        ),
        ("/api/v1/customers/cio_03000001", json!({"id": "u1"}), json!({"user": "u1"})),
        (
            "/api/v1/customers/ann%40example.com",
            json!({"id": "u1", "a": 1}),
            json!({"user": "u1", "traits": {"email": "[sealed: email]", "a": 1}}),
        ),
        (
            "/api/v1/customers/ann%40example.com",
            json!({"email": "ann@example.com"}),
            json!({"user": "ann@example.com", "traits": {"email": "[sealed: email]"}}),
        ),
    ] {
        let mut expected = expected;
        (expected["kind"], expected["name"]) = (json!("identify"), json!("Identified"));
        check(Method::PUT, path, body, json!([expected])).await;
    }
    let relationships = json!({"cio_relationships": {"action": "add_relationships", "relationships": [
        {"identifiers": {"object_type_id": "1", "object_id": "acme"}, "relationship_attributes": {"role": "admin"}}]}});
    check(Method::PUT, "/api/v1/customers/u1", relationships, json!([
        {"kind": "identify", "name": "Identified", "user": "u1"},
        {"kind": "group", "name": "Grouped", "user": "u1", "group": "1:acme", "properties": {"role": "admin"}},
    ]))
    .await;
}

#[tokio::test]
async fn events_happen_to_people_or_to_nobody_in_particular() {
    let event = |expected: Value| json!([expected]);
    let path = "/api/v1/customers/u1/events";
    for (path, body, expected) in [
        (
            path,
            json!({"name": "Order", "data": {"total": 5}, "timestamp": 1_793_354_340}),
            json!({"kind": "track", "name": "Order", "user": "u1", "properties": {"total": 5}, "ago_ms": 60_000}),
        ),
        (
            path,
            json!({"name": "Order", "type": "event"}),
            json!({"kind": "track", "name": "Order", "user": "u1"}),
        ),
        (
            path,
            json!({"name": "https://shop.example.com/a", "type": "page"}),
            json!({"kind": "page", "name": "Page Viewed", "user": "u1", "properties": {"name": "https://shop.example.com/a"}}),
        ),
        (
            path,
            json!({"name": "Home", "type": "screen", "data": {"a": 1}}),
            json!({"kind": "screen", "name": "Screen Viewed", "user": "u1", "properties": {"a": 1, "name": "Home"}}),
        ),
        (
            "/api/v1/events",
            json!({"name": "Seen", "anonymous_id": "d1", "data": {"a": 1}}),
            json!({"kind": "track", "name": "Seen", "anon": "d1", "properties": {"a": 1}}),
        ),
        ("/api/v1/events", json!({"name": "Seen"}), json!({"kind": "track", "name": "Seen"})),
    ] {
        check(Method::POST, path, body, event(expected)).await;
    }
    let door = Door::new();
    let body = json!({"name": "Order", "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"});
    send(&door, Method::POST, path, &body).await;
    assert_eq!(door.events()[0].message_id, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
}

#[tokio::test]
async fn devices_and_segments_are_lists_among_the_traits() {
    let device = json!({"device": {"id": "tok-1", "platform": "ios", "last_used": 1_790_000_000}});
    check(Method::PUT, "/api/v1/customers/u1/devices", device, json!([
        {"kind": "track", "name": "Device Added", "user": "u1", "traits": {"$union": {"devices": ["tok-1"]}}, "properties": {"platform": "ios", "last_used": 1_790_000_000}},
    ]))
    .await;
    check(Method::DELETE, "/api/v1/customers/u1/devices/tok-1", json!(null), json!([
        {"kind": "track", "name": "Device Removed", "user": "u1", "traits": {"$remove": {"devices": "tok-1"}}},
    ]))
    .await;
    let listed = |name: &str, who: &str, operation: &str, value: Value| json!({"kind": "track", "name": name, "user": who, "traits": {operation: {"cio_segments": value}}, "properties": {"segment_id": "7"}});
    check(
        Method::POST,
        "/api/v1/segments/7/add_customers",
        json!({"ids": ["u1", 2]}),
        json!([
            listed("Added To Segment", "u1", "$union", json!(["7"])),
            listed("Added To Segment", "2", "$union", json!(["7"])),
        ]),
    )
    .await;
    check(
        Method::POST,
        "/api/v1/segments/7/remove_customers?id_type=cio_id",
        json!({"ids": ["03000001"]}),
        json!([listed("Removed From Segment", "cio_03000001", "$remove", json!("7")),]),
    )
    .await;
}

#[tokio::test]
async fn reports_and_forms_are_events() {
    for path in ["/api/v1/metrics", "/api/v1/push/events", "/push/events"] {
        let body = json!({"delivery_id": "dgOq6QUBAAFz", "metric": "opened", "timestamp": 1_793_354_340});
        check(
            Method::POST,
            path,
            body.clone(),
            json!([
                {"kind": "track", "name": "Delivery Reported", "properties": body, "ago_ms": 60_000},
            ]),
        )
        .await;
    }
    for (what, headers, body) in [
        ("JSON", vec![], r#"{"data":{"email":"ann@example.com","plan":"pro"}}"#),
        (
            "a page's form",
            vec![("content-type", "application/x-www-form-urlencoded")],
            "email=ann%40example.com&plan=pro",
        ),
    ] {
        let door = Door::new();
        let basic = basic(&door);
        let headers = [headers, vec![("authorization", basic.as_str())]].concat();
        let reply = door.send(Method::POST, "/api/v1/forms/signup/submit", &headers, body).await;
        assert_eq!((reply.status.as_u16(), reply.body.len()), (204, 0), "{what}");
        let expected = json!([{"kind": "track", "name": "Form Submitted", "user": "ann@example.com",
            "traits": {"email": "[sealed: email]", "plan": "pro"}, "properties": {"form_id": "signup"}}]);
        assert_eq!(all(&door), expected, "{what}");
    }
    let door = Door::new();
    let (status, _) =
        send(&door, Method::POST, "/api/v1/forms/signup/submit", &json!({"data": {"plan": "pro"}})).await;
    assert_eq!((status, refused(&door)), (400, json!([["missing_identity", "identifiers", 1]])));
}

#[tokio::test]
async fn what_no_write_key_may_do_is_answered_and_not_done() {
    let person = |action: &str| json!({"type": "person", "action": action, "identifiers": {"id": "u1"}});
    let object = |action: &str| json!({"type": "object", "action": action, "identifiers": {"object_type_id": "1", "object_id": "a"}});
    for (method, path, body, field) in [
        (Method::DELETE, "/api/v1/customers/u1", json!(null), "delete"),
        (Method::POST, "/api/v1/customers/u1/suppress", json!(null), "suppress"),
        (Method::POST, "/api/v1/customers/u1/unsuppress", json!({}), "unsuppress"),
        (
            Method::POST,
            "/api/v1/merge_customers",
            json!({"primary": {"id": "u1"}, "secondary": {"email": "a@example.com"}}),
            "merge",
        ),
        (Method::POST, "/unsubscribe/dgOq6QUBAAFz", json!({"unsubscribe": true}), "unsubscribe"),
        (Method::POST, "/api/v2/entity", person("delete"), "delete"),
        (
            Method::POST,
            "/api/v2/entity",
            json!({"type": "person", "action": "merge", "primary": {"id": "u1"}, "secondary": {"id": "u2"}}),
            "merge",
        ),
        (Method::POST, "/api/v2/entity", person("suppress"), "suppress"),
        (Method::POST, "/api/v2/entity", person("unsuppress"), "unsuppress"),
        (Method::POST, "/api/v2/entity", person("delete_relationships"), "delete_relationships"),
        (Method::POST, "/api/v2/entity", object("delete"), "delete"),
        (
            Method::POST,
            "/api/v2/batch",
            json!({"batch": [object("delete_relationships")]}),
            "delete_relationships",
        ),
    ] {
        let door = Door::new();
        assert_eq!(send(&door, method, path, &body).await, (200, "{}".to_owned()), "{path} {field}");
        assert!(door.events().is_empty(), "{path} {field}");
        assert_eq!(refused(&door), json!([["not_with_a_write_key", field, 1]]), "{path}");
    }
}

#[tokio::test]
async fn events_cannot_steer_messages() {
    let data = json!({"a": 1, "from_address": "x@example.org", "recipient": "y@example.org", "reply_to": "z@example.org"});
    for (path, body) in [
        ("/api/v1/customers/u1/events", json!({"name": "Order", "data": data})),
        (
            "/api/v2/entity",
            json!({"type": "person", "action": "event", "identifiers": {"id": "u1"}, "name": "Order", "attributes": data}),
        ),
    ] {
        let door = Door::new();
        assert_eq!(send(&door, Method::POST, path, &body).await, (200, "{}".to_owned()));
        assert_eq!(door.events()[0].properties, r#"{"a":1}"#);
        let why = "not_with_a_write_key";
        assert_eq!(
            refused(&door),
            json!([[why, "from_address", 1], [why, "recipient", 1], [why, "reply_to", 1]])
        );
    }
}

#[tokio::test]
async fn entities_are_people_objects_and_deliveries() {
    let person = |more: Value| {
        let mut body = json!({"type": "person", "identifiers": {"id": "u1"}});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let ties = json!([{"identifiers": {"object_type_id": "1", "object_id": "acme"}, "relationship_attributes": {"role": "admin"}}]);
    let tie = json!({"kind": "group", "name": "Grouped", "user": "u1", "group": "1:acme", "properties": {"role": "admin"}});
    for (body, expected) in [
        (
            person(json!({"action": "identify", "attributes": {"plan": "pro", "old": ""}})),
            json!([{"kind": "identify", "name": "Identified", "user": "u1", "traits": {"plan": "pro", "old": null}}]),
        ),
        (
            person(json!({"action": "identify", "cio_relationships": ties})),
            json!([{"kind": "identify", "name": "Identified", "user": "u1"}, tie]),
        ),
        (person(json!({"action": "add_relationships", "cio_relationships": ties})), json!([tie])),
        (
            person(
                json!({"action": "event", "name": "Order", "attributes": {"total": 5}, "timestamp": 1_793_354_340}),
            ),
            json!([{"kind": "track", "name": "Order", "user": "u1", "properties": {"total": 5}, "ago_ms": 60_000}]),
        ),
        (
            person(json!({"action": "page", "name": "/a"})),
            json!([{"kind": "page", "name": "Page Viewed", "user": "u1", "properties": {"name": "/a"}}]),
        ),
        (
            person(json!({"action": "screen", "name": "Home"})),
            json!([{"kind": "screen", "name": "Screen Viewed", "user": "u1", "properties": {"name": "Home"}}]),
        ),
        (
            person(json!({"action": "add_device", "device": {"token": "tok-1", "platform": "android"}})),
            json!([{"kind": "track", "name": "Device Added", "user": "u1", "traits": {"$union": {"devices": ["tok-1"]}}, "properties": {"platform": "android"}}]),
        ),
        (
            person(json!({"action": "delete_device", "device": {"token": "tok-1"}})),
            json!([{"kind": "track", "name": "Device Removed", "user": "u1", "traits": {"$remove": {"devices": "tok-1"}}}]),
        ),
        (
            json!({"type": "person", "action": "identify", "identifiers": {"email": "ann@example.com"}}),
            json!([{"kind": "identify", "name": "Identified", "user": "ann@example.com", "traits": {"email": "[sealed: email]"}}]),
        ),
        (
            json!({"type": "person", "action": "identify", "identifiers": {"cio_id": "03000001"}}),
            json!([{"kind": "identify", "name": "Identified", "user": "cio_03000001"}]),
        ),
        (
            json!({"type": "person", "action": "event", "identifiers": {"anonymous_id": "d1"}, "name": "Seen"}),
            json!([{"kind": "track", "name": "Seen", "anon": "d1"}]),
        ),
        (
            json!({"type": "object", "action": "identify", "identifiers": {"object_type_id": "1", "object_id": "acme"}, "attributes": {"seats": 5},
                "cio_relationships": [{"identifiers": {"id": "u1"}}]}),
            json!([{"kind": "group", "name": "Grouped", "group": "1:acme", "traits": {"seats": 5}},
                   {"kind": "group", "name": "Grouped", "user": "u1", "group": "1:acme"}]),
        ),
        (
            json!({"type": "object", "action": "identify_anonymous", "identifiers": {"object_type_id": "1", "object_id": "acme"},
                "cio_relationships": [{"identifiers": {"anonymous_id": "d1"}}]}),
            json!([{"kind": "group", "name": "Grouped", "group": "1:acme"}, {"kind": "group", "name": "Grouped", "anon": "d1", "group": "1:acme"}]),
        ),
    ] {
        check(Method::POST, "/api/v2/entity", body.clone(), expected.clone()).await;
        check(Method::POST, "/api/v2/batch", json!({"batch": [body]}), expected).await;
    }
}

#[tokio::test]
async fn one_bad_operation_never_sinks_its_batch() {
    let event =
        |name: Value| json!({"type": "person", "action": "event", "identifiers": {"id": "u1"}, "name": name});
    let door = Door::new();
    let batch = json!({"batch": [
        event(json!("before")), 17, {"action": "identify"}, {"type": "plant", "action": "x"}, event(json!(null)),
        {"type": "person", "action": "identify", "identifiers": {"id": "x".repeat(151)}},
        {"type": "person", "action": "identify", "identifiers": {}},
        event(json!("n".repeat(101))), {"type": "person", "action": "delete", "identifiers": {"id": "u1"}},
        {"type": "person", "action": "event", "identifiers": {"id": "u"}, "name": "A", "attributes": {"x": "y".repeat(40_000)}},
        event(json!("after")),
    ]});
    let (status, text) = send(&door, Method::POST, "/api/v2/batch", &batch).await;
    let error = |index: usize, reason: &str, field: &str, message: &str| json!({"batch_index": index, "reason": reason, "field": field, "message": message});
    let expected = json!({"errors": [
        error(1, "parse_error", "", "not_an_object"),
        error(2, "required", "type", "missing_field"),
        error(3, "invalid", "type", "unknown_type"),
        error(4, "required", "name", "missing_event"),
        error(5, "invalid", "id", "identifier_too_long"),
        error(6, "required", "identifiers", "missing_identity"),
        error(7, "invalid", "name", "name_too_long"),
        error(9, "invalid", "", "event_too_large"),
    ]});
    assert_eq!((status, serde_json::from_str::<Value>(&text).unwrap()), (207, expected));
    let names: Vec<_> = door.events().into_iter().map(|event| event.name).collect();
    assert_eq!(names, ["before", "after"]);
}

#[tokio::test]
async fn attributes_beyond_a_limit_are_left_out_and_counted() {
    let door = Door::new();
    let mut attributes = json!({"long": "x".repeat(1_001), "fits": "x".repeat(1_000)});
    attributes["n".repeat(151)] = json!(1);
    for number in 0..300 {
        attributes[format!("a{number}")] = json!(number);
    }
    assert_eq!(send(&door, Method::PUT, "/api/v1/customers/u1", &attributes).await, (200, "{}".to_owned()));
    let traits: Value = serde_json::from_str(&door.events()[0].traits).unwrap();
    assert_eq!(traits.as_object().unwrap().len(), 298);
    assert_eq!(
        refused(&door),
        json!([["attribute_too_long", "attributes", 2], ["too_many_keys", "attributes", 3]])
    );
}

#[tokio::test]
async fn errors_are_told_in_meta() {
    let door = Door::new();
    for (method, path, body, status, expected) in [
        (
            Method::POST,
            "/api/v1/customers/u1/events",
            json!({"data": {}}),
            400,
            r#"{"meta":{"error":"missing_event name"}}"#,
        ),
        (
            Method::POST,
            "/api/v1/customers/u1/events",
            json!([]),
            400,
            r#"{"meta":{"error":"the body is not what this call takes"}}"#,
        ),
        (
            Method::POST,
            "/api/v1/segments/7/add_customers",
            json!({"ids": [{}, true]}),
            400,
            r#"{"meta":{"errors":["wrong_type ids","wrong_type ids"]}}"#,
        ),
        (
            Method::POST,
            "/api/v2/batch",
            json!({"batch": {}}),
            400,
            r#"{"meta":{"error":"the body is not what this call takes"}}"#,
        ),
        (
            Method::POST,
            "/api/v2/entity",
            json!({"type": "person"}),
            400,
            r#"{"meta":{"error":"missing_field action"}}"#,
        ),
    ] {
        assert_eq!(send(&door, method, path, &body).await, (status, expected.to_owned()), "{path}");
    }
    for path in ["/api/v1/events", "/api/v2/batch", "/api/v1/merge_customers"] {
        let reply = door
            .send(Method::POST, path, &[("authorization", &crate::door::basic("nobodys"))], r#"{"batch":[]}"#)
            .await;
        assert_eq!(
            (reply.status.as_u16(), &*reply.body),
            (401, br#"{"meta":{"error":"no source has this write key"}}"#.as_slice()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_region_is_this_house() {
    let door = Door::new();
    let headers = [("authorization", basic(&door)), ("host", "127.0.0.1:7070".to_owned())];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reply = door.send(Method::GET, "/api/v1/accounts/region", &headers, "").await;
    let expected = r#"{"url":"http://127.0.0.1:7070","region":"us","environment_id":1}"#;
    assert_eq!((reply.status.as_u16(), &*reply.body), (200, expected.as_bytes()));
    assert_eq!(door.get("/api/v1/accounts/region").await.status.as_u16(), 401);
}
