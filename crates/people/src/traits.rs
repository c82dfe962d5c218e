//! What is known of a person: plain traits as JSON, personal ones in the vault. Of two values of one
//! trait the one of the later event counts, in whatever order the events come.

use std::borrow::Cow;

use model::{Class, EventRecord, Kind, PersonCode, SealedValue};
use rusqlite::{OptionalExtension, Row, params};
use vault::Vault;

use crate::batch::{Batch, Room};
use crate::error::PeopleError;
use crate::identifiers::{Hash, trait_hash_of};
use crate::operations::Operation;

/// The most traits of one person, and of one event; further ones are counted, not kept.
pub(crate) const TRAITS_MAX: usize = 300;
/// The longest value of a trait, in bytes of JSON or text; longer ones are counted, not kept.
pub(crate) const TRAIT_BYTES_MAX: usize = 4_096;
/// What traits beyond a limit are counted as.
pub(crate) const TRAIT: &str = "trait";
pub(crate) const NO_VALUE: &str = "null";

/// One trait as it is stored.
#[derive(Clone)]
pub(crate) struct TraitRow {
    pub(crate) no: u32,
    pub(crate) name: String,
    pub(crate) time_ms: i64,
    /// JSON; `null` says that there is none since then.
    pub(crate) plain: Option<String>,
    /// The class of a sealed value, and its hash for equality.
    pub(crate) class: Option<String>,
    pub(crate) hash: Option<Hash>,
}

impl TraitRow {
    /// Whether both are the same value, written by the same event.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (self.time_ms, &self.plain, &self.class, &self.hash)
            == (other.time_ms, &other.plain, &other.class, &other.hash)
    }
}

impl Batch<'_> {
    /// Keeps what an event says of its person, or of its group.
    pub(crate) fn write_traits(
        &mut self,
        room: &Room,
        person: PersonCode,
        event: &EventRecord,
    ) -> Result<(), PeopleError> {
        if event.kind == Kind::Group {
            return self.write_group(room, person, event);
        }
        let (operations, plain): (Vec<_>, Vec<_>) =
            plain_traits(event).into_iter().partition(|(name, _)| Operation::of(name).is_some());
        for (name, plain) in plain.iter().take(TRAITS_MAX) {
            if plain.len() > TRAIT_BYTES_MAX {
                self.count_overflow(room, person, TRAIT)?;
            } else {
                self.write_plain(room, person, name, plain, event)?;
            }
        }
        for _ in plain.iter().skip(TRAITS_MAX) {
            self.count_overflow(room, person, TRAIT)?;
        }
        let of_operations = |sealed: &&SealedValue| !Operation::is_above(&sealed.name);
        for sealed in event.sealed.iter().filter(of_operations).take(TRAITS_MAX) {
            self.write_sealed_within_limits(room, person, sealed, event)?;
        }
        for (name, raw) in operations {
            if let Some(operation) = Operation::of(&name) {
                self.operate(room, person, (operation, &raw), event)?;
            }
        }
        Ok(())
    }

    /// Seals a value, unless it is too long.
    pub(crate) fn write_sealed_within_limits(
        &mut self,
        room: &Room,
        person: PersonCode,
        sealed: &SealedValue,
        event: &EventRecord,
    ) -> Result<(), PeopleError> {
        if sealed.value.len() > TRAIT_BYTES_MAX {
            return self.count_overflow(room, person, TRAIT);
        }
        self.write_sealed(room, person, sealed, event)
    }

    /// Sets a plain trait; what was sealed in the value before goes, unless it came again.
    pub(crate) fn write_plain(
        &mut self,
        room: &Room,
        person: PersonCode,
        name: &str,
        plain: &str,
        event: &EventRecord,
    ) -> Result<(), PeopleError> {
        if self.write_plain_only(room, person, name, plain, event)? {
            self.drop_inside(room, person, name, event)?;
        }
        Ok(())
    }

    /// Sets a plain trait; `false` if it is too late or beyond a limit.
    pub(crate) fn write_plain_only(
        &mut self,
        room: &Room,
        person: PersonCode,
        name: &str,
        plain: &str,
        event: &EventRecord,
    ) -> Result<bool, PeopleError> {
        let Some((no, earlier)) = self.place(room, person, name, event.time_ms)? else { return Ok(false) };
        let row = TraitRow {
            no,
            name: name.to_owned(),
            time_ms: event.time_ms,
            plain: Some(plain.to_owned()),
            class: None,
            hash: None,
        };
        self.put_trait(room, person, &row)?;
        self.remember(room, person, (earlier.as_ref(), &row), event)?;
        if earlier.is_some_and(|earlier| earlier.class.is_some()) {
            self.unseal(room, person, name)?;
        }
        Ok(true)
    }

    /// The row of a trait, where there is one.
    pub(crate) fn present(
        &mut self,
        room: &Room,
        person: PersonCode,
        name: &str,
    ) -> Result<Option<TraitRow>, PeopleError> {
        match self.memory.space(self.tx, room.workspace)?.name_no(self.tx, name)? {
            Some(no) => self.trait_row(room, person, no),
            None => Ok(None),
        }
    }

    fn write_sealed(
        &mut self,
        room: &Room,
        person: PersonCode,
        sealed: &SealedValue,
        event: &EventRecord,
    ) -> Result<(), PeopleError> {
        let time_ms = event.time_ms;
        let Some((no, earlier)) = self.place(room, person, &sealed.name, time_ms)? else { return Ok(()) };
        let hash = trait_hash_of(&sealed.name, sealed.class, &sealed.value, &room.keys.hash);
        let class = sealed.class.as_str();
        let same = earlier
            .as_ref()
            .is_some_and(|earlier| earlier.hash == Some(hash) && earlier.class.as_deref() == Some(class));
        if !same {
            let vault = Vault::new(self.tx, &room.keys, room.workspace);
            vault.subject_or_new(person)?.seal(&sealed.name, sealed.class, &sealed.value)?;
        }
        let (name, class) = (sealed.name.clone(), Some(class.to_owned()));
        let row = TraitRow { no, name, time_ms, plain: None, class, hash: Some(hash) };
        self.put_trait(room, person, &row)?;
        self.remember(room, person, (earlier.as_ref(), &row), event)
    }

    /// An object was replaced: the sealed values inside the earlier one go, unless they came again.
    fn drop_inside(
        &mut self,
        room: &Room,
        person: PersonCode,
        name: &str,
        event: &EventRecord,
    ) -> Result<(), PeopleError> {
        for no in self.memory.space(self.tx, room.workspace)?.names_inside(name) {
            let Some(earlier) = self.trait_row(room, person, no)? else { continue };
            let again = event.sealed.iter().any(|sealed| sealed.name == earlier.name);
            if earlier.class.is_none() || earlier.time_ms > event.time_ms || again {
                continue;
            }
            self.unseal(room, person, &earlier.name)?;
            let plain = Some(NO_VALUE.to_owned());
            let gone = TraitRow { time_ms: event.time_ms, plain, class: None, hash: None, ..earlier.clone() };
            self.put_trait(room, person, &gone)?;
            self.remember(room, person, (Some(&earlier), &gone), event)?;
        }
        Ok(())
    }

    /// Where a value of `time_ms` is to be written, and what stands there; `None` if it is too late or
    /// beyond a limit.
    pub(crate) fn place(
        &mut self,
        room: &Room,
        person: PersonCode,
        name: &str,
        time_ms: i64,
    ) -> Result<Option<(u32, Option<TraitRow>)>, PeopleError> {
        let Some(no) = self.memory.space(self.tx, room.workspace)?.name_no(self.tx, name)? else {
            self.count_overflow(room, person, TRAIT)?;
            return Ok(None);
        };
        let earlier = self.trait_row(room, person, no)?;
        if earlier.as_ref().is_some_and(|earlier| earlier.time_ms > time_ms) {
            return Ok(None);
        }
        if earlier.is_none() && self.traits(room, person)? >= TRAITS_MAX {
            self.count_overflow(room, person, TRAIT)?;
            return Ok(None);
        }
        Ok(Some((no, earlier)))
    }

    /// Removes a sealed value.
    pub(crate) fn unseal(&self, room: &Room, person: PersonCode, name: &str) -> Result<(), PeopleError> {
        if let Some(subject) = Vault::new(self.tx, &room.keys, room.workspace).subject(person)? {
            subject.remove(name)?;
        }
        Ok(())
    }

    /// Writes a trait's row over an earlier one.
    pub(crate) fn put_trait(
        &self,
        room: &Room,
        person: PersonCode,
        row: &TraitRow,
    ) -> Result<(), PeopleError> {
        self.tx
            .prepare_cached(
                "insert into trait (space, code, name, time_ms, plain, class, hash)
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 on conflict do update set time_ms = excluded.time_ms, plain = excluded.plain,
                   class = excluded.class, hash = excluded.hash",
            )?
            .execute(params![room.no, person.0, row.no, row.time_ms, row.plain, row.class, row.hash])?;
        Ok(())
    }

    fn traits(&self, room: &Room, person: PersonCode) -> Result<usize, PeopleError> {
        let mut statement =
            self.tx.prepare_cached("select count(*) from trait where space = ?1 and code = ?2")?;
        let traits: u32 = statement.query_row(params![room.no, person.0], |row| row.get(0))?;
        Ok(usize::try_from(traits).unwrap_or(usize::MAX))
    }

    /// One trait of a code.
    pub(crate) fn trait_row(
        &self,
        room: &Room,
        person: PersonCode,
        no: u32,
    ) -> Result<Option<TraitRow>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select trait.name, trait_name.name, time_ms, plain, class, hash from trait
             join trait_name on trait_name.no = trait.name
             where trait.space = ?1 and code = ?2 and trait.name = ?3",
        )?;
        Ok(statement.query_row(params![room.no, person.0, no], trait_from_row).optional()?)
    }

    /// Every trait of a code.
    pub(crate) fn trait_rows(&self, room: &Room, person: PersonCode) -> Result<Vec<TraitRow>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select trait.name, trait_name.name, time_ms, plain, class, hash from trait
             join trait_name on trait_name.no = trait.name where trait.space = ?1 and code = ?2",
        )?;
        let rows = statement.query_map(params![room.no, person.0], trait_from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn trait_from_row(row: &Row<'_>) -> rusqlite::Result<TraitRow> {
    Ok(TraitRow {
        no: row.get(0)?,
        name: row.get(1)?,
        time_ms: row.get(2)?,
        plain: row.get(3)?,
        class: row.get(4)?,
        hash: row.get(5)?,
    })
}

/// The traits of an event that are not in the vault's care, by name, as JSON. What does not parse was
/// not written by the shield and says nothing.
pub(crate) fn plain_traits(event: &EventRecord) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
    if event.traits.len() <= "{}".len() {
        return Vec::new();
    }
    let mut traits = Vec::new();
    let mut read = || -> Result<(), sonic_rs::Error> {
        for member in sonic_rs::to_object_iter(event.traits.as_str()) {
            let (name, value) = member?;
            let is_sealed = event.sealed.iter().any(|sealed| sealed.name == name);
            if !is_sealed && !name.is_empty() && name.len() <= model::limits::NAME_BYTES_MAX {
                traits.push((name, value.as_raw_cow()));
            }
        }
        Ok(())
    };
    if read().is_err() {
        traits.clear();
    }
    traits
}

/// The mark that stands for a sealed value wherever traits are asked for.
pub(crate) fn mark_of(class: Class) -> String {
    format!("[sealed: {class}]")
}
