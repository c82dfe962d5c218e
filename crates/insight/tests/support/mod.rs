//! A small archive for tests.
#![allow(dead_code, reason = "every test file uses a part")]

pub mod behind;
pub mod world;

use std::path::Path;

use keys::{Key, KeyDirectory, WorkspaceKeys};
use model::{Entry, EventRecord, Kind, Offset, Order, PersonCode, Resolved, SourceId, Stored, WorkspaceId};
use question::{Who, WhoError};
use serde_json::Value;
use stdx::Clock;
use store::{Config, Store};

pub const WORKSPACE: WorkspaceId = WorkspaceId(7);

pub fn keys() -> KeyDirectory {
    let directory = KeyDirectory::new();
    let key = Key::from_bytes([7; 32]);
    directory.insert(WORKSPACE, WorkspaceKeys { seal: key.derive("seal").into(), hash: key.hasher("hash") });
    directory
}

pub fn open(dir: &Path, config: Config) -> Store {
    Store::open(dir, keys(), Clock::wall(), config).expect("opens")
}

/// Small enough that a few rows make several chunks.
pub fn small() -> Config {
    Config {
        tail_rows: 1_000,
        chunk_rows_max: 40,
        chunks_small_max: 2,
        background: false,
        ..Config::default()
    }
}

pub fn event(
    offset: u64,
    person: u32,
    time_ms: i64,
    name: &str,
    properties: &Value,
    context: &Value,
) -> (Entry, u32) {
    let record = EventRecord {
        workspace: WORKSPACE,
        source: SourceId(3),
        message_id: format!("m{offset}"),
        kind: Kind::Track,
        name: name.to_owned(),
        time_ms,
        received_ms: time_ms + 5,
        user_id: None,
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        properties: properties.to_string(),
        traits: "{}".to_owned(),
        context: context.to_string(),
        sealed: Vec::new(),
        findings: Vec::new(),
    };
    (Entry { offset: Offset(offset), record: Stored::Event(record) }, person)
}

pub fn order(offset: u64, order: Order) -> (Entry, u32) {
    (Entry { offset: Offset(offset), record: Stored::Order(order) }, 0)
}

pub fn apply(store: &Store, entries: &[(Entry, u32)]) {
    let rows: Vec<Resolved<'_>> = entries
        .iter()
        .map(|(entry, person)| Resolved { entry, person: Some(PersonCode(*person)), repeated: false })
        .collect();
    store.apply(&rows).expect("applies");
}

/// Traits by a rule.
pub struct Rule(pub fn(u32, &str) -> Option<Value>);

impl Who for Rule {
    fn traits(
        &self,
        _: WorkspaceId,
        name: &str,
        people: &[PersonCode],
    ) -> Result<Vec<Option<Value>>, WhoError> {
        Ok(people.iter().map(|person| (self.0)(person.0, name)).collect())
    }
}
