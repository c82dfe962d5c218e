//! A workspace's own shield rules: in force for the next event, refused with field and fix, recorded.

use serde_json::{Value, json};

use crate::support::House;

fn rules(house: &mut House, body: &Value) -> testkit::Reply {
    let path = house.path("/shield/rules");
    house.owner.confirmed(&mut house.passkey, "PUT", &path, Some(body))
}

fn badge(n: usize) -> Value {
    json!({ "type": "track", "event": "Opened", "userId": "u", "messageId": format!("m{n}"),
        "properties": { "staffBadge": format!("EMP-{:05}", 40_000 + n), "note": "hello" } })
}

#[test]
fn a_rule_is_in_force_for_the_next_event_and_can_be_taken_back() {
    let mut house = House::new();
    house.send("/v1/track", &badge(0));
    let rule = json!({ "name": "badge", "action": "seal", "class": "personal", "keys": ["staff badge"], "patterns": ["EMP-#{5}"] });
    let made = rules(&mut house, &json!({ "version": 0, "rules": [rule] })).expect(200);
    assert_eq!(made.json["version"], 1);
    house.send("/v1/track", &badge(1));
    let path = house.path("/shield/rules");
    assert_eq!(house.owner.get(&path).expect(200).json["rules"][0]["name"], "badge");
    house.server.kill_and_restart();
    house.owner.move_to(&house.server.console);
    house.passkey.move_to(&house.server.console);
    house.send("/v1/track", &badge(2));
    rules(&mut house, &json!({ "version": 1, "rules": [] })).expect(200);
    house.send("/v1/track", &badge(3));

    let mut events = house.events(4);
    events.sort_by_key(|event| event["message_id"].as_str().unwrap().to_owned());
    let kept: Vec<&str> =
        events.iter().map(|event| event["properties"]["staffBadge"].as_str().unwrap()).collect();
    assert_eq!((kept[0], kept[3]), ("EMP-40000", "EMP-40003"));
    assert!(
        kept[1].starts_with("[sealed: personal #") && kept[2].starts_with("[sealed: personal #"),
        "{kept:?}"
    );
    let findings = house.path("/shield/findings");
    let found = house.owner.get(&findings).expect(200);
    assert!(found.text.contains("custom:badge"), "{}", found.text);
    let ledger = house.path("/ledger/entries?limit=100");
    let entries = house.owner.get(&ledger).expect(200);
    assert!(entries.text.contains("shield.rules_replaced"), "{}", entries.text);
}

#[test]
fn rules_that_are_wrong_change_nothing_and_say_what_to_do() {
    let mut house = House::new();
    for (body, field) in [
        (json!({ "rules": [{ "name": "Two Words", "action": "remove" }] }), "rules[0].name"),
        (
            json!({ "rules": [{ "name": "a", "action": "remove", "class": "personal", "paths": ["note"] }] }),
            "rules[0].paths[0]",
        ),
        (
            json!({ "rules": [{ "name": "a", "action": "seal", "class": "password", "keys": ["x y"] }] }),
            "rules[0].action",
        ),
    ] {
        let refused = rules(&mut house, &body);
        assert!((400..500).contains(&refused.status), "{}", refused.text);
        assert!(refused.text.contains(field), "{field}: {}", refused.text);
    }
    rules(&mut house, &json!({ "version": 0, "rules": [] })).expect(200);
    let late = rules(&mut house, &json!({ "version": 0, "rules": [] }));
    assert_eq!(late.status, 409, "{}", late.text);
}
