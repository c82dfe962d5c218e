//! One batch of entries inside one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use keys::{KeyDirectory, WorkspaceKeys};
use memchr::memmem;
use model::{Entry, EventRecord, Kind, PersonCode, PersonId, SourceId, Stored, WorkspaceId};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::consent::Saying;
use crate::error::PeopleError;
use crate::identifiers::{Identifiers, is_blocked};
use crate::memory::{Memory, sql_integer};

/// The name of this follower in the table of positions.
pub(crate) const FOLLOWER: &str = "people";

/// The state of a batch that is being resolved.
pub(crate) struct Batch<'a> {
    pub(crate) tx: &'a Transaction<'a>,
    pub(crate) memory: &'a mut Memory,
    /// When new people are made.
    pub(crate) now_ms: i64,
    directory: &'a KeyDirectory,
    rooms: HashMap<WorkspaceId, Option<Room>>,
    touched: hashbrown::HashMap<(u32, PersonCode), Touch, RandomState>,
    /// What events said of consent.
    pub(crate) sayings: Vec<Saying>,
}

/// A workspace as this batch sees it.
#[derive(Clone)]
pub(crate) struct Room {
    pub(crate) workspace: WorkspaceId,
    pub(crate) no: u32,
    pub(crate) keys: Arc<WorkspaceKeys>,
}

/// What a batch adds to a person's row: written once per batch.
struct Touch {
    events: i64,
    first_ms: i64,
    last_ms: i64,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(
        tx: &'a Transaction<'a>,
        memory: &'a mut Memory,
        directory: &'a KeyDirectory,
        now_ms: i64,
    ) -> Self {
        let (rooms, touched, sayings) = (HashMap::new(), hashbrown::HashMap::default(), Vec::new());
        Self { tx, memory, now_ms, directory, rooms, touched, sayings }
    }

    /// Resolves one entry. One that was resolved before, or repeats an earlier one, is only looked up.
    pub(crate) fn entry(&mut self, entry: &Entry, repeated: bool) -> Result<Option<PersonCode>, PeopleError> {
        let offset = entry.offset.0;
        let is_new = offset >= self.memory.position;
        if offset > self.memory.position {
            return Err(PeopleError::Gap { expected: self.memory.position, found: offset });
        }
        let person = match &entry.record {
            Stored::Event(event) => match self.room(event.workspace)? {
                Some(room) if event.source == SourceId::HOUSE => self.named(&room, event)?,
                Some(room) if is_new && !repeated => self.event(&room, event, offset)?,
                Some(room) => self.look_up(&room, event, offset)?,
                None => None,
            },
            Stored::Purged { .. } => None,
            Stored::Order(order) => {
                if is_new && let Some(room) = self.room(order.workspace())? {
                    self.order(&room, order, offset)?;
                }
                None
            }
        };
        if is_new {
            self.memory.position = offset + 1;
        }
        Ok(person)
    }

    /// Writes what was gathered, and the position.
    pub(crate) fn finish(mut self) -> Result<(), PeopleError> {
        self.write_touched()?;
        self.memory.store_spaces(self.tx)?;
        self.tx
            .prepare_cached("insert or replace into progress (follower, position) values (?1, ?2)")?
            .execute(params![FOLLOWER, sql_integer(self.memory.position)])?;
        Ok(())
    }

    /// `None` for a workspace that is deleted: its keys are gone, and so are its people.
    fn room(&mut self, workspace: WorkspaceId) -> Result<Option<Room>, PeopleError> {
        if let Some(room) = self.rooms.get(&workspace) {
            return Ok(room.clone());
        }
        let room = match self.directory.get(workspace) {
            Some(keys) => Some(Room { workspace, no: self.memory.space(self.tx, workspace)?.no, keys }),
            None => None,
        };
        self.rooms.insert(workspace, room.clone());
        Ok(room)
    }

    fn event(
        &mut self,
        room: &Room,
        event: &EventRecord,
        offset: u64,
    ) -> Result<Option<PersonCode>, PeopleError> {
        if is_of_nobody(event) {
            if event.kind == Kind::Group {
                self.write_group(room, PersonCode::NOBODY, event)?;
            }
            return Ok(Some(PersonCode::NOBODY));
        }
        let Some(person) = self.identify(room, event, offset)? else { return Ok(None) };
        let touch = self.touched.entry((room.no, person)).or_insert(Touch {
            events: 0,
            first_ms: i64::MAX,
            last_ms: i64::MIN,
        });
        touch.events += 1;
        touch.first_ms = touch.first_ms.min(event.time_ms);
        touch.last_ms = touch.last_ms.max(event.time_ms);
        self.write_traits(room, person, event)?;
        self.note_consent(room, person, event)?;
        Ok(Some(person))
    }

    /// Whom an event was given, or would be: the person of its place in the journal, whoever they are part of since. What is
    /// stored again after a crash is so stored under the same code.
    fn look_up(
        &mut self,
        room: &Room,
        event: &EventRecord,
        offset: u64,
    ) -> Result<Option<PersonCode>, PeopleError> {
        if is_of_nobody(event) {
            return Ok(Some(PersonCode::NOBODY));
        }
        let ids = Identifiers::of(event, &room.keys.hash);
        for identifier in ids.user.iter().chain(&ids.anonymous) {
            let found = if offset >= self.memory.position {
                self.find(room, identifier)?.map(|identity| identity.code)
            } else {
                self.find_at(room, identifier, offset)?
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The person of an event of the house, which names them by public id and tells nothing of what they are. `None`
    /// where they are gone.
    fn named(&self, room: &Room, event: &EventRecord) -> Result<Option<PersonCode>, PeopleError> {
        let id = event.user_id.as_deref().and_then(|id| id.parse::<PersonId>().ok());
        let Some(id) = id else { return Ok(None) };
        let mut statement = self.tx.prepare_cached(
            "select coalesce(into_code, code) from person where space = ?1 and public_id = ?2 and erased = 0",
        )?;
        let found = statement.query_row(params![room.no, id.0.to_be_bytes()], |row| row.get(0)).optional()?;
        Ok(found.map(PersonCode))
    }

    /// Writes counts and times of the people touched so far; before a merge or an erasure too, so that
    /// nothing is gathered under a code that is gone.
    pub(crate) fn write_touched(&mut self) -> Result<(), PeopleError> {
        if self.touched.is_empty() {
            return Ok(());
        }
        self.write_sayings()?;
        let mut touched: Vec<_> = self.touched.drain().collect();
        // In the table's order, neighbours share pages.
        touched.sort_unstable_by_key(|(key, _)| *key);
        let mut statement = self.tx.prepare_cached(
            "update person set events = events + ?3, first_seen_ms = min(first_seen_ms, ?4),
               last_seen_ms = max(last_seen_ms, ?5) where space = ?1 and code = ?2",
        )?;
        for ((space, code), touch) in touched {
            statement.execute(params![space, code.0, touch.events, touch.first_ms, touch.last_ms])?;
        }
        Ok(())
    }
}

/// Whether an event is of nobody: nothing in it says who it was, or a program sent it.
fn is_of_nobody(event: &EventRecord) -> bool {
    let says_nothing = |id: &Option<String>| id.as_deref().is_none_or(is_blocked);
    (says_nothing(&event.user_id) && says_nothing(&event.anonymous_id)) || is_a_programs(&event.context)
}

/// Whether the context names a program that walks the web: `bot` with a text.
fn is_a_programs(context: &str) -> bool {
    memmem::find(context.as_bytes(), b"\"bot\"").is_some()
        && sonic_rs::get_from_str(context, &["bot"]).is_ok_and(|value| value.as_raw_str().starts_with('"'))
}
