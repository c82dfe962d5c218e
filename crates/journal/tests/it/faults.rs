//! A disk that is full, fails, or hangs.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};

use journal::{AppendError, Config, Disk, Journal};
use model::Offset;

use crate::support::{HERE, Place, append, large, numbers, record};

/// A disk that does as it is told, until it is told otherwise.
#[derive(Default)]
struct Sick(Mutex<Illness>);

#[derive(Default, Clone, Copy)]
struct Illness {
    /// The next write puts so many bytes and fails so.
    write: Option<(usize, ErrorKind)>,
    sync: bool,
    truncate: bool,
    /// No file can be made.
    make: Option<ErrorKind>,
}

impl Sick {
    fn now(&self, illness: Illness) {
        *self.0.lock().unwrap() = illness;
    }

    fn illness(&self) -> Illness {
        *self.0.lock().unwrap()
    }
}

impl Disk for Sick {
    fn make(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        match self.illness().make {
            Some(kind) => Err(kind.into()),
            None => stdx::files::replace(path, bytes),
        }
    }

    fn write(&self, file: &File, bytes: &[u8], position: u64) -> io::Result<()> {
        let Some((written, kind)) = self.illness().write else { return file.write_all_at(bytes, position) };
        file.write_all_at(&bytes[..written.min(bytes.len())], position)?;
        Err(kind.into())
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        if self.illness().sync { Err(io::Error::other("sync")) } else { file.sync_data() }
    }

    fn truncate(&self, file: &File, length: u64) -> io::Result<()> {
        if self.illness().truncate { Err(io::Error::other("truncate")) } else { file.set_len(length) }
    }
}

fn sick(place: &Place) -> (Arc<Sick>, Journal) {
    let disk = Arc::new(Sick::default());
    let journal = place.open_with(Config { disk: disk.clone(), ..Config::default() });
    append(&journal, 0..3);
    (disk, journal)
}

fn one(journal: &Journal, number: u32) -> Result<Offset, AppendError> {
    journal.append_blocking(HERE, vec![record(HERE, number)]).map(|appended| appended.first)
}

/// Nothing is acknowledged after this illness, even when it passes; what was acknowledged stays.
fn check_stops(illness: Illness) {
    let place = Place::new();
    let (disk, journal) = sick(&place);
    assert!(!journal.is_stopped());
    disk.now(illness);
    assert_eq!(one(&journal, 3), Err(AppendError::Stopped));
    disk.now(Illness::default());
    assert_eq!(one(&journal, 4), Err(AppendError::Stopped));
    assert!(journal.is_stopped());
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(journal.stopped());
    assert_eq!((numbers(&journal), journal.stats().queued_bytes), (vec![0, 1, 2], 0));
    journal.close();
    assert_eq!(one(&journal, 5), Err(AppendError::Stopped));
    let journal = place.open();
    let kept = numbers(&journal);
    assert!(kept == [0, 1, 2] || kept == [0, 1, 2, 3], "{kept:?}");
    append(&journal, 9..10);
}

#[test]
fn after_a_failed_sync_nothing_is_acknowledged() {
    check_stops(Illness { sync: true, ..Illness::default() });
}

#[test]
fn after_a_failed_write_nothing_is_acknowledged() {
    for written in [0, 20, 100, 10_000] {
        check_stops(Illness { write: Some((written, ErrorKind::Other)), ..Illness::default() });
    }
}

#[test]
fn after_a_full_disk_that_cannot_be_tidied_nothing_is_acknowledged() {
    let write = Some((50, ErrorKind::StorageFull));
    check_stops(Illness { write, truncate: true, ..Illness::default() });
}

#[test]
fn a_full_disk_is_told_and_got_over() {
    for kind in [ErrorKind::StorageFull, ErrorKind::QuotaExceeded] {
        for written in [0, 20, 100, 10_000] {
            let place = Place::new();
            let (disk, journal) = sick(&place);
            disk.now(Illness { write: Some((written, kind)), ..Illness::default() });
            assert_eq!(one(&journal, 3), Err(AppendError::Full));
            assert_eq!(one(&journal, 4), Err(AppendError::Full));
            assert_eq!(numbers(&journal), [0, 1, 2]);
            disk.now(Illness::default());
            assert_eq!(one(&journal, 5), Ok(Offset(3)));
            journal.close();
            let (journal, recovery) = place.try_open(Config::default()).unwrap();
            assert_eq!((numbers(&journal), recovery.cut), (vec![0, 1, 2, 5], None));
        }
    }
}

#[test]
fn a_disk_that_is_full_from_the_first_record_on_keeps_no_key_from_its_frames() {
    let place = Place::new();
    let disk = Arc::new(Sick::default());
    let journal = place.open_with(Config { disk: disk.clone(), ..Config::default() });
    disk.now(Illness { write: Some((60, ErrorKind::StorageFull)), ..Illness::default() });
    assert_eq!(one(&journal, 0), Err(AppendError::Full));
    disk.now(Illness::default());
    assert_eq!(one(&journal, 1), Ok(Offset(0)));
    journal.close();
    assert_eq!(numbers(&place.open()), [1]);
}

#[test]
fn a_full_disk_at_a_new_file_is_told_and_got_over() {
    let place = Place::new();
    let disk = Arc::new(Sick::default());
    let journal = place.open_with(Config { disk: disk.clone(), file_bytes: 1, ..Config::default() });
    append(&journal, 0..1);
    disk.now(Illness { make: Some(ErrorKind::StorageFull), ..Illness::default() });
    for number in 1..3 {
        assert_eq!(one(&journal, number), Err(AppendError::Full));
    }
    disk.now(Illness::default());
    assert_eq!(one(&journal, 3), Ok(Offset(1)));
    assert_eq!((numbers(&journal), journal.files().len()), (vec![0, 3], 2));
    disk.now(Illness { make: Some(ErrorKind::PermissionDenied), ..Illness::default() });
    assert_eq!(one(&journal, 4), Err(AppendError::Stopped));
    journal.close();
    assert_eq!(numbers(&place.open()), [0, 3]);
}

/// A disk whose syncs tell that they have begun and wait to be let through.
struct Slow {
    began: Mutex<Sender<()>>,
    pass: Mutex<Receiver<()>>,
}

impl Disk for Slow {
    fn sync(&self, file: &File) -> io::Result<()> {
        self.began.lock().unwrap().send(()).unwrap();
        self.pass.lock().unwrap().recv().unwrap();
        file.sync_data()
    }
}

fn slow(place: &Place, queue_bytes_max: usize) -> (Journal, Receiver<()>, Sender<()>) {
    let ((began, has_begun), (let_pass, pass)) = (mpsc::channel(), mpsc::channel());
    let disk = Arc::new(Slow { began: Mutex::new(began), pass: Mutex::new(pass) });
    (place.open_with(Config { disk, queue_bytes_max, ..Config::default() }), has_begun, let_pass)
}

#[test]
fn what_is_not_synced_is_not_read() {
    let place = Place::new();
    let (journal, has_begun, let_pass) = slow(&place, 1 << 20);
    std::thread::scope(|scope| {
        let appending = scope.spawn(|| one(&journal, 0));
        has_begun.recv().unwrap();
        assert_eq!(journal.end(), Offset(0));
        assert_eq!(journal.read(Offset(0), 100).unwrap(), []);
        let_pass.send(()).unwrap();
        assert_eq!(appending.join().unwrap(), Ok(Offset(0)));
    });
    assert_eq!(numbers(&journal), [0]);
}

#[test]
fn what_waits_is_bounded_and_goes_out_with_one_sync() {
    let place = Place::new();
    let (journal, has_begun, let_pass) = slow(&place, 10_000);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| one(&journal, 0));
        has_begun.recv().unwrap();
        // The first is being written; four of 2,000 bytes fit behind it.
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut waiting: Vec<_> =
                (0..4).map(|_| Box::pin(journal.append(HERE, vec![large(2_000)]))).collect();
            for append in &mut waiting {
                assert!(futures_poll(append).await.is_none());
            }
            let refused = journal.append(HERE, vec![large(2_000)]).await;
            assert!(matches!(refused, Err(AppendError::Overloaded { retry_after_s: 1.. })), "{refused:?}");
            let_pass.send(()).unwrap();
            has_begun.recv().unwrap();
            let_pass.send(()).unwrap();
            for (append, offset) in waiting.into_iter().zip(1..) {
                assert_eq!(append.await.map(|appended| appended.first), Ok(Offset(offset)));
            }
        });
        assert_eq!(first.join().unwrap(), Ok(Offset(0)));
    });
    assert_eq!((journal.stats().syncs, journal.stats().queued_bytes), (2, 0));
    let_pass.send(()).unwrap();
    assert_eq!(one(&journal, 1), Ok(Offset(5)));
}

/// Polls once.
async fn futures_poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|context| match std::pin::Pin::new(&mut *future).poll(context) {
        std::task::Poll::Ready(output) => std::task::Poll::Ready(Some(output)),
        std::task::Poll::Pending => std::task::Poll::Ready(None),
    })
    .await
}

#[test]
fn a_caller_who_goes_away_leaves_the_record_behind() {
    let place = Place::new();
    let (journal, has_begun, let_pass) = slow(&place, 10_000);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut append = Box::pin(journal.append(HERE, vec![record(HERE, 0)]));
        assert!(futures_poll(&mut append).await.is_none());
    });
    has_begun.recv().unwrap();
    let_pass.send(()).unwrap();
    let_pass.send(()).unwrap();
    assert_eq!(one(&journal, 1), Ok(Offset(1)));
    assert_eq!(numbers(&journal), [0, 1]);
}
