//! A whole installation without doors: decisions, journal, people, archive and ledger in a folder, opened again and
//! again, with a resolving pass of a few lines.
#![allow(dead_code, reason = "every user needs a part")]

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use control::{CONTROL_MIGRATIONS, Database, PEOPLE_MIGRATIONS};
use journal::{Journal, Record};
use keys::{Key, KeyDirectory};
use ledger::{Ledger, LedgerKeys};
use model::{Event, Kind, Offset, PurgeId, Resolved, SourceId, WorkspaceId};
use people::People;
use purge::{Asked, Parts, Purge, PurgeList, Purges, Step, table};
use shield::Shield;
use stdx::Clock;
use store::{EventsFilter, Store};

/// The master key of these worlds, also known to the scanner.
pub const MASTER: [u8; 32] = [42; 32];
pub const NOW_MS: i64 = 1_790_000_000_000;

pub struct World {
    pub dir: PathBuf,
    pub workspace: WorkspaceId,
    pub control: Database,
    pub keys: KeyDirectory,
    pub ledger: Ledger,
    pub journal: Journal,
    pub people: Arc<People>,
    pub store: Store,
    pub parts: Parts,
    pass: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

/// Nothing lies elsewhere.
pub struct Nowhere;

impl purge::Elsewhere for Nowhere {
    fn renew(&self, _: WorkspaceId) -> Result<u64, purge::ElsewhereError> {
        Ok(0)
    }

    fn set_aside(
        &self,
        _workspace: WorkspaceId,
        _survey: bool,
        _change: &mut purge::EventChange<'_>,
    ) -> Result<u64, purge::ElsewhereError> {
        Ok(0)
    }

    fn forget(
        &self,
        _workspace: WorkspaceId,
        _properties: &[String],
        _is_gone: &dyn Fn(&str) -> bool,
    ) -> Result<(), purge::ElsewhereError> {
        Ok(())
    }
}

/// How large files get.
#[derive(Clone, Copy)]
pub struct Sizes {
    pub journal_bytes: u64,
    pub chunk_rows: usize,
    pub tail_rows: usize,
}

pub const SMALL: Sizes = Sizes { journal_bytes: 200_000, chunk_rows: 1_000, tail_rows: 1_500 };
pub const REAL: Sizes = Sizes { journal_bytes: 64 << 20, chunk_rows: 262_144, tail_rows: 200_000 };

impl World {
    pub fn open(dir: &Path, sizes: Sizes) -> Self {
        let (clock, master) = (Clock::wall(), Key::from_bytes(MASTER));
        std::fs::create_dir_all(dir).unwrap();
        let control = Database::open(&dir.join("control.db"), CONTROL_MIGRATIONS).unwrap();
        let keys = KeyDirectory::new();
        control.read(|tx| control::workspaces::load_keys(tx, &master, &keys)).unwrap();
        let workspace = workspace(&control, &master, &keys);
        let ledger_keys = LedgerKeys::derive("holdfast/test", &master).unwrap();
        let ledger = Ledger::open(&dir.join("ledger"), ledger_keys, clock.clone()).unwrap();
        let config = journal::Config { file_bytes: sizes.journal_bytes, ..journal::Config::default() };
        let (journal, _) = Journal::open(&dir.join("journal"), keys.clone(), clock.clone(), config).unwrap();
        let people = Database::open(&dir.join("people.db"), PEOPLE_MIGRATIONS).unwrap();
        let people = Arc::new(People::open(people, keys.clone(), clock.clone()).unwrap());
        let config = store::Config {
            chunk_rows_max: sizes.chunk_rows,
            tail_rows: sizes.tail_rows,
            hold_merging: control.read(table::has_unfinished).unwrap(),
            ..store::Config::default()
        };
        let store = Store::open(dir, keys.clone(), clock.clone(), config).unwrap();
        let list =
            PurgeList::open(dir, ("test", &master), control.clone(), ledger.clone(), clock.clone()).unwrap();
        let parts = Parts {
            control: control.clone(),
            keys: keys.clone(),
            ledger: ledger.clone(),
            journal: journal.clone(),
            people: people.clone(),
            store: store.clone(),
            clock,
            shield_of: Arc::new(|_| Shield::builtin()),
            rules_of: Arc::new(|_| Ok(shield::rules::CustomRules::default())),
            list,
            elsewhere: Arc::new(Nowhere),
            still: Arc::default(),
        };
        let dir = dir.to_owned();
        let mut world =
            Self { dir, workspace, control, keys, ledger, journal, people, store, parts, pass: None };
        world.follow();
        world
    }

    /// The resolving pass, as the server has it, without de-duplication.
    fn follow(&mut self) {
        let stop = Arc::new(AtomicBool::new(false));
        let (journal, people, store, stopped) =
            (self.journal.clone(), self.people.clone(), self.store.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            let mut next = people.position().min(store.position()).max(journal.begin());
            while !stopped.load(Ordering::SeqCst) {
                let entries = journal.read(next, 4 << 20).unwrap();
                let Some(last) = entries.last() else {
                    if !journal.is_running() {
                        return;
                    }
                    journal.wait_past(next, Duration::from_millis(100));
                    continue;
                };
                let persons = people.resolve(&entries, &[]).unwrap();
                let rows = entries.iter().zip(&persons);
                let rows = rows.map(|(entry, person)| Resolved { entry, person: *person, repeated: false });
                store.apply(&rows.collect::<Vec<_>>()).unwrap();
                for order in people.take_orders().unwrap() {
                    journal.append_blocking(order.workspace(), vec![Record::Order(order)]).unwrap();
                }
                next = Offset(last.offset.0 + 1);
            }
        });
        self.pass = Some((stop, thread));
    }

    pub fn close(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some((stop, thread)) = self.pass.take() {
            stop.store(true, Ordering::SeqCst);
            thread.join().unwrap();
            self.store.flush().unwrap();
            self.journal.close();
            self.ledger.close();
        }
    }

    /// Takes events in through the shield, as the collect door does.
    pub fn send(&self, events: &[Sent]) {
        for some in events.chunks(500) {
            let records = some.iter().map(|event| Record::Event(Box::new(self.screened(event)))).collect();
            self.journal.append_blocking(self.workspace, records).unwrap();
        }
    }

    fn screened(&self, event: &Sent) -> shield::Clean {
        let keys = self.keys.get(self.workspace).unwrap();
        let hash =
            |text: &str| keys.hash.short(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let event = Event {
            workspace: self.workspace,
            source: event.source,
            message_id: event.message_id.as_str().into(),
            kind: event.kind,
            name: event.name.as_str().into(),
            time_ms: event.time_ms,
            received_ms: event.time_ms + 5,
            user_id: event.user_id.as_deref().map(Into::into),
            anonymous_id: event.anonymous_id.as_deref().map(Into::into),
            group_id: None,
            previous_id: None,
            properties: event.properties.as_str().into(),
            traits: event.traits.as_str().into(),
            context: event.context.as_str().into(),
        };
        Shield::builtin().screen(event, &hash).unwrap()
    }

    /// Until everything sent is stored.
    pub fn settle(&self) {
        let end = self.journal.end();
        while self.store.position() < end || self.people.position() < end {
            self.journal.wait_past(end, Duration::from_millis(20));
        }
    }

    /// Gives the workspace another key, as guard does.
    pub fn replace_key(&self) {
        self.try_replace_key().unwrap();
    }

    pub fn try_replace_key(&self) -> Result<(), control::ControlError> {
        let by = ("mem_test", NOW_MS);
        let fresh = self
            .control
            .write(|tx| control::workspace_key::replace(tx, &Key::from_bytes(MASTER), self.workspace, by))?;
        self.keys.get(self.workspace).unwrap().seal.replace(fresh);
        Ok(())
    }

    pub fn order(&self, asked: &str) -> PurgeId {
        let asked: Asked = serde_json::from_str(asked).unwrap();
        asked.check().unwrap();
        self.control
            .write(|tx| table::enter(tx, &self.keys, self.workspace, &asked, ("mem_test", NOW_MS)))
            .unwrap()
    }

    pub fn purge(&self, id: PurgeId) -> Purge {
        self.control.read(|tx| table::by_id(tx, self.workspace, id)).unwrap().unwrap()
    }

    /// Carries out what is ordered and waits for it.
    pub fn run(&self) -> Vec<Purge> {
        let purges = Purges::start(self.parts.clone()).unwrap();
        while self.control.read(table::has_unfinished).unwrap() {
            self.journal.wait_past(self.journal.end(), Duration::from_millis(20));
        }
        purges.end();
        self.control.read(|tx| table::list(tx, self.workspace)).unwrap()
    }

    /// Orders a purge, carries it out, and gives its report.
    pub fn purged(&self, asked: &str) -> serde_json::Value {
        let id = self.order(asked);
        self.run();
        let purge = self.purge(id);
        assert_eq!(purge.step, Step::Done);
        serde_json::from_str(purge.report.as_deref().unwrap()).unwrap()
    }

    /// Every event of the archive by its offset, as JSON.
    pub fn events(&self) -> BTreeMap<u64, serde_json::Value> {
        // Fresh rows are as they came, chunks in an order of their own.
        self.store.maintain().unwrap();
        let mut events = BTreeMap::new();
        self.each_event(&mut |offset, event| {
            events.insert(offset, event);
        });
        events
    }

    /// Every row as text, chunk by chunk in no particular order: for worlds whose pages would take too long.
    pub fn each_row(&self, visit: &mut dyn FnMut(u64, &str)) {
        struct Show<'a>(&'a mut dyn FnMut(u64, &str));
        impl store::Scrub for Show<'_> {
            fn suspects(&mut self, _row: &store::RowHead<'_>, _leaves: &mut store::Leaves<'_>) -> bool {
                true
            }

            fn judge(&mut self, event: &store::StoredEvent) -> store::Verdict {
                (self.0)(event.offset.0, &serde_json::to_string(event).unwrap());
                store::Verdict::Keep
            }
        }
        let mut show = Show(visit);
        self.store.survey_fresh(self.workspace, &mut show).unwrap();
        for mark in self.store.chunks(self.workspace) {
            self.store.survey_chunk(self.workspace, mark.chunk, &mut show).unwrap();
        }
    }

    pub fn each_event(&self, visit: &mut dyn FnMut(u64, serde_json::Value)) {
        let mut filter = EventsFilter { limit: 1_000, ..EventsFilter::default() };
        loop {
            let page = self.store.events(self.workspace, &filter).unwrap();
            for event in page.events {
                visit(event.offset.0, serde_json::to_value(&event).unwrap());
            }
            match page.next {
                Some(next) => filter.after = Some(next),
                None => return,
            }
        }
    }

    /// Every record of the journal by its offset, as a print.
    pub fn records(&self) -> BTreeMap<u64, u64> {
        let mut records = BTreeMap::new();
        let mut next = self.journal.begin();
        while next < self.journal.end() {
            for entry in self.journal.read(next, 8 << 20).unwrap() {
                next = Offset(entry.offset.0 + 1);
                records.insert(entry.offset.0, print(&format!("{:?}", entry.record)));
            }
        }
        records
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.end();
        }
    }
}

pub fn print(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn workspace(control: &Database, master: &Key, keys: &KeyDirectory) -> WorkspaceId {
    let known = control.read(control::workspaces::list).unwrap();
    if let Some(known) = known.first() {
        return known.id;
    }
    let (made, own) = control.write(|tx| control::workspaces::create(tx, master, "Test", NOW_MS)).unwrap();
    keys.insert(made.id, own);
    made.id
}

/// An event before the shield.
#[derive(Clone, Debug)]
pub struct Sent {
    pub source: SourceId,
    pub message_id: String,
    pub kind: Kind,
    pub name: String,
    pub time_ms: i64,
    pub user_id: Option<String>,
    pub anonymous_id: Option<String>,
    pub properties: String,
    pub traits: String,
    pub context: String,
}

/// An event of a shop; everything about it follows from its number.
pub fn sent(number: u64) -> Sent {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    let person = mixed % 20_011;
    let plan = ["free", "pro", "team"][(mixed % 3) as usize];
    let names = ["Product Viewed", "Cart Updated", "Order Completed", "Page Viewed", "Search Performed"];
    let sdk = [("analytics.js", "2.1.0"), ("analytics.js", "2.11.0"), ("analytics-node", "1.3.0")]
        [(mixed >> 8) as usize % 3];
    let identify = number % 40 == 7;
    Sent {
        source: SourceId(u128::from(1 + mixed % 2)),
        message_id: format!("m-{number}"),
        kind: if identify { Kind::Identify } else { Kind::Track },
        name: if identify { "Identified" } else { names[(mixed >> 16) as usize % 5] }.to_owned(),
        time_ms: NOW_MS - 30 * 86_400_000 + i64::try_from(number % 2_500_000).unwrap() * 1_000,
        user_id: Some(format!("user-{person}")),
        anonymous_id: None,
        properties: format!(
            r#"{{"sku":"sku-{}","price":{}.{:02},"quantity":{},"note":"order {}","cart":{{"items":[{{"id":{}}},{{"id":{}}}],"coupon":null}}}}"#,
            mixed % 997,
            mixed % 500,
            mixed % 100,
            mixed % 7,
            mixed % 5_003,
            mixed % 31,
            mixed % 37
        ),
        traits: if identify {
            format!(r#"{{"plan":"{plan}","nickname":"nick {}"}}"#, mixed % 701)
        } else {
            "{}".to_owned()
        },
        context: format!(
            r#"{{"library":{{"name":"{}","version":"{}"}},"locale":"de-DE","page":{{"path":"/p/{}"}}}}"#,
            sdk.0,
            sdk.1,
            mixed % 211
        ),
    }
}
