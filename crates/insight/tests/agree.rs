//! Fast answers agree with the plain meaning, on random events, merges, erasures, zones and questions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod support;

use std::sync::Arc;

use insight::Insight;
use jiff::tz::TimeZone;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use question::plain::{self, PlainRow};
use question::{Ask, Question};
use serde_json::{Value, json};
use stdx::Clock;
use support::world::{BEGINNINGS, NAMES, Step, ZONES, archive, condition, step, traits, with_range};
use support::{Rule, WORKSPACE, apply, event, open, small};

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
        shape(),
    )
        .prop_map(|(events, mut by, conditions, interval, (skip, days), whole, shape)| {
            by.sort_unstable();
            by.dedup();
            by.truncate(3);
            let mut question = json!({ "kind": "trend", "events": events, "by": by, "where": conditions, "interval": interval,
                "range": { "skip": skip, "days": days, "whole": whole } });
            let (compare, show, formula) = shape;
            question["compare"] = json!(compare.then_some("previous"));
            let adds_up = |event: &Value| event["measure"] == "count" || event["measure"] == "sum";
            match show {
                "cumulative" if events.iter().all(adds_up) => question["show"] = json!(show),
                "rolling" => question["rolling"] = json!(2),
                _ => {}
            }
            if formula {
                let last = char::from(b'A' + events.len() as u8 - 1);
                question["formulas"] = json!([{ "name": "Worked out", "formula": format!("A / ({last} - 1)") }]);
            }
            question
        })
}

/// Whether the period before stands beside, what each number is, and whether there is a formula.
fn shape() -> impl Strategy<Value = (bool, &'static str, bool)> {
    (any::<bool>(), select(&["interval", "interval", "cumulative", "rolling"][..]), any::<bool>())
}

fn check(steps: &[Step], question: &Value, zone: &str, beginning: &str) {
    let zone = TimeZone::get(zone).expect("the zone is known");
    let beginning: jiff::civil::Date = beginning.parse().unwrap();
    let (_dir, store, rows) = archive(steps, &zone, beginning);
    let document = with_range(question, beginning);
    let question = Question::from_value(&document).unwrap_or_else(|error| panic!("{error}: {document}"));
    let Question::Trend(trend) = &question else { panic!("not a trend") };
    let wanted = plain::trend(&rows, trend, &zone, &traits);
    let insight =
        Insight::new(store, Arc::new(Rule(traits)), Arc::new(move |_| Ok(zone.clone())), Clock::wall());
    match (insight.ask(WORKSPACE, &question), wanted) {
        (Ok(answer), Ok(wanted)) => {
            assert_eq!(answer.columns, wanted.columns);
            for (answered, wanted) in answer.rows.iter().zip(&wanted.rows) {
                assert_eq!(answered, wanted, "{document}");
            }
            assert_eq!(answer.rows.len(), wanted.rows.len(), "{document}");
            assert_eq!(answer.stats.other_groups, wanted.stats.other_groups);
            assert_eq!(answer.stats.other_rows, wanted.stats.other_rows);
            assert_eq!(answer.stats.previous_from, wanted.stats.previous_from);
            assert_eq!(answer.stats.previous_to, wanted.stats.previous_to);
            support::behind::check(&insight, &question, &document, &answer);
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
    let insight =
        Insight::new(store.clone(), Arc::new(Rule(traits)), Arc::new(|_| Ok(TimeZone::UTC)), Clock::wall());
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
            // Of two days, the second beside the first: the groups are the largest of the second.
            let document = json!({ "kind": "trend", "events": measures, "by": by, "compare": "previous",
                "range": { "from": "2026-08-02", "to": "2026-08-02" } });
            assert_agrees(&store, &rows, &document);
        }
        // Rows alone, of more groups than are otherwise counted at once.
        let document = json!({ "kind": "trend", "events": [{ "event": "*" }], "by": ["group"], "compare": "previous",
            "range": { "from": "2026-08-01", "to": "2026-08-03" } });
        assert_agrees(&store, &rows, &document);
    }
}

/// Rows of five names and few values, in chunks large enough that these count their rows, and some in the tail.
fn counted(
    made: &[(u32, i64, usize, usize)],
    begin_ms: i64,
) -> (tempfile::TempDir, store::Store, Vec<PlainRow>) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), store::Config { chunk_rows_max: 600, ..small() });
    let (mut rows, mut entries) = (Vec::new(), Vec::new());
    for (offset, (person, ms, name, plan)) in (0_u64..).zip(made) {
        let mut properties = match plan {
            0 => json!({}),
            1 => json!({ "plan": 1 }),
            plan => json!({ "plan": format!("plan {plan}") }),
        };
        // Chunks have different people, and so other words here.
        properties["team"] = json!(format!("team {}", person * 7 % 9));
        let (context, name) = (json!({ "locale": "de" }), support::world::EVENTS[*name]);
        let time_ms = begin_ms + ms;
        entries.push(event(offset, *person, time_ms, name, &properties, &context));
        rows.push(PlainRow { person: *person, time_ms, event: name.to_owned(), properties, context });
        if offset as usize == made.len() * 9 / 10 {
            apply(&store, &std::mem::take(&mut entries));
            store.maintain().unwrap();
        }
    }
    apply(&store, &entries);
    (dir, store, rows)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn trends_from_counts_agree_with_the_plain_meaning(
        made in vec((0..9_u32, prop_oneof![5 => 0..100_i64, 1 => 0..700_i64].prop_map(|hours| hours * 3_600_000), 0..4_usize, 0..5_usize), 200..900),
        events in vec(select(&["Signed Up", "Page Viewed", "*"][..]), 1..3),
        by in select(&[None, Some("plan"), Some("team"), Some("locale"), Some("absent")][..]),
        interval in select(&["hour", "day", "week", "month"][..]),
        (skip, days, whole) in (0_i32..3, 0_i32..9, any::<bool>()),
        zone in select(&ZONES[..]),
        beginning in select(&BEGINNINGS[..]),
    ) {
        let events: Vec<Value> = events.iter().map(|name| json!({ "event": name })).collect();
        let question = json!({ "kind": "trend", "events": events, "interval": interval, "by": by.into_iter().collect::<Vec<_>>(),
            "range": { "skip": skip, "days": days, "whole": whole } });
        let zone = TimeZone::get(zone).expect("the zone is known");
        let beginning: jiff::civil::Date = beginning.parse().unwrap();
        let begin_ms = beginning.to_zoned(zone.clone()).unwrap().timestamp().as_millisecond();
        let (_dir, store, rows) = counted(&made, begin_ms);
        let document = with_range(&question, beginning);
        let question = Question::from_value(&document).unwrap();
        let Question::Trend(trend) = &question else { panic!("not a trend") };
        let wanted = plain::trend(&rows, trend, &zone, &traits).unwrap();
        let insight =
            Insight::new(store, Arc::new(Rule(traits)), Arc::new(move |_| Ok(zone.clone())), Clock::wall());
        let answer = insight.ask(WORKSPACE, &question).unwrap();
        prop_assert_eq!(answer.rows, wanted.rows, "{}", document);
        prop_assert_eq!((answer.stats.other_groups, answer.stats.other_rows), (0, 0));
    }
}

#[test]
fn what_chunks_have_counted_is_not_read() {
    const BEGIN_MS: i64 = 1_785_542_400_000;
    let made: Vec<_> =
        (0..1_000).map(|row| (row % 7, i64::from(row % 72) * 3_600_000, 1, row as usize % 4)).collect();
    let (_dir, store, rows) = counted(&made, BEGIN_MS);
    let insight = Insight::new(store, Arc::new(Rule(traits)), Arc::new(|_| Ok(TimeZone::UTC)), Clock::wall());
    let question = json!({ "kind": "trend", "events": [{ "event": "*" }], "by": ["plan"],
        "range": { "from": "2026-08-01", "to": "2026-08-03" } });
    let question = Question::from_value(&question).unwrap();
    let Question::Trend(trend) = &question else { panic!("not a trend") };
    let answer = insight.ask(WORKSPACE, &question).unwrap();
    assert_eq!(answer.rows, plain::trend(&rows, trend, &TimeZone::UTC, &traits).unwrap().rows);
    assert_eq!((answer.stats.rows_counted, answer.stats.rows_read), (901, 99));
}

#[test]
fn free_sql_is_asked_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), small());
    let insight = Insight::new(store, Arc::new(Rule(traits)), Arc::new(|_| Ok(TimeZone::UTC)), Clock::wall());
    let sql = Question::from_value(&json!({ "kind": "sql", "sql": "select 1" })).unwrap();
    let error = insight.ask(WORKSPACE, &sql).unwrap_err();
    assert!(error.to_string().contains("SQL"), "{error}");
}

#[test]
fn an_answer_says_how_fresh_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), small());
    let insight =
        Insight::new(store.clone(), Arc::new(Rule(traits)), Arc::new(|_| Ok(TimeZone::UTC)), Clock::wall());
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
    let insight =
        Insight::new(store.clone(), Arc::new(Rule(traits)), Arc::new(|_| Ok(TimeZone::UTC)), Clock::wall());
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
