//! What people agree to, by purpose and channel: what their events repeat, and what members enter. A row is a time in which the same
//! was said without anything else in between; of two the one that was said later counts, at the same time the more cautious one.
//!
//! Rows are of one code alone and are put together when somebody looks, so that a merge takes nothing away and an unmerge gives
//! everybody their own back. What is said last does not depend on the order in which it comes, or on how often.

use memchr::memmem;
use model::{Channel, Consent, Decision, EventRecord, PersonCode, SourceId};
use rusqlite::{OptionalExtension, Row, ToSql, params};

use crate::batch::{Batch, Room};
use crate::error::PeopleError;

/// The most purposes of a workspace; what is said about further ones is counted on the person, not kept.
pub const PURPOSES_MAX: u32 = 100;
/// The most rows of one purpose and channel of a person; the oldest go.
pub(crate) const ROWS_MAX: u32 = 20;
/// The most purposes in one event; further ones are counted, not kept.
const SAID_MAX: usize = 50;
/// What is beyond a limit is counted as.
const OVERFLOW: &str = "consent";
/// Segment's name for what a browser has stored of consent.
const CATEGORIES: &str = "categoryPreferences";

/// Yes or no by a channel, and when it was said.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Said {
    pub(crate) channel: Channel,
    /// Milliseconds since 1970, UTC.
    pub(crate) at_ms: i64,
    pub(crate) consent: Consent,
}

/// What an event said of a person; written with others of the batch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Saying {
    space: u32,
    person: u32,
    purpose: u32,
    said: Said,
    source: SourceId,
}

/// Where a row came from.
#[derive(Clone, Copy)]
enum From<'a> {
    Event(SourceId),
    Member(&'a Decision),
}

/// Whose rows of what.
#[derive(Clone, Copy)]
struct Place {
    space: u32,
    person: u32,
    purpose: u32,
    channel: Channel,
}

/// A row as it stands.
struct Run {
    first_ms: i64,
    last_ms: i64,
    state: u8,
    source: Option<[u8; 16]>,
    by_member: bool,
}

impl Batch<'_> {
    /// Takes note of what an event says its person agreed to.
    pub(crate) fn note_consent(
        &mut self,
        room: &Room,
        person: PersonCode,
        event: &EventRecord,
    ) -> Result<(), PeopleError> {
        if !says_consent(event) {
            return Ok(());
        }
        let at_ms = event.time_ms.min(event.received_ms);
        for (nth, (name, channel, consent)) in categories(&event.context).into_iter().enumerate() {
            let no = if nth < SAID_MAX { self.purpose_no(room, &name)? } else { None };
            let Some(purpose) = no else {
                self.count_overflow(room, person, OVERFLOW)?;
                continue;
            };
            let said = Said { channel, at_ms, consent };
            let (space, person, source) = (room.no, person.0, event.source);
            self.sayings.push(Saying { space, person, purpose, said, source });
        }
        Ok(())
    }

    /// Writes what a member entered.
    pub(crate) fn write_consent(
        &mut self,
        room: &Room,
        person: PersonCode,
        (purpose, said): (&str, Said),
        decision: &Decision,
    ) -> Result<(), PeopleError> {
        let Some(purpose) = self.purpose_no(room, purpose)? else {
            return self.count_overflow(room, person, OVERFLOW);
        };
        let place = Place { space: room.no, person: person.0, purpose, channel: said.channel };
        self.say(place, said, From::Member(decision))
    }

    /// Writes what events of this batch said. Of what was said over and over the first and the last are enough.
    pub(crate) fn write_sayings(&mut self) -> Result<(), PeopleError> {
        let mut sayings = std::mem::take(&mut self.sayings);
        sayings.sort_unstable();
        let same = |one: &Saying, other: &Saying| {
            let of = |saying: &Saying| {
                let Saying { space, person, purpose, said, .. } = *saying;
                (space, person, purpose, said.channel, said.consent)
            };
            of(one) == of(other)
        };
        for alike in sayings.chunk_by(same) {
            for saying in alike.first().into_iter().chain(alike.last().filter(|_| alike.len() > 1)) {
                let Saying { space, person, purpose, said, source } = *saying;
                let place = Place { space, person, purpose, channel: said.channel };
                self.say(place, said, From::Event(source))?;
            }
        }
        Ok(())
    }

    /// One thing that was said, put where it belongs among the others.
    fn say(&self, place: Place, said: Said, from: From<'_>) -> Result<(), PeopleError> {
        let (state, at_ms) = (said.consent.number(), said.at_ms);
        let is_event = matches!(from, From::Event(_));
        let before = self.run(place, Side::Upto, (at_ms, state))?;
        if let Some(run) = &before {
            let goes_on = is_event && !run.by_member && run.state == state;
            if (at_ms, state) <= (run.last_ms, run.state) {
                // Within a time in which something was said.
                if goes_on || run.by_member {
                    return Ok(());
                }
                self.split(place, run, (at_ms, state))?;
            } else if goes_on {
                return self.set_last(place, run, at_ms);
            }
        }
        if let From::Event(source) = from
            && let Some(run) = self.run(place, Side::Past, (at_ms, state))?
            && !run.by_member
            && run.state == state
        {
            let begins = "update consent set first_ms = ?7, source = ?8";
            return self.on_row(begins, place, &run, &[&at_ms, &source.0.to_be_bytes()]);
        }
        let source = match from {
            From::Event(source) => Some(source.0.to_be_bytes()),
            From::Member(_) => None,
        };
        self.put(place, &Run { first_ms: at_ms, last_ms: at_ms, state, source, by_member: false }, from)?;
        self.trim(place)
    }

    /// Makes room for something else within a row: what is before and what is behind it stay.
    fn split(&self, place: Place, run: &Run, (at_ms, state): (i64, u8)) -> Result<(), PeopleError> {
        let source = From::Event(run.source.map_or(SourceId::HOUSE, |id| SourceId(u128::from_be_bytes(id))));
        if (run.first_ms, run.state) < (at_ms, state) {
            self.set_last(place, run, run.first_ms)?;
        } else {
            self.on_row("delete from consent", place, run, &[])?;
        }
        if (run.last_ms, run.state) > (at_ms, state) && run.last_ms > run.first_ms {
            self.put(place, &Run { first_ms: run.last_ms, ..*run }, source)?;
        }
        Ok(())
    }

    fn put(&self, place: Place, run: &Run, from: From<'_>) -> Result<(), PeopleError> {
        let decision = match from {
            From::Member(decision) => Some(decision),
            From::Event(_) => None,
        };
        let key = place.key();
        self.tx
            .prepare_cached(
                "insert into consent (space, code, purpose, channel, first_ms, state, last_ms, source, by_member, reason)
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) on conflict do nothing",
            )?
            .execute(params![
                key.0,
                key.1,
                key.2,
                key.3,
                run.first_ms,
                run.state,
                run.last_ms,
                run.source,
                decision.map(|decision| decision.by.0.to_be_bytes()),
                decision.map(|decision| decision.reason.as_str())
            ])?;
        Ok(())
    }

    fn set_last(&self, place: Place, run: &Run, last_ms: i64) -> Result<(), PeopleError> {
        self.on_row("update consent set last_ms = ?7", place, run, &[&last_ms])
    }

    /// Does something to one row; `more` are ?7 and so on.
    fn on_row(&self, does: &str, place: Place, run: &Run, more: &[&dyn ToSql]) -> Result<(), PeopleError> {
        let (space, code, purpose, channel) = place.key();
        let row: [&dyn ToSql; 6] = [&space, &code, &purpose, &channel, &run.first_ms, &run.state];
        let all: Vec<&dyn ToSql> = row.into_iter().chain(more.iter().copied()).collect();
        self.tx.prepare_cached(&format!("{does} where {ROW}"))?.execute(all.as_slice())?;
        Ok(())
    }

    /// The row nearest to a moment.
    fn run(&self, place: Place, side: Side, (at_ms, state): (i64, u8)) -> Result<Option<Run>, PeopleError> {
        let (compare, order) = match side {
            Side::Upto => ("<=", "desc"),
            Side::Past => (">", "asc"),
        };
        let sql = format!(
            "select first_ms, last_ms, state, source, by_member is not null from consent
             where space = ?1 and code = ?2 and purpose = ?3 and channel = ?4 and (first_ms, state) {compare} (?5, ?6)
             order by first_ms {order}, state {order} limit 1"
        );
        let key = place.key();
        let mut statement = self.tx.prepare_cached(&sql)?;
        Ok(statement.query_row(params![key.0, key.1, key.2, key.3, at_ms, state], run_from_row).optional()?)
    }

    /// The oldest rows go.
    fn trim(&self, place: Place) -> Result<(), PeopleError> {
        let key = place.key();
        self.tx
            .prepare_cached(
                "delete from consent where space = ?1 and code = ?2 and purpose = ?3 and channel = ?4 and (first_ms, state) <
                   (select first_ms, state from consent where space = ?1 and code = ?2 and purpose = ?3 and channel = ?4
                    order by first_ms desc, state desc limit 1 offset ?5)",
            )?
            .execute(params![key.0, key.1, key.2, key.3, ROWS_MAX - 1])?;
        Ok(())
    }

    /// The number of a purpose's name; `None` for what is no name, and where there are too many.
    fn purpose_no(&mut self, room: &Room, name: &str) -> Result<Option<u32>, PeopleError> {
        let Some(name) = model::consent::purpose(name) else { return Ok(None) };
        let found: Option<u32> = self
            .tx
            .prepare_cached("select no from consent_purpose where space = ?1 and name = ?2")?
            .query_row(params![room.no, name], |row| row.get(0))
            .optional()?;
        if found.is_some() {
            return Ok(found);
        }
        let mut insert = self.tx.prepare_cached(
            "insert into consent_purpose (space, name) select ?1, ?2
             where (select count(*) from consent_purpose where space = ?1) < ?3 returning no",
        )?;
        Ok(insert.query_row(params![room.no, name, PURPOSES_MAX], |row| row.get(0)).optional()?)
    }
}

#[derive(Clone, Copy)]
enum Side {
    Upto,
    Past,
}

/// One row, by its key.
const ROW: &str =
    "space = ?1 and code = ?2 and purpose = ?3 and channel = ?4 and first_ms = ?5 and state = ?6";

impl Place {
    fn key(self) -> (u32, u32, u32, u8) {
        (self.space, self.person, self.purpose, self.channel.number())
    }
}

fn run_from_row(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        first_ms: row.get(0)?,
        last_ms: row.get(1)?,
        state: row.get(2)?,
        source: row.get(3)?,
        by_member: row.get(4)?,
    })
}

/// Whether an event repeats what its person agreed to.
pub fn says_consent(event: &EventRecord) -> bool {
    memmem::find(event.context.as_bytes(), CATEGORIES.as_bytes()).is_some()
}

/// What the context says: `consent.categoryPreferences`, by purpose, true or false of every channel, or an object of channels.
fn categories(context: &str) -> Vec<(String, Channel, Consent)> {
    let mut said = Vec::new();
    let Ok(object) = sonic_rs::get_from_str(context, &["consent", CATEGORIES]) else { return said };
    for member in sonic_rs::to_object_iter(object.as_raw_str()) {
        // What does not parse says nothing.
        let Ok((name, value)) = member else { break };
        if let Some(consent) = yes_or_no(value.as_raw_str()) {
            said.push((name.into_owned(), Channel::All, consent));
            continue;
        }
        for member in sonic_rs::to_object_iter(value.as_raw_str()) {
            let Ok((channel, value)) = member else { break };
            if let (Some(channel), Some(consent)) =
                (Channel::from_name(&channel), yes_or_no(value.as_raw_str()))
            {
                said.push((name.clone().into_owned(), channel, consent));
            }
        }
    }
    said
}

/// A browser that says no does not say whether it said yes before.
fn yes_or_no(raw: &str) -> Option<Consent> {
    match raw {
        "true" => Some(Consent::Granted),
        "false" => Some(Consent::Refused),
        _ => None,
    }
}
