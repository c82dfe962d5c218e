//! The public status page and what affected workspaces hear later; closing an incident.

use guard::Granted;
use incident::scope::sha256;
use incident::status::{self, Heard, NewUpdate, State, Update};
use incident::table::{self, Closing, checked};
use incident::{Incident, Line};
use model::{IncidentId, WorkspaceId};
use serde_json::json;

use crate::{ServiceError, Services};

impl Services {
    /// Publishes an update for everybody. Of an incident of the installation each workspace that was told of it has an entry of
    /// its own in its ledger, which names the digest of its exact list, and is told.
    ///
    /// # Errors
    /// Words that are none, no such matter or incident, a digest that is not the one told before, the ledger's, the database's.
    pub fn publish_status(&self, granted: &Granted, new: &NewUpdate) -> Result<Update, ServiceError> {
        new.check()?;
        let told = match new.incident {
            Some(id) => self.told_of(id)?,
            None => Vec::new(),
        };
        let text_sha256 = sha256(new.text.trim().as_bytes());
        let detail = json!({
            "state": new.state, "matter": new.matter, "incident": new.incident, "text_sha256": text_sha256,
            "workspaces": told.len(),
        });
        let (by, at_ms) = (granted.principal.name.clone(), self.clock.now_ms());
        self.change(granted.does("status.published", "status", detail), |tx| {
            let update = status::add(tx, new, (&by, at_ms))?;
            // Nothing is entered where anybody would hear something else than before.
            for (incident, workspace) in &told {
                incident
                    .facts_of(*workspace)
                    .map(|facts| status::next_number(tx, incident.id, facts))
                    .transpose()?;
            }
            for (incident, workspace) in &told {
                let Some(facts) = incident.facts_of(*workspace) else { continue };
                let detail = json!({
                    "incident": incident.id, "state": new.state, "text_sha256": text_sha256,
                    "scope_sha256": facts.sha256, "people": facts.people,
                });
                let mut entry = granted.does("incident.status", incident.id.to_string(), detail);
                entry.workspace = Some(*workspace);
                let entry = self.ledger.enter(entry)?;
                status::hear(tx, incident.id, facts, (update.id, entry.0))?;
                let told = json!({ "incident": incident.id, "by": by });
                self.guard.tell_in(tx, *workspace, "incident.status", &told)?;
            }
            if let Some(id) = new.incident {
                let text = format!("published as {}: {}", new.state.as_str(), update.title);
                let line = Line { at_ms, by: by.clone(), kind: "status".to_owned(), text };
                table::add_line(tx, id, &line)?;
            }
            let detail = json!({ "update": update.id });
            Ok((update, detail))
        })
    }

    /// What a workspace heard of an incident since it was told of it, oldest first.
    ///
    /// # Errors
    /// There is none of that id, the database's, the ledger's.
    pub fn heard_of(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        id: IncidentId,
    ) -> Result<Vec<Heard>, ServiceError> {
        let heard = self.control.read(|tx| {
            table::by_id(tx, Some(workspace), id)?.ok_or(ServiceError::NotFound { what: "incident" })?;
            Ok::<_, ServiceError>(status::heard(tx, id, workspace)?)
        })?;
        self.enter_look(granted, "incident.read", id.to_string(), json!({}))?;
        Ok(heard)
    }

    /// The updates as everybody may read them, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub fn published(&self) -> Result<Vec<Update>, ServiceError> {
        Ok(self.control.read(status::list)?)
    }

    /// The matter that an incident's first update began.
    ///
    /// # Errors
    /// The database's.
    pub fn matter_of(&self, id: IncidentId) -> Result<Option<i64>, ServiceError> {
        Ok(self.control.read(|tx| status::matter_of(tx, id))?)
    }

    /// Closes an incident of one's own scope, with a last word.
    ///
    /// # Errors
    /// There is none of that id, it is closed already, a text that is none, the ledger's, the database's.
    pub fn close_incident(&self, granted: &Granted, id: IncidentId, text: &str) -> Result<(), ServiceError> {
        let text = checked("text", text)?.to_owned();
        let detail = json!({ "sha256": sha256(text.as_bytes()) });
        let (by, at_ms) = (granted.principal.name.clone(), self.clock.now_ms());
        self.change(granted.does("incident.closed", id.to_string(), detail), |tx| {
            super::incidents::own(tx, granted, id)?;
            let closing = Closing { text: text.clone(), by: by.clone(), at_ms };
            if !table::close(tx, id, &closing)? {
                return Err(ServiceError::Conflict("this incident is closed already".to_owned()));
            }
            table::add_line(tx, id, &Line { at_ms, by, kind: "closed".to_owned(), text })?;
            Ok(((), json!({})))
        })
    }

    /// The workspaces that were told of an incident of the installation.
    fn told_of(&self, id: IncidentId) -> Result<Vec<(Incident, WorkspaceId)>, ServiceError> {
        self.control.read(|tx| {
            let found = table::by_id(tx, None, id)?;
            let incident = found.ok_or(ServiceError::NotFound { what: "incident" })?;
            let told = table::notices(tx, id)?.into_iter().filter(|notice| notice.sent_ms.is_some());
            Ok(told.map(|notice| (incident.clone(), notice.workspace)).collect())
        })
    }
}

/// The state of a word, as a face reads it.
///
/// # Errors
/// A word that is none.
pub fn state_of(word: &str) -> Result<State, ServiceError> {
    Ok(State::of(word)?)
}
