//! The shop's events at rest: in an archive of our own, chunk by chunk as the server makes them, with a tail of fresh rows.
//!
//! The rows go through the archive's own door, as the resolving pass hands them over: people are dense codes, merges are
//! orders among the events. What comes before it in a server (HTTP, shield, journal, identity) is `bench ingest`'s matter.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use keys::{Key, KeyDirectory, WorkspaceKeys};
use model::{Entry, EventRecord, Kind, Offset, Order, PersonCode, Resolved, SourceId, Stored, WorkspaceId};
use stdx::Clock;
use store::{Config, Store};

use super::shop::{END_MS, Happening, Shop};
use super::words;
use crate::error::BenchError;
use crate::process;

/// Whose events they are.
pub(super) const WORKSPACE: WorkspaceId = WorkspaceId(1);
/// How many rows are handed over at once.
const BATCH_ROWS: usize = 2_000;
/// One event in so many is fresh: not yet in a chunk.
const FRESH: u64 = 100;

/// What it took.
pub(super) struct Filled {
    pub(super) wall_s: f64,
    pub(super) cpu_s: f64,
    /// Rows that are in no chunk yet.
    pub(super) fresh: u64,
}

/// The archive in `dir`. Its key is no secret, since the events are invented.
pub(super) fn open(dir: &Path) -> Result<Store, BenchError> {
    let keys = KeyDirectory::new();
    let key = Key::from_bytes(*b"the key of the invented shop ...");
    keys.insert(WORKSPACE, WorkspaceKeys { seal: key.derive("seal").into(), hash: key.hasher("hash") });
    // Chunks are made when this process says so, so that every run of one seed has the same.
    let config = Config { background: false, ..Config::default() };
    Store::open(dir, keys, Clock::wall(), config).map_err(BenchError::archive)
}

/// Puts all of it into an archive in `dir`; `tell` hears how far it is.
pub(super) fn fill(dir: &Path, shop: &Shop, tell: &dyn Fn(String)) -> Result<Filled, BenchError> {
    let store = open(dir)?;
    let bounds = Config::default();
    let all = shop.happenings.len() as u64;
    let fresh = (all / FRESH).min(bounds.tail_rows as u64);
    let mut filler = Filler { store, wall_s: 0.0, cpu_s: 0.0, rows: 0, bytes: 0, next: 0 };
    let mut merged = vec![false; shop.people.len()];
    let texts = Texts::new();
    let mut batch: Vec<(Entry, Option<PersonCode>)> = Vec::with_capacity(BATCH_ROWS + 1);
    for (number, happening) in shop.happenings.iter().enumerate() {
        let left = all - number as u64;
        if left < all && left.is_multiple_of((all / 10).max(1)) {
            tell(format!("{left} events to go"));
        }
        if left == fresh {
            filler.apply(&mut batch)?;
            filler.maintain()?;
        }
        let before = happening.early.then_some(happening.person);
        if let Some(known) = merged.get_mut(happening.person as usize) {
            // The merge comes with the first event of who they turned out to be.
            match before {
                Some(_) => *known = true,
                None if *known => {
                    *known = false;
                    batch.push((filler.entry(merge(shop, happening)), None));
                }
                None => {}
            }
        }
        let record = Stored::Event(texts.record(shop, happening, number));
        batch.push((filler.entry(record), Some(PersonCode(shop.code(happening)))));
        if batch.len() >= BATCH_ROWS {
            filler.apply(&mut batch)?;
            let full = filler.rows > bounds.tail_rows || filler.bytes > bounds.tail_bytes;
            if full && left > fresh {
                filler.maintain()?;
            }
        }
    }
    filler.apply(&mut batch)?;
    filler.store.flush().map_err(BenchError::archive)?;
    Ok(Filled { wall_s: filler.wall_s, cpu_s: filler.cpu_s, fresh })
}

/// Hands rows to the archive and counts what that takes.
struct Filler {
    store: Store,
    wall_s: f64,
    cpu_s: f64,
    /// Since chunks were made last.
    rows: usize,
    bytes: usize,
    /// The next place in the log.
    next: u64,
}

impl Filler {
    fn entry(&mut self, record: Stored) -> Entry {
        let offset = Offset(self.next);
        self.next += 1;
        Entry { offset, record }
    }

    fn apply(&mut self, batch: &mut Vec<(Entry, Option<PersonCode>)>) -> Result<(), BenchError> {
        let rows: Vec<Resolved<'_>> = batch
            .iter()
            .map(|(entry, person)| Resolved { entry, person: *person, repeated: false })
            .collect();
        let bytes = |entry: &Entry| match &entry.record {
            Stored::Event(event) => event.properties.len() + event.message_id.len() + 64,
            Stored::Order(_) | Stored::Purged { .. } => 0,
        };
        self.rows += batch.len();
        self.bytes += batch.iter().map(|(entry, _)| bytes(entry)).sum::<usize>();
        let store = self.store.clone();
        self.timed(|| store.apply(&rows))?;
        batch.clear();
        Ok(())
    }

    fn maintain(&mut self) -> Result<(), BenchError> {
        (self.rows, self.bytes) = (0, 0);
        let store = self.store.clone();
        self.timed(|| store.maintain())
    }

    fn timed(&mut self, work: impl FnOnce() -> Result<(), store::StoreError>) -> Result<(), BenchError> {
        let (begun, before) = (Instant::now(), process::cpu_s());
        work().map_err(BenchError::archive)?;
        self.wall_s += begun.elapsed().as_secs_f64();
        self.cpu_s += process::cpu_s() - before;
        Ok(())
    }
}

fn merge(shop: &Shop, happening: &Happening) -> Stored {
    Stored::Order(Order::Merge {
        workspace: WORKSPACE,
        into: PersonCode(happening.person),
        from: PersonCode(shop.early_code(happening.person)),
        reason: "signed in".to_owned(),
        at_ms: happening.time_ms,
    })
}

/// Events as the log has them.
struct Texts {
    paths: Vec<String>,
    referrers: Vec<String>,
}

impl Texts {
    fn new() -> Self {
        Self { paths: words::paths(), referrers: words::referrers() }
    }

    fn record(&self, shop: &Shop, happening: &Happening, number: usize) -> EventRecord {
        EventRecord {
            workspace: WORKSPACE,
            source: SourceId(2),
            message_id: format!("{number:016x}"),
            kind: Kind::Track,
            name: words::of(&words::EVENTS, happening.event.into()).to_owned(),
            time_ms: happening.time_ms,
            received_ms: (happening.time_ms + 120).min(END_MS),
            user_id: None,
            anonymous_id: None,
            group_id: None,
            previous_id: None,
            properties: self.properties(shop, happening),
            traits: "{}".to_owned(),
            context: "{}".to_owned(),
            sealed: Vec::new(),
            findings: Vec::new(),
        }
    }

    fn properties(&self, shop: &Shop, happening: &Happening) -> String {
        let person = shop.people.get(happening.person as usize);
        let (country, os, plan) = person.map_or((0, 0, 0), |person| (person.country, person.os, person.plan));
        let text =
            |list: &'_ [String], number: u16| list.get(usize::from(number)).cloned().unwrap_or_default();
        let mut out = String::with_capacity(256);
        // None of the words needs escaping.
        let _ = write!(
            out,
            "{{\"country\":\"{}\",\"browser\":\"{}\",\"os\":\"{}\",\"plan\":\"{}\",\"path\":\"{}\",\"referrer\":\"{}\",\"session_id\":{}",
            words::of(&words::COUNTRIES, country.into()),
            words::of(&words::BROWSERS, happening.browser.into()),
            words::of(&words::OSES, os.into()),
            words::of(&words::PLANS, plan.into()),
            text(&self.paths, happening.path),
            text(&self.referrers, happening.referrer),
            Shop::session_id(happening),
        );
        if words::has_amount(happening.event) {
            let _ = write!(out, ",\"amount\":{}.{:02}", happening.cents / 100, happening.cents % 100);
        }
        out.push('}');
        out
    }
}
