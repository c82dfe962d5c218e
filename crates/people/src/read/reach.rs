//! Who can be written to, by the mark of their address: a keyed hash that is the same for everybody who shares it, and by which
//! an address that is not to be written to is known without being kept.

use model::record::PersonRef;
use model::{Class, WorkspaceId};
use rusqlite::{OptionalExtension, params};

use crate::error::PeopleError;
use crate::identifiers::{IdentifierKind, hash_of};
use crate::people::People;

/// The mark of an address within its workspace.
pub type AddressMark = [u8; 16];

impl People {
    /// The marks of these people's addresses (their trait `email`), in their order.
    ///
    /// # Errors
    /// The database's.
    pub fn address_marks(
        &self,
        workspace: WorkspaceId,
        people: &[PersonRef],
    ) -> Result<Vec<Option<AddressMark>>, PeopleError> {
        let found: Vec<Option<AddressMark>> = self.reading(workspace, |reading| {
            let mut statement = reading.tx.prepare_cached(
                "select hash from trait join trait_name on trait_name.no = trait.name
                 where trait.space = ?1 and code = ?2 and trait_name.name = 'email' and class = ?3",
            )?;
            let mut marks = Vec::with_capacity(people.len());
            for person in people {
                let of = params![reading.space, person.code.0, Class::Email.as_str()];
                marks.push(statement.query_row(of, |row| row.get(0)).optional()?.flatten());
            }
            Ok(marks)
        })?;
        Ok(if found.is_empty() { vec![None; people.len()] } else { found })
    }

    /// The mark of an address.
    ///
    /// # Errors
    /// The workspace's keys are not there.
    pub fn address_mark(&self, workspace: WorkspaceId, address: &str) -> Result<AddressMark, PeopleError> {
        let keys = self.keys.get(workspace).ok_or(PeopleError::NoKeys(workspace))?;
        Ok(hash_of(IdentifierKind::Email, address, &keys.hash))
    }
}
