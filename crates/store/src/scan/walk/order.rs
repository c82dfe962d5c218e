//! The rows of one person in order: by time and, at the same time, by their places in the journal.

use super::{Happened, LOOSE, Row, number};
use crate::chunk::STRIPE_ROWS;
use crate::error::StoreError;
use crate::scan::stripes::Source;

/// How many stripes' places in the journal are remembered.
const STRIPES_MAX: usize = 16;

/// Everything of one person.
pub(super) struct History<M> {
    events: Vec<Happened<M>>,
    /// The number of each row in its chunk, or among the loose rows.
    at: Vec<u32>,
    /// The sources that they come from, and where those of each begin.
    parts: Vec<(u32, usize)>,
    /// Whether one of them begins before the one before it ends, or at the same time.
    mixed: bool,
    /// While they are put in order.
    rows: Vec<Row<M>>,
}

impl<M> Default for History<M> {
    fn default() -> Self {
        Self { events: Vec::new(), at: Vec::new(), parts: Vec::new(), mixed: false, rows: Vec::new() }
    }
}

impl<M: Copy + Default> History<M> {
    pub(super) fn clear(&mut self) {
        self.events.clear();
        self.at.clear();
        self.parts.clear();
        self.mixed = false;
    }

    /// What comes next is of this source, and this is the first of it.
    fn begin_part(&mut self, source: u32, first: Option<&Happened<M>>) {
        let ends = self.events.last().zip(first);
        self.mixed |= ends.is_some_and(|(last, first)| first.time_ms <= last.time_ms);
        self.parts.push((source, self.events.len()));
    }

    pub(super) fn events(&self) -> &[Happened<M>] {
        &self.events
    }

    /// Rows of a chunk, which stand in order there.
    pub(super) fn add(
        &mut self,
        source: usize,
        at: &[u32],
        events: &[Happened<M>],
    ) -> Result<(), StoreError> {
        let source = number(source)?;
        if self.parts.last().is_none_or(|(last, _)| *last != source) {
            self.begin_part(source, events.first());
        }
        self.at.extend_from_slice(at);
        self.events.extend_from_slice(events);
        Ok(())
    }

    /// Loose rows, which are in order.
    pub(super) fn add_loose(&mut self, rows: &[Row<M>]) {
        let happened = |row: &Row<M>| Happened { time_ms: row.time_ms, mark: row.mark };
        if let Some(first) = rows.first().map(happened) {
            self.begin_part(LOOSE, Some(&first));
            self.at.extend(rows.iter().map(|row| row.at));
            self.events.extend(rows.iter().map(happened));
        }
    }

    /// Puts all in order.
    pub(super) fn order(&mut self, places: &mut Places, sources: &[Source<'_>]) -> Result<(), StoreError> {
        if !self.mixed {
            return Ok(());
        }
        self.rows.clear();
        let ends = self.parts.iter().skip(1).map(|(_, begin)| *begin).chain([self.events.len()]);
        for ((source, begin), end) in self.parts.iter().zip(ends) {
            let at = self.at.get(*begin..end).unwrap_or_default();
            let events = self.events.get(*begin..end).unwrap_or_default();
            self.rows.extend(at.iter().zip(events).map(|(at, event)| Row {
                time_ms: event.time_ms,
                person: 0,
                source: *source,
                at: *at,
                mark: event.mark,
            }));
        }
        places.sort(&mut self.rows, sources)?;
        self.events.clear();
        let told = self.rows.iter().map(|row| Happened { time_ms: row.time_ms, mark: row.mark });
        self.events.extend(told);
        Ok(())
    }
}

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
        let (_, offsets) = self.stripes.get(index).map_or(&NO_PLACES, |known| known);
        Ok(offsets.get(row.at as usize % STRIPE_ROWS).copied().unwrap_or_default().cast_unsigned())
    }

    /// Puts rows of one person in order.
    fn sort<M: Copy>(&mut self, rows: &mut [Row<M>], sources: &[Source<'_>]) -> Result<(), StoreError> {
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

static NO_PLACES: ((usize, usize), Vec<i64>) = ((0, 0), Vec::new());
