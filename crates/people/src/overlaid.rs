//! What a survivor had of a trait before it took over the other's: kept at the merge, given back when it is undone.
//!
//! A value goes back only where the one that was taken over still stands. Where something stands over it that another merge
//! brought, that merge finds below it what was there before; where an event has written since, nothing is given back.

use model::{Class, PersonCode};
use rusqlite::{OptionalExtension, Row, params};
use stdx::Secret;
use vault::Vault;

use crate::batch::{Batch, Room};
use crate::error::PeopleError;
use crate::merge::Merge;
use crate::traits::TraitRow;

/// A trait with its value.
pub(crate) struct Kept {
    pub(crate) row: TraitRow,
    /// Of a sealed one.
    value: Option<Secret<String>>,
}

/// A row of the table as read: what it stands under, and the sealed value.
type Read = (u32, Option<TraitRow>, Option<Vec<u8>>);

const COLUMNS: &str = "select overlaid.from_code, trait_name.no, trait_name.name, time_ms, plain, class, hash, sealed
   from overlaid join trait_name on trait_name.no = overlaid.name where overlaid.space = ?1 and overlaid.into_code = ?2";

impl Batch<'_> {
    /// Keeps what a survivor has of a trait, before the other's value takes its place.
    pub(crate) fn overlay(
        &self,
        room: &Room,
        merge: &Merge<'_>,
        no: u32,
        own: Option<&TraitRow>,
    ) -> Result<(), PeopleError> {
        let before = own.map(|own| self.kept(room, merge.into, own)).transpose()?;
        self.put_overlaid(room, (merge.into, merge.from), no, before.as_ref())
    }

    /// Gives back all that `into` took over from `from`.
    pub(crate) fn give_all_back(
        &self,
        room: &Room,
        into: PersonCode,
        from: PersonCode,
    ) -> Result<(), PeopleError> {
        let taken = self.trait_rows(room, from)?;
        for taken in &taken {
            if let Some(before) = self.take_overlaid(room, (into, from), taken.no)? {
                self.give_back(room, into, taken, before)?;
            }
        }
        self.tx
            .prepare_cached("delete from overlaid where space = ?1 and into_code = ?2 and from_code = ?3")?
            .execute(params![room.no, into.0, from.0])?;
        Ok(())
    }

    /// Puts back what was there before, and where `person` was merged away since, with whoever took it over from them.
    fn give_back(
        &self,
        room: &Room,
        mut person: PersonCode,
        taken: &TraitRow,
        mut before: Option<Kept>,
    ) -> Result<(), PeopleError> {
        loop {
            let present = self.trait_row(room, person, taken.no)?;
            if !present.is_some_and(|present| present.is_same(taken)) {
                return self.replace_overlaid(room, person, taken, before.as_ref());
            }
            self.put_back(room, person, taken, before.as_ref())?;
            let Some(above) = self.merged_into(room, person)? else { return Ok(()) };
            let Some(own) = self.take_overlaid(room, (above, person), taken.no)? else { return Ok(()) };
            let time = |kept: &Option<Kept>| kept.as_ref().map(|kept| kept.row.time_ms);
            if time(&before) > time(&own) {
                // It would have been taken over all the same.
                self.put_overlaid(room, (above, person), taken.no, own.as_ref())?;
            } else {
                before = own;
            }
            person = above;
        }
    }

    fn put_back(
        &self,
        room: &Room,
        person: PersonCode,
        taken: &TraitRow,
        before: Option<&Kept>,
    ) -> Result<(), PeopleError> {
        match before {
            Some(Kept { row, .. }) => self.put_trait(room, person, row)?,
            None => {
                self.tx
                    .prepare_cached("delete from trait where space = ?1 and code = ?2 and name = ?3")?
                    .execute(params![room.no, person.0, taken.no])?;
            }
        }
        match before.and_then(|kept| kept.value.as_ref().zip(kept.class())) {
            Some((value, class)) => {
                let vault = Vault::new(self.tx, &room.keys, room.workspace);
                vault.subject_or_new(person)?.seal(&taken.name, class, value.expose())?;
                Ok(())
            }
            None => self.unseal(room, person, &taken.name),
        }
    }

    /// What stands below a value that another merge brought is replaced, where it is `taken`.
    fn replace_overlaid(
        &self,
        room: &Room,
        person: PersonCode,
        taken: &TraitRow,
        before: Option<&Kept>,
    ) -> Result<(), PeopleError> {
        let mut statement = self.tx.prepare_cached(&format!("{COLUMNS} and overlaid.name = ?3"))?;
        let rows = statement.query_map(params![room.no, person.0, taken.no], read)?;
        let rows: Vec<Read> = rows.collect::<Result<_, _>>()?;
        for (from, row, _) in rows {
            if row.is_some_and(|row| row.is_same(taken)) {
                self.put_overlaid(room, (person, PersonCode(from)), taken.no, before)?;
            }
        }
        Ok(())
    }

    /// Takes a row out; nothing where there is none, `Some(None)` where the survivor had no such trait.
    fn take_overlaid(
        &self,
        room: &Room,
        (into, from): (PersonCode, PersonCode),
        no: u32,
    ) -> Result<Option<Option<Kept>>, PeopleError> {
        let sql = format!("{COLUMNS} and overlaid.from_code = ?3 and overlaid.name = ?4");
        let key = params![room.no, into.0, from.0, no];
        let found: Option<Read> = self.tx.prepare_cached(&sql)?.query_row(key, read).optional()?;
        let Some((_, row, sealed)) = found else { return Ok(None) };
        let value = match sealed {
            Some(sealed) => {
                let vault = Vault::new(self.tx, &room.keys, room.workspace);
                let subject = vault.subject(into)?;
                subject.map(|subject| subject.open_apart(&purpose(from, no), &sealed)).transpose()?
            }
            None => None,
        };
        self.tx
            .prepare_cached(
                "delete from overlaid where space = ?1 and into_code = ?2 and from_code = ?3 and name = ?4",
            )?
            .execute(key)?;
        Ok(Some(row.map(|row| Kept { row, value })))
    }

    fn put_overlaid(
        &self,
        room: &Room,
        (into, from): (PersonCode, PersonCode),
        no: u32,
        before: Option<&Kept>,
    ) -> Result<(), PeopleError> {
        let sealed = match before.and_then(|kept| kept.value.as_ref()) {
            Some(value) => {
                let vault = Vault::new(self.tx, &room.keys, room.workspace);
                Some(vault.subject_or_new(into)?.seal_apart(&purpose(from, no), value.expose()))
            }
            None => None,
        };
        let row = before.map(|kept| &kept.row);
        self.tx
            .prepare_cached(
                "insert or replace into overlaid (space, into_code, from_code, name, time_ms, plain, class, hash, sealed)
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                room.no,
                into.0,
                from.0,
                no,
                row.map(|row| row.time_ms),
                row.and_then(|row| row.plain.as_ref()),
                row.and_then(|row| row.class.as_ref()),
                row.and_then(|row| row.hash),
                sealed
            ])?;
        Ok(())
    }

    fn kept(&self, room: &Room, person: PersonCode, row: &TraitRow) -> Result<Kept, PeopleError> {
        let vault = Vault::new(self.tx, &room.keys, room.workspace);
        let value = match (&row.class, vault.subject(person)?) {
            (Some(_), Some(subject)) => subject.open(&row.name)?,
            _ => None,
        };
        Ok(Kept { row: row.clone(), value })
    }
}

impl Kept {
    fn class(&self) -> Option<Class> {
        self.row.class.as_deref().and_then(Class::from_name)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Read> {
    let time_ms: Option<i64> = row.get(3)?;
    let (no, name, plain, class, hash) = (row.get(1)?, row.get(2)?, row.get(4)?, row.get(5)?, row.get(6)?);
    let before = time_ms.map(|time_ms| TraitRow { no, name, time_ms, plain, class, hash });
    Ok((row.get(0)?, before, row.get(7)?))
}

/// What a value is sealed for: the number of its name, which stays when the name is purged.
pub(crate) fn purpose(from: PersonCode, no: u32) -> String {
    format!("overlaid {} {no}", from.0)
}
