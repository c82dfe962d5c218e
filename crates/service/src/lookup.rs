//! Finding one person by an identifier that the caller knows already.

use guard::Granted;
use ledger::Shown;
use model::{PersonId, WorkspaceId};
use people::IdentifierKind;
use serde_json::json;

use crate::{ServiceError, Services};

/// In the order in which they are tried; an e-mail address is nobody's user id by chance.
const KINDS: [IdentifierKind; 4] =
    [IdentifierKind::UserId, IdentifierKind::AnonymousId, IdentifierKind::Email, IdentifierKind::Phone];

impl Services {
    /// The person with this identifier, compared whole by its keyed hash. The entry holds whether there was
    /// one, not what was looked for.
    ///
    /// # Errors
    /// The database's, the ledger's.
    pub fn find_person(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        identifier: &str,
    ) -> Result<Option<PersonId>, ServiceError> {
        let identifier = identifier.trim();
        let mut found = match identifier.parse::<PersonId>() {
            Ok(id) => self.people.code_of(workspace, id)?.map(|_| id),
            Err(_) => None,
        };
        for kind in KINDS {
            if found.is_none() && !identifier.is_empty() {
                found = self.people.find(workspace, kind, identifier)?.map(|person| person.id);
            }
        }
        let object = found.map_or_else(|| "people".to_owned(), |id| id.to_string());
        let about = json!({ "found": found.is_some() });
        self.enter_shown(granted, ("person.looked_up", &object), &Shown::people(found), &about)?;
        Ok(found)
    }

    /// How many people are known.
    ///
    /// # Errors
    /// The database's.
    pub fn people_count(&self, _granted: &Granted, workspace: WorkspaceId) -> Result<u64, ServiceError> {
        Ok(self.people.count(workspace)?)
    }
}
