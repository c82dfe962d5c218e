//! What was measured.

use std::fmt;

use serde::Serialize;

/// The figures of one run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// How long it sent.
    pub seconds: f64,
    /// Over how many connections.
    pub connections: usize,
    /// Events in a request.
    pub batch: usize,
    /// Mean bytes of an event, its share of the envelope included.
    pub event_bytes: f64,
    /// Events that the server acknowledged, and that are therefore on disk.
    pub events_acknowledged: u64,
    /// Of these, a second.
    pub events_per_s: f64,
    /// Of these, for a second of the server's processor time, where its process was given.
    pub events_per_cpu_s: Option<f64>,
    /// Half of the answers came within this time.
    pub p50_ms: f64,
    /// 99 of 100 answers came within this time.
    pub p99_ms: f64,
    /// The slowest answer.
    pub max_ms: f64,
    /// Requests that were told to come again (429, 503).
    pub refused: u64,
    /// Requests with another answer, or none.
    pub failed: u64,
    /// What the disk can do, where its folder was given.
    pub disk: Option<Disk>,
    /// Memory of the server, where its process was given.
    pub memory: Option<Memory>,
}

/// The data disk, measured just before and just after the load with appends of one request's size.
#[derive(Clone, Debug, Serialize)]
pub struct Disk {
    /// Appends and syncs a second before the load.
    pub syncs_per_s_before: f64,
    /// The same after the load.
    pub syncs_per_s_after: f64,
    /// Half of the syncs took this long.
    pub sync_p50_ms: f64,
    /// 99 of 100 syncs took at most this long.
    pub sync_p99_ms: f64,
    /// Acknowledged events a second for each raw sync a second: the figure to compare between runs.
    pub events_per_sync: f64,
    /// The median answer in median syncs.
    pub p50_in_syncs: f64,
    /// The 99th of 100 answers in 99ths of 100 syncs.
    pub p99_in_syncs: f64,
}

/// Resident memory of the server.
#[derive(Clone, Debug, Serialize)]
pub struct Memory {
    /// Before the load.
    pub before_bytes: u64,
    /// After the load.
    pub after_bytes: u64,
    /// At its highest since the process began.
    pub peak_bytes: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:.1} s, {} connections, batches of {} events of {:.0} bytes",
            self.seconds, self.connections, self.batch, self.event_bytes
        )?;
        writeln!(
            f,
            "{:>12.0} events/s acknowledged ({} in all)",
            self.events_per_s, self.events_acknowledged
        )?;
        if let Some(rate) = self.events_per_cpu_s {
            writeln!(f, "{rate:>12.0} events for a second of the server's processor time")?;
        }
        writeln!(
            f,
            "{:>12.2} ms median answer, p99 {:.2}, slowest {:.2}",
            self.p50_ms, self.p99_ms, self.max_ms
        )?;
        writeln!(f, "{:>12} requests told to come again, {} failed", self.refused, self.failed)?;
        if let Some(disk) = &self.disk {
            writeln!(
                f,
                "{:>12.0} raw syncs/s before, {:.0} after, median {:.2} ms, p99 {:.2}: {:.1} events a raw sync, median answer {:.1} median syncs, p99 {:.1} p99s",
                disk.syncs_per_s_before,
                disk.syncs_per_s_after,
                disk.sync_p50_ms,
                disk.sync_p99_ms,
                disk.events_per_sync,
                disk.p50_in_syncs,
                disk.p99_in_syncs
            )?;
        }
        if let Some(memory) = &self.memory {
            let mib = |bytes: u64| bytes as f64 / 1_048_576.0;
            writeln!(
                f,
                "{:>12.0} MiB resident before, {:.0} after, {:.0} at the highest",
                mib(memory.before_bytes),
                mib(memory.after_bytes),
                mib(memory.peak_bytes)
            )?;
        }
        Ok(())
    }
}
