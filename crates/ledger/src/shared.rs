//! What the ledger's two threads and its callers share.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use parking_lot::{Condvar, Mutex, RwLock};
use stdx::Clock;

use crate::checkpoint::SignedCheckpoint;
use crate::edge::Edge;
use crate::entry::{EntryId, NewEntry};
use crate::error::LedgerError;
use crate::payloads::Payloads;
use crate::pending::{Mark, Waiting};
use crate::secrets::{LedgerKeys, Sealer, Stream};
use crate::witnessed::Witnessed;

/// The most entries that wait to be written; more are refused.
const QUEUED_ENTRIES_MAX: usize = 4_096;
/// The most bytes that wait to be written; more are refused.
const QUEUED_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most durable entries that wait for the tree; while it is reached, entries are refused.
const WAITING_ENTRIES_MAX: usize = 65_536;
/// The most bytes of them.
const WAITING_BYTES_MAX: usize = 64 * 1024 * 1024;

/// How a caller learns what became of his entry.
pub(crate) type Reply = Box<dyn FnOnce(Result<EntryId, LedgerError>) + Send>;

/// What goes along with the next entries: given the number of the last one that did, the entry of a later one.
pub type Companion = Box<dyn Fn(i64) -> Option<(i64, NewEntry)> + Send + Sync>;

/// An entry in the queue: its payload as JSON, still without its time.
pub(crate) struct Queued {
    pub json: Vec<u8>,
    pub stream: Stream,
    pub mark: Mark,
    pub reply: Reply,
}

pub(crate) struct Shared {
    pub root: PathBuf,
    pub keys: LedgerKeys,
    pub sealer: Sealer,
    pub clock: Clock,
    pub payloads: Payloads,
    pub witnessed: Witnessed,
    pub queue: Mutex<Queue>,
    pub arrived: Condvar,
    pub state: RwLock<State>,
    pub work: Mutex<Work>,
    pub wanted: Condvar,
    failure: OnceLock<String>,
    pub companion: OnceLock<Companion>,
}

/// What waits for the writer.
#[derive(Default)]
pub(crate) struct Queue {
    pub entries: Vec<Queued>,
    pub bytes: usize,
    pub closed: bool,
}

/// What readers see. Lock order: nothing else is taken while this is held.
pub(crate) struct State {
    /// Durable entries behind the checkpoint.
    pub waiting: VecDeque<Arc<Waiting>>,
    pub waiting_bytes: usize,
    /// The tree as the checkpoint covers it.
    pub tree: Arc<Tree>,
}

/// A tree and the checkpoint over it.
pub(crate) struct Tree {
    pub edge: Edge,
    pub checkpoint: SignedCheckpoint,
}

/// How whoever asked for a checkpoint gets it.
pub(crate) type Request = Box<dyn FnOnce(Result<SignedCheckpoint, LedgerError>) + Send>;

/// What the keeper is asked for.
#[derive(Default)]
pub(crate) struct Work {
    pub requests: Vec<Request>,
    pub many_waiting: bool,
    pub closing: bool,
}

impl Shared {
    pub fn new(
        root: PathBuf,
        keys: LedgerKeys,
        clock: Clock,
        payloads: Payloads,
        witnessed: Witnessed,
        state: State,
    ) -> Self {
        let sealer = Sealer::new(keys.payload().clone());
        Self {
            root,
            keys,
            sealer,
            clock,
            payloads,
            witnessed,
            queue: Mutex::default(),
            arrived: Condvar::new(),
            state: RwLock::new(state),
            work: Mutex::default(),
            wanted: Condvar::new(),
            failure: OnceLock::new(),
            companion: OnceLock::new(),
        }
    }

    /// Puts an entry in the queue; `reply` is called once it is durable, or refused.
    pub fn submit(&self, entry: Queued) -> Result<(), LedgerError> {
        self.check()?;
        let mut queue = self.queue.lock();
        if queue.closed {
            return Err(LedgerError::Closed);
        }
        if queue.entries.len() >= QUEUED_ENTRIES_MAX || queue.bytes + entry.json.len() > QUEUED_BYTES_MAX {
            return Err(LedgerError::Overloaded);
        }
        queue.bytes += entry.json.len();
        queue.entries.push(entry);
        self.arrived.notify_one();
        Ok(())
    }

    /// Refuses once anything has failed for good.
    pub fn check(&self) -> Result<(), LedgerError> {
        match self.failure.get() {
            Some(cause) => Err(LedgerError::Stopped { cause: cause.clone() }),
            None => Ok(()),
        }
    }

    /// Remembers the first failure; from here on nothing is acknowledged.
    pub fn stop(&self, error: &LedgerError) {
        if self.failure.set(error.to_string()).is_ok() {
            tracing::error!(%error, "the ledger has stopped: no entry, no answer");
        }
    }

    /// A thread has panicked: whoever waits for it is told, and nobody waits for it any more.
    pub fn break_off(&self) {
        let _ = self.failure.set("a thread of it broke off".to_owned());
        let entries = {
            let mut queue = self.queue.lock();
            queue.closed = true;
            std::mem::take(&mut queue.entries)
        };
        let requests = {
            let mut work = self.work.lock();
            work.closing = true;
            std::mem::take(&mut work.requests)
        };
        self.arrived.notify_all();
        self.wanted.notify_one();
        // Without an answer each of them hears that it is closed.
        drop((entries, requests));
        tracing::error!("a thread of the ledger broke off: no entry, no answer");
    }

    /// How many entries are durable.
    pub fn size(&self) -> u64 {
        self.state.read().size()
    }

    /// Asks the keeper to bring everything durable into the tree.
    pub fn want(&self, change: impl FnOnce(&mut Work)) {
        change(&mut self.work.lock());
        self.wanted.notify_one();
    }
}

impl State {
    pub fn size(&self) -> u64 {
        self.tree.edge.size() + self.waiting.len() as u64
    }

    pub fn has_room(&self) -> bool {
        self.waiting.len() < WAITING_ENTRIES_MAX && self.waiting_bytes < WAITING_BYTES_MAX
    }

    pub fn add(&mut self, entries: impl IntoIterator<Item = Arc<Waiting>>) {
        for entry in entries {
            self.waiting_bytes += entry.sealed.len();
            self.waiting.push_back(entry);
        }
    }

    /// The tree has grown: what it holds no longer waits.
    pub fn grow(&mut self, tree: Arc<Tree>) {
        while let Some(entry) = self.waiting.pop_front_if(|entry| entry.place.index < tree.edge.size()) {
            self.waiting_bytes -= entry.sealed.len();
        }
        self.tree = tree;
    }
}
