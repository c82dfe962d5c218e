//! The thread that turns fresh rows into chunks, and the waiting for it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

use parking_lot::Mutex;

use super::Shared;
use crate::error::StoreError;

/// `apply` waits when the fresh rows take so many times what they should.
const TAIL_FACTOR_MAX: usize = 4;

/// What the thread is told and tells.
#[derive(Default)]
pub(crate) struct Call {
    wanted: bool,
    ended: bool,
    /// Whether the last round failed; `apply` does not wait for a thread that cannot help.
    failed: bool,
}

pub(super) struct Worker {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Worker {
    /// Begins the thread, if the configuration wants one.
    pub(super) fn start(shared: Arc<Shared>) -> Result<Self, StoreError> {
        let mut thread = None;
        if shared.config.background {
            let (working, dir) = (shared.clone(), shared.dir.clone());
            let spawned = std::thread::Builder::new().name("store".to_owned()).spawn(move || working.work());
            thread = Some(spawned.map_err(StoreError::io(&dir))?);
        }
        Ok(Self { shared, thread: Mutex::new(thread) })
    }
}

impl Shared {
    pub(crate) fn is_full(&self, factor: usize) -> bool {
        self.tail_rows.load(Ordering::SeqCst) > self.config.tail_rows * factor
            || self.tail_bytes.load(Ordering::SeqCst) > self.config.tail_bytes * factor
    }

    /// Whether the archive is being closed.
    pub(crate) fn is_ending(&self) -> bool {
        self.call.lock().ended
    }

    pub(super) fn ring_if_full(&self) {
        if self.is_full(1) {
            self.call.lock().wanted = true;
            self.bell.notify_all();
        }
    }

    pub(super) fn wait_for_room(&self) -> Result<(), StoreError> {
        if !self.is_full(TAIL_FACTOR_MAX) {
            return Ok(());
        }
        if !self.config.background {
            return self.maintain();
        }
        let mut call = self.call.lock();
        while self.is_full(TAIL_FACTOR_MAX) {
            if call.failed || call.ended {
                drop(call);
                return self.maintain();
            }
            call.wanted = true;
            self.bell.notify_all();
            self.bell.wait(&mut call);
        }
        Ok(())
    }

    /// The thread's life.
    fn work(&self) {
        // Who sends must not wait for what nobody waits for.
        stdx::threads::give_way();
        loop {
            let mut call = self.call.lock();
            while !call.wanted && !call.ended {
                self.bell.wait(&mut call);
            }
            if call.ended {
                return;
            }
            call.wanted = false;
            drop(call);
            let done = self.maintain();
            if let Err(error) = &done {
                tracing::error!(%error, "fresh rows could not be turned into chunks");
            }
            self.call.lock().failed = done.is_err();
            self.bell.notify_all();
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.call.lock().ended = true;
        self.shared.bell.notify_all();
        if let Some(thread) = self.thread.lock().take() {
            // The thread only panics if the process is about to end anyway.
            drop(thread.join());
        }
    }
}
