//! The hard budget of people seen: past it nobody more is shown, whatever the session, the key or a restart.

use serde_json::{Value, json};
use testkit::{Client, wait_until};

use crate::support::House;

const BUDGETS: [(&str, &str); 2] =
    [("HOLDFAST_PEOPLE__SEEN_PER_HOUR_MAX", "10"), ("HOLDFAST_PEOPLE__SEEN_PER_DAY_MAX", "12")];

/// A house with so many people, and their ids. They are learned from events, which are pseudonymous and free.
fn peopled(count: usize) -> (House, Vec<String>) {
    let mut house = House::with(&[], &BUDGETS);
    for number in 0..count {
        house.send("/v1/identify", &json!({"userId": format!("u{number}"), "traits": {"plan": "pro"}}));
    }
    let events = house.events(count);
    let mut ids: Vec<String> =
        events.iter().map(|event| event["person"].as_str().expect("a person").to_owned()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
    (house, ids)
}

fn look(client: &mut Client, house: &str, id: &str) -> (u16, Value) {
    let reply = client.get(&format!("{house}/{id}"));
    (reply.status, reply.json)
}

#[test]
fn nobody_is_shown_past_the_budget() {
    let (mut house, ids) = peopled(16);
    let people = house.path("/people");
    let mut program = house.token(&["people:read"]);
    for id in &ids[..6] {
        assert_eq!(look(&mut house.owner, &people, id).0, 200);
    }
    // The token's maker answers for it: their budget is one.
    for id in &ids[..10] {
        assert_eq!(look(&mut program, &people, id).0, 200);
    }
    let (status, problem) = look(&mut house.owner, &people, &ids[10]);
    assert_eq!((status, &problem["code"]), (429, &json!("people-budget")), "{problem}");
    let refused = program.get(&format!("{people}?limit=12"));
    assert_eq!(refused.status, 429, "a page that would overdraw it shows nobody");
    assert!(refused.header("retry-after").is_some_and(|after| after.parse::<u64>().unwrap() > 3_000));
    assert_eq!(look(&mut program, &people, &ids[3]).0, 200, "who was seen stays open");

    // A restart begins nothing anew.
    house.server.kill_and_restart();
    house.owner.move_to(&house.server.console);
    assert_eq!(look(&mut house.owner, &people, &ids[11]).0, 429);
    assert_eq!(look(&mut house.owner, &people, &ids[9]).0, 200);

    // Those who run the workspace were told before it was spent and when it was; the ledger has the refusal.
    let path = house.path("/ledger/entries?code=people.refused");
    let entries = house.owner.get(&path).expect(200).json;
    let entries = entries["items"].as_array().unwrap().clone();
    assert!(!entries.is_empty());
    assert_eq!(entries[0]["detail"]["budget"], 10);
    assert!(entries[0]["detail"].get("people").is_none());
    let path = house.path("/notices");
    let owner = &mut house.owner;
    let kinds = wait_until(10, "the notices", || {
        let notices = owner.get(&path).expect(200).json;
        let kinds: Vec<String> = notices["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|notice| notice["kind"].as_str().unwrap().to_owned())
            .collect();
        kinds.contains(&"people.budget_spent".to_owned()).then_some(kinds)
    });
    assert!(kinds.contains(&"people.budget_near".to_owned()), "{kinds:?}");
}
