//! Joining and leaving: told once each, with the reason; windows that end; people who become one or are forgotten; a
//! definition that was changed by hand.

use model::{Order, Stored};
use segments::{NewSegment, SegmentError};
use serde_json::{Value, json};

use crate::world::{World, decision};

fn recent() -> Value {
    json!({ "did": { "event": "Order Completed" }, "times": { "gte": 2 }, "within": "30m" })
}

fn turn(event: &str, segment: &str, reason: &str) -> (String, String, String) {
    (format!("Segment {event}"), segment.to_owned(), reason.to_owned())
}

#[test]
fn people_join_by_an_event_and_leave_when_the_window_ends() {
    let mut world = World::new();
    world.does("early", "Order Completed");
    world.does("early", "Order Completed");
    let segment = world.make("Recent", recent());
    world.settle();
    assert_eq!((world.count(&segment), world.told()), (1, vec![]), "it was so before anybody asked");
    world.hand.advance_ms(10 * 60_000);
    world.does("ann", "Order Completed");
    world.settle();
    assert!(!world.is_in(&segment, "ann"));
    world.hand.advance_ms(10 * 60_000);
    world.does("ann", "Order Completed");
    world.does("ann", "Page Viewed");
    world.settle();
    assert!(world.is_in(&segment, "ann"));
    let joined = turn("Joined", "Recent", "event: Order Completed");
    assert_eq!(world.told(), vec![joined.clone()]);
    // At half past the window of the first two has just not ended, and a millisecond later it has.
    world.hand.advance_ms(10 * 60_000);
    world.settle();
    assert_eq!(world.count(&segment), 2);
    world.hand.advance_ms(1);
    world.settle();
    assert_eq!(world.count(&segment), 1);
    let left = turn("Left", "Recent", "a window ended");
    assert_eq!(world.told(), [joined.clone(), left.clone()]);
    world.hand.advance_ms(10 * 60_000);
    world.settle();
    assert_eq!((world.count(&segment), world.told()), (0, vec![joined, left.clone(), left]));
}

#[test]
fn a_crash_forgets_nobody_and_tells_nothing_twice() {
    let mut world = World::new();
    let segment = world.make("Recent", recent());
    world.settle();
    world.does("ann", "Order Completed");
    world.does("ann", "Order Completed");
    // Touched, and not judged when it ended.
    world.crash();
    world.settle();
    assert_eq!(world.count(&segment), 1);
    // Judged and told, and everything is read once more.
    for _ in 0..3 {
        world.crash();
        world.settle();
    }
    assert_eq!(world.told(), [turn("Joined", "Recent", "event: Order Completed")]);
}

#[test]
fn two_who_become_one_are_in_once_and_the_forgotten_are_nowhere() {
    let mut world = World::new();
    let segment = world.make("Recent", recent());
    world.does("ann", "Order Completed");
    world.does("bob", "Order Completed");
    world.settle();
    assert_eq!(world.count(&segment), 0);
    let (workspace, into, from) = (world.workspace, world.code("ann").unwrap(), world.code("bob").unwrap());
    world.append(vec![Stored::Order(Order::Join { workspace, into, from, decision: decision() })]);
    world.settle();
    assert_eq!((world.count(&segment), world.is_in(&segment, "bob")), (1, true));
    assert_eq!(world.told(), [turn("Joined", "Recent", "merge")]);
    // Two again, each with what is theirs, and one once more.
    let unmerge = Order::Unmerge { workspace, into, from, decision: decision() };
    world.append(vec![Stored::Order(unmerge)]);
    world.settle();
    assert_eq!(
        (world.count(&segment), world.is_in(&segment, "ann"), world.is_in(&segment, "bob")),
        (0, false, false)
    );
    assert_eq!(world.told().last(), Some(&turn("Left", "Recent", "unmerge")));
    world.does("bob", "Order Completed");
    world.settle();
    assert_eq!((world.count(&segment), world.is_in(&segment, "bob")), (1, true));
    let person = world.code("bob").unwrap();
    world.append(vec![Stored::Order(Order::Erase { workspace, person, at_ms: 0 })]);
    world.settle();
    assert_eq!(world.count(&segment), 0);
    let (members, _) = world.segments.people(workspace, &segment, None, 10).unwrap();
    assert!(members.is_empty());
}

#[test]
fn another_condition_goes_through_everybody_once_more_and_tells_nobody() {
    let mut world = World::new();
    let segment = world.make("Recent", recent());
    world.does("ann", "Order Completed");
    world.does("bob", "Page Viewed");
    world.settle();
    let who = Some(json!({ "did": { "event": "Page Viewed" } }));
    let new = NewSegment { name: "Viewers".to_owned(), who };
    let edited = world.segments.edit(&world.granted(), &segment, new).unwrap();
    assert_eq!((edited.segment.version, edited.state.as_str()), (2, "filling"));
    world.settle();
    let shown = world.segments.show(world.workspace, "Viewers").unwrap();
    assert_eq!((shown.people, shown.state.as_str(), world.told()), (1, "ready", vec![]));
    assert!(world.is_in(&segment, "bob"));
}

#[test]
fn why_somebody_is_in_or_out_is_told_part_by_part() {
    let mut world = World::new();
    let who = json!({ "all": [recent(), { "not": { "trait": "plan", "op": "eq", "value": "pro" } }] });
    let segment = world.make("Recent", who);
    world.does("ann", "Order Completed");
    world.settle();
    let id = world.people.by_code(world.workspace, world.code("ann").unwrap()).unwrap().unwrap().id;
    let why = world.segments.why(world.workspace, &segment, id).unwrap();
    let parts: Vec<_> =
        why.parts.iter().map(|part| (part.depth, part.words.as_str(), part.met, part.counted)).collect();
    assert_eq!(
        parts,
        [
            (0, "all of these", false, None),
            (1, "did Order Completed at least twice within 30 minutes", false, Some(1)),
            (1, "not this", true, None),
            (2, "plan is \"pro\"", false, None),
        ]
    );
    assert!(!why.is_in);
}

#[test]
fn definitions_are_checked_bounded_and_marked() {
    let world = World::new();
    let make = |name: &str, who: Value| {
        let new = NewSegment { name: name.to_owned(), who: Some(who) };
        world.segments.make(&world.granted(), new)
    };
    for (name, who, field) in [
        ("", recent(), "name"),
        ("seg_x", recent(), "name"),
        ("Loop", json!({ "did": { "event": "Segment Joined" } }), "who"),
        ("Nested", json!({ "segment": "Recent" }), "who"),
        ("Wrong", json!({ "did": {} }), "who/did/event"),
    ] {
        let error = make(name, who).unwrap_err();
        assert!(matches!(&error, SegmentError::Invalid { field: wrong, .. } if wrong == field), "{error}");
    }
    make("Recent", recent()).unwrap();
    assert!(matches!(make("recent", recent()), Err(SegmentError::Conflict(_))), "a name is there once");
    let sql = "update segment_version set document = replace(document, 'Recent', 'Recant')";
    world.control.write(|tx| Ok::<_, control::ControlError>(tx.execute(sql, [])?)).unwrap();
    assert!(matches!(make("Other", recent()), Err(SegmentError::Altered)));
}
