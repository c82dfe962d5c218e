//! What a crash, a bad disk or a clumsy hand may leave behind.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use journal::{AppendError, Config, Disk, Journal, JournalError};
use model::Offset;
use proptest::prelude::*;

use crate::support::{HERE, Place, append, change, numbers, put, read_all, record};

const RECORDS: u32 = 14;

/// A journal of several files, closed; each append was a write and a sync of its own.
fn written() -> Place {
    let place = Place::new();
    let journal = place.open_with(Config { file_bytes: 300, ..Config::default() });
    for number in 0..RECORDS / 2 {
        append(&journal, number * 2..number * 2 + 2);
    }
    journal.close();
    assert!(place.logs().len() >= 3);
    place
}

/// Opens and reads everything.
fn open_and_read(place: &Place) -> Result<usize, JournalError> {
    let (journal, _) = place.try_open(Config::default())?;
    read_all(&journal).map(|entries| entries.len())
}

fn named(error: &JournalError) -> PathBuf {
    match error {
        JournalError::Damaged { path, .. }
        | JournalError::Lost { path, .. }
        | JournalError::Sealed { path, .. } => path.clone(),
        error => panic!("names no file: {error:?}"),
    }
}

fn flip(path: &Path, bit: usize) {
    change(path, |bytes| {
        let bit = bit % (bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
    });
}

/// Two or three bits of every byte of every file, in turn.
#[test]
fn every_flipped_byte_is_found_and_its_file_named() {
    let place = written();
    for log in place.logs() {
        let whole = fs::read(&log).unwrap();
        for bit in (0..whole.len() * 8).step_by(3) {
            flip(&log, bit);
            let error = open_and_read(&place).expect_err("damage is found");
            assert_eq!(named(&error), log, "bit {bit}: {error}");
            put(&log, &whole);
        }
    }
    assert_eq!(open_and_read(&place).unwrap(), RECORDS as usize);
}

#[test]
fn a_flipped_bit_in_the_mark_does_no_harm() {
    let place = written();
    let whole = fs::read(place.mark()).unwrap();
    for bit in 0..whole.len() * 8 {
        put(&place.mark(), &whole);
        flip(&place.mark(), bit);
        assert_eq!(open_and_read(&place).unwrap(), RECORDS as usize, "bit {bit}");
    }
}

#[test]
fn a_file_that_was_removed_is_missed() {
    let place = written();
    for log in &place.logs()[1..] {
        let copy = place.copy();
        let name = log.file_name().unwrap();
        fs::remove_file(copy.dir.path().join(name)).unwrap();
        assert!(open_and_read(&copy).is_err(), "{name:?}");
    }
}

#[test]
fn two_files_that_changed_places_are_found() {
    let place = written();
    let logs = place.logs();
    let (a, b) = (fs::read(&logs[0]).unwrap(), fs::read(&logs[1]).unwrap());
    put(&logs[0], &b);
    put(&logs[1], &a);
    assert!(open_and_read(&place).is_err());
}

#[test]
fn two_frames_that_changed_places_are_found() {
    let place = Place::new();
    let journal = place.open();
    append(&journal, 0..1);
    let lengths = [1, 2].map(|number| {
        append(&journal, number..number + 1);
        usize::try_from(fs::metadata(&place.logs()[0]).unwrap().len()).unwrap()
    });
    journal.close();
    change(&place.logs()[0], |bytes| {
        let frame = lengths[1] - lengths[0];
        let (before, last) = bytes.split_at_mut(lengths[0]);
        let start = before.len() - frame;
        before[start..].swap_with_slice(last);
    });
    assert!(open_and_read(&place).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// With the mark, cutting anything that was acknowledged is told as a loss.
    #[test]
    fn a_file_that_lost_its_end_is_named(file in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>()) {
        let place = written();
        let log = file.get(&place.logs()).clone();
        let length = usize::try_from(fs::metadata(&log).unwrap().len()).unwrap();
        change(&log, |bytes| bytes.truncate(cut.index(length)));
        let error = open_and_read(&place).expect_err("the loss is found");
        prop_assert_eq!(named(&error), log);
    }

    /// A crash inside the last write, the mark lagging: what was acknowledged before is all there.
    #[test]
    fn a_torn_last_write_is_cut_off(
        cut in any::<prop::sample::Index>(),
        garbage in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let place = Place::new();
        let journal = place.open();
        append(&journal, 0..5);
        let acknowledged = place.copy();
        append(&journal, 5..9);
        journal.close();
        let log = &place.logs()[0];
        let old = fs::read(&acknowledged.logs()[0]).unwrap();
        let new = fs::read(log).unwrap();
        fs::copy(acknowledged.mark(), place.mark()).unwrap();
        let kept = old.len() + cut.index(new.len() - old.len());
        put(log, &[&new[..kept], &garbage].concat());
        let (journal, recovery) = place.try_open(Config::default()).unwrap();
        prop_assert_eq!(numbers(&journal), (0..5).collect::<Vec<_>>());
        let told = recovery.cut.map(|cut| (cut.file, cut.position, cut.bytes));
        let wanted = (log.clone(), old.len() as u64, (kept - old.len() + garbage.len()) as u64);
        prop_assert_eq!(told, (wanted.2 > 0).then_some(wanted));
        append(&journal, 5..6);
        journal.close();
        prop_assert_eq!(numbers(&place.open()), (0..6).collect::<Vec<_>>());
    }

    /// Without the mark, damage before the last write is still told from a torn tail.
    #[test]
    fn damage_before_the_last_write_is_found_without_the_mark(bit in any::<prop::sample::Index>()) {
        let place = Place::new();
        let journal = place.open();
        append(&journal, 0..5);
        let before = fs::read(&place.logs()[0]).unwrap().len();
        append(&journal, 5..9);
        journal.close();
        fs::remove_file(place.mark()).unwrap();
        flip(&place.logs()[0], bit.index(before * 8));
        let error = open_and_read(&place).expect_err("damage is found");
        prop_assert_eq!(named(&error), place.logs()[0].clone());
    }

    #[test]
    fn arbitrary_bytes_are_refused_and_named(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        after_the_header in any::<bool>(),
    ) {
        let place = written();
        let log = place.logs()[0].clone();
        let mut content = if after_the_header { fs::read(&log).unwrap()[..48].to_vec() } else { Vec::new() };
        content.extend(bytes);
        put(&log, &content);
        let error = open_and_read(&place).expect_err("damage is found");
        prop_assert_eq!(named(&error), log);
    }

    /// The power fails during the n-th sync: sectors of the last write are there or not, in any mix.
    #[test]
    fn after_a_power_cut_the_acknowledged_records_are_a_prefix(
        syncs in 1_usize..12,
        sectors in prop::collection::vec(any::<bool>(), 1..16),
        length in any::<prop::sample::Index>(),
    ) {
        let place = Place::new();
        let power = Arc::new(Power { left: Mutex::new(syncs), last: Mutex::default() });
        let journal = place.open_with(Config { disk: power.clone(), file_bytes: 2_000, ..Config::default() });
        let acknowledged = until_stopped(&journal);
        journal.close();
        let (position, bytes) = *power.last.lock().unwrap();
        let log = place.logs().pop().unwrap();
        change(&log, |file| {
            let start = usize::try_from(position).unwrap();
            for (index, sector) in file[start..].chunks_mut(64).enumerate() {
                if !sectors[index % sectors.len()] {
                    sector.fill(0);
                }
            }
            file.truncate(start + length.index(bytes + 1));
        });
        let journal = place.open();
        let kept = numbers(&journal);
        prop_assert!(kept.len() >= acknowledged.len(), "{:?} of {:?}", kept, acknowledged);
        prop_assert_eq!(&kept, &(0..u32::try_from(kept.len()).unwrap()).collect::<Vec<_>>());
        append(&journal, 0..1);
        prop_assert_eq!(journal.end(), Offset(kept.len() as u64 + 1));
    }
}

fn until_stopped(journal: &Journal) -> Vec<u32> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let records = vec![record(HERE, number * 2), record(HERE, number * 2 + 1)];
        match journal.append_blocking(HERE, records) {
            Ok(_) => acknowledged.extend([number * 2, number * 2 + 1]),
            Err(AppendError::Stopped) => break,
            Err(error) => panic!("{error}"),
        }
    }
    acknowledged
}

/// A disk whose power fails during a sync, and which remembers the write before.
struct Power {
    left: Mutex<usize>,
    last: Mutex<(u64, usize)>,
}

impl Disk for Power {
    fn write(&self, file: &File, bytes: &[u8], position: u64) -> io::Result<()> {
        *self.last.lock().unwrap() = (position, bytes.len());
        std::os::unix::fs::FileExt::write_all_at(file, bytes, position)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        let mut left = self.left.lock().unwrap();
        *left = left.checked_sub(1).ok_or_else(|| io::Error::other("no power"))?;
        file.sync_data()
    }
}
