//! Who is who, decided by members: a merge undone, a proposal accepted or dismissed, and what a kill in between leaves.

use rusqlite::Connection;
use serde_json::{Value, json};
use testkit::{Reply, wait_until};

use crate::support::House;

fn order(house: &House, who: &str, value: &str, id: &str) {
    house.send(
        "/v1/track",
        &json!({ who: value, "event": "Order Completed", "messageId": id, "timestamp": "2026-08-02T10:00:00Z" }),
    );
}

fn identify(house: &House, user: &str, device: &str, id: &str, email: &str) {
    let traits = json!({ "email": email, "plan": id });
    house.send(
        "/v1/identify",
        &json!({ "userId": user, "anonymousId": device, "messageId": id, "traits": traits }),
    );
}

/// Who each message is of.
fn persons(house: &mut House, ids: &[&str]) -> Vec<String> {
    let events = house.every_event();
    let of = |id: &&str| events.iter().find(|event| event["message_id"] == **id).expect("stored");
    ids.iter().map(|id| of(id)["person"].as_str().expect("a person").to_owned()).collect()
}

fn decide(house: &mut House, rest: &str, body: &Value) -> Reply {
    let path = house.path(rest);
    house.owner.change(&mut house.passkey, "POST", &path, body)
}

fn profile(house: &mut House, person: &str) -> Value {
    let path = house.path(&format!("/people/{person}"));
    house.owner.get(&path).expect(200).json
}

fn codes(house: &mut House, code: &str) -> Vec<Value> {
    let path = house.path(&format!("/ledger/entries?code={code}&limit=100"));
    house.owner.get(&path).expect(200).json["items"].as_array().expect("entries").clone()
}

/// How many people ordered, as questions count them.
fn buyers(house: &mut House) -> Value {
    let question = json!({"kind": "trend", "events": [{"event": "Order Completed", "measure": "people"}],
        "range": {"from": "2026-08-01", "to": "2026-08-03"}, "interval": "day"});
    let path = house.path("/questions");
    house.owner.post(&path, &question).expect(200).json["rows"][1][1].clone()
}

#[test]
fn a_device_that_two_people_shared_is_given_back() {
    let mut house = House::new();
    order(&house, "anonymousId", "kiosk", "1");
    identify(&house, "ada", "laptop", "2", "ada@example.com");
    identify(&house, "ada", "kiosk", "3", "ada@example.com");
    order(&house, "userId", "ada", "0");
    house.events(4);
    let joined = wait_until(20, "the merge", || {
        let found = persons(&mut house, &["1", "2", "3"]);
        (found[0] == found[1]).then_some(found)
    });
    assert_eq!(buyers(&mut house), 1);
    let ada = joined[0].clone();
    let merges = profile(&mut house, &ada)["merges"].clone();
    assert_eq!(merges.as_array().expect("merges").len(), 1, "{merges}");
    let gone = merges[0]["from"].as_str().expect("an id").to_owned();

    let body = json!({ "from": gone, "reason": "a kiosk in the shop" });
    let path = house.path("/people/unmerge");
    let untouched = house.owner.post(&path, &body);
    assert_eq!(untouched.json["code"], "step-up-required", "{}", untouched.text);
    let done = decide(&mut house, "/people/unmerge", &body).expect(200);
    assert_eq!(done.json["done"], true, "{}", done.text);
    wait_until(20, "the rows to follow", || {
        (persons(&mut house, &["1", "2", "3"]) == [gone.clone(), ada.clone(), ada.clone()]).then_some(())
    });
    assert_eq!(buyers(&mut house), 2, "answers follow");
    decide(&mut house, "/people/unmerge", &body).expect(404);

    // The rule does not do it again, and the kiosk's next visitor is whoever it was.
    identify(&house, "ada", "kiosk", "4", "ada@example.com");
    order(&house, "anonymousId", "kiosk", "5");
    house.events(6);
    assert_eq!(persons(&mut house, &["4", "5"]), [ada.clone(), gone.clone()]);
    let (one, other) = (profile(&mut house, &ada), profile(&mut house, &gone));
    assert_eq!((&one["events"], &other["events"]), (&json!(4), &json!(2)), "{one} {other}");
    assert_eq!(one["apart"][0]["person"], gone, "{one}");
    assert_eq!(one["parted"][0]["undone"]["reason"], "a kiosk in the shop", "{one}");

    let entered = codes(&mut house, "people.unmerged");
    let told = entered.iter().find(|entry| entry["detail"]["reason"] == "a kiosk in the shop");
    assert!(
        told.is_some_and(|entry| entry["detail"]["codes"].as_array().is_some_and(|codes| codes.len() == 2)),
        "{entered:?}"
    );

    let lift = json!({ "one": gone, "other": ada, "reason": "it is hers after all" });
    decide(&mut house, "/people/apart/lift", &lift).expect(200);
    decide(&mut house, "/people/apart/lift", &lift).expect(409);
    identify(&house, "ada", "kiosk", "6", "ada@example.com");
    house.events(7);
    wait_until(20, "the merge", || {
        (persons(&mut house, &["1", "6"]) == [ada.clone(), ada.clone()]).then_some(())
    });
}

#[test]
fn a_proposal_is_accepted_and_undone_or_dismissed() {
    let mut house = House::new();
    for (user, id) in [("ada", "1"), ("grace", "2"), ("edith", "3")] {
        identify(&house, user, &format!("device-{user}"), id, &format!("{user}@example.com"));
    }
    for (previous, id) in [("grace", "4"), ("edith", "5")] {
        house.send("/v1/alias", &json!({ "userId": "ada", "previousId": previous, "messageId": id }));
    }
    house.events(5);
    let [ada, grace, edith] = persons(&mut house, &["1", "2", "3"]).try_into().expect("three");
    let list = house.path("/people/suggestions");
    let proposed = house.owner.get(&list).expect(200);
    assert_eq!(proposed.json["items"].as_array().expect("pairs").len(), 2, "{}", proposed.text);
    assert!(!proposed.text.contains("ada@"), "{}", proposed.text);

    let stranger = json!({ "into": grace, "from": edith, "reason": "they look alike" });
    decide(&mut house, "/people/merge", &stranger).expect(409);
    let before = [&ada, &grace].map(|id| profile(&mut house, id));
    decide(&mut house, "/people/merge", &json!({ "into": ada, "from": grace, "reason": "she said so" }))
        .expect(200);
    let merged = profile(&mut house, &grace);
    assert_eq!(
        (&merged["id"], &merged["merges"][0]["reason"]),
        (&json!(ada), &json!("she said so")),
        "{merged}"
    );
    assert!(merged["merges"][0]["by"].as_str().is_some_and(|by| by.starts_with("mem_")), "{merged}");
    assert_eq!(merged["traits"]["plan"]["value"], "2", "{merged}");
    decide(&mut house, "/people/unmerge", &json!({ "from": grace, "reason": "another Grace" })).expect(200);
    let mut after = [&ada, &grace].map(|id| profile(&mut house, id));
    for one in &mut after {
        for said in ["apart", "parted"] {
            assert_eq!(one[said].as_array().expect("a list").len(), 1, "{one}");
            one[said] = json!([]);
        }
    }
    assert_eq!(after, before);

    let dismissed = json!({ "one": edith, "other": ada, "reason": "two colleagues" });
    decide(&mut house, "/people/apart", &dismissed).expect(200);
    decide(&mut house, "/people/apart", &dismissed).expect(409);
    house.send("/v1/alias", &json!({ "userId": "ada", "previousId": "edith", "messageId": "6" }));
    house.events(6);
    assert_eq!(house.owner.get(&list).expect(200).json["items"], json!([]));
    let apart = house.path("/people/apart");
    let apart = house.owner.get(&apart).expect(200);
    assert_eq!(apart.json["items"][0]["reason"], "two colleagues", "{}", apart.text);
    let again = json!({ "into": ada, "from": edith, "reason": "after all" });
    decide(&mut house, "/people/merge", &again).expect(409);
    decide(&mut house, "/people/apart", &json!({ "one": ada, "other": ada, "reason": "x" })).expect(409);
    decide(&mut house, "/people/unmerge", &json!({ "from": ada, "reason": "" })).expect(422);
}

#[test]
fn a_kill_between_the_order_and_its_effect_loses_nothing_and_repeats_nothing() {
    let mut house = House::new();
    order(&house, "anonymousId", "kiosk", "1");
    identify(&house, "ada", "laptop", "2", "ada@example.com");
    identify(&house, "ada", "kiosk", "3", "ada@example.com");
    house.events(3);
    let joined = wait_until(20, "the merge", || {
        let found = persons(&mut house, &["1", "2"]);
        (found[0] == found[1]).then_some(found)
    });
    let gone = profile(&mut house, &joined[0])["merges"][0]["from"].as_str().expect("an id").to_owned();

    // Whoever holds the database keeps the order from being carried out, as a slow disk would.
    let held = Connection::open(house.server.data().join("people.db")).expect("people.db");
    held.execute_batch("begin immediate").expect("held");
    let path = house.path("/people/unmerge");
    let body = json!({ "from": gone, "reason": "a kiosk in the shop" });
    let ordered = house.owner.change(&mut house.passkey, "POST", &path, &body).expect(200);
    assert_eq!(ordered.json["done"], false, "{}", ordered.text);
    house.server.kill();
    held.execute_batch("rollback").expect("let go");
    drop(held);
    house.server.restart();
    let base = house.server.client().base().to_owned();
    house.owner.move_to(&base);
    wait_until(20, "the order to be carried out", || {
        (persons(&mut house, &["1", "2"]) == [gone.clone(), joined[0].clone()]).then_some(())
    });
    house.server.kill_and_restart();
    let base = house.server.client().base().to_owned();
    house.owner.move_to(&base);
    identify(&house, "ada", "kiosk", "4", "ada@example.com");
    house.events(4);
    let known = profile(&mut house, &joined[0]);
    assert_eq!(known["parted"].as_array().expect("partings").len(), 1, "{known}");
    assert_eq!((&known["events"], &known["merges"]), (&json!(3), &json!([])), "{known}");
    assert_eq!(profile(&mut house, &gone)["events"], 1);
    assert_eq!(persons(&mut house, &["1", "4"]), [gone, joined[0].clone()]);
}
