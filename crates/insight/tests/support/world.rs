//! Random archives, questions' parts, and the rows that the plain meaning sees.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use model::{Order, PersonCode};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use question::plain::PlainRow;
use serde_json::{Value, json};

use super::{WORKSPACE, apply, event, open, order, small};

/// Where clocks are turned by an hour, by half an hour, at midnight, or not at all; one skipped a day.
pub const ZONES: [&str; 7] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Havana",
    "Asia/Kathmandu",
    "Pacific/Apia",
];

/// Days around which clocks are turned, as the first day of the data.
pub const BEGINNINGS: [&str; 5] = ["2026-03-27", "2026-10-23", "2026-03-06", "2026-04-03", "2011-12-28"];

pub const EVENTS: [&str; 4] = ["Signed Up", "Order Completed", "Page Viewed", "Ü*"];
pub const NAMES: [&str; 8] = ["plan", "amount", "a.b", "a", "tags", "deep.er.still", "flag", "absent"];

#[derive(Clone, Debug)]
pub enum Step {
    Event { person: u32, hour: i64, ms: i64, event: usize, properties: Value, context: Value },
    Merge { into: u32, from: u32 },
    Erase { person: u32 },
    Maintain,
}

pub fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => select(&["free", "pro", "", "1", "prö", "[1]", "a\"b\\c\n"][..]).prop_map(Value::from),
        3 => (-3_i64..5).prop_map(Value::from),
        2 => (-8_i64..9).prop_map(|quarters| json!(quarters as f64 / 4.0)),
        1 => select(vec![json!(true), json!(false), Value::Null, json!(9_007_199_254_740_993_i64), json!(u64::MAX)]),
    ]
}

pub fn object() -> impl Strategy<Value = Value> {
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

pub fn step() -> impl Strategy<Value = Step> {
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

pub fn condition() -> impl Strategy<Value = Value> {
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

pub fn traits(person: u32, name: &str) -> Option<Value> {
    match (name, if person == PersonCode::NOBODY.0 { 2 } else { person % 3 }) {
        ("tier", 0) => Some(json!("gold")),
        ("tier", 1) => Some(json!(person)),
        _ => None,
    }
}

/// The question with a range that begins `skip` days after `beginning`.
pub fn with_range(question: &Value, beginning: jiff::civil::Date) -> Value {
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

/// The archive in which all that happened, and its rows, in the order in which they arrived.
pub fn archive(
    steps: &[Step],
    zone: &TimeZone,
    beginning: jiff::civil::Date,
) -> (tempfile::TempDir, store::Store, Vec<PlainRow>) {
    let start_ms = beginning.to_zoned(zone.clone()).unwrap().timestamp().as_millisecond();
    let dir = tempfile::tempdir().unwrap();
    // Often so tight that people come in many bands, and rows that stand elsewhere in many rounds.
    let walk = if steps.len().is_multiple_of(3) {
        store::WalkBounds::default()
    } else {
        let kept_rows_max = steps.len() % 5;
        store::WalkBounds { loose_rows_max: 4, kept_rows_max, share_rows_min: 10 }
    };
    let store = open(dir.path(), store::Config { walk, ..small() });
    let mut rows: Vec<(u64, u32, PlainRow)> = Vec::new();
    let mut survivors: HashMap<u32, u32> = HashMap::new();
    let mut batch = Vec::new();
    for (offset, step) in (0_u64..).zip(steps) {
        match step {
            Step::Event { person, hour, ms, event: name, properties, context } => {
                let time_ms = start_ms + hour * 3_600_000 + ms;
                batch.push(event(offset, *person, time_ms, EVENTS[*name], properties, context));
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
                // Whoever decides names people who live.
                let survivor = |code: u32| survivors.get(&code).copied().unwrap_or(code);
                let (into, from) = (survivor(*into), survivor(*from));
                let merge = Order::Merge {
                    workspace: WORKSPACE,
                    into: PersonCode(into),
                    from: PersonCode(from),
                    reason: "test".to_owned(),
                    at_ms: 0,
                };
                batch.push(order(offset, merge));
                for code in 0..9 {
                    if survivors.get(&code).copied().unwrap_or(code) == from {
                        survivors.insert(code, into);
                    }
                }
            }
            Step::Erase { person } => {
                let person_code = PersonCode(*person);
                let erase = Order::Erase { workspace: WORKSPACE, person: person_code, at_ms: 0 };
                batch.push(order(offset, erase));
                let survivor = |code: &u32| survivors.get(code).copied().unwrap_or(*code);
                let gone = survivor(person);
                rows.retain(|(_, code, _)| survivor(code) != gone);
            }
            Step::Maintain => {
                apply(&store, &std::mem::take(&mut batch));
                store.maintain().expect("maintains");
            }
        }
        // Sometimes alone, sometimes many at once.
        if offset % 7 == 3 {
            apply(&store, &std::mem::take(&mut batch));
        }
    }
    apply(&store, &batch);
    let rows: Vec<PlainRow> = rows
        .into_iter()
        .map(|(_, code, row)| PlainRow { person: survivors.get(&code).copied().unwrap_or(code), ..row })
        .collect();
    (dir, store, rows)
}
