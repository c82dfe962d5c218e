//! Opened values. Whoever calls this has a grant and has entered it in the ledger: `rows` does.

use model::{PersonCode, PersonId, WorkspaceId};
use rusqlite::params;
use stdx::Secret;
use vault::Vault;

use crate::error::PeopleError;
use crate::identifiers::IdentifierKind;
use crate::people::People;

/// The most identifiers opened at once.
const IDENTIFIERS_MAX: u32 = 500;

impl People {
    /// The value of a sealed trait; `None` if there is none.
    ///
    /// # Errors
    /// The database's, or a sealed value that does not open.
    pub fn reveal(
        &self,
        workspace: WorkspaceId,
        id: PersonId,
        name: &str,
    ) -> Result<Option<Secret<String>>, PeopleError> {
        self.reading(workspace, |reading| {
            let Some(person) = reading.living(id)? else { return Ok(None) };
            let vault = Vault::new(reading.tx, &reading.keys, workspace);
            match vault.subject(person.code)? {
                Some(subject) => Ok(subject.open(name)?),
                None => Ok(None),
            }
        })
    }

    /// The identifiers of a person in clear, user ids first; at most 500.
    ///
    /// # Errors
    /// The database's, or a sealed value that does not open.
    pub fn reveal_identifiers(
        &self,
        workspace: WorkspaceId,
        id: PersonId,
    ) -> Result<Vec<(IdentifierKind, Secret<String>)>, PeopleError> {
        self.reading(workspace, |reading| {
            let Some(person) = reading.living(id)? else { return Ok(Vec::new()) };
            let mut statement = reading.tx.prepare_cached(
                "select kind, origin, sealed from identifier where space = ?1 and code = ?2
                 order by kind, offset limit ?3",
            )?;
            let mut rows = statement.query(params![reading.space, person.code.0, IDENTIFIERS_MAX])?;
            let mut identifiers = Vec::new();
            while let Some(row) = rows.next()? {
                let Some(kind) = IdentifierKind::from_number(row.get(0)?) else { continue };
                let opened = reading.open_apart(PersonCode(row.get(1)?), kind.as_str(), row.get(2)?)?;
                identifiers.extend(opened.map(|value| (kind, value)));
            }
            Ok(identifiers)
        })
    }
}
