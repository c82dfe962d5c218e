//! Short words for what the tests do.

use std::fs;
use std::path::{Path, PathBuf};

use dedup::{Config, Dedup};
use model::{Offset, SourceId};

pub const KEY: [u8; 16] = [9; 16];
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;
pub const START_MS: i64 = 1_700_000_000_000;
pub const HERE: SourceId = SourceId(1);

/// Few ids in memory, so that little work reaches the disk.
pub fn small() -> Config {
    Config { memory_ids_max: 8, ..Config::new(KEY) }
}

pub fn open(dir: &Path) -> Dedup {
    Dedup::open(dir, small()).unwrap()
}

/// Asks about the record `offset`, which came at the start.
pub fn ask(dedup: &mut Dedup, id: &str, offset: u64) -> bool {
    dedup.first_offset(HERE, id, Offset(offset), START_MS).unwrap()
}

/// Asks about so many records with ids of their own, one a second, and makes them durable.
pub fn fill(dedup: &mut Dedup, offsets: std::ops::Range<u64>) {
    for offset in offsets {
        let at_ms = START_MS + i64::try_from(offset).unwrap() * 1_000;
        assert!(dedup.first_offset(HERE, &format!("id-{offset}"), Offset(offset), at_ms).unwrap());
    }
    dedup.flush().unwrap();
}

pub fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == extension));
    paths.sort();
    paths
}
