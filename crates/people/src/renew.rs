//! Off an older key of the workspace: people's keys are wrapped anew under the present one. What is sealed under their own keys
//! stays as it is, and so do the keyed hashes by which people are looked up.

use model::{PersonCode, WorkspaceId};
use vault::Vault;

use crate::error::PeopleError;
use crate::people::People;

impl People {
    /// Wraps the keys of up to `count` people from `from` on anew, where an older key wraps them. Where to go on; `None` after
    /// the last.
    ///
    /// # Errors
    /// Nothing of the block has then changed.
    pub fn renew(
        &self,
        workspace: WorkspaceId,
        from: PersonCode,
        count: u32,
    ) -> Result<Option<PersonCode>, PeopleError> {
        let keys = self.keys.get(workspace).ok_or(PeopleError::NoKeys(workspace))?;
        self.database.write(|tx| Ok(Vault::new(tx, &keys, workspace).renew(from, count)?))
    }

    /// How many people's keys are wrapped under an older key, and how many there are.
    ///
    /// # Errors
    /// The database's.
    pub fn behind(&self, workspace: WorkspaceId) -> Result<(u64, u64), PeopleError> {
        let keys = self.keys.get(workspace).ok_or(PeopleError::NoKeys(workspace))?;
        self.database.read(|tx| Ok(Vault::new(tx, &keys, workspace).behind()?))
    }
}
