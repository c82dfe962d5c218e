//! Forgetting.

use model::{Class, EventRecord, Kind, Order, PersonCode, Stored};
use people::IdentifierKind;

use crate::world::{ACME, NOW, event_of, identify, world};

fn erase(person: PersonCode) -> Order {
    Order::Erase { workspace: ACME, person, at_ms: NOW }
}

#[test]
fn an_erased_person_is_nowhere_and_comes_back_as_somebody_else() {
    let mut world = world();
    let traits = r#"{"plan":"plan-needle","email":"[sealed: email]"}"#;
    world.event(identify("u1+a1", 1, traits, &[("email", Class::Email, "ann@example.com")]));
    world.event(EventRecord {
        kind: Kind::Group,
        group_id: Some("household".to_owned()),
        ..identify("u1", 1, r#"{"size":"group-needle"}"#, &[])
    });
    world.play("u2, u1>u2");
    let (gone, other) = (world.person("u1"), world.person("u2"));
    assert!(world.has_bytes("plan-needle") && world.has_bytes("group-needle"), "plain traits are plain");

    world.order(erase(gone.code));
    assert_eq!((world.find("u1"), world.find("a1")), (None, None));
    assert_eq!(world.people.find(ACME, IdentifierKind::Email, "ann@example.com").expect("a lookup"), None);
    assert_eq!(world.people.profile(ACME, gone.id).expect("a read"), None);
    assert!(world.people.reveal(ACME, gone.id, "email").expect("a read").is_none());
    assert_eq!(world.people.by_code(ACME, gone.code).expect("a lookup"), None);
    assert_eq!(world.people.suggestions(ACME).expect("suggestions"), []);
    assert_eq!(world.people.count(ACME).expect("a count"), 1);
    assert!(!world.has_bytes("plan-needle") && !world.has_bytes("group-needle"));
    assert_eq!(world.person("u2"), other);

    let back = world.event(event_of("u1")).expect("somebody");
    assert_ne!(back, gone.code);
    world.order(erase(gone.code));
    assert_eq!(world.person("u1").code, back, "the old order does not reach the new person");
}

#[test]
fn the_row_that_stays_says_nothing() {
    let mut world = world();
    world.append(Stored::Event(event_of("u1")));
    world.append(Stored::Order(erase(PersonCode(0))));
    world.resolve(0, 2).expect("resolved");
    let raw = rusqlite::Connection::open(world.dir.path().join("people.db")).expect("the file");
    let sql = "select events, first_seen_ms, last_seen_ms from person";
    let row: (i64, i64, i64) =
        raw.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("the row");
    assert_eq!(row, (0, 0, 0));
}

#[test]
fn everyone_merged_in_is_erased_and_named_to_the_others() {
    let mut world = world();
    world.play("u1, a1");
    let (user, visitor) = (world.person("u1"), world.person("a1"));
    world.append(Stored::Event(event_of("u1+a1")));
    world.append(Stored::Order(erase(user.code)));
    world.resolve(2, 4).expect("resolved");
    // The merge never reached the journal: the visitor must be erased under its own name.
    assert_eq!(world.people.take_orders().expect("orders"), [erase(visitor.code)]);
    assert_eq!((world.find("u1"), world.find("a1")), (None, None));
}

#[test]
fn erasing_by_a_code_that_was_merged_away_erases_the_survivor() {
    let mut world = world();
    world.play("u1, a1");
    let (user, visitor) = (world.person("u1"), world.person("a1"));
    world.play("u1+a1");
    world.append(Stored::Order(erase(visitor.code)));
    let from = world.journal.len() - 1;
    world.resolve(from, from + 1).expect("resolved");
    assert_eq!(world.people.take_orders().expect("orders"), [erase(user.code)]);
    assert_eq!(world.find("u1"), None);
    assert_eq!(world.people.count(ACME).expect("a count"), 0);
    assert_eq!(world.people.public_ids(ACME, &[visitor.code]).expect("ids"), [Some(user.id)]);
}

#[test]
fn a_deleted_workspace_resolves_nobody() {
    let mut world = world();
    world.play("u1");
    world.keys.remove(ACME);
    assert_eq!(world.event(event_of("u1")), None);
    assert_eq!(world.people.position().0, 2, "and holds nobody up");
    assert!(world.people.count(ACME).is_err());
}
