//! Operations on traits, events of programs, and groups told of without a member.

use model::{Class, EventRecord, Kind, PersonCode, Stored};
use people::profile::TraitValue;
use proptest::prelude::*;

use crate::world::{ACME, World, event_of, identify, world};

fn shown(world: &World) -> Vec<String> {
    let line = |kept: &people::profile::Trait| match &kept.value {
        TraitValue::Plain(json) => format!("{}={json}", kept.name),
        TraitValue::Sealed { class } => format!("{} sealed {class}", kept.name),
    };
    world.profile("u1").traits.iter().map(line).collect()
}

fn overflow(world: &World) -> u64 {
    world.profile("u1").overflow.iter().map(|beyond| beyond.count).sum()
}

#[test]
fn operations_change_traits() {
    for (what, events, expected, beyond) in [
        (
            "set once",
            vec![r#"{"$set_once":{"a":1}}"#, r#"{"$set_once":{"a":2,"b":3}}"#],
            vec!["a=1", "b=3"],
            0,
        ),
        ("set and set once", vec![r#"{"a":1,"$set_once":{"a":2}}"#], vec!["a=1"], 0),
        (
            "set once after a removal",
            vec![r#"{"a":1}"#, r#"{"a":null}"#, r#"{"$set_once":{"a":2}}"#],
            vec!["a=2"],
            0,
        ),
        ("sums", vec![r#"{"$add":{"n":2,"x":0.5}}"#, r#"{"$add":{"n":-5}}"#], vec!["n=-3", "x=0.5"], 0),
        ("a sum of texts", vec![r#"{"n":"a"}"#, r#"{"$add":{"n":1}}"#], vec!["n=\"a\""], 1),
        (
            "lists",
            vec![r#"{"$append":{"l":"a"}}"#, r#"{"$union":{"l":["b","a"]}}"#, r#"{"$remove":{"l":"a"}}"#],
            vec!["l=[\"b\"]"],
            0,
        ),
        (
            "unset by a list and by an object",
            vec![r#"{"a":1,"b":2,"c":3}"#, r#"{"$unset":["a"]}"#, r#"{"$unset":{"b":null}}"#],
            vec!["c=3"],
            0,
        ),
        ("no objects below", vec![r#"{"$add":7,"$set_once":"x","$append":[1],"a":1}"#], vec!["a=1"], 0),
        ("operations below operations", vec![r#"{"$set_once":{"$add":{"n":1}}}"#], vec![], 1),
        (
            "a list that grows too long",
            vec![r#"{"$append":{"l":"LONG"}}"#, r#"{"$append":{"l":"LONG"}}"#],
            vec!["l=[\"LONG\"]"],
            1,
        ),
    ] {
        let long = "x".repeat(3_000);
        let mut world = world();
        for (at, traits) in (1..).zip(events) {
            world.event(identify("u1", at, &traits.replace("LONG", &long), &[]));
        }
        let expected: Vec<String> = expected.iter().map(|line| line.replace("LONG", &long)).collect();
        assert_eq!(shown(&world), expected, "{what}");
        assert_eq!(overflow(&world), beyond, "{what}");
    }
}

#[test]
fn sealed_values_are_set_once_too_and_stay_out_of_lists() {
    let mut world = world();
    let once = r#"{"$set_once":{"email":"[sealed: email]","address":{"street":"[sealed: address]","country":"DE"}}}"#;
    let sealed = [
        ("$set_once.email", Class::Email, "ann@example.com"),
        ("$set_once.address.street", Class::Address, "Mainstr. 1"),
    ];
    world.event(identify("u1", 1, once, &sealed));
    let later = [("$set_once.email", Class::Email, "late@example.com")];
    world.event(identify("u1", 2, r#"{"$set_once":{"email":"[sealed: email]"}}"#, &later));
    assert_eq!(world.reveal("u1", "email").as_deref(), Some("ann@example.com"));
    assert_eq!(world.reveal("u1", "address.street").as_deref(), Some("Mainstr. 1"));
    assert_eq!(overflow(&world), 0);
    let listed = [("$append.emails", Class::Email, "list@example.com")];
    world.event(identify("u1", 3, r#"{"$append":{"emails":"[sealed: email]"},"$add":{"email":1}}"#, &listed));
    assert_eq!(overflow(&world), 2, "the address of the list, and the sum of an address");
    world.event(identify("u1", 4, r#"{"$unset":["email"]}"#, &[]));
    assert_eq!(world.reveal("u1", "email"), None);
    assert!(!world.has_bytes("list@example.com"));
}

#[test]
fn programs_have_no_person() {
    let mut world = world();
    let program = |context: &str| EventRecord { context: context.to_owned(), ..event_of("u1+a1") };
    assert_eq!(world.event(program(r#"{"bot":"googlebot","page":{}}"#)), Some(PersonCode::NOBODY));
    assert_eq!(world.event(program(r#"{"page":{},"bot":"own word"}"#)), Some(PersonCode::NOBODY));
    assert_eq!(world.people.count(ACME).expect("a count"), 0);
    for context in [r#"{"bot":false}"#, r#"{"bot":null}"#, r#"{"app":{"bot":"x"}}"#, r#"{"x":"\"bot\""}"#] {
        assert_ne!(world.event(program(context)), Some(PersonCode::NOBODY), "{context}");
    }
    let ids = world.people.public_ids(ACME, &[PersonCode::NOBODY, world.person("u1").code]).expect("ids");
    assert_eq!(ids, [None, Some(world.person("u1").id)]);
}

#[test]
fn a_group_is_told_of_without_a_member() {
    let mut world = world();
    let group = |who: &str, at: i64, traits: &str| EventRecord {
        kind: Kind::Group,
        group_id: Some("company:acme".to_owned()),
        ..identify(who, at, traits, &[])
    };
    let nobody = |mut event: EventRecord| {
        (event.user_id, event.anonymous_id) = (None, None);
        event
    };
    assert_eq!(
        world.event(nobody(group("u1", 1, r#"{"seats":5,"$add":{"logins":1}}"#))),
        Some(PersonCode::NOBODY)
    );
    world.event(nobody(group(
        "u1",
        2,
        r#"{"$add":{"logins":2},"$union":{"tags":["a"]},"$set_once":{"seats":9}}"#,
    )));
    world.event(group("u1", 3, "{}"));
    let traits: Vec<_> = world.profile("u1").groups.remove(0).traits;
    let expected = [("logins", "3"), ("seats", "5"), ("tags", r#"["a"]"#)];
    assert_eq!(traits, expected.map(|(name, plain)| (name.to_owned(), plain.to_owned())));
}

fn operations() -> impl Strategy<Value = Vec<String>> {
    let name = prop::sample::select(vec!["a", "b"]);
    let one = prop_oneof![
        (name.clone(), 0..9).prop_map(|(name, n)| format!(r#"{{"$add":{{"{name}":{n}}}}}"#)),
        (name.clone(), 0..3).prop_map(|(name, n)| format!(r#"{{"$append":{{"{name}":{n}}}}}"#)),
        (name.clone(), 0..3).prop_map(|(name, n)| format!(r#"{{"$union":{{"{name}":[{n}]}}}}"#)),
        (name.clone(), 0..3).prop_map(|(name, n)| format!(r#"{{"$remove":{{"{name}":{n}}}}}"#)),
        (name.clone(), 0..3).prop_map(|(name, n)| format!(r#"{{"$set_once":{{"{name}":{n}}}}}"#)),
        name.clone().prop_map(|name| format!(r#"{{"$unset":["{name}"]}}"#)),
        (name, 0..3).prop_map(|(name, n)| format!(r#"{{"{name}":[{n}]}}"#)),
    ];
    prop::collection::vec(one, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Message ids that came before and entries that are read again change nothing, wherever it was cut.
    #[test]
    fn each_operation_takes_effect_once(all in operations(), cut in 0..12_usize, back in 0..12_usize) {
        let event = |at: usize, traits: &str| identify("u1", i64::try_from(at).expect("few"), traits, &[]);
        let mut plain = world();
        for (at, traits) in all.iter().enumerate() {
            plain.event(event(at, traits));
        }
        let mut rough = world();
        let mut repeated = Vec::new();
        for (at, traits) in all.iter().enumerate() {
            for again in [false, true] {
                rough.append(Stored::Event(event(at, traits)));
                repeated.push(again);
            }
        }
        let cut = cut.min(rough.journal.len());
        rough.people.resolve(&rough.journal[..cut], &repeated[..cut]).expect("resolved");
        rough = rough.reopen();
        let from = cut.saturating_sub(back);
        rough.people.resolve(&rough.journal[from..], &repeated[from..]).expect("resolved");
        prop_assert_eq!(shown(&rough), shown(&plain));
        prop_assert_eq!(overflow(&rough), overflow(&plain));
    }
}
