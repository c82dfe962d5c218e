//! Tracking plans through the doors: each mode, the quarantine across a kill, declared classes, and the typed client.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use testkit::wait_until;

use crate::support::{House, ROOT, send};

fn shop_plan() -> Value {
    serde_json::from_str(include_str!("../../../../tests/plan/shop.json")).unwrap()
}

/// A house with the shop's plan in that mode.
fn planned(mode: &str) -> House {
    let mut house = House::new();
    let mut plan = shop_plan();
    plan["mode"] = json!(mode);
    let path = house.path("/plans/shop");
    let put = house.owner.confirmed(&mut house.passkey, "PUT", &path, Some(&plan)).expect(200).json;
    assert_eq!(put, json!({"name": "shop", "version": 1, "made": true, "active": true}));
    house
}

fn order(id: &str, properties: Value) -> Value {
    json!({"userId": "ada", "event": "Order Completed", "messageId": id,
           "timestamp": "2026-08-01T10:00:00.000Z", "properties": properties})
}

fn good() -> Value {
    json!({"order_id": "A-1", "revenue": 12.5, "currency": "EUR", "coupon": null})
}

/// Price as text, no order id, an unknown currency, something that is not planned.
fn bad() -> Value {
    json!({"revenue": "12.5", "currency": "XXX", "surprise": 1})
}

fn named<'a>(events: &'a [Value], name: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["event"] == name).collect()
}

fn wait_for(house: &mut House, path: &str, what: &str, ready: impl Fn(&Value) -> bool) -> Value {
    let path = house.path(path);
    let owner = &mut house.owner;
    wait_until(10, what, || {
        let found = owner.get(&path).expect(200).json;
        ready(&found).then_some(found)
    })
}

#[test]
fn watching_keeps_counts_and_tells() {
    let mut house = planned("watch");
    send(&house.server, "/v1/track", &order("good", good()));
    send(&house.server, "/v1/track", &order("bad", bad()));
    // The same once more: neither the event nor its violations may appear twice.
    send(&house.server, "/v1/track", &order("bad", bad()));
    send(
        &house.server,
        "/v1/track",
        &json!({"userId": "ada", "event": "Nobody Planned This", "messageId": "odd"}),
    );
    let events = house.events(3 + 5);
    assert_eq!(named(&events, "Order Completed").len(), 2, "watched events are kept");
    let told = named(&events, "Plan Violated");
    let mut rules: Vec<(String, String)> = told
        .iter()
        .map(|event| {
            let properties = &event["properties"];
            assert_eq!(
                (properties["plan"].as_str(), properties["version"].as_i64()),
                (Some("shop"), Some(1))
            );
            assert_eq!(properties["mode"], "watch");
            let text = |name: &str| properties[name].as_str().unwrap().to_owned();
            (text("rule"), text("property"))
        })
        .collect();
    rules.sort();
    let expected = [
        ("enum", "currency"),
        ("missing", "order_id"),
        ("type", "revenue"),
        ("unplanned_event", ""),
        ("unplanned_property", "surprise"),
    ];
    assert_eq!(rules, expected.map(|(rule, property)| (rule.to_owned(), property.to_owned())));
    let text = Value::Array(told.into_iter().cloned().collect()).to_string();
    assert!(!text.contains("XXX") && !text.contains("12.5"), "a violation never has a value: {text}");
    let counts = house.owner.get(&house.path("/plan-violations?days=1")).expect(200).json;
    let counts = counts["items"].as_array().unwrap().clone();
    let missing = counts.iter().find(|row| row["rule"] == "missing").unwrap();
    assert_eq!((missing["event"].as_str(), missing["count"].as_u64()), (Some("Order Completed"), Some(2)));
    // Nothing that the plan itself causes is judged by it.
    assert!(counts.iter().all(|row| row["event"] != "Plan Violated"), "{counts:?}");
}

#[test]
fn a_change_holds_for_the_next_event_without_a_restart() {
    let mut house = planned("watch");
    let mode = house.path("/plans/shop/mode");
    send(&house.server, "/v1/track", &order("watched", bad()));
    house.owner.confirmed(&mut house.passkey, "POST", &mode, Some(&json!({"mode": "block"}))).expect(200);
    for number in 0..20 {
        send(&house.server, "/v1/track", &order(&format!("blocked-{number}"), bad()));
    }
    let body = json!({"mode": "quarantine", "event": "Order Completed"});
    let put = house.owner.confirmed(&mut house.passkey, "POST", &mode, Some(&body)).expect(200).json;
    assert_eq!(put["version"], 3);
    for number in 0..20 {
        send(&house.server, "/v1/track", &order(&format!("held-{number}"), bad()));
    }
    let off = house
        .owner
        .confirmed(&mut house.passkey, "POST", &mode, Some(&json!({"mode": "off"})))
        .expect(200)
        .json;
    assert_eq!((off["version"].as_i64(), off["active"].as_bool()), (Some(3), Some(false)));
    send(&house.server, "/v1/track", &order("unjudged", bad()));
    let kept = wait_for(&mut house, "/events?event=Order%20Completed", "the kept events", |found| {
        found["items"].as_array().unwrap().len() >= 2
    });
    let ids: Vec<&str> =
        kept["items"].as_array().unwrap().iter().filter_map(|event| event["message_id"].as_str()).collect();
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert!(ids.contains(&"watched") && ids.contains(&"unjudged"), "{ids:?}");
    let quarantine = house.owner.get(&house.path("/quarantine")).expect(200).json;
    assert_eq!(quarantine["waiting"], 20);
    let refused = wait_for(&mut house, "/shield/refusals", "the count of the blocked", |found| {
        found["items"].as_array().unwrap().iter().any(|row| row["reason"] == "blocked_by_plan")
    });
    let row = refused["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["reason"] == "blocked_by_plan")
        .unwrap()
        .clone();
    assert_eq!(row["count"], 20);
    let versions = house.owner.get(&house.path("/plans/shop/versions")).expect(200).json;
    assert_eq!(versions["items"].as_array().unwrap().len(), 3);
    let changes = house.owner.get(&house.path("/plans/shop/changes?from=1&to=3")).expect(200).json;
    let changes: Vec<(&str, &str)> = changes["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["property"].as_str().unwrap(), change["after"].as_str().unwrap()))
        .collect();
    assert_eq!(changes, [("mode", "block"), ("mode", "quarantine")]);
}

#[test]
fn quarantine_is_released_after_a_kill_with_id_and_time() {
    let mut house = planned("quarantine");
    let canary = "canary-7f3a9";
    let mut properties = bad();
    properties["note"] = json!(canary);
    send(&house.server, "/v1/track", &order("held", properties));
    send(&house.server, "/v1/track", &order("held", bad()));
    send(&house.server, "/v1/track", &order("dropped", bad()));
    house.server.kill_and_restart();
    house.owner.move_to(&house.server.console);
    house.passkey.move_to(&house.server.console);
    let told = house.owner.get(&house.path("/quarantine")).expect(200);
    assert!(!told.text.contains(canary) && !told.text.contains("XXX"), "no value is told: {}", told.text);
    let items = told.json["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 2, "a repetition waits once");
    assert_eq!(items[0]["event"], "Order Completed");
    let names: Vec<&str> =
        items[0]["properties"].as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names, ["revenue", "currency", "surprise", "note"]);
    assert!(
        told.json["counts"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["rule"] == "missing" && row["count"] == 2)
    );
    // It lies encrypted.
    let (code, out, _) = grep(&house.server.data(), canary);
    assert_eq!(code, 1, "in clear: {out}");
    let release = house.path("/quarantine/release");
    let which = json!({"items": [items[0]["item"]]});
    let done = house.owner.confirmed(&mut house.passkey, "POST", &release, Some(&which)).expect(200).json;
    assert_eq!(done, json!({"released": 1, "refused": 0}));
    let drop = house.path("/quarantine/drop");
    assert_eq!(
        house.owner.post(&drop, &json!({})).status,
        422,
        "nothing is dropped by leaving everything out"
    );
    let dropped = house.owner.post(&drop, &json!({"all": true})).expect(200).json;
    assert_eq!(dropped, json!({"dropped": 1}));
    let kept = wait_for(&mut house, "/events?event=Order%20Completed", "the released event", |found| {
        !found["items"].as_array().unwrap().is_empty()
    });
    let kept = kept["items"].as_array().unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (kept[0]["message_id"].as_str(), kept[0]["time"].as_str()),
        (Some("held"), Some("2026-08-01T10:00:00.000Z"))
    );
    assert_eq!(kept[0]["properties"]["note"], canary);
    assert_eq!(house.owner.get(&house.path("/quarantine")).expect(200).json["waiting"], 0);
    // What was released and comes again by itself is still one event.
    let mode = house.path("/plans/shop/mode");
    house.owner.confirmed(&mut house.passkey, "POST", &mode, Some(&json!({"mode": "off"}))).expect(200);
    send(&house.server, "/v1/track", &order("held", bad()));
    send(&house.server, "/v1/track", &order("marker", bad()));
    let kept = wait_for(&mut house, "/events?event=Order%20Completed", "the marker", |found| {
        found["items"].as_array().unwrap().iter().any(|event| event["message_id"] == "marker")
    });
    assert_eq!(kept["items"].as_array().unwrap().len(), 2);
    let entries = house.owner.get(&house.path("/ledger/entries?limit=200")).expect(200).text;
    for code in ["plan.changed", "plan.mode", "quarantine.read", "quarantine.released", "quarantine.dropped"]
    {
        assert!(entries.contains(code), "{code} is not in the ledger");
    }
}

fn grep(folder: &Path, text: &str) -> (i32, String, String) {
    let out = Command::new("grep").args(["-rlaF", text]).arg(folder).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap(), text(&out.stdout), text(&out.stderr))
}

#[test]
fn what_a_plan_calls_personal_or_secret_does_not_stay() {
    let mut house = planned("watch");
    let mut properties = good();
    properties["voucher"] = json!("harmless words");
    properties["shoe_size"] = json!(42);
    send(&house.server, "/v1/track", &order("classes", properties));
    let traits = json!({"plan": "pro", "nickname": "Countess", "email": "ada@example.com"});
    send(&house.server, "/v1/identify", &json!({"userId": "ada", "messageId": "who", "traits": traits}));
    let events = house.events(2);
    let order = named(&events, "Order Completed")[0];
    assert_eq!(order["properties"]["voucher"], "[removed: secret]");
    assert!(order["properties"]["shoe_size"].as_str().unwrap().starts_with("[sealed: personal #"), "{order}");
    let who = named(&events, "Identified")[0];
    assert_eq!(
        who["traits"],
        json!({"plan": "pro", "nickname": "[sealed: personal]", "email": "[sealed: email]"})
    );
    assert!(named(&events, "Plan Violated").is_empty(), "a mark fits whatever the plan asks: {events:?}");
    for text in ["harmless words", "Countess"] {
        let (code, out, _) = grep(&house.server.data(), text);
        assert_eq!(code, 1, "in clear: {out}");
    }
}

#[test]
fn two_at_once_do_not_overwrite_each_other() {
    let mut house = planned("watch");
    let path = house.path("/plans/shop");
    let mut put = |based_on: Option<u32>, description: &str| {
        let mut plan = shop_plan();
        plan["description"] = json!(description);
        let query = based_on.map(|version| format!("?based_on={version}")).unwrap_or_default();
        let path = format!("{path}{query}");
        house.owner.confirmed(&mut house.passkey, "PUT", &path, Some(&plan))
    };
    assert_eq!(put(Some(1), "Ada's").expect(200).json["version"], 2);
    // Grace began from version 1, too.
    let told = put(Some(1), "Grace's").expect(409).json;
    assert_eq!((told["code"].as_str(), told["version"].as_u64()), (Some("conflict"), Some(2)), "{told}");
    assert!(told["changed_by"].as_str().is_some_and(|by| by.starts_with("mem_")), "{told}");
    assert!(told["changed_at"].as_str().is_some_and(|at| at.ends_with('Z')), "{told}");
    assert!(told["detail"].as_str().is_some_and(|detail| detail.contains("based_on=2")), "{told}");
    // The same once more is no conflict, nor is what was made from the newest, nor what names no version.
    assert_eq!(put(Some(1), "Ada's").expect(200).json["made"], false);
    assert_eq!(put(Some(2), "Grace's").expect(200).json["version"], 3);
    assert_eq!(put(None, "the repository's").expect(200).json["version"], 4);
    assert_eq!(put(Some(0), "as if it were new").expect(409).json["version"], 4);
    let plan = house.owner.get(&house.path("/plans/shop")).expect(200).json;
    assert_eq!(plan["plan"]["description"], "the repository's");
    let other = house.path("/plans/other");
    let document = json!({"events": {}});
    let missing = format!("{other}?based_on=3");
    let told = house.owner.confirmed(&mut house.passkey, "PUT", &missing, Some(&document)).expect(409).json;
    assert_eq!(told["version"], 0, "{told}");
    let new = format!("{other}?based_on=0");
    house.owner.confirmed(&mut house.passkey, "PUT", &new, Some(&document)).expect(200);
}

#[test]
fn wrong_documents_are_told_whole_and_roles_hold() {
    let mut house = House::new();
    let path = house.path("/plans/shop");
    let wrong = json!({"events": {"A": {"properties": {"x": {"type": "strnig"}, "y": {"requierd": true}}}}, "mode": "loud"});
    let told = house.owner.confirmed(&mut house.passkey, "PUT", &path, Some(&wrong)).expect(422).json;
    let errors: Vec<&str> =
        told["errors"].as_array().unwrap().iter().filter_map(|error| error["pointer"].as_str()).collect();
    assert_eq!(errors, ["/mode", "/events/A/properties/x/type", "/events/A/properties/y/requierd"]);
    assert_eq!(house.owner.get(&path).status, 404);
    let mut reader = house.token(&["plans:read"]);
    assert_eq!(reader.put(&path, &shop_plan()).status, 403, "a token changes no plan");
    reader.get(&house.path("/plans")).expect(200);
    reader.get(&house.path("/quarantine")).expect(200);
    let mut other = house.token(&["events:read"]);
    assert_eq!(other.get(&house.path("/plans")).status, 403);
    assert_eq!(reader.post(&house.path("/quarantine/drop"), &json!({"all": true})).status, 403);
}

#[test]
fn a_first_plan_is_drafted_from_what_arrived() {
    let mut house = House::new();
    for number in 0..25 {
        let at = jiff::Timestamp::from_millisecond(stdx::Clock::wall().now_ms()).unwrap().to_string();
        send(
            &house.server,
            "/v1/track",
            &json!({"userId": "ada", "event": "Order Completed", "messageId": format!("m{number}"), "timestamp": at,
            "properties": {"revenue": number, "when": "2026-08-01T10:00:00Z", "to": "grace@example.com", "gift": true}}),
        );
    }
    house.events(25);
    let draft = house.owner.get(&house.path("/plan-draft?name=first&days=2")).expect(200).json;
    let properties = &draft["events"]["Order Completed"]["properties"];
    assert_eq!(properties["revenue"], json!({"type": "integer", "required": true}));
    assert_eq!(properties["when"]["type"], "date-time");
    assert_eq!(properties["to"]["classification"], "personal");
    assert!(!draft.to_string().contains("grace"), "no value is in a draft");
    let path = house.path("/plans/first");
    house.owner.confirmed(&mut house.passkey, "PUT", &path, Some(&draft)).expect(200);
}

#[test]
fn the_typed_client_lets_only_the_plan_compile() {
    let mut house = planned("watch");
    let text = house.owner.get(&house.path("/plans/shop/client.ts")).expect(200).text;
    let plan = Path::new(ROOT).join("tests/plan");
    let (code, from_file, errors) =
        house.server.command(&["plan", "client", "--file", plan.join("shop.json").to_str().unwrap()]);
    assert_eq!(code, 0, "{errors}");
    let without_version = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(without_version(&text), without_version(&from_file));
    let folder = house.server.scratch().join("client");
    std::fs::create_dir_all(&folder).unwrap();
    stdx::files::replace(&folder.join("client.ts"), text.as_bytes()).unwrap();
    let run = Command::new("node").current_dir(&plan).arg("check.mjs").arg(&folder).output();
    let run = run.unwrap_or_else(|error| panic!("node does not run ({error}); ./test installs it"));
    let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}");
    println!("{said}");
}

#[test]
fn plan_check_says_whether_a_file_is_a_plan() {
    let house = House::new();
    let plan = Path::new(ROOT).join("tests/plan/shop.json");
    let (code, out, errors) = house.server.command(&["plan", "check", plan.to_str().unwrap()]);
    assert_eq!((code, errors.as_str()), (0, ""), "{out}");
    let wrong = house.server.scratch().join("wrong.json");
    stdx::files::replace(&wrong, br#"{"name":"Shop","events":{"A":{"properties":{"x":{"pattern":"("}}}}}"#)
        .unwrap();
    let (code, out, _) = house.server.command(&["plan", "check", "--json", wrong.to_str().unwrap()]);
    assert_eq!(code, 6);
    let told: Value = serde_json::from_str(&out).unwrap();
    let pointers: Vec<&str> =
        told["errors"].as_array().unwrap().iter().filter_map(|error| error["pointer"].as_str()).collect();
    assert_eq!(pointers, ["/name", "/events/A/properties/x/pattern", "/events/A/properties/x/pattern"]);
    assert_eq!(house.server.command(&["plan", "check", "/nowhere.json"]).0, 3);
}
