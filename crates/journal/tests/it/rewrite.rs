//! Taking records out of closed files: everything else stays, offsets included, and the keys of what was there go.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use journal::{Config, Journal, Rewritten};
use model::{Entry, Offset, SourceId, Stored, WorkspaceId};

use crate::support::{HERE, Place, THERE, append, number, order, put, read_all, record};

fn small() -> Config {
    Config { file_bytes: 2_000, ..Config::default() }
}

/// Orders numbered from 0, every fifth of them of the other workspace.
fn filled(journal: &Journal, count: u32) {
    for number in 0..count {
        let workspace = if number.is_multiple_of(5) { THERE } else { HERE };
        journal.append_blocking(workspace, vec![record(workspace, number)]).unwrap();
    }
}

fn gone(workspace: WorkspaceId) -> Stored {
    Stored::Purged { workspace, source: SourceId(1), message_id: "m".to_owned(), received_ms: 9 }
}

/// Takes away what `is_wanted` says by number.
fn take(is_wanted: impl Fn(u32) -> bool) -> impl Fn(&Entry) -> Option<Stored> {
    move |entry| match &entry.record {
        Stored::Order(_) if is_wanted(number(entry)) => Some(gone(HERE)),
        _ => None,
    }
}

fn wanted(count: u32, is_gone: impl Fn(u32) -> bool) -> Vec<Stored> {
    (0..count)
        .map(|number| {
            let workspace = if number.is_multiple_of(5) { THERE } else { HERE };
            if workspace == HERE && is_gone(number) {
                gone(HERE)
            } else {
                Stored::Order(order(workspace, number))
            }
        })
        .collect()
}

fn records(journal: &Journal) -> Vec<Stored> {
    read_all(journal).unwrap().into_iter().map(|entry| entry.record).collect()
}

#[test]
fn affected_files_are_replaced_and_nothing_else_changes() {
    let place = Place::new();
    let journal = place.open_with(small());
    filled(&journal, 200);
    let before: Vec<_> = place.logs().iter().map(|path| fs::read(path).unwrap()).collect();
    let closed = journal.close_before(journal.end()).unwrap();
    assert_eq!(closed.last().unwrap().end, Offset(200));
    // All numbers from 40 to 59: few files hold them.
    let mut rewritten = Rewritten::default();
    for file in &closed {
        let done = journal.rewrite(file.first, HERE, &mut take(|number| (40..60).contains(&number))).unwrap();
        rewritten.changed += done.changed;
        rewritten.records += done.records;
    }
    assert_eq!(rewritten, Rewritten { changed: 16, records: 200 });
    assert_eq!(records(&journal), wanted(200, |number| (40..60).contains(&number)));
    let after = journal.close_before(journal.end()).unwrap();
    for (was, is) in closed.iter().zip(&after) {
        let touched = was.first.0 < 60 && was.end.0 > 40;
        assert_eq!((was.id != is.id, was.first, was.end), (touched, is.first, is.end));
    }
    for (path, bytes) in place.logs().iter().zip(&before) {
        let first: u64 = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
        if !after.iter().any(|file| file.first.0 == first && file.end.0 > 40 && first < 60) {
            assert_eq!(&fs::read(path).unwrap(), bytes, "{}", path.display());
        }
    }
    append(&journal, 200..203);
    journal.close();
    let again = place.open_with(small());
    assert_eq!(records(&again)[..200], wanted(200, |number| (40..60).contains(&number)));
    assert!(place.paths().iter().all(|path| path.extension().is_none_or(|end| end == "log")));
}

#[test]
fn doing_it_again_changes_nothing() {
    let place = Place::new();
    let journal = place.open_with(small());
    filled(&journal, 60);
    for round in 0..3 {
        let closed = journal.close_before(Offset(60)).unwrap();
        let mut changed = 0;
        for file in &closed {
            changed += journal.rewrite(file.first, HERE, &mut take(|number| number == 33)).unwrap().changed;
        }
        assert_eq!(changed, u64::from(round == 0));
    }
    assert_eq!(records(&journal), wanted(60, |number| number == 33));
}

#[test]
fn the_old_file_cannot_be_opened_afterwards() {
    let place = Place::new();
    let journal = place.open();
    filled(&journal, 20);
    journal.close_before(Offset(20)).unwrap();
    let kept = place.dir.path().join("kept");
    fs::hard_link(&place.logs()[0], &kept).unwrap();
    let before = fs::read(&kept).unwrap();
    journal.rewrite(Offset(0), HERE, &mut take(|number| number == 1)).unwrap();
    let after = fs::read(&kept).unwrap();
    // Two key frames, one for each workspace: workspace id and wrapped key are zeros now.
    let zeroed = before.iter().zip(&after).filter(|(was, is)| was != is && **is == 0).count();
    assert!(zeroed > 2 * 69 - 10 && zeroed <= 2 * 85, "{zeroed}");
    fs::remove_file(&kept).unwrap();
    // What a crash left in between is overwritten and removed at opening.
    let left = place.logs()[0].with_extension("replaced");
    put(&left, &before);
    journal.close();
    drop(place.open());
    assert!(!left.exists());
}

#[test]
fn readers_and_writers_go_on_meanwhile() {
    let place = Place::new();
    let journal = place.open_with(small());
    filled(&journal, 100);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut rounds = 0;
            while !done.load(Ordering::SeqCst) || rounds == 0 {
                let records = records(&journal);
                for (number, record) in (0_u32..100).zip(records) {
                    let workspace = if number.is_multiple_of(5) { THERE } else { HERE };
                    assert!(
                        record == Stored::Order(order(workspace, number))
                            || (record == gone(HERE) && number % 7 == 3)
                    );
                }
                rounds += 1;
            }
        });
        scope.spawn(|| {
            for number in 100..160 {
                append(&journal, number..number + 1);
            }
        });
        for remainder in [3] {
            for file in journal.close_before(Offset(100)).unwrap() {
                journal.rewrite(file.first, HERE, &mut take(|number| number % 7 == remainder)).unwrap();
            }
        }
        done.store(true, Ordering::SeqCst);
    });
    assert_eq!(journal.end(), Offset(160));
    let kept: Vec<_> = records(&journal).into_iter().take(100).collect();
    assert_eq!(kept.iter().filter(|record| **record == gone(HERE)).count(), 11);
}

#[test]
fn a_file_that_retention_took_and_one_that_is_open_are_left() {
    let place = Place::new();
    let journal = place.open_with(small());
    filled(&journal, 100);
    let closed = journal.close_before(Offset(100)).unwrap();
    journal.retain(i64::MAX, Offset(closed[1].first.0)).unwrap();
    let nothing = Rewritten::default();
    assert_eq!(journal.rewrite(closed[0].first, HERE, &mut take(|_| true)).unwrap(), nothing);
    append(&journal, 100..101);
    assert_eq!(journal.rewrite(Offset(100), HERE, &mut take(|_| true)).unwrap(), nothing);
    journal.close();
    assert!(journal.close_before(Offset(101)).is_err());
    assert_eq!(journal.rewrite(Offset(100), HERE, &mut |_: &Entry| None).unwrap(), nothing);
}
