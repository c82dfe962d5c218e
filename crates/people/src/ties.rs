//! Identifiers in the database: finding, making people for them, tying them to people.

use model::{PersonCode, PersonId};
use rusqlite::{OptionalExtension, params};
use vault::Vault;

use crate::batch::{Batch, Room};
use crate::error::PeopleError;
use crate::identifiers::{Identifier, IdentifierKind};
use crate::identity::{ANONYMOUS_IDS_MAX, Why};
use crate::memory::{Identity, sql_integer};

/// The most undecided suggestions of one workspace; further ones are not recorded.
const SUGGESTIONS_MAX: i64 = 10_000;

impl Batch<'_> {
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

    /// Whose an identifier was when the record at `offset` was resolved: whom it came with, as far as they had been merged by then.
    pub(crate) fn find_at(
        &self,
        room: &Room,
        identifier: &Identifier<'_>,
        offset: u64,
    ) -> Result<Option<PersonCode>, PeopleError> {
        let mut origin =
            self.tx.prepare_cached("select origin from identifier where space = ?1 and hash = ?2")?;
        let found: Option<u32> =
            origin.query_row(params![room.no, identifier.hash], |row| row.get(0)).optional()?;
        let Some(mut code) = found else { return Ok(None) };
        let mut statement = self.tx.prepare_cached(
            "select into_code from merged where space = ?1 and from_code = ?2 and offset < ?3
             union all select into_code from parted where space = ?1 and from_code = ?2 and since < ?3 and offset > ?3",
        )?;
        let at = sql_integer(offset);
        // At any one place merges make no circle.
        while let Some(into) = statement.query_row(params![room.no, code, at], |row| row.get(0)).optional()? {
            code = into;
        }
        Ok(Some(PersonCode(code)))
    }

    /// A new person with one identifier. The event that made it fills in the times.
    pub(crate) fn create(
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
    pub(crate) fn tie(
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
    pub(crate) fn add(
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
                "insert into identifier (space, hash, kind, code, origin, tied, how, offset, at_ms, sealed)
                 values (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                room.no,
                identifier.hash,
                identifier.kind.number(),
                person.0,
                tied,
                why.how.as_str(),
                sql_integer(why.offset),
                why.at_ms,
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

    /// How many anonymous ids a person has.
    pub(crate) fn anonymous_ids(&self, room: &Room, person: PersonCode) -> Result<i64, PeopleError> {
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

    /// Records that an alias calls two known people one, unless a member said that they are two.
    pub(crate) fn suggest(
        &self,
        room: &Room,
        person: PersonCode,
        other: PersonCode,
        offset: u64,
    ) -> Result<(), PeopleError> {
        if person == other || self.are_apart(room, person, other)? {
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
