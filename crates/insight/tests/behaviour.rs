//! Fast answers about what people do agree with the plain meaning, on random events, merges, erasures, zones
//! and questions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod support;

use std::sync::Arc;

use insight::Insight;
use jiff::tz::TimeZone;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use question::{Ask, Question, plain};
use serde_json::{Value, json};
use stdx::Clock;
use support::world::{BEGINNINGS, Step, ZONES, archive, condition, step, traits, with_range};
use support::{Rule, WORKSPACE};

fn one_step() -> impl Strategy<Value = Value> {
    let event = select(&["Signed Up", "Order Completed", "Page Viewed", "Ü*", "*", "Never"][..]);
    prop_oneof![
        4 => event.clone().prop_map(|event| json!({ "event": event })),
        1 => (event, condition()).prop_map(|(event, condition)| json!({ "event": event, "where": [condition] })),
    ]
}

fn range() -> impl Strategy<Value = Value> {
    (0_i32..3, 0_i32..6, any::<bool>())
        .prop_map(|(skip, days, whole)| json!({ "skip": skip, "days": days, "whole": whole }))
}

fn funnel() -> impl Strategy<Value = Value> {
    let by = select(&["plan", "amount", "a.b", "tags", "trait.tier"][..]);
    let within = select(&["1s", "1h", "12h", "2d", "366d", "session", "session"][..]);
    let order = select(&["ordered", "ordered", "strict", "any"][..]);
    let extra = (
        vec(one_step(), 0..2),
        vec(select(&["plan", "flag", "amount"][..]), 0..2),
        select(&["steps", "steps", "times"][..]),
    );
    (vec(one_step(), 2..5), within, order, vec(by, 0..2), vec(condition(), 0..2), range(), extra).prop_map(
        |(steps, within, order, by, conditions, range, (exclude, hold, select))| {
            let session = match within {
                "session" => json!(["1s", "30m", "3h", "2d"][steps.len() % 4]),
                _ => Value::Null,
            };
            json!({ "kind": "funnel", "steps": steps, "within": within, "session": session, "order": order, "by": by,
                "where": conditions, "range": range, "exclude": exclude, "hold": hold, "select": select })
        },
    )
}

fn retention() -> impl Strategy<Value = Value> {
    let interval = select(&["hour", "day", "week", "month"][..]);
    let offsets = prop_oneof![
        (1_u32..20).prop_map(|periods| ("periods", json!(periods))),
        select(vec![json!([1, 3, 7]), json!([2]), json!([5, 6])]).prop_map(|ends| ("brackets", ends)),
    ];
    let returned = select(&["on", "on_or_after"][..]);
    let intervals = select(&["calendar", "rolling"][..]);
    (one_step(), one_step(), interval, offsets, returned, intervals, vec(condition(), 0..2), range())
        .prop_map(|(start, back, interval, (name, offsets), returned, intervals, conditions, range)| {
            json!({ "kind": "retention", "start": start, "return": back, "interval": interval, name: offsets,
                "returned": returned, "intervals": intervals, "where": conditions, "range": range })
        })
}

fn flow() -> impl Strategy<Value = Value> {
    let session = select(&["1s", "30m", "3h", "2d"][..]);
    let direction = select(&["forward", "back"][..]);
    let names = select(vec![Value::Null, json!(1), json!(2), json!(50)]);
    (one_step(), 1_u32..7, 1_u32..8, session, direction, names, vec(condition(), 0..2), range()).prop_map(
        |(start, depth, top, session, direction, names, conditions, range)| {
            json!({ "kind": "flow", "start": start, "depth": depth, "top": top, "session": session,
                "direction": direction, "names": names, "where": conditions, "range": range })
        },
    )
}

fn sessions() -> impl Strategy<Value = Value> {
    let by = select(&["plan", "amount", "a.b", "tags", "trait.tier"][..]);
    let session = select(&["1s", "30m", "3h", "2d"][..]);
    let interval = select(&["hour", "day", "week", "month"][..]);
    (session, interval, vec(by, 0..3), vec(condition(), 0..2), range()).prop_filter_map(
        "a field stands once",
        |(session, interval, by, conditions, range)| {
            let is_twice = !by.is_empty() && by.first() == by.get(1);
            (!is_twice).then(|| {
                json!({ "kind": "sessions", "session": session, "interval": interval, "by": by,
                    "where": conditions, "range": range })
            })
        },
    )
}

fn audience() -> impl Strategy<Value = Value> {
    let times = select(vec![
        Value::Null,
        json!({ "gte": 2 }),
        json!({ "lte": 2 }),
        json!({ "eq": 0 }),
        json!({ "eq": 3 }),
    ]);
    let within = select(vec![Value::Null, json!("1h"), json!("1d"), json!("60h")]);
    let leaf = prop_oneof![
        4 => (one_step(), times, within)
            .prop_map(|(did, times, within)| json!({ "did": did, "times": times, "within": within })),
        1 => select(&["eq", "ne"][..]).prop_map(|op| json!({ "trait": "tier", "op": op, "value": "gold" })),
        1 => Just(json!({ "trait": "none", "op": "not_exists" })),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(|all| json!({ "all": all })),
            vec(inner.clone(), 1..4).prop_map(|any| json!({ "any": any })),
            inner.prop_map(|not| json!({ "not": not })),
        ]
    })
}

fn check(steps: &[Step], question: &Value, zone: &str, beginning: &str) {
    let zone = TimeZone::get(zone).expect("the zone is known");
    let beginning: jiff::civil::Date = beginning.parse().unwrap();
    let (_dir, store, rows) = archive(steps, &zone, beginning);
    // In the middle of what happens.
    let now = beginning.to_zoned(zone.clone()).unwrap().timestamp() + jiff::SignedDuration::from_hours(70);
    let document = match question["kind"].as_str() {
        Some("people") => json!({ "kind": "people", "who": question["who"] }),
        _ => with_range(question, beginning),
    };
    let question = Question::from_value(&document).unwrap_or_else(|error| panic!("{error}: {document}"));
    let wanted = match &question {
        Question::Funnel(funnel) => plain::funnel(&rows, funnel, &zone, &traits),
        Question::Retention(retention) => plain::retention(&rows, retention, &zone, &traits),
        Question::Flow(flow) => plain::flow(&rows, flow, &zone, &traits),
        Question::Sessions(sessions) => plain::sessions(&rows, sessions, &zone, &traits),
        Question::People(people) => Ok(plain::people(&rows, people, now.as_millisecond(), &traits)),
        _ => panic!("another kind: {document}"),
    };
    let (clock, _) = Clock::manual(now);
    let insight = Insight::new(store, Arc::new(Rule(traits)), Arc::new(move |_| Ok(zone.clone())), clock);
    match (insight.ask(WORKSPACE, &question), wanted) {
        (Ok(answer), Ok(wanted)) => {
            assert_eq!(answer.columns, wanted.columns);
            assert_eq!(answer.rows, wanted.rows, "{document}");
            assert_eq!(answer.stats.other_groups, wanted.stats.other_groups);
            assert_eq!(answer.stats.other_rows, wanted.stats.other_rows);
            support::behind::check(&insight, &question, &document, &answer);
        }
        (Err(_), Err(_)) => {}
        (answer, wanted) => panic!("{answer:?} against {wanted:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn funnels_agree_with_the_plain_meaning(
        steps in vec(step(), 0..120),
        question in funnel(),
        zone in select(&ZONES[..]),
        beginning in select(&BEGINNINGS[..]),
    ) {
        check(&steps, &question, zone, beginning);
    }

    #[test]
    fn retentions_agree_with_the_plain_meaning(
        steps in vec(step(), 0..120),
        question in retention(),
        zone in select(&ZONES[..]),
        beginning in select(&BEGINNINGS[..]),
    ) {
        check(&steps, &question, zone, beginning);
    }

    #[test]
    fn flows_agree_with_the_plain_meaning(
        steps in vec(step(), 0..120),
        question in flow(),
        zone in select(&ZONES[..]),
        beginning in select(&BEGINNINGS[..]),
    ) {
        check(&steps, &question, zone, beginning);
    }

    #[test]
    fn sessions_agree_with_the_plain_meaning(
        steps in vec(step(), 0..120),
        question in sessions(),
        zone in select(&ZONES[..]),
        beginning in select(&BEGINNINGS[..]),
    ) {
        check(&steps, &question, zone, beginning);
    }

    #[test]
    fn counts_of_people_agree_with_the_plain_meaning(
        steps in vec(step(), 0..120),
        who in audience(),
        beginning in select(&BEGINNINGS[..]),
    ) {
        check(&steps, &json!({ "kind": "people", "who": who }), "UTC", beginning);
    }
}

/// Events of one person, in the order in which they arrived, at hours of the first of August 2026.
fn answer_of(events: &[(&str, i64)], document: &Value) -> Value {
    const BEGIN_MS: i64 = 1_785_542_400_000;
    let dir = tempfile::tempdir().unwrap();
    let store = support::open(dir.path(), support::small());
    let nothing = json!({});
    let entries: Vec<_> = (0_u64..)
        .zip(events)
        .map(|(offset, (name, hour))| {
            support::event(offset, 1, BEGIN_MS + hour * 3_600_000, name, &nothing, &nothing)
        })
        .collect();
    support::apply(&store, &entries);
    let zone_of = Arc::new(|_| Ok(TimeZone::UTC));
    let insight = Insight::new(store, Arc::new(Rule(traits)), zone_of, Clock::wall());
    json!(insight.ask(WORKSPACE, &Question::from_value(document).unwrap()).unwrap().rows)
}

#[test]
fn the_beginning_of_a_path_leads_to_whoever_took_any_that_begins_so() {
    const BEGIN_MS: i64 = 1_785_542_400_000;
    let dir = tempfile::tempdir().unwrap();
    let store = support::open(dir.path(), support::small());
    let nothing = json!({});
    // A, B, C; A, B; A, D; B, A; each a minute after the one before.
    let histories = ["ABC", "AB", "AD", "BA"];
    let mut entries = Vec::new();
    for (person, history) in (1_u32..).zip(histories) {
        for (minute, name) in (0_i64..).zip(history.chars()) {
            let offset = entries.len() as u64;
            let time_ms = BEGIN_MS + minute * 60_000;
            entries.push(support::event(offset, person, time_ms, &name.to_string(), &nothing, &nothing));
        }
    }
    support::apply(&store, &entries);
    let insight = Insight::new(store, Arc::new(Rule(traits)), Arc::new(|_| Ok(TimeZone::UTC)), Clock::wall());
    let flow = |direction: &str, names: Value| {
        json!({ "kind": "flow", "start": { "event": "A" }, "depth": 3, "direction": direction, "names": names,
            "range": { "from": "2026-08-01", "to": "2026-08-01" } })
    };
    for (question, path, wanted) in [
        (flow("forward", Value::Null), json!(["A"]), &[1, 2, 3, 4][..]),
        (flow("forward", Value::Null), json!(["A", "B"]), &[1, 2]),
        (flow("forward", Value::Null), json!(["A", "B", null]), &[2]),
        (flow("forward", Value::Null), json!(["A", null]), &[4]),
        (flow("forward", Value::Null), json!(["B"]), &[]),
        (flow("back", Value::Null), json!(["A", "B"]), &[4]),
        (flow("back", Value::Null), json!(["A", null, null]), &[1, 2, 3]),
        // A step keeps its most frequent event, and the others are one.
        (flow("forward", json!(1)), json!(["A", "…"]), &[3]),
        (flow("forward", json!(1)), json!(["A", "D"]), &[]),
    ] {
        let asked = Question::from_value(&question).unwrap();
        let place = question::Place::read(&asked, &json!({ "path": path })).unwrap();
        let crowd = insight.behind(WORKSPACE, &asked, &place).unwrap().page(None, 9);
        let people: Vec<u32> = crowd.into_iter().map(|code| code.0).collect();
        assert_eq!(people, wanted, "{path} of {question}");
    }
}

#[test]
fn edges_are_where_they_are_said_to_be() {
    let day = json!({ "from": "2026-08-01", "to": "2026-08-01" });
    let funnel = |within: &str, order: &str| {
        json!({ "kind": "funnel", "steps": [{ "event": "A" }, { "event": "B" }], "within": within, "order": order,
            "exclude": [{ "event": "X" }], "range": day })
    };
    let came = |people: [u64; 2], median: Value| json!([[1, people[0], null], [2, people[1], median]]);
    for (events, within, order, wanted) in [
        // The last moment counts, the next does not.
        (&[("A", 0), ("B", 2)][..], "2h", "ordered", came([1, 1], json!(7200))),
        (&[("A", 0), ("B", 3)], "2h", "ordered", came([1, 0], Value::Null)),
        // At the same time it counts what arrived first.
        (&[("A", 1), ("B", 1)], "1h", "ordered", came([1, 1], json!(0))),
        (&[("B", 1), ("A", 1)], "1h", "ordered", came([1, 0], Value::Null)),
        (&[("B", 1), ("A", 1)], "1h", "any", came([1, 1], json!(0))),
        // A later beginning that came further counts, and of two that came as far the first.
        (&[("A", 0), ("A", 5), ("B", 6)], "2h", "ordered", came([1, 1], json!(3600))),
        (&[("A", 4), ("A", 5), ("B", 6)], "2h", "ordered", came([1, 1], json!(7200))),
        (&[("A", 0), ("C", 1), ("B", 2)], "4h", "ordered", came([1, 1], json!(7200))),
        (&[("A", 0), ("C", 1), ("B", 2)], "4h", "strict", came([1, 0], Value::Null)),
        (&[("A", 0), ("X", 1), ("B", 2)], "4h", "ordered", came([1, 0], Value::Null)),
        // It begins in the range and may end after it.
        (&[("A", 23), ("B", 25)], "2h", "ordered", came([1, 1], json!(7200))),
        (&[("A", 24), ("B", 25)], "2h", "ordered", came([0, 0], Value::Null)),
        (&[("B", 22), ("A", 24)], "2h", "any", came([1, 1], json!(7200))),
    ] {
        assert_eq!(answer_of(events, &funnel(within, order)), wanted, "{events:?} {within} {order}");
    }
    let mut in_one = funnel("session", "ordered");
    in_one["session"] = json!("1h");
    for (events, wanted) in [
        // A session lasts as long as no pause is too long, and what is no step holds it together.
        (&[("A", 0), ("C", 1), ("C", 2), ("B", 3)][..], came([1, 1], json!(10_800))),
        (&[("A", 0), ("B", 2)], came([1, 0], Value::Null)),
        // Each session has its own attempts, of which the deepest counts.
        (&[("A", 0), ("A", 5), ("B", 6)], came([1, 1], json!(3600))),
        (&[("A", 0), ("X", 1), ("B", 2)], came([1, 0], Value::Null)),
        // It is cut at the end of the range, as sessions are, and what the house tells does not hold it together.
        (&[("A", 23), ("B", 24)], came([1, 0], Value::Null)),
        (&[("A", 0), ("Segment Joined", 1), ("B", 2)], came([1, 0], Value::Null)),
    ] {
        assert_eq!(answer_of(events, &in_one), wanted, "{events:?} in a session");
    }
    let flow =
        json!({ "kind": "flow", "start": { "event": "A" }, "depth": 3, "session": "1h", "range": day });
    let path = answer_of(&[("A", 0), ("B", 1), ("C", 3)], &flow);
    assert_eq!(path, json!([["A", "B", null, 1, 1]]), "a pause of an hour is within, one of two is not");
    let sessions = json!({ "kind": "sessions", "session": "1h", "range": day });
    for (events, wanted) in [
        // A pause of an hour is within, one of two is not; two sessions of one person.
        (&[("A", 0), ("B", 1), ("C", 3)][..], json!([2, 1, 1.5, 1800, 0.5])),
        (&[("A", 5)], json!([1, 1, 1, 0, 1])),
        (&[], json!([0, 0, null, null, null])),
        // What lies outside of the range is as if it had not happened.
        (&[("A", -1), ("B", 0), ("C", 23), ("D", 24)], json!([2, 1, 1, 0, 1])),
        // What the house tells is nothing that people did.
        (&[("A", 0), ("Segment Joined", 1), ("B", 2)], json!([2, 1, 1, 0, 1])),
    ] {
        let mut row = vec![json!("2026-08-01T00:00:00Z")];
        row.extend(wanted.as_array().unwrap().clone());
        assert_eq!(answer_of(events, &sessions), json!([row]), "{events:?}");
    }
    let retention = |intervals: &str| {
        json!({ "kind": "retention", "start": { "event": "A" }, "return": { "event": "B" }, "interval": "day",
            "intervals": intervals, "periods": 1, "range": day })
    };
    for (hour, intervals, back) in [
        (24, "calendar", 1),
        (24, "rolling", 0),
        (26, "rolling", 1),
        (47, "calendar", 1),
        (48, "calendar", 0),
    ] {
        let rows = answer_of(&[("A", 2), ("B", hour)], &retention(intervals));
        assert_eq!(rows[1][2], back, "{hour} {intervals}");
    }
}
