//! What is different in each cell, as pairs.

use question::AskError;

use super::{at, bounded};

/// The most pairs of cell and person (or value) of one event; answers with more are refused.
pub(super) const PAIRS_MAX: usize = 16_000_000;
/// Pairs are made unique whenever there are so many.
const PAIRS_AT_ONCE: usize = 4_000_000;

/// Pairs of a cell and something in it, each once in the end.
#[derive(Default)]
pub(super) struct Pairs {
    pub(super) list: Vec<u64>,
    /// What was seen last in each cell: rows come sorted by person, so mostly the same again.
    pub(super) last: Vec<u32>,
    compact_at: usize,
}

impl Pairs {
    pub(super) fn add(&mut self, cell: u32, value: u32) {
        let list = &mut self.list;
        at(&mut self.last, cell, |last| {
            if *last != value || value == u32::MAX {
                *last = value;
                list.push(pair_of(cell, value));
            }
        });
    }

    /// Keeps memory within bounds.
    pub(super) fn bound(&mut self) -> Result<(), AskError> {
        if self.list.len() > self.compact_at.max(PAIRS_AT_ONCE) {
            self.sort();
            self.compact_at = self.list.len() * 2;
        }
        bounded(self.list.len(), PAIRS_MAX * 2)
    }

    fn sort(&mut self) {
        self.list.sort_unstable();
        self.list.dedup();
    }

    /// Every pair once.
    pub(super) fn unique(mut self) -> Vec<u64> {
        self.sort();
        self.list
    }

    pub(super) fn counts(self, cells: usize) -> Vec<u64> {
        let mut counts = vec![0; cells];
        for pair in self.unique() {
            at(&mut counts, cell_of(pair), |count| *count += 1);
        }
        counts
    }
}

pub(super) fn pair_of(cell: u32, value: u32) -> u64 {
    u64::from(cell) << 32 | u64::from(value)
}

pub(super) fn cell_of(pair: u64) -> u32 {
    (pair >> 32) as u32
}

pub(super) fn value_of(pair: u64) -> u32 {
    pair as u32
}
