//! How fast questions are over chunks, and how much memory they take:
//! `cargo run --release -p insight --example behaviour -- [ROWS [PART OF A NAME [FOLDER]]]`. What stands in the
//! folder already is asked again. A shop's 90 days: sessions of some seven
//! events, forty names of which a few are frequent, ten thousand people for every half a million rows.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use insight::Insight;
use jiff::tz::TimeZone;
use keys::{Key, KeyDirectory, WorkspaceKeys};
use model::{Entry, EventRecord, Kind, Offset, PersonCode, Resolved, SourceId, Stored, WorkspaceId};
use question::{Ask, Question, Who, WhoError};
use serde_json::{Value, json};
use stdx::Clock;
use store::{Config, Store};

const WORKSPACE: WorkspaceId = WorkspaceId(1);
/// 2026-08-01.
const BEGIN_MS: i64 = 1_785_542_400_000;
const COUNTRIES: [&str; 8] = ["DE", "FR", "US", "GB", "AT", "CH", "NL", "IT"];
/// How many of a thousand events have which name; the rest is spread over 36 others.
const FREQUENT: [(&str, u64); 4] =
    [("Page Viewed", 207), ("Product Viewed", 165), ("Product Added", 79), ("Order Completed", 19)];
/// Sessions that go on at the same time.
const SESSIONS: usize = 2_000;

struct Nobody;

impl Who for Nobody {
    fn traits(&self, _: WorkspaceId, _: &str, people: &[PersonCode]) -> Result<Vec<Option<Value>>, WhoError> {
        Ok(vec![None; people.len()])
    }
}

/// A number that looks random, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn name(&mut self) -> String {
        let mut of = self.below(1_000);
        for (name, share) in FREQUENT {
            if of < share {
                return name.to_owned();
            }
            of -= share;
        }
        format!("Event {}", of % 36)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let wanted = std::env::args().nth(2).unwrap_or_default();
    let kept = std::env::args().nth(3).map(PathBuf::from);
    let made = tempfile::tempdir()?;
    let dir = kept.as_deref().unwrap_or(made.path());
    let is_there = dir.join("store").exists();
    let keys = KeyDirectory::new();
    // Always the same: nothing of it is secret.
    let key = Key::from_bytes([7; 32]);
    keys.insert(WORKSPACE, WorkspaceKeys { seal: key.derive("seal").into(), hash: key.hasher("hash") });
    let store = Store::open(dir, keys, Clock::wall(), Config::default())?;
    let begun = (Instant::now(), processor_ms());
    if !is_there {
        fill(&store, rows)?;
    }
    println!(
        "filled in {:.1} s, {} ms of processor time",
        begun.0.elapsed().as_secs_f64(),
        processor_ms() - begun.1
    );
    let bytes = bytes_of(dir)?;
    println!("{bytes} bytes on disk, {:.1} a row; {}", bytes as f64 / rows as f64, peak());
    let zone = TimeZone::get("UTC")?;
    let zone_of = Arc::new(move |_| Ok(zone.clone()));
    let insight = Insight::new(store, Arc::new(Nobody), zone_of, Clock::wall());
    println!(
        "{rows} rows over 90 days; best and median of 9, processor time of one, and the most memory so far"
    );
    let range = json!({ "from": "2026-08-01", "to": "2026-10-29" });
    let steps = |names: [&str; 4]| names.map(|event| json!({ "event": event }));
    let frequent = steps(["Page Viewed", "Product Viewed", "Product Added", "Order Completed"]);
    let rare = steps(["Event 1", "Event 2", "Event 3", "Event 4"]);
    let one = json!([{ "event": "Product Viewed" }]);
    let any = json!([{ "event": "*" }]);
    let somebody = json!([{ "event": "*", "measure": "people" }]);
    for (name, question) in [
        ("trend by country", json!({ "kind": "trend", "events": one, "by": ["country"], "range": range })),
        (
            "unique per week",
            json!({ "kind": "trend", "events": somebody, "interval": "week", "range": range }),
        ),
        (
            "paths",
            json!({ "kind": "trend", "events": any, "by": ["path"], "interval": "month", "range": range }),
        ),
        ("funnel, frequent", json!({ "kind": "funnel", "steps": frequent, "within": "7d", "range": range })),
        ("funnel, rare", json!({ "kind": "funnel", "steps": rare, "within": "7d", "range": range })),
        (
            "funnel by country",
            json!({ "kind": "funnel", "steps": frequent, "within": "7d", "range": range, "by": ["country"] }),
        ),
        (
            "retention by week",
            json!({ "kind": "retention", "start": { "event": "*" }, "return": { "event": "*" }, "range": range }),
        ),
        ("flow", json!({ "kind": "flow", "start": { "event": "*" }, "range": range })),
        (
            "people",
            json!({ "kind": "people", "who": { "all": [
                { "did": { "event": "Order Completed" }, "times": { "gte": 3 } },
                { "not": { "did": { "event": "Event 7" } } }] } }),
        ),
    ] {
        if !name.contains(&wanted) {
            continue;
        }
        let question = Question::from_value(&question)?;
        let mut times = Vec::new();
        let before_ms = processor_ms();
        for _ in 0..9 {
            let begun = Instant::now();
            insight.ask(WORKSPACE, &question)?;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        let processor_ms = (processor_ms() - before_ms) as f64 / 9.0;
        println!("{name:20} {:8.1} {:8.1} {processor_ms:8.1} ms {:>12}", times[0], times[4], peak());
    }
    Ok(())
}

/// How long processors worked for this process, threads that ended included.
fn processor_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may hold anything, fields 14 and 15 of the whole; a hundredth of a second each.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    fields.filter_map(|field| field.parse::<u64>().ok()).sum::<u64>() * 10
}

/// The bytes of all files below a folder.
fn bytes_of(dir: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let data = entry.metadata()?;
        bytes += if data.is_dir() { bytes_of(&entry.path())? } else { data.len() };
    }
    Ok(bytes)
}

/// The most memory that the process had so far.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("unknown".to_owned(), |kib| kib.trim().to_owned())
}

fn fill(store: &Store, rows: u64) -> Result<(), store::StoreError> {
    let mut dice = Dice(20_260_101);
    let people = (rows / 50).max(1);
    let mut sessions: Vec<u64> = (0..SESSIONS).map(|_| dice.below(people)).collect();
    for first in (0..rows).step_by(2_000) {
        let mut entries = Vec::new();
        for offset in first..(first + 2_000).min(rows) {
            let session = dice.below(SESSIONS as u64) as usize;
            if dice.below(7) == 0 {
                sessions[session] = dice.below(people);
            }
            entries.push((entry(&mut dice, offset, rows), sessions[session]));
        }
        let resolved = entries.iter().map(|(entry, person)| {
            let person = PersonCode(u32::try_from(*person).unwrap_or_default());
            Resolved { entry, person: Some(person), repeated: false }
        });
        store.apply(&resolved.collect::<Vec<_>>())?;
        // What comes then stays fresh.
        if first <= rows - rows / 100 && rows - rows / 100 < first + 2_000 {
            store.maintain()?;
        }
    }
    store.flush()
}

fn entry(dice: &mut Dice, offset: u64, rows: u64) -> Entry {
    let properties = json!({
        "country": COUNTRIES[dice.below(8) as usize], "path": format!("/page/{}", dice.below(6_000)),
    });
    let time_ms = BEGIN_MS + i64::try_from(offset * (90 * 86_400_000 / rows.max(1))).unwrap_or_default();
    let record = EventRecord {
        workspace: WORKSPACE,
        source: SourceId(2),
        message_id: format!("{offset:016x}"),
        kind: Kind::Track,
        name: dice.name(),
        time_ms,
        received_ms: time_ms + 120,
        user_id: None,
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        properties: properties.to_string(),
        traits: "{}".to_owned(),
        context: "{}".to_owned(),
        sealed: Vec::new(),
        findings: Vec::new(),
    };
    Entry { offset: Offset(offset), record: Stored::Event(record) }
}
