//! Which SDKs send, exactly, and advisories that stop what one captures by itself.

use serde_json::{Value, json};
use testkit::wait_until;

use crate::support::House;

fn event(number: u64, name: &str, version: &str) -> Value {
    json!({
        "type": "track", "event": name, "userId": format!("u{}", number % 9), "messageId": format!("{name}-{version}-{number}"),
        "context": { "library": { "name": "lib.js", "version": version } }
    })
}

fn send(house: &House, events: &[Value]) {
    let body = json!({ "writeKey": house.server.installed.write_key, "batch": events });
    house.server.sdk().post("/v1/batch", &body).expect(200);
}

/// Events and automatic ones by version.
fn census(house: &mut House) -> Vec<(String, u64, u64)> {
    let path = house.path("/sdks");
    let items = house.owner.get(&path).expect(200).json["items"].as_array().unwrap().clone();
    let mut rows: Vec<_> = items
        .iter()
        .filter(|row| row["sdk"] == "lib.js")
        .map(|row| {
            let count = |name: &str| row[name].as_u64().unwrap();
            (row["sdk_version"].as_str().unwrap().to_owned(), count("events"), count("automatic"))
        })
        .collect();
    rows.sort();
    rows
}

fn until(house: &mut House, wanted: &[(&str, u64, u64)]) {
    let wanted: Vec<_> =
        wanted.iter().map(|(version, all, own)| ((*version).to_owned(), *all, *own)).collect();
    wait_until(20, "the census", || {
        let rows = census(house);
        (rows == wanted).then_some(())
    });
}

#[test]
fn the_census_is_exact_after_kill_minus_nine() {
    let mut house = House::new();
    let old: Vec<Value> = (0..300).map(|n| event(n, "Order Completed", "1.0.0")).collect();
    let new: Vec<Value> = (0..200).map(|n| event(n, "$mp_click", "2.0.0")).collect();
    send(&house, &old);
    send(&house, &new);
    // Repeats of a message id are not counted again.
    send(&house, &old[..50]);
    until(&mut house, &[("1.0.0", 300, 0), ("2.0.0", 200, 200)]);
    send(&house, &(1_000..1_100).map(|n| event(n, "Order Completed", "2.0.0")).collect::<Vec<_>>());
    house.server.kill_and_restart();
    house.owner.move_to(&house.server.console);
    until(&mut house, &[("1.0.0", 300, 0), ("2.0.0", 300, 200)]);
}

#[test]
fn an_advisory_stops_what_is_captured_and_nothing_else() {
    let mut house = House::new();
    let path = house.path("/advisories");
    let wrong = json!({ "sdk": "lib.js", "versions": "latest" });
    assert_eq!(house.owner.post(&path, &wrong).expect(422).json["field"], "versions");
    let body = json!({ "sdk": "lib.js", "versions": "<2.0.0", "what": "autocapture", "reason": "labels carry what is typed" });
    let made = house.owner.post(&path, &body).expect(201).json;
    assert_eq!(made["versions"], "<2.0.0");
    let batch = [
        event(1, "$autocapture", "1.9.0"),
        event(2, "Order Completed", "1.9.0"),
        event(3, "$autocapture", "2.0.0"),
    ];
    let body = json!({ "writeKey": house.server.installed.write_key, "batch": batch });
    let reply = house.server.sdk().post("/v1/batch", &body).expect(200);
    assert_eq!(reply.header("holdfast-autocapture"), Some("off"));
    until(&mut house, &[("1.9.0", 1, 0), ("2.0.0", 1, 1)]);
    let refusals = house.path("/shield/refusals");
    let items = house.owner.get(&refusals).expect(200).json["items"].as_array().unwrap().clone();
    let refused = items.iter().find(|row| row["reason"] == "sdk_advisory").unwrap();
    assert_eq!(refused["count"], 1);
    let settings = |house: &House, query: &str| {
        let path = format!("/v1/projects/{}/settings{query}", house.server.installed.write_key);
        house.server.sdk().get(&path).expect(200).json["autocapture"].clone()
    };
    assert_eq!(settings(&house, "?sdk=lib.js&version=1.9.0"), false);
    assert_eq!(settings(&house, "?sdk=lib.js&version=2.0.0"), true);
    assert_eq!(settings(&house, ""), true);
    let lift = house.path(&format!("/advisories/{}", made["id"]));
    house.owner.confirmed(&mut house.passkey, "DELETE", &lift, None).expect(204);
    send(&house, &[event(4, "$autocapture", "1.9.0")]);
    until(&mut house, &[("1.9.0", 2, 1), ("2.0.0", 1, 1)]);
}
