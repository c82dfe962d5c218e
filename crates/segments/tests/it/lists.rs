//! Lists: people by name and by file, through merges and erasures.

use model::{Order, Stored};
use segments::SegmentError;
use serde_json::{Value, json};

use crate::world::{World, decision};

#[test]
fn people_are_put_on_a_list_and_taken_off() {
    let mut world = World::new();
    for user in ["ann", "bob", "cem"] {
        world.does(user, "Page Viewed");
    }
    let list = world.make("Friends", Value::Null);
    let file = "user_id\nann\nnobody\n\"bob\"\nann\n\nsomebody@example.com\n";
    let imported = world.segments.import(&world.granted(), &list, file).unwrap();
    assert_eq!((imported.lines, imported.added, imported.already, imported.unknown), (5, 2, 1, 2));
    assert_eq!(imported.unknown_lines, [3, 7]);
    world.settle();
    assert_eq!((world.count(&list), world.asked(&json!({ "segment": "Friends" }))), (2, 2));
    let told: Vec<_> = world.told().into_iter().map(|(event, _, reason)| (event, reason)).collect();
    assert_eq!(told, vec![("Segment Joined".to_owned(), "imported".to_owned()); 2]);

    let id =
        |user: &str| world.people.by_code(world.workspace, world.code(user).unwrap()).unwrap().unwrap().id;
    let (add, remove) = ([id("cem"), id("ann")], [id("bob")]);
    let changed = world.segments.list_people(&world.granted(), &list, (&add, &remove)).unwrap();
    assert_eq!((changed, world.count(&list)), ((1, 1), 2));
    world.settle();

    // One of two who become one was on it, so they are; the forgotten are on no list.
    let (workspace, into, from) = (world.workspace, world.code("bob").unwrap(), world.code("ann").unwrap());
    world.append(vec![Stored::Order(Order::Join { workspace, into, from, decision: decision() })]);
    world.settle();
    assert_eq!((world.count(&list), world.is_in(&list, "ann"), world.is_in(&list, "bob")), (2, true, true));
    world.append(vec![Stored::Order(Order::Erase { workspace, person: into, at_ms: 0 })]);
    world.settle();
    assert_eq!((world.count(&list), world.is_in(&list, "cem")), (1, true));
    world.crash();
    world.settle();
    assert_eq!(world.count(&list), 1);
}

#[test]
fn nobody_is_put_into_a_segment_with_a_condition() {
    let world = World::new();
    let segment = world.make("Buyers", json!({ "did": { "event": "Order Completed" } }));
    let refused = world.segments.import(&world.granted(), &segment, "ann\n");
    assert!(matches!(refused, Err(SegmentError::Conflict(_))), "{refused:?}");
}
