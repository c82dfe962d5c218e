//! Drift, the report and what an alarm leads to, through a real server.

use serde_json::{Value, json};
use testkit::wait_until;

use crate::support::House;

fn click(number: u64, label: &str) -> Value {
    json!({
        "type": "track", "event": "$autocapture", "anonymousId": format!("a{}", number % 50), "messageId": format!("click-{number}"),
        "properties": { "label": label },
        "context": { "library": { "name": "old.js", "version": "1.2.3" }, "holdfast": { "autocapture": true }, "page": { "path": "/account/4711/edit" } }
    })
}

fn send(house: &House, events: Vec<Value>) {
    for batch in events.chunks(500) {
        let body = json!({ "writeKey": house.server.installed.write_key, "batch": batch });
        house.server.sdk().post("/v1/batch", &body).expect(200);
    }
}

/// Labels of a shop, and among every twenty-five of them something that no rule knows for a password.
fn leaking(from: u64, to: u64) -> Vec<Value> {
    (from..to).map(|n| click(n, &if n % 25 == 1 { password(n) } else { label(n) })).collect()
}

fn password(number: u64) -> String {
    let words = ["Summer", "Dragon", "Pepper", "Monkey", "Winter", "Silver", "Ginger", "Falcon"];
    format!("{}{}", words[(number / 25 % 8) as usize], 1_000 + number * 37 % 9_000)
}

fn label(number: u64) -> String {
    ["Add to cart", "Checkout", "Back", "Search", "Wishlist", "Sign in", "Help", "Blue chair"]
        [(number % 8) as usize]
        .to_owned()
}

#[test]
fn a_leak_raises_an_alarm_that_names_its_place_and_stops_it() {
    let mut house = House::new();
    // Of what is captured automatically only what a plan lists is kept as it is.
    let plan = json!({
        "name": "clicks", "mode": "watch", "unplanned_events": "allow", "unplanned_properties": "allow",
        "events": { "$autocapture": { "properties": { "label": { "type": "string" } } } }
    });
    let path = house.path("/plans/clicks");
    house.owner.confirmed(&mut house.passkey, "PUT", &path, Some(&plan)).expect(200);
    send(&house, (0..6_000).map(|n| click(n, &label(n))).collect());
    send(&house, leaking(6_000, 9_000));
    let path = house.path("/shield/alarms");
    let owner = &mut house.owner;
    let alarm = wait_until(30, "the alarm", || {
        let items = owner.get(&path).expect(200).json["items"].as_array().unwrap().clone();
        items.first().cloned()
    });
    assert_eq!(alarm["event"], "$autocapture");
    assert_eq!(alarm["path"], "properties.label");
    assert_eq!(alarm["suspicion"], "passwords");
    let place = &alarm["places"][0];
    assert_eq!(
        (&place["sdk"], &place["sdk_version"], &place["page"]),
        (&json!("old.js"), &json!("1.2.3"), &json!("/account/:id/edit"))
    );
    assert_eq!(place["automatic"], true);
    assert!((6_000..9_000).all(|n| !alarm.to_string().contains(&password(n))));
    // Captured automatically: values are removed until somebody has looked.
    let rules = house.path("/shield/rules");
    let owner = &mut house.owner;
    let name = format!("alarm-{}", alarm["id"]);
    wait_until(10, "the rule", || owner.get(&rules).expect(200).text.contains(&name).then_some(()));
    send(&house, vec![click(10_000, "Winter2031")]);
    let path = house.path("/events?limit=1");
    let owner = &mut house.owner;
    wait_until(10, "the removed value", || {
        let items = owner.get(&path).expect(200).json["items"].clone();
        (items[0]["message_id"] == "click-10000")
            .then(|| assert_eq!(items[0]["properties"]["label"], "[removed: password]"))
    });
    let settle = house.path(&format!("/shield/alarms/{}/settle", alarm["id"]));
    house.owner.post(&settle, &json!({ "verdict": "perhaps" })).expect(422);
    house.owner.post(&settle, &json!({ "verdict": "usual" })).expect(204);
    house.owner.post(&settle, &json!({ "verdict": "usual" })).expect(404);
    let rules = house.path("/shield/rules");
    assert!(!house.owner.get(&rules).expect(200).text.contains(&name));
    let profiles = house.path("/shield/profiles?event=%24autocapture&path=properties.label");
    let profile = house.owner.get(&profiles).expect(200).json["items"][0].clone();
    assert_eq!(profile["alarmed"], false);
    assert!(profile["values"].as_u64().unwrap() >= 9_000);
    // One step from the alarm to an advisory.
    let stops = (&alarm["advisory"]["sdk"], &alarm["advisory"]["versions"], &alarm["advisory"]["what"]);
    assert_eq!(stops, (&json!("old.js"), &json!("=1.2.3"), &json!("autocapture")));
    let advisories = house.path("/advisories");
    house.owner.post(&advisories, &alarm["advisory"]).expect(201);
    // What is new across workspaces is not for members.
    house.owner.get("/api/v1/waves").expect(403);
}

#[test]
fn the_report_is_exact_and_says_no_value() {
    let mut house = House::new();
    let event = |n: u64| {
        let version = if n.is_multiple_of(2) { "1.0.0" } else { "2.0.0" };
        let properties = if n.is_multiple_of(3) {
            json!({ "password": format!("hunter{n}secret") })
        } else {
            json!({ "plan": "pro" })
        };
        json!({
            "type": "track", "event": "Signed In", "userId": format!("u{}", n % 4), "messageId": format!("r{n}"),
            "timestamp": format!("2026-08-01T10:00:{:02}.000Z", n), "properties": properties,
            "context": { "library": { "name": "hand.js", "version": version } }
        })
    };
    send(&house, (0..60).map(event).collect());
    house.events(60);
    let report = house.path("/shield/report?path=properties.password&sdk=hand.js");
    let rows = house.owner.get(&report).expect(200).json["items"].as_array().unwrap().clone();
    // 20 of 60 have one; by person and version: every pair of (n % 4, n % 2) that fits.
    assert_eq!(rows.iter().map(|row| row["count"].as_u64().unwrap()).sum::<u64>(), 20);
    assert_eq!(rows.len(), 4);
    assert!(
        rows.iter().all(|row| row["class"] == "password" && row["event"] == "Signed In" && row["count"] == 5)
    );
    assert!(rows.iter().all(|row| row["person"].as_str().unwrap().starts_with("p_")));
    let version = house.path("/shield/report?sdk_version=1.0.0&class=password");
    let rows = house.owner.get(&version).expect(200).json["items"].as_array().unwrap().clone();
    assert_eq!(rows.iter().map(|row| row["count"].as_u64().unwrap()).sum::<u64>(), 10);
    assert_eq!(rows[0]["first"], "2026-08-01T10:00:00.000Z");
    let csv = house.path("/shield/report?format=csv");
    let file = house.owner.get(&csv).expect(200);
    assert!(
        file.text.starts_with("person,event,property,class,rule,source,sdk,sdk_version,count,first,last\r\n")
    );
    assert!(!file.text.contains("hunter"));
    let empty = house.path("/shield/report?to=2026-07-31");
    assert_eq!(house.owner.get(&empty).expect(200).json["items"], json!([]));
    let wrong = house.path("/shield/report?class=pasword");
    house.owner.get(&wrong).expect(422);
}
