//! Several workspaces in one installation: made by an owner with a touch, and strangers to each other.

use serde_json::json;
use testkit::wait_until;

use crate::support::House;

#[test]
fn a_second_workspace_shares_nothing_with_the_first() {
    let mut house = House::new();
    let refused = house.owner.post("/api/v1/workspaces", &json!({ "name": "Second" }));
    assert_eq!(
        (refused.status, &refused.json["code"]),
        (403, &json!("step-up-required")),
        "{}",
        refused.text
    );
    let nameless = house.owner.confirmed(
        &mut house.passkey,
        "POST",
        "/api/v1/workspaces",
        Some(&json!({ "name": " " })),
    );
    assert_eq!((nameless.status, &nameless.json["field"]), (422, &json!("name")), "{}", nameless.text);
    let made = house
        .owner
        .confirmed(&mut house.passkey, "POST", "/api/v1/workspaces", Some(&json!({ "name": "Second" })))
        .expect(201);
    let (second, key) = (made.json["id"].as_str().unwrap(), made.json["write_key"].as_str().unwrap());

    let own = house.owner.get("/api/v1/workspaces").expect(200).json;
    let mut names: Vec<_> = own["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| (own["name"].clone(), own["role"].clone()))
        .collect();
    names.sort_by_key(|(name, _)| name.to_string());
    assert_eq!(names.len(), 2);
    assert!(names.contains(&(json!("Second"), json!("owner"))), "{names:?}");

    // The same person sends the same id to both.
    let sent = |key: &str, event: &str| {
        let message = json!({"writeKey": key, "userId": "same", "event": event, "messageId": "m1"});
        house.server.sdk().post("/v1/track", &message).expect(200);
    };
    sent(&house.server.installed.write_key, "Here");
    sent(key, "There");
    let there = format!("/api/v1/workspaces/{second}/events");
    let items = wait_until(60, "the event there", || {
        let items = house.owner.get(&there).expect(200).json["items"].as_array().unwrap().clone();
        (!items.is_empty()).then_some(items)
    });
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["event"], "There");
    let here = house.events(1);
    assert_eq!(here.len(), 1, "the same message id of another workspace is another message");
    assert_eq!(here[0]["event"], "Here");

    // A token of one opens nothing of the other, and does not make any.
    let mut program = house.token(&["events:read", "workspace:read"]);
    program.get(&there).expect(404);
    program.post("/api/v1/workspaces", &json!({ "name": "Third" })).expect(403);
}
