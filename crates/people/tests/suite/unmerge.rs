//! A merge that is undone: who was merged away has all of theirs again, and the survivor what was theirs.

use model::{Class, Decision, EventRecord, Kind, MemberId, Order, PersonCode, Stored};
use people::profile::{Profile, TraitValue};
use proptest::prelude::*;

use crate::world::{ACME, NOW, World, event_of, identify, world};

const MEMBER: MemberId = MemberId(0x3e3);

fn decision() -> Decision {
    Decision { by: MEMBER, reason: "a shared laptop".to_owned(), at_ms: NOW }
}

pub fn join(into: PersonCode, from: PersonCode) -> Order {
    Order::Join { workspace: ACME, into, from, decision: decision() }
}

pub fn unmerge(into: PersonCode, from: PersonCode) -> Order {
    Order::Unmerge { workspace: ACME, into, from, decision: decision() }
}

pub fn apart(one: PersonCode, other: PersonCode, apart: bool) -> Order {
    Order::Apart { workspace: ACME, people: [one, other], apart, decision: decision() }
}

/// What is known of somebody, without what says how it came about.
fn picture(world: &World, name: &str) -> Profile {
    let mut profile = world.profile(name);
    profile.parted.clear();
    profile.apart.clear();
    profile
}

fn group(who: &str, id: &str, after_ms: i64) -> EventRecord {
    let event = event_of(who);
    EventRecord { kind: Kind::Group, group_id: Some(id.to_owned()), time_ms: NOW + after_ms, ..event }
}

fn value(world: &World, name: &str, of: &str) -> Option<String> {
    let kept = world.profile(name).traits.into_iter().find(|kept| kept.name == of)?;
    Some(match kept.value {
        TraitValue::Plain(text) => text,
        TraitValue::Sealed { .. } => world.reveal(name, of).expect("a sealed value"),
    })
}

/// Ann and Bob, each with two devices, traits of every kind and groups.
fn two() -> World {
    let mut world = world();
    world.play("u1+a1, u2+a2, u2+a3");
    for event in [
        identify(
            "u1",
            10,
            r#"{"plan":"free","city":"Bonn","seats":3}"#,
            &[("email", Class::Email, "ann@example.com")],
        ),
        identify(
            "u2",
            20,
            r#"{"plan":"pro","team":"red"}"#,
            &[("email", Class::Email, "bob@example.com"), ("phone", Class::Phone, "+49 30 1234")],
        ),
        identify("u2", 5, r#"{"city":"Kiel"}"#, &[]),
        group("u1", "g-one", 30),
        group("u2", "g-one", 40),
        group("u2", "g-two", 50),
    ] {
        world.event(event);
    }
    world
}

#[test]
fn an_unmerge_undoes_a_merge() {
    let mut world = two();
    let before = ["u1", "u2"].map(|name| picture(&world, name));
    let [one, two] = ["u1", "u2"].map(|name| world.person(name));
    world.order(join(one.code, two.code));
    let merged = world.profile("u2");
    assert_eq!((merged.person, merged.events, merged.identifiers.len()), (one, 9, 5));
    assert_eq!(value(&world, "u1", "plan").as_deref(), Some("\"pro\""));
    assert_eq!(value(&world, "u1", "email").as_deref(), Some("bob@example.com"));
    assert_eq!(merged.merges[0].by, Some(MEMBER));
    assert_eq!(merged.groups.len(), 2);

    let mut world = world.reopen();
    for _ in 0..2 {
        world.order(unmerge(one.code, two.code));
        assert_eq!(["u1", "u2"].map(|name| picture(&world, name)), before);
        assert_eq!(world.reveal("u1", "email").as_deref(), Some("ann@example.com"));
        assert_eq!(world.reveal("u2", "email").as_deref(), Some("bob@example.com"));
        assert_eq!(world.reveal("u1", "phone"), None);
        assert_eq!(world.people.count(ACME).expect("a count"), 2);
    }
    let parted = world.profile("u1").parted;
    assert_eq!(parted.len(), 1, "a second order found nothing to undo");
    assert_eq!((parted[0].merge.from, parted[0].by), (two, MEMBER));
    assert_eq!(parted[0].reason, "a shared laptop");
    assert_eq!(world.profile("u2").apart[0].one, one);
}

#[test]
fn what_was_written_since_stays_and_what_came_since_is_the_survivors() {
    let mut world = two();
    let [one, two] = ["u1", "u2"].map(|name| world.person(name));
    world.order(join(one.code, two.code));
    world.event(identify("u2", 60, r#"{"plan":"team"}"#, &[]));
    world.play("u2+a9");
    world.order(unmerge(one.code, two.code));
    assert_eq!(value(&world, "u1", "plan").as_deref(), Some("\"team\""), "nobody can say whose that is");
    assert_eq!(value(&world, "u2", "plan").as_deref(), Some("\"pro\""));
    assert_eq!(value(&world, "u1", "team"), None);
    assert_eq!(world.partition(&["u1", "u2", "a1", "a2", "a3", "a9"]), "a1 a9 u1 | a2 a3 u2");
    assert_eq!((world.profile("u1").events, world.profile("u2").events), (5, 6));
}

#[test]
fn merges_come_apart_in_any_order() {
    for order in [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]] {
        let mut world = world();
        for (user, time, plan) in [("u0", 5, "a"), ("u1", 10, "b"), ("u2", 20, "c"), ("u3", 15, "d")] {
            let mail = format!("{user}@example.com");
            let traits = format!(r#"{{"plan":"{plan}"}}"#);
            world.event(identify(user, time, &traits, &[("email", Class::Email, &mail)]));
        }
        let names = ["u0", "u1", "u2", "u3"];
        let before = names.map(|name| picture(&world, name));
        let codes = names.map(|name| world.person(name).code);
        // u3 into u2, and with u2 and u1 into u0.
        let into = [0, 0, 0, 2];
        for from in [3, 1, 2] {
            world.order(join(codes[into[from]], codes[from]));
        }
        assert_eq!(value(&world, "u3", "plan").as_deref(), Some("\"c\""));
        for from in order {
            world.order(unmerge(codes[into[from]], codes[from]));
        }
        assert_eq!(names.map(|name| picture(&world, name)), before, "{order:?}");
        for name in names {
            assert_eq!(world.reveal(name, "email"), Some(format!("{name}@example.com")), "{order:?}");
        }
    }
}

#[test]
fn who_is_kept_apart_is_not_merged_by_the_next_event() {
    let mut world = world();
    world.play("u1, a1, u1+a1");
    let merges = world.profile("u1").merges;
    let (one, device) = (merges[0].into.code, merges[0].from.code);
    world.order(unmerge(one, device));
    assert_eq!(world.partition(&["u1", "a1"]), "a1 | u1");
    let known = world.event(event_of("u1+a1"));
    assert_eq!(known, Some(one), "an event that says the user is the user's");
    assert_eq!(world.partition(&["u1", "a1"]), "a1 | u1");
    assert_eq!(world.event(event_of("a1")), Some(device));
    world.order(Order::Merge {
        workspace: ACME,
        into: one,
        from: device,
        reason: "a rule".to_owned(),
        at_ms: NOW,
    });
    world.order(join(one, device));
    assert_eq!(world.partition(&["u1", "a1"]), "a1 | u1", "not before it is lifted");

    world.order(apart(device, one, false));
    assert_eq!(world.people.kept_apart(ACME).expect("pairs"), []);
    world.play("u1+a1");
    assert_eq!(world.partition(&["u1", "a1"]), "a1 u1");
    assert_eq!(world.profile("u1").events, 6);
}

#[test]
fn a_proposal_that_a_member_dismissed_does_not_come_again() {
    let mut world = world();
    world.play("u1, u2, u1>u2");
    let [one, two] = ["u1", "u2"].map(|name| world.person(name).code);
    assert_eq!(world.people.suggestions(ACME).expect("suggestions").len(), 1);
    world.order(apart(two, one, true));
    world.play("u1>u2, u2>u1");
    assert_eq!(world.people.suggestions(ACME).expect("suggestions"), []);
    assert_eq!(world.people.kept_apart(ACME).expect("pairs").len(), 1);
    world.order(apart(one, two, false));
    world.play("u1>u2");
    assert_eq!(world.people.suggestions(ACME).expect("suggestions").len(), 1);
}

#[test]
fn an_erasure_takes_what_was_kept_beside() {
    let mut world = two();
    let [one, two] = ["u1", "u2"].map(|name| world.person(name));
    world.order(join(one.code, two.code));
    world.order(unmerge(one.code, two.code));
    world.order(apart(one.code, two.code, false));
    world.order(join(one.code, two.code));
    world.order(Order::Erase { workspace: ACME, person: two.code, at_ms: NOW });
    assert_eq!(world.people.count(ACME).expect("a count"), 0);
    assert!(!world.has_bytes("a shared laptop"), "words about them");
    assert!(!world.has_bytes("Bonn"), "what stood below");
    world.order(unmerge(one.code, two.code));
    assert_eq!(world.people.count(ACME).expect("a count"), 0, "nobody comes back");
}

#[test]
fn whoever_follows_hears_how_it_stands_where_orders_cross() {
    let mut world = world();
    world.play("u1, a1");
    let [one, device] = ["u1", "a1"].map(|name| world.person(name).code);
    world.append(Stored::Event(event_of("u1+a1")));
    world.append(Stored::Order(unmerge(one, device)));
    world.append(Stored::Order(apart(one, device, false)));
    world.resolve(2, 5).expect("resolved");
    // The rule's own order comes behind the one that undid it, and does not do it again.
    let orders = world.people.take_orders().expect("orders");
    assert!(matches!(orders[..], [Order::Merge { .. }]));
    let standing = Order::Standing { workspace: ACME, person: device, into: None };
    for _ in 0..2 {
        world.append(Stored::Order(orders[0].clone()));
        let at = world.journal.len() - 1;
        world.resolve(at, at + 1).expect("resolved");
        assert_eq!(world.people.take_orders().expect("orders"), std::slice::from_ref(&standing));
        assert_eq!(world.partition(&["u1", "a1"]), "a1 | u1");
        world.order(standing.clone());
        assert_eq!(world.people.take_orders().expect("orders"), []);
    }
}

/// Something that is said of one of two people at its own time.
fn said() -> impl Strategy<Value = Vec<(EventRecord, prop::sample::Index, bool)>> {
    let one = (0..2_u32, 0..3_usize, 0..3_usize, any::<prop::sample::Index>(), any::<bool>());
    prop::collection::vec(one, 1..12).prop_map(|said| {
        let event = |(at, (user, name, value, place, twice)): (usize, (u32, usize, usize, _, bool))| {
            let (who, after) = (format!("u{user}"), i64::try_from(at).expect("few"));
            let name = ["plan", "city", "email"][name];
            let event = if name == "email" {
                identify(&who, after, "{}", &[(name, Class::Email, ["a@x.org", "b@x.org", "c@x.org"][value])])
            } else {
                identify(&who, after, &format!(r#"{{"{name}":{}}}"#, ["1", "2", "null"][value]), &[])
            };
            let message_id = format!("m{at}");
            (EventRecord { message_id, ..event }, place, twice)
        };
        said.into_iter().enumerate().map(event).collect()
    })
}

/// What is known of both while they are one, and after they are two again.
fn told(events: &[EventRecord], cut: usize) -> [Vec<String>; 3] {
    let mut world = world();
    world.play("u0, u1");
    let [into, from] = ["u0", "u1"].map(|name| world.person(name).code);
    let mut seen = std::collections::HashSet::new();
    let mut append = |world: &mut World, events: &[EventRecord]| {
        let begin = world.journal.len();
        events.iter().for_each(|event| world.append(Stored::Event(event.clone())));
        let repeated: Vec<bool> = events.iter().map(|event| !seen.insert(event.message_id.clone())).collect();
        world.people.resolve(&world.journal[begin..], &repeated).expect("resolved");
    };
    append(&mut world, &events[..cut]);
    append(&mut world, &events[cut..]);
    let known = |world: &World, name: &str| {
        let of = |of: &str| value(world, name, of).unwrap_or_default();
        let profile = world.profile(name);
        vec![
            of("plan"),
            of("city"),
            of("email"),
            profile.events.to_string(),
            profile.last_seen_ms.to_string(),
        ]
    };
    world.order(join(into, from));
    let one = known(&world, "u0");
    world.order(unmerge(into, from));
    [one, known(&world, "u0"), known(&world, "u1")]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn repetition_and_disorder_do_not_change_what_is_known(said in said(), cut in any::<prop::sample::Index>()) {
        let plain: Vec<EventRecord> = said.iter().map(|(event, ..)| event.clone()).collect();
        let mut mixed: Vec<EventRecord> = Vec::new();
        for (event, place, twice) in &said {
            mixed.insert(place.index(mixed.len() + 1), event.clone());
            if *twice {
                mixed.insert(place.index(mixed.len()), event.clone());
            }
        }
        prop_assert_eq!(told(&mixed, cut.index(mixed.len())), told(&plain, 0));
    }
}
