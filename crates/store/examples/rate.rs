//! How fast the archive takes in rows and turns them into chunks, and how large they are:
//! `cargo run --release -p store --example rate -- [ROWS]`.

use std::path::Path;
use std::time::{Duration, Instant};

use keys::{Key, KeyDirectory, WorkspaceKeys};
use model::{Entry, EventRecord, Kind, Offset, PersonCode, Resolved, SourceId, Stored, WorkspaceId};
use stdx::Clock;
use store::{Config, EventsFilter, Scan, Store, StoreError};

const WORKSPACE: WorkspaceId = WorkspaceId(1);
const BATCH: usize = 1_000;
/// How many rows stay fresh for the last questions.
const FRESH_ROWS: u64 = 200_000;
/// 2026-08-01.
const BEGIN_MS: i64 = 1_785_542_400_000;
const EVENTS: [&str; 6] =
    ["Page Viewed", "Product Viewed", "Product Added", "Signed Up", "Order Completed", "Support Asked"];
const COUNTRIES: [&str; 8] = ["DE", "FR", "US", "GB", "AT", "CH", "NL", "IT"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let dir = tempfile::tempdir()?;
    let directory = KeyDirectory::new();
    let key = Key::generate();
    directory.insert(WORKSPACE, WorkspaceKeys { seal: key.derive("seal").into(), hash: key.hasher("hash") });
    let store =
        Store::open(dir.path(), directory, Clock::wall(), Config { background: false, ..Config::default() })?;
    let (mut applying, mut packing, mut bytes) = (Duration::ZERO, Duration::ZERO, 0);
    let mut offset = 0;
    while offset < rows {
        let round = (rows - offset).min(80_000);
        for _ in 0..round / BATCH as u64 {
            let entries: Vec<Entry> = (offset..offset + BATCH as u64).map(entry).collect();
            bytes += entries.iter().map(json_bytes).sum::<usize>();
            let resolved: Vec<Resolved<'_>> = entries.iter().map(resolved).collect();
            let begun = Instant::now();
            store.apply(&resolved)?;
            applying += begun.elapsed();
            offset += BATCH as u64;
        }
        let begun = Instant::now();
        store.maintain()?;
        packing += begun.elapsed();
    }
    let rate = |time: Duration| rows as f64 / time.as_secs_f64();
    println!("rows {rows}, {} bytes of JSON each", bytes as u64 / rows);
    println!("apply    {:>9.0} rows/s", rate(applying));
    println!("to chunk {:>9.0} rows/s (merging included)", rate(packing));
    println!("on disk  {:>9.1} bytes/row", size(&dir.path().join("store"))? as f64 / rows as f64);
    ask(&store)?;
    for first in (0..FRESH_ROWS).step_by(BATCH) {
        let entries: Vec<Entry> = (offset + first..offset + first + BATCH as u64).map(entry).collect();
        store.apply(&entries.iter().map(resolved).collect::<Vec<_>>())?;
    }
    let begin_ms = BEGIN_MS + i64::try_from(offset * 50)?;
    for what in ["the first time", "again"] {
        ask_fresh(&store, begin_ms, what)?;
    }
    Ok(())
}

/// Two properties of fresh rows, by a question that reads every one and by one that reads a sixth.
fn ask_fresh(store: &Store, from_ms: i64, what: &str) -> Result<(), StoreError> {
    for events in [None, Some(vec!["Order Completed".to_owned()])] {
        let few = if events.is_some() { "of one event" } else { "of all" };
        let properties = ["country", "price"].map(str::to_owned).into();
        let scan = Scan { from_ms, to_ms: i64::MAX, events, properties, ..Scan::default() };
        let (begun, mut fits) = (Instant::now(), 0);
        store.view(WORKSPACE).scan(&scan, &mut |block| -> Result<(), StoreError> {
            fits += block.rows().len();
            Ok(())
        })?;
        println!("fresh    {:>9.1} ms for {fits} rows {few}, {what}", begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok(())
}

fn ask(store: &Store) -> Result<(), StoreError> {
    let scan = Scan {
        from_ms: BEGIN_MS,
        to_ms: i64::MAX,
        events: Some(vec!["Order Completed".to_owned()]),
        properties: vec!["country".to_owned()],
        ..Scan::default()
    };
    let begun = Instant::now();
    let mut fits = 0;
    let stats = store.view(WORKSPACE).scan(&scan, &mut |block| -> Result<(), StoreError> {
        fits += block.rows().len();
        Ok(())
    })?;
    println!(
        "scan     {:>9.1} ms for {} of {} rows",
        begun.elapsed().as_secs_f64() * 1e3,
        fits,
        stats.rows_read
    );
    let filters = [("newest", None), ("one person's", Some(vec![PersonCode(17)]))];
    for (what, people) in filters {
        let begun = Instant::now();
        let page = store.events(WORKSPACE, &EventsFilter { people, limit: 50, ..EventsFilter::default() })?;
        println!(
            "page     {:>9.1} ms, {} events, {what}",
            begun.elapsed().as_secs_f64() * 1e3,
            page.events.len()
        );
    }
    let begun = Instant::now();
    let catalogue = store.catalogue(WORKSPACE);
    println!(
        "list     {:>9.1} ms, {} properties",
        begun.elapsed().as_secs_f64() * 1e3,
        catalogue.properties.len()
    );
    Ok(())
}

/// A number that looks random, the same in every run.
fn mix(number: u64) -> u64 {
    let mixed = (number ^ (number >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ (mixed >> 32)
}

fn entry(offset: u64) -> Entry {
    let random = mix(offset);
    let pick = |list: &'static [&'static str], shift: u32| list[(random >> shift) as usize % list.len()];
    let name = pick(&EVENTS, 7);
    let time_ms = BEGIN_MS + i64::try_from(offset * 50 + random % 50).unwrap_or_default();
    let (session, product, path) = (mix(offset / 12), random >> 40 & 0xfff, random >> 20 & 0x1ff);
    let properties = format!(
        r#"{{"path":"/shop/category/{path}","title":"Category number {path} of the shop","referrer":"https://search.example/?q=shoes","product_id":"sku-{product}","price":{}.{:02},"quantity":{},"currency":"EUR","country":"{}","plan":"{}","session_id":"{session:016x}","logged_in":{}}}"#,
        random >> 12 & 0x7f,
        random >> 5 & 0x3f,
        random >> 9 & 7,
        pick(&COUNTRIES, 3),
        pick(&["free", "pro", "team"], 11),
        random & 1 == 0,
    );
    let context = format!(
        r#"{{"library":{{"name":"holdfast-js","version":"1.4.2"}},"locale":"de-DE","userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36","page":{{"path":"/shop/category/{path}","url":"https://shop.example/shop/category/{path}"}},"screen":{{"width":1920,"height":1080}},"campaign":{{"source":"{}","medium":"cpc"}}}}"#,
        random % 9 + 110,
        pick(&["news", "search", "friends"], 15),
    );
    let record = EventRecord {
        workspace: WORKSPACE,
        source: SourceId(2),
        message_id: format!("{:016x}-{:016x}", random, mix(random)),
        kind: Kind::Track,
        name: name.to_owned(),
        time_ms,
        received_ms: time_ms + 120,
        user_id: None,
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        properties,
        traits: "{}".to_owned(),
        context,
        sealed: Vec::new(),
        findings: Vec::new(),
    };
    Entry { offset: Offset(offset), record: Stored::Event(record) }
}

fn resolved(entry: &Entry) -> Resolved<'_> {
    let person = u32::try_from(mix(entry.offset.0 / 12) % 50_000).unwrap_or_default();
    Resolved { entry, person: Some(PersonCode(person)), repeated: false }
}

fn json_bytes(entry: &Entry) -> usize {
    match &entry.record {
        Stored::Event(event) => event.properties.len() + event.context.len() + event.message_id.len(),
        Stored::Order(_) | Stored::Purged { .. } => 0,
    }
}

fn size(dir: &Path) -> std::io::Result<u64> {
    let mut total = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        total += if entry.file_type()?.is_dir() { size(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(total)
}
