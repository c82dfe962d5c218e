//! One kept-alive connection that sends a batch, waits for the answer, and sends the next.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, RETRY_AFTER};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::bodies::Body;
use crate::error::BenchError;
use crate::latency::Latency;

/// The answer that means: on disk.
const ACKNOWLEDGED: &[u8] = br#"{"success":true}"#;
/// How often a lost connection is made anew before its sender gives up.
const RECONNECTS_MAX: u32 = 3;
/// The longest that a sender waits when told to come again.
const WAIT_S_MAX: u64 = 5;

/// What all connections share.
pub(crate) struct Load {
    pub addr: String,
    pub bodies: Vec<Body>,
    pub batch: u64,
    pub run: u64,
    pub next_id: AtomicU64,
    pub until: Instant,
    /// The time from one request to the next of a connection, which then keeps to it even when told to wait; without it
    /// the next follows the answer.
    pub pace: Option<Duration>,
}

/// What came of one connection.
pub(crate) struct Outcome {
    /// The first id of each acknowledged batch.
    pub acknowledged: Vec<u64>,
    pub latency: Latency,
    /// Told to come again: 429 or 503.
    pub refused: u64,
    /// Any other answer, or none.
    pub failed: u64,
}

/// Sends until the time is over or the server is gone.
pub(crate) async fn drive(load: Arc<Load>, number: usize) -> Result<Outcome, BenchError> {
    let mut outcome = Outcome { acknowledged: Vec::new(), latency: Latency::new(), refused: 0, failed: 0 };
    let mut sender = connect(&load.addr).await?;
    let mut reconnects = 0;
    let bodies = load.bodies.iter().cycle().skip(number);
    // Each connection has its own place within the pace: strangers do not all send in the same moment.
    let mut due = Instant::now() + load.pace.unwrap_or_default().mul_f64(place(number));
    for body in bodies {
        if let Some(pace) = load.pace {
            due += pace;
            tokio::time::sleep_until(due.into()).await;
        }
        if Instant::now() >= load.until {
            break;
        }
        let first = load.next_id.fetch_add(load.batch, Ordering::Relaxed);
        // Behind its pace the time counts from when it was due: a server that stops for a moment cannot hide it.
        let start = if load.pace.is_some() { due } else { Instant::now() };
        match send(&mut sender, &load.addr, body.with_ids(load.run, first)).await {
            Ok(Answer::Acknowledged) => {
                outcome.latency.add(u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX));
                outcome.acknowledged.push(first);
            }
            Ok(Answer::ComeAgain { after_s }) => {
                outcome.refused += 1;
                if load.pace.is_none() {
                    tokio::time::sleep(Duration::from_secs(after_s.min(WAIT_S_MAX))).await;
                }
            }
            Ok(Answer::Other) => outcome.failed += 1,
            Err(_) => {
                outcome.failed += 1;
                reconnects += 1;
                if reconnects > RECONNECTS_MAX {
                    break;
                }
                let Ok(fresh) = connect(&load.addr).await else { break };
                sender = fresh;
            }
        }
    }
    Ok(outcome)
}

/// Where in a turn of the pace this connection sends, from 0 to 1; even over any number of connections (van der Corput).
fn place(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or_default().reverse_bits()) / 2f64.powi(32)
}

/// What a server says to a batch.
pub(crate) enum Answer {
    Acknowledged,
    ComeAgain { after_s: u64 },
    Other,
}

/// A connection that is kept alive.
pub(crate) async fn connect(addr: &str) -> Result<SendRequest<Full<Bytes>>, BenchError> {
    let refused = |source| BenchError::Connect { addr: addr.to_owned(), source };
    let stream = TcpStream::connect(addr).await.map_err(refused)?;
    stream.set_nodelay(true).map_err(refused)?;
    let spoken = handshake(TokioIo::new(stream)).await;
    let (sender, connection) = spoken.map_err(|source| BenchError::Http { addr: addr.to_owned(), source })?;
    // Its end shows in the sender's next request.
    tokio::spawn(connection);
    Ok(sender)
}

/// Sends one batch and waits for its answer.
pub(crate) async fn send(
    sender: &mut SendRequest<Full<Bytes>>,
    addr: &str,
    body: Vec<u8>,
) -> Result<Answer, hyper::Error> {
    let mut request = Request::new(Full::new(Bytes::from(body)));
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = http::Uri::from_static("/v1/batch");
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    if let Ok(host) = http::HeaderValue::from_str(addr) {
        headers.insert(HOST, host);
    }
    sender.ready().await?;
    let reply = sender.send_request(request).await?;
    let (status, after) = (reply.status(), reply.headers().get(RETRY_AFTER).cloned());
    let body = reply.into_body().collect().await?.to_bytes();
    Ok(match status {
        StatusCode::OK if body == ACKNOWLEDGED => Answer::Acknowledged,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            let after_s = after.and_then(|after| after.to_str().ok()?.parse().ok()).unwrap_or(1);
            Answer::ComeAgain { after_s }
        }
        _ => Answer::Other,
    })
}
