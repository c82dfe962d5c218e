//! What is kept of a person: traits, groups, counts.

use model::{Class, EventRecord, Kind, Order};
use people::profile::{Overflow, TraitValue};
use question::Who;
use serde_json::{Value, json};

use crate::world::{ACME, NOW, World, event_of, identify, world};

fn shown(world: &World, name: &str) -> Vec<String> {
    let profile = world.profile(name);
    let line = |kept: &people::profile::Trait| match &kept.value {
        TraitValue::Plain(json) => format!("{}={json}", kept.name),
        TraitValue::Sealed { class } => format!("{} sealed {class}", kept.name),
    };
    profile.traits.iter().map(line).collect()
}

#[test]
fn the_later_event_counts_in_whatever_order_they_come() {
    let events = [
        identify("u1", 1, r#"{"plan":"free","seats":1,"city":"Ulm"}"#, &[]),
        identify("u1", 3, r#"{"plan":"pro","seats":null}"#, &[]),
        identify("u1", 2, r#"{"plan":"team","seats":2,"tags":["a",{"b":1}]}"#, &[]),
    ];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut world = world();
        for at in order {
            world.event(events[at].clone());
        }
        assert_eq!(
            shown(&world, "u1"),
            ["city=\"Ulm\"", "plan=\"pro\"", "tags=[\"a\",{\"b\":1}]"],
            "{order:?}"
        );
    }
}

#[test]
fn personal_traits_are_sealed_found_revealed_and_replaced() {
    let mut world = world();
    let traits = r#"{"email":"[sealed: email]","plan":"pro"}"#;
    world.event(identify("u1", 1, traits, &[("email", Class::Email, "Ann@Example.com")]));
    world.event(identify("u2", 1, traits, &[("email", Class::Email, "ann@example.com")]));
    assert_eq!(shown(&world, "u1"), ["email sealed email", "plan=\"pro\""]);
    assert_eq!(world.reveal("u1", "email").as_deref(), Some("Ann@Example.com"));
    assert_eq!(world.reveal("u1", "plan"), None);
    let found = |value| {
        let found = world.people.find_all(ACME, people::IdentifierKind::Email, value).expect("a lookup");
        found.into_iter().map(|person| person.code).collect::<Vec<_>>()
    };
    assert_eq!(found(" ANN@example.com"), [world.person("u1").code, world.person("u2").code]);
    let by_trait = world.people.find_by_trait(ACME, "email", Class::Email, "ann@example.com");
    assert_eq!(by_trait.expect("a lookup").len(), 2);

    world.event(identify("u1", 3, "{}", &[("email", Class::Email, "ann@example.org")]));
    world.event(identify("u1", 2, "{}", &[("email", Class::Email, "late@example.org")]));
    assert_eq!(world.reveal("u1", "email").as_deref(), Some("ann@example.org"));
    let first = world.people.find(ACME, people::IdentifierKind::Email, "ann@example.com").expect("a lookup");
    assert_eq!(first, Some(world.person("u2")));

    world.event(identify("u1", 4, r#"{"email":null}"#, &[]));
    world.event(identify("u1", 3, "{}", &[("email", Class::Email, "late@example.org")]));
    assert_eq!(shown(&world, "u1"), ["plan=\"pro\""]);
    assert_eq!(world.reveal("u1", "email"), None);
}

#[test]
fn sealed_parts_of_an_object_go_with_it() {
    let mut world = world();
    let address = r#"{"address":{"street":"[sealed: address]","country":"DE"}}"#;
    let street = |value| [("address.street", Class::Address, value)];
    world.event(identify("u1", 1, address, &street("Mainstr. 1")));
    world.event(identify("u1", 2, address, &street("Mainstr. 2")));
    assert_eq!(world.reveal("u1", "address.street").as_deref(), Some("Mainstr. 2"));
    let mut world = world.reopen();
    world.event(identify("u1", 3, r#"{"address":{"country":"FR"}}"#, &[]));
    assert_eq!(world.reveal("u1", "address.street"), None);
    assert_eq!(shown(&world, "u1"), [r#"address={"country":"FR"}"#]);
}

#[test]
fn questions_see_plain_traits_and_marks_of_sealed_ones() {
    let mut world = world();
    world.play("a1");
    let traits = r#"{"plan":"pro","seats":3,"address":{"street":"[sealed: address]","geo":{"country":"DE"}},"gone":null}"#;
    let sealed = [("email", Class::Email, "a@example.com"), ("address.street", Class::Address, "Mainstr. 1")];
    world.event(identify("u1", 1, traits, &sealed));
    let codes = [world.person("u1").code, world.person("a1").code, model::PersonCode(99)];
    for (name, value) in [
        ("plan", Some(json!("pro"))),
        ("seats", Some(json!(3))),
        ("address.geo.country", Some(json!("DE"))),
        ("address.street", Some(json!("[sealed: address]"))),
        ("email", Some(json!("[sealed: email]"))),
        ("gone", None),
        ("plan.x", None),
        ("absent", None),
    ] {
        let answer: Vec<Option<Value>> = world.people.traits(ACME, name, &codes).expect("traits");
        assert_eq!(answer, [value, None, None], "{name}");
    }
    let (user, visitor) = (codes[0], codes[1]);
    world.play("u1+a1");
    let answer = world.people.traits(ACME, "plan", &[visitor, user]).expect("traits");
    assert_eq!(
        answer,
        [Some(json!("pro")), Some(json!("pro"))],
        "a merged code is answered like its survivor"
    );
}

#[test]
fn a_merge_takes_the_later_value_of_each_trait() {
    let mut world = world();
    let sealed = |name: &'static str, value: &'static str| [(name, Class::Name, value)];
    world.event(identify("u1", 1, r#"{"plan":"old","seats":1}"#, &sealed("name", "Old Name")));
    world.event(identify("a1", 2, r#"{"plan":"new"}"#, &sealed("name", "New Name")));
    world.event(identify("a1", 0, r#"{"seats":9,"city":"Ulm"}"#, &sealed("nick", "Nick")));
    let visitor = world.person("a1");
    world.play("u1+a1");
    assert_eq!(
        shown(&world, "u1"),
        ["city=\"Ulm\"", "name sealed name", "nick sealed name", "plan=\"new\"", "seats=1"]
    );
    assert_eq!(world.reveal("u1", "name").as_deref(), Some("New Name"));
    assert_eq!(world.reveal("u1", "nick").as_deref(), Some("Nick"));
    let found = |value| {
        world.people.find_by_trait(ACME, "name", Class::Name, value).expect("a lookup").first().copied()
    };
    assert_eq!((found("New Name"), found("Old Name")), (Some(world.person("u1")), None));
    assert_ne!(world.person("a1"), visitor);
}

#[test]
fn a_plain_value_replaces_a_sealed_one_in_a_merge_too() {
    let mut world = world();
    world.event(identify("u1", 1, "{}", &[("name", Class::Name, "Old Name")]));
    world.event(identify("a1", 2, r#"{"name":null}"#, &[]));
    world.play("u1+a1");
    assert_eq!(world.reveal("u1", "name"), None);
    assert!(shown(&world, "u1").is_empty());
}

#[test]
fn groups_have_members_and_plain_traits() {
    let mut world = world();
    let group = |who: &str, id: &str, after_ms: i64, traits: &str| EventRecord {
        kind: Kind::Group,
        group_id: Some(id.to_owned()),
        ..identify(who, after_ms, traits, &[("email", Class::Email, "office@example.com")])
    };
    let traits = r#"{"seats":3,"email":"[sealed: email]"}"#;
    world.event(group("u1", "acme-corporation", 5, traits));
    world.event(group("u1", "acme-corporation", 2, r#"{"seats":1}"#));
    world.event(group("u1", "null", 1, traits));
    world.event(group("a1", "acme-corporation", 9, "{}"));
    world.play("u1+a1");
    let profile = world.profile("u1");
    assert_eq!(profile.traits, [], "a group's traits are not its members'");
    assert_eq!(profile.groups.len(), 1);
    let membership = &profile.groups[0];
    assert_eq!(
        (membership.masked.as_str(), membership.first_ms, membership.last_ms),
        ("acme…", NOW + 2, NOW + 9)
    );
    assert_eq!(membership.traits, [("seats".to_owned(), "3".to_owned())]);
}

#[test]
fn counts_and_times_are_of_all_events() {
    let mut world = world();
    for after_ms in [5, -3, 9, 0] {
        world.event(EventRecord { time_ms: NOW + after_ms, ..event_of("u1") });
    }
    let profile = world.profile("u1");
    assert_eq!((profile.first_seen_ms, profile.last_seen_ms, profile.events), (NOW - 3, NOW + 9, 4));
}

#[test]
fn what_is_too_much_is_counted() {
    let mut world = world();
    let many: Vec<String> = (0..310).map(|n| format!("\"t{n}\":{n}")).collect();
    world.event(identify("u1", 1, &format!("{{{}}}", many.join(",")), &[]));
    let long = format!(r#"{{"long":"{}"}}"#, "x".repeat(5_000));
    world.event(identify("u1", 2, &long, &[("bio", Class::Personal, &"y".repeat(5_000))]));
    let profile = world.profile("u1");
    assert_eq!(profile.traits.len(), 300);
    assert_eq!(profile.overflow, [Overflow { kind: "trait".to_owned(), count: 12 }]);
    world.event(identify("u1", 3, r#"{"t0":"changed"}"#, &[]));
    let changed = world.profile("u1").traits.into_iter().find(|kept| kept.name == "t0").expect("the trait");
    assert_eq!(changed.value, TraitValue::Plain("\"changed\"".to_owned()));
}

#[test]
fn a_broken_object_of_traits_says_nothing() {
    let mut world = world();
    for traits in ["", "{", "[]", "{\"a\":1,", "null", "{\"a\":}"] {
        world.event(identify("u1", 1, traits, &[]));
    }
    assert!(shown(&world, "u1").is_empty());
    assert_eq!(world.profile("u1").events, 6);
}

#[test]
fn an_order_for_nobody_does_nothing() {
    let mut world = world();
    world.order(Order::Erase { workspace: ACME, person: model::PersonCode(3), at_ms: NOW });
    assert_eq!(world.people.count(ACME).expect("a count"), 0);
}
