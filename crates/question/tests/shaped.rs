//! What is worked out of a trend's numbers: the period before, running totals, rolling means, formulas.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

use jiff::tz::TimeZone;
use proptest::prelude::*;
use question::plain::{PlainRow, trend};
use question::{Answer, Bound, Interval, Question, Range};
use serde_json::{Value, json};

/// Somebody's order of so much on a day of August 2026.
fn order(day: i64, country: &str, amount: i64) -> PlainRow {
    const BEGIN_MS: i64 = 1_785_542_400_000;
    PlainRow {
        person: 1,
        time_ms: BEGIN_MS + (day - 1) * 86_400_000,
        event: "Order".to_owned(),
        properties: json!({ "amount": amount, "country": country }),
        context: json!({}),
    }
}

fn orders() -> Vec<PlainRow> {
    let made = [(1, "DE", 5), (2, "FR", 7), (3, "DE", 1), (4, "DE", 10), (4, "DE", 20), (6, "FR", 3)];
    made.map(|(day, country, amount)| order(day, country, amount)).into()
}

/// A trend of how many orders, and of how much, from the 4th to the 6th, with more fields.
fn document(more: Value) -> Value {
    let mut document = json!({ "kind": "trend", "range": { "from": "2026-08-04", "to": "2026-08-06" },
        "events": [{ "event": "Order" }, { "event": "Order", "measure": "sum", "property": "amount" }] });
    document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    document
}

fn answer(more: Value) -> Answer {
    let document = document(more);
    let Question::Trend(question) =
        Question::from_value(&document).unwrap_or_else(|error| panic!("{error}: {document}"))
    else {
        panic!("{document}")
    };
    let written = serde_json::to_value(&question).unwrap();
    let mut again = written.clone();
    again["kind"] = json!("trend");
    assert_eq!(Question::from_value(&again), Ok(Question::Trend(question.clone())), "{written}");
    trend(&orders(), &question, &TimeZone::UTC, &|_, _| None).unwrap()
}

/// The rows without their times.
fn numbers(answer: &Answer) -> Value {
    answer.rows.iter().map(|row| json!(row[1..])).collect()
}

fn heads(answer: &Answer) -> Vec<&str> {
    answer.columns.iter().map(|column| column.name.as_str()).collect()
}

#[test]
fn formulas_stand_behind_the_events_and_are_null_where_nothing_can_be_divided() {
    let found = answer(json!({ "formulas": [{ "name": "Each", "formula": "B / A" },
        { "formula": " -(a + 2) * 1.5 - 4/2*3 " }] }));
    assert_eq!(
        heads(&found),
        ["time", "Order (count)", "Order (sum amount)", "Each", "-(a + 2) * 1.5 - 4/2*3"]
    );
    assert_eq!(numbers(&found), json!([[2, 30, 15, -12], [0, 0, null, -9], [1, 3, 3, -10.5]]));
    // Of what is null, and beyond what a number can be.
    let events = json!([{ "event": "None" }, { "event": "None", "measure": "avg", "property": "amount" }]);
    let formulas = json!([{ "formula": "B + 1" }, { "formula": "A * 7" }, { "formula": "B * A" }]);
    let more = json!({ "events": events, "formulas": formulas });
    assert_eq!(answer(more.clone()).rows[0][2..], [Value::Null, Value::Null, json!(0), Value::Null]);
    let Ok(Question::Trend(trend)) = Question::from_value(&document(more)) else { panic!("is read") };
    assert_eq!(trend.formulas[2].value(&[json!(1e300), json!(1e300)]), Value::Null);
}

#[test]
fn running_totals_add_up_and_formulas_are_of_them() {
    let found = answer(json!({ "show": "cumulative", "formulas": [{ "name": "Each", "formula": "B / A" }] }));
    assert_eq!(numbers(&found), json!([[2, 30, 15], [2, 30, 15], [3, 33, 11]]));
    let split = answer(json!({ "show": "cumulative", "by": ["country"] }));
    let of = |country: &str| -> Vec<Value> {
        split.rows.iter().filter(|row| row[1] == country).map(|row| row[2].clone()).collect()
    };
    assert_eq!((of("DE"), of("FR")), (vec![json!(2); 3], vec![json!(0), json!(0), json!(1)]));
}

#[test]
fn rolling_means_begin_where_there_are_enough_intervals() {
    let range = json!({ "from": "2026-08-01", "to": "2026-08-06" });
    let found = answer(json!({ "rolling": 3, "range": range,
        "events": [{ "event": "Order" }, { "event": "Order", "measure": "avg", "property": "amount" }] }));
    // Of averages, those of the days that have one.
    assert_eq!(
        numbers(&found),
        json!([[null, null], [null, null], [1, 13.0 / 3.0], [4.0 / 3.0, 23.0 / 3.0], [1, 8], [1, 9]])
    );
}

#[test]
fn the_period_before_stands_beside_interval_by_interval() {
    let found =
        answer(json!({ "compare": "previous", "formulas": [{ "name": "Each", "formula": "B / A" }] }));
    assert_eq!(
        heads(&found)[3..],
        ["Each", "Order (count) (previous)", "Order (sum amount) (previous)", "Each (previous)"]
    );
    assert_eq!(numbers(&found), json!([[2, 30, 15, 1, 5, 5], [0, 0, null, 1, 7, 7], [1, 3, 3, 1, 1, 1]]));
    assert_eq!(
        (found.stats.previous_from.as_deref(), found.stats.previous_to.as_deref()),
        (Some("2026-08-01T00:00:00Z"), Some("2026-08-04T00:00:00Z"))
    );
    // The groups are those of the period that is asked for; those that were not there before have zeros.
    let found = answer(json!({ "compare": "previous", "show": "cumulative", "by": ["country"],
        "events": [{ "event": "Order" }], "range": { "from": "2026-08-06", "to": "2026-08-07" } }));
    assert_eq!(numbers(&found), json!([["FR", 1, 0], ["FR", 1, 0]]));
}

fn before(zone: &str, from: &str, to: &str, interval: Interval) -> (String, String) {
    let bound = |text: &str| match text.parse() {
        Ok(day) if text.len() == 10 => Bound::Day(day),
        _ => Bound::Instant(text.parse().unwrap()),
    };
    let range = Range { from: bound(from), to: bound(to) };
    let zone = TimeZone::get(zone).unwrap();
    let before = serde_json::to_value(range.before(interval, &zone).unwrap()).unwrap();
    let text = |end: &str| before[end].as_str().unwrap().to_owned();
    (text("from"), text("to"))
}

#[test]
fn the_period_before_is_as_long_and_ends_where_the_other_begins() {
    use Interval::{Day, Hour, Month, Week};
    for (from, to, interval, wanted) in [
        ("2026-08-01", "2026-08-31", Day, ("2026-07-01", "2026-07-31")),
        ("2026-02-01", "2026-02-28", Hour, ("2026-01-04", "2026-01-31")),
        // By weeks so many weeks earlier, from the same weekday to the same.
        ("2026-08-01", "2026-08-30", Week, ("2026-06-27", "2026-07-26")),
        ("2026-08-03", "2026-08-16", Week, ("2026-07-20", "2026-08-02")),
        // By months so many months earlier, to the last day where the other has its last day.
        ("2026-01-01", "2026-03-31", Month, ("2025-10-01", "2025-12-31")),
        ("2026-02-01", "2026-02-28", Month, ("2026-01-01", "2026-01-31")),
        ("2026-08-15", "2026-09-20", Month, ("2026-06-15", "2026-07-20")),
        ("2026-03-30", "2026-03-30", Month, ("2026-02-28", "2026-02-28")),
        // A day of twenty-three hours, and instants.
        ("2026-03-29", "2026-03-29", Day, ("2026-03-28", "2026-03-28")),
        (
            "2026-08-01T12:00:00Z",
            "2026-08-01T15:00:00Z",
            Day,
            ("2026-08-01T09:00:00Z", "2026-08-01T12:00:00Z"),
        ),
        ("2026-03-29", "2026-03-29T22:00:00Z", Day, ("2026-03-28T00:00:00Z", "2026-03-28T23:00:00Z")),
    ] {
        let (wanted_from, wanted_to) = wanted;
        let found = before("Europe/Berlin", from, to, interval);
        assert_eq!(found, (wanted_from.to_owned(), wanted_to.to_owned()), "{from} to {to} by {interval:?}");
    }
    let early = json!({ "range": { "from": "1970-01-05", "to": "1970-02-05" }, "compare": "previous" });
    let Ok(Question::Trend(early)) = Question::from_value(&document(early)) else { panic!("is read") };
    let error = trend(&[], &early, &TimeZone::UTC, &|_, _| None).unwrap_err();
    assert_eq!(error.pointer, "/compare");
}

#[test]
fn what_cannot_be_worked_out_is_refused_with_the_place_and_the_fix() {
    let formula = |text: &str| json!({ "formulas": [{ "name": "x", "formula": text }] });
    let people = json!([{ "event": "A" }, { "event": "B", "measure": "people" }]);
    let nested = format!("{}A{}", "(".repeat(17), ")".repeat(17));
    let (place, named) = ("/formulas/0/formula", "/formulas/0/name");
    for (more, pointer, text) in [
        (formula("A / C"), place, "at letter 5: names an event that is not there; use A to B"),
        (formula("A // B"), place, "at letter 4"),
        (formula("A B"), place, "at letter 3: is not joined"),
        (formula("AB"), place, "longer than one letter"),
        (formula("(A + B"), place, "at letter 7: a parenthesis is not closed"),
        (formula("A)"), place, "at letter 2: closes what was not opened"),
        (formula("A +"), place, "at letter 4: something is missing"),
        (formula("1.2.3"), place, "is not a number"),
        (formula("A × B"), place, "at letter 3: is not joined"),
        (formula("é"), place, "at letter 1: is no part of a formula"),
        (formula(&nested), place, "nested too deep"),
        (formula(&"-".repeat(18)), place, "nested too deep"),
        (formula(""), place, "is empty"),
        (formula(&"1+".repeat(200)), place, "at most 200 bytes"),
        (json!({ "formulas": [{ "name": "x" }] }), place, "\"A / B\""),
        (json!({ "formulas": [{ "name": "Order (count)", "formula": "A" }] }), named, "another column"),
        (
            json!({ "formulas": [{ "name": "Order (count) (previous)", "formula": "A" }] }),
            named,
            "another column",
        ),
        (
            json!({ "formulas": [{ "formula": "A" }, { "formula": "A" }] }),
            "/formulas/1/name",
            "another column",
        ),
        (json!({ "formulas": vec![json!({ "formula": "A" }); 6] }), "/formulas", "0 to 5"),
        (json!({ "compare": "last" }), "/compare", "`previous`"),
        (json!({ "show": "total" }), "/show", "`cumulative`"),
        (
            json!({ "show": "cumulative", "events": people }),
            "/show",
            "the measure `people` of event 2 does not",
        ),
        (json!({ "rolling": 1 }), "/rolling", "2 to 1000"),
        (json!({ "rolling": 7, "show": "cumulative" }), "/rolling", "leave it or `show` out"),
    ] {
        let error = Question::from_value(&document(more.clone())).expect_err(&more.to_string());
        assert_eq!(error.pointer, pointer, "{error}: {more}");
        assert!(error.to_string().contains(text), "`{error}` lacks `{text}`");
    }
}

/// A formula, and its value where A is `a` and B is `b`, in Rust's own arithmetic.
fn formula(a: f64, b: f64) -> impl Strategy<Value = (String, Option<f64>)> {
    let leaf = prop_oneof![
        Just(("A".to_owned(), Some(a))),
        Just(("b".to_owned(), Some(b))),
        (0_u32..20).prop_map(|number| (number.to_string(), Some(f64::from(number)))),
        (0_u32..80).prop_map(|quarters| {
            let number = f64::from(quarters) / 4.0;
            (format!("{number:.2}"), Some(number))
        }),
    ];
    leaf.prop_recursive(4, 16, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|(text, value)| (format!("-({text})"), value.map(|value| -value))),
            (inner.clone(), prop::sample::select(vec!['+', '-', '*', '/']), inner).prop_map(
                |((left, a), sign, (right, b))| {
                    let value = a.zip(b).and_then(|(a, b)| match sign {
                        '+' => Some(a + b),
                        '-' => Some(a - b),
                        '*' => Some(a * b),
                        _ => (b != 0.0).then(|| a / b),
                    });
                    (format!("({left}) {sign}({right})"), value)
                }
            ),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn formulas_are_worked_out_as_they_are_written((text, wanted) in formula(6.0, 0.5)) {
        let more = json!({ "formulas": [{ "name": "x", "formula": text }] });
        let Ok(Question::Trend(trend)) = Question::from_value(&document(more)) else { return Ok(()) };
        let found = trend.formulas[0].value(&[json!(6), json!(0.5)]);
        prop_assert_eq!(found.as_f64(), wanted, "{}", text);
    }

    #[test]
    fn any_text_is_a_formula_or_refused_at_its_place(text in "[-+*/()AB ab0-9.]{1,40}|\\PC{1,40}") {
        let more = json!({ "formulas": [{ "name": "x", "formula": text }] });
        match Question::from_value(&document(more)) {
            Ok(_) => {}
            Err(error) => prop_assert_eq!(error.pointer, "/formulas/0/formula"),
        }
    }
}
