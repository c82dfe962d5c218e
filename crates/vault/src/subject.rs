//! The values of one person.

use keys::Key;
use model::{Class, PersonCode};
use rusqlite::{OptionalExtension, params};
use stdx::Secret;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::vault::Vault;

/// One person's key, opened, for as long as the transaction lasts.
pub struct Subject<'a> {
    pub(crate) vault: &'a Vault<'a>,
    pub(crate) person: PersonCode,
    pub(crate) key: Key,
}

/// That there is a value, and of what kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SealedName {
    /// The trait's name; nested ones are joined by dots.
    pub name: String,
    /// What kind of value it is.
    pub class: Class,
}

impl Subject<'_> {
    /// Keeps `value` under `name` in place of an earlier one.
    ///
    /// # Errors
    /// The database's.
    pub fn seal(&self, name: &str, class: Class, value: &str) -> Result<(), VaultError> {
        let sealed = self.key.seal(&self.binding("value", name, class.as_str()), value.as_bytes());
        let mut statement = self.vault.tx.prepare_cached(
            "insert into sealed_value (workspace, person, name, class, sealed) values (?1, ?2, ?3, ?4, ?5)
             on conflict do update set class = excluded.class, sealed = excluded.sealed",
        )?;
        statement.execute(params![self.vault.workspace, self.person.0, name, class.as_str(), sealed])?;
        Ok(())
    }

    /// The value under `name`.
    ///
    /// # Errors
    /// The database's, or a value that was changed or moved.
    pub fn open(&self, name: &str) -> Result<Option<Secret<String>>, VaultError> {
        let mut statement = self.vault.tx.prepare_cached(
            "select class, sealed from sealed_value where workspace = ?1 and person = ?2 and name = ?3",
        )?;
        let found: Option<(String, Vec<u8>)> = statement
            .query_row(params![self.vault.workspace, self.person.0, name], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((class, sealed)) = found else { return Ok(None) };
        self.open_text(&self.binding("value", name, &class), &sealed).map(Some)
    }

    /// Removes the value under `name`. `false`: there was none.
    ///
    /// # Errors
    /// The database's.
    pub fn remove(&self, name: &str) -> Result<bool, VaultError> {
        let mut statement = self
            .vault
            .tx
            .prepare_cached("delete from sealed_value where workspace = ?1 and person = ?2 and name = ?3")?;
        Ok(statement.execute(params![self.vault.workspace, self.person.0, name])? > 0)
    }

    /// Which values there are, by name.
    ///
    /// # Errors
    /// The database's, or a class of a newer version.
    pub fn names(&self) -> Result<Vec<SealedName>, VaultError> {
        let mut statement = self.vault.tx.prepare_cached(
            "select name, class from sealed_value where workspace = ?1 and person = ?2 order by name",
        )?;
        let mut rows = statement.query(params![self.vault.workspace, self.person.0])?;
        let mut names = Vec::new();
        while let Some(row) = rows.next()? {
            let class: String = row.get(1)?;
            let class = Class::from_name(&class).ok_or(VaultError::Unreadable { person: self.person.0 })?;
            names.push(SealedName { name: row.get(0)?, class });
        }
        Ok(names)
    }

    /// Seals a value that the caller keeps in a row of its own, for `purpose`.
    pub fn seal_apart(&self, purpose: &str, value: &str) -> Vec<u8> {
        self.key.seal(&self.binding("apart", purpose, ""), value.as_bytes())
    }

    /// Opens what [`Subject::seal_apart`] made for the same purpose.
    ///
    /// # Errors
    /// A value that was changed or moved.
    pub fn open_apart(&self, purpose: &str, sealed: &[u8]) -> Result<Secret<String>, VaultError> {
        self.open_text(&self.binding("apart", purpose, ""), sealed)
    }

    fn open_text(&self, binding: &[u8], sealed: &[u8]) -> Result<Secret<String>, VaultError> {
        let person = self.person.0;
        let plain = self.key.open(binding, sealed).map_err(|source| VaultError::Closed { person, source })?;
        let plain = Zeroizing::new(plain);
        let text = std::str::from_utf8(&plain).map_err(|_| VaultError::Unreadable { person })?;
        Ok(Secret::new(text.to_owned()))
    }

    /// What a sealed value is bound to. The parts before the last have a fixed length or end in a zero
    /// byte, so no two places have the same binding.
    fn binding(&self, form: &str, name: &str, class: &str) -> Vec<u8> {
        [
            b"sealed value 1\0".as_slice(),
            &self.vault.workspace,
            &self.person.0.to_be_bytes(),
            form.as_bytes(),
            b"\0",
            class.as_bytes(),
            b"\0",
            name.as_bytes(),
        ]
        .concat()
    }
}
