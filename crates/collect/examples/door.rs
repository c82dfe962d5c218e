//! A collect door of its own, for trying SDKs: prints where it listens and a write key, takes events until
//! its standard input ends, then prints what the journal holds, in the shape of the API's events.
//!
//! `cargo run -p collect --example door [PORT]`

use std::error::Error;
use std::io::Read;

use collect::{Collector, Config, Parts, Sources, source};
use control::{CONTROL_MIGRATIONS, Database};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use journal::Journal;
use keys::{Key, KeyDirectory};
use model::{EventRecord, Offset, Stored};
use serde_json::{Value, json};
use stdx::Clock;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::args().nth(1).unwrap_or_else(|| "0".to_owned());
    let folder = tempfile::tempdir()?;
    let (clock, keys) = (Clock::wall(), KeyDirectory::new());
    let control = Database::open(&folder.path().join("control.db"), CONTROL_MIGRATIONS)?;
    let now_ms = clock.now_ms();
    let source = control.write(|tx| {
        let (workspace, opened) = control::workspaces::create(tx, &Key::generate(), "Trial", now_ms)?;
        keys.insert(workspace.id, opened);
        source::create(tx, workspace.id, "Trial", now_ms)
    })?;
    let journal_dir = folder.path().join("journal");
    let (journal, _) = Journal::open(&journal_dir, keys.clone(), clock.clone(), journal::Config::default())?;
    let quarantine = collect::quarantine::Quarantine::open(&folder.path().join("quarantine"), keys.clone())?;
    let sources = Sources::load(&control)?;
    let config = Config::default();
    let collector = Collector::new(Parts {
        control,
        sources,
        journal: journal.clone(),
        keys,
        quarantine,
        clock,
        config,
    })?;
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let process = std::process::id();
    println!(
        "{}",
        json!({"addr": listener.local_addr()?.to_string(), "write_key": source.write_key, "pid": process})
    );
    tokio::spawn(serve(listener, collector.clone()));
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    for (place, count) in collector.refusals(source.workspace) {
        eprintln!("refused {} times: {} {}", count.count, place.reason, place.field);
    }
    let entries = journal.read(Offset(0), 64 << 20)?;
    let events = entries.iter().filter_map(|entry| match &entry.record {
        Stored::Event(event) => Some(shown(event)),
        Stored::Order(_) | Stored::Purged { .. } => None,
    });
    println!("{}", json!({"events": events.collect::<Vec<_>>()}));
    Ok(())
}

async fn serve(listener: TcpListener, collector: Collector) {
    let router = collect::routes(collector);
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await
        });
    }
}

fn shown(event: &EventRecord) -> Value {
    let object = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    json!({
        "message_id": event.message_id,
        "kind": event.kind.as_str(),
        "name": event.name,
        "time_ms": event.time_ms,
        "user_id": event.user_id,
        "anonymous_id": event.anonymous_id,
        "group_id": event.group_id,
        "previous_id": event.previous_id,
        "properties": object(&event.properties),
        "traits": object(&event.traits),
        "context": object(&event.context),
    })
}
