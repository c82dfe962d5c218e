//! Which SDKs send, and versions of them that are stopped.

use collect::advisory::{self, Advisory, NewAdvisory};
use guard::Granted;
use model::WorkspaceId;
use serde_json::json;
use watch::CensusRow;

use crate::{ServiceError, Services};

/// The most days of one census.
pub const CENSUS_DAYS_MAX: i64 = 400;

impl Services {
    /// How much each SDK and version sent on the days `from` to `to` (days since 1970, UTC, both included), by day and source.
    ///
    /// # Errors
    /// More than [`CENSUS_DAYS_MAX`] days, the database's, the ledger's.
    pub fn census(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        (from, to): (i64, i64),
    ) -> Result<Vec<CensusRow>, ServiceError> {
        if from > to || to.saturating_sub(from) >= CENSUS_DAYS_MAX {
            let fix = format!("at most {CENSUS_DAYS_MAX} days, the first before the last");
            return Err(ServiceError::Invalid { field: "from".to_owned(), fix });
        }
        self.enter_look(granted, "sdks.counted", "sdks", json!({ "days": to - from + 1 }))?;
        Ok(self.watch.census(workspace, from, to)?)
    }

    /// The advisories in force, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn advisories(
        &self,
        _granted: &Granted,
        workspace: WorkspaceId,
    ) -> Result<Vec<Advisory>, ServiceError> {
        Ok(self.control.read(|tx| advisory::list(tx, workspace))?)
    }

    /// A new advisory; when this returns, it is in force.
    ///
    /// # Errors
    /// Something that cannot be used, or too many.
    pub fn advise(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        says: &NewAdvisory,
    ) -> Result<Advisory, ServiceError> {
        let now_ms = self.clock.now_ms();
        let detail =
            json!({ "sdk": says.sdk, "versions": says.versions.to_string(), "what": says.stops.as_str() });
        let made = self.change(granted.does("advisory.made", "advisory", detail), |tx| {
            let made = advisory::create(tx, workspace, says, (&granted.principal.name, now_ms))?;
            let id = made.id;
            Ok((made, json!({ "advisory": id })))
        })?;
        self.collector.reload_advisories()?;
        Ok(made)
    }

    /// Lifts an advisory; when this returns, what it stopped is taken again.
    ///
    /// # Errors
    /// There is none of that number.
    pub fn lift_advisory(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        id: i64,
    ) -> Result<(), ServiceError> {
        self.change(granted.does("advisory.lifted", id.to_string(), json!({})), |tx| {
            let (sdk, versions) = advisory::remove(tx, workspace, id)?;
            Ok(((), json!({ "sdk": sdk, "versions": versions })))
        })?;
        Ok(self.collector.reload_advisories()?)
    }
}
