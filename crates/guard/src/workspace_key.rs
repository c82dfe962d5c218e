//! Another key for a workspace: owners ask for it with a fresh touch, or whoever has the host. It is the present one at once;
//! getting everything off the one before is the purging thread's.
//!
//! Nobody is shown anything by it: the keys stay where they are, and what they open is asked for in the usual ways.

use control::workspace_key;
use model::WorkspaceId;
use serde_json::json;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;
use crate::lockdown::Host;

const REPLACED: &str = "workspace_key.replaced";

impl Guard {
    /// Gives the caller's workspace another key. Wake the thread that gets everything off the one before.
    ///
    /// # Errors
    /// The one before is still needed, or the ledger's or database's.
    pub fn replace_key(&self, granted: &Granted) -> Result<(), GuardError> {
        granted.must_be_for(&["ReplaceKey"])?;
        let workspace = granted.workspace.ok_or(Denied::NotFound)?;
        self.replace_key_of(workspace, &Actor::from(granted))
    }

    fn replace_key_of(&self, workspace: WorkspaceId, actor: &Actor) -> Result<(), GuardError> {
        let actor = Actor { workspace: Some(workspace), ..actor.clone() };
        let keys = self.0.keys.get(workspace).ok_or(Denied::NotFound)?;
        let fresh = self.change(|tx| {
            let by = (actor.principal.as_str(), self.now_ms());
            let fresh = workspace_key::replace(tx, &self.0.master, workspace, by)?;
            let detail = json!({ "from": keys.seal.id().to_string(), "to": fresh.id().to_string() });
            self.notice(tx, Some(workspace), None, REPLACED, &detail)?;
            Ok((fresh, actor.does(REPLACED, workspace.to_string(), detail)))
        })?;
        keys.seal.replace(fresh);
        Ok(())
    }
}

impl Host<'_> {
    /// Gives a workspace another key.
    ///
    /// # Errors
    /// There is no such workspace, the key before is still needed, or the ledger's or database's.
    pub fn replace_key(&self, workspace: WorkspaceId) -> Result<(), GuardError> {
        self.0.replace_key_of(workspace, &Actor::part("host"))
    }
}
