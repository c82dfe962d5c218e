//! Whatever happens in whatever order, who is kept as being in a segment is who a question counts from the beginning.

use std::collections::HashMap;

use model::{Channel, Consent, Kind, Order, Stored};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{World, decision};

const USERS: [&str; 7] = ["ann", "bob", "cem", "dan", "~web1", "~web2", "~web3"];
const EVENTS: [&str; 3] = ["Order Completed", "Refund Requested", "Page Viewed"];
const MINUTE_MS: i64 = 60_000;

#[derive(Clone, Debug)]
enum Step {
    /// Somebody does something, perhaps minutes ago, perhaps saying a plan; `again` repeats an earlier message.
    Event {
        user: usize,
        event: usize,
        ago: i64,
        plan: Option<usize>,
        consent: Option<bool>,
        again: bool,
    },
    /// Somebody, or nobody, says that they belong to a group, and perhaps what it is.
    Group {
        user: Option<usize>,
        group: usize,
        plan: Option<usize>,
        ago: i64,
    },
    /// A member enters what somebody said, perhaps minutes ago.
    Consent {
        user: usize,
        consent: usize,
        ago: i64,
    },
    /// A device turns out to be a user's.
    Tie {
        user: usize,
        device: usize,
    },
    Merge {
        one: usize,
        other: usize,
    },
    /// The latest merge by hand is undone.
    Unmerge,
    Erase {
        user: usize,
    },
    Wait {
        minutes: i64,
    },
    /// The segments do what there is to do; else it gathers.
    Settle,
    Maintain,
    Crash,
    /// Another segment is made, or one changed.
    Make {
        who: usize,
    },
    Edit {
        segment: usize,
        who: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let says = (proptest::option::of(0_usize..2), proptest::option::weighted(0.3, any::<bool>()));
    let event = (0..USERS.len(), 0..EVENTS.len(), 0_i64..90, says, any::<u8>());
    prop_oneof![
        20 => event.prop_map(|(user, event, ago, (plan, consent), odd)| Step::Event {
            user, event, ago: if ago < 45 { 0 } else { ago - 45 }, plan, consent, again: odd % 8 == 0,
        }),
        2 => (0..USERS.len(), 0_usize..3, 0_i64..30).prop_map(|(user, consent, ago)| Step::Consent { user, consent, ago }),
        2 => (0_usize..4, 4_usize..7).prop_map(|(user, device)| Step::Tie { user, device }),
        1 => (0..USERS.len(), 0..USERS.len()).prop_map(|(one, other)| Step::Merge { one, other }),
        1 => Just(Step::Unmerge),
        1 => (0..USERS.len()).prop_map(|user| Step::Erase { user }),
        6 => (1_i64..40).prop_map(|minutes| Step::Wait { minutes }),
        5 => Just(Step::Settle),
        1 => Just(Step::Maintain),
        2 => Just(Step::Crash),
        4 => (proptest::option::weighted(0.8, 0..USERS.len()), 0_usize..3, proptest::option::of(0_usize..2), 0_i64..10)
            .prop_map(|(user, group, plan, ago)| Step::Group { user, group, plan, ago }),
        2 => (0_usize..16).prop_map(|who| Step::Make { who }),
        1 => (0_usize..4, 0_usize..16).prop_map(|(segment, who)| Step::Edit { segment, who }),
    ]
}

/// What is worked out of everybody; an order's total is always 7.
type Trait = (&'static str, &'static str, &'static str, Option<&'static str>, Option<&'static str>);
const COMPUTED: [Trait; 2] = [
    ("paid", "Order Completed", "sum", Some("total"), Some("30m")),
    ("views", "Page Viewed", "count", None, None),
];

/// Conditions on computed traits, and what says the same without them.
fn the_same() -> [[Value; 2]; 4] {
    let orders = |times: u32| json!({ "did": { "event": "Order Completed" }, "times": { "gte": times }, "within": "30m" });
    [
        [json!({ "trait": "paid", "op": "exists" }), orders(1)],
        [json!({ "trait": "paid", "op": "gte", "value": 14 }), orders(2)],
        [
            json!({ "trait": "paid", "op": "eq", "value": 21 }),
            json!({ "did": { "event": "Order Completed" }, "times": { "eq": 3 }, "within": "30m" }),
        ],
        [
            json!({ "trait": "views", "op": "gt", "value": 1 }),
            json!({ "did": { "event": "Page Viewed" }, "times": { "gte": 2 } }),
        ],
    ]
}

/// By name what the segment says at the time.
fn nested() -> Value {
    json!({ "any": [{ "all": [{ "segment": "0" }, { "not": { "trait": "paid", "op": "exists" } }] },
        { "did": { "event": "Refund Requested" }, "within": "25m" }] })
}

/// Conditions of every shape: windows that end, counts from above and below, traits, what was not done.
fn conditions() -> [Value; 16] {
    let order = json!({ "event": "Order Completed" });
    let plan = json!({ "trait": "plan", "op": "eq", "value": "pro" });
    [
        json!({ "did": order, "times": { "gte": 2 }, "within": "30m" }),
        json!({ "not": { "did": { "event": "Page Viewed" }, "within": "20m" } }),
        json!({ "all": [plan, { "did": order }] }),
        json!({ "any": [{ "did": order, "times": { "lte": 1 }, "within": "45m" }, plan] }),
        json!({ "all": [{ "not": plan }, { "did": { "event": "*" }, "times": { "gte": 3 }, "within": "1h" }] }),
        json!({ "did": { "event": "Refund Requested", "where": [plan] }, "times": { "eq": 1 }, "within": "15m" }),
        json!({ "trait": "plan", "op": "not_exists" }),
        json!({ "did": { "event": "*" }, "times": { "eq": 0 }, "within": "10m" }),
        json!({ "trait": "paid", "op": "gte", "value": 14 }),
        json!({ "group": { "trait": "plan", "op": "eq", "value": "pro" } }),
        json!({ "not": { "group": { "trait": "plan", "op": "exists" } } }),
        json!({ "any": [{ "group": { "where": [{ "trait": "plan", "op": "eq", "value": "free" }, { "trait": "seats", "op": "gte", "value": 2 }] } },
            { "did": { "event": "*", "where": [{ "group": { "trait": "seats", "op": "not_exists" } }] }, "times": { "gte": 3 }, "within": "25m" }] }),
        json!({ "consent": { "purpose": "news", "channel": "email" } }),
        json!({ "not": { "consent": { "purpose": "news", "state": "refused" } } }),
        json!({ "any": [{ "consent": { "purpose": "news", "state": "undecided" } }, { "did": { "event": "*", "where": [{ "consent": { "purpose": "news", "state": "withdrawn" } }] }, "within": "20m" }] }),
        json!({ "all": [{ "not": { "trait": "paid", "op": "exists" } }, { "did": { "event": "Page Viewed", "where": [{ "trait": "views", "op": "lte", "value": 2 }] } }] }),
    ]
}

fn run(steps: &[Step]) {
    let conditions = conditions();
    let mut world = World::new();
    for (name, event, measure, property, within) in COMPUTED {
        let new = json!({ "name": name, "event": event, "measure": measure, "property": property, "within": within });
        world.computed(&new);
    }
    let mut made: Vec<(String, usize)> = vec![(world.make("0", conditions[0].clone()), 0)];
    world.make("nested", nested());
    let mut merged = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        match step {
            Step::Event { user, event, ago, plan, consent, again } => {
                let id = if *again { "m-again".to_owned() } else { format!("m{number}") };
                let says = |plan: usize| json!({ "plan": if plan == 0 { "free" } else { "pro" } });
                let traits = plan.map_or_else(|| json!({}), says);
                let start: jiff::Timestamp = crate::world::START.parse().unwrap();
                let at_ms = world.clock.now_ms() - start.as_millisecond() - ago * MINUTE_MS;
                let mut event = world.event(USERS[*user], EVENTS[*event], at_ms, &traits, &id);
                if let Some(consent) = consent {
                    event.context =
                        json!({ "consent": { "categoryPreferences": { "news": consent } } }).to_string();
                }
                world.append(vec![Stored::Event(event)]);
            }
            Step::Group { user, group, plan, ago } => {
                let says = plan.map_or_else(
                    || json!({}),
                    |plan| json!({ "plan": if plan == 0 { "free" } else { "pro" }, "seats": group }),
                );
                let start: jiff::Timestamp = crate::world::START.parse().unwrap();
                let at_ms = world.clock.now_ms() - start.as_millisecond() - ago * MINUTE_MS;
                let who = user.map_or("", |user| USERS[user]);
                let mut event = world.event(who, "Grouped", at_ms, &says, &format!("m{number}"));
                event.kind = Kind::Group;
                event.group_id = Some(format!("group-{group}"));
                world.append(vec![Stored::Event(event)]);
            }
            Step::Consent { user, consent, ago } => {
                if let Some(person) = world.code(USERS[*user]) {
                    let said_ms = world.clock.now_ms() - ago * MINUTE_MS;
                    world.append(vec![Stored::Order(Order::Consent {
                        workspace: world.workspace,
                        person,
                        purpose: "news".to_owned(),
                        channel: Channel::Email,
                        consent: Consent::EVERY[*consent],
                        said_ms,
                        decision: decision(),
                    })]);
                }
            }
            Step::Tie { user, device } => {
                let mut event =
                    world.event(USERS[*user], "Page Viewed", 0, &json!({}), &format!("m{number}"));
                event.anonymous_id = Some(USERS[*device][1..].to_owned());
                world.append(vec![Stored::Event(event)]);
            }
            Step::Merge { one, other } => {
                if let (Some(into), Some(from)) = (world.code(USERS[*one]), world.code(USERS[*other])) {
                    let (workspace, decision) = (world.workspace, decision());
                    if into != from {
                        world.append(vec![Stored::Order(Order::Join { workspace, into, from, decision })]);
                        merged.push((into, from));
                    }
                }
            }
            Step::Unmerge => {
                if let Some((into, from)) = merged.pop() {
                    let (workspace, decision) = (world.workspace, decision());
                    world.append(vec![Stored::Order(Order::Unmerge { workspace, into, from, decision })]);
                }
            }
            Step::Erase { user } => {
                if let Some(person) = world.code(USERS[*user]) {
                    let erase = Order::Erase { workspace: world.workspace, person, at_ms: 0 };
                    world.append(vec![Stored::Order(erase)]);
                }
            }
            Step::Wait { minutes } => world.hand.advance_ms(minutes * MINUTE_MS),
            Step::Settle => {
                world.settle();
                agrees(&world, &made, &conditions);
            }
            Step::Maintain => world.store.maintain().unwrap(),
            Step::Crash => world.crash(),
            Step::Make { who } if made.len() < 4 => {
                let name = made.len().to_string();
                made.push((world.make(&name, conditions[*who].clone()), *who));
            }
            Step::Edit { segment, who } if *segment < made.len() => {
                let new =
                    segments::NewSegment { name: segment.to_string(), who: Some(conditions[*who].clone()) };
                world.segments.edit(&world.granted(), &made[*segment].0, new).unwrap();
                made[*segment].1 = *who;
            }
            Step::Make { .. } | Step::Edit { .. } => {}
        }
    }
    world.settle();
    agrees(&world, &made, &conditions);
    // Who becomes one with somebody, or is in by another condition, has not joined.
    let simple = |step: &Step| {
        !matches!(
            step,
            Step::Tie { .. } | Step::Merge { .. } | Step::Unmerge | Step::Erase { .. } | Step::Edit { .. }
        )
    };
    if steps.iter().all(simple) {
        takes_turns(&world);
    }
}

fn agrees(world: &World, made: &[(String, usize)], conditions: &[Value]) {
    for [on_trait, written_out] in the_same() {
        assert_eq!(world.asked(&on_trait), world.asked(&written_out), "{on_trait}");
        let one_alone = json!({ "all": [on_trait, { "not": written_out }] });
        assert_eq!(world.asked(&one_alone), 0, "{on_trait}");
    }
    assert_eq!(world.count("nested"), world.asked(&nested()), "a segment that names another");
    for kept in world.segments.computed(world.workspace).unwrap() {
        let has = json!({ "trait": kept.segment.name, "op": "exists" });
        assert_eq!(kept.people, world.asked(&has), "people with {}", kept.segment.name);
    }
    for (segment, who) in made {
        let who = &conditions[*who];
        assert_eq!(world.count(segment), world.asked(who), "people of {who}");
        // Asking for the segment finds the same people as asking for what it says.
        assert_eq!(world.asked(&json!({ "segment": segment })), world.asked(who), "the segment of {who}");
        let both = json!({ "all": [{ "segment": segment }, { "not": who }] });
        assert_eq!(world.asked(&both), 0, "in the segment and not {who}");
        for user in USERS.iter().filter(|user| world.code(user).is_some()) {
            let code = world.code(user).unwrap();
            let id = world.people.by_code(world.workspace, code).unwrap().unwrap().id;
            let why = world.segments.why(world.workspace, segment, id).unwrap();
            assert_eq!(why.is_in, why.parts[0].met, "{user} and {who}: {why:?}");
        }
    }
}

/// Nobody joins twice in a row, or leaves what they did not join.
fn takes_turns(world: &World) {
    let mut last: HashMap<(String, String), String> = HashMap::new();
    for (person, event, segment) in world.turns() {
        let before = last.insert((person, segment.clone()), event.clone());
        assert_ne!(before.as_ref(), Some(&event), "twice in a row, of segment {segment}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn who_is_in_is_who_a_question_counts(steps in vec(step(), 1..80)) {
        run(&steps);
    }
}

/// `HOLDFAST_TEST_LONG` asks for more.
fn cases() -> u32 {
    if std::env::var_os("HOLDFAST_TEST_LONG").is_some() { 2_000 } else { 12 }
}
