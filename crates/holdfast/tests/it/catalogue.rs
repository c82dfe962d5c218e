//! The catalogue of events and properties: what there is to ask about, and nobody's data.

use serde_json::{Value, json};
use testkit::wait_until;

use crate::support::House;

#[test]
fn events_and_properties_are_listed_with_what_is_known_of_them() {
    let mut house = House::new();
    let empty = house.owner.get(&house.path("/catalogue")).expect(200).json;
    assert_eq!((&empty["events"], &empty["properties"]), (&json!([]), &json!([])));
    let page = format!("/w/{}/catalogue", house.server.installed.workspace);
    assert!(house.owner.get(&page).expect(200).text.contains("No events yet"));

    for (number, (event, properties, day)) in [
        ("Order Completed", json!({"plan": "velvet", "amount": 12}), 1),
        ("Order Completed", json!({"plan": "velvet", "amount": 1.5}), 3),
        ("Page Viewed", json!({"plan": "linen"}), 2),
    ]
    .into_iter()
    .enumerate()
    {
        house.send(
            "/v1/track",
            &json!({"userId": "lovelace-7", "event": event, "messageId": format!("m{number}"), "properties": properties,
                "context": {"locale": "de"}, "timestamp": format!("2026-08-0{day}T10:00:00Z")}),
        );
    }
    house.events(3);
    let path = house.path("/catalogue");
    let owner = &mut house.owner;
    let property = |listed: &Value, name: &str| {
        let known = listed["properties"].as_array().unwrap();
        known.iter().find(|property| property["name"] == name).cloned().unwrap_or_default()
    };
    // Profiles are made by a follower of their own, and a list is kept for a moment.
    let listed = wait_until(20, "the profiles", || {
        let listed = owner.get(&path).expect(200).json;
        (property(&listed, "plan")["events"].as_array().map(Vec::len) == Some(2)).then_some(listed)
    });
    assert_eq!(
        listed["events"][0],
        json!({"name": "Order Completed", "count": 2, "first": "2026-08-01T10:00:00.000Z", "last": "2026-08-03T10:00:00.000Z"})
    );
    let plan = property(&listed, "plan");
    assert_eq!(
        (&plan["count"], &plan["context"], &plan["types"]["texts"]),
        (&json!(3), &json!(false), &json!(3))
    );
    assert_eq!(
        (&plan["events"][0]["event"], &plan["events"][0]["count"]),
        (&json!("Order Completed"), &json!(2))
    );
    assert!(plan["first_received"].is_string() && plan["last_received"].is_string(), "{plan}");
    let amount = property(&listed, "amount");
    assert_eq!((&amount["types"]["integers"], &amount["types"]["numbers"]), (&json!(1), &json!(1)));
    let locale = property(&listed, "locale");
    assert_eq!((&locale["context"], &locale["events"]), (&json!(true), &json!([])));
    for value in ["velvet", "linen", "lovelace"] {
        assert!(!listed.to_string().contains(value), "{value} in {listed}");
    }

    let all = house.owner.get(&page).expect(200).text;
    assert!(all.contains("Properties of all events") && all.contains("locale"), "{all}");
    let one = house.owner.get(&format!("{page}?event=Page+Viewed")).expect(200).text;
    assert!(one.contains("Properties of Page Viewed") && !one.contains("amount"), "{one}");
    let questions = house.owner.get(&format!("/w/{}/questions", house.server.installed.workspace));
    assert!(questions.expect(200).text.contains("/catalogue\""));
    house.token(&["people:read"]).get(&path).expect(403);
    house.token(&["questions:ask"]).get(&path).expect(200);
}
