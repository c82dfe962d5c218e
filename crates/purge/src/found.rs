//! The account of what was found, chunk by chunk, so that a killed process neither forgets nor counts twice.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use model::{PersonCode, PurgeId};
use people::IdentityMark;
use rusqlite::{Transaction, params};

use crate::error::PurgeError;
use crate::rows::{Account, Tally};

/// The most moments in which traits may have been written.
const MOMENTS_MAX: u64 = 2_000_000;
/// The most people who go as a whole.
pub(crate) const PEOPLE_MAX: u64 = 100_000;
/// The most lines of a report; what is beyond is counted.
pub(crate) const LINES_MAX: usize = 100_000;

/// A chunk that was looked through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Looked {
    pub(crate) chunk: u128,
    pub(crate) events: u64,
    pub(crate) is_done: bool,
}

/// A line of the report.
pub(crate) struct Line {
    pub(crate) person: PersonCode,
    pub(crate) property: String,
    pub(crate) sdk: String,
    pub(crate) tally: Tally,
}

fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Enters a chunk with what was found in it.
pub(crate) fn enter(
    tx: &Transaction<'_>,
    id: PurgeId,
    chunk: u128,
    account: &Account,
) -> Result<(), PurgeError> {
    let (id, chunk) = (id.0.to_be_bytes(), chunk.to_be_bytes());
    let events = account.events.map_or(0, |events| events.events);
    tx.execute(
        "insert or replace into purge_chunk (purge, chunk, events) values (?1, ?2, ?3)",
        params![id, chunk, sql(events)],
    )?;
    let mut insert = tx.prepare_cached(
        "insert or replace into purge_found (purge, chunk, person, property, sdk, events, first_ms, last_ms)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for ((person, property, sdk), tally) in &account.found {
        let Tally { events, first_ms, last_ms } = *tally;
        insert.execute(params![id, chunk, person.0, property, sdk, sql(events), first_ms, last_ms])?;
    }
    let mut insert =
        tx.prepare_cached("insert or ignore into purge_moment (purge, person, time_ms) values (?1, ?2, ?3)")?;
    for (person, time_ms) in &account.moments {
        insert.execute(params![id, person.0, time_ms])?;
    }
    let moments: i64 =
        tx.query_row("select count(*) from purge_moment where purge = ?1", [id], |row| row.get(0))?;
    if moments.unsigned_abs() > MOMENTS_MAX {
        return Err(PurgeError::TooMany { what: "events that wrote traits", max: MOMENTS_MAX });
    }
    Ok(())
}

/// Forgets the account; it is taken anew.
pub(crate) fn restart(tx: &Transaction<'_>, id: PurgeId) -> Result<(), PurgeError> {
    for table in ["purge_chunk", "purge_found", "purge_moment", "purge_person", "purge_mark"] {
        tx.execute(&format!("delete from {table} where purge = ?1"), [id.0.to_be_bytes()])?;
    }
    Ok(())
}

/// The chunks that were looked through.
pub(crate) fn looked(tx: &Transaction<'_>, id: PurgeId) -> Result<Vec<Looked>, PurgeError> {
    let mut statement =
        tx.prepare_cached("select chunk, events, done from purge_chunk where purge = ?1 order by chunk")?;
    let rows = statement.query_map([id.0.to_be_bytes()], |row| {
        Ok(Looked {
            chunk: u128::from_be_bytes(row.get(0)?),
            events: row.get::<_, i64>(1)?.unsigned_abs(),
            is_done: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A chunk is as it shall be.
pub(crate) fn set_chunk_done(tx: &Transaction<'_>, id: PurgeId, chunk: u128) -> Result<(), PurgeError> {
    tx.execute(
        "update purge_chunk set done = 1 where purge = ?1 and chunk = ?2",
        params![id.0.to_be_bytes(), chunk.to_be_bytes()],
    )?;
    Ok(())
}

/// Whose traits may have been written by what was found, and when.
pub(crate) fn moments(tx: &Transaction<'_>, id: PurgeId) -> Result<HashSet<(PersonCode, i64)>, PurgeError> {
    let mut statement = tx.prepare_cached("select person, time_ms from purge_moment where purge = ?1")?;
    let rows = statement.query_map([id.0.to_be_bytes()], |row| Ok((PersonCode(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The people of whom events were found.
pub(crate) fn owners(tx: &Transaction<'_>, id: PurgeId) -> Result<BTreeSet<PersonCode>, PurgeError> {
    let mut statement = tx.prepare_cached("select distinct person from purge_found where purge = ?1")?;
    let rows = statement.query_map([id.0.to_be_bytes()], |row| row.get(0).map(PersonCode))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The properties of which something was found.
pub(crate) fn properties(tx: &Transaction<'_>, id: PurgeId) -> Result<Vec<String>, PurgeError> {
    let mut statement = tx.prepare_cached(
        "select distinct property from purge_found where purge = ?1 and property not like '(%' limit 2000",
    )?;
    let rows = statement.query_map([id.0.to_be_bytes()], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Events that are found set aside are counted before they are changed: at most once more than they are there.
pub(crate) fn add_set_aside(tx: &Transaction<'_>, id: PurgeId, found: u64) -> Result<(), PurgeError> {
    tx.execute(
        "update purge set set_aside = max(set_aside, ?2) where id = ?1",
        params![id.0.to_be_bytes(), sql(found)],
    )?;
    Ok(())
}

/// Enters who goes as a whole.
pub(crate) fn enter_people(
    tx: &Transaction<'_>,
    id: PurgeId,
    people: &[PersonCode],
    marks: &[IdentityMark],
) -> Result<(), PurgeError> {
    if people.len() as u64 > PEOPLE_MAX {
        return Err(PurgeError::TooMany { what: "people", max: PEOPLE_MAX });
    }
    let mut insert =
        tx.prepare_cached("insert or ignore into purge_person (purge, person) values (?1, ?2)")?;
    for person in people {
        insert.execute(params![id.0.to_be_bytes(), person.0])?;
    }
    let mut insert = tx.prepare_cached("insert or ignore into purge_mark (purge, mark) values (?1, ?2)")?;
    for mark in marks {
        insert.execute(params![id.0.to_be_bytes(), mark.0])?;
    }
    Ok(())
}

/// Who goes as a whole.
pub(crate) fn people(tx: &Transaction<'_>, id: PurgeId) -> Result<HashSet<PersonCode>, PurgeError> {
    let mut statement = tx.prepare_cached("select person from purge_person where purge = ?1")?;
    let rows = statement.query_map([id.0.to_be_bytes()], |row| row.get(0).map(PersonCode))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How they are known.
pub(crate) fn marks(tx: &Transaction<'_>, id: PurgeId) -> Result<HashSet<IdentityMark>, PurgeError> {
    let mut statement = tx.prepare_cached("select mark from purge_mark where purge = ?1")?;
    let rows = statement.query_map([id.0.to_be_bytes()], |row| row.get(0).map(IdentityMark))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A journal file and how many of its records are to change.
pub(crate) fn enter_file(
    tx: &Transaction<'_>,
    id: PurgeId,
    first: u64,
    changed: u64,
) -> Result<(), PurgeError> {
    tx.execute(
        "insert or replace into purge_file (purge, first, changed, done) values (?1, ?2, ?3, ?4)",
        params![id.0.to_be_bytes(), sql(first), sql(changed), changed == 0],
    )?;
    Ok(())
}

/// A journal file is as it shall be.
pub(crate) fn set_file_done(tx: &Transaction<'_>, id: PurgeId, first: u64) -> Result<(), PurgeError> {
    tx.execute(
        "update purge_file set done = 1 where purge = ?1 and first = ?2",
        params![id.0.to_be_bytes(), sql(first)],
    )?;
    Ok(())
}

/// The journal files that were looked through: first record, records to change, whether it is done.
pub(crate) fn files(tx: &Transaction<'_>, id: PurgeId) -> Result<BTreeMap<u64, (u64, bool)>, PurgeError> {
    let mut statement = tx.prepare_cached("select first, changed, done from purge_file where purge = ?1")?;
    let rows = statement.query_map([id.0.to_be_bytes()], |row| {
        let changed = row.get::<_, i64>(1)?.unsigned_abs();
        Ok((row.get::<_, i64>(0)?.unsigned_abs(), (changed, row.get(2)?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The lines of the report, by person and property, and how many are left out.
pub(crate) fn lines(tx: &Transaction<'_>, id: PurgeId) -> Result<(Vec<Line>, u64), PurgeError> {
    let mut statement = tx.prepare_cached(
        "select person, property, sdk, sum(events), min(first_ms), max(last_ms) from purge_found
         where purge = ?1 group by person, property, sdk order by person, property, sdk",
    )?;
    let mut rows = statement.query([id.0.to_be_bytes()])?;
    let (mut lines, mut left_out) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        if lines.len() >= LINES_MAX {
            left_out += 1;
            continue;
        }
        let events = row.get::<_, i64>(3)?.unsigned_abs();
        lines.push(Line {
            person: PersonCode(row.get(0)?),
            property: row.get(1)?,
            sdk: row.get(2)?,
            tally: Tally { events, first_ms: row.get(4)?, last_ms: row.get(5)? },
        });
    }
    Ok((lines, left_out))
}
