//! What traits were: the last values with time and source, bounded, never a sealed value, gone with the person and by a purge.

use model::{Class, EventRecord, Order, PersonCode, SourceId};
use people::profile::{TraitHistory, TraitValue};
use people::{Fate, KeptTrait, Sift};

use crate::world::{ACME, NOW, World, identify, world};

fn plain(value: &str) -> Option<TraitValue> {
    Some(TraitValue::Plain(value.to_owned()))
}

impl World {
    fn history(&self, who: &str, name: &str) -> TraitHistory {
        let id = self.person(who).id;
        self.people.trait_history(ACME, id, name).expect("a read").expect("a history")
    }

    /// Minutes after the beginning, source and value, the newest first.
    fn changes(&self, who: &str, name: &str) -> Vec<(i64, u128, Option<TraitValue>)> {
        let changes = self.history(who, name).changes;
        changes.into_iter().map(|it| (it.time_ms - NOW, it.source.0, it.value)).collect()
    }
}

#[test]
fn each_other_value_is_kept_with_its_time_and_source() {
    let mut world = world();
    world.event(identify("u1", 1, r#"{"plan":"free"}"#, &[]));
    world.event(identify("u1", 2, r#"{"plan":"free"}"#, &[]));
    world.event(EventRecord { source: SourceId(2), ..identify("u1", 5, r#"{"plan":"pro"}"#, &[]) });
    // Too late to count.
    world.event(identify("u1", 3, r#"{"plan":"late"}"#, &[]));
    world.event(identify("u1", 6, r#"{"plan":null}"#, &[]));
    world.event(identify("u1", 7, r#"{"$add":{"visits":2}}"#, &[]));
    world.event(identify("u1", 8, r#"{"$add":{"visits":3}}"#, &[]));
    let wanted = [(6, 1, None), (5, 2, plain("\"pro\"")), (1, 1, plain("\"free\""))];
    assert_eq!(world.changes("u1", "plan"), wanted);
    assert_eq!(world.changes("u1", "visits"), [(8, 1, plain("5")), (7, 1, plain("2"))]);
    assert_eq!(world.history("u1", "plan").value, None);
    let id = world.person("u1").id;
    assert_eq!(world.people.trait_history(ACME, id, "never").expect("a read"), None);
}

#[test]
fn so_many_are_kept_and_long_ones_only_as_having_been() {
    let mut world = world();
    for minute in 0..50 {
        world.event(identify("u1", minute, &format!(r#"{{"seats":{minute}}}"#), &[]));
    }
    let seats = world.changes("u1", "seats");
    assert_eq!(
        (seats.len(), seats[0].clone(), seats[19].clone()),
        (20, (49, 1, plain("49")), (30, 1, plain("30")))
    );
    world.event(identify("u1", 1, &format!(r#"{{"bio":"{}"}}"#, "x".repeat(2_000)), &[]));
    assert_eq!(world.changes("u1", "bio"), [(1, 1, plain("\"[too long]\""))]);
}

#[test]
fn of_sealed_values_only_the_kind_is_kept() {
    let mut world = world();
    let email = |minute: i64, value: &'static str| {
        identify("u1", minute, r#"{"email":"[sealed: email]"}"#, &[("email", Class::Email, value)])
    };
    world.event(email(1, "ann@example.com"));
    world.event(email(2, "ann@example.com"));
    world.event(email(3, "ann@work.example"));
    let sealed = || Some(TraitValue::Sealed { class: Class::Email });
    assert_eq!(world.changes("u1", "email"), [(3, 1, sealed()), (1, 1, sealed())]);
    assert!(!world.has_bytes("ann@"));
}

#[test]
fn who_was_merged_in_brings_their_history_and_an_erasure_takes_all_of_it() {
    let mut world = world();
    world.event(identify("a1", 1, r#"{"plan":"needle-one"}"#, &[]));
    world.event(identify("u1", 2, r#"{"plan":"needle-two"}"#, &[]));
    world.event(identify("u1+a1", 3, r#"{"plan":"needle-three"}"#, &[]));
    let times: Vec<i64> = world.changes("u1", "plan").into_iter().map(|(time, ..)| time).collect();
    assert_eq!(times, [3, 2, 1]);
    let person = world.person("u1").code;
    world.order(Order::Erase { workspace: ACME, person, at_ms: NOW });
    assert!(!world.has_bytes("needle-"));
}

/// Takes out whatever holds a needle.
struct Needle;

impl Sift for Needle {
    fn person_trait(&mut self, kept: &KeptTrait<'_>) -> Fate {
        if kept.value.contains("needle") { Fate::Goes } else { Fate::Stays }
    }

    fn is_wanted_id(&mut self, _: PersonCode, _: &str) -> bool {
        false
    }

    fn group_trait(&mut self, _: &str, _: i64, _: &str) -> Fate {
        Fate::Stays
    }

    fn is_wanted_text(&mut self, _: &str) -> bool {
        false
    }
}

#[test]
fn a_purge_reaches_what_is_no_more() {
    let mut world = world();
    world.event(identify("u1", 1, r#"{"note":"the needle"}"#, &[]));
    world.event(identify("u1", 2, r#"{"note":"nothing"}"#, &[]));
    let (_, found) = world.people.sift(ACME, 0, true, &mut Needle).expect("a survey");
    assert_eq!((found.traits, found.earlier), (0, 1));
    let (_, taken) = world.people.sift(ACME, 0, false, &mut Needle).expect("a purge");
    assert_eq!(taken, found);
    assert!(world.people.forget_log().expect("emptied"));
    assert!(!world.has_bytes("the needle"));
    assert_eq!(world.changes("u1", "note"), [(2, 1, plain("\"nothing\"")), (1, 1, plain("\"[purged]\""))]);
    let (_, left) = world.people.sift(ACME, 0, true, &mut Needle).expect("a survey");
    assert_eq!(left.total(), 0);
}
