//! The rows of one person in order: by time and, at the same time, by their places in the journal.

use super::{Happened, LOOSE, Row, number};
use crate::chunk::STRIPE_ROWS;
use crate::error::StoreError;
use crate::scan::stripes::Source;

/// How many stripes' places in the journal are remembered.
const STRIPES_MAX: usize = 16;

/// Places in the journal, as far as they were needed.
#[derive(Default)]
pub(super) struct Places {
    /// Those of the loose rows.
    loose: Vec<u64>,
    /// Those of some stripes, by source and stripe; the one read last stands last.
    stripes: Vec<((usize, usize), Vec<i64>)>,
}

impl Places {
    /// Forgets the loose rows.
    pub(super) fn begin_round(&mut self) {
        self.loose.clear();
    }

    /// Takes in a loose row's place; its number.
    pub(super) fn add_loose(&mut self, offset: u64) -> Result<u32, StoreError> {
        self.loose.push(offset);
        number(self.loose.len() - 1)
    }

    /// Numbers loose rows as they stand, and forgets the others.
    pub(super) fn renumber<M>(&mut self, rows: &mut [Row<M>]) -> Result<(), StoreError> {
        let mut loose = Vec::with_capacity(rows.len());
        for row in rows {
            loose.push(self.loose(row.at));
            row.at = number(loose.len() - 1)?;
        }
        self.loose = loose;
        Ok(())
    }

    /// The place of loose row `at`.
    pub(super) fn loose(&self, at: u32) -> u64 {
        self.loose.get(at as usize).copied().unwrap_or_default()
    }

    fn of<M>(&mut self, row: &Row<M>, sources: &[Source<'_>]) -> Result<u64, StoreError> {
        if row.source == LOOSE {
            return Ok(self.loose(row.at));
        }
        let (source, stripe) = (row.source as usize, row.at as usize / STRIPE_ROWS);
        let known = self.stripes.iter().position(|(key, _)| *key == (source, stripe));
        let index = match known {
            Some(index) => index,
            None => {
                let mut offsets = Vec::new();
                if let Some(source) = sources.get(source) {
                    source.chunk.reader()?.offsets(stripe, &mut offsets)?;
                }
                if self.stripes.len() >= STRIPES_MAX {
                    self.stripes.remove(0);
                }
                self.stripes.push(((source, stripe), offsets));
                self.stripes.len() - 1
            }
        };
        let offset =
            self.stripes.get(index).and_then(|(_, offsets)| offsets.get(row.at as usize % STRIPE_ROWS));
        Ok(offset.copied().unwrap_or_default().cast_unsigned())
    }

    /// Puts `rows`, one person's, in order.
    pub(super) fn sort<M: Copy>(
        &mut self,
        rows: &mut [Row<M>],
        sources: &[Source<'_>],
    ) -> Result<(), StoreError> {
        let in_order = |a: &Row<M>, b: &Row<M>| {
            a.time_ms < b.time_ms || a.time_ms == b.time_ms && a.source == b.source && a.at < b.at
        };
        if rows.is_sorted_by(in_order) {
            return Ok(());
        }
        // Rows of one source stand by their places already.
        rows.sort_unstable_by_key(|row| (row.time_ms, row.source, row.at));
        for same in rows.chunk_by_mut(|a, b| a.time_ms == b.time_ms) {
            if same.first().map(|row| row.source) == same.last().map(|row| row.source) {
                continue;
            }
            let mut placed = Vec::with_capacity(same.len());
            for row in same.iter() {
                placed.push((self.of(row, sources)?, *row));
            }
            placed.sort_unstable_by_key(|(offset, _)| *offset);
            for (slot, (_, row)) in same.iter_mut().zip(placed) {
                *slot = row;
            }
        }
        Ok(())
    }
}

/// The events of one person, from `rows` that are in order.
pub(super) fn tell<M: Copy>(rows: &[Row<M>], events: &mut Vec<Happened<M>>) {
    events.clear();
    events.extend((0_u32..).zip(rows).map(|(place, row)| Happened {
        time_ms: row.time_ms,
        place,
        mark: row.mark,
    }));
}
