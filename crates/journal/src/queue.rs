//! What waits to be written: bounded in bytes, in the order of arrival.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use crate::append::Appended;
use crate::error::AppendError;
use crate::seal::{Sealer, Slot};

pub(crate) type Outcome = Result<Appended, AppendError>;

/// One call's records, sealed.
pub(crate) struct Item {
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) slot: Arc<Slot>,
    pub(crate) body: Vec<u8>,
    pub(crate) body_crc: u32,
    pub(crate) count: u32,
    /// What was reserved for it.
    pub(crate) bytes: usize,
    pub(crate) waiter: Waiter,
}

/// Who waits for the outcome.
pub(crate) enum Waiter {
    Task(oneshot::Sender<Outcome>),
    Thread(mpsc::SyncSender<Outcome>),
}

impl Waiter {
    pub(crate) fn tell(self, outcome: Outcome) {
        // A caller who went away is not told; its records stay, as after an answer that got lost.
        match self {
            Self::Task(sender) => drop(sender.send(outcome)),
            Self::Thread(sender) => drop(sender.send(outcome)),
        }
    }
}

pub(crate) struct Queue {
    inner: Mutex<Inner>,
    filled: Condvar,
    bytes: AtomicUsize,
    bytes_max: usize,
}

#[derive(Default)]
struct Inner {
    items: VecDeque<Item>,
    rotate: bool,
    closed: bool,
}

/// What the writer does next.
pub(crate) struct Work {
    pub(crate) items: Vec<Item>,
    /// A new file is wanted first.
    pub(crate) rotate: bool,
}

impl Queue {
    pub(crate) fn new(bytes_max: usize) -> Self {
        let (inner, filled) = (Mutex::default(), Condvar::new());
        Self { inner, filled, bytes: AtomicUsize::new(0), bytes_max }
    }

    /// Room for `bytes`, to be given back by [`Queue::release`]; `false` when there is none.
    pub(crate) fn reserve(&self, bytes: usize) -> bool {
        let room = |held: usize| held.checked_add(bytes).filter(|sum| *sum <= self.bytes_max);
        self.bytes.fetch_update(Ordering::AcqRel, Ordering::Acquire, room).is_ok()
    }

    pub(crate) fn release(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::AcqRel);
    }

    /// How much is held.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Acquire)
    }

    /// Puts `item` at the end; gives it back when the queue is closed.
    pub(crate) fn push(&self, item: Item) -> Result<(), Item> {
        let mut inner = self.inner.lock();
        if inner.closed {
            return Err(item);
        }
        inner.items.push_back(item);
        drop(inner);
        self.filled.notify_one();
        Ok(())
    }

    /// Asks the writer for a new file.
    pub(crate) fn want_rotation(&self) {
        self.inner.lock().rotate = true;
        self.filled.notify_one();
    }

    /// Whether the writer has not yet heard of the last [`Queue::want_rotation`].
    pub(crate) fn is_rotation_wanted(&self) -> bool {
        self.inner.lock().rotate
    }

    /// Lets nothing in any more; what is in is still taken.
    pub(crate) fn close(&self) {
        self.inner.lock().closed = true;
        self.filled.notify_one();
    }

    /// Waits for something to do and takes all of it, but no more than about `bytes_max`; `None` when the
    /// queue is closed and empty.
    pub(crate) fn take(&self, bytes_max: usize) -> Option<Work> {
        let mut inner = self.inner.lock();
        while inner.items.is_empty() && !inner.rotate {
            if inner.closed {
                return None;
            }
            self.filled.wait(&mut inner);
        }
        let mut bytes = 0;
        let mut items = Vec::with_capacity(inner.items.len());
        while bytes < bytes_max
            && let Some(item) = inner.items.pop_front()
        {
            bytes += item.bytes;
            items.push(item);
        }
        Some(Work { items, rotate: std::mem::take(&mut inner.rotate) })
    }
}
