//! Segments at the doors: people join by what they do, a kill forgets and doubles nothing, and broadcasts go to them.

use serde_json::{Value, json};
use testkit::wait_until;

use crate::support::House;

/// A segment of those who completed an order within 30 days, and not one of refunds.
fn buyers() -> Value {
    json!({ "all": [
        { "did": { "event": "Order Completed" }, "times": { "gte": 2 }, "within": "30d" },
        { "not": { "did": { "event": "Refund Requested" } } },
    ] })
}

fn ordered(house: &House, user: &str, message: &str) {
    let event = json!({ "userId": user, "event": "Order Completed", "messageId": message });
    house.send("/v1/track", &event);
}

impl House {
    fn segment(&mut self, new: &Value) -> String {
        let path = self.path("/segments");
        let made = self.owner.post(&path, new).expect(201).json;
        made["id"].as_str().expect("an id").to_owned()
    }

    fn shown_segment(&mut self, segment: &str) -> Value {
        let path = self.path(&format!("/segments/{segment}"));
        self.owner.get(&path).expect(200).json
    }

    fn until_people(&mut self, segment: &str, people: u64) -> Value {
        wait_until(30, "people of a segment", || {
            let shown = self.shown_segment(segment);
            (shown["state"] == "ready" && shown["people"] == people).then_some(shown)
        })
    }

    /// Who joined and left so far, the oldest first: the event, the segment, the reason.
    fn turns(&mut self) -> Vec<(String, String, String)> {
        let mut events = self.every_event();
        events.reverse();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let turn = |event: &Value| {
            let properties = &event["properties"];
            (text(&event["event"]), text(&properties["segment"]), text(&properties["reason"]))
        };
        events.iter().map(turn).filter(|(event, ..)| event.starts_with("Segment ")).collect()
    }
}

#[test]
fn people_join_by_what_they_do_and_a_kill_doubles_nothing() {
    let mut house = House::new();
    ordered(&house, "early", "e1");
    ordered(&house, "early", "e2");
    house.events(2);
    let segment = house.segment(&json!({ "name": "Buyers", "who": buyers() }));
    let shown = house.until_people(&segment, 1);
    assert_eq!(
        shown["words"],
        "did Order Completed at least twice within 30 days and did not Refund Requested ever"
    );
    // Whoever was in it from the beginning did not join.
    assert_eq!(house.turns(), []);

    ordered(&house, "ann", "a1");
    ordered(&house, "ann", "a2");
    ordered(&house, "ann", "a2");
    house.until_people(&segment, 2);
    let joined = ("Segment Joined".to_owned(), "Buyers".to_owned(), "event: Order Completed".to_owned());
    wait_until(30, "an entry", || (house.turns() == [joined.clone()]).then_some(()));
    let page = house.path("").replace("/api/v1/workspaces/", "/w/");
    let page = house.owner.get(&format!("{page}/segments")).expect(200).text;
    assert!(page.contains("Buyers") && page.contains("up to date"), "{page}");

    // Whoever was touched and not judged yet when it was killed is judged afterwards; nobody joins twice.
    for user in 0..20 {
        ordered(&house, &format!("u{user}"), &format!("u{user}-1"));
        ordered(&house, &format!("u{user}"), &format!("u{user}-2"));
    }
    house.server.kill_and_restart();
    house.owner.move_to(&house.server.console.clone());
    house.passkey.move_to(&house.server.console.clone());
    house.until_people(&segment, 22);
    let turns = wait_until(30, "every entry", || {
        let turns = house.turns();
        (turns.len() >= 21).then_some(turns)
    });
    assert_eq!(turns, vec![joined; 21]);

    house.send("/v1/track", &json!({ "userId": "ann", "event": "Refund Requested" }));
    house.until_people(&segment, 21);
    let left = ("Segment Left".to_owned(), "Buyers".to_owned(), "event: Refund Requested".to_owned());
    wait_until(30, "an exit", || (house.turns().last() == Some(&left)).then_some(()));
}

#[test]
fn lists_take_files_questions_name_them_and_a_look_at_somebody_is_entered() {
    let mut house = House::new();
    for user in ["ann", "bob", "cem"] {
        let traits = json!({ "email": format!("{user}@customers.example"), "plan": "pro" });
        house.send("/v1/identify", &json!({ "userId": user, "traits": traits }));
    }
    house.events(3);
    let list = house.segment(&json!({ "name": "Friends" }));
    let path = house.path("/segments/Friends/import");
    let file = "email\nann@customers.example\nnobody@customers.example\nbob\n";
    let imported = house.owner.send_raw("POST", &path, Some("text/csv"), file.as_bytes(), &[]).expect(200);
    let expected = json!({ "lines": 3, "added": 2, "already": 0, "unknown": 1, "unknown_lines": [3] });
    assert_eq!(imported.json, expected);
    assert!(!imported.text.contains("nobody"), "what stood in the file is not repeated");
    house.until_people(&list, 2);

    let questions = house.path("/questions");
    let range = json!({ "from": "2020-01-01", "to": "2030-01-01" });
    let trend = |name: &str| {
        json!({ "kind": "trend", "interval": "month", "events": [{ "event": "Identified", "measure": "people" }], "range": range,
            "where": [{ "segment": name }] })
    };
    let answer = house.owner.post(&questions, &trend("Friends")).expect(200).json;
    let people: u64 = answer["rows"].as_array().unwrap().iter().filter_map(|row| row[1].as_u64()).sum();
    assert_eq!(people, 2);
    let who = json!({ "all": [{ "segment": list }, { "trait": "plan", "op": "eq", "value": "pro" }] });
    let counted = house.owner.post(&questions, &json!({ "kind": "people", "who": who })).expect(200).json;
    assert_eq!(counted["rows"], json!([[2]]));
    assert_eq!(house.owner.post(&questions, &trend("Nobody")).status, 422);

    // People leave masked, one look is entered as one, and a program that asks questions sees numbers alone.
    let members = house.owner.get(&house.path("/segments/Friends/people")).expect(200);
    assert_eq!(members.json["items"].as_array().map(Vec::len), Some(2));
    assert!(!members.text.contains("customers.example"), "{}", members.text);
    let ann = members.json["items"][0]["id"].as_str().unwrap().to_owned();
    let why = house.owner.get(&house.path(&format!("/segments/Friends/people/{ann}"))).expect(200).json;
    assert_eq!((&why["is_in"], &why["reason"]), (&json!(true), &json!("imported")));
    let entries = house.owner.get(&house.path("/ledger/entries?code=people.listed")).expect(200);
    assert!(entries.text.contains(&list) && entries.text.contains(&ann), "{}", entries.text);
    let mut program = house.token(&["questions:ask"]);
    assert_eq!(program.get(&house.path("/segments")).expect(200).json["items"][0]["people"], 2);
    assert_eq!(program.get(&house.path("/segments/Friends/people")).status, 403);
    let mut writer = house.token(&["questions:ask"]);
    assert_eq!(writer.post(&house.path("/segments"), &json!({ "name": "Mine" })).status, 403);
}

#[test]
fn a_condition_is_counted_before_it_takes_the_place_of_another() {
    let mut house = House::new();
    for (user, plan) in [("ann", "pro"), ("bob", "pro"), ("cem", "free")] {
        house.send("/v1/identify", &json!({ "userId": user, "traits": { "plan": plan } }));
    }
    house.events(3);
    let segment =
        house.segment(&json!({ "name": "Pros", "who": { "trait": "plan", "op": "eq", "value": "pro" } }));
    house.until_people(&segment, 2);
    let edit = format!("/w/{}/segments/{segment}/edit", house.server.installed.workspace);
    let fields =
        "name=Pros&who=%7B%22trait%22%3A%22plan%22%2C%22op%22%3A%22eq%22%2C%22value%22%3A%22free%22%7D";
    let mut send = |fields: &str| {
        let kind = Some("application/x-www-form-urlencoded");
        house.owner.send_raw("POST", &edit, kind, fields.as_bytes(), &[])
    };
    let counted = send(&format!("{fields}&do=count")).expect(200).text;
    assert!(counted.contains("1 person now") && counted.contains("Version 1"), "{counted}");
    let refused = send("name=Pros&who=%7B%7D&do=count").expect(200).text;
    assert!(!refused.contains("people now") && !refused.contains("person now"), "{refused}");
    assert!([200, 303].contains(&send(fields).status), "and then it is saved");
    house.until_people(&segment, 1);
}
