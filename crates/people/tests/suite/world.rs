//! A people database in a folder of its own, a journal in memory, and a short notation for histories.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use control::{Database, PEOPLE_MIGRATIONS};
use keys::{Key, KeyDirectory, WorkspaceKeys};
use model::record::PersonRef;
use model::{
    Entry, EventRecord, Kind, Offset, Order, PersonCode, SealedValue, SourceId, Stored, WorkspaceId,
};
use people::{IdentifierKind, People, PeopleError, Profile};
use stdx::Clock;
use tempfile::TempDir;

pub const ACME: WorkspaceId = WorkspaceId(0xacce);
pub const NOW: i64 = 1_700_000_000_000;

pub struct World {
    pub dir: TempDir,
    pub keys: KeyDirectory,
    pub people: People,
    pub journal: Vec<Entry>,
}

pub fn world() -> World {
    let dir = tempfile::tempdir().expect("a folder");
    let keys = keys();
    let people = open(&dir, &keys);
    World { dir, keys, people, journal: Vec::new() }
}

/// The same in every run, since the fixtures were made with them.
pub fn keys() -> KeyDirectory {
    let keys = KeyDirectory::new();
    let seed = Key::from_bytes([7; 32]);
    keys.insert(ACME, WorkspaceKeys { hash: seed.hasher("workspace"), seal: seed.derive("seal").into() });
    keys
}

fn open(dir: &TempDir, keys: &KeyDirectory) -> People {
    let database = Database::open(&dir.path().join("people.db"), PEOPLE_MIGRATIONS).expect("a database");
    let start = jiff::Timestamp::from_millisecond(NOW).expect("an instant");
    People::open(database, keys.clone(), Clock::manual(start).0).expect("people")
}

impl World {
    /// As after a kill: nothing is closed in order.
    pub fn reopen(self) -> Self {
        let Self { dir, keys, people, journal } = self;
        drop(people);
        let people = open(&dir, &keys);
        Self { dir, keys, people, journal }
    }

    /// Puts a record into the journal, without resolving it.
    pub fn append(&mut self, record: Stored) {
        let offset = Offset(u64::try_from(self.journal.len()).expect("few"));
        self.journal.push(Entry { offset, record });
    }

    /// Resolves what is new in the journal, and the orders that follow from it.
    pub fn settle(&mut self) -> Vec<Option<PersonCode>> {
        let mut persons = Vec::new();
        loop {
            let from = usize::try_from(self.people.position().0).expect("few");
            persons.extend(self.people.resolve(&self.journal[from..], &[]).expect("resolved"));
            let orders = self.people.take_orders().expect("orders");
            if orders.is_empty() {
                return persons;
            }
            orders.into_iter().for_each(|order| self.append(Stored::Order(order)));
        }
    }

    pub fn event(&mut self, event: EventRecord) -> Option<PersonCode> {
        self.append(Stored::Event(event));
        self.settle()[0]
    }

    pub fn order(&mut self, order: Order) {
        self.append(Stored::Order(order));
        self.settle();
    }

    /// Plays a history in the notation of [`event_of`], parts separated by commas.
    pub fn play(&mut self, history: &str) {
        for step in history.split(',').map(str::trim).filter(|step| !step.is_empty()) {
            self.event(event_of(step));
        }
    }

    pub fn find(&self, name: &str) -> Option<PersonRef> {
        self.people.find(ACME, kind_of(name), name).expect("a lookup")
    }

    pub fn person(&self, name: &str) -> PersonRef {
        self.find(name).expect("somebody")
    }

    pub fn profile(&self, name: &str) -> Profile {
        self.people.profile(ACME, self.person(name).id).expect("a read").expect("a profile")
    }

    pub fn reveal(&self, name: &str, of: &str) -> Option<String> {
        let value = self.people.reveal(ACME, self.person(name).id, of).expect("it opens");
        value.map(|value| value.expose().clone())
    }

    /// Who is one person, as `a1 u1 | u2`.
    pub fn partition(&self, names: &[&str]) -> String {
        let mut people: BTreeMap<PersonCode, Vec<&str>> = BTreeMap::new();
        for name in names {
            if let Some(person) = self.find(name) {
                people.entry(person.code).or_default().push(name);
            }
        }
        let mut groups: Vec<String> = people
            .into_values()
            .map(|mut names| {
                names.sort_unstable();
                names.join(" ")
            })
            .collect();
        groups.sort_unstable();
        groups.join(" | ")
    }

    /// Every byte of the database and its logs.
    pub fn bytes(&self) -> Vec<u8> {
        let entries = fs::read_dir(self.dir.path()).expect("the folder");
        let paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
        paths.iter().flat_map(|path| fs::read(path).expect("bytes")).collect()
    }

    pub fn has_bytes(&self, needle: &str) -> bool {
        let needle = needle.as_bytes();
        self.bytes().windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle))
    }

    /// Entries from `from` to before `to`, with no word on repetition.
    pub fn resolve(&self, from: usize, to: usize) -> Result<Vec<Option<PersonCode>>, PeopleError> {
        self.people.resolve(&self.journal[from..to], &[])
    }
}

/// Names that begin with `u` are user ids, all others anonymous ids.
pub fn kind_of(name: &str) -> IdentifierKind {
    if name.starts_with('u') { IdentifierKind::UserId } else { IdentifierKind::AnonymousId }
}

/// `u1`: an event of user u1 · `a1`: of anonymous a1 · `u1+a1`: of both · `a1>u1`: an alias from a1 to u1.
pub fn event_of(step: &str) -> EventRecord {
    if let Some((previous, user)) = step.split_once('>') {
        let alias = EventRecord { kind: Kind::Alias, previous_id: Some(previous.to_owned()), ..track() };
        return EventRecord { user_id: Some(user.to_owned()), ..alias };
    }
    let mut event = track();
    for name in step.split('+') {
        match kind_of(name) {
            IdentifierKind::UserId => event.user_id = Some(name.to_owned()),
            _ => event.anonymous_id = Some(name.to_owned()),
        }
    }
    event
}

pub fn track() -> EventRecord {
    EventRecord {
        workspace: ACME,
        source: SourceId(1),
        message_id: "m".to_owned(),
        kind: Kind::Track,
        name: "Order Completed".to_owned(),
        time_ms: NOW,
        received_ms: NOW,
        user_id: None,
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        properties: "{}".to_owned(),
        traits: "{}".to_owned(),
        context: "{}".to_owned(),
        sealed: Vec::new(),
        findings: Vec::new(),
    }
}

/// An identify of `who` (in the notation of [`event_of`]) at a time after [`NOW`].
pub fn identify(
    who: &str,
    after_ms: i64,
    traits: &str,
    sealed: &[(&str, model::Class, &str)],
) -> EventRecord {
    let sealed = sealed.iter().map(|(name, class, value)| SealedValue {
        name: (*name).to_owned(),
        class: *class,
        value: (*value).to_owned(),
    });
    EventRecord {
        kind: Kind::Identify,
        time_ms: NOW + after_ms,
        traits: traits.to_owned(),
        sealed: sealed.collect(),
        ..event_of(who)
    }
}
