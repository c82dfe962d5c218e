//! Guarded reads: how many looks at one person's profile a server answers a second, each decided by policy, counted against a
//! budget and durable in the ledger before its answer leaves. Beside it stands what one sync of the disk takes in the same run.
//!
//! Two stretches: first each connection asks again as soon as it is answered, which finds the rate (and a latency that says
//! nothing but connections divided by rate); then all of them together at a steady pace, each look timed from when it was due, but for
//! the lateness of the generator's own timer.

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
    /// How many a second in the paced stretch.
    pub per_second: u32,
    /// For how long, each stretch.
    pub seconds: u64,
    /// The folder whose disk is measured.
    pub data_dir: PathBuf,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct ReadsReport {
    /// As many as the server answers.
    pub full: Stretch,
    /// At a steady pace.
    pub paced: Stretch,
    /// The median of one sync of the disk, before and after the run, the longer of the two.
    pub sync_p50_ms: f64,
    /// The 99th percentile of one sync.
    pub sync_p99_ms: f64,
    /// How many syncs of the disk the median answer takes at a steady pace.
    pub syncs_of_paced_p50: f64,
}

/// A part of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Stretch {
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
}

/// Reads for a while.
///
/// # Errors
/// No connection can be made, or the disk cannot be measured.
pub async fn reads(config: &Reads) -> Result<ReadsReport, BenchError> {
    let before = disk::syncs(&config.data_dir, ENTRY_BYTES)?;
    let shared = Arc::new(config.clone());
    let full = stretch(&shared, None).await?;
    let gap = Duration::from_secs(1) * u32::try_from(config.connections).unwrap_or(u32::MAX)
        / config.per_second.max(1);
    let paced = stretch(&shared, Some(gap)).await?;
    let after = disk::syncs(&config.data_dir, ENTRY_BYTES)?;
    let of = |share: f64| before.latency.percentile_ms(share).max(after.latency.percentile_ms(share));
    let sync_p50_ms = of(0.5);
    Ok(ReadsReport {
        syncs_of_paced_p50: paced.p50_ms / sync_p50_ms.max(0.001),
        full,
        paced,
        sync_p50_ms,
        sync_p99_ms: of(0.99),
    })
}

/// All connections at once; each asks every `gap`, or without one as soon as it is answered.
async fn stretch(config: &Arc<Reads>, gap: Option<Duration>) -> Result<Stretch, BenchError> {
    let begin = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for number in 0..config.connections {
        running.spawn(drive(config.clone(), number, begin, gap));
    }
    let (mut latency, mut failed) = (Latency::new(), 0);
    while let Some(ended) = running.join_next().await {
        let (one, lost) = ended.map_err(|_| BenchError::Task)??;
        latency.merge(&one);
        failed += lost;
    }
    Ok(Stretch {
        reads_per_s: latency.count() as f64 / begin.elapsed().as_secs_f64(),
        reads: latency.count(),
        failed,
        p50_ms: latency.percentile_ms(0.5),
        p99_ms: latency.percentile_ms(0.99),
        max_ms: latency.max_ms(),
    })
}

async fn drive(
    config: Arc<Reads>,
    number: usize,
    begin: Instant,
    gap: Option<Duration>,
) -> Result<(Latency, u64), BenchError> {
    let mut sender = connect(&config.addr).await?;
    let until = begin + Duration::from_secs(config.seconds);
    let (mut latency, mut failed) = (Latency::new(), 0);
    // Spread over the gap, so that the connections do not ask in one moment.
    let first = gap.map(|gap| gap.mul_f64(number as f64 / config.connections.max(1) as f64));
    let mut due = begin + first.unwrap_or_default();
    let mut since;
    for path in config.paths.iter().cycle().skip(number) {
        match gap {
            Some(gap) => {
                due += gap;
                let asleep = Instant::now() < due;
                tokio::time::sleep_until(due.into()).await;
                // The timer's own lateness, up to a millisecond, is not the server's; that of the answer before is.
                since = if asleep { Instant::now() } else { due };
            }
            None => {
                due = Instant::now();
                since = due;
            }
        }
        if due >= until {
            break;
        }
        let lost = |source| BenchError::Http { addr: config.addr.clone(), source };
        sender.ready().await.map_err(lost)?;
        let reply = sender.send_request(request(&config, path)).await.map_err(lost)?;
        let status = reply.status();
        reply.into_body().collect().await.map_err(lost)?;
        if status == StatusCode::OK {
            latency.add(u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX));
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
        writeln!(f, "as many as can  {}", self.full)?;
        writeln!(f, "steady pace     {}", self.paced)?;
        writeln!(f, "one fdatasync   {:.2} ms p50, {:.2} ms p99", self.sync_p50_ms, self.sync_p99_ms)?;
        writeln!(f, "the median answer at a steady pace takes {:.1} syncs", self.syncs_of_paced_p50)
    }
}

impl fmt::Display for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reads_per_s, reads, failed, p50_ms, p99_ms, max_ms } = self;
        write!(f, "{reads_per_s:.0} a second, {p50_ms:.2} ms p50, {p99_ms:.2} ms p99, {max_ms:.2} ms max; ")?;
        write!(f, "{reads} in all, {failed} failed")
    }
}
