//! Answers equal those that DuckDB gives in SQL, on random histories, zones and questions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod peer;
mod support;

use std::sync::Arc;

use insight::Insight;
use peer::data::{World, world};
use peer::{Dice, Peer, data, questions, sql, trends};
use question::{Answer, Ask, Question, plain};
use serde_json::Value;
use stdx::Clock;
use support::{Rule, WORKSPACE};

/// Where clocks are turned while the events happen, by an hour or by half of one, and where they are not.
const WORLDS: [(&str, &str); 5] = [
    ("Europe/Berlin", "2026-10-05"),
    ("America/New_York", "2026-02-20"),
    ("Australia/Lord_Howe", "2026-03-10"),
    ("Asia/Kathmandu", "2026-06-01"),
    ("America/Santiago", "2026-08-20"),
];

fn long() -> bool {
    std::env::var_os("HOLDFAST_TEST_LONG").is_some()
}

/// Asks `count` questions of every world, or many more in the long form.
fn agree(
    seed: u64,
    count: u64,
    make: fn(&mut Dice, &World) -> Value,
    answer: fn(&mut Peer, &World, &Question) -> Rows,
) {
    let seed = std::env::var("HOLDFAST_TEST_SEED").map_or(seed, |text| text.parse().expect("a number"));
    let (events, rounds) = if long() { (2_500, 3) } else { (700, 1) };
    for round in 0..rounds {
        for (place, (zone, first_day)) in WORLDS.into_iter().enumerate() {
            let mut dice = Dice(seed + 1_000 * place as u64 + 100_000 * round);
            let mut peer = Peer::start(zone);
            let world = world(&mut peer, zone, first_day.parse().unwrap(), (dice.below(u64::MAX), events));
            let zone_of = world.zone.clone();
            let insight = Insight::new(
                world.store.clone(),
                Arc::new(Rule(data::traits)),
                Arc::new(move |_| Ok(zone_of.clone())),
                Clock::manual(world.now).0,
            );
            for _ in 0..if long() { count * 4 } else { count } {
                let document = make(&mut dice, &world);
                let question =
                    Question::from_value(&document).unwrap_or_else(|error| panic!("{error}: {document}"));
                let wanted = answer(&mut peer, &world, &question);
                let given =
                    insight.ask(WORKSPACE, &question).unwrap_or_else(|error| panic!("{error}: {document}"));
                let given = rows(&given);
                for (given, wanted) in given.iter().zip(&wanted) {
                    assert_eq!(given, wanted, "{zone}: {document}");
                }
                assert_eq!(given.len(), wanted.len(), "{zone}: {document}");
            }
        }
    }
}

/// Rows in a form in which numbers and texts compare, in an order of their own.
type Rows = Vec<Vec<String>>;

fn rows(answer: &Answer) -> Rows {
    sorted(answer.rows.iter().map(|row| row.iter().map(cell).collect()).collect())
}

fn cell(value: &Value) -> String {
    // Both zeros are one number.
    value.as_f64().map_or_else(|| value.to_string(), |number| format!("{:.6}", number + 0.0))
}

fn sorted(mut rows: Rows) -> Rows {
    rows.sort();
    rows
}

/// The peer's rows, of which the first `groups` columns are JSON texts.
fn peer_rows(rows: Vec<Vec<Value>>, groups: usize) -> Rows {
    let one = |(place, value): (usize, Value)| match &value {
        Value::String(text) if place < groups => cell(&serde_json::from_str(text).expect("JSON")),
        _ => cell(&value),
    };
    sorted(rows.into_iter().map(|row| row.into_iter().enumerate().map(one).collect()).collect())
}

#[test]
fn trends_equal_those_of_sql() {
    agree(5, 12, trends::random, |peer, _, question| {
        let Question::Trend(trend) = question else { panic!("not a trend") };
        let mut rows = peer.rows(&trends::sql(trend));
        for row in &mut rows {
            row[0] = Value::from(plain::time_text(row[0].as_i64().expect("milliseconds")));
            if !trend.by.is_empty() {
                row[1] = serde_json::from_str(row[1].as_str().expect("a text")).expect("JSON");
            }
        }
        peer_rows(rows, 0)
    });
}

#[test]
fn funnels_equal_those_of_sql() {
    agree(1, 8, questions::funnel, |peer, world, question| {
        let Question::Funnel(funnel) = question else { panic!("not a funnel") };
        let span = funnel.range.span(&world.zone).expect("days follow each other");
        peer_rows(peer.rows(&sql::funnel(funnel, span)), funnel.by.len())
    });
}

#[test]
fn retentions_equal_those_of_sql() {
    agree(2, 6, questions::retention, |peer, world, question| {
        let Question::Retention(retention) = question else { panic!("not a retention") };
        let span = retention.range.span(&world.zone).expect("days follow each other");
        let mut rows = peer.rows(&sql::retention(retention, span));
        for start in rows.iter_mut().filter_map(|row| row.first_mut()) {
            *start = Value::from(plain::time_text(start.as_i64().expect("milliseconds")));
        }
        peer_rows(rows, 0)
    });
}

#[test]
fn flows_equal_those_of_sql() {
    agree(3, 4, questions::flow, |peer, world, question| {
        let Question::Flow(flow) = question else { panic!("not a flow") };
        let span = flow.range.span(&world.zone).expect("days follow each other");
        peer_rows(peer.rows(&sql::flow(flow, span)), 0)
    });
}

#[test]
fn counts_of_people_equal_those_of_sql() {
    agree(4, 4, questions::people, |peer, world, question| {
        let Question::People(people) = question else { panic!("not about people") };
        peer_rows(peer.rows(&sql::people(&people.who, world.now.as_millisecond())), 0)
    });
}
