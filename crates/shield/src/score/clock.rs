//! The time a thread has spent on a processor, so that what else the machine does disturbs a measurement little.

use std::time::{Duration, Instant};

/// What [`taken`] counts here, for reports.
pub const COUNTED: &str = if cfg!(unix) { "processor time of the thread" } else { "time on the clock" };

/// How long the work takes: the thread's time on a processor where the platform tells it, else the clock's.
pub fn taken(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    let before = on_processor();
    work();
    match (before, on_processor()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => begun.elapsed(),
    }
}

#[cfg(unix)]
fn on_processor() -> Option<Duration> {
    let told = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Some(Duration::new(u64::try_from(told.tv_sec).ok()?, u32::try_from(told.tv_nsec).ok()?))
}

#[cfg(not(unix))]
fn on_processor() -> Option<Duration> {
    None
}
