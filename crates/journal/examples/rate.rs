//! How many events the journal makes durable in a second, beside the disk's own rate of syncs.
//!
//! `cargo run --release -p journal --example rate -- [directory] [seconds]`
//! 64 callers append batches of 10 events, about 8 KB each, and wait for each answer.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a measuring program")]

use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use journal::{Config, Journal, Record};
use keys::{Key, KeyDirectory, WorkspaceKeys};
use model::{Event, Kind, Offset, SourceId, WorkspaceId};
use shield::Shield;
use stdx::Clock;

const CALLERS: usize = 64;
const EVENTS: usize = 10;
const EVENT_BYTES: usize = 780;
const WORKSPACE: WorkspaceId = WorkspaceId(1);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let dir = PathBuf::from(arguments.next().unwrap_or_else(|| ".".to_owned()));
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(5);
    let dir = tempfile::tempdir_in(dir).unwrap();
    let time = Duration::from_secs(seconds);
    raw_syncs(dir.path(), time.min(Duration::from_secs(2)));
    let journal = append(dir.path(), time);
    read(&journal);
    raw_syncs(dir.path(), time.min(Duration::from_secs(2)));
}

fn raw_syncs(dir: &Path, time: Duration) {
    let path = dir.join("raw");
    let file = File::create(&path).unwrap();
    let batch = vec![7; EVENTS * EVENT_BYTES];
    let start = Instant::now();
    let mut syncs = 0;
    while start.elapsed() < time {
        std::os::unix::fs::FileExt::write_all_at(&file, &batch, syncs * batch.len() as u64).unwrap();
        file.sync_data().unwrap();
        syncs += 1;
    }
    let rate = syncs as f64 / start.elapsed().as_secs_f64();
    println!("disk alone: {rate:.0} writes of 7.8 kB with fdatasync a second");
    std::fs::remove_file(path).unwrap();
}

fn append(dir: &Path, time: Duration) -> Journal {
    let keys = KeyDirectory::new();
    let seal = Key::generate();
    keys.insert(WORKSPACE, WorkspaceKeys { hash: seal.hasher("hash"), seal: seal.into() });
    let (journal, _) = Journal::open(&dir.join("journal"), keys, Clock::wall(), Config::default()).unwrap();
    let batch: Arc<[Record]> = batch().into();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let start = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (journal, batch) = (journal.clone(), batch.clone());
            runtime.spawn(async move {
                let mut waits = Vec::new();
                while start.elapsed() < time {
                    let records = batch.to_vec();
                    let asked = Instant::now();
                    journal.append(WORKSPACE, records).await.unwrap();
                    waits.push(asked.elapsed());
                }
                waits
            })
        })
        .collect();
    let mut waits: Vec<_> =
        callers.into_iter().flat_map(|caller| runtime.block_on(caller).unwrap()).collect();
    let seconds = start.elapsed().as_secs_f64();
    waits.sort();
    let stats = journal.stats();
    println!(
        "journal: {:.0} events a second, {:.0} MB/s, {:.0} syncs a second, {:.0} events a sync; wait p50 {:.2?}, p99 {:.2?}",
        stats.records as f64 / seconds,
        stats.bytes as f64 / seconds / 1e6,
        stats.syncs as f64 / seconds,
        stats.records as f64 / stats.syncs as f64,
        waits[waits.len() / 2],
        waits[waits.len() * 99 / 100],
    );
    println!("processor: {:.1} s in {seconds:.1} s", cpu_seconds());
    journal
}

fn read(journal: &Journal) {
    let start = Instant::now();
    let mut next = Offset(0);
    while next < journal.end() && start.elapsed() < Duration::from_secs(5) {
        let entries = journal.read(next, 1 << 20).unwrap();
        next = Offset(next.0 + entries.len() as u64);
    }
    println!("one follower reads {:.0} events a second", next.0 as f64 / start.elapsed().as_secs_f64());
}

fn batch() -> Vec<Record> {
    let shield = Shield::builtin();
    let filler = "lorem ipsum ".repeat(50);
    let properties = format!(r#"{{"text":"{}"}}"#, &filler[..EVENT_BYTES - 240]);
    let event = |number: usize| Event {
        workspace: WORKSPACE,
        source: SourceId(1),
        message_id: Cow::Owned(format!("ajs-next-{number:032}")),
        kind: Kind::Track,
        name: Cow::Borrowed("Product Viewed"),
        time_ms: 1_700_000_000_000,
        received_ms: 1_700_000_000_000,
        user_id: Some(Cow::Borrowed("user-1234567")),
        anonymous_id: Some(Cow::Borrowed("6f2d1c0e-9d1c-4d9a-8a51-3f6f9b1c2d3e")),
        group_id: None,
        previous_id: None,
        properties: Cow::Borrowed(&properties),
        traits: Cow::Borrowed("{}"),
        context: Cow::Borrowed(r#"{"locale":"de-DE","page":{"path":"/products/17","title":"A product"}}"#),
    };
    (0..EVENTS)
        .map(|number| shield.screen(event(number), &|_| String::new()).unwrap())
        .map(|clean| Record::Event(Box::new(clean)))
        .collect()
}

/// What this process has used of the processor so far.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> =
        stat.split_whitespace().skip(13).take(2).filter_map(|field| field.parse().ok()).collect();
    fields.iter().sum::<f64>() / 100.0
}
