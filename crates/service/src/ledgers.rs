//! The ledger, for those who may see it: the entries of one workspace, and the tree that proves all of them.

use guard::Granted;
use ledger::{EntriesPage, EntryId, Filter, Scope};
use model::WorkspaceId;

use crate::{ServiceError, Services};

/// Which entries of a workspace.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only this principal's.
    pub principal: Option<String>,
    /// Only this code.
    pub code: Option<String>,
    /// Only this session's.
    pub session: Option<String>,
    /// Only what was done to this object: who saw this person.
    pub object: Option<String>,
    /// From this instant on, milliseconds since 1970, UTC.
    pub from_ms: Option<i64>,
    /// Before this instant.
    pub to_ms: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<u64>,
    /// How many at most.
    pub limit: usize,
}

impl Services {
    /// Entries of the granted workspace, newest first.
    ///
    /// # Errors
    /// The ledger's.
    pub fn entries(
        &self,
        _granted: &Granted,
        workspace: WorkspaceId,
        wanted: Wanted,
    ) -> Result<EntriesPage, ServiceError> {
        let filter = Filter {
            principal: wanted.principal,
            code: wanted.code,
            session: wanted.session,
            object: wanted.object,
            from_ms: wanted.from_ms,
            to_ms: wanted.to_ms,
            after: wanted.after.map(EntryId),
            limit: wanted.limit.clamp(1, ledger::PAGE_ENTRIES_MAX),
            ..Filter::newest(Scope::Workspaces(vec![workspace]))
        };
        Ok(self.ledger.entries(&filter)?)
    }
}
