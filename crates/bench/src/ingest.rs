//! One run: prepare, measure the disk, send, measure the disk again, add up.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use stdx::Clock;

use crate::bodies::{bodies, id};
use crate::connection::{Load, Outcome, drive};
use crate::disk::{self, Syncs};
use crate::error::BenchError;
use crate::latency::Latency;
use crate::process;
use crate::report::{Disk, Memory, Report};

/// How many different batches are made: enough that no cache sees one twice in a row.
const BODIES: usize = 256;

/// What to send where.
#[derive(Clone, Debug)]
pub struct Config {
    /// The collect door, `host:port`.
    pub addr: String,
    /// The write key of a source.
    pub write_key: String,
    /// How long to send.
    pub seconds: u64,
    /// Over how many kept-alive connections.
    pub connections: usize,
    /// How many events to send in a request.
    pub batch: usize,
    /// About how many bytes an event has.
    pub event_bytes: usize,
    /// A folder on the server's data disk, to measure what that disk can sync.
    pub data_dir: Option<PathBuf>,
    /// The server's process, to read its memory.
    pub pid: Option<u32>,
    /// How many events a second to send, over all connections; as many as are taken if not said.
    pub per_second: Option<f64>,
    /// Where to write the message ids that were acknowledged, one a line.
    pub acknowledged_file: Option<PathBuf>,
}

impl Config {
    /// Ten seconds of 64 connections with ten events of 780 bytes a request.
    pub fn new(addr: String, write_key: String) -> Self {
        Self {
            addr,
            write_key,
            seconds: 10,
            connections: 64,
            batch: 10,
            event_bytes: 780,
            data_dir: None,
            pid: None,
            per_second: None,
            acknowledged_file: None,
        }
    }
}

/// Sends for as long as configured and adds up. A server that goes away meanwhile is no error: what it
/// acknowledged until then is reported.
///
/// # Errors
/// The server cannot be reached at the start, or a file cannot be written.
pub async fn ingest(config: &Config) -> Result<Report, BenchError> {
    let now = Clock::wall().now().to_string();
    let bodies = bodies(BODIES, config.batch.max(1), config.event_bytes, &config.write_key, &now);
    let body_bytes = bodies.iter().map(|body| body.bytes()).sum::<usize>() / bodies.len().max(1);
    let run = u64::from_be_bytes(stdx::random_array());
    let syncs_before = measure_disk(config.data_dir.as_deref(), body_bytes).await?;
    let memory_before = config.pid.and_then(process::memory);
    let cpu_before = config.pid.and_then(process::cpu_s_of);
    let begin = Instant::now();
    let load = Arc::new(Load {
        addr: config.addr.clone(),
        bodies,
        batch: config.batch.max(1) as u64,
        run,
        next_id: AtomicU64::new(0),
        until: begin + Duration::from_secs(config.seconds),
        pace: config.per_second.map(|rate| {
            let together = (config.connections.max(1) * config.batch.max(1)) as f64;
            Duration::from_secs_f64(together / rate.max(1.0))
        }),
    });
    let tasks: Vec<_> =
        (0..config.connections.max(1)).map(|n| tokio::spawn(drive(load.clone(), n))).collect();
    let mut total = Outcome { acknowledged: Vec::new(), latency: Latency::new(), refused: 0, failed: 0 };
    for task in tasks {
        let outcome = task.await.map_err(|_| BenchError::Task)??;
        total.latency.merge(&outcome.latency);
        total.acknowledged.extend(outcome.acknowledged);
        total.refused += outcome.refused;
        total.failed += outcome.failed;
    }
    let seconds = begin.elapsed().as_secs_f64();
    let memory_after = config.pid.and_then(process::memory);
    let cpu_after = config.pid.and_then(process::cpu_s_of);
    if let Some(path) = &config.acknowledged_file {
        write_ids(path, run, &total.acknowledged, load.batch).map_err(BenchError::file(path))?;
    }
    let syncs_after = measure_disk(config.data_dir.as_deref(), body_bytes).await?;
    let events_acknowledged = total.acknowledged.len() as u64 * load.batch;
    let (events_per_s, p50_ms) = (events_acknowledged as f64 / seconds, total.latency.percentile_ms(0.5));
    Ok(Report {
        seconds,
        connections: config.connections.max(1),
        batch: config.batch.max(1),
        event_bytes: body_bytes as f64 / config.batch.max(1) as f64,
        events_acknowledged,
        events_per_s,
        p50_ms,
        p99_ms: total.latency.percentile_ms(0.99),
        max_ms: total.latency.max_ms(),
        refused: total.refused,
        failed: total.failed,
        events_per_cpu_s: cpu_before
            .zip(cpu_after)
            .map(|(before, after)| events_acknowledged as f64 / (after - before).max(0.01)),
        disk: syncs_before
            .zip(syncs_after)
            .map(|syncs| compared(syncs, events_per_s, (p50_ms, total.latency.percentile_ms(0.99)))),
        memory: memory_before.zip(memory_after).map(|(before, after)| Memory {
            before_bytes: before.resident_bytes,
            after_bytes: after.resident_bytes,
            peak_bytes: after.peak_bytes,
        }),
    })
}

async fn measure_disk(dir: Option<&Path>, bytes: usize) -> Result<Option<Syncs>, BenchError> {
    let Some(dir) = dir.map(Path::to_owned) else { return Ok(None) };
    let measured = tokio::task::spawn_blocking(move || disk::syncs(&dir, bytes)).await;
    measured.map_err(|_| BenchError::Task)?.map(Some)
}

fn compared((before, after): (Syncs, Syncs), events_per_s: f64, (p50_ms, p99_ms): (f64, f64)) -> Disk {
    let mut latency = before.latency;
    latency.merge(&after.latency);
    let (sync_p50_ms, sync_p99_ms) = (latency.percentile_ms(0.5), latency.percentile_ms(0.99));
    Disk {
        syncs_per_s_before: before.per_s,
        syncs_per_s_after: after.per_s,
        sync_p50_ms,
        events_per_sync: events_per_s * 2.0 / (before.per_s + after.per_s),
        sync_p99_ms,
        p50_in_syncs: p50_ms / sync_p50_ms.max(0.001),
        p99_in_syncs: p99_ms / sync_p99_ms.max(0.001),
    }
}

fn write_ids(path: &Path, run: u64, batches: &[u64], batch: u64) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for first in batches {
        for number in *first..first + batch {
            writeln!(file, "{}", id(run, number))?;
        }
    }
    file.flush()
}
