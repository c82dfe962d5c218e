//! Which identifiers are one person.

use model::{Order, PersonCode, Stored};
use people::profile::Overflow;
use people::{ANONYMOUS_IDS_MAX, IdentifierKind, PeopleError};

use crate::unmerge::join;
use crate::world::{ACME, NOW, event_of, track, world};

#[track_caller]
fn check(history: &str, partition: &str) {
    let mut world = world();
    world.play(history);
    let names: Vec<&str> = history.split([',', '+', '>']).map(str::trim).collect();
    let names: std::collections::BTreeSet<&str> = names.into_iter().collect();
    assert_eq!(world.partition(&names.into_iter().collect::<Vec<_>>()), partition, "{history}");
    let groups = if partition.is_empty() { 0 } else { partition.split('|').count() };
    assert_eq!(world.people.count(ACME).expect("a count"), groups as u64, "{history}");
}

#[test]
fn identifiers_become_one_person_by_the_rules() {
    for (history, partition) in [
        ("u1, u1, u2", "u1 | u2"),
        ("a1, a1, a2", "a1 | a2"),
        // an anonymous visitor becomes known
        ("a1, u1+a1", "a1 u1"),
        ("u1+a1, a1", "a1 u1"),
        // the history on a second device joins the known person
        ("u1, a1, u1+a1", "a1 u1"),
        ("u1+a1, a2, u1+a2, a2", "a1 a2 u1"),
        // a shared device stays with whom it was first
        ("u1+a1, u2+a1", "a1 u1 | u2"),
        ("u1+a1, u2, u2+a1, a1", "a1 u1 | u2"),
        ("a1, u1+a1, u2+a1, u2+a2", "a1 u1 | a2 u2"),
        // aliases
        ("u1, a1, a1>u1", "a1 u1"),
        ("a1>u1", "a1 u1"),
        ("u1, u1>u1", "u1"),
        ("u1>u1", "u1"),
        ("u1, u2, u1>u2", "u1 | u2"),
        ("u1+a1, a1>u2", "a1 u1 | u2"),
        ("a1, a1>u1, a2, a2>u1", "a1 a2 u1"),
    ] {
        check(history, partition);
    }
}

#[test]
fn placeholders_make_nobody() {
    let mut world = world();
    for value in ["", "null", "Undefined", "0", "00000000-0000-0000-0000-000000000000"] {
        let event = model::EventRecord {
            user_id: Some(value.to_owned()),
            anonymous_id: Some(value.to_owned()),
            ..track()
        };
        assert_eq!(world.event(event), Some(PersonCode::NOBODY), "{value:?}");
    }
    assert_eq!(world.people.count(ACME).expect("a count"), 0);
    let event = model::EventRecord { user_id: Some("null".to_owned()), ..event_of("a1") };
    assert!(world.event(event).is_some(), "the other identifier counts");
    let alias = model::EventRecord { previous_id: Some("undefined".to_owned()), ..event_of("a9>u1") };
    world.event(alias);
    assert_eq!(world.people.find(ACME, IdentifierKind::AnonymousId, "undefined").expect("a lookup"), None);
}

#[test]
fn a_visitor_who_becomes_known_keeps_the_code_and_needs_no_merge() {
    let mut world = world();
    let before = world.event(event_of("a1"));
    assert_eq!(world.event(event_of("u1+a1")), before);
    assert_eq!(world.profile("u1").merges, []);
}

#[test]
fn a_merge_is_explained_ordered_once_and_counted_together() {
    let mut world = world();
    world.play("u1, a1, a1");
    let (user, visitor) = (world.person("u1"), world.person("a1"));
    world.append(Stored::Event(event_of("u1+a1")));
    let offset = world.journal.last().expect("an entry").offset;
    let from = world.journal.len() - 1;
    assert_eq!(world.resolve(from, from + 1).expect("resolved"), [Some(user.code)]);

    let orders = world.people.take_orders().expect("orders");
    let reason = "anonymous id seen together with the user id".to_owned();
    let merge = Order::Merge {
        workspace: ACME,
        into: user.code,
        from: visitor.code,
        reason: reason.clone(),
        at_ms: NOW,
    };
    assert_eq!(orders, std::slice::from_ref(&merge));
    assert_eq!(world.people.take_orders().expect("orders"), []);

    let mut world = world.reopen();
    let orders = world.people.take_orders().expect("orders");
    assert_eq!(orders, std::slice::from_ref(&merge), "it had not come back yet");
    for _ in 0..2 {
        world.order(merge.clone());
    }
    let world = world.reopen();
    assert_eq!(world.people.take_orders().expect("orders"), [], "it came back");

    let profile = world.profile("u1");
    assert_eq!((profile.events, profile.merges.len()), (4, 1));
    let merged = &profile.merges[0];
    assert_eq!((merged.from, merged.into, merged.offset), (visitor, user, offset));
    assert_eq!(merged.reason, reason);
    assert_eq!(world.people.by_code(ACME, visitor.code).expect("a lookup"), Some(user));
    assert_eq!(world.people.code_of(ACME, visitor.id).expect("a lookup"), Some(user.code));
    assert_eq!(world.people.codes_of(ACME, user.id).expect("codes"), [user.code, visitor.code]);
    assert_eq!(
        world.people.public_ids(ACME, &[visitor.code, user.code]).expect("ids"),
        [Some(user.id), Some(user.id)]
    );
}

#[test]
fn a_member_may_merge_two_known_people_and_chains_hold() {
    let mut world = world();
    world.play("u1+a1, u2+a2, u3, u1>u2");
    let [one, two, three] = ["u1", "u2", "u3"].map(|name| world.person(name));
    let suggestions = world.people.suggestions(ACME).expect("suggestions");
    assert_eq!(suggestions.len(), 1);
    assert_eq!((suggestions[0].one, suggestions[0].other), (one, two));

    world.order(join(two.code, one.code));
    world.order(join(three.code, two.code));
    world.order(join(one.code, three.code));
    assert_eq!(world.partition(&["u1", "u2", "u3", "a1", "a2"]), "a1 a2 u1 u2 u3");
    assert_eq!(world.people.suggestions(ACME).expect("suggestions"), []);
    assert_eq!(world.people.codes_of(ACME, one.id).expect("codes"), [three.code, one.code, two.code]);
    assert_eq!(world.people.count(ACME).expect("a count"), 1);
    world.order(join(PersonCode(900), one.code));
    assert_eq!(world.people.count(ACME).expect("a count"), 1, "nobody has that code");
}

#[test]
fn devices_beyond_the_limit_are_counted_and_not_joined() {
    let mut world = world();
    for device in 0..ANONYMOUS_IDS_MAX {
        world.event(event_of(&format!("u1+a{device}")));
    }
    world.play("u1+b1, b2, u1+b2");
    assert!(world.find("b1").is_none());
    assert_ne!(world.person("b2"), world.person("u1"));
    let profile = world.profile("u1");
    assert_eq!(profile.overflow, [Overflow { kind: "anonymous_id".to_owned(), count: 2 }]);
    assert_eq!(profile.identifiers.len(), 51);
    assert_eq!(profile.events, 52, "the events are hers all the same");
}

#[test]
fn repeated_entries_are_looked_up_and_change_nothing() {
    let mut world = world();
    world.play("u1+a1");
    let known = world.person("u1").code;
    world.append(Stored::Event(event_of("u1+a1")));
    world.append(Stored::Event(event_of("u7+a1")));
    world.append(Stored::Event(event_of("u8")));
    let persons = world.people.resolve(&world.journal[1..], &[true, true, true]).expect("resolved");
    assert_eq!(persons, [Some(known), Some(known), None]);
    assert_eq!(world.people.count(ACME).expect("a count"), 1);
    assert_eq!(world.profile("u1").events, 1);
}

#[test]
fn a_gap_is_refused_and_undoes_the_batch() {
    let mut world = world();
    world.play("u1");
    for step in ["u2", "u3", "u4"] {
        world.append(Stored::Event(event_of(step)));
    }
    let gapped = [world.journal[1].clone(), world.journal[3].clone()];
    let error = world.people.resolve(&gapped, &[]).expect_err("a gap");
    assert!(matches!(error, PeopleError::Gap { expected: 2, found: 3 }));
    assert_eq!(world.people.position().0, 1);
    assert!(world.find("u2").is_none());
    world.settle();
    assert_eq!(world.partition(&["u1", "u2", "u3", "u4"]), "u1 | u2 | u3 | u4");
    assert_eq!(world.people.list(ACME, 10, None).expect("a list").len(), 4);
}
