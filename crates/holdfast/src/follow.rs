//! The resolving pass: one thread reads the journal in order and takes every batch through
//! de-duplication, people, store, watch and segments, in this order and under one position.
//!
//! Each of the five keeps its own place in its own transaction; after a crash the pass begins at the
//! earliest of them, and whoever is already further only looks up. So a crash repeats nothing and skips nothing.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use dedup::Dedup;
use journal::{AppendError, Intake, Journal};
use model::{Entry, Offset, Order, Resolved, Stored};
use parking_lot::Mutex;
use people::People;
use segments::Segments;
use store::Store;
use watch::Watch;

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
    /// What was learned of properties could not be kept.
    #[error("properties cannot be watched: {0}")]
    Watch(#[from] watch::WatchError),
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
    /// What properties usually look like, and who sends how much.
    pub watch: Watch,
    /// Who is judged anew because of what arrived.
    pub segments: Segments,
    /// How orders re-enter.
    pub intake: Intake,
}

/// The parts at work.
struct Follow {
    parts: Parts,
    /// Held for every batch, so that whoever holds it sees all parts at one moment.
    gate: Arc<Mutex<()>>,
    /// Orders that the journal could not take yet. They also wait in people's database, so a crash loses none.
    orders: VecDeque<Order>,
}

/// The running pass.
pub struct Pass {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    state: Arc<Mutex<Option<String>>>,
    gate: Arc<Mutex<()>>,
}

impl Pass {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(parts: Parts) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let state = Arc::new(Mutex::new(None));
        let gate = Arc::new(Mutex::new(()));
        let mut follow = Follow { parts, gate: gate.clone(), orders: VecDeque::new() };
        let (stop_seen, state_told) = (stop.clone(), state.clone());
        let thread = std::thread::Builder::new().name("follow".to_owned()).spawn(move || {
            if let Err(error) = follow.run(&stop_seen) {
                tracing::error!(%error, "the resolving pass is parked; events are still taken, but not shown");
                *state_told.lock() = Some(error.to_string());
            }
        })?;
        Ok(Self { stop, thread: Some(thread), state, gate })
    }

    /// Why the pass is parked, if it is.
    pub fn parked(&self) -> Option<String> {
        self.state.lock().clone()
    }

    /// Held, it keeps the pass between two batches; for taking a copy of all parts at one moment.
    pub fn gate(&self) -> Arc<Mutex<()>> {
        self.gate.clone()
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

impl Follow {
    fn run(&mut self, stop: &AtomicBool) -> Result<(), FollowError> {
        let mut next = self.position();
        let mut batches: u32 = 0;
        while !stop.load(Ordering::SeqCst) {
            self.feed_back()?;
            let entries = self.parts.journal.read(next, BATCH_BYTES_MAX)?;
            let Some(last) = entries.last() else {
                if !self.parts.journal.is_running() {
                    // Stopped or closed: nothing more will come.
                    break;
                }
                self.parts.watch.flush_if_due()?;
                self.parts.journal.wait_past(next, WAIT_MAX);
                continue;
            };
            let past = Offset(last.offset.0 + 1);
            let gate = self.gate.clone();
            let _batch = gate.lock();
            self.take(&entries)?;
            next = past;
            batches += 1;
            if batches.is_multiple_of(FLUSH_EVERY_BATCHES) {
                self.parts.dedup.flush()?;
            }
        }
        self.parts.dedup.flush()?;
        self.parts.watch.flush()?;
        Ok(())
    }

    fn position(&self) -> Offset {
        let Parts { journal, dedup, people, store, watch, segments, .. } = &self.parts;
        let others = store.position().min(watch.position()).min(segments.position());
        let earliest = dedup.position().min(people.position()).min(others);
        earliest.max(journal.begin())
    }

    /// Orders go back into the journal; a busy or full one takes them later.
    fn feed_back(&mut self) -> Result<(), FollowError> {
        while let Some(order) = self.orders.front() {
            match self.parts.intake.order(order.clone()) {
                Ok(_) => {
                    self.orders.pop_front();
                }
                Err(AppendError::Overloaded { .. } | AppendError::Full) => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn take(&mut self, entries: &[Entry]) -> Result<(), FollowError> {
        let Parts { dedup, people, store, watch, segments, .. } = &mut self.parts;
        let mut repeated = Vec::with_capacity(entries.len());
        for entry in entries {
            let first = match &entry.record {
                Stored::Event(event) => {
                    dedup.first_offset(event.source, &event.message_id, entry.offset, event.received_ms)?
                }
                Stored::Purged { source, message_id, received_ms, .. } => {
                    dedup.first_offset(*source, message_id, entry.offset, *received_ms)?
                }
                Stored::Order(_) => true,
            };
            repeated.push(!first);
        }
        let persons = people.resolve(entries, &repeated)?;
        let rows: Vec<Resolved<'_>> = entries
            .iter()
            .zip(&repeated)
            .zip(&persons)
            .map(|((entry, repeated), person)| Resolved { entry, person: *person, repeated: *repeated })
            .collect();
        store.apply(&rows)?;
        watch.observe(&rows)?;
        // Last: whoever is judged is judged by what is in the store.
        segments.observe(&rows);
        self.orders.extend(people.take_orders()?);
        Ok(())
    }
}
