//! Who is one with whom, who was, who is not to be, and who might be.

use model::record::PersonRef;
use model::{MemberId, PersonCode, PersonId, WorkspaceId};
use rusqlite::{OptionalExtension, Row, params};

use super::view::offset;
use super::{Reading, person_ref, public_id};
use crate::error::PeopleError;
use crate::people::People;
use crate::profile::{KeptApart, MergeReason, Parting, Suggestion};

/// The most rows of one kind.
const ROWS_MAX: u32 = 500;

/// A merge that holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Merged {
    /// Who was merged away.
    pub from: PersonRef,
    /// Into whom.
    pub into: PersonRef,
    /// Who both are today.
    pub root: PersonRef,
    /// Its order has not come back through the journal yet.
    pub is_on_its_way: bool,
}

impl People {
    /// Pairs of known people whom an alias calls one, the newest first; at most 500.
    ///
    /// # Errors
    /// The database's.
    pub fn suggestions(&self, workspace: WorkspaceId) -> Result<Vec<Suggestion>, PeopleError> {
        self.reading(workspace, |reading| {
            let mut statement = reading.tx.prepare_cached(
                "select one, other, offset, at_ms from suggestion where space = ?1 order by offset desc limit ?2",
            )?;
            let mut rows = statement.query(params![reading.space, ROWS_MAX])?;
            let mut suggestions: Vec<Suggestion> = Vec::new();
            while let Some(row) = rows.next()? {
                let [one, other] = [0, 1].map(|column| row.get(column).map(PersonCode));
                // Merged meanwhile by another way: nothing is left to decide.
                if let (Some(one), Some(other)) = (reading.living_code(one?)?, reading.living_code(other?)?)
                    && one != other
                    && !suggestions.iter().any(|known| [known.one, known.other] == [one, other])
                {
                    suggestions.push(Suggestion { one, other, offset: offset(row, 2)?, at_ms: row.get(3)? });
                }
            }
            Ok(suggestions)
        })
    }

    /// Pairs that a member said are two people, the newest first; at most 500.
    ///
    /// # Errors
    /// The database's.
    pub fn kept_apart(&self, workspace: WorkspaceId) -> Result<Vec<KeptApart>, PeopleError> {
        self.reading(workspace, |reading| reading.apart(None))
    }

    /// The merge by which somebody is part of another.
    ///
    /// # Errors
    /// The database's.
    pub fn merged(&self, workspace: WorkspaceId, from: PersonId) -> Result<Option<Merged>, PeopleError> {
        self.reading(workspace, |reading| {
            let mut statement = reading.tx.prepare_cached(
                "select gone.code, gone.public_id, kept.code, kept.public_id, exists (select 1 from outgoing
                   where outgoing.space = ?1 and kind = 0 and outgoing.from_code = gone.code)
                 from person as gone
                 join merged on merged.space = gone.space and merged.from_code = gone.code
                 join person as kept on kept.space = gone.space and kept.code = merged.into_code
                 where gone.space = ?1 and gone.public_id = ?2 and gone.erased = 0",
            )?;
            let found = statement
                .query_row(params![reading.space, from.0.to_be_bytes()], |row| {
                    Ok((person_ref(row)?, person_at(row, 2)?, row.get(4)?))
                })
                .optional()?;
            let Some((from, into, is_on_its_way)) = found else { return Ok(None) };
            let root = reading.living_code(from.code)?;
            Ok(root.map(|root| Merged { from, into, root, is_on_its_way }))
        })
    }
}

impl Reading<'_> {
    pub(super) fn merges(&self, person: PersonRef) -> Result<Vec<MergeReason>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select gone.code, gone.public_id, kept.code, kept.public_id, reason, offset, at_ms, by_member
             from person as gone
             join merged on merged.space = gone.space and merged.from_code = gone.code
             join person as kept on kept.space = gone.space and kept.code = merged.into_code
             where gone.space = ?1 and gone.into_code = ?2 order by offset limit ?3",
        )?;
        let rows = statement.query_map(params![self.space, person.code.0, ROWS_MAX], merge_from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What was undone between this person, or whoever is part of them, and others.
    pub(super) fn parted(&self, person: PersonRef) -> Result<Vec<Parting>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "with own (code) as (select ?2 union all select code from person where space = ?1 and into_code = ?2)
             select gone.code, gone.public_id, kept.code, kept.public_id, why, since, since_ms, since_member,
               parted.by_member, parted.reason, parted.offset, parted.at_ms
             from parted
             join person as gone on gone.space = parted.space and gone.code = parted.from_code
             join person as kept on kept.space = parted.space and kept.code = parted.into_code
             where parted.no in (
               select parted.no from own join parted on parted.space = ?1 and parted.from_code = own.code
               union select parted.no from own join parted on parted.space = ?1 and parted.into_code = own.code)
             order by parted.offset limit ?3",
        )?;
        let rows = statement.query_map(params![self.space, person.code.0, ROWS_MAX], |row| {
            Ok(Parting {
                merge: merge_from_row(row)?,
                by: member(row, 8)?,
                reason: row.get(9)?,
                offset: offset(row, 10)?,
                at_ms: row.get(11)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Who is kept apart from `person`, who comes second then; without one, from whom anybody is.
    pub(super) fn apart(&self, person: Option<PersonRef>) -> Result<Vec<KeptApart>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select one.code, one.public_id, other.code, other.public_id, by_member, reason, offset, at_ms
             from apart
             join person as a on a.space = apart.space and a.code = apart.one
             join person as b on b.space = apart.space and b.code = apart.other
             join person as one on one.space = a.space and one.code = coalesce(a.into_code, a.code)
             join person as other on other.space = b.space and other.code = coalesce(b.into_code, b.code)
             where apart.space = ?1 and one.code <> other.code and (?2 is null or ?2 in (one.code, other.code))
             order by offset desc limit ?3",
        )?;
        let of = person.map(|person| person.code.0);
        let rows = statement.query_map(params![self.space, of, ROWS_MAX], |row| {
            let (mut one, mut other) = (person_ref(row)?, person_at(row, 2)?);
            if of == Some(one.code.0) {
                std::mem::swap(&mut one, &mut other);
            }
            let (by, reason) = (member(row, 4)?, row.get(5)?);
            Ok(KeptApart { one, other, by, reason, offset: offset(row, 6)?, at_ms: row.get(7)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn merge_from_row(row: &Row<'_>) -> rusqlite::Result<MergeReason> {
    Ok(MergeReason {
        from: person_ref(row)?,
        into: person_at(row, 2)?,
        reason: row.get(4)?,
        offset: offset(row, 5)?,
        at_ms: row.get(6)?,
        by: row.get::<_, Option<[u8; 16]>>(7)?.map(|by| MemberId(u128::from_be_bytes(by))),
    })
}

fn person_at(row: &Row<'_>, column: usize) -> rusqlite::Result<PersonRef> {
    Ok(PersonRef { code: PersonCode(row.get(column)?), id: public_id(row, column + 1)? })
}

fn member(row: &Row<'_>, column: usize) -> rusqlite::Result<MemberId> {
    Ok(MemberId(u128::from_be_bytes(row.get(column)?)))
}
