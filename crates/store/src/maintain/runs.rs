//! Runs: chunks of one partition that follow each other by people, so that somebody's rows of a month stand
//! together. Fresh rows come as runs of one chunk; runs of like sizes are merged into longer ones, so that there
//! are few of them and no row is written anew too often. A merge holds a stripe of each run, whatever their length.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::CHUNK_PLAIN_BYTES_MAX;
use super::cursor::{Copying, RowCursor};
use crate::chunk::build::Builder;
use crate::chunk::read::Chunk;
use crate::config::Config;
use crate::error::StoreError;
use crate::workspace::{Listed, State};

/// The most runs, or small chunks, that are merged at once: of each a stripe is held.
const RUNS_AT_ONCE: usize = 16;
/// A month that is over is one run, unless what came late is less than one in so many of its rows.
const LATE_ROWS: usize = 4;

/// As few runs as the chunks make, each in its order.
pub(super) fn runs<'a>(chunks: impl Iterator<Item = &'a Listed>) -> Vec<Vec<Listed>> {
    let mut sorted: Vec<&Listed> = chunks.collect();
    sorted.sort_by_key(|(entry, chunk)| (chunk.ends.first, entry.chunk));
    let mut runs: Vec<Vec<Listed>> = Vec::new();
    for listed in sorted {
        let begins = listed.1.ends.first;
        let is_before = |run: &&mut Vec<Listed>| run.last().is_some_and(|(_, last)| last.ends.last < begins);
        match runs.iter_mut().find(is_before) {
            Some(run) => run.push(listed.clone()),
            None => runs.push(vec![listed.clone()]),
        }
    }
    runs
}

/// Chunks of one partition that should be written anew together. What comes of them is one run, so that there is
/// an end to it.
pub(super) fn mergeable(state: &State, config: &Config) -> Option<Vec<Listed>> {
    let mut partitions: BTreeMap<&str, Vec<&Listed>> = BTreeMap::new();
    for listed in state.chunks.iter() {
        partitions.entry(&listed.0.partition).or_default().push(listed);
    }
    let newest = partitions.keys().next_back().copied();
    partitions.iter().find_map(|(name, chunks)| {
        long_enough(chunks, config)
            .or_else(|| over(chunks).filter(|_| Some(*name) != newest))
            .or_else(|| small(chunks, config))
    })
}

fn rows(run: &[Listed]) -> usize {
    run.iter().map(|(_, chunk)| chunk.header.rows as usize).sum()
}

/// Runs of like sizes, if there are more than are let stand.
fn long_enough(chunks: &[&Listed], config: &Config) -> Option<Vec<Listed>> {
    let mut all = runs(chunks.iter().copied());
    all.sort_by_key(|run| rows(run));
    let (mut count, mut sum) = (0, 0);
    for run in all.iter().take(RUNS_AT_ONCE) {
        // One that is much longer than all before it together is not worth writing anew.
        if count > 0 && rows(run) > sum + sum / 2 {
            break;
        }
        (count, sum) = (count + 1, sum + rows(run));
    }
    (count > config.chunks_small_max.max(1)).then(|| all.into_iter().take(count).flatten().collect())
}

/// All of a month that is over, if it is more than one run.
fn over(chunks: &[&Listed]) -> Option<Vec<Listed>> {
    let all = runs(chunks.iter().copied());
    let longest = all.iter().map(|run| rows(run)).max()?;
    let late = all.iter().map(|run| rows(run)).sum::<usize>() - longest;
    let settles = (2..=RUNS_AT_ONCE).contains(&all.len()) && late * LATE_ROWS >= longest;
    settles.then(|| all.into_iter().flatten().collect())
}

/// Small chunks, if there are more than are let stand: they may follow each other and be a run, but are many files.
fn small(chunks: &[&Listed], config: &Config) -> Option<Vec<Listed>> {
    let is_small = |(_, chunk): &&&Listed| {
        (chunk.header.rows as usize) < config.chunk_rows_max / 2
            && chunk.directory.plain_bytes < CHUNK_PLAIN_BYTES_MAX / 2
    };
    let mut small: Vec<Listed> = chunks.iter().filter(is_small).map(|listed| (*listed).clone()).collect();
    small.sort_by_key(|(_, chunk)| chunk.header.rows);
    small.truncate(RUNS_AT_ONCE);
    (small.len() > config.chunks_small_max.max(1)).then_some(small)
}

/// A place in a run.
pub(super) struct RunCursor {
    rest: VecDeque<Arc<Chunk>>,
    cursor: RowCursor,
    copying: Copying,
}

impl RunCursor {
    /// Stands before the first row; `None` if there is no chunk.
    pub(super) fn new(run: Vec<Listed>) -> Result<Option<Self>, StoreError> {
        let mut rest: VecDeque<Arc<Chunk>> = run.into_iter().map(|(_, chunk)| chunk).collect();
        let Some(first) = rest.pop_front() else { return Ok(None) };
        let cursor = RowCursor::new(first.reader()?, 0)?;
        Ok(Some(Self { rest, cursor, copying: Copying::default() }))
    }

    pub(super) fn key(&self) -> Option<(u32, i64, u64)> {
        self.cursor.key()
    }

    /// Goes to the next row.
    pub(super) fn advance(&mut self) -> Result<(), StoreError> {
        self.cursor.advance()?;
        if self.cursor.key().is_none()
            && let Some(next) = self.rest.pop_front()
        {
            self.cursor = RowCursor::new(next.reader()?, 0)?;
            self.copying = Copying::default();
        }
        Ok(())
    }

    /// Puts the row into `builder`, the one with this number.
    pub(super) fn copy_to(&mut self, builder: &mut Builder, number: usize) -> Result<(), StoreError> {
        self.cursor.copy_to(builder, number, &mut self.copying)
    }
}
