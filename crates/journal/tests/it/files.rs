//! Files: opening again, going on in a new one, dropping old ones.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use journal::{Config, JournalError};
use model::Offset;

use crate::support::{HERE, Place, append, large, numbers, read_all};

const SMALL: u64 = 2_000;

fn small() -> Config {
    Config { file_bytes: SMALL, ..Config::default() }
}

#[test]
fn a_journal_that_is_opened_again_goes_on() {
    let place = Place::new();
    for round in 0..4 {
        let (journal, recovery) = place.try_open(Config::default()).unwrap();
        assert_eq!((recovery.end, recovery.cut), (Offset(u64::from(round) * 2), None));
        append(&journal, round * 2..round * 2 + 2);
        assert_eq!(numbers(&journal), (0..round * 2 + 2).collect::<Vec<_>>());
    }
    assert_eq!(place.logs().len(), 1);
}

#[test]
fn a_full_file_is_followed_by_one_named_after_its_first_record() {
    let place = Place::new();
    let journal = place.open_with(small());
    for number in 0..100 {
        append(&journal, number..number + 1);
    }
    let files = journal.files();
    assert!(files.len() > 3, "{files:?}");
    assert_eq!(files, place.logs());
    assert_eq!(files[0].file_name().unwrap(), "00000000000000000000.log");
    for file in &files {
        let meta = fs::metadata(file).unwrap();
        assert!(meta.len() < SMALL + 1_000 && meta.permissions().mode() & 0o777 == 0o600, "{meta:?}");
    }
    assert_eq!(numbers(&journal), (0..100).collect::<Vec<_>>());
    journal.close();
    assert_eq!(numbers(&place.open_with(small())), (0..100).collect::<Vec<_>>());
}

#[test]
fn a_file_of_a_day_is_followed_by_another() {
    let place = Place::new();
    let journal = place.open();
    append(&journal, 0..1);
    place.hand.advance_ms(24 * 60 * 60 * 1000 - 1);
    append(&journal, 1..2);
    assert_eq!(journal.files().len(), 1);
    place.hand.advance_ms(1);
    append(&journal, 2..3);
    assert_eq!(journal.files().len(), 2);
    assert_eq!(numbers(&journal), [0, 1, 2]);
}

#[test]
fn retention_drops_whole_files_that_are_old_and_read() {
    let place = Place::new();
    let journal = place.open_with(small());
    let start = place.clock.now_ms();
    for number in 0..100 {
        append(&journal, number..number + 1);
        place.hand.advance_ms(1_000);
    }
    let files = journal.files();
    let second: u64 = files[1].file_stem().unwrap().to_str().unwrap().parse().unwrap();
    // Nothing is old enough, then nothing has been read, then both hold for the first file.
    let made = start + i64::try_from(second).unwrap() * 1_000;
    for (older_than_ms, keep_from, dropped) in
        [(made - 1, u64::MAX, 0), (i64::MAX, second - 1, 0), (made, second, 1), (made, second, 0)]
    {
        let retained = journal.retain(older_than_ms, Offset(keep_from)).unwrap();
        assert_eq!(retained.files, dropped, "{older_than_ms} {keep_from}");
    }
    assert_eq!((journal.begin(), files[0].exists()), (Offset(second), false));
    assert!(matches!(
        journal.read(Offset(0), 100),
        Err(JournalError::Dropped { wanted: Offset(0), begin }) if begin == Offset(second)
    ));
    // The open file always stays.
    let retained = journal.retain(i64::MAX, Offset(u64::MAX)).unwrap();
    assert_eq!((retained.files, journal.files().len()), (files.len() - 2, 1));
    let left = read_all(&journal).unwrap().len() as u64;
    assert_eq!(journal.begin().0 + left, 100);
    journal.close();
    let (journal, recovery) = place.try_open(small()).unwrap();
    assert_eq!((recovery.begin.0 + left, recovery.files), (100, 1));
    append(&journal, 100..101);
}

#[test]
fn an_old_file_goes_even_when_nothing_more_comes() {
    let place = Place::new();
    let journal = place.open();
    append(&journal, 0..1);
    place.hand.advance_ms(10 * 24 * 60 * 60 * 1000);
    assert_eq!(journal.retain(place.clock.now_ms(), Offset(1)).unwrap().files, 0);
    journal.close();
    let journal = place.open();
    assert_eq!(journal.files().len(), 2);
    assert_eq!(journal.retain(place.clock.now_ms(), Offset(1)).unwrap().files, 1);
    assert_eq!((journal.begin(), journal.end()), (Offset(1), Offset(1)));
    append(&journal, 1..2);
    assert_eq!(numbers(&journal), [1]);
}

#[test]
fn a_journal_can_begin_where_another_ended() {
    let place = Place::new();
    let config = Config { start: Offset(1_000), ..Config::default() };
    let journal = place.open_with(config);
    assert_eq!(append(&journal, 0..1).first, Offset(1_000));
    journal.close();
    assert_eq!(place.open().begin(), Offset(1_000));
}

#[test]
fn what_an_interrupted_making_left_behind_is_removed() {
    let place = Place::new();
    append(&place.open(), 0..1);
    let partial = place.dir.path().join("00000000000000000001.partial");
    stdx::files::replace(&partial, b"half a header").unwrap();
    assert_eq!(numbers(&place.open()), [0]);
    assert!(!partial.exists());
}

#[test]
fn a_large_file_is_read_from_anywhere() {
    let place = Place::new();
    let journal = place.open();
    for _ in 0..40 {
        journal.append_blocking(HERE, vec![large(20_000), large(10)]).unwrap();
    }
    journal.close();
    let journal = place.open();
    for from in 0..80 {
        let entries = journal.read(Offset(from), 50_000).unwrap();
        assert_eq!(entries[0].offset, Offset(from));
        assert!(entries.len() <= 6, "about as many bytes as asked for: {}", entries.len());
    }
}
