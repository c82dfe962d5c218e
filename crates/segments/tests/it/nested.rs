//! Segments that name segments: kept up to date through each other, and refused where that cannot be.

use segments::{NewSegment, SegmentError};
use serde_json::{Value, json};

use crate::world::World;

fn ordered() -> Value {
    json!({ "did": { "event": "Order Completed" }, "within": "30m" })
}

fn new(name: &str, who: Value) -> NewSegment {
    NewSegment { name: name.to_owned(), who: Some(who) }
}

/// What was wrong, for a definition that must be refused.
fn refused(world: &World, segment: &str, who: Value) -> String {
    match world.segments.edit(&world.granted(), segment, new(segment, who)) {
        Err(error @ (SegmentError::Invalid { .. } | SegmentError::Conflict(_))) => error.to_string(),
        other => panic!("{segment}: {other:?}"),
    }
}

#[test]
fn whoever_joins_or_leaves_the_one_joins_or_leaves_the_other() {
    let mut world = World::new();
    world.make("Buyers", ordered());
    world.make(
        "Quiet",
        json!({ "all": [{ "segment": "Buyers" }, { "not": { "did": { "event": "Page Viewed" } } }] }),
    );
    let deep = world.make("Deep", json!({ "not": { "segment": "Quiet" } }));
    world.settle();
    world.does("ann", "Order Completed");
    world.does("bob", "Order Completed");
    world.does("bob", "Page Viewed");
    world.settle();
    assert!(world.is_in("Quiet", "ann") && !world.is_in("Quiet", "bob"));
    assert!(!world.is_in(&deep, "ann") && world.is_in(&deep, "bob"));
    world.hand.advance_ms(31 * 60_000);
    world.settle();
    assert!(!world.is_in("Quiet", "ann") && world.is_in(&deep, "ann"));
    // Another condition of the one is another of the others.
    let granted = world.granted();
    world
        .segments
        .edit(&granted, "Buyers", new("Buyers", json!({ "did": { "event": "Order Completed" } })))
        .unwrap();
    world.settle();
    assert!(world.is_in("Quiet", "ann") && !world.is_in(&deep, "ann"));
    let named = world.segments.named_in(world.workspace, &json!({ "segment": "Deep" })).unwrap();
    let mut named: Vec<_> = named.into_iter().map(|one| (one.name, one.version)).collect();
    named.sort();
    assert_eq!(named, [("Buyers".to_owned(), 2), ("Deep".to_owned(), 1), ("Quiet".to_owned(), 1)]);
}

#[test]
fn lists_are_named_too_and_a_change_by_hand_is_followed() {
    let mut world = World::new();
    let granted = world.granted();
    world.make("Friends", Value::Null);
    world.make("Friends who buy", json!({ "all": [{ "segment": "Friends" }, ordered()] }));
    world.does("ann", "Order Completed");
    world.does("bob", "Order Completed");
    world.settle();
    assert_eq!(world.count("Friends who buy"), 0);
    let import = |world: &World| world.segments.import(&granted, "Friends", "ann\n").unwrap();
    import(&world);
    // It is known after a crash, too.
    world.crash();
    world.settle();
    assert!(world.is_in("Friends who buy", "ann") && world.count("Friends who buy") == 1);
    let code = world.code("ann").unwrap();
    let ann = world.people.by_code(world.workspace, code).unwrap().unwrap().id;
    world.segments.list_people(&granted, "Friends", (&[], &[ann])).unwrap();
    world.settle();
    assert_eq!(world.count("Friends who buy"), 0);
    let last = world.told().into_iter().rfind(|(_, segment, _)| segment == "Friends who buy").unwrap();
    assert_eq!((last.0.as_str(), last.2.as_str()), ("Segment Left", "a list"));
}

#[test]
fn circles_and_loose_ends_are_refused() {
    let mut world = World::new();
    let granted = world.granted();
    world.make("A", ordered());
    world.make("B", json!({ "segment": "A" }));
    world.make("C", json!({ "any": [{ "segment": "B" }, ordered()] }));
    for (segment, who) in [("A", json!({ "segment": "A" })), ("A", json!({ "not": { "segment": "C" } }))] {
        let why = refused(&world, segment, who);
        assert!(why.contains("would name itself"), "{why}");
    }
    assert!(refused(&world, "A", json!({ "segment": "Nobody" })).contains("`Nobody` is no segment"));
    let within = json!({ "did": { "event": "X", "where": [{ "segment": "A" }] } });
    assert!(refused(&world, "C", within).contains("a part of its own"));
    let renamed = world.segments.edit(&granted, "A", new("Other", ordered())).unwrap_err();
    assert!(renamed.to_string().contains("`A` is no segment"), "{renamed}");
    let removed = world.segments.remove(&granted, "A").unwrap_err();
    assert!(matches!(&removed, SegmentError::Conflict(why) if why.contains("names it")), "{removed}");
    world.make("D", json!({ "segment": "C" }));
    world.make("E", json!({ "segment": "D" }));
    let deep = world.segments.make(&granted, new("F", json!({ "segment": "E" }))).unwrap_err();
    assert!(deep.to_string().contains("at most 5 deep"), "{deep}");
    // So many steps as one may have, but not together with the other's.
    let many = |letter: char| {
        let did = |number: usize| json!({ "did": { "event": format!("{letter}{number}") } });
        let any = |from: usize| json!({ "any": (from..from + 16).map(did).collect::<Vec<_>>() });
        json!({ "any": [any(0), any(16)] })
    };
    world.make("Many", many('m'));
    let both = json!({ "all": [{ "segment": "Many" }, { "did": { "event": "more" } }] });
    let refused = world.segments.make(&granted, new("Too many", both)).unwrap_err();
    assert!(refused.to_string().contains("more than 32"), "{refused}");
    world.segments.remove(&granted, "E").unwrap();
    world.settle();
}
