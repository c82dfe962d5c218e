//! The demo's traffic: the invented shop's three months and a live trickle, sent to our own collect door like any SDK's;
//! its segments and its dashboard.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dashboards::{Chart, Dashboards, NewDashboard, Range, Tile};
use jiff::Timestamp;
use model::WorkspaceId;
use segments::{NewSegment, Segments};
use serde::{Deserialize, Serialize};
use serde_json::json;
use stdx::Clock;
use tokio::sync::Notify;
use ureq::Agent;

use crate::outcome::{Failure, Outcome};

/// How many events a request carries.
const BATCH: usize = 400;
/// How many times a batch is tried when the collector is busy.
const TRIES: u32 = 20;

/// What `DATA/demo` remembers, so that a restart sends the same history or none.
#[derive(Serialize, Deserialize)]
struct Progress {
    end_ms: i64,
    loaded: bool,
}

/// The shop's traffic, flowing until dropped.
pub struct Shop {
    stop: Arc<AtomicBool>,
    wake: Arc<Notify>,
}

impl Shop {
    /// Begins to send to the collect door at an address, with a write key. Once its history is there, the workspace gets
    /// its segments and its dashboard.
    ///
    /// # Errors
    /// `DATA/demo` cannot be read or written, or there is no thread.
    pub fn open(
        data: &Path,
        (url, write_key): (String, String),
        furnished: (Segments, Dashboards, WorkspaceId),
        clock: &Clock,
    ) -> Outcome<Self> {
        let path = data.join("demo");
        let progress = match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|_| {
                Failure::failed(format!("{} is damaged; remove it to send the demo again", path.display()))
            })?,
            Err(_) => Progress { end_ms: clock.now_ms(), loaded: false },
        };
        remember(&path, &progress)?;
        let stop = Arc::new(AtomicBool::new(false));
        let wake = Arc::new(Notify::new());
        let sender = Sender { agent: Agent::new_with_defaults(), url, write_key, stop: stop.clone() };
        let (woken, run) = (wake.clone(), clock.now_ms().unsigned_abs());
        tokio::spawn(async move {
            let sender = Arc::new(sender);
            if !progress.loaded && !load(sender.clone(), progress.end_ms, path).await {
                return;
            }
            if tokio::task::spawn_blocking(move || furnish(&furnished)).await.is_err() {
                tracing::warn!("the demo has no segments and no dashboard");
            }
            trickle(sender, run, &woken).await;
        });
        Ok(Self { stop, wake })
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        self.wake.notify_waiters();
    }
}

fn remember(path: &Path, progress: &Progress) -> Outcome {
    let text = serde_json::to_vec(progress).map_err(|error| Failure::failed(error.to_string()))?;
    stdx::files::replace(path, &text).map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
}

/// Two audiences of the shop: one by what people did lately, one by what they did not.
fn demo_segments() -> Vec<NewSegment> {
    let new = |name: &str, who| NewSegment { name: name.to_owned(), who: Some(who) };
    let ordered = |within: &str| json!({ "did": { "event": "Order Completed" }, "within": within });
    let viewed = json!({ "did": { "event": "Product Viewed" }, "within": "7d" });
    vec![
        new(
            "Regular customers",
            json!({ "did": { "event": "Order Completed" }, "times": { "gte": 2 }, "within": "90d" }),
        ),
        new("Looked this week and did not buy", json!({ "all": [viewed, { "not": ordered("7d") }] })),
    ]
}

/// What a shop looks at in the morning.
fn demo_dashboard() -> NewDashboard {
    let tile = |title: &str, chart, width, question| Tile {
        title: title.to_owned(),
        question,
        chart: Some(chart),
        width: Some(width),
    };
    let orders = |measure: &str| {
        let mut event = json!({ "event": "Order Completed", "measure": measure });
        if measure == "sum" {
            event["property"] = json!("revenue");
        }
        json!({ "kind": "trend", "events": [event], "interval": "day" })
    };
    let steps = ["Product Viewed", "Product Added", "Order Completed"].map(|event| json!({ "event": event }));
    let returned = json!({ "event": "Order Completed" });
    NewDashboard {
        name: "The shop".to_owned(),
        tiles: vec![
            tile("Orders", Chart::Number, 1, orders("count")),
            tile("Revenue", Chart::Number, 1, orders("sum")),
            tile(
                "Regular customers",
                Chart::Number,
                1,
                json!({ "kind": "people", "who": { "did": { "event": "Order Completed" }, "times": { "gte": 2 }, "within": "90d" } }),
            ),
            tile("Orders by day", Chart::Line, 3, orders("count")),
            tile(
                "From product to order",
                Chart::Steps,
                2,
                json!({ "kind": "funnel", "steps": steps, "within": "7d" }),
            ),
            tile(
                "Who orders again",
                Chart::Grid,
                1,
                json!({ "kind": "retention", "start": returned, "return": returned, "interval": "week", "periods": 4 }),
            ),
        ],
        filters: Vec::new(),
        range: Range::last(30),
    }
}

fn furnish((segments, dashboards, workspace): &(Segments, Dashboards, WorkspaceId)) {
    if let Err(error) = segments.furnish(*workspace, demo_segments()) {
        tracing::warn!(%error, "the demo has no segments");
    }
    if let Err(error) = dashboards.furnish(*workspace, demo_dashboard()) {
        tracing::warn!(%error, "the demo has no dashboard");
    }
}

async fn load(sender: Arc<Sender>, end_ms: i64, path: PathBuf) -> bool {
    let loaded = tokio::task::spawn_blocking(move || sender.history(end_ms)).await.unwrap_or(false);
    if loaded && let Err(error) = remember(&path, &Progress { end_ms, loaded: true }) {
        tracing::warn!(%error, "the demo's progress could not be kept");
    }
    loaded
}

async fn trickle(sender: Arc<Sender>, run: u64, wake: &Notify) {
    for (wait_ms, message) in demo::trickle(demo::SEED, run) {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(wait_ms)) => {}
            () = wake.notified() => return,
        }
        let sender = sender.clone();
        let sent = tokio::task::spawn_blocking(move || sender.send(&[message])).await;
        if !sent.unwrap_or(false) {
            return;
        }
    }
}

struct Sender {
    agent: Agent,
    url: String,
    write_key: String,
    stop: Arc<AtomicBool>,
}

impl Sender {
    fn history(&self, end_ms: i64) -> bool {
        let end = Timestamp::from_millisecond(end_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut batch = Vec::with_capacity(BATCH);
        let mut count: u64 = 0;
        for message in demo::history(demo::SEED, end, demo::HISTORY_DAYS) {
            batch.push(message);
            count += 1;
            if batch.len() == BATCH {
                if !self.send(&batch) {
                    return false;
                }
                batch.clear();
                if count.is_multiple_of(50_000) {
                    eprintln!("demo: {count} events sent …");
                }
            }
        }
        let sent = batch.is_empty() || self.send(&batch);
        eprintln!("demo: {count} events sent; live traffic follows");
        sent
    }

    /// Whether to go on. A busy collector is asked again after the time it names.
    fn send(&self, messages: &[String]) -> bool {
        let body = format!(r#"{{"writeKey":"{}","batch":[{}]}}"#, self.write_key, messages.join(","));
        for _ in 0..TRIES {
            if self.stop.load(Ordering::SeqCst) {
                return false;
            }
            match self.agent.post(format!("{}/v1/batch", self.url)).send(&body) {
                Ok(_) => return true,
                Err(ureq::Error::StatusCode(429 | 503)) => pause(),
                Err(error) => {
                    tracing::warn!(%error, "the demo's traffic stopped");
                    return false;
                }
            }
        }
        tracing::warn!("the demo's traffic stopped: the collector stays busy");
        false
    }
}

#[expect(clippy::disallowed_methods, reason = "asks a busy server again; nothing here can wake us")]
fn pause() {
    std::thread::sleep(Duration::from_secs(1));
}
