//! Workspaces and their settings.

use collect::{Source, source};
use control::workspaces::{self, Settings, Workspace};
use guard::Granted;
use guard::own::OwnWorkspace;
use model::WorkspaceId;
use purge::KeyStanding;
use serde_json::json;

use crate::{ServiceError, Services};

/// What is to be changed about a workspace.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Another name.
    pub name: Option<String>,
    /// Another IANA time zone.
    pub time_zone: Option<String>,
}

/// What the source that a workspace begins with is called.
const FIRST_SOURCE: &str = "Website";

impl Services {
    /// The workspaces the caller belongs to.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn workspaces_of(&self, granted: &Granted) -> Result<Vec<OwnWorkspace>, ServiceError> {
        Ok(self.guard.workspaces_of(granted)?)
    }

    /// Makes a workspace that the caller owns, with the source that takes its first event.
    ///
    /// # Errors
    /// A name that cannot be used.
    pub fn create_workspace(
        &self,
        granted: &Granted,
        name: &str,
    ) -> Result<(Workspace, Source), ServiceError> {
        let made = self.guard.create_workspace(granted, name)?;
        let now_ms = self.clock.now_ms();
        let mut entry = granted.does("source.created", "source", json!({}));
        entry.workspace = Some(made.id);
        let source = self.change(entry, |tx| {
            let source = source::create(tx, made.id, FIRST_SOURCE, now_ms)?;
            let id = source.id.to_string();
            Ok((source, json!({ "source": id })))
        })?;
        self.collector.sources().reload(&self.control)?;
        Ok((made, source))
    }

    /// The workspace.
    ///
    /// # Errors
    /// It is not there.
    pub fn workspace(&self, _granted: &Granted, id: WorkspaceId) -> Result<Workspace, ServiceError> {
        self.control
            .read(|tx| Ok(workspaces::by_id(tx, id)?))
            .and_then(|found: Option<Workspace>| found.ok_or(ServiceError::NotFound { what: "workspace" }))
    }

    /// Changes it.
    ///
    /// # Errors
    /// A name or a time zone that cannot be used.
    pub fn change_workspace(
        &self,
        granted: &Granted,
        id: WorkspaceId,
        change: &Change,
    ) -> Result<Workspace, ServiceError> {
        let detail = json!({ "renamed": change.name.is_some(), "time_zone": change.time_zone });
        self.change(granted.does("workspace.changed", id.to_string(), detail), |tx| {
            let present = workspaces::by_id(tx, id)?.ok_or(ServiceError::NotFound { what: "workspace" })?;
            if let Some(name) = &change.name {
                workspaces::rename(tx, id, name).map_err(|error| invalid("name", &error))?;
            }
            if let Some(time_zone) = &change.time_zone {
                let settings =
                    Settings { time_zone, retention_days: present.retention_days, keep_ip: present.keep_ip };
                workspaces::set(tx, id, &settings).map_err(|error| invalid("time_zone", &error))?;
            }
            let changed = workspaces::by_id(tx, id)?.ok_or(ServiceError::NotFound { what: "workspace" })?;
            Ok((changed, json!({})))
        })
    }

    /// How its key stands.
    ///
    /// # Errors
    /// It is not there.
    pub fn workspace_key(&self, _granted: &Granted, id: WorkspaceId) -> Result<KeyStanding, ServiceError> {
        Ok(self.purging.key(id)?)
    }

    /// Gives it another key; what the one before sealed is sealed anew in the background.
    ///
    /// # Errors
    /// The one before is still needed.
    pub fn replace_key(&self, granted: &Granted, id: WorkspaceId) -> Result<KeyStanding, ServiceError> {
        self.guard.replace_key(granted)?;
        self.purging.wake();
        Ok(self.purging.key(id)?)
    }
}

fn invalid(field: &str, error: &control::ControlError) -> ServiceError {
    ServiceError::Invalid { field: field.to_owned(), fix: error.to_string() }
}
