//! Who they are: one person across ids, masked everywhere.

use serde_json::json;

use crate::support::House;

#[test]
fn anonymous_history_joins_the_person() {
    let mut house = House::new();
    house.send("/v1/page", &json!({"anonymousId": "device-1", "name": "Home", "messageId": "p1"}));
    house.send("/v1/track", &json!({"anonymousId": "device-2", "event": "Elsewhere", "messageId": "t0"}));
    house.send(
        "/v1/identify",
        &json!({"userId": "ada", "anonymousId": "device-1", "messageId": "i1",
            "traits": {"email": "ada.lovelace@example.com", "phone": "+44 20 7946 0958", "plan": "pro"}}),
    );
    house.send("/v1/track", &json!({"userId": "ada", "event": "Order Completed", "messageId": "t1"}));
    let events = house.events(4);
    let person = |id: &str| {
        let event = events.iter().find(|event| event["message_id"] == id).unwrap();
        event["person"].as_str().unwrap().to_owned()
    };
    assert_eq!(person("i1"), person("t1"));
    assert_ne!(person("t0"), person("t1"));
    let id = person("t1");
    let path = house.path(&format!("/people/{id}"));
    // The merge travels through the journal, so the earlier page joins a moment later.
    let events_path = house.path(&format!("/people/{id}/events"));
    let owner = &mut house.owner;
    testkit::wait_until(5, "the page joins", || {
        let items = owner.get(&events_path).expect(200).json["items"].as_array().unwrap().clone();
        items.iter().any(|event| event["message_id"] == "p1").then_some(())
    });
    let profile = house.owner.get(&path).expect(200);
    assert_eq!(profile.json["traits"]["plan"]["value"], "pro", "{}", profile.text);
    assert_eq!(profile.json["traits"]["email"]["sealed"], "email", "{}", profile.text);
    for value in ["ada.lovelace", "7946", "device-1"] {
        assert!(!profile.text.contains(value), "{value} is shown: {}", profile.text);
    }
    let people = house.owner.get(&house.path("/people")).expect(200);
    assert_eq!(people.json["items"].as_array().unwrap().len(), 2, "{}", people.text);
}

#[test]
fn two_known_people_are_never_merged_by_a_write_key() {
    let mut house = House::new();
    house.send("/v1/identify", &json!({"userId": "ada", "messageId": "1"}));
    house.send("/v1/identify", &json!({"userId": "grace", "messageId": "2"}));
    house.send("/v1/alias", &json!({"userId": "ada", "previousId": "grace", "messageId": "3"}));
    house.send("/v1/alias", &json!({"userId": "ada", "previousId": "ada", "messageId": "4"}));
    house.send("/v1/track", &json!({"userId": "grace", "event": "After", "messageId": "5"}));
    let events = house.events(5);
    let person = |id: &str| events.iter().find(|event| event["message_id"] == id).unwrap()["person"].clone();
    assert_ne!(person("1"), person("5"));
}

#[test]
fn nobody_is_not_found() {
    let mut house = House::new();
    assert_eq!(house.owner.get(&house.path("/people/p_00000000000000000000000000")).status, 404);
    assert_eq!(house.owner.get(&house.path("/people/nonsense")).status, 404);
}
