//! A workspace whose events, orders and segments all go one way: a log that people, the archive and the segments follow.

use std::sync::Arc;

use control::{CONTROL_MIGRATIONS, Database, PEOPLE_MIGRATIONS};
use guard::{Caller, Credential, Granted, Guard, PasskeyConfig, Proof};
use insight::Insight;
use jiff::tz::TimeZone;
use keys::{Key, KeyDirectory};
use ledger::{Ledger, LedgerKeys};
use model::record::Decision;
use model::{
    Entry, Event, EventRecord, Kind, MemberId, Offset, PersonCode, Resolved, SourceId, Stored, WorkspaceId,
};
use parking_lot::Mutex;
use people::{IdentifierKind, People};
use policy::Action;
use policy::actions::WriteSegment;
use question::{Ask, Question};
use segments::{NewSegment, Next, Parts, Segments};
use serde_json::{Value, json};
use stdx::{Clock, ManualClock};
use store::{Config, Store};
use tempfile::TempDir;
use testkit::Authenticator;

const ORIGIN: &str = "http://localhost:7071";
pub const START: &str = "2026-11-22T12:00:00Z";

/// A member's decision about people.
pub fn decision() -> Decision {
    Decision { by: MemberId(1), reason: "by hand".to_owned(), at_ms: 0 }
}

/// What segments feed back, until the world appends it.
type Fed = Arc<Mutex<Vec<Event<'static>>>>;

pub struct World {
    pub segments: Segments,
    pub people: Arc<People>,
    pub store: Store,
    pub hand: ManualClock,
    pub clock: Clock,
    pub workspace: WorkspaceId,
    pub control: Database,
    people_db: Database,
    ledger: Ledger,
    marks: keys::HashKey,
    guard: Guard,
    key: Mutex<Authenticator>,
    entries: Vec<Entry>,
    fed: Fed,
    _dir: TempDir,
}

impl World {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (clock, hand) = Clock::manual(START.parse().unwrap());
        let (master, keys) = (Key::generate(), KeyDirectory::new());
        let control = Database::open(&dir.path().join("control.db"), CONTROL_MIGRATIONS).unwrap();
        let people_db = Database::open(&dir.path().join("people.db"), PEOPLE_MIGRATIONS).unwrap();
        let derived = LedgerKeys::derive("test", &master).unwrap();
        let ledger = Ledger::open(&dir.path().join("ledger"), derived, clock.clone()).unwrap();
        let guard = Guard::open(guard::Parts {
            db: control.clone(),
            master: master.clone(),
            keys: keys.clone(),
            ledger: ledger.clone(),
            clock: clock.clone(),
            passkeys: PasskeyConfig {
                rp_id: "localhost".to_owned(),
                rp_name: "Holdfast".to_owned(),
                origins: vec![ORIGIN.to_owned()],
                sessions_roam: false,
            },
            corpus: breach::Corpus::at("no-corpus"),
        })
        .unwrap();
        let installed = guard.install("Acme", "owner@example.com").unwrap();
        let mut key = Authenticator::at(ORIGIN);
        let options = guard.begin_enrol(installed.setup_code.expose()).unwrap();
        guard.finish_enrol(&key.register(&options)).unwrap();
        let people = Arc::new(People::open(people_db.clone(), keys.clone(), clock.clone()).unwrap());
        let small = Config { chunk_rows_max: 30, background: false, ..Config::default() };
        let store = Store::open(dir.path(), keys, clock.clone(), small).unwrap();
        let fed = Fed::default();
        let marks = master.hasher("segment row 1");
        let parts = |fed: &Fed| {
            let fed = fed.clone();
            Parts {
                control: control.clone(),
                people_db: people_db.clone(),
                people: people.clone(),
                store: store.clone(),
                ledger: ledger.clone(),
                clock: clock.clone(),
                marks: marks.clone(),
                feed: Arc::new(move |_, events| {
                    fed.lock().extend(events);
                    Ok(true)
                }),
            }
        };
        let segments = Segments::open(parts(&fed)).unwrap();
        let workspace = installed.workspace.id;
        Self {
            segments,
            people,
            store,
            hand,
            clock,
            workspace,
            control,
            people_db,
            ledger,
            marks,
            guard,
            key: Mutex::new(key),
            entries: Vec::new(),
            fed,
            _dir: dir,
        }
    }

    /// As the owner, who signs in each time: the clock may have been moved far.
    pub fn granted(&self) -> Granted {
        let proof = Proof { method: "POST", path: "/x", body_digest: [7; 32], step_up_id: None };
        let options = self.guard.begin_sign_in().unwrap();
        let opened = self.guard.finish_sign_in(&self.key.lock().sign(&options)).unwrap();
        let caller: Caller = self.guard.identify(Credential::Session(opened.token.expose())).unwrap();
        self.guard.permit(&caller, WriteSegment::info(), Some(self.workspace), proof).unwrap()
    }

    pub fn make(&self, name: &str, who: Value) -> String {
        let who = if who.is_null() { None } else { Some(who) };
        let new = NewSegment { name: name.to_owned(), who };
        self.segments.make(&self.granted(), new).unwrap().segment.id.to_string()
    }

    pub fn computed(&self, new: &Value) {
        let new = serde_json::from_value(new.clone()).unwrap();
        self.segments.make_computed(&self.granted(), new).unwrap();
    }

    /// Something that a user did, at a number of milliseconds after the start, with traits. The same message id is a repetition.
    pub fn event(&self, user: &str, name: &str, at_ms: i64, traits: &Value, id: &str) -> EventRecord {
        let start: jiff::Timestamp = START.parse().unwrap();
        let (user_id, anonymous_id) = match user.strip_prefix('~') {
            Some(device) => (None, Some(device.to_owned())),
            None => (Some(user.to_owned()), None),
        };
        EventRecord {
            workspace: self.workspace,
            source: SourceId(1),
            message_id: id.to_owned(),
            kind: Kind::Track,
            name: name.to_owned(),
            time_ms: start.as_millisecond() + at_ms,
            received_ms: self.clock.now_ms(),
            user_id,
            anonymous_id,
            group_id: None,
            previous_id: None,
            properties: "{\"total\":7}".to_owned(),
            traits: traits.to_string(),
            context: "{}".to_owned(),
            sealed: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// The same done now.
    pub fn does(&mut self, user: &str, name: &str) {
        let start: jiff::Timestamp = START.parse().unwrap();
        let (at_ms, id) = (self.clock.now_ms() - start.as_millisecond(), format!("m{}", self.entries.len()));
        let event = self.event(user, name, at_ms, &json!({}), &id);
        self.append(vec![Stored::Event(event)]);
    }

    /// Appends to the log and lets everybody follow, orders that come of it too.
    pub fn append(&mut self, records: Vec<Stored>) {
        let from = self.entries.len();
        let next = u64::try_from(from).unwrap();
        self.entries
            .extend((next..).zip(records).map(|(offset, record)| Entry { offset: Offset(offset), record }));
        self.follow(from);
        let orders = self.people.take_orders().unwrap();
        if !orders.is_empty() {
            self.append(orders.into_iter().map(Stored::Order).collect());
        }
    }

    /// Lets everybody read from a place of the log; whoever is further only looks up.
    fn follow(&self, from: usize) {
        let entries = &self.entries[from..];
        let repeated: Vec<bool> = entries.iter().map(|entry| self.is_repeated(entry)).collect();
        let persons = self.people.resolve(entries, &repeated).unwrap();
        let rows: Vec<Resolved<'_>> = entries
            .iter()
            .zip(&repeated)
            .zip(persons)
            .map(|((entry, repeated), person)| Resolved { entry, person, repeated: *repeated })
            .collect();
        self.store.apply(&rows).unwrap();
        self.segments.observe(&rows);
    }

    fn is_repeated(&self, entry: &Entry) -> bool {
        let Stored::Event(event) = &entry.record else { return false };
        let before = self.entries.iter().take_while(|other| other.offset < entry.offset);
        let same = |other: &Entry| matches!(&other.record, Stored::Event(other) if other.message_id == event.message_id && other.source == event.source);
        before.into_iter().any(same)
    }

    /// The process ends here and begins anew: what was only in memory is gone.
    pub fn crash(&mut self) {
        let fed = self.fed.clone();
        self.segments = Segments::open(Parts {
            control: self.control.clone(),
            people_db: self.people_db.clone(),
            people: self.people.clone(),
            store: self.store.clone(),
            ledger: self.ledger.clone(),
            clock: self.clock.clone(),
            marks: self.marks.clone(),
            feed: Arc::new(move |_, events| {
                fed.lock().extend(events);
                Ok(true)
            }),
        })
        .unwrap();
        let from = usize::try_from(self.segments.position().0).unwrap();
        if from < self.entries.len() {
            self.follow(from);
        }
    }

    /// Rounds until there is nothing to do now, entries and exits appended as they come.
    pub fn settle(&mut self) {
        loop {
            let next = self.segments.round().unwrap();
            let fed: Vec<Event<'static>> = std::mem::take(&mut *self.fed.lock());
            let is_done = matches!(next, Next::At(_)) && fed.is_empty();
            if !fed.is_empty() {
                let records = fed.into_iter().map(|event| Stored::Event(record(event))).collect();
                self.append(records);
            }
            if is_done {
                return;
            }
        }
    }

    /// How many people a question counts, from the beginning.
    pub fn asked(&self, who: &Value) -> u64 {
        let zone = Arc::new(|_| Ok(TimeZone::UTC));
        let insight =
            Insight::new(self.store.clone(), Arc::new(self.segments.who()), zone, self.clock.clone());
        let question = Question::from_value(&json!({ "kind": "people", "who": who })).unwrap();
        insight.ask(self.workspace, &question).unwrap().rows[0][0].as_u64().unwrap()
    }

    pub fn code(&self, user: &str) -> Option<PersonCode> {
        let (kind, value) = match user.strip_prefix('~') {
            Some(device) => (IdentifierKind::AnonymousId, device),
            None => (IdentifierKind::UserId, user),
        };
        self.people.find(self.workspace, kind, value).unwrap().map(|person| person.code)
    }

    /// Whether a user is in, as it is kept.
    pub fn is_in(&self, segment: &str, user: &str) -> bool {
        let code = self.code(user).expect("somebody");
        let id = self.people.by_code(self.workspace, code).unwrap().unwrap().id;
        self.segments.why(self.workspace, segment, id).unwrap().is_in
    }

    pub fn count(&self, segment: &str) -> u64 {
        self.segments.show(self.workspace, segment).unwrap().people
    }

    /// What was told, the oldest first: the event, the segment, the reason.
    pub fn told(&self) -> Vec<(String, String, String)> {
        let of_the_house = self.of_the_house().into_iter();
        of_the_house.map(|[_, event, segment, reason]| (event, segment, reason)).collect()
    }

    /// The same with whom: the person's id, the event, the segment.
    pub fn turns(&self) -> Vec<(String, String, String)> {
        let of_the_house = self.of_the_house().into_iter();
        of_the_house.map(|[person, event, segment, _]| (person, event, segment)).collect()
    }

    fn of_the_house(&self) -> Vec<[String; 4]> {
        let house = self.entries.iter().filter(|entry| !self.is_repeated(entry));
        let house = house.filter_map(|entry| match &entry.record {
            Stored::Event(event) if event.source == SourceId::HOUSE => Some(event),
            _ => None,
        });
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        house
            .map(|event| {
                let properties: Value = serde_json::from_str(&event.properties).unwrap();
                let person = event.user_id.clone().unwrap();
                [person, event.name.clone(), text(&properties["segment"]), text(&properties["reason"])]
            })
            .collect()
    }
}

fn record(event: Event<'static>) -> EventRecord {
    EventRecord {
        workspace: event.workspace,
        source: event.source,
        message_id: event.message_id.into_owned(),
        kind: event.kind,
        name: event.name.into_owned(),
        time_ms: event.time_ms,
        received_ms: event.received_ms,
        user_id: event.user_id.map(std::borrow::Cow::into_owned),
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        properties: event.properties.into_owned(),
        traits: event.traits.into_owned(),
        context: event.context.into_owned(),
        sealed: Vec::new(),
        findings: Vec::new(),
    }
}
