//! The file as bundles, whichever of the two it is.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::lines::{Bundle, Lines};
use super::table::Table;
use crate::outcome::Outcome;

/// The file as bundles.
pub(super) enum Source {
    Lines(Lines),
    Table(Table),
}

impl Source {
    /// Opens a file after so many lines or rows.
    pub fn open(path: &Path, skip: u64) -> Outcome<Self> {
        Ok(if is_parquet(path) {
            Self::Table(Table::open(path, skip)?)
        } else {
            Self::Lines(Lines::open(path, skip)?)
        })
    }

    /// The next lines or rows that fit into one request; nothing at the end.
    pub fn next_bundle(&mut self) -> Outcome<Option<Bundle>> {
        match self {
            Self::Lines(lines) => lines.next_bundle(),
            Self::Table(table) => table.next_bundle(),
        }
    }
}

/// Whether a file begins as Parquet does; what cannot be opened is told when it is.
pub(super) fn is_parquet(path: &Path) -> bool {
    let mut begin = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut begin));
    read.is_ok() && begin == *exchange::history::MAGIC
}
