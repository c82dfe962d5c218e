//! Crashes at every step and torn writes: what was acknowledged is there, anything else is named.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy knows test functions, not what they call"
)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use ledger::*;
use proptest::prelude::*;
use support::*;

/// Opens what a crash left and checks that exactly the first `count` entries are there and sound.
fn check(place: &Place, count: u64) -> Recovery {
    let ledger = Ledger::open(&place.dir, ledger_keys(), place.clock.clone()).unwrap();
    let recovery = ledger.recovery().clone();
    let closed = recovery.interrupted.len() as u64;
    assert_eq!(ledger.size(), count + closed);
    assert_eq!(ledger.checkpoint_now().unwrap().size, count + closed);
    let report = ledger.verify(None).unwrap();
    assert!(
        report.is_sound() && report.torn_bytes == 0 && report.payloads_checked == count + closed,
        "{report}"
    );
    // And it goes on from there.
    let next = ledger.enter(entry("person.viewed", Some(workspace(1)), 9)).unwrap();
    assert_eq!(next.0, count + closed);
    recovery
}

/// The newest file of a folder.
fn newest(folder: &Path) -> PathBuf {
    folder.join(files_below(folder).pop().unwrap())
}

#[test]
fn entries_behind_the_checkpoint_survive() {
    let place = Place::new();
    let ledger = place.open();
    for count in 1..40 {
        ledger.enter(entry("person.viewed", Some(workspace(u128::from(count % 3))), count)).unwrap();
        if count == 10 {
            ledger.checkpoint_now().unwrap();
        }
        if count % 6 == 0 {
            check(&place.crashed(), count);
        }
    }
    let after = place.crashed();
    assert_eq!(check(&after, 39).waiting_entries, 29);
}

#[test]
fn a_torn_write_is_cut_and_nothing_else() {
    let place = Place::new();
    let ledger = place.open();
    fill(&ledger, 60);
    let before = place.crashed();
    let good = fs::metadata(newest(&before.dir.join("pending"))).unwrap().len();
    let count = ledger.size();
    ledger.enter(entry("person.viewed", Some(workspace(1)), 60)).unwrap();
    let whole = fs::read(newest(&place.dir.join("pending"))).unwrap();
    let torn = whole.len() - good as usize;
    // The open ledger goes on to write; what is looked at is what stood here.
    let place = place.crashed();
    for kept in (0..torn).step_by(13).chain([1, 3, 4, 11, 12, torn - 1]) {
        // Cut short, or with blocks that never reached the disk.
        for zeros in [0, torn - kept] {
            let crashed = place.crashed();
            let mut bytes = whole[..good as usize + kept].to_vec();
            bytes.resize(bytes.len() + zeros, 0);
            put(&newest(&crashed.dir.join("pending")), &bytes);
            assert_eq!(check(&crashed, count).torn_bytes, (kept + zeros) as u64);
        }
    }
}

#[test]
fn damage_before_the_end_is_named_and_never_skipped() {
    let place = Place::new();
    let ledger = place.open();
    fill(&ledger, 30);
    let good = fs::metadata(newest(&place.dir.join("pending"))).unwrap().len() as usize;
    ledger.enter(entry("person.viewed", None, 30)).unwrap();
    let place = place.crashed();
    for at in (0..good).step_by(101) {
        let crashed = place.crashed();
        let path = newest(&crashed.dir.join("pending"));
        let mut bytes = fs::read(&path).unwrap();
        bytes[at] ^= 4;
        put(&path, &bytes);
        let error = Ledger::open(&crashed.dir, ledger_keys(), crashed.clock.clone()).unwrap_err();
        assert!(
            matches!(&error, LedgerError::Damaged { file, .. } if file.starts_with("pending")),
            "{error}"
        );
    }
}

/// The steps of the keeper, in its order: which files each touches.
const STEPS: [&str; 5] = ["payload", "tile", "intents", "checkpoint", "checkpoints"];

#[test]
fn a_crash_between_any_two_steps_of_the_keeper_loses_nothing() {
    let place = Place::new();
    let ledger = place.open();
    fill(&ledger, 300);
    let _open = std::mem::ManuallyDrop::new(ledger.intend(entry("key.made", None, 1)).unwrap());
    ledger.checkpoint_now().unwrap();
    fill_without_checkpoint(&ledger, 250);
    let _later =
        std::mem::ManuallyDrop::new(ledger.intend(entry("key.made", Some(workspace(2)), 2)).unwrap());
    let before = place.crashed();
    let count = ledger.size();
    ledger.checkpoint_now().unwrap();
    let after = place.crashed();
    for steps in 0..=STEPS.len() {
        let crashed = before.crashed();
        for step in &STEPS[..steps] {
            for file in files_below(&after.dir).into_iter().filter(|file| file.starts_with(step)) {
                put(&crashed.dir.join(&file), &fs::read(after.dir.join(&file)).unwrap());
            }
        }
        let recovery = check(&crashed, count);
        assert_eq!(recovery.interrupted.len(), 2, "after {steps} steps");
    }
}

fn fill_without_checkpoint(ledger: &Ledger, count: u64) {
    for number in 0..count {
        ledger.enter(entry("person.viewed", Some(workspace(u128::from(number % 4))), number)).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// The payload files of an unfinished pass may be torn anywhere behind what the checkpoint covers.
    #[test]
    fn torn_payload_files_are_written_again(before in 1_u64..40, after in 1_u64..40, cut in any::<prop::sample::Index>()) {
        let place = Place::new();
        let ledger = place.open();
        fill_without_checkpoint(&ledger, before);
        ledger.checkpoint_now().unwrap();
        let first = place.crashed();
        fill_without_checkpoint(&ledger, after);
        let crashed = place.crashed();
        ledger.checkpoint_now().unwrap();
        for file in files_below(&place.dir).into_iter().filter(|file| file.starts_with("payload")) {
            let whole = fs::read(place.dir.join(&file)).unwrap();
            // A file is made whole with its header before anything is appended.
            let safe = fs::metadata(first.dir.join(&file)).map_or(47, |was| was.len()) as usize;
            put(&crashed.dir.join(&file), &whole[..safe + cut.index(whole.len() - safe + 1)]);
        }
        check(&crashed, before + after);
    }
}

#[test]
fn a_crash_while_it_is_begun_is_begun_again() {
    let place = Place::new();
    drop(place.open());
    for gone in [
        &["checkpoint"][..],
        &["checkpoint", "intents"],
        &["checkpoint", "intents", "pending/00000000000000000000.log"],
    ] {
        let crashed = place.crashed();
        gone.iter().for_each(|file| fs::remove_file(crashed.dir.join(file)).unwrap());
        check(&crashed, 0);
    }
}

#[test]
fn what_is_missing_is_named() {
    let place = Place::new();
    let ledger = place.open();
    fill(&ledger, 300);
    ledger.checkpoint_now().unwrap();
    for file in ["checkpoint", "intents", "tile/0/001.p/50", "tile/entries/001.p/50", "tile/1/000.p/1"] {
        let crashed = place.crashed();
        fs::remove_file(crashed.dir.join(file)).unwrap();
        let error = Ledger::open(&crashed.dir, ledger_keys(), crashed.clock.clone()).unwrap_err();
        assert!(
            matches!(&error, LedgerError::Damaged { file: named, .. } if named == file),
            "{file}: {error}"
        );
    }
    let crashed = place.crashed();
    fs::remove_dir_all(crashed.dir.join("pending")).unwrap();
    assert!(Ledger::open(&crashed.dir, ledger_keys(), crashed.clock.clone()).is_err());
}
