//! The plain meaning, on examples that can be counted by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

use jiff::tz::TimeZone;
use question::Question;
use question::plain::{PlainRow, trend};
use serde_json::{Value, json};

/// An event of a person at a time of the first of August 2026, in UTC.
fn row(person: u32, hour: i64, event: &str, properties: Value) -> PlainRow {
    const BEGIN_MS: i64 = 1_785_542_400_000;
    PlainRow {
        person,
        time_ms: BEGIN_MS + hour * 3_600_000,
        event: event.to_owned(),
        properties,
        context: json!({ "plan": "from context", "locale": "de" }),
    }
}

fn rows() -> Vec<PlainRow> {
    vec![
        row(1, 0, "Order", json!({ "amount": 10, "plan": "pro" })),
        row(1, 5, "Order", json!({ "amount": 2.5, "plan": "pro" })),
        row(2, 21, "Order", json!({ "amount": "7", "plan": null })),
        row(2, 22, "Order", json!({ "plan": "free", "cart": { "n": 1 } })),
        row(3, 22, "View", json!({})),
        row(3, 30, "Order", json!({ "amount": 1 })),
    ]
}

fn check(zone: &str, document: Value, wanted: Value) {
    let Ok(Question::Trend(question)) = Question::from_value(&document) else { panic!("{document}") };
    let zone = TimeZone::get(zone).unwrap();
    let traits = |person: u32, name: &str| (name == "tier" && person < 3).then(|| json!(person));
    let answer = trend(&rows(), &question, &zone, &traits).unwrap();
    assert_eq!(serde_json::to_value(&answer.rows).unwrap(), wanted, "{document}");
}

#[test]
fn trends_count_what_they_say() {
    let day = json!({ "from": "2026-08-01", "to": "2026-08-01" });
    let begin = "2026-08-01T00:00:00Z";
    check(
        "UTC",
        json!({"kind":"trend","events":[{"event":"Order"},{"event":"Order","measure":"people"},
        {"event":"*"},{"event":"None"}],"range":day}),
        json!([[begin, 4, 2, 5, 0]]),
    );
    // In Berlin the day begins and ends two hours earlier.
    check(
        "Europe/Berlin",
        json!({"kind":"trend","events":[{"event":"Order"}],"range":day}),
        json!([["2026-07-31T22:00:00Z", 3]]),
    );
    let numbers = ["sum", "avg", "min", "max", "p50", "p99", "count_distinct"]
        .map(|measure| json!({ "event": "Order", "measure": measure, "property": "amount" }));
    check(
        "UTC",
        json!({"kind":"trend","events":numbers,"range":day}),
        json!([[begin, 12.5, 6.25, 2.5, 10, 2.5, 10, 3]]),
    );
    let nothing = ["sum", "avg", "min", "p50", "count_distinct"]
        .map(|measure| json!({ "event": "View", "measure": measure, "property": "amount" }));
    check(
        "UTC",
        json!({"kind":"trend","events":nothing,"range":day}),
        json!([[begin, 0, null, null, null, 0]]),
    );
    check(
        "UTC",
        json!({"kind":"trend","events":[{"event":"Order"}],"range":day,"by":["plan","trait.tier"]}),
        json!([[begin, "pro", 1, 2], [begin, "free", 2, 1], [begin, "from context", 2, 1]]),
    );
}

#[test]
fn conditions_hold_as_they_say() {
    let day = json!({ "from": "2026-08-01", "to": "2026-08-01" });
    for (condition, wanted) in [
        (json!({"property":"amount","op":"eq","value":10.0}), 1),
        (json!({"property":"amount","op":"ne","value":10}), 3),
        (json!({"property":"amount","op":"gt","value":2}), 2),
        (json!({"property":"amount","op":"gt","value":"2"}), 1),
        (json!({"property":"amount","op":"exists"}), 3),
        (json!({"property":"amount","op":"not_exists"}), 1),
        (json!({"property":"plan","op":"in","value":["pro","free"]}), 3),
        (json!({"property":"plan","op":"not_in","value":["pro","free"]}), 1),
        (json!({"property":"plan","op":"contains","value":"ro"}), 3),
        (json!({"property":"plan","op":"starts_with","value":"from"}), 1),
        (json!({"property":"locale","op":"eq","value":"de"}), 4),
        (json!({"property":"cart.n","op":"lte","value":1}), 1),
        (json!({"property":"cart","op":"exists"}), 0),
        (json!({"trait":"tier","op":"eq","value":2}), 2),
        (json!({"property":"trait.tier","op":"lt","value":2}), 2),
    ] {
        check(
            "UTC",
            json!({"kind":"trend","events":[{"event":"Order"}],"range":day,"where":[condition]}),
            json!([["2026-08-01T00:00:00Z", wanted]]),
        );
    }
}
