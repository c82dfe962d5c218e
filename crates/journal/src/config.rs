//! How large, how long, how much at once.

use std::fmt;
use std::sync::Arc;

use model::Offset;

use crate::disk::{Disk, RealDisk};

/// The bounds of a journal.
#[derive(Clone)]
pub struct Config {
    /// A file that has reached this length is followed by a new one.
    pub file_bytes: u64,
    /// A file that has reached this age is followed by a new one.
    pub file_age_ms: i64,
    /// How much may wait to be written; more is answered with `Overloaded`.
    pub queue_bytes_max: usize,
    /// How much is written before a sync; the rest waits for the next.
    pub group_bytes_max: usize,
    /// The number of the first record of a journal that has no file yet: 0, or the end of the journal
    /// that a restored backup was taken from.
    pub start: Offset,
    /// The disk; another one in tests.
    pub disk: Arc<dyn Disk>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            file_age_ms: 24 * 60 * 60 * 1000,
            queue_bytes_max: 64 << 20,
            group_bytes_max: 8 << 20,
            start: Offset(0),
            disk: Arc::new(RealDisk),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("file_bytes", &self.file_bytes)
            .field("file_age_ms", &self.file_age_ms)
            .field("queue_bytes_max", &self.queue_bytes_max)
            .field("group_bytes_max", &self.group_bytes_max)
            .field("start", &self.start)
            .finish_non_exhaustive()
    }
}
