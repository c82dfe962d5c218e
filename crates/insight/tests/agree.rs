//! Fast answers agree with the plain meaning, on random events, merges, erasures, zones and questions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod support;

use std::collections::HashMap;
use std::sync::Arc;

use insight::Insight;
use jiff::tz::TimeZone;
use model::{Order, PersonCode};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use question::plain::{self, PlainRow};
use question::{Ask, Question};
use serde_json::{Value, json};
use support::{Rule, WORKSPACE, apply, event, open, order, small};

/// Where clocks are turned by an hour, by half an hour, at midnight, or not at all; one skipped a day.
const ZONES: [&str; 7] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Havana",
    "Asia/Kathmandu",
    "Pacific/Apia",
];

/// Days around which clocks are turned, as the first day of the data.
const BEGINNINGS: [&str; 5] = ["2026-03-27", "2026-10-23", "2026-03-06", "2026-04-03", "2011-12-28"];

const EVENTS: [&str; 4] = ["Signed Up", "Order Completed", "Page Viewed", "Ü*"];
const NAMES: [&str; 8] = ["plan", "amount", "a.b", "a", "tags", "deep.er.still", "flag", "absent"];

#[derive(Clone, Debug)]
enum Step {
    Event { person: u32, hour: i64, ms: i64, event: usize, properties: Value, context: Value },
    Merge { into: u32, from: u32 },
    Erase { person: u32 },
    Maintain,
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => select(&["free", "pro", "", "1", "prö", "[1]", "a\"b\\c\n"][..]).prop_map(Value::from),
        3 => (-3_i64..5).prop_map(Value::from),
        2 => (-8_i64..9).prop_map(|quarters| json!(quarters as f64 / 4.0)),
        1 => select(vec![json!(true), json!(false), Value::Null, json!(9_007_199_254_740_993_i64), json!(u64::MAX)]),
    ]
}

fn object() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        6 => scalar(),
        1 => vec(scalar(), 0..3).prop_map(Value::Array),
        1 => scalar().prop_map(|inner| json!({ "b": inner })),
        1 => scalar().prop_map(|inner| json!({ "er": { "still": inner }, "er.still": 1 })),
        1 => Just(json!({})),
    ];
    let key = select(&["plan", "amount", "a.b", "a", "tags", "deep", "flag", "deep.er"][..]);
    vec((key, value), 0..5)
        .prop_map(|pairs| {
            pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<serde_json::Map<_, _>>()
        })
        .prop_map(Value::Object)
}

fn step() -> impl Strategy<Value = Step> {
    let event = (0_u32..9, 0_i64..130, 0_i64..3_600_000, 0..EVENTS.len(), object(), object());
    prop_oneof![
        30 => event.prop_map(|(person, hour, ms, event, properties, context)| Step::Event {
            // Many at the full hour, where intervals meet; some of nobody, as programs' events are.
            person: if person == 8 { PersonCode::NOBODY.0 } else { person }, hour, ms: if ms % 3 == 0 { 0 } else { ms }, event, properties, context,
        }),
        1 => (0_u32..9, 0_u32..9).prop_map(|(into, from)| Step::Merge { into, from }),
        1 => (0_u32..9).prop_map(|person| Step::Erase { person }),
        1 => Just(Step::Maintain),
    ]
}

fn condition() -> impl Strategy<Value = Value> {
    let field = prop_oneof![
        5 => select(&NAMES[..]).prop_map(|name| ("property", name)),
        1 => select(&["tier", "none"][..]).prop_map(|name| ("trait", name)),
    ];
    let usable = scalar().prop_filter("null is refused", |value| !value.is_null()).boxed();
    let test = prop_oneof![
        4 => (select(&["eq", "ne", "contains"][..]), usable.clone()).prop_map(|(op, value)| (op, Some(value))),
        2 => (select(&["in", "not_in"][..]), vec(usable.clone(), 1..4)).prop_map(|(op, list)| (op, Some(json!(list)))),
        2 => (select(&["gt", "gte", "lt", "lte"][..]), usable.prop_filter("ordered", |value| !value.is_boolean()))
            .prop_map(|(op, value)| (op, Some(value))),
        1 => select(&["p", "pr", ""][..]).prop_map(|start| ("starts_with", Some(json!(start)))),
        1 => select(&["exists", "not_exists"][..]).prop_map(|op| (op, None)),
    ];
    (field, test).prop_map(|((kind, name), (op, value))| match value {
        Some(value) => json!({ kind: name, "op": op, "value": value }),
        None => json!({ kind: name, "op": op }),
    })
}

fn measure() -> impl Strategy<Value = Value> {
    let event = select(&["Signed Up", "Order Completed", "Page Viewed", "Ü*", "*", "Never"][..]);
    let measure = prop_oneof![
        select(&["count", "people"][..]).prop_map(|measure| (measure, None)),
        (
            select(&["sum", "avg", "min", "max", "p50", "p90", "p99", "count_distinct"][..]),
            select(&NAMES[..])
        )
            .prop_map(|(measure, name)| (measure, Some(name))),
    ];
    (event, measure).prop_map(|(event, (measure, property))| match property {
        Some(property) => json!({ "event": event, "measure": measure, "property": property }),
        None => json!({ "event": event, "measure": measure }),
    })
}

fn question() -> impl Strategy<Value = Value> {
    let by = select(&["plan", "amount", "a.b", "tags", "deep.er.still", "trait.tier", "absent"][..]);
    let interval = select(&["hour", "day", "week", "month"][..]);
    (
        vec(measure(), 1..4),
        vec(by, 0..4),
        vec(condition(), 0..3),
        interval,
        (0_i32..4, 0_i32..6),
        any::<bool>(),
    )
        .prop_map(|(events, mut by, conditions, interval, (skip, days), whole)| {
            by.sort_unstable();
            by.dedup();
            by.truncate(3);
            json!({ "kind": "trend", "events": events, "by": by, "where": conditions, "interval": interval,
                "range": { "skip": skip, "days": days, "whole": whole } })
        })
}

fn traits(person: u32, name: &str) -> Option<Value> {
    match (name, if person == PersonCode::NOBODY.0 { 2 } else { person % 3 }) {
        ("tier", 0) => Some(json!("gold")),
        ("tier", 1) => Some(json!(person)),
        _ => None,
    }
}

/// The question with a range that begins `skip` days after `beginning`.
fn with_range(question: &Value, beginning: jiff::civil::Date) -> Value {
    let part = |name: &str| question["range"][name].as_i64().unwrap();
    let from = beginning.checked_add(jiff::Span::new().days(part("skip"))).unwrap();
    let to = from.checked_add(jiff::Span::new().days(part("days"))).unwrap();
    let mut question = question.clone();
    question["range"] = if question["range"]["whole"] == json!(true) {
        json!({ "from": from.to_string(), "to": to.to_string() })
    } else {
        json!({ "from": format!("{from}T03:30:00Z"), "to": format!("{to}T17:00:00.001Z") })
    };
    question
}

fn check(steps: &[Step], question: &Value, zone: &str, beginning: &str) {
    let zone = TimeZone::get(zone).expect("the zone is known");
    let beginning: jiff::civil::Date = beginning.parse().unwrap();
    let start_ms = beginning.to_zoned(zone.clone()).unwrap().timestamp().as_millisecond();
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), small());
    let mut rows: Vec<(u64, u32, PlainRow)> = Vec::new();
    let mut survivors: HashMap<u32, u32> = HashMap::new();
    for (offset, step) in (0_u64..).zip(steps) {
        match step {
            Step::Event { person, hour, ms, event: name, properties, context } => {
                let time_ms = start_ms + hour * 3_600_000 + ms;
                apply(&store, &[event(offset, *person, time_ms, EVENTS[*name], properties, context)]);
                let row = PlainRow {
                    person: *person,
                    time_ms,
                    event: EVENTS[*name].to_owned(),
                    properties: properties.clone(),
                    context: context.clone(),
                };
                rows.push((offset, *person, row));
            }
            Step::Merge { into, from } => {
                let (into_code, from_code) = (PersonCode(*into), PersonCode(*from));
                let merge = Order::Merge {
                    workspace: WORKSPACE,
                    into: into_code,
                    from: from_code,
                    reason: "test".to_owned(),
                    at_ms: 0,
                };
                apply(&store, &[order(offset, merge)]);
                let survivor = |code: u32| survivors.get(&code).copied().unwrap_or(code);
                let (into, from) = (survivor(*into), survivor(*from));
                for code in 0..9 {
                    if survivors.get(&code).copied().unwrap_or(code) == from {
                        survivors.insert(code, into);
                    }
                }
            }
            Step::Erase { person } => {
                apply(
                    &store,
                    &[order(
                        offset,
                        Order::Erase { workspace: WORKSPACE, person: PersonCode(*person), at_ms: 0 },
                    )],
                );
                let survivor = |code: &u32| survivors.get(code).copied().unwrap_or(*code);
                let gone = survivor(person);
                rows.retain(|(_, code, _)| survivor(code) != gone);
            }
            Step::Maintain => store.maintain().expect("maintains"),
        }
    }
    let rows: Vec<PlainRow> = rows
        .into_iter()
        .map(|(_, code, row)| PlainRow { person: survivors.get(&code).copied().unwrap_or(code), ..row })
        .collect();
    let document = with_range(question, beginning);
    let question = Question::from_value(&document).unwrap_or_else(|error| panic!("{error}: {document}"));
    let Question::Trend(trend) = &question else { panic!("not a trend") };
    let wanted = plain::trend(&rows, trend, &zone, &traits);
    let insight = Insight::new(store, Arc::new(Rule(traits)), Arc::new(move |_| Ok(zone.clone())));
    match (insight.ask(WORKSPACE, &question), wanted) {
        (Ok(answer), Ok(wanted)) => {
            assert_eq!(answer.columns, wanted.columns);
            for (answered, wanted) in answer.rows.iter().zip(&wanted.rows) {
                assert_eq!(answered, wanted, "{document}");
            }
            assert_eq!(answer.rows.len(), wanted.rows.len(), "{document}");
            assert_eq!(answer.stats.other_groups, wanted.stats.other_groups);
            assert_eq!(answer.stats.other_rows, wanted.stats.other_rows);
        }
        (Err(_), Err(_)) => {}
        (answer, wanted) => panic!("{answer:?} against {wanted:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 320, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn trends_agree_with_the_plain_meaning(
        steps in vec(step(), 0..90),
        question in question(),
        zone in select(&ZONES[..]),
        beginning in select(&BEGINNINGS[..]),
    ) {
        check(&steps, &question, zone, beginning);
    }
}

/// Rows of so many groups, in chunks of their own besides the tail.
fn many_groups(groups: u32) -> (tempfile::TempDir, store::Store, Vec<PlainRow>) {
    const BEGIN_MS: i64 = 1_785_542_400_000;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), store::Config { chunk_rows_max: 2_000, ..small() });
    let mut rows = Vec::new();
    let mut entries = Vec::new();
    for offset in 0..u64::from(groups) * 2 {
        // Every group is there once, some twice, and a few often.
        let group = if offset % 2 == 0 { offset / 2 } else { (offset * offset) % 97 };
        let (person, time_ms) = ((offset % 7) as u32, BEGIN_MS + (offset % 50) as i64 * 3_600_000);
        let properties =
            json!({ "group": format!("group {group}"), "even": group % 2 == 0, "amount": group });
        entries.push(event(offset, person, time_ms, "Order", &properties, &json!({})));
        let (event, context) = ("Order".to_owned(), json!({}));
        rows.push(PlainRow { person, time_ms, event, properties, context });
        if offset == u64::from(groups) {
            apply(&store, &std::mem::take(&mut entries));
            store.maintain().unwrap();
        }
    }
    apply(&store, &entries);
    (dir, store, rows)
}

fn assert_agrees(store: &store::Store, rows: &[PlainRow], document: &Value) {
    let question = Question::from_value(document).unwrap();
    let Question::Trend(trend) = &question else { panic!("not a trend") };
    let wanted = plain::trend(rows, trend, &TimeZone::UTC, &traits).unwrap();
    let insight = Insight::new(store.clone(), Arc::new(Rule(traits)), Arc::new(|_| Ok(TimeZone::UTC)));
    let answer = insight.ask(WORKSPACE, &question).unwrap();
    assert_eq!(answer.rows, wanted.rows);
    assert_eq!(answer.stats.other_groups, wanted.stats.other_groups);
    assert_eq!(answer.stats.other_rows, wanted.stats.other_rows);
    assert!(answer.stats.other_groups > 0, "the case is meant to have more groups than are shown");
}

#[test]
fn the_largest_groups_are_shown_and_the_others_are_told() {
    for groups in [200, 2_500] {
        let (_dir, store, rows) = many_groups(groups);
        for by in [json!(["group"]), json!(["even", "group", "trait.tier"])] {
            let measures = ["people", "sum", "p50", "count_distinct"].map(|measure| match measure {
                "people" => json!({ "event": "Order", "measure": measure }),
                _ => json!({ "event": "*", "measure": measure, "property": "amount" }),
            });
            let document = json!({ "kind": "trend", "events": measures, "by": by,
                "range": { "from": "2026-08-01", "to": "2026-08-03" } });
            assert_agrees(&store, &rows, &document);
        }
    }
}

#[test]
fn other_kinds_say_that_they_are_not_answered_yet() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), small());
    let insight = Insight::new(store, Arc::new(Rule(traits)), Arc::new(|_| Ok(TimeZone::UTC)));
    let sql = Question::from_value(&json!({ "kind": "sql", "sql": "select 1" })).unwrap();
    let error = insight.ask(WORKSPACE, &sql).unwrap_err();
    assert!(error.to_string().contains("`sql`"), "{error}");
}

#[test]
fn an_answer_says_how_fresh_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), small());
    let insight = Insight::new(store.clone(), Arc::new(Rule(traits)), Arc::new(|_| Ok(TimeZone::UTC)));
    let question = Question::from_value(&json!({ "kind": "trend", "events": [{ "event": "A" }],
        "range": { "from": "2026-08-01", "to": "2026-08-01" } }))
    .unwrap();
    let fresh =
        || insight.ask(WORKSPACE, &question).map(|answer| (answer.stats.fresh_offset, answer.stats.fresh_ms));
    assert_eq!(fresh().unwrap(), (0, None));
    apply(&store, &[event(4, 1, 1_000, "A", &json!({}), &json!({}))]);
    assert_eq!(fresh().unwrap(), (5, Some(1_005)));
}

#[test]
fn properties_without_a_column_of_their_own_are_found() {
    const ROWS: u32 = 5_000;
    const BEGIN_MS: i64 = 1_785_542_400_000;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), store::Config { tail_rows: 10_000, chunk_rows_max: 10_000, ..small() });
    let mut rows = Vec::new();
    let mut entries = Vec::new();
    for number in 0..ROWS {
        // One of 600 names, more than there are columns; a name of its own, more than are listed; two ways to
        // spell one name, of which the rare one counts less; and one that is rare.
        let mut properties =
            json!({ format!("shared{}", number % 600): number % 5, format!("own{number}"): "x" });
        properties["cart"] = json!({ "total": number % 3 });
        if number % 2_600 == 7 {
            properties["cart.total"] = json!(99);
            properties["rare"] = json!({ "list": [1], "null": null, "deep": true });
        }
        if number == 2_607 {
            properties["cart"] = json!({ "total": null });
        }
        let (event_name, context) = ("Order".to_owned(), json!({ "rare": { "deep": "from context" } }));
        let time_ms = BEGIN_MS + i64::from(number);
        entries.push(event(u64::from(number), number, time_ms, "Order", &properties, &context));
        rows.push(PlainRow { person: number, time_ms, event: event_name, properties, context });
    }
    apply(&store, &entries);
    store.maintain().unwrap();
    let insight = Insight::new(store.clone(), Arc::new(Rule(traits)), Arc::new(|_| Ok(TimeZone::UTC)));
    for name in
        ["shared3", "shared599", "own1", "own4999", "cart.total", "rare.deep", "rare.list", "rare.null"]
    {
        let document = json!({ "kind": "trend", "events": [{ "event": "*" }], "by": [name],
            "range": { "from": "2026-08-01", "to": "2026-08-01" } });
        let question = Question::from_value(&document).unwrap();
        let Question::Trend(trend) = &question else { panic!("not a trend") };
        let wanted = plain::trend(&rows, trend, &TimeZone::UTC, &traits).unwrap();
        assert_eq!(insight.ask(WORKSPACE, &question).unwrap().rows, wanted.rows, "{name}");
    }
    // And as rows they are what came.
    let filter = store::EventsFilter { limit: 1_000, ..store::EventsFilter::default() };
    let page = store.events(WORKSPACE, &filter).unwrap();
    assert_eq!(page.events.len(), 1_000);
    for (event, row) in page.events.iter().zip(rows.iter().rev()) {
        assert_eq!(serde_json::from_str::<Value>(&event.properties).unwrap(), row.properties);
    }
}
