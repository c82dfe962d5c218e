//! A workspace's settings.

use control::workspaces::{self, Settings, Workspace};
use guard::Granted;
use model::WorkspaceId;
use serde_json::json;

use crate::{ServiceError, Services, entry};

/// What is to be changed about a workspace.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Another name.
    pub name: Option<String>,
    /// Another IANA time zone.
    pub time_zone: Option<String>,
}

impl Services {
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
        self.change(entry::of(granted, "workspace.changed", id.to_string(), detail), |tx| {
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
}

fn invalid(field: &str, error: &control::ControlError) -> ServiceError {
    ServiceError::Invalid { field: field.to_owned(), fix: error.to_string() }
}
