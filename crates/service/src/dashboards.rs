//! Dashboards as members and programs see them: the answers of all tiles under one entry, and which of them may be shared.

use ::dashboards::ask::Answers;
use ::dashboards::shares::{NewShare, Share};
use ::dashboards::{Dashboard, DashboardError, NewDashboard};
use guard::Granted;
use ledger::Shown;
use model::WorkspaceId;
use serde_json::json;

use crate::{ServiceError, Services, shown};

impl Services {
    /// A dashboard with the answers of its tiles; one entry for all of them.
    ///
    /// # Errors
    /// Not found, the ledger's, the store's.
    pub fn dashboard_answers(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        dashboard: &str,
    ) -> Result<(Dashboard, Answers), ServiceError> {
        let found = self.dashboards.show(workspace, dashboard)?;
        let about = json!({ "version": found.version, "tiles": found.what.tiles.len() });
        self.enter_shown(
            granted,
            ("dashboard.shown", &found.id.to_string()),
            &fields_of(&found.what),
            &about,
        )?;
        let answers = self.dashboards.answers(workspace, &found.what)?;
        Ok((found, answers))
    }

    /// Makes a link by which anybody sees a dashboard's numbers. Fields in which the shield has found anything are none to split by.
    ///
    /// # Errors
    /// Not found, a split by a field with personal values, too many links, the ledger's or database's.
    pub fn share_dashboard(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        (dashboard, new): (&str, &NewShare),
    ) -> Result<Share, ServiceError> {
        let found = self.collector.findings(workspace);
        let personal = |field: &str| {
            let places = match field.strip_prefix("trait.") {
                Some(name) => vec![format!("traits.{name}")],
                None => vec![format!("properties.{field}"), format!("context.{field}")],
            };
            found.iter().any(|(place, _)| places.contains(&place.path.replace("[]", "")))
        };
        Ok(self.dashboards.share(granted, (dashboard, new), &personal)?)
    }
}

/// The fields that the answers of all tiles are split by.
fn fields_of(of: &NewDashboard) -> Shown {
    let mut shown = Shown::default();
    for tile in &of.tiles {
        shown.fields.extend(shown::of_question(&tile.question).fields);
    }
    shown
}

impl From<DashboardError> for ServiceError {
    fn from(error: DashboardError) -> Self {
        match error {
            DashboardError::NotFound(what) => Self::NotFound { what },
            DashboardError::Invalid { field, fix } => Self::Invalid { field, fix },
            DashboardError::Conflict(why) => Self::Conflict(why),
            DashboardError::TooMany { retry_after_s } => {
                Self::Denied(guard::Denied::TooMany { retry_after_s: retry_after_s.into() })
            }
            DashboardError::Ledger(error) => Self::Unrecorded(error),
            DashboardError::Ask(error) => crate::questions::unanswered(error),
            DashboardError::Guard(error) => error.into(),
            other => Self::broke(other),
        }
    }
}
