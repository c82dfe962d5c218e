//! What members do with dashboards: make, change, copy and remove them.

use guard::Granted;
use model::{DashboardId, MemberId, WorkspaceId};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::book::{Kept, Part};
use crate::dashboards::{Dashboards, of_the_house, whose};
use crate::definition::{DASHBOARDS_MAX, Dashboard, NewDashboard};
use crate::error::{DashboardError, invalid};
use crate::schedules::Schedule;

/// A dashboard's document.
#[derive(Serialize, Deserialize)]
struct Row {
    what: NewDashboard,
    by: MemberId,
    changed_ms: i64,
}

impl Dashboards {
    /// The dashboards of a workspace, by name.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn list(&self, workspace: WorkspaceId) -> Result<Vec<Dashboard>, DashboardError> {
        let kept = self.0.control.read(|tx| self.0.book.list::<Row>(tx, (workspace, Part::Dashboard)))?;
        let mut found: Vec<Dashboard> = kept.into_iter().map(read).collect();
        found.sort_by(|one, other| one.what.name.cmp(&other.what.name));
        Ok(found)
    }

    /// One, by its id or name.
    ///
    /// # Errors
    /// Not found, an altered row, or the database's.
    pub fn show(&self, workspace: WorkspaceId, dashboard: &str) -> Result<Dashboard, DashboardError> {
        let found = match dashboard.parse::<DashboardId>() {
            Ok(id) => self.0.control.read(|tx| self.row(tx, workspace, id))?,
            Err(_) => self.list(workspace)?.into_iter().find(|found| found.what.name == dashboard),
        };
        found.ok_or(DashboardError::NotFound("dashboard"))
    }

    pub(crate) fn row(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        id: DashboardId,
    ) -> Result<Option<Dashboard>, DashboardError> {
        Ok(self.0.book.one::<Row>(tx, (workspace, Part::Dashboard, id.0))?.map(read))
    }

    /// Makes one.
    ///
    /// # Errors
    /// A field that is not right, too many, or the ledger's or database's.
    pub fn make(&self, granted: &Granted, new: NewDashboard) -> Result<Dashboard, DashboardError> {
        let (workspace, by) = whose(granted)?;
        let what = self.right(workspace, new)?;
        let changed_ms = self.0.clock.now_ms();
        let made = Dashboard { id: DashboardId::new(changed_ms), version: 1, what, by, changed_ms };
        let detail = json!({ "tiles": made.what.tiles.len() });
        let entry = granted.does("dashboard.made", made.id.to_string(), detail);
        self.change(entry, |tx| self.put(tx, workspace, &made))?;
        Ok(made)
    }

    /// Gives a workspace that has no dashboard this one: for one that is furnished by the program itself, such as the demo's.
    ///
    /// # Errors
    /// As [`Dashboards::make`].
    pub fn furnish(&self, workspace: WorkspaceId, new: NewDashboard) -> Result<(), DashboardError> {
        if !self.list(workspace)?.is_empty() {
            return Ok(());
        }
        let (what, changed_ms) = (self.right(workspace, new)?, self.0.clock.now_ms());
        let made =
            Dashboard { id: DashboardId::new(changed_ms), version: 1, what, by: MemberId(0), changed_ms };
        let detail = json!({ "tiles": made.what.tiles.len() });
        let entry = of_the_house(workspace, "dashboard.made", made.id.to_string(), detail);
        self.change(entry, |tx| self.put(tx, workspace, &made))
    }

    /// Changes one that is still at the version that the change was made from.
    ///
    /// # Errors
    /// Not found, a field that is not right, somebody was faster, or the ledger's or database's.
    pub fn edit(
        &self,
        granted: &Granted,
        (dashboard, based_on): (&str, u32),
        new: NewDashboard,
    ) -> Result<Dashboard, DashboardError> {
        let (workspace, by) = whose(granted)?;
        let id = self.show(workspace, dashboard)?.id;
        let what = self.right(workspace, new)?;
        let version = based_on.checked_add(1).ok_or_else(|| invalid("based_on", "the version you read"))?;
        let edited = Dashboard { id, version, what, by, changed_ms: self.0.clock.now_ms() };
        let detail = json!({ "version": version, "tiles": edited.what.tiles.len() });
        let entry = granted.does("dashboard.edited", id.to_string(), detail);
        self.change(entry, |tx| {
            // Read in the transaction that writes, so that of two changes of one version one is refused.
            let present = self.row(tx, workspace, id)?.ok_or(DashboardError::NotFound("dashboard"))?;
            if present.version != based_on {
                return Err(DashboardError::Conflict(format!(
                    "the dashboard is at version {}, and this was made from {based_on}: read it again and put your change into it",
                    present.version
                )));
            }
            self.put(tx, workspace, &edited)
        })?;
        Ok(edited)
    }

    /// Another one with the same tiles, filters and days.
    ///
    /// # Errors
    /// As [`Dashboards::make`], and not found.
    pub fn duplicate(
        &self,
        granted: &Granted,
        dashboard: &str,
        name: &str,
    ) -> Result<Dashboard, DashboardError> {
        let (workspace, _) = whose(granted)?;
        let found = self.show(workspace, dashboard)?;
        self.make(granted, NewDashboard { name: name.to_owned(), ..found.what })
    }

    /// Removes one, with its schedules. Share links of it end too.
    ///
    /// # Errors
    /// Not found, or the ledger's or database's.
    pub fn remove(&self, granted: &Granted, dashboard: &str) -> Result<(), DashboardError> {
        let (workspace, _) = whose(granted)?;
        let id = self.show(workspace, dashboard)?.id;
        let entry = granted.does("dashboard.removed", id.to_string(), json!({}));
        self.change(entry, |tx| {
            let book = &self.0.book;
            for schedule in book.list::<Schedule>(tx, (workspace, Part::Schedule))? {
                if schedule.what.dashboard == id {
                    book.remove(tx, (workspace, Part::Schedule, schedule.id))?;
                }
            }
            for share in self.shares_in(tx, workspace)? {
                if share.what.dashboard == id {
                    book.remove(tx, (workspace, Part::Share, share.id.0))?;
                }
            }
            book.remove(tx, (workspace, Part::Dashboard, id.0)).map(drop)
        })
    }

    /// What it says is right, and the segments that it names are there.
    fn right(&self, workspace: WorkspaceId, mut new: NewDashboard) -> Result<NewDashboard, DashboardError> {
        new.check()?;
        self.0
            .segments
            .named_in(workspace, &new.document())
            .map_err(|_| invalid("tiles", "a question names a segment that is not here"))?;
        Ok(new)
    }

    fn put(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        of: &Dashboard,
    ) -> Result<(), DashboardError> {
        let others: Vec<Dashboard> =
            self.0.book.list::<Row>(tx, (workspace, Part::Dashboard))?.into_iter().map(read).collect();
        let mut others = others.iter().filter(|other| other.id != of.id);
        if others.clone().count() >= DASHBOARDS_MAX {
            return Err(DashboardError::Conflict(format!(
                "{DASHBOARDS_MAX} dashboards are as many as there may be"
            )));
        }
        if others.any(|other| other.what.name.eq_ignore_ascii_case(&of.what.name)) {
            return Err(DashboardError::Conflict(format!("a dashboard `{}` is there already", of.what.name)));
        }
        let Dashboard { id, version, what, by, changed_ms } = of.clone();
        let what = Row { what, by, changed_ms };
        self.0.book.put(tx, Part::Dashboard, &Kept { workspace, id: id.0, version, what })
    }
}

fn read(kept: Kept<Row>) -> Dashboard {
    let Kept { id, version, what: Row { what, by, changed_ms }, .. } = kept;
    Dashboard { id: DashboardId(id), version, what, by, changed_ms }
}
