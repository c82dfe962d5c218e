//! Random histories: however they are cut into batches, replayed and interrupted, the people are the same.

use std::collections::HashMap;

use model::{Order, PersonCode, Stored};
use proptest::prelude::*;

use crate::unmerge::{apart, join, unmerge};
use crate::world::{ACME, NOW, World, event_of, world};

const NAMES: [&str; 12] = ["u0", "u1", "u2", "u3", "u4", "a0", "a1", "a2", "a3", "a4", "a5", "a6"];

#[derive(Clone, Debug)]
enum Step {
    Event(String),
    Join(u32, u32),
    Unmerge(u32, u32),
    Apart(u32, u32, bool),
    Erase(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let user = || (0..5_u32).prop_map(|n| format!("u{n}"));
    let device = || (0..7_u32).prop_map(|n| format!("a{n}"));
    let any = || prop_oneof![user(), device()];
    prop_oneof![
        3 => user().prop_map(Step::Event),
        5 => device().prop_map(Step::Event),
        5 => (user(), device()).prop_map(|(user, device)| Step::Event(format!("{user}+{device}"))),
        2 => (any(), user()).prop_map(|(previous, user)| Step::Event(format!("{previous}>{user}"))),
        2 => (0..8_u32, 0..8_u32).prop_map(|(into, from)| Step::Join(into, from)),
        3 => (0..8_u32, 0..8_u32).prop_map(|(into, from)| Step::Unmerge(into, from)),
        1 => (0..8_u32, 0..8_u32, prop::bool::ANY).prop_map(|(one, other, apart)| Step::Apart(one, other, apart)),
        1 => (0..8_u32).prop_map(Step::Erase),
    ]
}

/// How far to go, and what happens then.
#[derive(Clone, Debug)]
struct Stride {
    entries: usize,
    /// Killed after it, and begun again so many entries before.
    kill_back: Option<usize>,
    /// Tried before with an entry that does not belong there.
    spoiled: bool,
    take_orders: bool,
}

fn stride() -> impl Strategy<Value = Stride> {
    (1..9_usize, prop::option::of(0..12_usize), any::<bool>(), any::<bool>()).prop_map(
        |(entries, kill_back, spoiled, take_orders)| Stride { entries, kill_back, spoiled, take_orders },
    )
}

fn record(step: &Step) -> Stored {
    match step {
        Step::Event(step) => Stored::Event(event_of(step)),
        Step::Join(into, from) => Stored::Order(join(PersonCode(*into), PersonCode(*from))),
        Step::Unmerge(into, from) => Stored::Order(unmerge(PersonCode(*into), PersonCode(*from))),
        Step::Apart(one, other, is_apart) => {
            Stored::Order(apart(PersonCode(*one), PersonCode(*other), *is_apart))
        }
        Step::Erase(code) => {
            Stored::Order(Order::Erase { workspace: ACME, person: PersonCode(*code), at_ms: NOW })
        }
    }
}

/// One step at a time, each order back at once.
fn plainly(steps: &[Step]) -> World {
    let mut world = world();
    for step in steps {
        world.append(record(step));
        world.settle();
    }
    world
}

/// In strides, with kills and replays; orders come back late and more than once.
fn roughly(steps: &[Step], strides: &[Stride]) -> World {
    let mut world = world();
    steps.iter().for_each(|step| world.append(record(step)));
    let mut from = 0;
    for stride in strides {
        let to = (from + stride.entries).min(world.journal.len());
        if stride.spoiled {
            let mut entries = world.journal[from..to].to_vec();
            let mut stray = world.journal[0].clone();
            stray.offset.0 = 1_000_000;
            entries.push(stray);
            world.people.resolve(&entries, &[]).expect_err("the stray entry");
            take_orders(&mut world);
        }
        world.resolve(from, to).expect("resolved");
        if stride.take_orders {
            take_orders(&mut world);
        }
        from = to;
        if let Some(back) = stride.kill_back {
            world = world.reopen();
            from = from.saturating_sub(back);
        }
    }
    world.resolve(from, world.journal.len()).expect("resolved");
    world.settle();
    let world = world.reopen();
    assert_eq!(world.people.take_orders().expect("orders"), [], "every order came back");
    world
}

fn take_orders(world: &mut World) {
    let orders = world.people.take_orders().expect("orders");
    orders.into_iter().for_each(|order| world.append(Stored::Order(order)));
}

/// Everything that must not depend on how the history was cut. (Offsets do: orders stand elsewhere.)
fn picture(world: &World) -> Vec<String> {
    let mut lines = vec![world.partition(&NAMES), world.people.count(ACME).expect("a count").to_string()];
    for name in NAMES.iter().filter(|name| world.find(name).is_some()) {
        let profile = world.profile(name);
        let codes = world.people.codes_of(ACME, profile.person.id).expect("codes");
        let how: Vec<_> = profile.identifiers.into_iter().map(|id| (id.kind, id.masked, id.how)).collect();
        lines.push(format!("{name} {codes:?} {} {:?} {how:?}", profile.events, profile.overflow));
    }
    let persons = world.resolve(0, world.journal.len()).expect("looked up");
    for (entry, person) in world.journal.iter().zip(persons) {
        if matches!(entry.record, Stored::Event(_)) {
            lines.push(format!("{person:?}"));
        }
    }
    lines
}

/// Whom each code stands for to a follower that takes every order by its words, the last one of each code.
fn followed(world: &World) -> HashMap<u32, u32> {
    let mut parents: HashMap<u32, u32> = HashMap::new();
    for entry in &world.journal {
        let Stored::Order(order) = &entry.record else { continue };
        let (from, into) = match order {
            Order::Merge { into, from, .. } | Order::Join { into, from, .. } => (from, Some(into)),
            Order::Standing { person, into, .. } => (person, into.as_ref()),
            Order::Unmerge { from, .. } => (from, None),
            Order::Erase { .. } | Order::Purge { .. } | Order::Apart { .. } | Order::Consent { .. } => {
                continue;
            }
        };
        match into {
            Some(into) if into == from => continue,
            Some(into) => parents.insert(from.0, into.0),
            None => parents.remove(&from.0),
        };
    }
    parents
}

fn root(parents: &HashMap<u32, u32>, mut code: u32) -> u32 {
    for _ in 0..100 {
        match parents.get(&code) {
            Some(into) => code = *into,
            None => return code,
        }
    }
    // Part of itself: nobody.
    u32::MAX
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_people_do_not_depend_on_batches_replays_and_kills(
        steps in prop::collection::vec(step(), 1..50),
        strides in prop::collection::vec(stride(), 0..12),
    ) {
        prop_assert_eq!(picture(&roughly(&steps, &strides)), picture(&plainly(&steps)));
    }

    #[test]
    fn a_replay_gives_every_event_whom_it_was_given_first(steps in prop::collection::vec(step(), 1..50)) {
        let steps: Vec<Step> = steps.into_iter().filter(|step| !matches!(step, Step::Erase(_))).collect();
        let mut world = world();
        let mut first = Vec::new();
        for step in &steps {
            world.append(record(step));
            let settled = world.journal.len() - 1;
            first.push((settled, world.settle()[0]));
        }
        world = world.reopen();
        let again = world.resolve(0, world.journal.len()).expect("looked up");
        for (at, person) in first {
            prop_assert_eq!(again[at], person, "record {}", at);
        }
    }

    #[test]
    fn whoever_follows_the_orders_knows_who_is_who(
        steps in prop::collection::vec(step(), 1..50),
        strides in prop::collection::vec(stride(), 0..12),
    ) {
        for world in [plainly(&steps), roughly(&steps, &strides)] {
            let parents = followed(&world);
            for code in 0..30 {
                if let Some(person) = world.people.by_code(ACME, PersonCode(code)).expect("a lookup") {
                    prop_assert_eq!(root(&parents, code), person.code.0, "code {}", code);
                }
            }
        }
    }

    #[test]
    fn an_unmerge_undoes_a_merge_after_any_history(
        steps in prop::collection::vec(step(), 1..50),
        into in 0..8_u32,
        from in 0..8_u32,
    ) {
        let mut world = plainly(&steps);
        let living = |world: &World, code| world.people.by_code(ACME, PersonCode(code)).expect("a lookup");
        let (Some(into), Some(from)) = (living(&world, into), living(&world, from)) else { return Ok(()) };
        let known = |world: &World| {
            let mut people = world.people.list(ACME, 500, None).expect("a page");
            people.sort_by_key(|line| line.person.code);
            let profile = |line: &people::ProfileSummary| {
                let found = world.people.profile(ACME, line.person.id).expect("a read").expect("somebody");
                people::Profile { parted: Vec::new(), apart: Vec::new(), ..found }
            };
            people.iter().map(profile).collect::<Vec<_>>()
        };
        let before = known(&world);
        world.order(join(into.code, from.code));
        let merged = world.people.count(ACME).expect("a count") + 1 == before.len() as u64;
        world.order(unmerge(into.code, from.code));
        prop_assert_eq!(known(&world), before);
        prop_assert!(merged || into == from || world.people.kept_apart(ACME).expect("pairs").iter().any(
            |kept| [kept.one, kept.other].contains(&into) && [kept.one, kept.other].contains(&from)
        ));
    }

    #[test]
    fn two_people_with_user_ids_are_never_merged_by_a_rule(steps in prop::collection::vec(step(), 1..60)) {
        let events: Vec<Step> = steps.into_iter().filter(|step| matches!(step, Step::Event(_))).collect();
        let world = plainly(&events);
        let users = &NAMES[..5];
        let found = users.iter().filter(|name| world.find(name).is_some()).count();
        let partition = world.partition(users);
        let groups = if partition.is_empty() { 0 } else { partition.split('|').count() };
        prop_assert_eq!(groups, found, "{}", partition);
    }
}
