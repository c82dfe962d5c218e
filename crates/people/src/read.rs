//! What is asked of people: who they are ([`find`]), lists and profiles ([`view`]), one trait and what it was ([`history`]), what they agreed to ([`consent`]), which groups they belong to ([`group`]), who is one with whom ([`joined`]), opened values
//! ([`reveal`], [`open`]), who can be written to ([`reach`]), what SQL may see ([`plain`]).

mod consent;
mod find;
mod group;
mod history;
pub(crate) mod joined;
pub(crate) mod open;
pub(crate) mod plain;
pub(crate) mod reach;
mod reveal;
mod view;

use std::sync::Arc;

use keys::WorkspaceKeys;
use model::record::PersonRef;
use model::{PersonCode, PersonId, WorkspaceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::error::PeopleError;
use crate::memory::space_no;
use crate::people::People;

/// One workspace as a read transaction sees it.
struct Reading<'a> {
    tx: &'a Transaction<'a>,
    workspace: WorkspaceId,
    space: u32,
    keys: Arc<WorkspaceKeys>,
}

impl People {
    /// Runs `f` on a workspace; the default answer for one that has had no people yet.
    fn reading<T: Default>(
        &self,
        workspace: WorkspaceId,
        f: impl FnOnce(&Reading<'_>) -> Result<T, PeopleError>,
    ) -> Result<T, PeopleError> {
        let keys = self.keys.get(workspace).ok_or(PeopleError::NoKeys(workspace))?;
        self.database.read(|tx| match space_no(tx, workspace)? {
            Some(space) => f(&Reading { tx, workspace, space, keys }),
            None => Ok(T::default()),
        })
    }
}

impl Reading<'_> {
    /// The living person behind a public id, be it of one merged away.
    fn living(&self, id: PersonId) -> Result<Option<PersonRef>, PeopleError> {
        self.person(
            "select root.code, root.public_id from person join person as root
               on root.space = person.space and root.code = coalesce(person.into_code, person.code)
             where person.space = ?1 and person.public_id = ?2 and root.erased = 0",
            &id.0.to_be_bytes(),
        )
    }

    /// The living person behind a code, be it of one merged away.
    fn living_code(&self, code: PersonCode) -> Result<Option<PersonRef>, PeopleError> {
        self.person(
            "select root.code, root.public_id from person join person as root
               on root.space = person.space and root.code = coalesce(person.into_code, person.code)
             where person.space = ?1 and person.code = ?2 and root.erased = 0",
            &code.0,
        )
    }

    fn person(&self, sql: &str, by: &dyn rusqlite::ToSql) -> Result<Option<PersonRef>, PeopleError> {
        Ok(self.tx.prepare_cached(sql)?.query_row(params![self.space, by], person_ref).optional()?)
    }
}

/// When somebody was seen, and how often: under their own code and those who were merged into them.
struct Seen {
    first_ms: i64,
    last_ms: i64,
    events: u64,
}

impl Reading<'_> {
    fn seen(&self, person: PersonRef) -> Result<Seen, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select min(first_seen_ms), max(last_seen_ms), sum(events) from (
               select first_seen_ms, last_seen_ms, events from person where space = ?1 and code = ?2
               union all select first_seen_ms, last_seen_ms, events from person where space = ?1 and into_code = ?2)",
        )?;
        Ok(statement.query_row(params![self.space, person.code.0], |row| {
            Ok(Seen { first_ms: row.get(0)?, last_ms: row.get(1)?, events: count(row, 2)? })
        })?)
    }
}

/// A row that begins with code and public id.
fn person_ref(row: &Row<'_>) -> rusqlite::Result<PersonRef> {
    Ok(PersonRef { code: PersonCode(row.get(0)?), id: public_id(row, 1)? })
}

fn public_id(row: &Row<'_>, column: usize) -> rusqlite::Result<PersonId> {
    Ok(PersonId(u128::from_be_bytes(row.get(column)?)))
}

/// Counts are never negative.
fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}
