//! What the walk over the tree left known: its leaves, and which of them have been met again.

use std::path::Path;

use crate::error::LedgerError;
use crate::secrets::Leaf;
use crate::tile::{Level, TILE_WIDTH, Tile, leaves};

use super::leaves::read_tile;

/// Leaves by number; walking a stream reads each bundle once.
pub(super) struct Leaves<'a> {
    dir: &'a Path,
    pub size: u64,
    bundle: Option<(u64, Vec<Vec<u8>>)>,
}

impl<'a> Leaves<'a> {
    pub fn new(dir: &'a Path, size: u64) -> Self {
        Self { dir, size, bundle: None }
    }

    pub fn get(&mut self, index: u64) -> Result<Option<Leaf>, LedgerError> {
        let width = TILE_WIDTH as u64;
        let number = index / width;
        if index >= self.size {
            return Ok(None);
        }
        if self.bundle.as_ref().is_none_or(|(loaded, _)| *loaded != number) {
            let bytes = read_tile(
                self.dir,
                Tile::new(Level::Entries, number, (self.size - number * width).min(width) as usize),
            )?;
            let found = bytes.as_deref().and_then(leaves).unwrap_or_default();
            self.bundle = Some((number, found.into_iter().map(<[u8]>::to_vec).collect()));
        }
        let leaf = self.bundle.as_ref().and_then(|(_, leaves)| leaves.get((index % width) as usize));
        Ok(leaf.and_then(|leaf| leaf.as_slice().try_into().ok()))
    }
}

/// Which entries have a payload: a bit for each.
pub(super) struct Seen {
    bits: Vec<u64>,
    size: u64,
}

impl Seen {
    pub fn new(size: u64) -> Self {
        Self { bits: vec![0; size.div_ceil(64) as usize], size }
    }

    /// Marks an entry; false when it was marked already.
    pub fn add(&mut self, index: u64) -> bool {
        let Some(word) = self.bits.get_mut((index / 64) as usize) else { return true };
        let bit = 1 << (index % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    fn has(&self, index: u64) -> bool {
        self.bits.get((index / 64) as usize).is_some_and(|word| word & (1 << (index % 64)) != 0)
    }

    pub fn next_unseen(&self, from: u64) -> Option<u64> {
        (from..self.size).find(|index| !self.has(*index))
    }

    pub fn next_seen(&self, from: u64) -> u64 {
        (from..self.size).find(|index| self.has(*index)).unwrap_or(self.size)
    }
}
