//! What telling visits costs: batches straight into the router, on one thread, first without anything to tell, then with a User-Agent
//! and a page that came before, then with a User-Agent that nobody has seen yet. Prints microseconds an event, and memory.
//!
//! `cargo run --release -p collect --example visits [FOLDER]`; FOLDER best in memory (`/dev/shm`), so that no disk is measured.

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use collect::{Collector, Config, Parts, Sources, source};
use control::{CONTROL_MIGRATIONS, Database};
use http::Request;
use journal::Journal;
use keys::{Key, KeyDirectory};
use serde_json::json;
use stdx::Clock;
use tower::ServiceExt;

const BATCH: usize = 100;
const BATCHES: usize = 600;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(folder)?;
    let (clock, keys) = (Clock::wall(), KeyDirectory::new());
    let control = Database::open(&folder.path().join("control.db"), CONTROL_MIGRATIONS)?;
    let now_ms = clock.now_ms();
    let source = control.write(|tx| {
        let (workspace, opened) = control::workspaces::create(tx, &Key::generate(), "Trial", now_ms)?;
        keys.insert(workspace.id, opened);
        source::create(tx, workspace.id, "Trial", now_ms)
    })?;
    let (journal, _) = Journal::open(
        &folder.path().join("journal"),
        keys.clone(),
        clock.clone(),
        journal::Config::default(),
    )?;
    let quarantine = collect::quarantine::Quarantine::open(&folder.path().join("quarantine"), keys.clone())?;
    let sources = Sources::load(&control)?;
    let config = Config { events_per_s: u32::MAX, ..Config::default() };
    let collector = Collector::new(Parts { control, sources, journal, keys, quarantine, clock, config })?;
    let router = collect::routes(collector);

    let kept = resident_kib()?;
    println!("memory before: {kept} KiB");
    let plain = r#""locale":"de-DE","page":{"path":"/a"}"#;
    let agent = |number: usize| {
        format!(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{number}.0.0.0 Safari/537.36"
        )
    };
    let page = r#""page":{"path":"/a","url":"https://shop.example/a","referrer":"https://www.google.com/"}"#;
    let query = r#""page":{"path":"/a","url":"https://shop.example/a?utm_source=letter&utm_medium=email&utm_campaign=autumn"}"#;
    let context = |kind: &str, number: usize| match kind {
        "nothing to tell" => plain.to_owned(),
        "the page before" => page.to_owned(),
        "a campaign in the address" => query.to_owned(),
        "a User-Agent of 500" => format!(r#"{plain},"userAgent":"{}""#, agent(number % 500)),
        _ => format!(r#"{plain},"userAgent":"{}""#, agent(1_000 + number)),
    };
    let first = Instant::now();
    send(&router, &source.write_key, 0, 1, &|number| context("a User-Agent of 500", number)).await?;
    println!("the first User-Agent: {:.1} ms", first.elapsed().as_secs_f64() * 1e3);
    println!("memory with the patterns: {} KiB more", resident_kib()? - kept);
    for round in 0..2 {
        for kind in [
            "nothing to tell",
            "the page before",
            "a campaign in the address",
            "a User-Agent of 500",
            "a User-Agent never seen",
        ] {
            let begun = Instant::now();
            for batch in 0..BATCHES {
                let from = (round * BATCHES + batch) * BATCH;
                send(&router, &source.write_key, from, BATCH, &|number| context(kind, number)).await?;
            }
            let events = (BATCHES * BATCH) as f64;
            println!("{kind}: {:.2} µs an event", begun.elapsed().as_secs_f64() * 1e6 / events);
        }
    }
    println!("memory in the end: {} KiB more", resident_kib()? - kept);
    Ok(())
}

async fn send(
    router: &Router,
    write_key: &str,
    from: usize,
    count: usize,
    context: &dyn Fn(usize) -> String,
) -> Result<(), Box<dyn Error>> {
    let event = |number: usize| {
        format!(
            r#"{{"type":"track","event":"Order Completed","anonymousId":"a{}","messageId":"m{number}","properties":{{"total":12.5,"currency":"EUR"}},"context":{{"library":{{"name":"analytics.js","version":"1"}},{}}}}}"#,
            number % 5_000,
            context(number)
        )
    };
    let events: Vec<String> = (from..from + count).map(event).collect();
    let body = format!(r#"{{"writeKey":"{write_key}","batch":[{}]}}"#, events.join(","));
    let reply = router.clone().oneshot(Request::post("/v1/batch").body(Body::from(body))?).await?;
    if reply.status().is_success() { Ok(()) } else { Err(json!(reply.status().as_u16()).to_string().into()) }
}

/// Memory that is held, in KiB.
fn resident_kib() -> Result<i64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}
