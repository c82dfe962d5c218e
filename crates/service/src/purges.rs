//! Purges: what should not have been kept is counted, ordered, and told of; never a value.

use guard::Granted;
use model::{PurgeId, WorkspaceId};
use purge::{Asked, Counted, Purge, PurgeError, table};
use serde_json::{Value, json};

use crate::{ServiceError, Services, shown};

impl Services {
    /// The purges of the workspace, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub fn purges(&self, _granted: &Granted, workspace: WorkspaceId) -> Result<Vec<Purge>, ServiceError> {
        Ok(self.control.read(|tx| table::list(tx, workspace))?)
    }

    /// One purge with its report, which names people by id; the look is entered.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn purge(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        id: PurgeId,
    ) -> Result<Purge, ServiceError> {
        let found = self.control.read(|tx| table::by_id(tx, workspace, id))?;
        let found = found.ok_or(ServiceError::NotFound { what: "purge" })?;
        let about = json!({ "step": found.step.as_str() });
        let report: Value =
            found.report.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let (object, shown) = (id.to_string(), shown::of_purge(&report));
        self.enter_shown(granted, ("purge.viewed", &object), &shown, &about)?;
        Ok(found)
    }

    /// What a purge would find, counted; the look is entered.
    ///
    /// # Errors
    /// The request is not right.
    pub fn count_purge(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        asked: &Asked,
    ) -> Result<Counted, ServiceError> {
        asked.check().map_err(PurgeError::from)?;
        self.enter_look(granted, "purge.counted", "events", asked.shown())?;
        Ok(self.purging.count(workspace, asked)?)
    }

    /// Orders a purge; it is carried out in the background.
    ///
    /// # Errors
    /// The request is not right, or too many are under way.
    pub fn begin_purge(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        asked: &Asked,
    ) -> Result<Purge, ServiceError> {
        asked.check().map_err(PurgeError::from)?;
        let (keys, now_ms) = (self.purging.keys(), self.clock.now_ms());
        let principal = granted.principal.name.clone();
        let made = self.change(granted.does("purge.ordered", "purge", asked.shown()), |tx| {
            let id = table::enter(tx, keys, workspace, asked, (&principal, now_ms))?;
            let made = table::by_id(tx, workspace, id)?.ok_or(ServiceError::NotFound { what: "purge" })?;
            Ok((made, json!({ "purge": id })))
        })?;
        self.purging.wake();
        Ok(made)
    }
}
