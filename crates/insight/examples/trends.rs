//! How fast trends over chunks are: `cargo run --release -p insight --example trends -- [ROWS]`.

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
const EVENTS: [&str; 5] = ["Page Viewed", "Product Viewed", "Product Added", "Signed Up", "Order Completed"];
const COUNTRIES: [&str; 8] = ["DE", "FR", "US", "GB", "AT", "CH", "NL", "IT"];

struct Tiers;

impl Who for Tiers {
    fn traits(&self, _: WorkspaceId, _: &str, people: &[PersonCode]) -> Result<Vec<Option<Value>>, WhoError> {
        Ok(people.iter().map(|person| Some(Value::from(person.0 % 3))).collect())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let dir = tempfile::tempdir()?;
    let keys = KeyDirectory::new();
    let key = Key::generate();
    keys.insert(WORKSPACE, WorkspaceKeys { seal: key.derive("seal").into(), hash: key.hasher("hash") });
    let store = Store::open(dir.path(), keys, Clock::wall(), Config::default())?;
    for first in (0..rows).step_by(2_000) {
        let entries: Vec<Entry> = (first..first + 2_000).map(|offset| entry(offset, rows)).collect();
        let resolved =
            entries.iter().map(|entry| Resolved { entry, person: Some(person(entry)), repeated: false });
        store.apply(&resolved.collect::<Vec<_>>())?;
    }
    store.maintain()?;
    let insight = Insight::new(
        store,
        Arc::new(Tiers),
        Arc::new(|_| Ok(TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC))),
        Clock::wall(),
    );
    println!("{rows} rows over 90 days, best and median of 9");
    let one = json!([{ "event": "Product Viewed" }]);
    let plan = json!([{ "property": "plan", "op": "eq", "value": "pro" }]);
    let people = json!([{ "event": "*", "measure": "people" }]);
    let revenue = json!([{ "event": "Order Completed", "measure": "sum", "property": "revenue" }]);
    for (name, events, by, conditions) in [
        ("count by day", &one, json!([]), json!([])),
        ("count by day and country", &one, json!(["country"]), json!([])),
        ("count by day and country where", &one, json!(["country"]), plan),
        ("people by day", &people, json!([]), json!([])),
        ("revenue by day and country", &revenue, json!(["country"]), json!([])),
        ("revenue by day and path (500 groups)", &revenue, json!(["path"]), json!([])),
        ("count by day and trait", &one, json!(["trait.tier"]), json!([])),
    ] {
        let question = Question::from_value(&json!({ "kind": "trend", "events": events, "by": by,
            "where": conditions, "range": { "from": "2026-08-01", "to": "2026-10-30" } }))?;
        let mut times = Vec::new();
        for _ in 0..9 {
            let begun = Instant::now();
            insight.ask(WORKSPACE, &question)?;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        println!("{name:40} {:7.1} {:7.1} ms", times[0], times[4]);
    }
    Ok(())
}

/// A number that looks random, the same in every run.
fn mix(number: u64) -> u64 {
    let mixed = (number ^ (number >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ (mixed >> 32)
}

fn person(entry: &Entry) -> PersonCode {
    PersonCode(u32::try_from(mix(entry.offset.0 / 8) % 50_000).unwrap_or_default())
}

fn entry(offset: u64, rows: u64) -> Entry {
    let random = mix(offset);
    let pick = |list: &'static [&'static str], shift: u32| list[(random >> shift) as usize % list.len()];
    let properties = json!({
        "country": pick(&COUNTRIES, 3), "plan": pick(&["free", "pro", "team"], 11),
        "path": format!("/page/{}", random >> 20 & 0x1ff), "revenue": (random >> 9 & 0xfff) as f64 / 100.0,
    });
    let time_ms = BEGIN_MS + i64::try_from(offset * (90 * 86_400_000 / rows.max(1))).unwrap_or_default();
    let record = EventRecord {
        workspace: WORKSPACE,
        source: SourceId(2),
        message_id: format!("{random:016x}"),
        kind: Kind::Track,
        name: pick(&EVENTS, 7).to_owned(),
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
