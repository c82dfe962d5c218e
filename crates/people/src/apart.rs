//! Who is kept apart: pairs that a member decided are two people. No rule makes them one, and no alias proposes it again, until
//! a member lifts it. A pair stands for the people whom its codes are part of today.

use model::{Decision, PersonCode};
use rusqlite::params;

use crate::batch::{Batch, Room};
use crate::error::PeopleError;
use crate::memory::sql_integer;

impl Batch<'_> {
    /// Whether two living people are kept apart.
    pub(crate) fn are_apart(
        &self,
        room: &Room,
        one: PersonCode,
        other: PersonCode,
    ) -> Result<bool, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "with mine (code) as (select ?2 union all select code from person where space = ?1 and into_code = ?2),
               theirs (code) as (
                 select apart.other from mine join apart on apart.space = ?1 and apart.one = mine.code
                 union all select apart.one from mine join apart on apart.space = ?1 and apart.other = mine.code)
             select exists (select 1 from theirs join person on person.space = ?1 and person.code = theirs.code
               where coalesce(person.into_code, person.code) = ?3)",
        )?;
        Ok(statement.query_row(params![room.no, one.0, other.0], |row| row.get(0))?)
    }

    /// Keeps two people apart; what an alias proposed about them is settled.
    pub(crate) fn keep_apart(
        &self,
        room: &Room,
        [one, other]: [PersonCode; 2],
        decision: &Decision,
        offset: u64,
    ) -> Result<(), PeopleError> {
        self.tx
            .prepare_cached(
                "insert into apart (space, one, other, by_member, reason, offset, at_ms) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 on conflict do nothing",
            )?
            .execute(params![
                room.no,
                one.min(other).0,
                one.max(other).0,
                decision.by.0.to_be_bytes(),
                decision.reason,
                sql_integer(offset),
                decision.at_ms
            ])?;
        self.between("delete from suggestion", room, [one, other])
    }

    /// From here on the rules decide about the two again.
    pub(crate) fn lift(&self, room: &Room, people: [PersonCode; 2]) -> Result<(), PeopleError> {
        self.between("delete from apart", room, people)
    }

    /// Carries out a statement on the rows that name both, or whom they are part of.
    fn between(
        &self,
        statement: &str,
        room: &Room,
        [one, other]: [PersonCode; 2],
    ) -> Result<(), PeopleError> {
        let root = "(select coalesce(into_code, code) from person where space = ?1 and code =";
        let sql = format!(
            "{statement} where space = ?1 and {root} one) in ({root} ?2), {root} ?3)) and {root} other) in ({root} ?2), {root} ?3))
               and {root} one) <> {root} other)"
        );
        self.tx.prepare_cached(&sql)?.execute(params![room.no, one.0, other.0])?;
        Ok(())
    }
}
