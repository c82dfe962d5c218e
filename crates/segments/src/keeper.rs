//! The thread that keeps segments up to date, a round after the other.

use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::error::SegmentError;
use crate::rounds::Next;
use crate::segments::Segments;

/// How long it waits at most where nobody is touched and no window ends.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// So long after the beginning of a round those who are touched wait for others, unless there are many: a round costs about the
/// same for a few as for hundreds, and would else begin with every batch of a busy stream.
const GATHER: Duration = Duration::from_millis(500);
/// So many are worth a round at once.
const MANY: usize = 5_000;
/// How long it waits after a round that failed.
const WAIT_FAILED: Duration = Duration::from_secs(1);

/// Keeps them until dropped.
pub struct Keeper {
    segments: Segments,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Begins.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(segments: &Segments) -> Result<Self, SegmentError> {
        let kept = segments.clone();
        let thread = thread::Builder::new().name("segments".to_owned()).spawn(move || kept.run())?;
        Ok(Self { segments: segments.clone(), thread: Some(thread) })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.segments.0.ended.store(true, Ordering::SeqCst);
        self.segments.ring();
        if let Some(thread) = self.thread.take() {
            // A thread that broke has said so.
            let _ = thread.join();
        }
    }
}

impl Segments {
    fn run(&self) {
        stdx::threads::give_way();
        let mut broken = false;
        while !self.0.ended.load(Ordering::SeqCst) {
            let begun = Instant::now();
            let wait = match self.round() {
                Ok(Next::AtOnce) => {
                    broken = false;
                    continue;
                }
                Ok(Next::Soon) => {
                    broken = false;
                    Duration::ZERO
                }
                Ok(Next::At(next_ms)) => {
                    broken = false;
                    let left = next_ms.map(|next_ms| next_ms.saturating_sub(self.0.clock.now_ms()));
                    let left = left.map(|left| Duration::from_millis(left.max(0).unsigned_abs()));
                    left.map_or(WAIT_MAX, |left| left.min(WAIT_MAX))
                }
                Err(error) => {
                    if !broken {
                        tracing::warn!(%error, "segments could not be kept up to date; tried again");
                    }
                    broken = true;
                    WAIT_FAILED
                }
            };
            let mut pending = self.0.pending.lock();
            // Where a round failed those who wait are no reason to begin at once.
            if (broken || pending.is_idle()) && !self.0.ended.load(Ordering::SeqCst) {
                self.0.bell.wait_for(&mut pending, wait);
            }
            while !pending.is_empty()
                && pending.are_few(MANY)
                && !self.0.ended.load(Ordering::SeqCst)
                && let Some(left) = GATHER.checked_sub(begun.elapsed())
            {
                self.0.bell.wait_for(&mut pending, left);
            }
        }
    }
}
