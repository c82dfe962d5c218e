//! Intents: a change is entered before it is made, and its outcome after.
//!
//! The file `intents` lists those that have no outcome yet, as the checkpoint beside it saw them; the
//! pending files hold what came later. Opening the ledger closes them all as interrupted.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use keys::KeyId;
use serde_json::Value;
use stdx::files;

use crate::disk;
use crate::entry::{EntryId, Outcome, Payload};
use crate::error::LedgerError;
use crate::frame::{HEADER_BYTES, Header, Kind, Take, read_frame, write_frame};
use crate::ledger::{Answer, Ledger};
use crate::pending::{Mark, Waiting};
use crate::secrets::{LEAF_BYTES, Place, Stream};

/// The name of the file.
pub(crate) const FILE: &str = "intents";

/// A change that was announced and whose outcome is owed. Dropped without one, it is closed as
/// interrupted, as far as the ledger still takes entries; else when the ledger is next opened.
#[must_use = "an intent owes the ledger its outcome: call `done` or `failed`"]
pub struct Intent {
    ledger: Ledger,
    id: EntryId,
    /// Taken when the outcome is entered.
    payload: Option<Payload>,
}

impl Intent {
    pub(crate) fn new(ledger: Ledger, id: EntryId, payload: Payload) -> Self {
        Self { ledger, id, payload: Some(payload) }
    }

    /// The intent's own entry.
    pub fn id(&self) -> EntryId {
        self.id
    }

    /// Enters that it was done; durable when it returns.
    ///
    /// # Errors
    /// As [`Ledger::enter`]. The change has happened all the same, and the intent stays open.
    pub fn done(self, detail: Value) -> Result<EntryId, LedgerError> {
        self.close(Outcome::Done, detail)
    }

    /// Enters that it failed; durable when it returns.
    ///
    /// # Errors
    /// As [`Ledger::enter`].
    pub fn failed(self, detail: Value) -> Result<EntryId, LedgerError> {
        self.close(Outcome::Failed, detail)
    }

    /// As [`Intent::done`], for async callers.
    ///
    /// # Errors
    /// As [`Ledger::enter`].
    pub async fn done_async(self, detail: Value) -> Result<EntryId, LedgerError> {
        self.close_async(Outcome::Done, detail).await
    }

    /// As [`Intent::failed`], for async callers.
    ///
    /// # Errors
    /// As [`Ledger::enter`].
    pub async fn failed_async(self, detail: Value) -> Result<EntryId, LedgerError> {
        self.close_async(Outcome::Failed, detail).await
    }

    fn close(mut self, result: Outcome, detail: Value) -> Result<EntryId, LedgerError> {
        let answer = self.send(result, detail)?;
        answer.blocking()
    }

    async fn close_async(mut self, result: Outcome, detail: Value) -> Result<EntryId, LedgerError> {
        let answer = self.send(result, detail)?;
        answer.waiting().await
    }

    /// Once the outcome is in the queue nothing is owed any more, even if nobody waits for the answer.
    fn send(&mut self, result: Outcome, detail: Value) -> Result<Answer, LedgerError> {
        let Some(payload) = &self.payload else { return Err(LedgerError::Closed) };
        let answer = self.ledger.submit(&payload.outcome(self.id, result, detail))?;
        self.payload = None;
        Ok(answer)
    }
}

impl std::fmt::Debug for Intent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Intent").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Drop for Intent {
    fn drop(&mut self) {
        if let Some(payload) = self.payload.take() {
            // Waiting for the disk here could block an executor, and there is nobody to tell of a failure.
            let _ = self.ledger.submit(&payload.outcome(self.id, Outcome::Interrupted, Value::Null));
        }
    }
}

/// Takes note of what entries open and close.
pub(crate) fn follow(open: &mut BTreeMap<u64, Arc<Waiting>>, entries: &[Arc<Waiting>]) {
    for entry in entries {
        match entry.mark {
            Mark::Intent => drop(open.insert(entry.place.index, entry.clone())),
            Mark::Outcome(of) => drop(open.remove(&of)),
            Mark::Entry => {}
        }
    }
}

/// Replaces the file of open intents.
pub(crate) fn write<'a>(
    root: &Path,
    key: KeyId,
    open: impl Iterator<Item = &'a Arc<Waiting>>,
) -> Result<(), LedgerError> {
    let mut bytes = Header { kind: Kind::Intents, key, stream: Stream(None), first: 0 }.bytes();
    for entry in open {
        write_frame(&mut bytes, |out| {
            out.extend_from_slice(&entry.place.index.to_be_bytes());
            out.extend_from_slice(&entry.place.at_ms.to_be_bytes());
            out.extend_from_slice(&entry.place.stream.tag());
            out.extend_from_slice(&entry.leaf);
            out.extend_from_slice(&entry.sealed);
        });
    }
    let path = root.join(FILE);
    files::replace(&path, &bytes).map_err(|e| LedgerError::io("write", root, &path, e))
}

/// Reads the file of open intents. Without a `key` the file's own is believed.
pub(crate) fn read(root: &Path, key: Option<KeyId>) -> Result<BTreeMap<u64, Arc<Waiting>>, LedgerError> {
    let path = root.join(FILE);
    let damaged = |position: usize, what| LedgerError::damaged(root, &path, position as u64, what);
    let bytes = disk::read(root, &path)?.ok_or_else(|| damaged(0, "it is missing"))?;
    let header = Header::parse(&bytes, Kind::Intents).map_err(|what| damaged(0, what))?;
    if key.is_some_and(|key| key != header.key) {
        return Err(damaged(0, "it was written under another payload key"));
    }
    let (mut open, mut position) = (BTreeMap::new(), HEADER_BYTES);
    while let Some((body, next)) = read_frame(&bytes, position).map_err(|what| damaged(position, what))? {
        let mut take = Take(body);
        let entry = (|| {
            let (index, at_ms) = (take.u64()?, take.i64()?);
            let place = Place { stream: Stream::from_tag(take.array()?)?, index, at_ms };
            let leaf = take.array::<LEAF_BYTES>()?;
            Some(Waiting { place, leaf, sealed: take.0.to_vec(), mark: Mark::Intent })
        })();
        let entry = entry.ok_or_else(|| damaged(position, "a frame does not hold what it says"))?;
        open.insert(entry.place.index, Arc::new(entry));
        position = next;
    }
    Ok(open)
}
