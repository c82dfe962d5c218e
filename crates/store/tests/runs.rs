//! People come whole and in order, whatever the chunks that their rows stand in, and there are few of these.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;
use store::{Block, Config, Happened, Scan, Store, StoreError, WalkBounds, Walker};
use support::{Made, WORKSPACES, apply, config, erase, files, keys, merge};

/// What happened to whom: time and number.
type Histories = BTreeMap<u32, Vec<(i64, u32)>>;

/// Notes who did what when; the number of an event is its property `n`.
#[derive(Default)]
struct Notes {
    histories: Histories,
    people: Vec<u32>,
}

impl Walker for Notes {
    type Mark = u32;
    type Error = StoreError;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, u32)>) -> Result<(), StoreError> {
        for row in block.rows() {
            let store::Value::Int(number) = block.column(0).get(*row as usize) else { panic!("a number") };
            keep.push((*row, u32::try_from(number).unwrap()));
        }
        Ok(())
    }

    fn person(&mut self, person: u32, events: &[Happened<u32>]) -> Result<(), StoreError> {
        let history = events.iter().map(|event| (event.time_ms, event.mark)).collect();
        assert!(self.histories.insert(person, history).is_none(), "everybody comes once");
        self.people.push(person);
        Ok(())
    }
}

fn walk(store: &Store, scan: &Scan) -> Notes {
    let mut notes = Notes::default();
    let view = store.view(WORKSPACES[0]);
    for people in view.shares(2) {
        view.walk(scan, people, &mut notes).unwrap();
    }
    assert!(notes.people.is_sorted());
    notes
}

fn scan(from_ms: i64, to_ms: i64, events: Option<Vec<String>>) -> Scan {
    Scan { from_ms, to_ms, events, properties: vec!["n".to_owned()], ..Scan::default() }
}

const MONTH_MS: i64 = 31 * 86_400_000;
/// 2026-08-01.
const BEGIN_MS: i64 = 1_785_542_400_000;
const NAMES: [&str; 3] = ["Signed Up", "Page Viewed", "Order Completed"];

fn made(person: u32, time_ms: i64, name: usize, number: u64) -> Made {
    Made {
        workspace: 0,
        person,
        time_ms,
        name: NAMES[name].to_owned(),
        kind: model::Kind::Track,
        properties: json!({ "n": number }),
        traits: json!({}),
        context: json!({}),
        finding: false,
    }
}

#[derive(Clone, Debug)]
enum Step {
    Event(u32, i64, usize),
    Merge(u32, u32),
    Erase(u32),
    Maintain,
}

fn step() -> impl Strategy<Value = Step> {
    // Few times, so that rows of different chunks share them.
    let time = (0..3_i64, 0..4_i64).prop_map(|(month, tick)| BEGIN_MS + month * MONTH_MS + tick);
    prop_oneof![
        60 => (0..9_u32, time, 0..NAMES.len()).prop_map(|(person, time, name)| Step::Event(person, time, name)),
        1 => (0..9_u32, 0..9_u32).prop_map(|(into, from)| Step::Merge(into, from)),
        1 => (0..9_u32).prop_map(Step::Erase),
        8 => Just(Step::Maintain),
    ]
}

fn check(steps: &[Step], tight: bool) {
    let dir = tempfile::tempdir().unwrap();
    let walk_bounds = WalkBounds {
        loose_rows_max: if tight { 4 } else { 700_000 },
        kept_rows_max: if tight { steps.len() % 7 } else { 700_000 },
        share_rows_min: 10,
    };
    let config =
        Config { chunk_rows_max: 12, chunks_small_max: steps.len() % 4, walk: walk_bounds, ..config() };
    let store = Store::open(dir.path(), keys(), stdx::Clock::wall(), config).unwrap();
    let mut rows: Vec<(u32, i64, u32, usize)> = Vec::new();
    let mut survivors: Vec<u32> = (0..9).collect();
    for (offset, step) in (0_u64..).zip(steps) {
        match step {
            Step::Event(person, time_ms, name) => {
                apply(&store, &[(made(*person, *time_ms, *name, offset).entry(offset), *person)]).unwrap();
                rows.push((*person, *time_ms, u32::try_from(offset).unwrap(), *name));
            }
            Step::Merge(into, from) => {
                // Orders name whoever stands for themselves: who that is, people knows.
                let (into, from) = (survivors[*into as usize], survivors[*from as usize]);
                if into != from {
                    apply(&store, &[merge(offset, into, from)]).unwrap();
                }
                survivors.iter_mut().filter(|code| **code == from).for_each(|code| *code = into);
            }
            Step::Erase(person) => {
                apply(&store, &[erase(offset, *person)]).unwrap();
                let gone = survivors[*person as usize];
                rows.retain(|row| survivors[row.0 as usize] != gone);
            }
            Step::Maintain => store.maintain().unwrap(),
        }
    }
    for (from_ms, to_ms, name) in [
        (i64::MIN, i64::MAX, None),
        (i64::MIN, i64::MAX, Some(1)),
        (BEGIN_MS + 2, i64::MAX, Some(2)),
        (BEGIN_MS + 2, BEGIN_MS + MONTH_MS + 2, None),
    ] {
        let mut wanted = Histories::new();
        for (person, time_ms, number, of) in &rows {
            if (from_ms..to_ms).contains(time_ms) && name.is_none_or(|name| name == *of) {
                wanted.entry(survivors[*person as usize]).or_default().push((*time_ms, *number));
            }
        }
        wanted.values_mut().for_each(|history| history.sort_unstable());
        let events = name.map(|name: usize| vec![NAMES[name].to_owned()]);
        let mut scan = scan(from_ms, to_ms, events);
        scan.needs.each = steps.len().is_multiple_of(2);
        assert_eq!(walk(&store, &scan).histories, wanted);
        for people in [0..=3, 4..=u32::MAX - 1] {
            let part = wanted.iter().filter(|(person, _)| people.contains(person));
            let part: Histories = part.map(|(person, history)| (*person, history.clone())).collect();
            assert_eq!(gathered(&store, &scan, &people), part);
            if let Some(name) = name {
                let doers: Vec<u32> = part.keys().copied().collect();
                assert_eq!(doers_of(&store, &scan, NAMES[name], &people), doers);
            }
        }
        assert!(
            store.view(WORKSPACES[0]).last_person().unwrap() >= wanted.keys().max().copied().unwrap_or(0)
        );
    }
}

/// What people did as it comes without order, put in order.
fn gathered(store: &Store, scan: &Scan, people: &RangeInclusive<u32>) -> Histories {
    let mut histories = Histories::new();
    let mut take = |block: &Block<'_>| {
        // Once all rows, once some of them.
        let later: Vec<u32> = block.rows().iter().copied().filter(|row| row % 3 != 0).collect();
        let first: Vec<u32> = block.rows().iter().copied().filter(|row| row % 3 == 0).collect();
        let rows: &[&[u32]] = if scan.from_ms == i64::MIN { &[block.rows()] } else { &[&first, &later] };
        for rows in rows {
            block.each_run(rows, |person, range| {
                for (row, time_ms) in rows[range.clone()].iter().zip(block.times_of(&rows[range])) {
                    let store::Value::Int(number) = block.column(0).get(*row as usize) else {
                        panic!("a number")
                    };
                    let happened = (time_ms, u32::try_from(number).unwrap());
                    histories.entry(person).or_default().push(happened);
                }
            });
        }
        Ok::<(), StoreError>(())
    };
    store.view(WORKSPACES[0]).scan_people(scan, people.clone(), &mut take).unwrap();
    histories.values_mut().for_each(|history| history.sort_unstable());
    histories
}

/// Who did it, as chunks tell, and what is left of them, and what is fresh.
fn doers_of(store: &Store, scan: &Scan, event: &str, people: &RangeInclusive<u32>) -> Vec<u32> {
    let (chunks, fresh) = store.view(WORKSPACES[0]).split_fresh();
    let mut doers = BTreeSet::new();
    let rest = chunks.doers(event, scan.from_ms, people, &mut |person| doers.extend([person])).unwrap();
    for view in [rest, fresh] {
        let mut take = |block: &Block<'_>| {
            block.each_run(block.rows(), |person, _| doers.extend([person]));
            Ok::<(), StoreError>(())
        };
        view.scan_people(scan, people.clone(), &mut take).unwrap();
    }
    doers.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn people_come_whole_and_in_order(steps in vec(step(), 0..160), tight in any::<bool>()) {
        check(&steps, tight);
    }
}

/// So many rounds of a hundred rows each, of as many people, in one month; then one round in the next.
fn fill(store: &Store, rounds: u64) {
    for round in 0..=rounds {
        for row in 0..100 {
            let offset = round * 100 + row;
            let time_ms = BEGIN_MS + if round < rounds { offset as i64 } else { MONTH_MS };
            let person = u32::try_from(row * 7 % 100).unwrap();
            apply(store, &[(made(person, time_ms, 0, offset).entry(offset), person)]).unwrap();
        }
        store.maintain().unwrap();
    }
}

#[test]
fn a_month_that_is_over_stands_sorted_in_as_few_chunks_as_it_takes() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config { chunk_rows_max: 200, chunks_small_max: 4, ..config() };
    let store = Store::open(dir.path(), keys(), stdx::Clock::wall(), config).unwrap();
    fill(&store, 30);
    let chunks = |month: &str| {
        files(&dir.path().join("store"), "hfc")
            .iter()
            .filter(|path| path.to_string_lossy().contains(month))
            .count()
    };
    assert_eq!(chunks("2026-08"), 15, "3,000 rows in chunks of 200");
    assert_eq!(chunks("2026-09"), 1);
    assert_eq!(walk(&store, &scan(i64::MIN, i64::MAX, None)).histories[&0].len(), 31);
    // People who come one after the other find all their rows in one chunk: nothing but these is read.
    let view = store.view(WORKSPACES[0]);
    let mut notes = Notes::default();
    let stats = view.walk(&scan(BEGIN_MS, BEGIN_MS + MONTH_MS, None), 0..=0, &mut notes).unwrap();
    assert_eq!((notes.people, stats.rows_read), (vec![0], 200));
}
