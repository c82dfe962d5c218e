//! The keeper: a thread that brings durable entries to their places and signs checkpoints over them.
//!
//! The order is payload files, tiles, open intents, checkpoint; only then are pending files removed. A
//! crash anywhere leaves a checkpoint whose tree is whole and pending files with everything behind it.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use stdx::files;

use crate::checkpoint::SignedCheckpoint;
use crate::disk;
use crate::edge::partial_tiles_of;
use crate::error::LedgerError;
use crate::history::History;
use crate::intents;
use crate::pending::{self, Mark, Waiting};
use crate::shared::{Request, Shared, Tree, Work};
use crate::tile::Tile;

/// How often a checkpoint is signed while entries arrive.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(10);
/// How soon it is tried again on a full disk.
const FULL_INTERVAL: Duration = Duration::from_secs(1);
/// The most entries that one pass takes.
const PASS_ENTRIES_MAX: usize = 16_384;

pub(crate) struct Keeper {
    pub shared: Arc<Shared>,
    pub history: History,
    /// Intents without an outcome below the checkpoint.
    pub open: BTreeMap<u64, Arc<Waiting>>,
}

impl Keeper {
    /// Runs until the ledger is closed, then brings the rest home.
    pub fn run(mut self) {
        let mut pause = CHECKPOINT_INTERVAL;
        loop {
            let (requests, closing) = self.wait(pause);
            let result = self.pass_all();
            pause = CHECKPOINT_INTERVAL;
            if let Err(error) = &result {
                if error.is_full() {
                    pause = FULL_INTERVAL;
                } else {
                    self.shared.stop(error);
                }
            }
            for reply in requests {
                reply(result.clone());
            }
            if closing {
                return;
            }
        }
    }

    fn wait(&self, pause: Duration) -> (Vec<Request>, bool) {
        let mut work = self.shared.work.lock();
        let is_idle = |work: &mut Work| work.requests.is_empty() && !work.many_waiting && !work.closing;
        let _ = self.shared.wanted.wait_while_for(&mut work, is_idle, pause);
        work.many_waiting = false;
        (std::mem::take(&mut work.requests), work.closing)
    }

    fn pass_all(&mut self) -> Result<SignedCheckpoint, LedgerError> {
        let goal = self.shared.size();
        loop {
            self.shared.check()?;
            let tree = self.shared.state.read().tree.clone();
            if tree.edge.size() >= goal {
                return Ok(tree.checkpoint.clone());
            }
            self.pass(&tree)?;
        }
    }

    fn pass(&mut self, tree: &Tree) -> Result<(), LedgerError> {
        let shared = self.shared.clone();
        let root = &shared.root;
        let entries: Vec<Arc<Waiting>> =
            shared.state.read().waiting.iter().take(PASS_ENTRIES_MAX).cloned().collect();
        shared.payloads.append(&entries)?;
        let mut edge = tree.edge.clone();
        let mut tiles: Vec<(String, Vec<u8>)> = Vec::new();
        for entry in &entries {
            edge.push(&entry.leaf, &mut |tile, bytes| tiles.push((tile.to_string(), bytes)));
        }
        tiles.extend(edge.partial_tiles().into_iter().map(|(tile, bytes)| (tile.to_string(), bytes)));
        disk::write_all_whole(root, &tiles)?;
        self.keep_intents(&entries)?;
        let checkpoint = SignedCheckpoint::sign(shared.keys.signer(), edge.size(), edge.root());
        write_checkpoint(root, &checkpoint)?;
        self.history.add(&checkpoint, entries.last().map_or(0, |entry| entry.place.at_ms))?;
        let size = edge.size();
        shared.state.write().grow(Arc::new(Tree { edge, checkpoint }));
        shared.witnessed.grew(size, shared.clock.now_ms());
        pending::remove_below(root, size)?;
        remove_outgrown(root, tree.edge.size(), size)
    }

    fn keep_intents(&mut self, entries: &[Arc<Waiting>]) -> Result<(), LedgerError> {
        let mut open = self.open.clone();
        intents::follow(&mut open, entries);
        if !open.keys().eq(self.open.keys()) {
            intents::write(&self.shared.root, self.shared.keys.payload().id(), open.values())?;
            self.open = open;
        }
        Ok(())
    }
}

/// Replaces the checkpoint on disk.
pub(crate) fn write_checkpoint(
    root: &std::path::Path,
    checkpoint: &SignedCheckpoint,
) -> Result<(), LedgerError> {
    let path = root.join("checkpoint");
    files::replace(&path, checkpoint.note.as_bytes()).map_err(|e| LedgerError::io("write", root, &path, e))
}

/// Removes unfinished tiles of the size before, of which wider ones exist now. Their bytes are a prefix
/// of the wider ones', so they can still be served.
fn remove_outgrown(root: &std::path::Path, before: u64, now: u64) -> Result<(), LedgerError> {
    let still_there: Vec<Tile> = partial_tiles_of(now);
    for tile in partial_tiles_of(before).into_iter().filter(|tile| !still_there.contains(tile)) {
        let path = root.join(tile.to_string());
        disk::remove(root, &path)?;
        if let Some(folder) = path.parent() {
            // Fails while a wider unfinished tile lies in it, which is as it should be.
            let _ = fs::remove_dir(folder);
        }
    }
    Ok(())
}

/// Whether an entry opens or closes an intent, from its opened payload.
pub(crate) fn mark_of(phase: crate::entry::Phase) -> Mark {
    match phase {
        crate::entry::Phase::Entry => Mark::Entry,
        crate::entry::Phase::Intent => Mark::Intent,
        crate::entry::Phase::Outcome { of, .. } => Mark::Outcome(of.0),
    }
}
