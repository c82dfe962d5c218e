//! Who may do what in a workspace, now or as it was when somebody last looked before some day.

use guard::Granted;
use guard::access::{Access, KEPT};
use ledger::{Filter, Scope};
use model::WorkspaceId;
use serde_json::json;

use crate::{ServiceError, Services};

/// The document, and when it was so.
#[derive(Clone, Debug)]
pub struct Kept {
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// The ledger entry that keeps it, of one that is not from now.
    pub entry: Option<u64>,
    /// Who may do what.
    pub access: Access,
}

impl Services {
    /// Who may do what: now, or as the ledger keeps it from the last look before `at_ms`.
    ///
    /// # Errors
    /// Nothing is kept from before; the ledger's.
    pub fn access(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        at_ms: Option<i64>,
    ) -> Result<Kept, ServiceError> {
        let Some(at_ms) = at_ms else {
            let at_ms = self.clock.now_ms();
            return Ok(Kept { at_ms, entry: None, access: self.guard.access(granted)? });
        };
        let mut filter = Filter {
            code: Some(KEPT.to_owned()),
            to_ms: Some(at_ms),
            limit: 1,
            ..Filter::newest(Scope::Workspaces(vec![workspace]))
        };
        let mut page = self.ledger.entries(&filter)?;
        // A page may be empty when much had to be looked through.
        while page.entries.is_empty() && page.next.is_some() {
            filter.after = page.next;
            page = self.ledger.entries(&filter)?;
        }
        self.enter_look(granted, "access.compared", workspace.to_string(), json!({ "at_ms": at_ms }))?;
        let missing = || ServiceError::Invalid {
            field: "at".to_owned(),
            fix: "nothing is kept from before it; every look at who may do what keeps it".to_owned(),
        };
        let entry = page.entries.pop().ok_or_else(missing)?;
        let access = entry.detail.get("access").cloned().unwrap_or_default();
        let access = serde_json::from_value(access).map_err(|_| missing())?;
        Ok(Kept { at_ms: entry.at_ms, entry: Some(entry.id.0), access })
    }
}
