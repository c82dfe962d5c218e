//! What the tests of the archive share: keys, events, and reading everything back.
#![allow(dead_code, reason = "every test file uses a part")]

use std::fs;
use std::path::Path;

use keys::{Key, KeyDirectory, WorkspaceKeys};
use model::{
    Class, Decision, Entry, EventRecord, Finding, Kind, MemberId, Offset, Order, PersonCode, Resolved,
    SourceId, Stored, WorkspaceId,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use stdx::Clock;
use store::{Config, EventsFilter, Faults, Store, StoreError, StoredEvent};

pub const WORKSPACES: [WorkspaceId; 2] = [WorkspaceId(7), WorkspaceId(8)];

pub fn keys() -> KeyDirectory {
    let directory = KeyDirectory::new();
    for (number, workspace) in (7..).zip(WORKSPACES) {
        let key = Key::from_bytes([number; 32]);
        directory
            .insert(workspace, WorkspaceKeys { seal: key.derive("seal").into(), hash: key.hasher("hash") });
    }
    directory
}

pub fn config() -> Config {
    Config { chunk_rows_max: 30, chunks_small_max: 2, background: false, ..Config::default() }
}

pub fn open(dir: &Path) -> Store {
    try_open(dir, Faults::default()).expect("opens")
}

pub fn try_open(dir: &Path, faults: Faults) -> Result<Store, StoreError> {
    Store::open(dir, keys(), Clock::wall(), Config { faults, ..config() })
}

/// An event as the tests make it up.
#[derive(Clone, Debug)]
pub struct Made {
    pub workspace: usize,
    pub person: u32,
    pub time_ms: i64,
    pub name: String,
    pub kind: Kind,
    pub properties: Value,
    pub traits: Value,
    pub context: Value,
    pub finding: bool,
}

impl Made {
    pub fn entry(&self, offset: u64) -> Entry {
        let finding =
            Finding { path: "properties.note".to_owned(), class: Class::Email, rule: "shape".to_owned() };
        let record = EventRecord {
            workspace: WORKSPACES[self.workspace],
            source: SourceId(u128::from(self.person % 2)),
            message_id: format!("message-{offset}"),
            kind: self.kind,
            name: self.name.clone(),
            time_ms: self.time_ms,
            received_ms: self.time_ms + 70,
            user_id: None,
            anonymous_id: None,
            group_id: None,
            previous_id: None,
            properties: self.properties.to_string(),
            traits: self.traits.to_string(),
            context: self.context.to_string(),
            sealed: Vec::new(),
            findings: if self.finding { vec![finding] } else { Vec::new() },
        };
        Entry { offset: Offset(offset), record: Stored::Event(record) }
    }

    /// What must be read back.
    pub fn row(&self, offset: u64) -> Row {
        Row {
            offset,
            person: self.person,
            name: self.name.clone(),
            time_ms: self.time_ms,
            findings: usize::from(self.finding),
            objects: [&self.properties, &self.traits, &self.context].map(normal),
        }
    }
}

/// An event read back, with its objects parsed.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    pub offset: u64,
    pub person: u32,
    pub name: String,
    pub time_ms: i64,
    pub findings: usize,
    pub objects: [Value; 3],
}

impl From<StoredEvent> for Row {
    fn from(event: StoredEvent) -> Self {
        assert_eq!(event.message_id, format!("message-{}", event.offset.0));
        assert_eq!(event.received_ms, event.time_ms + 70);
        let parse = |json: &str| serde_json::from_str(json).expect("an object of JSON");
        Self {
            offset: event.offset.0,
            person: event.person.0,
            name: event.name,
            time_ms: event.time_ms,
            findings: event.findings.len(),
            objects: [parse(&event.properties), parse(&event.traits), parse(&event.context)]
                .map(|value| normal(&value)),
        }
    }
}

/// Numbers of one value in one form: a column of numbers does not remember which were written with a fraction.
fn normal(value: &Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 9e15 => json!(float as i64),
            _ => value.clone(),
        },
        Value::Array(list) => list.iter().map(normal).collect(),
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), normal(value))).collect(),
        _ => value.clone(),
    }
}

pub fn apply(store: &Store, entries: &[(Entry, u32)]) -> Result<(), StoreError> {
    let rows: Vec<Resolved<'_>> = entries
        .iter()
        .map(|(entry, person)| Resolved { entry, person: Some(PersonCode(*person)), repeated: false })
        .collect();
    store.apply(&rows)
}

pub fn erase(offset: u64, person: u32) -> (Entry, u32) {
    let order = Order::Erase { workspace: WORKSPACES[0], person: PersonCode(person), at_ms: 0 };
    (Entry { offset: Offset(offset), record: Stored::Order(order) }, 0)
}

pub fn merge(offset: u64, into: u32, from: u32) -> (Entry, u32) {
    let order = Order::Merge {
        workspace: WORKSPACES[0],
        into: PersonCode(into),
        from: PersonCode(from),
        reason: "test".to_owned(),
        at_ms: 0,
    };
    (Entry { offset: Offset(offset), record: Stored::Order(order) }, 0)
}

pub fn unmerge(offset: u64, into: u32, from: u32) -> (Entry, u32) {
    let decision = Decision { by: MemberId(1), reason: "test".to_owned(), at_ms: 0 };
    let (into, from) = (PersonCode(into), PersonCode(from));
    let order = Order::Unmerge { workspace: WORKSPACES[0], into, from, decision };
    (Entry { offset: Offset(offset), record: Stored::Order(order) }, 0)
}

/// Every event of a workspace, page by page.
pub fn all(store: &Store, workspace: usize, filter: &EventsFilter) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    let mut filter = EventsFilter { limit: 7, ..filter.clone() };
    loop {
        let page = store.events(WORKSPACES[workspace], &filter)?;
        rows.extend(page.events.into_iter().map(Row::from));
        match page.next {
            Some(next) => filter.after = Some(next),
            None => return Ok(rows),
        }
    }
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// All files below a folder.
pub fn files(dir: &Path, extension: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().map_or(extension.is_empty(), |given| given == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

pub fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        select(&["a", "b", "", "longer text", "ünï\"cöde\\\n", "1.5", "[]"][..]).prop_map(Value::from),
        "[a-z]{0,12}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-50_i64..50).prop_map(Value::from),
        (-1_000_i32..1_000).prop_map(|cents| json!(f64::from(cents) / 100.0)),
        any::<f64>().prop_map(Value::from).prop_filter("the tests' own reader rounds some", |number| {
            serde_json::from_str::<Value>(&number.to_string()).is_ok_and(|read| read == *number)
        }),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!(u64::MAX)),
    ]
}

pub fn object() -> impl Strategy<Value = Value> {
    let value = scalar().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::Array),
            vec(("[ab.\\\\]{0,3}", inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    });
    vec(("[abc.\\\\]{0,3}", value), 0..6).prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
}

pub fn made() -> impl Strategy<Value = Made> {
    let kind = select(&[Kind::Track, Kind::Identify, Kind::Page, Kind::Screen, Kind::Group, Kind::Alias][..]);
    let time = prop_oneof![
        20 => 1_785_000_000_000_i64..1_786_000_000_000,
        2 => Just(1_785_542_400_000),
        1 => select(&[i64::MIN / 2, -1, 40_000_000_000_000][..]),
    ];
    let name = select(&["Signed Up", "Page Viewed", "Order Completed"][..]);
    (0_usize..2, 0_u32..6, time, name, kind, (object(), object(), object()), any::<bool>()).prop_map(
        |(workspace, person, time_ms, name, kind, (properties, traits, context), finding)| Made {
            workspace,
            person,
            time_ms,
            name: name.to_owned(),
            kind,
            properties,
            traits,
            context,
            finding,
        },
    )
}
