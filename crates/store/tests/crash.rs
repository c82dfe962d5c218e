//! Whatever a crash interrupts, the journal's replay from the archive's position brings every row once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]
#![allow(clippy::disallowed_methods, reason = "files are damaged on purpose")]

mod support;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use model::Entry;
use proptest::prelude::*;
use serde_json::json;
use store::{EventsFilter, Faults, Store, StoreError};
use support::{Made, Row, all, apply, copy, erase, files, merge, open, try_open};

/// How many rows the journal of these tests has.
const ROWS: u64 = 120;
/// The archive is maintained after every so many.
const MAINTAIN_EVERY: u64 = 25;

/// The journal: events, with a merge and an erasure among them.
fn journal() -> Vec<(Entry, u32)> {
    (0..ROWS)
        .map(|offset| match offset {
            60 => merge(offset, 1, 2),
            80 => erase(offset, 3),
            _ => {
                let made = made(offset);
                (made.entry(offset), made.person)
            }
        })
        .collect()
}

fn made(offset: u64) -> Made {
    Made {
        workspace: usize::from(offset % 5 == 4),
        person: u32::try_from(offset % 4).unwrap(),
        // Two months, so that every round writes several chunks.
        time_ms: 1_785_000_000_000 + i64::try_from(offset % 2).unwrap() * 2_000_000_000,
        name: "Signed Up".to_owned(),
        kind: model::Kind::Track,
        properties: json!({ "number": offset, "plan": if offset.is_multiple_of(3) { "pro" } else { "free" } }),
        traits: json!({}),
        context: json!({ "locale": "de" }),
        finding: offset.is_multiple_of(7),
    }
}

/// What the archive must hold once it has taken in the journal up to `end`.
fn wanted(workspace: usize, end: u64) -> Vec<Row> {
    let mut rows: Vec<Row> = (0..end)
        .filter(|offset| !(*offset == 60 || *offset == 80) && made(*offset).workspace == workspace)
        .map(|offset| made(offset).row(offset))
        .filter(|row| !(workspace == 0 && end > 80 && row.person == 3 && row.offset < 80))
        .collect();
    if workspace == 0 && end > 60 {
        rows.iter_mut().filter(|row| row.person == 2).for_each(|row| row.person = 1);
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.time_ms, row.offset)));
    rows
}

fn assert_holds(store: &Store, end: u64) {
    for workspace in 0..2 {
        let rows = all(store, workspace, &EventsFilter::default()).expect("can be read");
        assert_eq!(rows, wanted(workspace, end));
    }
}

/// Replays the journal from the position, as whoever owns the archive does.
fn replay(store: &Store, journal: &[(Entry, u32)]) -> Result<(), StoreError> {
    for entry in journal {
        if entry.0.offset < store.position() {
            continue;
        }
        apply(store, std::slice::from_ref(entry))?;
        if entry.0.offset.0 % MAINTAIN_EVERY == MAINTAIN_EVERY - 1 {
            store.maintain()?;
        }
    }
    store.maintain()
}

#[test]
fn a_crash_at_any_step_of_writing_loses_and_doubles_nothing() {
    let journal = journal();
    let mut points = std::collections::BTreeSet::new();
    for stop_at in 0.. {
        let dir = tempfile::tempdir().unwrap();
        let passed = Arc::new(AtomicUsize::new(0));
        let reached = Arc::new(Mutex::new(""));
        let (counter, last) = (passed.clone(), reached.clone());
        let faults = Faults::at(move |point| {
            *last.lock().unwrap() = point;
            counter.fetch_add(1, Ordering::SeqCst) >= stop_at
        });
        let store = try_open(dir.path(), faults).unwrap();
        let ended = replay(&store, &journal);
        drop(store);
        let store = open(dir.path());
        // Before the replay: exactly what stands before the position.
        assert_holds(&store, store.position().0);
        replay(&store, &journal).unwrap();
        assert_holds(&store, ROWS);
        drop(store);
        assert_holds(&open(dir.path()), ROWS);
        if ended.is_ok() {
            break;
        }
        points.insert(*reached.lock().unwrap());
    }
    let all_points = [
        "chunk written",
        "chunks written",
        "manifest replaced",
        "merge replaced",
        "merge written",
        "tail closed",
        "tail file removed",
        "tail sealed",
        "tail synced",
    ];
    assert_eq!(points.into_iter().collect::<Vec<_>>(), all_points, "every fault point was tried");
}

/// An archive with chunks and a tail of rows that are in no chunk.
fn half_way(dir: &Path) {
    let store = open(dir);
    let journal = journal();
    for entry in journal.iter().take(50) {
        apply(&store, std::slice::from_ref(entry)).unwrap();
    }
    store.maintain().unwrap();
    for entry in journal.iter().take(100) {
        apply(&store, std::slice::from_ref(entry)).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_torn_tail_is_cut_and_replayed(cut in 0.0..1.0_f64, junk in proptest::collection::vec(any::<u8>(), 0..64), zeros in 0_usize..64) {
        let (made, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        half_way(made.path());
        copy(made.path(), dir.path());
        let tail = files(&dir.path().join("tail"), "hft").pop().unwrap();
        let bytes = std::fs::read(&tail).unwrap();
        // The header was synced before the first frame was written.
        let kept = 38 + ((bytes.len() - 38) as f64 * cut) as usize;
        let mut torn = bytes[..kept].to_vec();
        torn.extend(junk);
        torn.extend(std::iter::repeat_n(0, zeros));
        std::fs::write(&tail, torn).unwrap();
        let store = open(dir.path());
        let position = store.position().0;
        prop_assert!((50..=100).contains(&position));
        assert_holds(&store, position);
        replay(&store, &journal()).unwrap();
        assert_holds(&store, ROWS);
        drop(store);
        assert_holds(&open(dir.path()), ROWS);
    }
}

#[test]
fn a_damaged_closed_tail_is_an_error_and_a_missing_one_too() {
    let dir = tempfile::tempdir().unwrap();
    let store = try_open(dir.path(), Faults::at(|point| point == "tail closed")).unwrap();
    for entry in journal().iter().take(20) {
        apply(&store, std::slice::from_ref(entry)).unwrap();
    }
    assert!(matches!(store.maintain(), Err(StoreError::Interrupted(_))));
    drop(store);
    let tails = files(&dir.path().join("tail"), "hft");
    assert_eq!(tails.len(), 2);
    let mut bytes = std::fs::read(&tails[0]).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&tails[0], bytes).unwrap();
    let error =
        try_open(dir.path(), Faults::default()).err().expect("the file was synced, so this is damage");
    assert!(error.to_string().contains(tails[0].to_str().unwrap()), "{error}");

    let dir = tempfile::tempdir().unwrap();
    half_way(dir.path());
    for tail in files(&dir.path().join("tail"), "hft") {
        std::fs::remove_file(tail).unwrap();
    }
    assert!(matches!(try_open(dir.path(), Faults::default()), Err(StoreError::Damaged { .. })));
}

/// Reads everything that a changed file could have changed.
fn read_all(dir: &Path) -> Result<(u64, Vec<Vec<Row>>), StoreError> {
    let store = try_open(dir, Faults::default())?;
    store.verify()?;
    let rows =
        (0..2).map(|workspace| all(&store, workspace, &EventsFilter::default())).collect::<Result<_, _>>()?;
    Ok((store.position().0, rows))
}

#[test]
fn every_flipped_bit_of_a_chunk_or_manifest_is_found() {
    let made = tempfile::tempdir().unwrap();
    half_way(made.path());
    let mut changed = files(&made.path().join("store"), "hfc");
    changed.truncate(1);
    changed.push(files(&made.path().join("store"), "").pop().expect("a manifest"));
    for path in changed {
        let bytes = std::fs::read(&path).unwrap();
        let ends = (0..200.min(bytes.len())).chain(bytes.len() - 100..bytes.len());
        for at in (0..bytes.len()).step_by(7).chain(ends) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            std::fs::write(&path, flipped).unwrap();
            match read_all(made.path()) {
                Err(error) => {
                    assert!(error.to_string().contains(path.to_str().unwrap()), "byte {at}: {error}")
                }
                Ok(_) => {
                    panic!("byte {at} of {} bytes of {} was flipped unnoticed", bytes.len(), path.display())
                }
            }
        }
        std::fs::write(&path, bytes).unwrap();
    }
    assert_eq!(read_all(made.path()).unwrap().0, 100);
}
