//! A connection's bytes with limits on time: how long a request's head may take, how long nothing may come between
//! requests, and how long the other side may not read what it is sent.
//!
//! While a request is under way reading has no limit here: bodies have limits of their own, and a handler may take its time.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use crate::crowd::{Crowd, Flight, count};

/// Whoever reads fewer bytes than this within [`Times::not_reading_max`] while more wait for it does not read.
const READ_BYTES_MIN: usize = 16 * 1024;

/// How long what may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub head_max: Duration,
    pub idle_max: Duration,
    pub not_reading_max: Duration,
}

/// A stream that ends itself when the other side is too slow.
pub(crate) struct Guarded<S> {
    inner: S,
    crowd: Crowd,
    flight: Arc<Flight>,
    times: Times,
    /// One timer for reading; made once and set anew.
    reading: Option<Pin<Box<Sleep>>>,
    wait: Wait,
    writing: Option<Blocked>,
}

/// Which wait the timer runs for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// For the first byte of all, which may take as long as a head.
    First,
    /// For the first byte of the next head.
    Next(u32),
    /// For the rest of the head that began in that turn.
    Rest(u32),
    /// A request is under way.
    None,
}

struct Blocked {
    until: Pin<Box<Sleep>>,
    bytes: usize,
}

impl<S> Guarded<S> {
    pub fn new(inner: S, crowd: Crowd, flight: Arc<Flight>, times: Times) -> Self {
        Self { inner, crowd, flight, times, reading: None, wait: Wait::None, writing: None }
    }

    fn wait_for(&mut self, wait: Wait) {
        if self.wait == wait {
            return;
        }
        self.wait = wait;
        let time = match wait {
            Wait::None => return,
            Wait::Next(_) => self.times.idle_max,
            Wait::First | Wait::Rest(_) => self.times.head_max,
        };
        match &mut self.reading {
            Some(timer) => timer.as_mut().reset(Instant::now() + time),
            None => self.reading = Some(Box::pin(sleep(time))),
        }
    }

    /// Whether the wait has become too long, and which counter says so.
    fn is_too_late(&mut self, context: &mut Context<'_>) -> Option<&AtomicU64> {
        if self.wait == Wait::None || self.reading.as_mut()?.as_mut().poll(context).is_pending() {
            return None;
        }
        let counts = self.crowd.counts();
        Some(if matches!(self.wait, Wait::Next(_)) { &counts.cut_idle } else { &counts.cut_slow_head })
    }

    /// Watches one step of writing.
    fn watch<T>(
        &mut self,
        context: &mut Context<'_>,
        step: Poll<io::Result<T>>,
        bytes: impl Fn(&T) -> Option<usize>,
    ) -> Poll<io::Result<T>> {
        match step {
            Poll::Pending => {
                let not_reading_max = self.times.not_reading_max;
                let blocked = self
                    .writing
                    .get_or_insert_with(|| Blocked { until: Box::pin(sleep(not_reading_max)), bytes: 0 });
                ready!(blocked.until.as_mut().poll(context));
                count(&self.crowd.counts().cut_not_reading);
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            Poll::Ready(Ok(done)) => {
                match (&mut self.writing, bytes(&done)) {
                    (Some(blocked), Some(count)) if blocked.bytes + count < READ_BYTES_MIN => {
                        blocked.bytes += count
                    }
                    _ => self.writing = None,
                }
                Poll::Ready(Ok(done))
            }
            failed => failed,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        match Pin::new(&mut this.inner).poll_read(context, buffer) {
            Poll::Ready(result) => {
                // Bytes while no request is under way begin a head, or go on with one.
                this.wait_for(this.flight.wait().map_or(Wait::None, Wait::Rest));
                Poll::Ready(result)
            }
            Poll::Pending => {
                let next = match (this.flight.wait(), this.wait) {
                    (None, _) => Wait::None,
                    (Some(turn), Wait::Rest(begun)) if begun == turn => Wait::Rest(turn),
                    (Some(0), _) => Wait::First,
                    (Some(turn), _) => Wait::Next(turn),
                };
                this.wait_for(next);
                if next == Wait::None {
                    this.flight.call_when_waiting(context.waker());
                }
                match this.is_too_late(context) {
                    None => Poll::Pending,
                    Some(counter) => {
                        count(counter);
                        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
                    }
                }
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let step = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.watch(context, step, |count| Some(*count))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let step = Pin::new(&mut self.inner).poll_write_vectored(context, pieces);
        self.watch(context, step, |count| Some(*count))
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let step = Pin::new(&mut self.inner).poll_flush(context);
        self.watch(context, step, |()| None)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let step = Pin::new(&mut self.inner).poll_shutdown(context);
        self.watch(context, step, |()| None)
    }
}
