//! Reading by rows: what arrived, newest first, a page at a time.

mod select;

use std::fmt;

use model::{Finding, Kind, Offset, PersonCode, SourceId, WorkspaceId};
use serde::Serialize;

use crate::chunk::build::Head;
use crate::chunk::directory::Family;
use crate::error::StoreError;
use crate::leaves::assemble;
use crate::maintain::cursor::RowCursor;
use crate::store::Store;
use select::{Place, Wanted};

/// The most events of a page; more are not given, whatever the limit says.
pub const PAGE_ROWS_MAX: usize = 1_000;

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct EventsFilter {
    /// Events of these people, with all codes that were merged into theirs; of everybody if `None`.
    pub people: Option<Vec<PersonCode>>,
    /// Events of this name.
    pub event: Option<String>,
    /// Events from this instant on, milliseconds since 1970, UTC.
    pub from_ms: Option<i64>,
    /// Events before this instant.
    pub to_ms: Option<i64>,
    /// How many, at most [`PAGE_ROWS_MAX`].
    pub limit: usize,
    /// Events after the page that gave this out as `next`.
    pub after: Option<String>,
}

/// A page of events.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct EventsPage {
    /// The events, newest first.
    pub events: Vec<StoredEvent>,
    /// What to ask for the next page with; `None` at the end.
    pub next: Option<String>,
}

/// An event as the archive holds it. Its objects are equal to what came, with their keys in another order.
#[derive(Clone, PartialEq, Serialize)]
pub struct StoredEvent {
    /// The sender's id for it.
    pub message_id: String,
    /// Which call it was.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// When it happened, milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// When it arrived, milliseconds since 1970, UTC.
    pub received_ms: i64,
    /// Which source sent it.
    pub source: SourceId,
    /// Whose it is, after merges.
    pub person: PersonCode,
    /// Its place in the journal.
    pub offset: Offset,
    /// A JSON object.
    pub properties: String,
    /// A JSON object.
    pub traits: String,
    /// A JSON object.
    pub context: String,
    /// What the shield found.
    pub findings: Vec<Finding>,
}

impl fmt::Debug for StoredEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, kind, time_ms, person, .. } = self;
        f.debug_struct("StoredEvent")
            .field("offset", offset)
            .field("kind", kind)
            .field("time_ms", time_ms)
            .field("person", person)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// A page of what arrived, newest first.
    ///
    /// # Errors
    /// [`StoreError::Cursor`] for a cursor of somebody else, and whatever reading brings.
    pub fn events(&self, workspace: WorkspaceId, filter: &EventsFilter) -> Result<EventsPage, StoreError> {
        let view = self.view(workspace);
        let limit = filter.limit.min(PAGE_ROWS_MAX);
        let wanted = Wanted::new(filter, &view.state.remap)?;
        // One more than wanted, to know whether there is a next page.
        let mut places = select::newest(&view.state, &wanted, limit + 1)?;
        let more = places.len() > limit;
        places.truncate(limit);
        let next = places.last().filter(|_| more).map(|place| cursor_text(place.key));
        let mut events = fetch(&view.state, &places)?;
        for event in &mut events {
            event.person = PersonCode(view.state.remap.survivor(event.person.0));
        }
        Ok(EventsPage { events, next })
    }
}

/// The rows at `places`, in their order.
fn fetch(state: &crate::workspace::State, places: &[Place]) -> Result<Vec<StoredEvent>, StoreError> {
    let mut events: Vec<(usize, StoredEvent)> = Vec::with_capacity(places.len());
    let mut order: Vec<(usize, &Place)> = places.iter().enumerate().collect();
    // Each chunk is opened once and each stripe decoded once.
    order.sort_by_key(|(_, place)| (place.part, place.stripe, place.row));
    let mut open: Option<(usize, RowCursor)> = None;
    for (index, place) in order {
        if let Some(part) = place.part.checked_sub(state.chunks.len()) {
            let Some(block) = state.tail.get(part).map(|part| &part.block) else { continue };
            let Some(row) = block.rows.get(place.row) else { continue };
            let texts = block.texts(row);
            let objects = [texts.properties, texts.context, texts.traits].map(str::to_owned);
            events.push((index, stored(&block.head(row), objects)));
            continue;
        }
        let Some((_, chunk)) = state.chunks.get(place.part) else { continue };
        if open.as_ref().is_none_or(|(part, _)| *part != place.part) {
            open = Some((place.part, RowCursor::new(chunk.reader()?, place.stripe)?));
        }
        let Some((_, cursor)) = &mut open else { continue };
        cursor.seek(place.stripe, place.row)?;
        let head = cursor.head().ok_or_else(|| cursor.reader.damaged("a row"))?;
        events.push((index, stored(&head, objects(cursor))));
    }
    events.sort_by_key(|(index, _)| *index);
    Ok(events.into_iter().map(|(_, event)| event).collect())
}

/// Properties, context and traits of a row, put together again.
pub(crate) fn objects(cursor: &RowCursor) -> [String; 3] {
    let mut leaves: [Vec<(String, String)>; 3] = Default::default();
    cursor.leaves(&mut |family, path, value| {
        let mut raw = String::new();
        value.write_json(&mut raw);
        if let Some(leaves) = leaves.get_mut(family.index()) {
            leaves.push((path.to_owned(), raw));
        }
    });
    debug_assert_eq!(Family::JSON.map(Family::index), [0, 1, 2]);
    leaves.map(|leaves| assemble(&leaves))
}

pub(crate) fn stored(head: &Head<'_>, [properties, context, traits]: [String; 3]) -> StoredEvent {
    StoredEvent {
        message_id: head.message_id.to_owned(),
        kind: head.kind,
        name: head.event.to_owned(),
        time_ms: head.time_ms,
        received_ms: head.received_ms,
        source: SourceId(head.source),
        person: PersonCode(head.person),
        offset: Offset(head.offset),
        properties,
        traits,
        context,
        findings: serde_json::from_str(head.findings).unwrap_or_default(),
    }
}

/// A row's place in the order of pages, as the outside holds it.
fn cursor_text((time_ms, offset): (i64, u64)) -> String {
    format!("{:016x}{offset:016x}", time_ms.cast_unsigned())
}

fn read_cursor(text: &str) -> Result<(i64, u64), StoreError> {
    let number = |range: std::ops::Range<usize>| {
        let digits = text.get(range).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        u64::from_str_radix(digits, 16).ok()
    };
    match (text.len(), number(0..16), number(16..32)) {
        (32, Some(time), Some(offset)) => Ok((time.cast_signed(), offset)),
        _ => Err(StoreError::Cursor),
    }
}
