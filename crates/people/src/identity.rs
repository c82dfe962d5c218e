//! The rules of identity: which person an event is of. docs/people.md says them in plain words.

use model::{EventRecord, Kind, PersonCode, PersonId};
use rusqlite::{OptionalExtension, params};
use vault::Vault;

use crate::batch::{Batch, Room};
use crate::error::PeopleError;
use crate::identifiers::{Identifier, IdentifierKind, Identifiers};
use crate::memory::{Identity, sql_integer};

/// The most anonymous ids of one person; further ones are counted, never joined.
pub const ANONYMOUS_IDS_MAX: i64 = 50;
/// The most undecided suggestions of one workspace; further ones are not recorded.
const SUGGESTIONS_MAX: i64 = 10_000;

/// How two identifiers came to be of one person; kept beside the identifier as the explanation.
#[derive(Clone, Copy)]
pub(crate) enum How {
    First,
    Together,
    Alias,
}

impl How {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::First => "first seen",
            Self::Together => "anonymous id seen together with the user id",
            Self::Alias => "alias from the previous id to the user id",
        }
    }
}

/// How and by which record.
#[derive(Clone, Copy)]
pub(crate) struct Why {
    pub(crate) how: How,
    pub(crate) offset: u64,
}

impl Batch<'_> {
    /// The person of a new event, made if need be. `None` if nothing in it says who it was.
    pub(crate) fn identify(
        &mut self,
        room: &Room,
        event: &EventRecord,
        offset: u64,
    ) -> Result<Option<PersonCode>, PeopleError> {
        let ids = Identifiers::of(event, &room.keys.hash);
        let first = Why { how: How::First, offset };
        let person = match (&ids.user, &ids.anonymous) {
            (None, None) => return Ok(None),
            (Some(user), Some(anonymous)) => {
                self.join(room, user, anonymous, Why { how: How::Together, offset })?
            }
            (Some(only), None) | (None, Some(only)) => match self.find(room, only)? {
                Some(identity) => identity.code,
                None => self.create(room, only, first)?,
            },
        };
        if let (Some(user), Kind::Alias) = (&ids.user, event.kind) {
            return self.alias(room, user, person, event, offset).map(Some);
        }
        Ok(Some(person))
    }

    /// The person of a user id that came together with an anonymous id.
    fn join(
        &mut self,
        room: &Room,
        user: &Identifier<'_>,
        anonymous: &Identifier<'_>,
        why: Why,
    ) -> Result<PersonCode, PeopleError> {
        let device = self.find(room, anonymous)?;
        match (self.find(room, user)?, device) {
            (Some(known), Some(device)) => {
                // A tied id stays where it is: two people may share a device.
                if !device.tied && device.code != known.code {
                    self.merge_device(room, known.code, device.code, why)?;
                }
                Ok(known.code)
            }
            (Some(known), None) => {
                self.tie(room, known.code, anonymous, why)?;
                Ok(known.code)
            }
            (None, Some(device)) if !device.tied => {
                // The device's person becomes known: no second person, so nothing to merge.
                self.add(room, device.code, user, true, why)?;
                self.tie_all(room, device.code)?;
                Ok(device.code)
            }
            (None, device) => {
                let code = self.create(room, user, Why { how: How::First, ..why })?;
                if device.is_none() {
                    self.tie(room, code, anonymous, why)?;
                }
                Ok(code)
            }
        }
    }

    /// Merges a device's person without user id into a known one, unless that has too many already.
    fn merge_device(
        &mut self,
        room: &Room,
        known: PersonCode,
        device: PersonCode,
        why: Why,
    ) -> Result<(), PeopleError> {
        if self.anonymous_ids(room, known)? + self.anonymous_ids(room, device)? > ANONYMOUS_IDS_MAX {
            return self.count_overflow(room, known, IdentifierKind::AnonymousId.as_str());
        }
        self.decide_merge(room, known, device, why)
    }

    /// An alias ties an anonymous previous id; between two known users it is a suggestion.
    fn alias(
        &mut self,
        room: &Room,
        user: &Identifier<'_>,
        person: PersonCode,
        event: &EventRecord,
        offset: u64,
    ) -> Result<PersonCode, PeopleError> {
        let previous = |kind| Identifier::new(kind, event.previous_id.as_deref(), &room.keys.hash);
        let (Some(as_user), Some(as_device)) =
            (previous(IdentifierKind::UserId), previous(IdentifierKind::AnonymousId))
        else {
            return Ok(person);
        };
        if as_user.hash == user.hash {
            return Ok(person);
        }
        let other = match self.find(room, &as_user)? {
            Some(known) => Some(known),
            None => self.find(room, &as_device)?.filter(|device| device.tied),
        };
        match other {
            Some(other) => {
                self.suggest(room, person, other.code, offset)?;
                Ok(person)
            }
            None => self.join(room, user, &as_device, Why { how: How::Alias, offset }),
        }
    }

    /// Whose an identifier is, from memory or else from the database.
    pub(crate) fn find(
        &mut self,
        room: &Room,
        identifier: &Identifier<'_>,
    ) -> Result<Option<Identity>, PeopleError> {
        let key = (room.no, identifier.hash);
        if let Some(identity) = self.memory.identities.get(&key) {
            return Ok(Some(identity));
        }
        let mut statement =
            self.tx.prepare_cached("select code, tied from identifier where space = ?1 and hash = ?2")?;
        let found = statement
            .query_row(params![room.no, identifier.hash], |row| {
                Ok(Identity { code: PersonCode(row.get(0)?), tied: row.get(1)? })
            })
            .optional()?;
        if let Some(identity) = found {
            self.memory.identities.put(key, identity);
        }
        Ok(found)
    }

    /// A new person with one identifier. The event that made it fills in the times.
    fn create(
        &mut self,
        room: &Room,
        identifier: &Identifier<'_>,
        why: Why,
    ) -> Result<PersonCode, PeopleError> {
        let space = self.memory.space(self.tx, room.workspace)?;
        let code = space.take_code().ok_or(PeopleError::Full(room.workspace))?;
        let id = PersonId::new(self.now_ms);
        self.tx
            .prepare_cached(
                "insert into person (space, code, public_id, first_seen_ms, last_seen_ms) values (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![room.no, code.0, id.0.to_be_bytes(), i64::MAX, i64::MIN])?;
        self.add(room, code, identifier, identifier.kind == IdentifierKind::UserId, why)?;
        Ok(code)
    }

    /// Gives a known person an anonymous id, unless there are too many.
    fn tie(
        &mut self,
        room: &Room,
        person: PersonCode,
        anonymous: &Identifier<'_>,
        why: Why,
    ) -> Result<(), PeopleError> {
        if self.anonymous_ids(room, person)? >= ANONYMOUS_IDS_MAX {
            return self.count_overflow(room, person, anonymous.kind.as_str());
        }
        self.add(room, person, anonymous, true, why)
    }

    /// Stores an identifier that is nobody's yet; `tied` says whether the person has a user id.
    fn add(
        &mut self,
        room: &Room,
        person: PersonCode,
        identifier: &Identifier<'_>,
        tied: bool,
        why: Why,
    ) -> Result<(), PeopleError> {
        let vault = Vault::new(self.tx, &room.keys, room.workspace);
        let sealed = vault.subject_or_new(person)?.seal_apart(identifier.kind.as_str(), identifier.value);
        self.tx
            .prepare_cached(
                "insert into identifier (space, hash, kind, code, origin, tied, how, offset, sealed)
                 values (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                room.no,
                identifier.hash,
                identifier.kind.number(),
                person.0,
                tied,
                why.how.as_str(),
                sql_integer(why.offset),
                sealed
            ])?;
        self.memory.identities.put((room.no, identifier.hash), Identity { code: person, tied });
        Ok(())
    }

    /// Marks every identifier of a person who has a user id, so that none is taken for a stranger's.
    pub(crate) fn tie_all(&mut self, room: &Room, person: PersonCode) -> Result<(), PeopleError> {
        self.tx
            .prepare_cached(
                "update identifier set tied = 1 where space = ?1 and code = ?2 and exists
                   (select 1 from identifier where space = ?1 and code = ?2 and kind = 0)",
            )?
            .execute(params![room.no, person.0])?;
        let mut statement =
            self.tx.prepare_cached("select hash, tied from identifier where space = ?1 and code = ?2")?;
        let mut rows = statement.query(params![room.no, person.0])?;
        while let Some(row) = rows.next()? {
            let identity = Identity { code: person, tied: row.get(1)? };
            self.memory.identities.put((room.no, row.get(0)?), identity);
        }
        Ok(())
    }

    fn anonymous_ids(&self, room: &Room, person: PersonCode) -> Result<i64, PeopleError> {
        let mut statement = self
            .tx
            .prepare_cached("select count(*) from identifier where space = ?1 and code = ?2 and kind = 1")?;
        Ok(statement.query_row(params![room.no, person.0], |row| row.get(0))?)
    }

    /// Counts one thing that was beyond a limit.
    pub(crate) fn count_overflow(
        &self,
        room: &Room,
        person: PersonCode,
        kind: &str,
    ) -> Result<(), PeopleError> {
        self.tx
            .prepare_cached(
                "insert into overflow (space, code, kind, count) values (?1, ?2, ?3, 1)
                 on conflict do update set count = count + 1",
            )?
            .execute(params![room.no, person.0, kind])?;
        Ok(())
    }

    fn suggest(
        &self,
        room: &Room,
        person: PersonCode,
        other: PersonCode,
        offset: u64,
    ) -> Result<(), PeopleError> {
        if person == other {
            return Ok(());
        }
        self.tx
            .prepare_cached(
                "insert into suggestion (space, one, other, offset, at_ms) select ?1, ?2, ?3, ?4, ?5
                 where (select count(*) from suggestion where space = ?1) < ?6 on conflict do nothing",
            )?
            .execute(params![
                room.no,
                person.min(other).0,
                person.max(other).0,
                sql_integer(offset),
                self.now_ms,
                SUGGESTIONS_MAX
            ])?;
        Ok(())
    }
}
