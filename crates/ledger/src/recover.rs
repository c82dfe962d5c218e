//! Opening: from whatever a crash left to a running ledger.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use serde_json::Value;
use stdx::{Clock, files};

use crate::checkpoint::SignedCheckpoint;
use crate::disk::{self, Appending};
use crate::edge::{Edge, partial_tiles_of};
use crate::entry::{EntryId, Outcome, Payload};
use crate::error::LedgerError;
use crate::history::History;
use crate::intents;
use crate::keeper::{Keeper, mark_of, write_checkpoint};
use crate::ledger::{Ledger, Threads};
use crate::note::PublicKey;
use crate::payloads::Payloads;
use crate::pending::{self, Held, Pending, Waiting};
use crate::secrets::{LedgerKeys, Sealer};
use crate::shared::{Shared, State, Tree};
use crate::tile::{LEVELS, Level, hashes, leaves};
use crate::witnessed::Witnessed;
use crate::writer::Writer;

/// What opening the ledger found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Recovery {
    /// Entries that were durable behind the checkpoint.
    pub waiting_entries: u64,
    /// Bytes of a torn write that were cut; no entry in them was acknowledged.
    pub torn_bytes: u64,
    /// Intents that had no outcome and were closed as interrupted.
    pub interrupted: Vec<EntryId>,
}

pub(crate) struct Opened {
    pub shared: Arc<Shared>,
    pub threads: Threads,
    pub recovery: Recovery,
    pub open_intents: Vec<(EntryId, Payload)>,
    pub lock: File,
}

pub(crate) fn open(root: &Path, keys: LedgerKeys, clock: Clock) -> Result<Opened, LedgerError> {
    files::private_dir(root).map_err(|e| LedgerError::io("make", root, root, e))?;
    let lock = lock(root)?;
    if is_new(root)? {
        begin(root, &keys)?;
    }
    let tree = read_tree(root, keys.public())?;
    let size = tree.edge.size();
    let key = keys.payload().id();
    let contents = pending::read(root, Some(key), size, size)?;
    let end = contents.end;
    if end < size {
        let pending = root.join("pending");
        return Err(LedgerError::damaged(root, &pending, 0, "it ends before what the checkpoint covers"));
    }
    let mut recovery = Recovery { waiting_entries: end - size, ..Recovery::default() };
    if let Some(torn) = &contents.torn {
        tracing::warn!(
            file = torn.file,
            bytes = torn.torn_bytes,
            "a torn write is cut: it was never acknowledged"
        );
        let _cut = Appending::open(root, torn.path.clone(), torn.good_bytes)?;
        recovery.torn_bytes = torn.torn_bytes;
    }
    let sealer = Sealer::new(keys.payload().clone());
    let waiting = opened_entries(root, &sealer, contents.entries)?;
    let payloads = Payloads::recover(root, key, size, end)?;
    let below = intents::read(root, Some(key))?;
    let mut open = below.clone();
    intents::follow(&mut open, &waiting);
    if open.keys().next_back().is_some_and(|last| *last >= end) {
        return Err(LedgerError::damaged(root, &root.join("intents"), 0, "it names an entry beyond the end"));
    }
    recovery.interrupted = open.keys().copied().map(EntryId).collect();
    let open_intents = open_payloads(root, &sealer, &open)?;
    let waited_ms = waiting.iter().map(|entry| entry.place.at_ms);
    let last_ms = payloads.last_ms().into_iter().chain(waited_ms).max().unwrap_or(0);
    let history = History::open(root)?;
    let pending = Pending::begin(root, key, end)?;

    let mut state = State { waiting: VecDeque::new(), waiting_bytes: 0, tree: Arc::new(tree) };
    state.add(waiting);
    let shared = Arc::new(Shared::new(root.to_owned(), keys, clock, payloads, Witnessed::open(root)?, state));
    let open: HashSet<u64> = open.keys().copied().collect();
    let writer = Writer { shared: shared.clone(), pending, next: end, last_ms, open, accompanied: 0 };
    let keeper = Keeper { shared: shared.clone(), history, open: below };
    let threads = Threads {
        writer: spawn(&shared, "ledger-writer", move || writer.run())?,
        keeper: spawn(&shared, "ledger-keeper", move || keeper.run())?,
    };
    Ok(Opened { shared, threads, recovery, open_intents, lock })
}

fn spawn(
    shared: &Arc<Shared>,
    name: &str,
    run: impl FnOnce() + Send + 'static,
) -> Result<thread::JoinHandle<()>, LedgerError> {
    let (root, ends) = (&shared.root, Ends(shared.clone()));
    let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
        let _ends = ends;
        run();
    });
    thread.map_err(|e| LedgerError::io("start the threads of", root, root, e))
}

/// Goes with its thread. One that panics must not leave callers behind who wait for it for ever.
struct Ends(Arc<Shared>);

impl Drop for Ends {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.break_off();
        }
    }
}

fn lock(root: &Path) -> Result<File, LedgerError> {
    let path = root.join("lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
    let file = file.map_err(|e| LedgerError::io("open", root, &path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LedgerError::Locked),
        Err(TryLockError::Error(e)) => Err(LedgerError::io("lock", root, &path, e)),
    }
}

/// Whether nothing was ever entered here. The checkpoint is the last thing that [`begin`] writes.
fn is_new(root: &Path) -> Result<bool, LedgerError> {
    if disk::read(root, &root.join("checkpoint"))?.is_some() {
        return Ok(false);
    }
    let has_payloads = !disk::names(root, &root.join("payload"))?.is_empty();
    let has_tiles = !disk::names(root, &root.join("tile"))?.is_empty();
    if has_payloads || has_tiles || pending::has_entries(root)? {
        return Err(LedgerError::damaged(
            root,
            &root.join("checkpoint"),
            0,
            "it is missing, but there are entries",
        ));
    }
    Ok(true)
}

fn begin(root: &Path, keys: &LedgerKeys) -> Result<(), LedgerError> {
    for folder in ["pending", "payload", "tile"] {
        let path = root.join(folder);
        files::private_dir(&path).map_err(|e| LedgerError::io("make", root, &path, e))?;
    }
    let _file = Pending::begin(root, keys.payload().id(), 0)?;
    intents::write(root, keys.payload().id(), std::iter::empty())?;
    let edge = Edge::default();
    write_checkpoint(root, &SignedCheckpoint::sign(keys.signer(), 0, edge.root()))?;
    files::sync_parent(root).map_err(|e| LedgerError::io("sync", root, root, e))
}

/// The tree's edge from its unfinished tiles; it must have the root that the checkpoint signs.
pub(crate) fn read_tree(root: &Path, key: &PublicKey) -> Result<Tree, LedgerError> {
    let path = root.join("checkpoint");
    let damaged = |what| LedgerError::damaged(root, &path, 0, what);
    let note = disk::read(root, &path)?.unwrap_or_default();
    let note = String::from_utf8(note).map_err(|_| damaged("it is not text"))?;
    let checkpoint = SignedCheckpoint::open(&note, key)
        .map_err(|_| damaged("it is not a checkpoint that this ledger's key signed"))?;
    let mut levels: [Vec<_>; LEVELS] = Default::default();
    let mut bundle = Vec::new();
    for tile in partial_tiles_of(checkpoint.size) {
        let path = root.join(tile.to_string());
        let damaged = |what| LedgerError::damaged(root, &path, 0, what);
        let bytes = disk::read(root, &path)?.ok_or_else(|| damaged("it is missing"))?;
        match tile.level {
            Level::Entries => bundle = bytes,
            Level::Hashes(level) => {
                let row = hashes(&bytes).filter(|row| row.len() == tile.width);
                let row = row.ok_or_else(|| damaged("it does not hold as many hashes as its name says"))?;
                if let Some(place) = levels.get_mut(usize::from(level)) {
                    *place = row;
                }
            }
        }
    }
    check_bundle(root, checkpoint.size, &bundle, &levels)?;
    let edge = Edge::from_parts(checkpoint.size, levels, bundle);
    if edge.root() == checkpoint.root {
        Ok(Tree { edge, checkpoint })
    } else {
        Err(damaged("the tiles have another root"))
    }
}

fn check_bundle(
    root: &Path,
    size: u64,
    bundle: &[u8],
    levels: &[Vec<crate::hash::Hash>; LEVELS],
) -> Result<(), LedgerError> {
    let Some(tile) = partial_tiles_of(size).into_iter().find(|tile| tile.level == Level::Entries) else {
        return Ok(());
    };
    let found: Option<Vec<_>> =
        leaves(bundle).map(|leaves| leaves.into_iter().map(crate::hash::leaf_hash).collect());
    let agrees = levels.first().is_some_and(|row| Some(row) == found.as_ref());
    let path = root.join(tile.to_string());
    if agrees {
        Ok(())
    } else {
        Err(LedgerError::damaged(root, &path, 0, "its leaves are not those of the tree"))
    }
}

/// Opens what waits: an entry that does not make its leaf must not get into the tree.
fn opened_entries(root: &Path, sealer: &Sealer, held: Vec<Held>) -> Result<Vec<Arc<Waiting>>, LedgerError> {
    let damaged = |what| LedgerError::damaged(root, &root.join("pending"), 0, what);
    let mut waiting = Vec::with_capacity(held.len());
    for Held { place, leaf, sealed } in held {
        let opened = sealer.open(place, &sealed).filter(|opened| opened.leaf() == leaf);
        let opened = opened.ok_or_else(|| damaged("a payload does not open, or does not make its leaf"))?;
        let payload: Payload =
            serde_json::from_slice(opened.payload()).map_err(|_| damaged("a payload is not an entry"))?;
        waiting.push(Arc::new(Waiting { place, leaf, sealed, mark: mark_of(payload.phase) }));
    }
    Ok(waiting)
}

/// The entries that the last run left without an outcome.
fn open_payloads(
    root: &Path,
    sealer: &Sealer,
    open: &BTreeMap<u64, Arc<Waiting>>,
) -> Result<Vec<(EntryId, Payload)>, LedgerError> {
    let damaged = || LedgerError::damaged(root, &root.join("intents"), 0, "an intent in it does not open");
    let opened = open.values().map(|entry| {
        let opened = sealer.open(entry.place, &entry.sealed).ok_or_else(damaged)?;
        let payload = serde_json::from_slice(opened.payload()).map_err(|_| damaged())?;
        Ok((EntryId(entry.place.index), payload))
    });
    opened.collect()
}

/// Closes the intents that the last run left open; durable when it returns.
pub(crate) fn close_intents(ledger: &Ledger, open: Vec<(EntryId, Payload)>) -> Result<(), LedgerError> {
    let mut answers = Vec::with_capacity(open.len());
    for (id, payload) in open {
        answers.push(ledger.submit(&payload.outcome(id, Outcome::Interrupted, Value::Null))?);
    }
    answers.into_iter().try_for_each(|answer| answer.blocking().map(drop))
}
