//! What callers, followers and the writer share.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use keys::KeyDirectory;
use model::Offset;
use parking_lot::{Condvar, Mutex, RwLock};
use stdx::Clock;
use tokio::sync::watch;

use crate::config::Config;
use crate::files::Files;
use crate::queue::Queue;
use crate::seal::{OpenedKeys, Sealer};

/// One for each open journal.
pub(crate) struct Shared {
    pub(crate) dir: PathBuf,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    pub(crate) keys: KeyDirectory,
    pub(crate) files: Files,
    pub(crate) queue: Queue,
    pub(crate) state: watch::Sender<State>,
    pub(crate) counters: Counters,
    pub(crate) opened: OpenedKeys,
    sealer: RwLock<Arc<Sealer>>,
    end: Mutex<u64>,
    grown: Condvar,
}

/// Whether records are taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    Running,
    Closed,
    Stopped,
}

#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) records: AtomicU64,
    pub(crate) bytes: AtomicU64,
    pub(crate) syncs: AtomicU64,
}

impl Shared {
    pub(crate) fn new(
        dir: &Path,
        keys: KeyDirectory,
        clock: Clock,
        config: Config,
        opened: (Files, Arc<Sealer>, u64),
    ) -> Self {
        let (files, sealer, end) = opened;
        Self {
            dir: dir.to_owned(),
            clock,
            queue: Queue::new(config.queue_bytes_max),
            config,
            keys,
            files,
            state: watch::Sender::new(State::Running),
            counters: Counters::default(),
            opened: OpenedKeys::default(),
            sealer: RwLock::new(sealer),
            end: Mutex::new(end),
            grown: Condvar::new(),
        }
    }

    pub(crate) fn sealer(&self) -> Arc<Sealer> {
        self.sealer.read().clone()
    }

    pub(crate) fn set_sealer(&self, sealer: Arc<Sealer>) {
        *self.sealer.write() = sealer;
    }

    pub(crate) fn end(&self) -> Offset {
        Offset(*self.end.lock())
    }

    /// Lets followers see records up to `end`.
    pub(crate) fn grow(&self, end: u64) {
        *self.end.lock() = end;
        self.grown.notify_all();
    }

    /// Goes from running to `state`, once, and wakes those who wait.
    pub(crate) fn leave_running(&self, state: State) {
        self.state.send_if_modified(|now| {
            let running = *now == State::Running || state == State::Stopped;
            if running {
                *now = state;
            }
            running
        });
        // Under the lock, so that nobody who has just looked at the state misses the call.
        let _end = self.end.lock();
        self.grown.notify_all();
    }

    /// Waits until `is_so`, at most `timeout`; looked at whenever the journal grows or begins a file.
    pub(crate) fn wait_until(&self, is_so: impl Fn() -> bool, timeout: Duration) {
        let mut end = self.end.lock();
        let waiting = |_: &mut u64| !is_so() && *self.state.borrow() == State::Running;
        self.grown.wait_while_for(&mut end, waiting, timeout);
    }

    pub(crate) fn wait_past(&self, offset: Offset, timeout: Duration) -> bool {
        let mut end = self.end.lock();
        let nothing_new = |end: &mut u64| *end <= offset.0 && *self.state.borrow() == State::Running;
        self.grown.wait_while_for(&mut end, nothing_new, timeout);
        *end > offset.0
    }
}
