//! Sources and their write keys.

use collect::{Count, Source, source};
use guard::Granted;
use model::{SourceId, WorkspaceId};
use serde_json::json;

use crate::{ServiceError, Services};

/// The longest overlap of a rotation: 400 days.
pub const OVERLAP_S_MAX: u64 = 400 * 24 * 3600;

/// What is to be changed about a source.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Another name.
    pub name: Option<String>,
    /// Whether it takes events.
    pub enabled: Option<bool>,
    /// How many events a second it may send; `Some(None)` is what the configuration says.
    pub events_per_s: Option<Option<u32>>,
}

impl Services {
    /// Every source of the workspace, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn sources(&self, _granted: &Granted, workspace: WorkspaceId) -> Result<Vec<Source>, ServiceError> {
        self.control.read(|tx| Ok(source::list(tx, workspace)?))
    }

    /// A new source.
    ///
    /// # Errors
    /// The name cannot be used, or there are too many.
    pub fn create_source(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        name: &str,
    ) -> Result<Source, ServiceError> {
        let now_ms = self.clock.now_ms();
        let made = self.change(granted.does("source.created", "source", json!({})), |tx| {
            let made = source::create(tx, workspace, name, now_ms)?;
            let id = made.id.to_string();
            Ok((made, json!({ "source": id })))
        })?;
        self.collector.sources().reload(&self.control)?;
        Ok(made)
    }

    /// A new write key; the present one goes on working for `overlap_s` seconds.
    ///
    /// # Errors
    /// No such source, or an overlap beyond [`OVERLAP_S_MAX`].
    pub fn rotate_write_key(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        id: SourceId,
        overlap_s: u64,
    ) -> Result<Source, ServiceError> {
        if overlap_s > OVERLAP_S_MAX {
            return Err(ServiceError::Invalid {
                field: "overlap_s".to_owned(),
                fix: format!("at most {OVERLAP_S_MAX} seconds"),
            });
        }
        let until_ms =
            self.clock.now_ms().saturating_add(i64::try_from(overlap_s).unwrap_or(i64::MAX) * 1_000);
        let detail = json!({ "overlap_s": overlap_s });
        let changed = self.change(granted.does("source.rotated", id.to_string(), detail), |tx| {
            Ok((source::rotate(tx, workspace, id, until_ms)?, json!({})))
        })?;
        self.collector.sources().reload(&self.control)?;
        Ok(changed)
    }

    /// How many events came with a write key that no source has and none nearly has, and when: for all
    /// workspaces together, since nobody can say whose they were meant to be.
    pub fn strange_keys(&self, _granted: &Granted) -> Option<Count> {
        let counts = self.collector.refusals_of_installation();
        let found = counts.into_iter().find(|(place, _)| place.reason == collect::reason::UNKNOWN_WRITE_KEY);
        found.map(|(_, count)| count)
    }

    /// Another name, off and on, another quota.
    ///
    /// # Errors
    /// No such source, or a name or a quota that cannot be used.
    pub fn change_source(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        id: SourceId,
        change: &Change,
    ) -> Result<Source, ServiceError> {
        let now_ms = self.clock.now_ms();
        let detail = json!({ "renamed": change.name.is_some(), "enabled": change.enabled, "events_per_s": change.events_per_s });
        let changed = self.change(granted.does("source.changed", id.to_string(), detail), |tx| {
            if let Some(name) = &change.name {
                source::rename(tx, workspace, id, name)?;
            }
            if let Some(enabled) = change.enabled {
                source::set_disabled(tx, workspace, id, (!enabled).then_some(now_ms))?;
            }
            if let Some(events_per_s) = change.events_per_s {
                source::set_quota(tx, workspace, id, events_per_s)?;
            }
            let changed =
                source::by_id(tx, workspace, id)?.ok_or(ServiceError::NotFound { what: "source" })?;
            Ok((changed, json!({})))
        })?;
        self.collector.sources().reload(&self.control)?;
        Ok(changed)
    }
}
