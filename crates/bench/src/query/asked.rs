//! The nine questions, and their answers in the one form in which engines are compared.

use std::collections::BTreeMap;

use question::Answer;
use serde_json::{Value, json};

/// The steps that many take.
const FREQUENT: [&str; 4] = ["Page Viewed", "Product Viewed", "Product Added", "Order Completed"];
/// The steps that few take.
const RARE: [&str; 4] = ["Signed Up", "Project Created", "Invite Sent", "Plan Upgraded"];
/// How many paths and flows are asked for.
const TOP: usize = 20;

/// A question.
pub(super) struct Asked {
    /// Its name between processes.
    pub(super) key: &'static str,
    /// Its name for people.
    pub(super) title: &'static str,
    /// How many times as fast as the best of the others we must be.
    pub(super) floor: f64,
    /// How many times as fast we want to be.
    pub(super) goal: f64,
    /// What we are asked.
    pub(super) document: fn() -> Value,
    /// Our answer in the form in which they are compared.
    rows: fn(&Answer) -> Vec<Vec<Value>>,
}

/// All of them, in the order in which they are asked.
pub(super) const ASKED: [Asked; 9] = [
    Asked {
        key: "trend",
        title: "trend by country",
        floor: 1.0,
        goal: 1.2,
        document: || trend(json!({"events": [{"event": "Product Viewed"}], "by": ["country"]})),
        rows: |answer| {
            let cell = |row: &Vec<Value>| vec![day(at(row, 0)), at(row, 1), at(row, 2)];
            answer.rows.iter().filter(|row| number(row, 2) > 0).map(cell).collect()
        },
    },
    Asked {
        key: "unique",
        title: "unique users per week",
        floor: 4.0,
        goal: 8.0,
        document: || trend(json!({"events": [{"event": "*", "measure": "people"}], "interval": "week"})),
        rows: |answer| answer.rows.iter().map(|row| vec![day(at(row, 0)), at(row, 1)]).collect(),
    },
    Asked {
        key: "funnel",
        title: "funnel, frequent steps",
        floor: 3.0,
        goal: 6.0,
        document: || funnel(FREQUENT, json!([])),
        rows: |answer| vec![answer.rows.iter().map(|row| at(row, 1)).collect()],
    },
    Asked {
        key: "funnel_rare",
        title: "funnel, rare steps",
        floor: 1.0,
        goal: 1.5,
        document: || funnel(RARE, json!([])),
        rows: |answer| vec![answer.rows.iter().map(|row| at(row, 1)).collect()],
    },
    Asked {
        key: "funnel_country",
        title: "funnel by country",
        floor: 4.0,
        goal: 8.0,
        document: || funnel(FREQUENT, json!(["country"])),
        rows: |answer| {
            let mut groups: BTreeMap<String, Vec<Value>> = BTreeMap::new();
            for row in &answer.rows {
                groups.entry(text(row, 0)).or_default().push(at(row, 2));
            }
            groups.into_iter().map(|(country, steps)| [vec![json!(country)], steps].concat()).collect()
        },
    },
    Asked {
        key: "retention",
        title: "weekly retention",
        floor: 4.0,
        goal: 8.0,
        document: || json!({"kind": "retention", "start": {"event": "*"}, "return": {"event": "*"}, "range": range()}),
        rows: |answer| {
            let cell = |row: &Vec<Value>| vec![day(at(row, 0)), at(row, 1), at(row, 2)];
            answer.rows.iter().filter(|row| number(row, 2) > 0).map(cell).collect()
        },
    },
    Asked {
        key: "cohort",
        title: "people who did, and did not",
        floor: 1.0,
        goal: 1.3,
        document: || {
            json!({"kind": "people", "who": {"all": [
                {"did": {"event": "Order Completed"}, "times": {"gte": 3}, "within": "30d"},
                {"not": {"did": {"event": "Subscription Cancelled"}}}]}})
        },
        rows: |answer| answer.rows.clone(),
    },
    Asked {
        key: "flow",
        title: "flow, top 20 of 3 steps",
        floor: 5.0,
        goal: 15.0,
        document: || {
            // Paths that end early are among the most frequent; the others' question leaves them out.
            json!({"kind": "flow", "start": {"event": "*"}, "depth": 3, "top": 100, "session": "30m", "range": range()})
        },
        rows: |answer| {
            let whole = answer.rows.iter().filter(|row| !at(row, 2).is_null()).take(TOP);
            whole.map(|row| vec![at(row, 0), at(row, 1), at(row, 2), at(row, 4)]).collect()
        },
    },
    Asked {
        key: "paths",
        title: "top 20 of 6,000 paths",
        floor: 2.0,
        goal: 3.0,
        document: || trend(json!({"events": [{"event": "*"}], "by": ["path"], "interval": "month"})),
        rows: |answer| {
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            for row in &answer.rows {
                *counts.entry(text(row, 1)).or_default() += number(row, 2);
            }
            let mut ranked: Vec<(String, u64)> = counts.into_iter().collect();
            ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            ranked.into_iter().take(TOP).map(|(path, count)| vec![json!(path), json!(count)]).collect()
        },
    },
];

impl Asked {
    /// The question of this name.
    pub(super) fn named(key: &str) -> Option<&'static Self> {
        ASKED.iter().find(|asked| asked.key == key)
    }

    /// What an answer says, in the form in which they are compared.
    pub(super) fn rows(&self, answer: &Answer) -> Vec<Vec<Value>> {
        (self.rows)(answer)
    }
}

/// The ninety days.
fn range() -> Value {
    json!({"from": "2026-01-05", "to": "2026-04-04"})
}

fn trend(of: Value) -> Value {
    whole(json!({"kind": "trend", "range": range()}), of)
}

fn funnel(steps: [&str; 4], by: Value) -> Value {
    let steps = steps.map(|event| json!({"event": event}));
    json!({"kind": "funnel", "steps": steps, "within": "7d", "range": range(), "by": by})
}

fn whole(mut base: Value, more: Value) -> Value {
    if let (Value::Object(base), Value::Object(more)) = (&mut base, more) {
        base.extend(more);
    }
    base
}

fn at(row: &[Value], column: usize) -> Value {
    row.get(column).cloned().unwrap_or_default()
}

fn number(row: &[Value], column: usize) -> u64 {
    row.get(column).and_then(Value::as_u64).unwrap_or_default()
}

fn text(row: &[Value], column: usize) -> String {
    row.get(column).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The day of an instant.
fn day(time: Value) -> Value {
    json!(time.as_str().and_then(|time| time.get(..10)).unwrap_or_default())
}
