//! People and their events in a folder of their own, and somebody who answers.

use std::sync::Arc;
use std::time::Duration;

use control::{Database, PEOPLE_MIGRATIONS};
use keys::{Key, KeyDirectory, WorkspaceKeys};
use model::{
    Class, Entry, EventRecord, Kind, Offset, Order, PersonCode, Resolved, SealedValue, SourceId, Stored,
    WorkspaceId,
};
use people::{IdentifierKind, People};
use question::{Answer, AskError};
use serde_json::{Value, json};
use sql::{Limits, Sql};
use stdx::Clock;
use store::{Config, Store};
use tempfile::TempDir;

pub const ACME: WorkspaceId = WorkspaceId(0xacce);
/// 2026-08-01T00:00:00Z.
pub const START: i64 = 1_785_542_400_000;
pub const DAY: i64 = 86_400_000;

pub struct World {
    pub people: Arc<People>,
    pub store: Store,
    pub limits: Limits,
    journal: Vec<Entry>,
    _dir: TempDir,
}

impl World {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let keys = KeyDirectory::new();
        let seed = Key::from_bytes([7; 32]);
        keys.insert(ACME, WorkspaceKeys { hash: seed.hasher("hash"), seal: seed.derive("seal").into() });
        let database = Database::open(&dir.path().join("people.db"), PEOPLE_MIGRATIONS).unwrap();
        let people = Arc::new(People::open(database, keys.clone(), Clock::wall()).unwrap());
        let small = Config {
            tail_rows: 1_000,
            chunk_rows_max: 40,
            chunks_small_max: 2,
            background: false,
            ..Config::default()
        };
        let store = Store::open(dir.path(), keys, Clock::wall(), small).unwrap();
        let limits = Limits { time: Duration::from_secs(60), ..Limits::default() };
        Self { people, store, limits, journal: Vec::new(), _dir: dir }
    }

    /// Appends to the journal, and everybody follows; orders that come of it too.
    pub fn append(&mut self, records: Vec<Stored>) {
        let from = self.journal.len();
        let offsets = (from as u64..).map(Offset);
        self.journal.extend(offsets.zip(records).map(|(offset, record)| Entry { offset, record }));
        let entries = &self.journal[from..];
        let persons = self.people.resolve(entries, &vec![false; entries.len()]).unwrap();
        let rows: Vec<Resolved<'_>> = entries
            .iter()
            .zip(persons)
            .map(|(entry, person)| Resolved { entry, person, repeated: false })
            .collect();
        self.store.apply(&rows).unwrap();
        let orders = self.people.take_orders().unwrap();
        if !orders.is_empty() {
            self.append(orders.into_iter().map(Stored::Order).collect());
        }
    }

    /// Something that a user did, so many milliseconds after the start.
    pub fn does(&mut self, user: &str, name: &str, after_ms: i64, properties: &Value) {
        let event = track(user, name, after_ms, properties);
        self.append(vec![Stored::Event(event)]);
    }

    /// Somebody says who they are: traits that are kept as they are, and a sealed address.
    pub fn identify(&mut self, user: &str, traits: &Value, email: Option<&str>) {
        let sealed = email.map(|value| SealedValue {
            name: "email".to_owned(),
            class: Class::Email,
            value: value.to_owned(),
        });
        let event = EventRecord {
            kind: Kind::Identify,
            name: "Identify".to_owned(),
            traits: traits.to_string(),
            sealed: sealed.into_iter().collect(),
            ..track(user, "Identify", 0, &json!({}))
        };
        self.append(vec![Stored::Event(event)]);
    }

    /// A device becomes a user's: two people are one from here on.
    pub fn merge(&mut self, device: &str, user: &str) {
        let event = EventRecord {
            kind: Kind::Alias,
            previous_id: Some(device.to_owned()),
            ..track(user, "Alias", 0, &json!({}))
        };
        self.append(vec![Stored::Event(event)]);
    }

    pub fn erase(&mut self, user: &str) {
        let person = self.code(user).unwrap();
        self.append(vec![Stored::Order(Order::Erase { workspace: ACME, person, at_ms: START })]);
    }

    pub fn code(&self, user: &str) -> Option<PersonCode> {
        self.people.find(ACME, IdentifierKind::UserId, user).unwrap().map(|person| person.code)
    }

    pub fn sql(&self) -> Sql {
        Sql::new(self.store.clone(), self.people.clone(), self.limits)
    }

    pub fn ask(&self, statement: &str) -> Result<Answer, AskError> {
        self.sql().prepare(ACME, &question::Sql { sql: statement.to_owned() })?.run()
    }

    /// The rows of an answer.
    pub fn rows(&self, statement: &str) -> Value {
        json!(self.ask(statement).unwrap_or_else(|error| panic!("{statement}: {error}")).rows)
    }

    /// Why there is none.
    pub fn refused(&self, statement: &str) -> String {
        match self.ask(statement) {
            Ok(answer) => panic!("{statement} was answered: {:?}", answer.rows),
            Err(AskError::Invalid(why)) => {
                assert_eq!(why.pointer, "/sql", "{statement}");
                why.to_string()
            }
            Err(other) => panic!("{statement}: {other}"),
        }
    }
}

/// Users are called `u…`, devices otherwise; nobody is ``.
pub fn track(user: &str, name: &str, after_ms: i64, properties: &Value) -> EventRecord {
    let named = |is: bool| Some(user.to_owned()).filter(|user| is && !user.is_empty());
    EventRecord {
        workspace: ACME,
        source: SourceId(1),
        message_id: "m".to_owned(),
        kind: Kind::Track,
        name: name.to_owned(),
        time_ms: START + after_ms,
        received_ms: START + after_ms,
        user_id: named(user.starts_with('u')),
        anonymous_id: named(!user.starts_with('u')),
        group_id: None,
        previous_id: None,
        properties: properties.to_string(),
        traits: "{}".to_owned(),
        context: json!({ "library": { "name": "analytics.js" } }).to_string(),
        sealed: Vec::new(),
        findings: Vec::new(),
    }
}
