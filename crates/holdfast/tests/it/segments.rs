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
