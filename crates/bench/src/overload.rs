//! What honest senders notice of others: of thousands of slow connections (promise R8), and of another workspace at ten
//! times its quota (R17). Each is measured between two stretches without it, so that a disk that others use shows in
//! both sides of the ratio.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::bodies::bodies;
use crate::connection::{Load, drive};
use crate::crowd::Crowd;
use crate::error::BenchError;
use crate::latency::Latency;
use crate::paced::{Paced, paced};
use crate::process;

/// How long the server is left alone between two stretches.
const REST: Duration = Duration::from_secs(2);
/// Events in a request of the greedy workspace.
const GREEDY_BATCH: usize = 10;
const GREEDY_CONNECTIONS: usize = 16;
/// By how much the greedy workspace sends more than it may.
const GREEDY_TIMES: u32 = 10;

/// What to measure where.
#[derive(Clone, Debug)]
pub struct Overload {
    /// The collect door.
    pub addr: SocketAddr,
    /// The write key of the honest sender.
    pub honest_key: String,
    /// The write key of another workspace, whose source has the quota below.
    pub greedy_key: String,
    /// How many events a second the greedy source may send.
    pub quota_per_s: u32,
    /// How many slow connections.
    pub slow_connections: usize,
    /// How long each stretch is.
    pub seconds: u64,
    /// The server's process, to read its memory.
    pub pid: Option<u32>,
}

/// What honest senders noticed.
#[derive(Clone, Debug, Serialize)]
pub struct OverloadReport {
    /// Without anybody else: before, between and after the others.
    pub alone: Vec<Stretch>,
    /// Among slow connections.
    pub slow: Stretch,
    /// How many slow connections were open when the stretch began, and when it ended.
    pub slow_open: (usize, usize),
    /// How many slow connections the server cut meanwhile.
    pub slow_cut: usize,
    /// Memory that the server took more for each, in KiB.
    pub slow_kib_each: Option<f64>,
    /// p99 among them, in p99s alone (goal: at most 2).
    pub slow_ratio: f64,
    /// Beside a workspace at ten times its quota.
    pub greedy: Stretch,
    /// Events that the greedy workspace had taken, a second.
    pub greedy_taken_per_s: f64,
    /// Requests of the greedy workspace that were refused.
    pub greedy_refused: u64,
    /// p99 beside it, in p99s alone (goal: at most 1.5).
    pub greedy_ratio: f64,
}

/// One stretch of honest sending.
#[derive(Clone, Debug, Serialize)]
pub struct Stretch {
    /// Requests.
    pub sent: u64,
    /// Answers that were not the promised one.
    pub failed: u64,
    /// Half of the answers came within this time.
    pub p50_ms: f64,
    /// 99 of 100 did.
    pub p99_ms: f64,
    /// The slowest.
    pub max_ms: f64,
}

impl Stretch {
    fn of(paced: &Paced) -> Self {
        let latency: &Latency = &paced.latency;
        Self {
            sent: paced.sent,
            failed: paced.failed,
            p50_ms: latency.percentile_ms(0.5),
            p99_ms: latency.percentile_ms(0.99),
            max_ms: latency.max_ms(),
        }
    }
}

/// Measures all of it.
///
/// # Errors
/// The server cannot be reached.
pub async fn overload(config: &Overload) -> Result<OverloadReport, BenchError> {
    let addr = config.addr.to_string();
    let honest = || async {
        tokio::time::sleep(REST).await;
        paced(&addr, &config.honest_key, config.seconds).await.map(|paced| Stretch::of(&paced))
    };
    // The first stretch warms caches up and is not counted.
    honest().await?;
    let before = honest().await?;
    let resident = || config.pid.and_then(process::memory).map(|memory| memory.resident_bytes);
    let empty = resident();
    let crowd = Crowd::come(config.addr, config.slow_connections).await;
    let open_before = crowd.open();
    let full = resident();
    let slow = honest().await?;
    let open_after = crowd.open();
    let slow_cut = crowd.go().await?;
    tokio::time::sleep(REST).await;
    let between = honest().await?;
    let (greedy, taken_per_s, refused) = beside_greedy(config).await?;
    let after = honest().await?;
    let ratio = |stretch: &Stretch, one: &Stretch, other: &Stretch| {
        stretch.p99_ms * 2.0 / (one.p99_ms + other.p99_ms).max(0.001)
    };
    let kib_each = empty
        .zip(full)
        .map(|(empty, full)| full.saturating_sub(empty) as f64 / 1_024.0 / open_before.max(1) as f64);
    Ok(OverloadReport {
        slow_ratio: ratio(&slow, &before, &between),
        greedy_ratio: ratio(&greedy, &between, &after),
        alone: vec![before, between, after],
        slow,
        slow_open: (open_before, open_after),
        slow_cut,
        slow_kib_each: kib_each,
        greedy,
        greedy_taken_per_s: taken_per_s,
        greedy_refused: refused,
    })
}

/// The greedy workspace sends at ten times its quota, however often it is told to wait.
async fn beside_greedy(config: &Overload) -> Result<(Stretch, f64, u64), BenchError> {
    let now = stdx::Clock::wall().now().to_string();
    let begin = Instant::now();
    let requests_per_s = f64::from(config.quota_per_s) * f64::from(GREEDY_TIMES)
        / GREEDY_BATCH as f64
        / GREEDY_CONNECTIONS as f64;
    let load = Arc::new(Load {
        addr: config.addr.to_string(),
        bodies: bodies(64, GREEDY_BATCH, 780, &config.greedy_key, &now),
        batch: GREEDY_BATCH as u64,
        run: u64::from_be_bytes(stdx::random_array()),
        next_id: AtomicU64::new(0),
        until: begin + REST + Duration::from_secs(config.seconds),
        pace: Some(Duration::from_secs_f64(1.0 / requests_per_s.max(0.1))),
    });
    let tasks: Vec<_> = (0..GREEDY_CONNECTIONS).map(|n| tokio::spawn(drive(load.clone(), n))).collect();
    tokio::time::sleep(REST).await;
    let honest = paced(&config.addr.to_string(), &config.honest_key, config.seconds).await?;
    let (mut taken, mut refused) = (0, 0);
    for task in tasks {
        let outcome = task.await.map_err(|_| BenchError::Task)??;
        taken += outcome.acknowledged.len() as u64 * load.batch;
        refused += outcome.refused;
    }
    Ok((Stretch::of(&honest), taken as f64 / begin.elapsed().as_secs_f64(), refused))
}

impl fmt::Display for OverloadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |f: &mut fmt::Formatter<'_>, name: &str, stretch: &Stretch| {
            writeln!(
                f,
                "{name:<34} {:>6} requests, {} failed; p50 {:>6.2} ms, p99 {:>6.2}, slowest {:>6.2}",
                stretch.sent, stretch.failed, stretch.p50_ms, stretch.p99_ms, stretch.max_ms
            )
        };
        for stretch in &self.alone {
            line(f, "alone", stretch)?;
        }
        line(f, &format!("among {} slow connections", self.slow_open.0), &self.slow)?;
        line(f, "beside one at 10 times its quota", &self.greedy)?;
        writeln!(
            f,
            "slow connections: p99 {:.2} times that alone (goal 2); {} open at the end, {} cut{}",
            self.slow_ratio,
            self.slow_open.1,
            self.slow_cut,
            self.slow_kib_each.map(|kib| format!("; {kib:.1} KiB each (goal 20)")).unwrap_or_default()
        )?;
        writeln!(
            f,
            "greedy neighbour: p99 {:.2} times that alone (goal 1.5); {:.0} events/s of it taken, {} requests refused",
            self.greedy_ratio, self.greedy_taken_per_s, self.greedy_refused
        )
    }
}
