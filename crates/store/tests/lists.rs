//! What chunks list of who did what when is what reading their rows gives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;
use store::{Block, Config, Happened, Needs, Presence, Scan, ScanStats, Store, StoreError, Walker};
use support::{Made, WORKSPACES, apply, config, erase, keys, merge};

const HOUR_MS: i64 = 3_600_000;
/// 2026-08-01.
const BEGIN_MS: i64 = 1_785_542_400_000;
/// The first is what nearly everybody does, the last is of the house.
const NAMES: [&str; 4] = ["Page Viewed", "Signed Up", "Plan Upgraded", "Segment Joined"];
const PEOPLE: u32 = 12;

#[derive(Clone, Debug)]
struct Row {
    person: u32,
    time_ms: i64,
    name: usize,
    offset: u64,
}

fn made(row: &Row) -> Made {
    Made {
        workspace: 0,
        person: row.person,
        time_ms: row.time_ms,
        name: NAMES[row.name].to_owned(),
        kind: model::Kind::Track,
        properties: json!({ "n": row.offset }),
        traits: json!({}),
        context: json!({}),
        finding: false,
    }
}

fn row() -> impl Strategy<Value = Row> {
    // Few hours, and some instants at their very edges.
    let time = (0..60_i64, prop_oneof![Just(0), Just(HOUR_MS - 1), 0..HOUR_MS]);
    let name = prop_oneof![300 => Just(0_usize), 12 => Just(1), 3 => Just(2), 12 => Just(3)];
    (0..PEOPLE, time, name).prop_map(|(person, (hour, ms), name)| Row {
        person,
        time_ms: BEGIN_MS + hour * HOUR_MS + ms,
        name,
        offset: 0,
    })
}

/// Everything of everybody whose rows have a property or none.
#[derive(Default)]
struct Notes(BTreeMap<u32, Vec<(i64, u64)>>);

impl Walker for Notes {
    type Mark = u32;
    type Error = StoreError;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, u32)>) -> Result<(), StoreError> {
        keep.extend(block.rows().iter().map(|row| match block.column(0).get(*row as usize) {
            store::Value::Int(number) => (*row, u32::try_from(number).unwrap()),
            _ => (*row, 0),
        }));
        Ok(())
    }

    fn person(&mut self, person: u32, events: &[Happened<u32>]) -> Result<(), StoreError> {
        let history = events.iter().map(|event| (event.time_ms, u64::from(event.mark))).collect();
        assert!(self.0.insert(person, history).is_none());
        Ok(())
    }
}

/// People by the edge that their rows follow, and what that cost.
type Seen = (BTreeSet<(u32, usize)>, ScanStats);

fn present(store: &Store, scan: &Scan, people: RangeInclusive<u32>) -> Seen {
    let edges = scan.needs.edges_ms.clone().unwrap_or_default();
    let edge = |ms: i64| edges.partition_point(|edge| *edge <= ms);
    let mut seen = BTreeSet::new();
    let stats = store.view(WORKSPACES[0]).presence(scan, people, &mut |part| {
        match part {
            Presence::Rows(block) => block.each_run(block.rows(), |person, range| {
                seen.extend(block.times_of(&block.rows()[range]).map(|ms| (person, edge(ms))));
            }),
            Presence::Hours(hours) => hours.each(|person, of| {
                seen.extend(
                    of.iter().filter_map(|hour| Some((person, edge(hours.times()[*hour as usize]?)))),
                );
            }),
        }
        Ok::<(), StoreError>(())
    });
    (seen, stats.unwrap())
}

fn filled(rows: &[Row], chunk_rows_max: usize) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let config = Config { chunk_rows_max, ..config() };
    let store = Store::open(dir.path(), keys(), stdx::Clock::wall(), config).unwrap();
    for rows in rows.chunks(50) {
        let entries: Vec<_> = rows.iter().map(|row| (made(row).entry(row.offset), row.person)).collect();
        apply(&store, &entries).unwrap();
    }
    (dir, store)
}

fn numbered(mut rows: Vec<Row>) -> Vec<Row> {
    for (offset, row) in (1..).zip(&mut rows) {
        row.offset = offset;
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lists_tell_what_rows_tell(
        rows in vec(row(), 100..700),
        fresh in vec(row(), 0..20),
        merged in proptest::option::of((0..PEOPLE, 0..PEOPLE)),
        erased in prop_oneof![2 => Just(None), 1 => (0..PEOPLE).prop_map(Some)],
        chunk_rows in prop_oneof![Just(150_usize), Just(1_000)],
        edges in vec((0..60_i64, prop_oneof![4 => Just(0), 1 => 0..HOUR_MS]), 0..6),
        ends in prop_oneof![Just((0, 60)), (0..30_i64, 30..61_i64)],
    ) {
        let all = numbered(rows.iter().chain(&fresh).cloned().collect());
        let (old, new) = all.split_at(rows.len());
        let (_dir, store) = filled(old, chunk_rows);
        store.maintain().unwrap();
        for row in new {
            apply(&store, &[(made(row).entry(row.offset), row.person)]).unwrap();
        }
        let mut next = all.len() as u64 + 1;
        let mut survivors: Vec<u32> = (0..PEOPLE).collect();
        if let Some((into, from)) = merged.filter(|(into, from)| into != from) {
            apply(&store, &[merge(next, into, from)]).unwrap();
            survivors[from as usize] = into;
            next += 1;
        }
        let gone = erased.map(|person| survivors[person as usize]);
        if let Some(person) = gone {
            apply(&store, &[erase(next, person)]).unwrap();
        }
        let mut edges_ms: Vec<i64> = edges.iter().map(|(hour, ms)| BEGIN_MS + hour * HOUR_MS + ms).collect();
        edges_ms.sort_unstable();
        let (from_ms, to_ms) = (BEGIN_MS + ends.0 * HOUR_MS, BEGIN_MS + ends.1 * HOUR_MS);
        let edge = |ms: i64| edges_ms.partition_point(|edge| *edge <= ms);
        for name in [None, Some(0), Some(1), Some(2), Some(3)] {
            let fits = |row: &&Row| {
                name.map_or(row.name != 3, |name| name == row.name)
                    && (from_ms..to_ms).contains(&row.time_ms)
                    && Some(survivors[row.person as usize]) != gone
            };
            let who = |row: &Row| survivors[row.person as usize];
            let events = name.map(|name: usize| vec![NAMES[name].to_owned()]);
            let house = name == Some(3);
            let needs = Needs { each: false, edges_ms: Some(edges_ms.clone()), ..Needs::default() };
            let scan = Scan { from_ms, to_ms, events: events.clone(), house, needs, ..Scan::default() };
            let wanted: BTreeSet<(u32, usize)> =
                all.iter().filter(fits).map(|row| (who(row), edge(row.time_ms))).collect();
            let mut found = BTreeSet::new();
            for people in [0..=5, 6..=u32::MAX - 1] {
                let (part, _) = present(&store, &scan, people.clone());
                prop_assert!(part.iter().all(|(person, _)| people.contains(person)));
                found.extend(part);
            }
            prop_assert_eq!(&found, &wanted);
            prop_assert_eq!(&present(&store, &scan, 0..=u32::MAX).0, &wanted);
            // In order, with a property and without.
            for with in [true, false] {
                let mut wanted: BTreeMap<u32, Vec<(i64, u64)>> = BTreeMap::new();
                for row in all.iter().filter(fits) {
                    wanted.entry(who(row)).or_default().push((row.time_ms, row.offset));
                }
                for history in wanted.values_mut() {
                    history.sort_unstable();
                    history.iter_mut().filter(|_| !with).for_each(|event| event.1 = 0);
                }
                let properties = if with { vec!["n".to_owned()] } else { Vec::new() };
                let scan = Scan { from_ms, to_ms, events: events.clone(), house, properties, needs: Needs::default() };
                let mut notes = Notes::default();
                let view = store.view(WORKSPACES[0]);
                for people in view.shares(2) {
                    view.walk(&scan, people, &mut notes).unwrap();
                }
                prop_assert_eq!(&notes.0, &wanted);
            }
        }
    }
}

#[test]
fn what_is_listed_is_not_read() {
    let row = |number: i64| Row {
        person: u32::try_from(number % 10).unwrap(),
        time_ms: BEGIN_MS + number % 48 * HOUR_MS + number,
        name: usize::from(number % 100 == 7),
        offset: 0,
    };
    let rows = numbered((0..1_000).map(row).collect());
    let (_dir, store) = filled(&rows, 10_000);
    store.maintain().unwrap();
    let scan = |name: Option<usize>, edges_ms: Vec<i64>| Scan {
        from_ms: BEGIN_MS,
        to_ms: BEGIN_MS + 48 * HOUR_MS,
        events: name.map(|name| vec![NAMES[name].to_owned()]),
        needs: Needs { each: false, edges_ms: Some(edges_ms), ..Needs::default() },
        ..Scan::default()
    };
    let days = || vec![BEGIN_MS, BEGIN_MS + 24 * HOUR_MS];
    let cost = |scan: &Scan| {
        let (seen, stats) = present(&store, scan, 0..=u32::MAX);
        (seen.len(), stats.rows_counted, stats.rows_read, stats.rows_skipped)
    };
    assert_eq!(cost(&scan(None, days())), (20, 1_000, 0, 0), "ten people on two days");
    assert_eq!(cost(&scan(Some(0), days())), (20, 990, 0, 10), "one event's hours");
    assert_eq!(cost(&scan(Some(0), vec![BEGIN_MS + HOUR_MS / 2])).1, 0, "an edge within an hour parts it");
    assert_eq!(cost(&scan(Some(1), days())), (2, 0, 10, 990), "rows of an uncommon event, and no others");
}
