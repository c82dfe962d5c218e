//! Guarded reads: how many looks at one person's profile a server answers a second, each decided by policy, counted against a
//! budget and durable in the ledger before its answer leaves. Beside it stands what one sync of the disk takes in the same run.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST, HeaderValue};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use serde::Serialize;

use crate::connection::connect;
use crate::disk;
use crate::error::BenchError;
use crate::latency::Latency;

/// About what a look adds to the ledger's file.
const ENTRY_BYTES: usize = 512;

/// What is read and how.
#[derive(Clone, Debug)]
pub struct Reads {
    /// The console door: host and port.
    pub addr: String,
    /// A token that may look.
    pub token: String,
    /// The profiles' paths, read again and again.
    pub paths: Vec<String>,
    /// How many at a time.
    pub connections: usize,
    /// For how long.
    pub seconds: u64,
    /// The folder whose disk is measured.
    pub data_dir: PathBuf,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct ReadsReport {
    /// Answered with 200 a second.
    pub reads_per_s: f64,
    /// How many.
    pub reads: u64,
    /// Any other answer, or none.
    pub failed: u64,
    /// The median of an answer, in milliseconds.
    pub p50_ms: f64,
    /// The 99th percentile.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
    /// The median of one sync of the disk, before and after the run, the longer of the two.
    pub sync_p50_ms: f64,
    /// The 99th percentile of one sync.
    pub sync_p99_ms: f64,
    /// How many syncs of the disk the median answer takes.
    pub syncs_of_p50: f64,
}

/// Reads for a while.
///
/// # Errors
/// No connection can be made, or the disk cannot be measured.
pub async fn reads(config: &Reads) -> Result<ReadsReport, BenchError> {
    let before = disk::syncs(&config.data_dir, ENTRY_BYTES)?;
    let begin = Instant::now();
    let until = begin + Duration::from_secs(config.seconds);
    let shared = Arc::new(config.clone());
    let mut running = tokio::task::JoinSet::new();
    for number in 0..config.connections {
        running.spawn(drive(shared.clone(), number, until));
    }
    let (mut latency, mut failed) = (Latency::new(), 0);
    while let Some(ended) = running.join_next().await {
        let Ok(ended) = ended else { continue };
        let (one, lost) = ended?;
        latency.merge(&one);
        failed += lost;
    }
    let elapsed = begin.elapsed().as_secs_f64();
    let after = disk::syncs(&config.data_dir, ENTRY_BYTES)?;
    let of = |share: f64| before.latency.percentile_ms(share).max(after.latency.percentile_ms(share));
    let (p50_ms, sync_p50_ms) = (latency.percentile_ms(0.5), of(0.5));
    Ok(ReadsReport {
        reads_per_s: latency.count() as f64 / elapsed,
        reads: latency.count(),
        failed,
        p50_ms,
        p99_ms: latency.percentile_ms(0.99),
        max_ms: latency.max_ms(),
        sync_p50_ms,
        sync_p99_ms: of(0.99),
        syncs_of_p50: p50_ms / sync_p50_ms.max(0.001),
    })
}

async fn drive(config: Arc<Reads>, number: usize, until: Instant) -> Result<(Latency, u64), BenchError> {
    let mut sender = connect(&config.addr).await?;
    let (mut latency, mut failed) = (Latency::new(), 0);
    for path in config.paths.iter().cycle().skip(number) {
        if Instant::now() >= until {
            break;
        }
        let start = Instant::now();
        let lost = |source| BenchError::Http { addr: config.addr.clone(), source };
        sender.ready().await.map_err(lost)?;
        let reply = sender.send_request(request(&config, path)).await.map_err(lost)?;
        let status = reply.status();
        reply.into_body().collect().await.map_err(lost)?;
        if status == StatusCode::OK {
            latency.add(u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX));
        } else {
            failed += 1;
        }
    }
    Ok((latency, failed))
}

fn request(config: &Reads, path: &str) -> Request<Full<Bytes>> {
    let mut request = Request::new(Full::default());
    *request.uri_mut() = path.parse().unwrap_or_default();
    if let Ok(host) = HeaderValue::from_str(&config.addr) {
        request.headers_mut().insert(HOST, host);
    }
    if let Ok(token) = HeaderValue::from_str(&format!("Bearer {}", config.token)) {
        request.headers_mut().insert(AUTHORIZATION, token);
    }
    request
}

impl fmt::Display for ReadsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "reads         {:>9.0} a second   {} in all, {} failed",
            self.reads_per_s, self.reads, self.failed
        )?;
        writeln!(
            f,
            "answer        {:>9.2} ms p50     {:.2} ms p99, {:.2} ms max",
            self.p50_ms, self.p99_ms, self.max_ms
        )?;
        writeln!(f, "one fdatasync {:>9.2} ms p50     {:.2} ms p99", self.sync_p50_ms, self.sync_p99_ms)?;
        writeln!(f, "the median answer takes {:.1} syncs", self.syncs_of_p50)
    }
}
