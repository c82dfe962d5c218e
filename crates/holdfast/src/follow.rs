//! The resolving pass: one thread reads the journal in order and takes every batch through
//! de-duplication, people and store, in this order and under one position.
//!
//! Each of the three keeps its own place in its own transaction; after a crash the pass begins at the
//! earliest of them, and whoever is already further only looks up. So a crash repeats nothing and skips nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use dedup::Dedup;
use journal::{Intake, Journal};
use model::{Entry, Offset, Resolved, Stored};
use parking_lot::Mutex;
use people::People;
use store::Store;

/// How much of the journal is taken at once.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long the pass waits for news before it looks whether it should end.
const WAIT_MAX: Duration = Duration::from_millis(100);
/// After how many batches the de-duplication table is made durable; more would make a restart slower.
const FLUSH_EVERY_BATCHES: u32 = 256;

/// Why the pass stopped. It is parked and reported; nothing is skipped.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The journal could not be read.
    #[error("the journal cannot be followed: {0}")]
    Journal(#[from] journal::JournalError),
    /// Message ids could not be kept.
    #[error("message ids cannot be kept: {0}")]
    Dedup(#[from] dedup::DedupError),
    /// Identities could not be resolved.
    #[error("people cannot be resolved: {0}")]
    People(#[from] people::PeopleError),
    /// Rows could not be stored.
    #[error("events cannot be stored: {0}")]
    Store(#[from] store::StoreError),
    /// An order could not be fed back.
    #[error("an order cannot be fed back: {0}")]
    Intake(#[from] journal::AppendError),
}

/// What the pass works on.
pub struct Parts {
    /// The log.
    pub journal: Journal,
    /// Message ids already seen.
    pub dedup: Dedup,
    /// Who they are.
    pub people: Arc<People>,
    /// Where rows land.
    pub store: Store,
    /// How orders re-enter.
    pub intake: Intake,
}

/// The running pass.
pub struct Pass {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    state: Arc<Mutex<Option<String>>>,
}

impl Pass {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(mut parts: Parts) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let state = Arc::new(Mutex::new(None));
        let (stop_seen, state_told) = (stop.clone(), state.clone());
        let thread = std::thread::Builder::new().name("follow".to_owned()).spawn(move || {
            if let Err(error) = parts.run(&stop_seen) {
                tracing::error!(%error, "the resolving pass is parked; events are still taken, but not shown");
                *state_told.lock() = Some(error.to_string());
            }
        })?;
        Ok(Self { stop, thread: Some(thread), state })
    }

    /// Why the pass is parked, if it is.
    pub fn parked(&self) -> Option<String> {
        self.state.lock().clone()
    }

    /// Ends the pass after its present batch and waits for it.
    pub fn end(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the resolving pass broke");
        }
    }
}

impl Parts {
    fn run(&mut self, stop: &AtomicBool) -> Result<(), FollowError> {
        let mut next = self.position();
        let mut batches: u32 = 0;
        while !stop.load(Ordering::SeqCst) {
            let entries = self.journal.read(next, BATCH_BYTES_MAX)?;
            let Some(last) = entries.last() else {
                self.journal.wait_past(next, WAIT_MAX);
                continue;
            };
            let past = Offset(last.offset.0 + 1);
            self.take(&entries)?;
            next = past;
            batches += 1;
            if batches.is_multiple_of(FLUSH_EVERY_BATCHES) {
                self.dedup.flush()?;
            }
        }
        self.dedup.flush()?;
        Ok(())
    }

    fn position(&self) -> Offset {
        let earliest = self.dedup.position().min(self.people.position()).min(self.store.position());
        earliest.max(self.journal.begin())
    }

    fn take(&mut self, entries: &[Entry]) -> Result<(), FollowError> {
        let mut repeated = Vec::with_capacity(entries.len());
        for entry in entries {
            let first = match &entry.record {
                Stored::Event(event) => {
                    self.dedup.first_offset(event.source, &event.message_id, entry.offset, event.received_ms)?
                }
                Stored::Order(_) => true,
            };
            repeated.push(!first);
        }
        let persons = self.people.resolve(entries, &repeated)?;
        let rows: Vec<Resolved<'_>> = entries
            .iter()
            .zip(&repeated)
            .zip(&persons)
            .map(|((entry, repeated), person)| Resolved { entry, person: *person, repeated: *repeated })
            .collect();
        self.store.apply(&rows)?;
        for order in self.people.take_orders()? {
            self.intake.order(order)?;
        }
        Ok(())
    }
}
