//! The bounds of the archive.

use std::fmt;
use std::sync::Arc;

use crate::error::StoreError;

/// The bounds of the archive. The defaults keep it within about 400 MiB while it is being written.
#[derive(Clone, Debug)]
pub struct Config {
    /// How many fresh rows are kept before they are turned into chunks.
    pub tail_rows: usize,
    /// How many bytes of fresh rows are kept before they are turned into chunks. At four times this
    /// amount `apply` waits until they are.
    pub tail_bytes: usize,
    /// The most rows of one chunk.
    pub chunk_rows_max: usize,
    /// How many small chunks of one partition are let stand before they are merged.
    pub chunks_small_max: usize,
    /// Whether a thread of its own turns fresh rows into chunks; without it only `maintain` does.
    pub background: bool,
    /// Whether chunks are not merged from the start, since an interrupted scrub will go on.
    pub hold_merging: bool,
    /// How much reading by people holds at once.
    pub walk: WalkBounds,
    /// Where tests interrupt the writing.
    pub faults: Faults,
}

/// How much reading by people holds at once, in rows; a row takes some fifty bytes. The defaults keep a walk
/// of one thread within about 100 MiB.
#[derive(Clone, Copy, Debug)]
pub struct WalkBounds {
    /// How many are gathered at once because they stand elsewhere than their person.
    pub loose_rows_max: usize,
    /// About how many are held of stripes that were read; others are read once more.
    pub kept_rows_max: usize,
    /// An archive with fewer is not worth a second thread.
    pub share_rows_min: u64,
}

impl Default for WalkBounds {
    fn default() -> Self {
        Self { loose_rows_max: 700_000, kept_rows_max: 700_000, share_rows_min: 100_000 }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            tail_rows: 200_000,
            tail_bytes: 64 << 20,
            chunk_rows_max: 262_144,
            chunks_small_max: 4,
            background: true,
            hold_merging: false,
            walk: WalkBounds::default(),
            faults: Faults::default(),
        }
    }
}

/// A test's hand on the places where a crash would hurt most. Does nothing unless a test sets it.
#[derive(Clone, Default)]
pub struct Faults(Option<Arc<dyn Fn(&'static str) -> bool + Send + Sync>>);

impl Faults {
    /// Stops where `stop` says yes to the name of the point.
    pub fn at(stop: impl Fn(&'static str) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(stop)))
    }

    pub(crate) fn pass(&self, point: &'static str) -> Result<(), StoreError> {
        match &self.0 {
            Some(stop) if stop(point) => Err(StoreError::Interrupted(point)),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "[faults]" } else { "[no faults]" })
    }
}
