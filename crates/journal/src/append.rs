//! The caller's part of an append: encode, reserve room, seal, queue, wait.

use std::sync::mpsc;

use model::{EventRecord, Offset, Order, WorkspaceId};
use serde::Serialize;
use shield::Clean;
use tokio::sync::oneshot;

use crate::error::AppendError;
use crate::format::{FRAME_BYTES_MAX, FRAME_HEADER_BYTES};
use crate::queue::{Item, Outcome, Waiter};
use crate::shared::{Shared, State};

/// When a refused caller should try again: the whole queue is written in less.
const RETRY_AFTER_S: u32 = 1;

/// What the journal takes: events that the shield has cleaned, and orders.
#[derive(Clone, Debug)]
pub enum Record {
    /// A clean event.
    Event(Box<Clean>),
    /// An order.
    Order(Order),
}

/// Where the records of one call stand: `count` of them from `first` on, without gaps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Appended {
    /// The first one's number.
    pub first: Offset,
    /// How many there are.
    pub count: u32,
}

/// [`model::Stored`] without owning: variant for variant the same, so that the bytes are the same.
#[derive(Serialize)]
enum Borrowed<'a> {
    Event(&'a EventRecord),
    Order(&'a Order),
}

impl Record {
    fn workspace(&self) -> WorkspaceId {
        match self {
            Self::Event(clean) => clean.record().workspace,
            Self::Order(order) => order.workspace(),
        }
    }

    fn borrowed(&self) -> Borrowed<'_> {
        match self {
            Self::Event(clean) => Borrowed::Event(clean.record()),
            Self::Order(order) => Borrowed::Order(order),
        }
    }
}

impl Shared {
    pub(crate) async fn append(&self, workspace: WorkspaceId, records: &[Record]) -> Outcome {
        let (sender, receiver) = oneshot::channel();
        if self.submit(workspace, records, Waiter::Task(sender))? {
            return receiver.await.unwrap_or(Err(AppendError::Stopped));
        }
        Ok(Appended { first: self.end(), count: 0 })
    }

    pub(crate) fn append_blocking(&self, workspace: WorkspaceId, records: &[Record]) -> Outcome {
        let (sender, receiver) = mpsc::sync_channel(1);
        if self.submit(workspace, records, Waiter::Thread(sender))? {
            return receiver.recv().unwrap_or(Err(AppendError::Stopped));
        }
        Ok(Appended { first: self.end(), count: 0 })
    }

    /// Queues the records; `false` when there are none, and so nothing to wait for.
    fn submit(
        &self,
        workspace: WorkspaceId,
        records: &[Record],
        waiter: Waiter,
    ) -> Result<bool, AppendError> {
        self.accepting()?;
        if records.is_empty() {
            return Ok(false);
        }
        let plain = encode(workspace, records)?;
        let bytes = plain.len() + keys::SEAL_OVERHEAD_BYTES + FRAME_HEADER_BYTES;
        let bytes_max = FRAME_BYTES_MAX.min(self.config.queue_bytes_max);
        if bytes > bytes_max {
            return Err(AppendError::TooLarge { bytes, bytes_max });
        }
        if !self.queue.reserve(bytes) {
            return Err(AppendError::Overloaded { retry_after_s: RETRY_AFTER_S });
        }
        let queued = self.seal(workspace, records.len(), &plain, waiter).and_then(|item| {
            self.queue
                .push(Item { bytes, ..item })
                .map_err(|_| self.accepting().err().unwrap_or(AppendError::Closed))
        });
        if let Err(error) = queued {
            self.queue.release(bytes);
            return Err(error);
        }
        Ok(true)
    }

    fn seal(
        &self,
        workspace: WorkspaceId,
        count: usize,
        plain: &[u8],
        waiter: Waiter,
    ) -> Result<Item, AppendError> {
        let count = u32::try_from(count).map_err(|_| AppendError::Encoding)?;
        let sealer = self.sealer();
        let slot = sealer.slot(workspace)?;
        let body = sealer.seal(&slot, count, plain);
        let body_crc = crc32c::crc32c(&body);
        Ok(Item { sealer, slot, body, body_crc, count, bytes: 0, waiter })
    }

    fn accepting(&self) -> Result<(), AppendError> {
        match *self.state.borrow() {
            State::Running => Ok(()),
            State::Closed => Err(AppendError::Closed),
            State::Stopped => Err(AppendError::Stopped),
        }
    }
}

fn encode(workspace: WorkspaceId, records: &[Record]) -> Result<Vec<u8>, AppendError> {
    if records.iter().any(|record| record.workspace() != workspace) {
        return Err(AppendError::OtherWorkspace { workspace });
    }
    let borrowed: Vec<_> = records.iter().map(Record::borrowed).collect();
    postcard::to_stdvec(&borrowed).map_err(|_| AppendError::Encoding)
}
