//! Bad disks, wrong keys, and a file of version 1.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

use dedup::{Config, Dedup, DedupError};
use model::Offset;
use proptest::prelude::*;

use crate::support::{HERE, KEY, START_MS, files, fill, small};

const IDS: u64 = 300;

/// Copies a table of two runs, which is made once, into `dir`.
fn written(dir: &Path) {
    static MADE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let made = tempfile::tempdir().unwrap();
        fill(&mut Dedup::open(made.path(), Config { memory_ids_max: 160, ..small() }).unwrap(), 0..IDS);
        made
    });
    copy(made.path(), dir);
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        put(&to.join(path.file_name().unwrap()), &fs::read(&path).unwrap());
    }
}

/// Opens and asks again about every id.
fn ask_all(dir: &Path) -> Result<(), DedupError> {
    let mut dedup = Dedup::open(dir, small())?;
    for offset in 0..IDS {
        let at_ms = START_MS + i64::try_from(offset).unwrap() * 1_000;
        let repeated = dedup.first_offset(HERE, &format!("id-{offset}"), Offset(IDS + offset), at_ms)?;
        assert!(!repeated, "a wrong answer for {offset}");
    }
    Ok(())
}

fn put(path: &Path, bytes: &[u8]) {
    fs::File::create(path).and_then(|mut file| file.write_all(bytes)).unwrap();
}

/// The damage is told, and the file named, and the copy put back.
fn check(dir: &Path, path: &Path, whole: &[u8], damaged: &[u8]) {
    put(path, damaged);
    match ask_all(dir) {
        Err(DedupError::Damaged { path: named, .. } | DedupError::Io { path: named, .. }) => {
            assert_eq!(named, path)
        }
        result => panic!("{path:?}: {result:?}"),
    }
    put(path, whole);
}

#[test]
fn every_flipped_bit_of_the_manifest_is_found() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path());
    let path = dir.path().join("manifest");
    let whole = fs::read(&path).unwrap();
    for bit in 0..whole.len() * 8 {
        let mut damaged = whole.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        check(dir.path(), &path, &whole, &damaged);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_flipped_bit_or_a_lost_end_of_a_run_is_found(
        run in any::<prop::sample::Index>(),
        bit in any::<prop::sample::Index>(),
        length in any::<prop::sample::Index>(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path());
        let path = run.get(&files(dir.path(), "run")).clone();
        let whole = fs::read(&path).unwrap();
        let mut flipped = whole.clone();
        let bit = bit.index(whole.len() * 8);
        flipped[bit / 8] ^= 1 << (bit % 8);
        check(dir.path(), &path, &whole, &flipped);
        check(dir.path(), &path, &whole, &whole[..length.index(whole.len())]);
    }

    #[test]
    fn arbitrary_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..5000), first in any::<bool>()) {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path());
        let path = if first { dir.path().join("manifest") } else { files(dir.path(), "run")[0].clone() };
        let whole = fs::read(&path).unwrap();
        check(dir.path(), &path, &whole, &bytes);
    }
}

#[test]
fn runs_that_changed_places_are_found() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path());
    let runs = files(dir.path(), "run");
    assert!(runs.len() >= 2, "{runs:?}");
    let other = fs::read(&runs[1]).unwrap();
    check(dir.path(), &runs[0], &fs::read(&runs[0]).unwrap(), &other);
}

#[test]
fn another_key_is_told() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path());
    let result = Dedup::open(dir.path(), Config::new([8; 16]));
    assert!(matches!(result.err(), Some(DedupError::OtherKey { .. })));
}

#[test]
fn the_files_of_version_1_are_read() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v1");
    let dir = tempfile::tempdir().unwrap();
    copy(&fixtures, dir.path());
    let mut dedup = Dedup::open(dir.path(), Config::new(KEY)).unwrap();
    assert_eq!((dedup.position(), dedup.stats().ids), (Offset(40), 40));
    for offset in 0..40 {
        let id = format!("id-{offset}");
        assert!(!dedup.first_offset(HERE, &id, Offset(100 + offset), START_MS).unwrap());
    }
    assert!(dedup.first_offset(HERE, "id-40", Offset(200), START_MS).unwrap());
}
