//! Who is who: codes, public ids, identifiers.

use model::record::PersonRef;
use model::{Class, PersonCode, PersonId, WorkspaceId};
use rusqlite::params;

use super::{Reading, person_ref};
use crate::error::PeopleError;
use crate::identifiers::{Hash, IdentifierKind, hash_of, trait_hash_of};
use crate::orders::standing;
use crate::people::People;

/// The most people found by one value.
const FOUND_MAX: u32 = 100;

impl People {
    /// How many people a workspace has, merged and erased ones not counted.
    ///
    /// # Errors
    /// The database's.
    pub fn count(&self, workspace: WorkspaceId) -> Result<u64, PeopleError> {
        self.reading(workspace, |reading| {
            let mut statement = reading.tx.prepare_cached("select living from space where no = ?1")?;
            Ok(statement.query_row([reading.space], |row| super::count(row, 0))?)
        })
    }

    /// The living person behind a code; `None` for an erased or unknown one.
    ///
    /// # Errors
    /// The database's.
    pub fn by_code(
        &self,
        workspace: WorkspaceId,
        code: PersonCode,
    ) -> Result<Option<PersonRef>, PeopleError> {
        self.reading(workspace, |reading| reading.living_code(code))
    }

    /// The code of the living person behind a public id; `None` for an erased or unknown one.
    ///
    /// # Errors
    /// The database's.
    pub fn code_of(&self, workspace: WorkspaceId, id: PersonId) -> Result<Option<PersonCode>, PeopleError> {
        self.reading(workspace, |reading| Ok(reading.living(id)?.map(|person| person.code)))
    }

    /// Every code that stands for a person: the living one first, then those merged into it. Empty for an
    /// erased or unknown one.
    ///
    /// # Errors
    /// The database's.
    pub fn codes_of(&self, workspace: WorkspaceId, id: PersonId) -> Result<Vec<PersonCode>, PeopleError> {
        self.reading(workspace, |reading| {
            let Some(person) = reading.living(id)? else { return Ok(Vec::new()) };
            let mut statement = reading.tx.prepare_cached(
                "select code from person where space = ?1 and into_code = ?2 order by code",
            )?;
            let merged = statement
                .query_map(params![reading.space, person.code.0], |row| row.get(0).map(PersonCode))?;
            let mut codes = vec![person.code];
            for code in merged {
                codes.push(code?);
            }
            Ok(codes)
        })
    }

    /// The public ids of the people behind codes, in their order; those merged away as their survivor,
    /// `None` for [`PersonCode::NOBODY`].
    ///
    /// # Errors
    /// [`PeopleError::UnknownCode`], or the database's.
    pub fn public_ids(
        &self,
        workspace: WorkspaceId,
        codes: &[PersonCode],
    ) -> Result<Vec<Option<PersonId>>, PeopleError> {
        let id = |reading: &Reading<'_>, code: PersonCode| match code {
            PersonCode::NOBODY => Ok(None),
            code => reading.public_id(code).map(Some),
        };
        if codes.iter().all(|code| *code == PersonCode::NOBODY) {
            return Ok(vec![None; codes.len()]);
        }
        self.reading(workspace, |reading| codes.iter().map(|code| id(reading, *code)).collect()).and_then(
            |ids: Vec<Option<PersonId>>| match codes.get(ids.len()) {
                Some(code) => Err(PeopleError::UnknownCode { workspace, code: *code }),
                None => Ok(ids),
            },
        )
    }

    /// The person with an identifier. Several people may share an e-mail address or telephone number: of
    /// those the first one; see [`People::find_all`].
    ///
    /// # Errors
    /// The database's.
    pub fn find(
        &self,
        workspace: WorkspaceId,
        kind: IdentifierKind,
        value: &str,
    ) -> Result<Option<PersonRef>, PeopleError> {
        Ok(self.find_all(workspace, kind, value)?.into_iter().next())
    }

    /// The people with an identifier, by code; at most 100.
    ///
    /// # Errors
    /// The database's.
    pub fn find_all(
        &self,
        workspace: WorkspaceId,
        kind: IdentifierKind,
        value: &str,
    ) -> Result<Vec<PersonRef>, PeopleError> {
        self.reading(workspace, |reading| {
            let hash = hash_of(kind, value, &reading.keys.hash);
            match kind {
                IdentifierKind::UserId | IdentifierKind::AnonymousId => reading.by_identifier(hash),
                IdentifierKind::Email | IdentifierKind::Phone => reading.by_trait(hash),
            }
        })
    }

    /// The people whose sealed trait `name` of that class has that value, by code; at most 100. Addresses
    /// and numbers are found under any trait's name.
    ///
    /// # Errors
    /// The database's.
    pub fn find_by_trait(
        &self,
        workspace: WorkspaceId,
        name: &str,
        class: Class,
        value: &str,
    ) -> Result<Vec<PersonRef>, PeopleError> {
        self.reading(workspace, |reading| {
            reading.by_trait(trait_hash_of(name, class, value, &reading.keys.hash))
        })
    }
}

impl Reading<'_> {
    fn public_id(&self, code: PersonCode) -> Result<PersonId, PeopleError> {
        let unknown = PeopleError::UnknownCode { workspace: self.workspace, code };
        let root = standing(self.tx, self.space, code)?.ok_or(unknown)?.root;
        let mut statement =
            self.tx.prepare_cached("select public_id from person where space = ?1 and code = ?2")?;
        Ok(statement
            .query_row(params![self.space, root.0], |row| Ok(PersonId(u128::from_be_bytes(row.get(0)?))))?)
    }

    fn by_identifier(&self, hash: Hash) -> Result<Vec<PersonRef>, PeopleError> {
        self.people(
            "select person.code, public_id from identifier
             join person on person.space = identifier.space and person.code = identifier.code
             where identifier.space = ?1 and hash = ?2 limit ?3",
            hash,
        )
    }

    /// What a merged person had is the survivor's only where the survivor took it over.
    fn by_trait(&self, hash: Hash) -> Result<Vec<PersonRef>, PeopleError> {
        self.people(
            "select distinct person.code, public_id from trait
             join person on person.space = trait.space and person.code = trait.code
             where trait.space = ?1 and hash = ?2 and into_code is null order by 1 limit ?3",
            hash,
        )
    }

    fn people(&self, sql: &str, hash: Hash) -> Result<Vec<PersonRef>, PeopleError> {
        let mut statement = self.tx.prepare_cached(sql)?;
        let rows = statement.query_map(params![self.space, hash, FOUND_MAX], person_ref)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
