//! Out of quarantine: screened by the rules of today, appended with the id and time they came with, then removed.
//!
//! What is to be released is noted durably before anything is appended, and a release that a crash cut off is finished at
//! the next start, before any event is taken. De-duplication measures its window by what arrives, so however long the
//! process was down, the ids of what was appended are still known and nothing appears twice.

use journal::{AppendError, Record};
use model::WorkspaceId;

use crate::collector::{Collector, Inner};
use crate::error::CollectError;
use crate::intake::mark;
use crate::refusal::{Refused, Sdk};

/// How many events are released with one note and one append.
const CHUNK: usize = 200;

/// What a release did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Released {
    /// How many are in the journal now.
    pub released: usize,
    /// How many the shield refused by the rules of today; they are gone and counted with its reason.
    pub refused: usize,
}

impl Collector {
    /// Releases these, as far as they wait. Waits for the disk.
    ///
    /// # Errors
    /// The journal's and the quarantine's; what was not released still waits.
    pub fn release(&self, workspace: WorkspaceId, numbers: &[u64]) -> Result<Released, CollectError> {
        let _alone = self.0.releasing.lock();
        let mut all = Released::default();
        for chunk in numbers.chunks(CHUNK) {
            self.0.quarantine.begin_release(workspace, chunk)?;
            let released = self.0.release(workspace, chunk)?;
            all.released += released.released;
            all.refused += released.refused;
        }
        Ok(all)
    }

    /// The events that wait.
    pub fn quarantine(&self) -> &crate::quarantine::Quarantine {
        &self.0.quarantine
    }
}

impl Inner {
    /// Finishes the releases that had begun when the process ended.
    pub fn finish_releases(&self) -> Result<(), CollectError> {
        for (workspace, numbers) in self.quarantine.begun()? {
            let released = self.release(workspace, &numbers)?;
            tracing::info!(%workspace, events = released.released, "finished a release that was cut off");
        }
        Ok(())
    }

    fn release(&self, workspace: WorkspaceId, numbers: &[u64]) -> Result<Released, CollectError> {
        let keys = self.keys.get(workspace).ok_or(crate::quarantine::QuarantineError::NoKeys)?;
        let keyed_hash = |value: &str| mark(&keys, value);
        let shield = self.shields.of(workspace);
        let (mut records, mut refused) = (Vec::new(), Vec::new());
        let waiting = self.quarantine.records(workspace, numbers)?;
        for (_, record) in waiting {
            let (source, received_ms) = (record.source, record.received_ms);
            let declared = self.declared_of(workspace, record.kind, &record.name);
            match shield.screen_again(record, &keyed_hash, &declared) {
                Ok(clean) => records.push(Record::Event(Box::new(clean))),
                Err(refusal) => {
                    refused.push((source, Refused::of(refusal.reason.as_str(), refusal.field), received_ms));
                }
            }
        }
        let released = Released { released: records.len(), refused: refused.len() };
        if !records.is_empty()
            && let Err(error) = self.journal.append_blocking(workspace, records)
        {
            // Certainly not appended: nothing is to be finished at the next start.
            if matches!(
                error,
                AppendError::Overloaded { .. } | AppendError::Full | AppendError::TooLarge { .. }
            ) {
                self.quarantine.end_release(workspace)?;
            }
            return Err(CollectError::NotReleased(error));
        }
        self.quarantine.remove(workspace, numbers)?;
        self.quarantine.end_release(workspace)?;
        for (source, why, at_ms) in refused {
            self.tally.refuse(Some(workspace), Some(source), &[(why, Sdk::default(), 1)], at_ms);
        }
        Ok(released)
    }
}
