//! Violations as events of their own, `Plan Violated`: which plan, event, property and rule, never a value.
//!
//! Their ids follow from what caused them, so that a repeated request makes no second one, and no plan judges them. Of
//! one place the first [`SINGLY_MAX`] violations of a minute are told one by one, of a workspace the first
//! [`WORKSPACE_SINGLY_MAX`]; the rest is told as one event a place with its `count` when the minute is over.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use journal::Record;
use keys::WorkspaceKeys;
use model::{Event, Kind, SourceId, WorkspaceId};
use parking_lot::Mutex;
use plan::{Mode, Rule};
use serde_json::json;

use super::Broken;
use crate::collector::Inner;
use crate::dialect::Whose;
use crate::intake::mark;

/// The name of these events.
pub(super) const EVENT: &str = "Plan Violated";
/// How many violations of one place are told one by one in a minute.
const SINGLY_MAX: u32 = 100;
/// How many of a workspace.
const WORKSPACE_SINGLY_MAX: u32 = 1_000;
/// How many places of a workspace are told apart in a minute; further ones are gathered as one.
const PLACES_MAX: usize = 1_000;
/// The property of those that are gathered.
const OTHERS: &str = "(others)";
const MINUTE_MS: i64 = 60_000;

/// What was violated where.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Place {
    pub plan: Arc<str>,
    pub version: u32,
    pub event: String,
    pub property: String,
    pub rule: Rule,
    pub mode: Mode,
}

/// Bounds how many violations become events.
#[derive(Default)]
pub(super) struct Teller(Mutex<HashMap<WorkspaceId, Window>>);

/// A minute of a workspace.
struct Window {
    opened_ms: i64,
    told: u32,
    places: HashMap<Place, Gathered>,
}

struct Gathered {
    singly: u32,
    rest: u64,
    source: SourceId,
}

/// What is told together.
struct Rest {
    workspace: WorkspaceId,
    source: SourceId,
    opened_ms: i64,
    place: Place,
    count: u64,
}

impl Teller {
    /// Whether this one is told by itself; otherwise it is gathered.
    pub fn tell(&self, whose: &Whose, source: SourceId, place: &Place) -> bool {
        let mut windows = self.0.lock();
        let window = windows.entry(whose.workspace).or_insert_with(|| Window::at(whose.received_ms));
        let known = window.places.len() < PLACES_MAX || window.places.contains_key(place);
        let place = if known { place.clone() } else { place.coarse() };
        let gathered = window.places.entry(place).or_insert(Gathered { singly: 0, rest: 0, source });
        if known && gathered.singly < SINGLY_MAX && window.told < WORKSPACE_SINGLY_MAX {
            gathered.singly += 1;
            window.told += 1;
            return true;
        }
        gathered.rest += 1;
        false
    }

    /// Takes what was gathered in the minutes that are over, or in all.
    fn take(&self, now_ms: i64, all: bool) -> Vec<Rest> {
        let mut rests = Vec::new();
        self.0.lock().retain(|workspace, window| {
            if !all && now_ms < window.opened_ms + MINUTE_MS {
                return true;
            }
            let places = std::mem::take(&mut window.places).into_iter();
            rests.extend(places.filter(|(_, gathered)| gathered.rest > 0).map(|(place, gathered)| Rest {
                workspace: *workspace,
                source: gathered.source,
                opened_ms: window.opened_ms,
                place,
                count: gathered.rest,
            }));
            false
        });
        rests
    }

    /// Gathers once more what could not be told.
    fn put_back(&self, rest: Rest) {
        let mut windows = self.0.lock();
        let window = windows.entry(rest.workspace).or_insert_with(|| Window::at(rest.opened_ms));
        let fresh = Gathered { singly: SINGLY_MAX, rest: 0, source: rest.source };
        window.places.entry(rest.place).or_insert(fresh).rest += rest.count;
    }
}

impl Window {
    fn at(opened_ms: i64) -> Self {
        Self { opened_ms, told: 0, places: HashMap::new() }
    }
}

impl Place {
    fn coarse(&self) -> Self {
        Self { event: OTHERS.to_owned(), property: OTHERS.to_owned(), ..self.clone() }
    }
}

impl Inner {
    /// Tells what was gathered in minutes that are over; `all`: before the end. Waits for the disk.
    pub fn tell_gathered(&self, all: bool) {
        for rest in self.planned.teller.take(self.clock.now_ms(), all) {
            let Some(keys) = self.keys.get(rest.workspace) else { continue };
            let id = message_id(&keys, &[&rest.opened_ms.to_le_bytes(), rest.place.text().as_bytes()]);
            let whose = (rest.workspace, rest.source, rest.opened_ms);
            let event = event(whose, id, &rest.place, rest.count);
            let keyed_hash = |value: &str| mark(&keys, value);
            let Ok(clean) = self.shields.of(rest.workspace).screen(event, &keyed_hash) else { continue };
            let record = Record::Event(Box::new(clean));
            if let Err(error) = self.journal.append_blocking(rest.workspace, vec![record]) {
                tracing::warn!(%error, "violations of a plan could not be told, trying again");
                self.planned.teller.put_back(rest);
            }
        }
    }
}

/// The event of one violation.
pub(super) fn single(whose: &Whose, broken: &Broken, keys: &WorkspaceKeys) -> Event<'static> {
    let source = broken.source.0.to_be_bytes();
    let parts =
        [source.as_slice(), broken.message_id.as_bytes(), b"\0", broken.place.text().as_bytes()].concat();
    let id = message_id(keys, &[&parts]);
    event((whose.workspace, broken.source, whose.received_ms), id, &broken.place, 1)
}

fn event(
    (workspace, source, at_ms): (WorkspaceId, SourceId, i64),
    id: String,
    place: &Place,
    count: u64,
) -> Event<'static> {
    let properties = json!({
        "plan": &*place.plan,
        "version": place.version,
        "event": place.event,
        "property": place.property,
        "rule": place.rule.as_str(),
        "mode": place.mode.as_str(),
        "count": count,
    });
    Event {
        workspace,
        source,
        message_id: Cow::Owned(id),
        kind: Kind::Track,
        name: Cow::Borrowed(EVENT),
        time_ms: at_ms,
        received_ms: at_ms,
        user_id: None,
        // They are of nobody: no person's history has them, and no count of people.
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        properties: Cow::Owned(properties.to_string()),
        traits: Cow::Borrowed("{}"),
        context: Cow::Borrowed(r#"{"library":{"name":"holdfast-plans"}}"#),
    }
}

fn message_id(keys: &WorkspaceKeys, parts: &[&[u8]]) -> String {
    let message = [b"plan violated\0".as_slice(), &parts.concat()].concat();
    format!("plan-{}", data_encoding::HEXLOWER.encode(&keys.hash.short(&message)))
}

impl Place {
    fn text(&self) -> String {
        let Self { plan, version, event, property, rule, mode } = self;
        format!("{plan}\0{version}\0{event}\0{property}\0{}\0{}", rule.as_str(), mode.as_str())
    }
}
