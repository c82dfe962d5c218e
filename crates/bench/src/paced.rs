//! An honest sender at a steady pace: one event a request, each at its own time, whether or not the answer before
//! has come. What it measures begins when the request was due, so a server that stops for a moment cannot hide it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::bodies::{Body, bodies};
use crate::connection::{Answer, connect, send};
use crate::error::BenchError;
use crate::latency::Latency;

/// How many requests a second, all connections together.
const REQUESTS_PER_S: u64 = 200;
const CONNECTIONS: u64 = 4;
const BODIES: usize = 64;
const EVENT_BYTES: usize = 780;

/// What came of it.
pub(crate) struct Paced {
    pub latency: Latency,
    pub sent: u64,
    /// Anything but the promised answer.
    pub failed: u64,
}

/// Sends for that long.
pub(crate) async fn paced(addr: &str, write_key: &str, seconds: u64) -> Result<Paced, BenchError> {
    let now = stdx::Clock::wall().now().to_string();
    let bodies = Arc::new(bodies(BODIES, 1, EVENT_BYTES, write_key, &now));
    let run = u64::from_be_bytes(stdx::random_array());
    let ids = Arc::new(AtomicU64::new(0));
    let begin = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|number| {
            let (addr, bodies, ids) = (addr.to_owned(), bodies.clone(), ids.clone());
            tokio::spawn(async move { one(&addr, &bodies, (run, &ids), (begin, number), seconds).await })
        })
        .collect();
    let mut total = Paced { latency: Latency::new(), sent: 0, failed: 0 };
    for task in tasks {
        let part = task.await.map_err(|_| BenchError::Task)??;
        total.latency.merge(&part.latency);
        total.sent += part.sent;
        total.failed += part.failed;
    }
    Ok(total)
}

async fn one(
    addr: &str,
    bodies: &[Body],
    (run, ids): (u64, &AtomicU64),
    (begin, number): (Instant, u64),
    seconds: u64,
) -> Result<Paced, BenchError> {
    let mut out = Paced { latency: Latency::new(), sent: 0, failed: 0 };
    let mut sender = connect(addr).await?;
    let gap = Duration::from_micros(1_000_000 * CONNECTIONS / REQUESTS_PER_S);
    let mut due = begin + gap * u32::try_from(number).unwrap_or(0) / CONNECTIONS as u32;
    for body in bodies.iter().cycle() {
        due += gap;
        if due > begin + Duration::from_secs(seconds) {
            break;
        }
        tokio::time::sleep_until(due.into()).await;
        let id = ids.fetch_add(1, Ordering::Relaxed);
        out.sent += 1;
        match send(&mut sender, addr, body.with_ids(run, id)).await {
            Ok(Answer::Acknowledged) => {
                out.latency.add(u64::try_from(due.elapsed().as_micros()).unwrap_or(u64::MAX));
            }
            Ok(_) => out.failed += 1,
            Err(_) => {
                out.failed += 1;
                sender = connect(addr).await?;
            }
        }
    }
    Ok(out)
}
