//! A journal in a folder of its own, and short words for what the tests do to it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use journal::{Appended, Config, Journal, JournalError, Record, Recovery};
use keys::{Key, KeyDirectory, WorkspaceKeys};
use model::{Entry, Offset, Order, PersonCode, Stored, WorkspaceId};
use stdx::{Clock, ManualClock};

pub const HERE: WorkspaceId = WorkspaceId(7);
pub const THERE: WorkspaceId = WorkspaceId(8);

/// A folder, keys for two workspaces, and a clock.
pub struct Place {
    pub dir: tempfile::TempDir,
    pub keys: KeyDirectory,
    pub clock: Clock,
    pub hand: ManualClock,
}

impl Place {
    pub fn new() -> Self {
        let (clock, hand) = Clock::manual(Timestamp::from_millisecond(1_700_000_000_000).unwrap());
        Self { dir: tempfile::tempdir().unwrap(), keys: keys(), clock, hand }
    }

    pub fn open(&self) -> Journal {
        self.open_with(Config::default())
    }

    pub fn open_with(&self, config: Config) -> Journal {
        self.try_open(config).unwrap().0
    }

    pub fn try_open(&self, config: Config) -> Result<(Journal, Recovery), JournalError> {
        Journal::open(self.dir.path(), self.keys.clone(), self.clock.clone(), config)
    }

    /// Another place with a copy of the files.
    pub fn copy(&self) -> Self {
        let (clock, hand) = Clock::manual(self.clock.now());
        let copy = Self { dir: tempfile::tempdir().unwrap(), keys: self.keys.clone(), clock, hand };
        for path in self.paths() {
            fs::copy(&path, copy.dir.path().join(path.file_name().unwrap())).unwrap();
        }
        copy
    }

    /// Everything in the folder, in order of name.
    pub fn paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<_> = fs::read_dir(&self.dir).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    }

    pub fn logs(&self) -> Vec<PathBuf> {
        self.paths().into_iter().filter(|path| path.extension().is_some_and(|end| end == "log")).collect()
    }

    pub fn mark(&self) -> PathBuf {
        self.dir.path().join("synced")
    }
}

pub fn keys() -> KeyDirectory {
    let directory = KeyDirectory::new();
    for (workspace, byte) in [(HERE, 1), (THERE, 2)] {
        let seal = Key::from_bytes([byte; 32]);
        directory.insert(workspace, WorkspaceKeys { hash: seal.hasher("hash"), seal: seal.into() });
    }
    directory
}

/// A record that is told from others by its number.
pub fn record(workspace: WorkspaceId, number: u32) -> Record {
    Record::Order(order(workspace, number))
}

pub fn order(workspace: WorkspaceId, number: u32) -> Order {
    Order::Erase { workspace, person: PersonCode(number), at_ms: i64::from(number) }
}

/// A record of about `bytes`.
pub fn large(bytes: usize) -> Record {
    let (into, from) = (PersonCode(0), PersonCode(1));
    Record::Order(Order::Merge { workspace: HERE, into, from, reason: "x".repeat(bytes), at_ms: 0 })
}

pub fn append(journal: &Journal, numbers: std::ops::Range<u32>) -> Appended {
    let records = numbers.map(|number| record(HERE, number)).collect();
    journal.append_blocking(HERE, records).unwrap()
}

pub fn number(entry: &Entry) -> u32 {
    match &entry.record {
        Stored::Order(Order::Erase { person, .. }) => person.0,
        record => panic!("{record:?}"),
    }
}

/// All entries, read in small bites; their offsets have no gaps.
pub fn read_all(journal: &Journal) -> Result<Vec<Entry>, JournalError> {
    read_from(journal, journal.begin())
}

pub fn read_from(journal: &Journal, from: Offset) -> Result<Vec<Entry>, JournalError> {
    let mut all = Vec::new();
    loop {
        let next = Offset(from.0 + all.len() as u64);
        let entries = journal.read(next, 300)?;
        if entries.is_empty() {
            assert_eq!(next, journal.end());
            return Ok(all);
        }
        for (entry, offset) in entries.iter().zip(next.0..) {
            assert_eq!(entry.offset.0, offset);
        }
        all.extend(entries);
    }
}

pub fn numbers(journal: &Journal) -> Vec<u32> {
    read_all(journal).unwrap().iter().map(number).collect()
}

pub fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    put(path, &bytes);
}

/// Not durable, and so fast enough to be done ten thousand times.
pub fn put(path: &Path, bytes: &[u8]) {
    fs::File::create(path).and_then(|mut file| file.write_all(bytes)).unwrap();
}
