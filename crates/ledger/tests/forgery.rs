//! What a forger may try, and what both verifiers say to it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy knows test functions, not what they call"
)]

mod support;

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use keys::Key;
use ledger::*;
use proptest::prelude::*;
use stdx::Secret;
use support::*;

/// An honest log of 700 entries and some that wait, with the checkpoint of its middle.
struct Honest {
    place: Place,
    middle: String,
}

fn honest() -> Honest {
    let place = Place::new();
    let ledger = place.open();
    let middle = fill(&ledger, 700);
    let _open = std::mem::ManuallyDrop::new(ledger.intend(entry("key.made", None, 701)).unwrap());
    ledger.checkpoint_now().unwrap();
    for number in 702..720 {
        ledger.enter(entry("person.viewed", Some(workspace(1)), number)).unwrap();
    }
    Honest { place: place.crashed(), middle }
}

fn judge(dir: &Path, older: Option<&str>) -> Report {
    let keys = ledger_keys();
    verify(dir, &Trust { public: keys.public(), payload: Some(keys.payload()), witnesses: &[] }, older)
        .unwrap()
}

fn judge_in_python(dir: &Path, older: Option<&str>) -> serde_json::Value {
    let key = dir.with_extension("key");
    put(&key, "09".repeat(32).as_bytes());
    let mut arguments =
        vec![dir.display().to_string(), "--payload-key".to_owned(), key.display().to_string()];
    if let Some(older) = older {
        let file = dir.with_extension("older");
        put(&file, older.as_bytes());
        arguments.extend(["--older".to_owned(), file.display().to_string()]);
    }
    let told = python(&arguments);
    assert_ne!(told.code, 2, "{}", told.errors);
    told.answer
}

#[test]
fn an_honest_log_is_sound_to_both() {
    let honest = honest();
    let report = judge(&honest.place.dir, Some(&honest.middle));
    assert!(report.is_sound(), "{report}");
    assert_eq!((report.size, report.leaves_checked, report.payloads_checked), (715, 715, 715));
    assert_eq!((report.pending_entries, report.open_intents, report.older_checked), (18, 1, 1));
    assert_eq!((report.torn_bytes, report.payloads_dropped), (0, 0));
    let told = judge_in_python(&honest.place.dir, Some(&honest.middle));
    assert_eq!((&told["sound"], &told["size"]), (&true.into(), &715.into()));
}

/// Where a forgery must be found: exactly this entry, or something within.
enum Found {
    At(u64),
    Within(Range<u64>),
}

/// Lets both verifiers look at a forged copy.
fn check(honest: &Honest, wrong: Wrong, found: &Found, forge: impl Fn(&Path)) {
    let place = honest.place.crashed();
    forge(&place.dir);
    let report = judge(&place.dir, Some(&honest.middle));
    let first = report.first_wrong().unwrap_or_else(|| panic!("not found: {report}"));
    assert!(report.findings.iter().any(|finding| finding.wrong == wrong), "{wrong:?}: {report}");
    let (start, end, exact) = match found {
        Found::At(index) => (*index, index + 1, true),
        Found::Within(range) => (range.start, range.end, false),
    };
    assert_eq!((first.first, first.exact), (start, exact), "{wrong:?}: {report}");
    assert!(exact || first.end == end, "{wrong:?}: {report}");
    let told = judge_in_python(&place.dir, Some(&honest.middle));
    let first = &told["first_wrong"];
    assert!(
        first["first"].as_u64().unwrap() <= start && first["end"].as_u64().is_none_or(|e| e >= end),
        "{wrong:?}: {told}"
    );
}

fn edit(dir: &Path, file: &str, change: impl Fn(&mut Vec<u8>)) {
    let path = dir.join(file);
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    put(&path, &bytes);
}

/// Bytes of a leaf and its length in a bundle.
const LEAF: usize = 35;

#[test]
fn edited_leaves_are_named() {
    let honest = honest();
    let bundle = "tile/entries/001";
    // Entry 300 is the 45th of the second bundle.
    let at = 44 * LEAF;
    check(&honest, Wrong::Leaf, &Found::At(300), |dir| edit(dir, bundle, |b| b[at + 9] ^= 1));
    check(&honest, Wrong::Leaf, &Found::At(300), |dir| edit(dir, bundle, |b| drop(b.drain(at..at + LEAF))));
    check(&honest, Wrong::Leaf, &Found::At(300), |dir| {
        edit(dir, bundle, |b| drop(b.splice(at..at, b[..LEAF].to_vec())));
    });
    check(&honest, Wrong::Leaf, &Found::At(300), |dir| {
        edit(dir, bundle, |b| b[at..at + 2 * LEAF].rotate_left(LEAF))
    });
    check(&honest, Wrong::Leaf, &Found::At(300), |dir| edit(dir, "tile/0/001", |b| b[44 * 32] ^= 0x80));
    check(&honest, Wrong::Leaf, &Found::At(512), |dir| edit(dir, "tile/entries/002.p/203", |b| b[5] ^= 1));
}

#[test]
fn leaves_and_hashes_edited_together_are_narrowed_down() {
    let honest = honest();
    let both = |dir: &Path| {
        edit(dir, "tile/entries/001", |b| b[44 * LEAF + 9] ^= 1);
        let bytes = fs::read(dir.join("tile/entries/001")).unwrap();
        let hash = leaf_hash(&bytes[44 * LEAF + 2..45 * LEAF]);
        edit(dir, "tile/0/001", |b| b[44 * 32..45 * 32].copy_from_slice(&hash.0));
    };
    // The payload still tells which; without its key the tile above narrows it to 256 entries.
    check(&honest, Wrong::Tile, &Found::At(300), both);
    let place = honest.place.crashed();
    both(&place.dir);
    let keys = ledger_keys();
    let report =
        verify(&place.dir, &Trust { public: keys.public(), payload: None, witnesses: &[] }, None).unwrap();
    let tile = report.findings.iter().find(|finding| finding.wrong == Wrong::Tile).unwrap();
    assert_eq!((tile.first, tile.end, tile.exact), (256, 512, false));
}

#[test]
fn payloads_moved_or_taken_away_are_named() {
    let honest = honest();
    let (installation, mine, other) = ("payload/installation".to_owned(), folder(1), folder(2));
    let first = |number: u64| format!("{number:020}.payload");
    check(&honest, Wrong::MissingPayload, &Found::At(0), |dir| {
        fs::remove_dir_all(dir.join(&installation)).unwrap()
    });
    check(&honest, Wrong::MissingPayload, &Found::At(1), |dir| {
        fs::remove_file(dir.join(&mine).join(first(1))).unwrap()
    });
    check(&honest, Wrong::Payload, &Found::At(1), |dir| {
        let (a, b) = (dir.join(&mine), dir.join(&other));
        fs::rename(&a, dir.join("aside")).unwrap();
        fs::rename(&b, &a).unwrap();
        fs::rename(dir.join("aside"), &b).unwrap();
    });
    // One payload cut out of the middle, whole frames before and behind it.
    check(&honest, Wrong::MissingPayload, &Found::At(4), |dir| {
        edit(dir, &format!("{mine}/{}", first(1)), |bytes| {
            let marks: Vec<usize> =
                (0..bytes.len() - 4).filter(|at| &bytes[*at..at + 4] == b"hfLF").take(3).collect();
            bytes.drain(marks[1]..marks[2]);
        });
    });
}

fn folder(number: u128) -> String {
    format!("payload/{}", workspace(number))
}

#[test]
fn a_log_written_anew_is_caught_by_what_it_cannot_sign_or_unsign() {
    let honest = honest();
    let other = Place::new();
    let fork = other.open();
    fill(&fork, 800);
    fork.checkpoint_now().unwrap();
    let fork = other.crashed();
    let replace = |dir: &Path, keep: &[&str]| {
        let kept: Vec<(PathBuf, Vec<u8>)> =
            keep.iter().map(|name| (dir.join(name), fs::read(dir.join(name)).unwrap())).collect();
        fs::remove_dir_all(dir).unwrap();
        copy_folder(&fork.dir, dir);
        kept.iter().for_each(|(path, bytes)| put(path, bytes));
    };
    let middle = 358;
    // Everything signed anew: only the checkpoint kept outside tells.
    check(&honest, Wrong::Root, &Found::Within(0..middle), |dir| replace(dir, &[]));
    let place = honest.place.crashed();
    replace(&place.dir, &[]);
    assert!(judge(&place.dir, None).is_sound(), "without an older checkpoint a whole new log is sound");
    // The log's own list of checkpoints kept: it tells as well.
    let place = honest.place.crashed();
    replace(&place.dir, &["checkpoints"]);
    let report = judge(&place.dir, None);
    assert_eq!(
        report.first_wrong().map(|f| (f.wrong, f.first, f.end)),
        Some((Wrong::Root, 0, middle)),
        "{report}"
    );
    // The honest checkpoint over foreign tiles.
    check(&honest, Wrong::Root, &Found::Within(0..middle), |dir| replace(dir, &["checkpoint"]));
    // Another key.
    check(&honest, Wrong::Checkpoint, &Found::Within(0..middle), |dir| {
        let keys = LedgerKeys::new(ORIGIN, &Secret::new([1; 32]), Key::from_bytes([9; 32])).unwrap();
        let own = Place::new();
        drop(Ledger::open(&own.dir, keys, own.clock.clone()).unwrap());
        fs::remove_dir_all(dir).unwrap();
        copy_folder(&own.dir, dir);
    });
}

#[test]
fn a_log_rolled_back_is_caught_by_a_newer_checkpoint() {
    let place = Place::new();
    let ledger = place.open();
    fill(&ledger, 300);
    let before = ledger.checkpoint_now().unwrap();
    let snapshot = place.crashed();
    fill(&ledger, 100);
    let now = ledger.checkpoint_now().unwrap();
    let report = judge(&snapshot.dir, Some(&now.note));
    let first = report.first_wrong().unwrap();
    assert_eq!((first.wrong, first.first, first.end, first.exact), (Wrong::Truncated, 0, now.size, false));
    assert_eq!(judge_in_python(&snapshot.dir, Some(&now.note))["first_wrong"]["end"], now.size);
    // Who also kept the earlier one knows that what is there is what was there.
    let both = format!("{}{}", before.note, now.note);
    let report = judge(&snapshot.dir, Some(&both));
    assert_eq!(report.first_wrong().map(|first| (first.first, first.end)), Some((before.size, now.size)));
    assert!(judge(&place.dir, Some(&format!("{}{}", before.note, now.note))).is_sound());
}

#[test]
fn what_a_witness_cosigned_is_held_against_the_tree() {
    let [witness, other] =
        [3, 4].map(|seed| Cosigner::new("witness.example/w1", &Secret::new([seed; 32])).unwrap());
    let place = Place::new();
    let ledger = place.open();
    ledger.expect_witnesses(vec![witness.key().clone()]);
    fill(&ledger, 300);
    let seen = ledger.checkpoint_now().unwrap();
    ledger.add_cosignature(&seen, witness.key(), &witness.cosign(&seen, 1_767_225_600)).unwrap();
    fill(&ledger, 20);
    ledger.checkpoint_now().unwrap();
    let honest = place.crashed();
    let judge = |dir: &Path, witness: &Cosigner| {
        let (keys, witnesses) = (ledger_keys(), [witness.key().clone()]);
        let trust = Trust { public: keys.public(), payload: Some(keys.payload()), witnesses: &witnesses };
        let report = verify(dir, &trust, None).unwrap();
        let words = [dir.display().to_string(), "--witness".to_owned(), witness.key().to_string()];
        assert_eq!(python(&words).answer["sound"], report.is_sound(), "{report}");
        report
    };
    let report = judge(&honest.dir, &witness);
    assert_eq!((report.is_sound(), report.witnessed), (true, Some(seen.size)), "{report}");
    assert_eq!(judge(&honest.dir, &other).first_wrong().map(|first| first.wrong), Some(Wrong::Cosignature));
    // Another history under the old cosignature, then a shorter one.
    for (count, wrong) in [(400, Wrong::Root), (100, Wrong::Truncated)] {
        let fork = Place::new();
        let forked = fork.open();
        fill(&forked, count);
        forked.checkpoint_now().unwrap();
        let fork = fork.crashed();
        put(&fork.dir.join("cosigned"), &fs::read(honest.dir.join("cosigned")).unwrap());
        let report = judge(&fork.dir, &witness);
        let first = report.first_wrong().unwrap();
        assert_eq!((first.wrong, first.first, first.end), (wrong, 0, seen.size), "{report}");
    }
}

static SUBJECT: LazyLock<Mutex<(Honest, Report)>> = LazyLock::new(|| {
    let honest = honest();
    let report = judge(&honest.place.dir, Some(&honest.middle));
    assert!(report.is_sound(), "{report}");
    Mutex::new((honest, report))
});

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every kind of file is as likely as any other: checkpoint, list, tiles, bundles, payloads, pending, intents.
    #[test]
    fn random_damage_is_seen(
        kind in 0_usize..8,
        file in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        bit in 0_u8..8,
        is_cut in any::<bool>(),
    ) {
        let subject = SUBJECT.lock().unwrap();
        let (honest, sound) = &*subject;
        let dir = &honest.place.dir;
        let kinds = ["checkpoint", "checkpoints", "tile/0", "tile/1", "tile/entries", "payload", "pending", "intents"];
        let files: Vec<PathBuf> = files_below(dir).into_iter().filter(|file| file.starts_with(kinds[kind])).collect();
        let path = dir.join(file.get(&files));
        let whole = fs::read(&path).unwrap();
        let at = at.index(whole.len());
        let mut damaged = whole.clone();
        if is_cut { damaged.truncate(at) } else { damaged[at] ^= 1 << bit }
        put(&path, &damaged);
        let report = judge(dir, Some(&honest.middle));
        put(&path, &whole);
        // What is cut between two whole frames behind the checkpoint, or between two whole notes of the
        // list, was never vouched for by anything else; the counts tell all the same.
        let differs = report.pending_entries < sound.pending_entries || report.history_checked < sound.history_checked;
        prop_assert!(!report.is_sound() || report.torn_bytes > 0 || differs, "{path:?} at {at}: {report}");
    }

    /// The public key alone finds all that concerns the tree.
    #[test]
    fn random_damage_to_the_tree_is_seen_without_keys(
        file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0_u8..8,
    ) {
        let subject = SUBJECT.lock().unwrap();
        let dir = &subject.0.place.dir;
        let files: Vec<PathBuf> =
            files_below(dir).into_iter().filter(|f| f.starts_with("tile") || f == Path::new("checkpoint")).collect();
        let path = dir.join(file.get(&files));
        let whole = fs::read(&path).unwrap();
        let mut damaged = whole.clone();
        damaged[at.index(whole.len())] ^= 1 << bit;
        put(&path, &damaged);
        let keys = ledger_keys();
        let report = verify(dir, &Trust { public: keys.public(), payload: None, witnesses: &[] }, None).unwrap();
        put(&path, &whole);
        prop_assert!(!report.is_sound(), "{path:?}");
    }

    /// Opening a damaged ledger names the damage, or goes on with a tree that its checkpoint signs.
    #[test]
    fn opening_what_is_damaged_never_panics(
        file in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        noise in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        let place = {
            let subject = SUBJECT.lock().unwrap();
            subject.0.place.crashed()
        };
        let files: Vec<PathBuf> = files_below(&place.dir).into_iter().filter(|f| f != Path::new("lock")).collect();
        let path = place.dir.join(file.get(&files));
        let mut bytes = fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        let end = (at + noise.len()).min(bytes.len());
        bytes.splice(at..end, noise);
        put(&path, &bytes);
        match Ledger::open(&place.dir, ledger_keys(), place.clock.clone()) {
            Ok(ledger) => prop_assert!(ledger.checkpoint().size >= 715),
            Err(error) => prop_assert!(matches!(error, LedgerError::Damaged { .. }), "{error}"),
        }
    }
}
