//! The ledger as its callers hold it.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::Mutex;
use stdx::Clock;
use tokio::sync::oneshot;

use crate::checkpoint::SignedCheckpoint;
use crate::disk;
use crate::entry::{EntryId, NewEntry, Payload, Phase};
use crate::error::LedgerError;
use crate::intents::Intent;
use crate::keeper::mark_of;
use crate::note::PublicKey;
use crate::recover::{self, Recovery};
use crate::secrets::LedgerKeys;
use crate::shared::{Companion, Queued, Shared};
use crate::tile::{Level, Tile, prefix};

/// Who saw and did what. Cheap to clone; the last clone to go closes it.
#[derive(Clone)]
pub struct Ledger {
    handle: Arc<Handle>,
}

struct Handle {
    shared: Arc<Shared>,
    recovery: Recovery,
    threads: Mutex<Option<Threads>>,
    /// Keeps other processes out for as long as it is open.
    _lock: std::fs::File,
}

pub(crate) struct Threads {
    pub writer: JoinHandle<()>,
    pub keeper: JoinHandle<()>,
}

impl Ledger {
    /// Opens the ledger in `dir`, or begins one there. Entries that a crash left behind the checkpoint are
    /// all there again; a write that was torn, and so never acknowledged, is cut; intents without an
    /// outcome are closed as interrupted.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] names the file and byte of anything that is not what was written;
    /// [`LedgerError::Locked`] when another process has it open.
    pub fn open(dir: &Path, keys: LedgerKeys, clock: Clock) -> Result<Self, LedgerError> {
        let recover::Opened { shared, threads, recovery, open_intents, lock } =
            recover::open(dir, keys, clock)?;
        let handle = Handle { shared, recovery, threads: Mutex::new(Some(threads)), _lock: lock };
        let ledger = Self { handle: Arc::new(handle) };
        recover::close_intents(&ledger, open_intents)?;
        Ok(ledger)
    }

    /// Enters that something is about to be seen or has been decided; durable when it returns.
    /// No entry, no answer: on an error the caller shows and does nothing. Blocks for about one sync of
    /// the disk, shared by all who wait; use [`Ledger::enter_async`] on an async executor.
    ///
    /// # Errors
    /// [`LedgerError::Overloaded`] and [`LedgerError::Full`] pass; [`LedgerError::Stopped`] does not.
    pub fn enter(&self, entry: NewEntry) -> Result<EntryId, LedgerError> {
        self.submit(&Payload::of(entry, Phase::Entry)?)?.blocking()
    }

    /// As [`Ledger::enter`], for async callers. The entry is made even if the future is dropped.
    ///
    /// # Errors
    /// As [`Ledger::enter`].
    pub async fn enter_async(&self, entry: NewEntry) -> Result<EntryId, LedgerError> {
        self.submit(&Payload::of(entry, Phase::Entry)?)?.waiting().await
    }

    /// Has every commit ask `companion` for an entry to take along, in the same frame and with the same sync; it is asked by the
    /// thread that writes, and must not wait. Only the first call counts.
    pub fn accompany(&self, companion: Companion) {
        if self.shared().companion.set(companion).is_err() {
            tracing::error!("the ledger has a companion already");
        }
    }

    /// Enters that a change is about to be made, before it is made; durable when it returns.
    ///
    /// # Errors
    /// As [`Ledger::enter`]; also [`LedgerError::Overloaded`] while 4,096 intents have no outcome.
    pub fn intend(&self, entry: NewEntry) -> Result<Intent, LedgerError> {
        let payload = Payload::of(entry, Phase::Intent)?;
        let id = self.submit(&payload)?.blocking()?;
        Ok(Intent::new(self.clone(), id, payload))
    }

    /// As [`Ledger::intend`], for async callers. When the future is dropped before it ends, the intent is
    /// made and stays open until the ledger is next opened.
    ///
    /// # Errors
    /// As [`Ledger::intend`].
    pub async fn intend_async(&self, entry: NewEntry) -> Result<Intent, LedgerError> {
        let payload = Payload::of(entry, Phase::Intent)?;
        let id = self.submit(&payload)?.waiting().await?;
        Ok(Intent::new(self.clone(), id, payload))
    }

    /// The last checkpoint: at most about ten seconds behind the last entry.
    pub fn checkpoint(&self) -> SignedCheckpoint {
        self.shared().state.read().tree.checkpoint.clone()
    }

    /// Brings everything durable into the tree and signs a checkpoint over it.
    ///
    /// # Errors
    /// [`LedgerError::Full`], [`LedgerError::Stopped`] or [`LedgerError::Closed`].
    pub fn checkpoint_now(&self) -> Result<SignedCheckpoint, LedgerError> {
        self.shared().check()?;
        let (send, receive) = std::sync::mpsc::sync_channel(1);
        self.shared().want(|work| {
            if !work.closing {
                work.requests.push(Box::new(move |result| drop(send.send(result))));
            }
        });
        receive.recv().unwrap_or(Err(LedgerError::Closed))
    }

    /// A tile below the checkpoint, by its path as in C2SP tlog-tiles: `tile/0/x001/234`,
    /// `tile/entries/005.p/17`. `None` where there is none, or the path is not one.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn tile(&self, path: &str) -> Result<Option<Vec<u8>>, LedgerError> {
        let Ok(tile) = Tile::parse(path) else { return Ok(None) };
        let tree = self.shared().state.read().tree.clone();
        tree.tile(&self.shared().root, tile)
    }

    /// The key that checks this ledger's checkpoints.
    pub fn public_key(&self) -> &PublicKey {
        self.shared().keys.public()
    }

    /// How many entries are durable, those behind the checkpoint included.
    pub fn size(&self) -> u64 {
        self.shared().size()
    }

    /// Whether a failure has stopped it: nothing is entered, and so nothing answered, until the process starts anew.
    pub fn is_stopped(&self) -> bool {
        self.shared().check().is_err()
    }

    /// What opening found and did.
    pub fn recovery(&self) -> &Recovery {
        &self.handle.recovery
    }

    /// Takes no more entries, writes what is queued, brings it into the tree and signs a last checkpoint.
    pub fn close(&self) {
        self.handle.close();
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.handle.shared
    }

    /// Queues an entry; the answer says when it is durable.
    pub(crate) fn submit(&self, payload: &Payload) -> Result<Answer, LedgerError> {
        let (send, receive) = oneshot::channel();
        self.shared().submit(Queued {
            json: payload.bytes()?,
            stream: payload.stream(),
            mark: mark_of(payload.phase),
            // Nobody listens when the caller has gone; the entry is made all the same.
            reply: Box::new(move |result| drop(send.send(result))),
        })?;
        Ok(Answer(receive))
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[ledger {}]", self.public_key().name())
    }
}

/// What becomes of a queued entry.
pub(crate) struct Answer(oneshot::Receiver<Result<EntryId, LedgerError>>);

impl Answer {
    pub async fn waiting(self) -> Result<EntryId, LedgerError> {
        self.0.await.unwrap_or(Err(LedgerError::Closed))
    }

    pub fn blocking(self) -> Result<EntryId, LedgerError> {
        // Unlike tokio's own blocking wait this one does not panic inside a runtime, where it is only slow.
        wait::block_on(self.waiting())
    }
}

mod wait {
    //! Waits for a future on a plain thread.

    use std::pin::pin;
    use std::sync::Arc;
    use std::task::{Context, Poll, Wake, Waker};
    use std::thread::{self, Thread};

    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    pub fn block_on<T>(future: impl Future<Output = T>) -> T {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        let mut future = pin!(future);
        loop {
            match future.as_mut().poll(&mut context) {
                Poll::Ready(value) => return value,
                Poll::Pending => thread::park(),
            }
        }
    }
}

impl Handle {
    fn close(&self) {
        let Some(threads) = self.threads.lock().take() else { return };
        self.shared.queue.lock().closed = true;
        self.shared.arrived.notify_all();
        let written = threads.writer.join();
        self.shared.want(|work| work.closing = true);
        if written.is_err() || threads.keeper.join().is_err() {
            tracing::error!("a thread of the ledger has panicked");
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.close();
    }
}

impl crate::shared::Tree {
    /// The bytes of a tile that lies within this tree.
    pub(crate) fn tile(&self, root: &Path, tile: Tile) -> Result<Option<Vec<u8>>, LedgerError> {
        let partial = self.edge.partial_tile(tile.level).filter(|(partial, _)| partial.index == tile.index);
        let bytes = match partial {
            Some((partial, _)) if partial.width < tile.width => None,
            Some((_, bytes)) => Some(bytes),
            None if tile.index < self.full_tiles(tile.level) => {
                disk::read(root, &root.join(tile.full_path()))?
            }
            None => None,
        };
        Ok(bytes.and_then(|bytes| prefix(tile.level, &bytes, tile.width).map(<[u8]>::to_vec)))
    }

    fn full_tiles(&self, level: Level) -> u64 {
        let level = match level {
            Level::Entries => 0,
            Level::Hashes(level) => u32::from(level),
        };
        self.edge.size().checked_shr(8 * (level + 1)).unwrap_or(0)
    }
}
