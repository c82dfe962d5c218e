//! Memory, disk and the number of files stay bounded.

use std::fs;

use dedup::{Config, Dedup};
use model::Offset;

use crate::support::{DAY_MS, HERE, KEY, START_MS, ask, files, fill, open};

#[test]
fn ids_beyond_the_cap_are_dropped_oldest_first_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config { ids_max: 1_000, memory_ids_max: 100, ..Config::new(KEY) };
    let mut dedup = Dedup::open(dir.path(), config.clone()).unwrap();
    fill(&mut dedup, 0..5_000);
    let stats = dedup.stats();
    assert!((700..=1_000).contains(&stats.ids), "{stats:?}");
    assert_eq!(stats.dropped_early, 5_000 - stats.ids);
    assert!(!ask(&mut dedup, "id-4300", 5_000));
    assert!(ask(&mut dedup, "id-0", 5_001));
    dedup.flush().unwrap();
    let reopened = Dedup::open(dir.path(), config).unwrap().stats();
    assert_eq!(reopened, dedup.stats());
}

#[test]
fn ids_whose_time_is_over_leave_the_disk_and_are_not_counted_as_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let mut dedup = open(dir.path());
    fill(&mut dedup, 0..100);
    let later = START_MS + 2 * DAY_MS + 600_000;
    dedup.first_offset(HERE, "late", Offset(500), later).unwrap();
    dedup.flush().unwrap();
    let stats = dedup.stats();
    assert_eq!((stats.ids, stats.runs, stats.dropped_early), (1, 1, 0));
    assert_eq!(files(dir.path(), "run").len(), 1);
}

#[test]
fn a_flush_after_every_record_leaves_few_files() {
    let dir = tempfile::tempdir().unwrap();
    let mut dedup = Dedup::open(dir.path(), Config { ids_max: 1 << 12, ..Config::new(KEY) }).unwrap();
    for offset in 0..200 {
        fill(&mut dedup, offset..offset + 1);
        assert!(dedup.stats().runs <= 20, "{:?}", dedup.stats());
    }
    assert_eq!(dedup.stats().ids, 200);
    for offset in 0..200 {
        assert!(!ask(&mut dedup, &format!("id-{offset}"), 200 + offset));
    }
}

#[test]
fn what_an_interrupted_making_left_behind_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    fill(&mut open(dir.path()), 0..20);
    let runs = files(dir.path(), "run");
    let stranger = dir.path().join("0000009999.run");
    fs::copy(&runs[0], &stranger).unwrap();
    stdx::files::replace(&dir.path().join("0000010000.partial"), b"half").unwrap();
    let mut dedup = open(dir.path());
    assert_eq!((files(dir.path(), "run"), files(dir.path(), "partial")), (runs, vec![]));
    assert!(!ask(&mut dedup, "id-7", 20));
}

#[test]
fn no_id_is_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let mut dedup = open(dir.path());
    for offset in 0..100 {
        ask(&mut dedup, &format!("ada.lovelace-{offset}@example.org"), offset);
    }
    dedup.flush().unwrap();
    for path in files(dir.path(), "run") {
        let bytes = fs::read(&path).unwrap();
        assert!(!bytes.windows(8).any(|window| window == b"lovelace"), "{path:?}");
    }
}
