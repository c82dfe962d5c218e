//! Computed traits: worked out while events arrive and windows end, asked for by segments, changed and removed.

use model::{Order, Stored};
use segments::{NewComputed, NewSegment, SegmentError, State};
use serde_json::{Value, json};

use crate::world::{World, decision};

const MINUTE_MS: i64 = 60_000;

fn orders() -> Value {
    json!({ "name": "orders", "event": "Order Completed", "measure": "count", "within": "30m" })
}

fn new(document: &Value) -> NewComputed {
    serde_json::from_value(document.clone()).unwrap()
}

impl World {
    /// The computed traits of a user, as profiles show them.
    fn values(&self, user: &str) -> Vec<(String, String)> {
        let code = self.code(user).expect("somebody");
        let id = self.people.by_code(self.workspace, code).unwrap().unwrap().id;
        let profile = self.people.profile(self.workspace, id).unwrap().unwrap();
        profile.computed.into_iter().map(|kept| (kept.name, kept.value)).collect()
    }

    fn has(&self, user: &str, value: Option<&str>) -> bool {
        let wanted: Vec<_> = value.map(|value| ("orders".to_owned(), value.to_owned())).into_iter().collect();
        self.values(user) == wanted
    }
}

#[test]
fn values_follow_what_arrives_and_windows_that_end() {
    let mut world = World::new();
    world.does("early", "Order Completed");
    world.computed(&orders());
    world.settle();
    assert!(world.has("early", Some("1")), "everybody is gone through once");
    let who = json!({ "trait": "orders", "op": "gte", "value": 2 });
    let segment = world.make("Twice", who.clone());
    world.settle();
    world.hand.advance_ms(10 * MINUTE_MS);
    world.does("ann", "Order Completed");
    world.does("ann", "Order Completed");
    world.does("ann", "Page Viewed");
    world.settle();
    assert!(world.has("ann", Some("2")));
    assert_eq!((world.count(&segment), world.asked(&who)), (1, 1));
    world.hand.advance_ms(10 * MINUTE_MS);
    world.does("ann", "Order Completed");
    world.settle();
    assert!(world.has("ann", Some("3")));
    // The first two leave the window, nothing having happened, and with them the segment; then the last.
    world.hand.advance_ms(21 * MINUTE_MS);
    world.settle();
    assert!(world.has("ann", Some("1")) && world.has("early", None));
    assert_eq!((world.count(&segment), world.asked(&who)), (0, 0));
    let why: Vec<String> =
        world.told().into_iter().map(|(event, _, why)| format!("{event}: {why}")).collect();
    assert_eq!(why, ["Segment Joined: event: Order Completed", "Segment Left: a window ended"]);
    world.hand.advance_ms(10 * MINUTE_MS);
    world.settle();
    assert!(world.has("ann", None));
    assert_eq!(world.segments.show_computed(world.workspace, "orders").unwrap().people, 0);
}

#[test]
fn a_crash_forgets_nobody_and_two_who_become_one_have_one_value() {
    let mut world = World::new();
    world.computed(&orders());
    world.settle();
    world.does("ann", "Order Completed");
    world.does("bob", "Order Completed");
    world.crash();
    world.settle();
    assert!(world.has("ann", Some("1")) && world.has("bob", Some("1")));
    let (workspace, into, from) = (world.workspace, world.code("ann").unwrap(), world.code("bob").unwrap());
    world.append(vec![Stored::Order(Order::Join { workspace, into, from, decision: decision() })]);
    world.settle();
    assert!(world.has("ann", Some("2")));
    assert_eq!(world.segments.show_computed(workspace, "orders").unwrap().people, 1);
    world.append(vec![Stored::Order(Order::Unmerge { workspace, into, from, decision: decision() })]);
    world.settle();
    assert!(world.has("ann", Some("1")) && world.has("bob", Some("1")));
    world.append(vec![Stored::Order(Order::Erase { workspace, person: into, at_ms: 0 })]);
    world.settle();
    assert_eq!(world.segments.show_computed(workspace, "orders").unwrap().people, 1);
}

#[test]
fn who_asks_for_a_trait_that_is_changed_is_gone_through_with_it() {
    let mut world = World::new();
    let granted = world.granted();
    world.computed(&orders());
    let segment = world.make("Some", json!({ "trait": "orders", "op": "gte", "value": 1 }));
    world.does("ann", "Refund Requested");
    world.settle();
    assert_eq!(world.count(&segment), 0);
    let other = json!({ "name": "orders", "event": "Refund Requested", "measure": "count" });
    let edited = world.segments.edit_computed(&granted, "orders", new(&other)).unwrap();
    assert_eq!((edited.segment.version, edited.state), (2, State::Filling));
    world.settle();
    assert!(world.has("ann", Some("1")));
    assert_eq!((world.count(&segment), world.told()), (1, vec![]), "it was so before anybody asked");
    // What a document names holds the trait's version, also where a segment asks for it.
    let named = |who: &Value| {
        let named = world.segments.named_in(world.workspace, who).unwrap();
        let mut named: Vec<_> = named.into_iter().map(|one| (one.name, one.version)).collect();
        named.sort();
        named
    };
    let both = [("Some".to_owned(), 1), ("orders".to_owned(), 2)];
    assert_eq!(named(&json!({ "segment": "Some" })), both);
    assert_eq!(named(&json!({ "all": [{ "trait": "orders", "op": "exists" }] })), both[1..]);
    assert_eq!(named(&json!({ "by": ["trait.orders"] })), both[1..]);

    let refused = world.segments.remove_computed(&granted, "orders").unwrap_err();
    assert!(matches!(&refused, SegmentError::Conflict(why) if why.contains("`Some`")), "{refused}");
    let who = Some(json!({ "trait": "plan", "op": "exists" }));
    world.segments.edit(&granted, "Some", NewSegment { name: "Some".to_owned(), who }).unwrap();
    world.segments.remove_computed(&granted, "orders").unwrap();
    world.settle();
    assert!(world.has("ann", None));
    assert!(world.segments.computed(world.workspace).unwrap().is_empty());
}

#[test]
fn after_a_purge_values_are_gone_until_they_are_worked_out_anew() {
    let mut world = World::new();
    world.computed(
        &json!({ "name": "orders", "event": "Order Completed", "measure": "last", "property": "total" }),
    );
    world.does("ann", "Order Completed");
    world.settle();
    assert!(world.has("ann", Some("7")));
    world.segments.refill(world.workspace).unwrap();
    assert!(world.has("ann", None));
    world.settle();
    assert!(world.has("ann", Some("7")));
}

#[test]
fn what_is_no_computed_trait_is_refused_with_the_place() {
    let mut world = World::new();
    let granted = world.granted();
    let start = world.event("ann", "Order Completed", 0, &json!({ "plan": "pro" }), "m1");
    world.append(vec![Stored::Event(start)]);
    for (document, field) in [
        (json!({ "name": "Orders", "event": "A", "measure": "count" }), "name"),
        (json!({ "name": "a.b", "event": "A", "measure": "count" }), "name"),
        (json!({ "name": "orders", "event": "A", "measure": "mean" }), "measure"),
        (json!({ "name": "orders", "event": "A", "measure": "sum" }), "property"),
        (json!({ "name": "orders", "event": "A", "measure": "count", "property": "x" }), "property"),
        (json!({ "name": "orders", "event": "A", "measure": "count", "within": "soon" }), "within"),
        (json!({ "name": "orders", "event": "Segment Joined", "measure": "count" }), "event"),
        (
            json!({ "name": "orders", "event": "A", "measure": "count", "where": [{ "segment": "Some" }] }),
            "where",
        ),
    ] {
        match world.segments.make_computed(&granted, new(&document)) {
            Err(SegmentError::Invalid { field: wrong, .. }) => assert_eq!(wrong, field, "{document}"),
            other => panic!("{document}: {other:?}"),
        }
    }
    let sent = json!({ "name": "plan", "event": "A", "measure": "count" });
    let refused = world.segments.make_computed(&granted, new(&sent)).unwrap_err();
    assert!(matches!(refused, SegmentError::Conflict(_)), "senders have it: {refused}");
    for number in 0..50 {
        world.computed(&json!({ "name": format!("t{number}"), "event": "A", "measure": "count" }));
    }
    assert!(matches!(world.segments.make_computed(&granted, new(&orders())), Err(SegmentError::Conflict(_))));
    world.make("Segments are counted apart", json!({ "trait": "t7", "op": "exists" }));
}

#[test]
fn a_sent_trait_of_the_same_name_goes_after_the_computed_one() {
    let mut world = World::new();
    world.computed(&orders());
    let event = world.event("ann", "Order Completed", 0, &json!({ "orders": "many" }), "m1");
    world.append(vec![Stored::Event(event)]);
    world.settle();
    assert_eq!(world.asked(&json!({ "trait": "orders", "op": "eq", "value": 1 })), 1);
    assert_eq!(world.asked(&json!({ "trait": "orders", "op": "eq", "value": "many" })), 0);
}
