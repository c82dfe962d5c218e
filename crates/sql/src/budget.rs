//! What a statement may use while it runs, and why it was ended.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use question::{AskError, Invalid};
use rusqlite::{Error, Result};

use crate::asking::Limits;
use crate::tables::memory_used;

/// The most tables that a statement reads at the same time: each holds a stripe.
const TABLES_MAX: usize = 16;

/// Of one question.
pub(crate) struct Budget {
    limits: Limits,
    ends: Instant,
    /// What SQLite held when it began.
    before: i64,
    open: AtomicUsize,
    rows_read: AtomicU64,
    /// Why it was ended, if it was.
    ended: Mutex<Option<AskError>>,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            ends: Instant::now() + limits.time,
            before: memory_used(),
            open: AtomicUsize::new(0),
            rows_read: AtomicU64::new(0),
            ended: Mutex::new(None),
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether the statement must end here.
    pub(crate) fn is_spent(&self) -> bool {
        if Instant::now() >= self.ends {
            let problem = format!("takes longer than {} s, which is the most", seconds(self.limits.time));
            let fix = "read fewer events (where time >= …, where event = …), and join large parts by a `with … as materialized (…)`";
            return self.end(Invalid::new("/sql", problem, fix));
        }
        if memory_used() - self.before > self.limits.memory_bytes {
            let mebibytes = self.limits.memory_bytes / (1024 * 1024);
            let problem = format!("needs more than {mebibytes} MiB of memory, which is the most");
            let fix = "group by less, sort fewer rows, or read fewer events";
            return self.end(Invalid::new("/sql", problem, fix));
        }
        false
    }

    fn end(&self, why: Invalid) -> bool {
        self.ended.lock().get_or_insert(why.into());
        true
    }

    /// Lets a table go on, or ends it.
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_spent() { Err(Error::ModuleError("a limit was reached".to_owned())) } else { Ok(()) }
    }

    /// Ends the statement because something cannot be read.
    pub(crate) fn failed(&self, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        self.ended.lock().get_or_insert(AskError::Failed(error.into()));
        Error::ModuleError("reading failed".to_owned())
    }

    /// Takes place for one more table that is read.
    pub(crate) fn open(&self) -> Result<()> {
        if self.open.fetch_add(1, Ordering::Relaxed) < TABLES_MAX {
            return Ok(());
        }
        self.open.fetch_sub(1, Ordering::Relaxed);
        let problem =
            format!("reads `events` and `people` at more than {TABLES_MAX} places, which is the most");
        self.end(Invalid::new("/sql", problem, "read them once, in a `with … as materialized (…)`"));
        Err(Error::ModuleError("a limit was reached".to_owned()))
    }

    /// Gives back the place of a table.
    pub(crate) fn close(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    /// Counts rows that were looked at.
    pub(crate) fn count(&self, rows: u64) {
        self.rows_read.fetch_add(rows, Ordering::Relaxed);
    }

    pub(crate) fn rows_read(&self) -> u64 {
        self.rows_read.load(Ordering::Relaxed)
    }

    /// Why the statement was ended, if it was not by itself.
    pub(crate) fn why(&self) -> Option<AskError> {
        self.ended.lock().take()
    }
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}
