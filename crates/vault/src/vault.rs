//! The vault of one workspace within one transaction: makes, opens and destroys subjects' keys.

use keys::{Key, WorkspaceKeys, wrapped_by};
use model::{PersonCode, WorkspaceId};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::error::VaultError;
use crate::subject::Subject;

/// The sealed values of one workspace.
pub struct Vault<'a> {
    pub(crate) tx: &'a Transaction<'a>,
    pub(crate) workspace: [u8; 16],
    keys: &'a WorkspaceKeys,
}

impl<'a> Vault<'a> {
    /// The vault of `workspace` as `tx` sees it.
    pub fn new(tx: &'a Transaction<'a>, keys: &'a WorkspaceKeys, workspace: WorkspaceId) -> Self {
        Self { tx, workspace: workspace.0.to_be_bytes(), keys }
    }

    /// The person's values; `None` if there never were any or the person is forgotten.
    ///
    /// # Errors
    /// The database's, or a key that does not open.
    pub fn subject(&self, person: PersonCode) -> Result<Option<Subject<'_>>, VaultError> {
        let mut statement =
            self.tx.prepare_cached("select wrapped from subject_key where workspace = ?1 and person = ?2")?;
        let wrapped: Option<Vec<u8>> =
            statement.query_row(params![self.workspace, person.0], |row| row.get(0)).optional()?;
        let Some(wrapped) = wrapped else { return Ok(None) };
        let key = self
            .keys
            .seal
            .unwrap(&wrapped, &self.binding(person))
            .map_err(|source| VaultError::Closed { person: person.0, source })?;
        Ok(Some(Subject { vault: self, person, key }))
    }

    /// The person's values, with a fresh key if there are none.
    ///
    /// # Errors
    /// As [`Vault::subject`].
    pub fn subject_or_new(&self, person: PersonCode) -> Result<Subject<'_>, VaultError> {
        match self.subject(person)? {
            Some(subject) => Ok(subject),
            None => self.new_subject(person),
        }
    }

    /// A fresh key for a person who has none.
    ///
    /// # Errors
    /// The database's, which refuses a second key.
    pub fn new_subject(&self, person: PersonCode) -> Result<Subject<'_>, VaultError> {
        let key = Key::generate();
        let wrapped = self.keys.seal.wrap(&key, &self.binding(person));
        let mut statement = self
            .tx
            .prepare_cached("insert into subject_key (workspace, person, wrapped) values (?1, ?2, ?3)")?;
        statement.execute(params![self.workspace, person.0, wrapped])?;
        Ok(Subject { vault: self, person, key })
    }

    /// Seals the values of `from` under `names` for `into` as well, in place of its own. The values of
    /// `from` stay under its own key, so that the two can be told apart again.
    ///
    /// # Errors
    /// As [`Vault::subject`], or a value that was changed or moved.
    pub fn copy(&self, from: PersonCode, into: PersonCode, names: &[&str]) -> Result<(), VaultError> {
        let Some(source) = self.subject(from)? else { return Ok(()) };
        let target = self.subject_or_new(into)?;
        for sealed in source.names()? {
            if names.contains(&sealed.name.as_str())
                && let Some(value) = source.open(&sealed.name)?
            {
                target.seal(&sealed.name, sealed.class, value.expose())?;
            }
        }
        Ok(())
    }

    /// Wraps the keys of up to `count` people from `from` on under the workspace's present key, where an older one wraps them.
    /// The first person not looked at; `None` after the last.
    ///
    /// # Errors
    /// The database's, or a key that does not open.
    pub fn renew(&self, from: PersonCode, count: u32) -> Result<Option<PersonCode>, VaultError> {
        let mut statement = self.tx.prepare_cached(
            "select person, wrapped from subject_key where workspace = ?1 and person >= ?2 order by person limit ?3",
        )?;
        let rows = statement.query_map(params![self.workspace, from.0, count], |row| {
            Ok((PersonCode(row.get(0)?), row.get::<_, Vec<u8>>(1)?))
        })?;
        let rows: Vec<(PersonCode, Vec<u8>)> = rows.collect::<Result<_, _>>()?;
        let mut update = self
            .tx
            .prepare_cached("update subject_key set wrapped = ?3 where workspace = ?1 and person = ?2")?;
        let (seal, present) = (&self.keys.seal, self.keys.seal.id());
        for (person, wrapped) in rows.iter().filter(|(_, wrapped)| wrapped_by(wrapped) != Some(present)) {
            let binding = self.binding(*person);
            let key = seal
                .unwrap(wrapped, &binding)
                .map_err(|source| VaultError::Closed { person: person.0, source })?;
            update.execute(params![self.workspace, person.0, seal.wrap(&key, &binding)])?;
        }
        let is_last = rows.len() < usize::try_from(count).unwrap_or(usize::MAX);
        let next = rows.last().and_then(|(person, _)| person.0.checked_add(1));
        Ok(next.filter(|_| !is_last).map(PersonCode))
    }

    /// How many people have a key that is wrapped under an older one of the workspace, and how many have one at all.
    ///
    /// # Errors
    /// The database's.
    pub fn behind(&self) -> Result<(u64, u64), VaultError> {
        let mut statement = self.tx.prepare_cached(
            "select count(*) filter (where substr(wrapped, 2, 8) <> ?2), count(*) from subject_key where workspace = ?1",
        )?;
        let count = |row: &rusqlite::Row<'_>, column| row.get::<_, i64>(column).map(i64::unsigned_abs);
        let counted = statement.query_row(params![self.workspace, self.keys.seal.id().0], |row| {
            Ok((count(row, 0)?, count(row, 1)?))
        })?;
        Ok(counted)
    }

    /// Destroys the person's key and every value sealed under it. `false`: there was none.
    ///
    /// # Errors
    /// The database's.
    pub fn forget(&self, person: PersonCode) -> Result<bool, VaultError> {
        // The sealed values go with the key, by the foreign key.
        let mut statement =
            self.tx.prepare_cached("delete from subject_key where workspace = ?1 and person = ?2")?;
        Ok(statement.execute(params![self.workspace, person.0])? > 0)
    }

    fn binding(&self, person: PersonCode) -> Vec<u8> {
        [b"subject key 1\0".as_slice(), &self.workspace, &person.0.to_be_bytes()].concat()
    }
}
