//! What chunks have counted is what reading their rows gives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod support;

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};
use store::{Config, Needs, Scan, ScanStats, Seen, Store, StoreError, Value};
use support::{Made, WORKSPACES, apply, config, erase, keys, merge};

const HOUR_MS: i64 = 3_600_000;
/// 2026-08-01.
const BEGIN_MS: i64 = 1_785_542_400_000;
/// The last is of the house.
const NAMES: [&str; 4] = ["Signed Up", "Page Viewed", "Order Completed", "Segment Joined"];
const PROPERTIES: [&str; 6] = ["plan", "mixed", "a.b", "place", "locale", "none"];

/// Event, index of an edge and value: how many rows.
type Table = BTreeMap<(String, usize, String), u64>;

#[derive(Clone, Debug)]
enum Step {
    Events(Vec<Made>),
    Merge(u32, u32),
    Erase(u32),
    Maintain,
}

fn value() -> impl Strategy<Value = (Json, Json)> {
    let plan = select(vec![json!("free"), json!("pro"), json!(""), Json::Null]);
    let mixed = select(vec![json!("1"), json!(1), json!(1.5), json!(true), json!([1]), json!({})]);
    (plan, mixed, 0..4_u8).prop_map(|(plan, mixed, kind)| {
        let mut properties = json!({ "plan": plan, "mixed": mixed });
        let mut context = json!({ "locale": "de-DE" });
        match kind {
            0 => properties["a"] = json!({ "b": "one" }),
            1 => properties["a.b"] = json!("other"),
            2 => properties["place"] = json!("here"),
            _ => context["place"] = json!("there"),
        }
        (properties, context)
    })
}

fn event() -> impl Strategy<Value = Made> {
    // Most within two days, so that there are enough of an hour; some at the very edges of hours.
    let time =
        (prop_oneof![9 => 0..30_i64, 1 => 0..400_i64], prop_oneof![Just(0), Just(HOUR_MS - 1), 0..HOUR_MS]);
    let name = prop_oneof![6 => Just(1_usize), 2 => 0..NAMES.len()];
    (0..8_u32, time, name, value()).prop_map(|(person, (hour, ms), name, (properties, context))| Made {
        workspace: 0,
        person,
        time_ms: BEGIN_MS + hour * HOUR_MS + ms,
        name: NAMES[name].to_owned(),
        kind: model::Kind::Track,
        properties,
        traits: json!({}),
        context,
        finding: false,
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => vec(event(), 60..200).prop_map(Step::Events),
        1 => (0..8_u32, 0..8_u32).prop_map(|(into, from)| Step::Merge(into, from)),
        1 => (0..8_u32).prop_map(Step::Erase),
        3 => Just(Step::Maintain),
    ]
}

fn scan() -> impl Strategy<Value = Scan> {
    let events = prop_oneof![
        2 => Just(None),
        1 => Just(Some(vec![NAMES[1].to_owned()])),
        1 => Just(Some(vec![NAMES[3].to_owned(), "Never".to_owned(), NAMES[0].to_owned()])),
    ];
    let minutes = select(&[0_i64, 30, 120, 345][..]);
    let edges = (select(&[1_i64, 24, 1_000][..]), minutes);
    let range =
        (prop_oneof![2 => Just(-1_i64), 1 => 0..40_i64], prop_oneof![2 => Just(500_i64), 1 => 1..60_i64]);
    let property = prop_oneof![1 => Just(None), 4 => select(&PROPERTIES[..]).prop_map(Some)];
    (events, any::<bool>(), any::<bool>(), edges, range, any::<bool>(), property).prop_map(
        |(events, house, needs_events, (hours, minutes), (from, to), odd, property)| {
            let from_ms = BEGIN_MS + from * HOUR_MS + if odd { 1_234_567 } else { 0 };
            let first = BEGIN_MS - 24 * HOUR_MS + minutes * 60_000;
            let edges = (0..500).map(|edge| first + edge * hours * HOUR_MS).collect();
            let needs = Needs {
                each: false,
                people: false,
                events: needs_events || house || events.is_some(),
                edges_ms: Some(edges),
            };
            let properties = property.into_iter().map(str::to_owned).collect();
            Scan { from_ms, to_ms: BEGIN_MS + to * HOUR_MS, events, house, properties, needs }
        },
    )
}

fn text(value: Value<'_>) -> String {
    match value {
        // A column of numbers does not remember which had a fraction.
        Value::Float(number) => format!("{number}"),
        Value::Int(number) => format!("{number}"),
        other => format!("{other:?}"),
    }
}

fn edge(scan: &Scan, ms: i64) -> usize {
    scan.needs.edges_ms.as_ref().unwrap().partition_point(|edge| *edge <= ms)
}

fn name(scan: &Scan, names: &[String], event: u32) -> String {
    if scan.needs.events { names[event as usize].clone() } else { String::new() }
}

/// What is counted, and how.
fn counted(store: &Store, scan: &Scan) -> (Table, ScanStats) {
    let mut table = Table::new();
    let stats = store.view(WORKSPACES[0]).count(scan, &mut |seen| -> Result<(), StoreError> {
        match seen {
            Seen::Rows(block) => {
                for row in block.rows() {
                    let row = *row as usize;
                    // Where names are not asked for, none are read.
                    let event = block.events().get(row).copied().unwrap_or_default();
                    let name = name(scan, block.names(), event);
                    let value = text(block.column(0).get(row));
                    *table.entry((name, edge(scan, block.times()[row]), value)).or_default() += 1;
                }
            }
            Seen::Counts(counts) => {
                for cell in counts.cells() {
                    let word = cell.word.map(|word| counts.words().unwrap().get(word));
                    let value = text(word.unwrap_or(Value::Absent));
                    let name = name(scan, counts.names(), cell.event);
                    *table.entry((name, edge(scan, cell.time_ms), value)).or_default() += cell.rows;
                }
            }
        }
        Ok(())
    });
    (table, stats.unwrap())
}

/// The same by looking at every event as it was made.
fn plain(rows: &[Made], scan: &Scan) -> Table {
    let mut table = Table::new();
    for row in rows {
        let is_wanted = match &scan.events {
            Some(events) => events.contains(&row.name),
            None => scan.house || row.name != NAMES[3],
        };
        if !is_wanted || row.time_ms < scan.from_ms || row.time_ms >= scan.to_ms {
            continue;
        }
        let value = scan.properties.first().map_or(Json::Null, |name| find(row, name));
        let value = match &value {
            Json::Null | Json::Object(_) => Value::Absent,
            Json::Bool(truth) => Value::Bool(*truth),
            Json::Number(number) if number.is_i64() => Value::Int(number.as_i64().unwrap()),
            Json::Number(number) => Value::Float(number.as_f64().unwrap()),
            Json::String(text) => Value::Text(text),
            list => Value::Json(&list.to_string()),
        };
        let name = if scan.needs.events { row.name.clone() } else { String::new() };
        *table.entry((name, edge(scan, row.time_ms), text(value))).or_default() += 1;
    }
    table
}

fn find(row: &Made, name: &str) -> Json {
    [&row.properties, &row.context]
        .into_iter()
        .flat_map(|object| {
            [object.get(name), object.get("a").filter(|_| name == "a.b").and_then(|a| a.get("b"))]
        })
        .flatten()
        .find(|value| !value.is_null())
        .cloned()
        .unwrap_or_default()
}

fn open(dir: &std::path::Path) -> Store {
    let config = Config { chunk_rows_max: 400, chunks_small_max: 2, ..config() };
    Store::open(dir, keys(), stdx::Clock::wall(), config).unwrap()
}

fn check(steps: &[Step], scans: &[Scan]) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let (mut rows, mut offset): (Vec<Made>, u64) = (Vec::new(), 0);
    let mut survivors: Vec<u32> = (0..8).collect();
    for step in steps {
        match step {
            Step::Events(events) => {
                let entries: Vec<_> =
                    (offset..).zip(events).map(|(offset, made)| (made.entry(offset), made.person)).collect();
                apply(&store, &entries).unwrap();
                offset += events.len() as u64;
                rows.extend(events.iter().cloned());
            }
            Step::Merge(into, from) => {
                let (into, from) = (survivors[*into as usize], survivors[*from as usize]);
                if into != from {
                    apply(&store, &[merge(offset, into, from)]).unwrap();
                    offset += 1;
                }
                survivors.iter_mut().filter(|code| **code == from).for_each(|code| *code = into);
            }
            Step::Erase(person) => {
                apply(&store, &[erase(offset, *person)]).unwrap();
                offset += 1;
                let gone = survivors[*person as usize];
                rows.retain(|row| survivors[row.person as usize] != gone);
            }
            Step::Maintain => store.maintain().unwrap(),
        }
        // What was looked at before must not be in the way of what comes later.
        if let Some(scan) = scans.first() {
            assert_eq!(counted(&store, scan).0, plain(&rows, scan), "{scan:?}");
        }
    }
    for scan in scans {
        assert_eq!(counted(&store, scan).0, plain(&rows, scan), "{scan:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counts_are_what_reading_gives(steps in vec(step(), 1..9), scans in vec(scan(), 1..7)) {
        check(&steps, &scans);
    }
}

/// An archive of 400 rows of two days in one chunk, 100 of each of four people.
fn archive(dir: &std::path::Path) -> Store {
    let store = open(dir);
    let entries: Vec<_> = (0..400_u64)
        .map(|offset| {
            let made = Made {
                workspace: 0,
                person: (offset % 4) as u32,
                time_ms: BEGIN_MS + (offset as i64 % 48) * HOUR_MS,
                name: NAMES[1].to_owned(),
                kind: model::Kind::Track,
                properties: json!({ "plan": if offset % 5 == 0 { "free" } else { "pro" }, "number": offset }),
                traits: json!({}),
                context: json!({}),
                finding: false,
            };
            (made.entry(offset), made.person)
        })
        .collect();
    apply(&store, &entries).unwrap();
    store.maintain().unwrap();
    store
}

fn days(from_ms: i64, to_ms: i64, properties: &[&str]) -> Scan {
    let edges = (0..4).map(|day| BEGIN_MS + day * 24 * HOUR_MS).collect();
    Scan {
        from_ms,
        to_ms,
        properties: properties.iter().map(|name| (*name).to_owned()).collect(),
        needs: Needs { people: false, each: false, events: false, edges_ms: Some(edges) },
        ..Scan::default()
    }
}

#[test]
fn rows_are_read_only_where_counts_do_not_tell() {
    let dir = tempfile::tempdir().unwrap();
    let store = archive(dir.path());
    let end = BEGIN_MS + 48 * HOUR_MS;
    let told = |store: &Store, scan: &Scan| {
        let stats = counted(store, scan).1;
        (stats.rows_counted, stats.rows_read, stats.rows_skipped)
    };
    assert_eq!(told(&store, &days(0, i64::MAX, &["plan"])), (400, 0, 0));
    assert_eq!(told(&store, &days(0, i64::MAX, &[])), (400, 0, 0));
    assert_eq!(told(&store, &days(0, i64::MAX, &["none"])), (400, 0, 0));
    // The second day alone, and a range that cuts through it.
    assert_eq!(told(&store, &days(BEGIN_MS + 24 * HOUR_MS, end, &["plan"])), (192, 0, 208));
    assert_eq!(told(&store, &days(BEGIN_MS + 30 * HOUR_MS, end, &["plan"])), (0, 400, 0));
    // Numbers are in no dictionary, people and two properties at once are not counted.
    assert_eq!(told(&store, &days(0, i64::MAX, &["number"])), (0, 400, 0));
    assert_eq!(told(&store, &days(0, i64::MAX, &["plan", "none"])), (0, 400, 0));
    let of_people =
        Scan { needs: Needs { people: true, each: true, ..days(0, 1, &[]).needs }, ..days(0, i64::MAX, &[]) };
    assert_eq!(told(&store, &of_people), (0, 400, 0));
    // Somebody of the chunk is erased: read, until it is written anew.
    apply(&store, &[erase(400, 2)]).unwrap();
    assert_eq!(told(&store, &days(0, i64::MAX, &["plan"])), (0, 400, 0));
    store.maintain().unwrap();
    assert_eq!(told(&store, &days(0, i64::MAX, &["plan"])), (300, 0, 0));
    // Somebody of whom the chunk has nothing changes nothing, nor do merges; counts are there after a restart.
    apply(&store, &[merge(401, 0, 1), erase(402, 7)]).unwrap();
    store.flush().unwrap();
    drop(store);
    assert_eq!(told(&open(dir.path()), &days(0, i64::MAX, &["plan"])), (300, 0, 0));
}
