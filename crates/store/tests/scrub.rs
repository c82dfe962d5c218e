//! What a scrub takes out is nowhere afterwards, and everything else is as it was, whatever interrupts it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;
use store::{EventsFilter, Faults, Leaves, RowHead, Scrub, Scrubbed, Store, StoredEvent, Verdict};
use support::{Made, Row, WORKSPACES, all, apply, erase, files, made, open, try_open};

/// Replaces every text `a` at the top of the properties, and drops rows of one name that have it.
struct LetterA {
    drop_name: &'static str,
    judged: usize,
}

impl LetterA {
    fn new(drop_name: &'static str) -> Self {
        Self { drop_name, judged: 0 }
    }
}

impl Scrub for LetterA {
    fn suspects(&mut self, _row: &RowHead<'_>, leaves: &mut Leaves<'_>) -> bool {
        let mut found = false;
        leaves(&mut |_, _, value| {
            found |= matches!(value, store::Value::Text("a"));
        });
        found
    }

    fn judge(&mut self, event: &StoredEvent) -> Verdict {
        self.judged += 1;
        let mut properties: serde_json::Value = serde_json::from_str(&event.properties).unwrap();
        if !clean(&mut properties) {
            return Verdict::Keep;
        }
        if event.name == self.drop_name {
            return Verdict::Drop;
        }
        Verdict::Change(Box::new(StoredEvent { properties: properties.to_string(), ..event.clone() }))
    }
}

fn clean(properties: &mut serde_json::Value) -> bool {
    let Some(fields) = properties.as_object_mut() else { return false };
    let mut found = false;
    for value in fields.values_mut().filter(|value| **value == json!("a")) {
        *value = json!("[purged]");
        found = true;
    }
    found
}

fn scrubbed_row(mut row: Row, drop_name: &str) -> Option<Row> {
    let found = clean(&mut row.objects[0]);
    (!found || row.name != drop_name).then_some(row)
}

fn scrub_all(store: &Store, drop_name: &'static str) -> Result<Scrubbed, store::StoreError> {
    store.settle()?;
    let mut sum = Scrubbed::default();
    for mark in store.chunks(WORKSPACES[0]) {
        let mut scrub = LetterA::new(drop_name);
        let done = store.scrub_chunk(WORKSPACES[0], mark.chunk, &mut scrub)?.unwrap_or_default();
        sum.changed += done.changed;
        sum.dropped += done.dropped;
        sum.kept += done.kept;
    }
    Ok(sum)
}

fn rows(store: &Store, workspace: usize) -> Vec<Row> {
    all(store, workspace, &EventsFilter::default()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_what_is_meant_changes(batch in vec(made(), 1..80), settle_at in 0_usize..80, gone in 0_u32..6) {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        for (offset, made) in (0..).zip(&batch) {
            apply(&store, &[(made.entry(offset), made.person)]).unwrap();
            if usize::try_from(offset).unwrap() == settle_at {
                store.maintain().unwrap();
            }
        }
        apply(&store, &[erase(batch.len() as u64, gone)]).unwrap();
        let before = [0, 1].map(|workspace| rows(&store, workspace));
        let wanted: Vec<Row> =
            before[0].iter().cloned().filter_map(|row| scrubbed_row(row, "Signed Up")).collect();
        let mut survey = LetterA::new("Signed Up");
        let mut found = store.survey_fresh(WORKSPACES[0], &mut survey).unwrap();
        for mark in store.chunks(WORKSPACES[0]) {
            found += store.survey_chunk(WORKSPACES[0], mark.chunk, &mut survey).unwrap().unwrap();
        }
        let done = scrub_all(&store, "Signed Up").unwrap();
        prop_assert_eq!(done.changed + done.dropped, found);
        prop_assert_eq!(done.dropped as usize, before[0].len() - wanted.len());
        prop_assert_eq!(&rows(&store, 0), &wanted);
        prop_assert_eq!(&rows(&store, 1), &before[1]);
        prop_assert_eq!(scrub_all(&store, "Signed Up").unwrap().changed, 0);
        prop_assert_eq!(store.replaced_files(WORKSPACES[0]).unwrap(), 0);
        store.verify().unwrap();
        drop(store);
        let store = open(dir.path());
        prop_assert_eq!(&rows(&store, 0), &wanted);
    }
}

fn event(offset: u64) -> Made {
    Made {
        workspace: 0,
        person: u32::try_from(offset % 4).unwrap(),
        time_ms: 1_785_000_000_000 + i64::try_from(offset).unwrap(),
        name: if offset.is_multiple_of(9) { "Signed Up" } else { "Page Viewed" }.to_owned(),
        kind: model::Kind::Track,
        properties: json!({ "note": if offset.is_multiple_of(3) { "a" } else { "b" }, "n": offset }),
        traits: json!({}),
        context: json!({ "locale": "de" }),
        finding: false,
    }
}

fn fill(dir: &Path, faults: Faults) -> Store {
    let store = try_open(dir, faults).unwrap();
    for offset in 0..100 {
        apply(&store, &[(event(offset).entry(offset), event(offset).person)]).unwrap();
    }
    store
}

#[test]
fn a_crash_at_any_step_leaves_each_chunk_as_it_was_or_as_it_shall_be() {
    let wanted: Vec<Row> =
        (0..100).rev().filter_map(|offset| scrubbed_row(event(offset).row(offset), "Signed Up")).collect();
    for stop_at in 0.. {
        let dir = tempfile::tempdir().unwrap();
        let passed = Arc::new(AtomicUsize::new(0));
        let counter = passed.clone();
        let faults = Faults::at(move |_| counter.fetch_add(1, Ordering::SeqCst) >= stop_at);
        let store = fill(dir.path(), faults);
        let ended = scrub_all(&store, "Signed Up");
        drop(store);
        let store = open(dir.path());
        for offset in store.position().0..100 {
            apply(&store, &[(event(offset).entry(offset), event(offset).person)]).unwrap();
        }
        scrub_all(&store, "Signed Up").unwrap();
        assert_eq!(rows(&store, 0), wanted, "stopped at {stop_at}");
        assert_eq!(store.replaced_files(WORKSPACES[0]).unwrap(), 0);
        if ended.is_ok() {
            assert!(stop_at > 8, "only {stop_at} places to stop at");
            return;
        }
    }
}

#[test]
fn readers_keep_the_old_file_and_it_loses_its_key_afterwards() {
    let dir = tempfile::tempdir().unwrap();
    let store = fill(dir.path(), Faults::default());
    store.maintain().unwrap();
    let before = rows(&store, 0);
    let kept: Vec<_> = files(&dir.path().join("store"), "hfc")
        .into_iter()
        .map(|path| {
            let link = dir.path().join(path.file_name().unwrap());
            std::fs::hard_link(&path, &link).unwrap();
            (link, std::fs::read(&path).unwrap())
        })
        .collect();
    let view = store.view(WORKSPACES[0]);
    scrub_all(&store, "").unwrap();
    assert!(store.replaced_files(WORKSPACES[0]).unwrap() > 0, "the view still reads them");
    assert_ne!(rows(&store, 0), before);
    drop(view);
    assert_eq!(store.replaced_files(WORKSPACES[0]).unwrap(), 0);
    for (link, bytes) in kept {
        let now = std::fs::read(link).unwrap();
        // Magic, version, key id, wrapped key, directory: all zeros.
        assert!(now[..300].iter().all(|byte| *byte == 0) && now.len() == bytes.len());
    }
}

#[test]
fn held_merging_keeps_every_chunk() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.hold_merging(true);
    for offset in 0..40 {
        apply(&store, &[(event(offset).entry(offset), 0)]).unwrap();
        if offset % 5 == 4 {
            store.maintain().unwrap();
        }
    }
    assert_eq!(store.chunks(WORKSPACES[0]).len(), 8);
    store.hold_merging(false);
    store.maintain().unwrap();
    assert!(store.chunks(WORKSPACES[0]).len() < 8);
}
