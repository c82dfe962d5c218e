//! Taking something out of what is kept of people: every value is shown, block by block, to whoever says what goes
//! ([`Sift`]). A removed trait leaves a mark in its place; a removed identifier leaves the person without it.
//!
//! A block is one transaction, so the resolving pass goes on between two. Values do not linger: the database
//! overwrites what it deletes, and [`People::forget_log`] empties the write-ahead log.

mod consent;
mod history;
mod overlaid;

use model::record::PersonRef;
use model::{EventRecord, PersonCode, PersonId, WorkspaceId};
use rusqlite::{Transaction, params};
use stdx::Secret;
use vault::Vault;

use crate::error::PeopleError;
use crate::groups::GROUP_ID;
use crate::identifiers::{Hash, IdentifierKind, Identifiers};
use crate::memory::{Memory, space_no};
use crate::people::People;

/// What stands in place of a purged trait, as JSON.
pub const PURGED: &str = "\"[purged]\"";
/// How many codes make a block.
const BLOCK_CODES: u32 = 500;
/// The most codes whose identities are asked for at once.
const CODES_MAX: usize = 10_000;

/// A trait that is kept of a person.
#[derive(Clone, Copy)]
pub struct KeptTrait<'a> {
    /// Whose it is, after merges.
    pub person: PersonCode,
    /// Its name; nested sealed ones are joined by dots.
    pub name: &'a str,
    /// When the event happened that wrote it, milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// JSON of a plain one; the text of a sealed one.
    pub value: &'a str,
    /// Whether it is sealed in the vault.
    pub is_sealed: bool,
}

/// What becomes of a kept value.
#[derive(Clone, PartialEq, Eq)]
pub enum Fate {
    /// It stays.
    Stays,
    /// It goes.
    Goes,
    /// It is this JSON from now on.
    Becomes(String),
}

/// Says what becomes of what is kept of people.
pub trait Sift {
    /// A trait of a person.
    fn person_trait(&mut self, kept: &KeptTrait<'_>) -> Fate;
    /// An identifier or the id of a group, of whom.
    fn is_wanted_id(&mut self, person: PersonCode, value: &str) -> bool;
    /// A trait of a group, as JSON.
    fn group_trait(&mut self, name: &str, time_ms: i64, value: &str) -> Fate;
    /// Words: the reason of a merge, the name of a trait.
    fn is_wanted_text(&mut self, text: &str) -> bool;
}

/// What was found, and what was taken out where it was no survey.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Sifted {
    /// Plain traits.
    pub traits: u64,
    /// What plain traits are or were, in their histories.
    pub earlier: u64,
    /// Sealed values.
    pub sealed: u64,
    /// Identifiers and ids of groups.
    pub identifiers: u64,
    /// Traits of groups.
    pub group_traits: u64,
    /// Reasons and names.
    pub words: u64,
}

impl Sifted {
    /// How many in all.
    pub fn total(&self) -> u64 {
        self.traits + self.earlier + self.sealed + self.identifiers + self.group_traits + self.words
    }

    /// Adds another count.
    pub fn add(&mut self, other: &Self) {
        self.traits += other.traits;
        self.earlier += other.earlier;
        self.sealed += other.sealed;
        self.identifiers += other.identifiers;
        self.group_traits += other.group_traits;
        self.words += other.words;
    }
}

/// Who an event names, by keyed hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct IdentityMark(pub [u8; 16]);

/// A workspace in one transaction of a sift.
struct Sifting<'a> {
    tx: &'a Transaction<'a>,
    space: u32,
    vault: Vault<'a>,
    survey: bool,
    sifted: Sifted,
    /// Identifiers that are gone and may be remembered.
    gone: Vec<Hash>,
}

/// A row of a trait, as read.
struct TraitRead {
    code: u32,
    root: u32,
    no: u32,
    name: String,
    time_ms: i64,
    plain: Option<String>,
}

impl People {
    /// Shows what is kept of the people from code `from` on, some hundreds of them, and takes out what `sift` says,
    /// or nothing with `survey`. Where to go on, and what was found; `None` after the last, when what is kept of
    /// the workspace as a whole has been shown too.
    ///
    /// # Errors
    /// Nothing of the block has then changed.
    pub fn sift(
        &self,
        workspace: WorkspaceId,
        from: u32,
        survey: bool,
        sift: &mut dyn Sift,
    ) -> Result<(Option<u32>, Sifted), PeopleError> {
        let keys = self.keys.get(workspace).ok_or(PeopleError::NoKeys(workspace))?;
        let mut work = |tx: &Transaction<'_>| -> Result<(Option<u32>, Sifted, Vec<Hash>, u32), PeopleError> {
            let Some(space) = space_no(tx, workspace)? else {
                return Ok((None, Sifted::default(), Vec::new(), 0));
            };
            let end = tx.query_row(
                "select coalesce(max(code), -1) + 1 from person where space = ?1",
                [space],
                |row| row.get::<_, i64>(0),
            )?;
            let vault = Vault::new(tx, &keys, workspace);
            let (sifted, gone) = (Sifted::default(), Vec::new());
            let mut sifting = Sifting { tx, space, vault, survey, sifted, gone };
            let past = from.saturating_add(BLOCK_CODES);
            sifting.traits(from, past, sift)?;
            sifting.overlaid(from, past, sift)?;
            sifting.history(from, past, sift)?;
            sifting.consent_reasons(from, past, sift)?;
            sifting.identifiers(from, past, sift)?;
            sifting.memberships(from, past, sift)?;
            let next = (i64::from(past) < end).then_some(past);
            if next.is_none() {
                sifting.whole(sift)?;
            }
            Ok((next, sifting.sifted, sifting.gone, space))
        };
        if survey {
            return self.database.read(work).map(|(next, sifted, ..)| (next, sifted));
        }
        let mut memory = self.memory();
        let (next, sifted, gone, space) = self.database.write(&mut work)?;
        forget(&mut memory, space, &gone, sifted.words > 0);
        Ok((next, sifted))
    }

    /// Empties the write-ahead log, so that nothing removed is left in it; `false` while a reader holds it.
    ///
    /// # Errors
    /// The database's.
    pub fn forget_log(&self) -> Result<bool, PeopleError> {
        Ok(self.database.empty_log()?)
    }

    /// The keyed hashes of every identifier of people, those merged into them included.
    ///
    /// # Errors
    /// The database's.
    pub fn identity_marks(
        &self,
        workspace: WorkspaceId,
        people: &[PersonCode],
    ) -> Result<Vec<IdentityMark>, PeopleError> {
        self.database.read(|tx| {
            let Some(space) = space_no(tx, workspace)? else { return Ok(Vec::new()) };
            let mut statement =
                tx.prepare_cached("select hash from identifier where space = ?1 and code = ?2")?;
            let mut marks = Vec::new();
            for person in people.iter().take(CODES_MAX) {
                let rows = statement.query_map(params![space, person.0], |row| row.get(0))?;
                for hash in rows {
                    marks.push(IdentityMark(hash?));
                }
            }
            Ok(marks)
        })
    }

    /// The people whom keyed hashes of identifiers belong to.
    ///
    /// # Errors
    /// The database's.
    pub fn codes_marked(
        &self,
        workspace: WorkspaceId,
        marks: &[IdentityMark],
    ) -> Result<Vec<PersonCode>, PeopleError> {
        self.database.read(|tx| {
            let Some(space) = space_no(tx, workspace)? else { return Ok(Vec::new()) };
            let mut statement =
                tx.prepare_cached("select code from identifier where space = ?1 and hash = ?2")?;
            let mut found = std::collections::BTreeSet::new();
            for mark in marks {
                let mut rows = statement.query(params![space, mark.0])?;
                if let Some(row) = rows.next()? {
                    found.insert(row.get(0).map(PersonCode)?);
                }
            }
            Ok(Vec::from_iter(found))
        })
    }

    /// Whom an event names: the user first, then the device.
    pub fn marks_of(&self, event: &EventRecord) -> Vec<IdentityMark> {
        let Some(keys) = self.keys.get(event.workspace) else { return Vec::new() };
        let ids = Identifiers::of(event, &keys.hash);
        ids.user.iter().chain(&ids.anonymous).map(|identifier| IdentityMark(identifier.hash)).collect()
    }

    /// The living people behind codes, with their public ids; the erased are left out.
    ///
    /// # Errors
    /// The database's.
    pub fn living(
        &self,
        workspace: WorkspaceId,
        codes: &[PersonCode],
    ) -> Result<Vec<PersonRef>, PeopleError> {
        self.database.read(|tx| {
            let Some(space) = space_no(tx, workspace)? else { return Ok(Vec::new()) };
            let mut statement = tx.prepare_cached(
                "select root.code, root.public_id from person join person as root
                   on root.space = person.space and root.code = coalesce(person.into_code, person.code)
                 where person.space = ?1 and person.code = ?2 and root.erased = 0",
            )?;
            let mut found = Vec::new();
            for code in codes {
                let mut rows = statement.query(params![space, code.0])?;
                if let Some(row) = rows.next()? {
                    let id = PersonId(u128::from_be_bytes(row.get(1)?));
                    found.push(PersonRef { code: PersonCode(row.get(0)?), id });
                }
            }
            Ok(found)
        })
    }
}

fn forget(memory: &mut Memory, space: u32, gone: &[Hash], names_changed: bool) {
    for hash in gone {
        memory.identities.remove(&(space, *hash));
    }
    if names_changed {
        memory.forget_names();
    }
}

impl Sifting<'_> {
    fn traits(&mut self, from: u32, past: u32, sift: &mut dyn Sift) -> Result<(), PeopleError> {
        for kept in self.trait_rows(from, past)? {
            let person = PersonCode(kept.root);
            let fate = match &kept.plain {
                Some(plain) if plain == PURGED => Fate::Stays,
                Some(plain) => sift.person_trait(&kept.shown(person, plain, false)),
                None => match self.sealed_value(&kept)? {
                    Some(value) => sift.person_trait(&kept.shown(person, value.expose(), true)),
                    None => Fate::Stays,
                },
            };
            let plain = match fate {
                Fate::Stays => continue,
                Fate::Goes => PURGED.to_owned(),
                // A sealed value is a text of its own; it goes as a whole.
                Fate::Becomes(plain) => {
                    if kept.plain.is_some() {
                        plain
                    } else {
                        PURGED.to_owned()
                    }
                }
            };
            if kept.plain.is_some() {
                self.sifted.traits += 1
            } else {
                self.sifted.sealed += 1
            }
            if self.survey {
                continue;
            }
            if kept.plain.is_none()
                && let Some(subject) = self.vault.subject(PersonCode(kept.code))?
            {
                subject.remove(&kept.name)?;
            }
            self.tx
                .prepare_cached(
                    "update trait set plain = ?4, class = null, hash = null
                     where space = ?1 and code = ?2 and name = ?3",
                )?
                .execute(params![self.space, kept.code, kept.no, plain])?;
        }
        Ok(())
    }

    fn trait_rows(&self, from: u32, past: u32) -> Result<Vec<TraitRead>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select trait.code, coalesce(person.into_code, person.code), trait.name, trait_name.name, time_ms, plain
             from trait join trait_name on trait_name.no = trait.name
             join person on person.space = trait.space and person.code = trait.code
             where trait.space = ?1 and trait.code >= ?2 and trait.code < ?3",
        )?;
        let rows = statement.query_map(params![self.space, from, past], |row| {
            Ok(TraitRead {
                code: row.get(0)?,
                root: row.get(1)?,
                no: row.get(2)?,
                name: row.get(3)?,
                time_ms: row.get(4)?,
                plain: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn sealed_value(&self, kept: &TraitRead) -> Result<Option<Secret<String>>, PeopleError> {
        match self.vault.subject(PersonCode(kept.code))? {
            Some(subject) => Ok(subject.open(&kept.name)?),
            None => Ok(None),
        }
    }

    fn identifiers(&mut self, from: u32, past: u32, sift: &mut dyn Sift) -> Result<(), PeopleError> {
        let mut wanted = Vec::new();
        let mut statement = self.tx.prepare_cached(
            "select hash, kind, code, origin, sealed from identifier
             where space = ?1 and code >= ?2 and code < ?3",
        )?;
        let mut rows = statement.query(params![self.space, from, past])?;
        while let Some(row) = rows.next()? {
            let hash: Hash = row.get(0)?;
            let Some(kind) = IdentifierKind::from_number(row.get(1)?) else { continue };
            let sealed: Vec<u8> = row.get(4)?;
            let Some(subject) = self.vault.subject(PersonCode(row.get(3)?))? else { continue };
            let value = subject.open_apart(kind.as_str(), &sealed)?;
            if sift.is_wanted_id(PersonCode(row.get(2)?), value.expose()) {
                wanted.push(hash);
            }
        }
        self.sifted.identifiers += wanted.len() as u64;
        if self.survey {
            return Ok(());
        }
        let mut delete = self.tx.prepare_cached("delete from identifier where space = ?1 and hash = ?2")?;
        for hash in wanted {
            delete.execute(params![self.space, hash])?;
            self.gone.push(hash);
        }
        Ok(())
    }

    fn memberships(&mut self, from: u32, past: u32, sift: &mut dyn Sift) -> Result<(), PeopleError> {
        let mut wanted: Vec<(u32, Hash)> = Vec::new();
        let mut statement = self.tx.prepare_cached(
            "select membership.code, group_hash, origin, sealed, coalesce(into_code, person.code) from membership
             join person on person.space = membership.space and person.code = membership.code
             where membership.space = ?1 and membership.code >= ?2 and membership.code < ?3",
        )?;
        let mut rows = statement.query(params![self.space, from, past])?;
        while let Some(row) = rows.next()? {
            let (code, hash, sealed): (u32, Hash, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(3)?);
            let Some(subject) = self.vault.subject(PersonCode(row.get(2)?))? else { continue };
            let value = subject.open_apart(GROUP_ID, &sealed)?;
            if sift.is_wanted_id(PersonCode(row.get(4)?), value.expose()) {
                wanted.push((code, hash));
            }
        }
        self.sifted.identifiers += wanted.len() as u64;
        if self.survey {
            return Ok(());
        }
        let mut delete = self
            .tx
            .prepare_cached("delete from membership where space = ?1 and code = ?2 and group_hash = ?3")?;
        for (code, hash) in wanted {
            delete.execute(params![self.space, code, hash])?;
        }
        Ok(())
    }

    /// What belongs to nobody in particular.
    fn whole(&mut self, sift: &mut dyn Sift) -> Result<(), PeopleError> {
        self.group_traits(sift)?;
        for (select, update) in [
            (
                "select from_code, reason from merged where space = ?1",
                "update merged set reason = '[purged]' where space = ?1 and from_code = ?2",
            ),
            (
                "select no, reason from apart where space = ?1",
                "update apart set reason = '[purged]' where space = ?1 and no = ?2",
            ),
            (
                "select no, reason from parted where space = ?1",
                "update parted set reason = '[purged]' where space = ?1 and no = ?2",
            ),
            (
                "select no, why from parted where space = ?1",
                "update parted set why = '[purged]' where space = ?1 and no = ?2",
            ),
            (
                "select no, reason from outgoing where space = ?1",
                "update outgoing set reason = '[purged]' where space = ?1 and no = ?2",
            ),
            (
                "select no, name from consent_purpose where space = ?1",
                "update consent_purpose set name = 'purged ' || ?2 where space = ?1 and no = ?2",
            ),
            (
                "select no, name from trait_name where space = ?1",
                "update trait_name set name = '[purged ' || ?2 || ']' where space = ?1 and no = ?2",
            ),
        ] {
            let wanted = self.wanted_texts(select, sift)?;
            self.sifted.words += wanted.len() as u64;
            for no in wanted.into_iter().filter(|_| !self.survey) {
                self.tx.prepare_cached(update)?.execute(params![self.space, no])?;
            }
        }
        Ok(())
    }

    fn wanted_texts(&self, select: &str, sift: &mut dyn Sift) -> Result<Vec<i64>, PeopleError> {
        let mut statement = self.tx.prepare_cached(select)?;
        let mut rows = statement.query([self.space])?;
        let mut wanted = Vec::new();
        while let Some(row) = rows.next()? {
            if sift.is_wanted_text(row.get_ref(1)?.as_str().unwrap_or_default()) {
                wanted.push(row.get(0)?);
            }
        }
        Ok(wanted)
    }

    fn group_traits(&mut self, sift: &mut dyn Sift) -> Result<(), PeopleError> {
        let mut changed: Vec<(Hash, String, String)> = Vec::new();
        let mut statement = self
            .tx
            .prepare_cached("select group_hash, name, time_ms, plain from group_trait where space = ?1")?;
        let mut rows = statement.query([self.space])?;
        while let Some(row) = rows.next()? {
            let (name, plain): (String, String) = (row.get(1)?, row.get(3)?);
            if plain == PURGED {
                continue;
            }
            match sift.group_trait(&name, row.get(2)?, &plain) {
                Fate::Stays => {}
                Fate::Goes => changed.push((row.get(0)?, name, PURGED.to_owned())),
                Fate::Becomes(plain) => changed.push((row.get(0)?, name, plain)),
            }
        }
        self.sifted.group_traits += changed.len() as u64;
        if self.survey {
            return Ok(());
        }
        let mut update = self.tx.prepare_cached(
            "update group_trait set plain = ?4 where space = ?1 and group_hash = ?2 and name = ?3",
        )?;
        for (hash, name, plain) in changed {
            update.execute(params![self.space, hash, name, plain])?;
        }
        Ok(())
    }
}

impl TraitRead {
    fn shown<'a>(&'a self, person: PersonCode, value: &'a str, is_sealed: bool) -> KeptTrait<'a> {
        KeptTrait { person, name: &self.name, time_ms: self.time_ms, value, is_sealed }
    }
}
