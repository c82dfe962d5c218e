//! What a person agreed to, by purpose and channel, with what they said before.

use guard::Granted;
use ledger::Shown;
use model::{Channel, PersonId, WorkspaceId};
use people::profile::{ConsentFrom, ConsentSaid, Consented};
use serde_json::{Value, json};

use crate::Rows;
use crate::error::RowsError;
use crate::released::Released;
use crate::view::Row;

/// What somebody said about a purpose by a channel.
pub struct ConsentView {
    /// The purpose.
    pub purpose: String,
    /// By which channel.
    pub channel: Channel,
    /// What was said last.
    pub said: ConsentSaid,
    /// What was said before, the newest first.
    pub earlier: Vec<ConsentSaid>,
}

impl Rows {
    /// What a person agreed to, by purpose and channel; `None` where there is no such person.
    ///
    /// # Errors
    /// The budget, the database's; the ledger's, and then nothing is shown.
    pub fn consent(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        id: PersonId,
    ) -> Result<Option<Vec<Released<ConsentView>>>, RowsError> {
        let Some((person, found)) = self.people.consent_of(workspace, id)? else { return Ok(None) };
        self.count(granted, workspace, &[person.id])?;
        let views: Vec<ConsentView> = found.into_iter().map(ConsentView::from).collect();
        let mut shown = Shown::people([person.id]);
        shown.fields.extend(views.iter().map(ConsentView::field));
        self.enter(granted, "person.viewed", &id.to_string(), &shown)?;
        Ok(Some(views.into_iter().map(Released::of).collect()))
    }
}

impl ConsentView {
    /// What the ledger calls it when it is shown.
    pub(crate) fn field(&self) -> String {
        format!("consent.{}", self.purpose)
    }
}

impl From<Consented> for ConsentView {
    fn from(kept: Consented) -> Self {
        let Consented { purpose, channel, said, earlier } = kept;
        Self { purpose, channel, said, earlier }
    }
}

impl Row for ConsentView {
    fn document(&self) -> Value {
        let mut document = said(&self.said);
        document["purpose"] = json!(self.purpose);
        document["channel"] = json!(self.channel);
        document["earlier"] = self.earlier.iter().map(said).collect();
        document
    }
}

fn said(said: &ConsentSaid) -> Value {
    let mut document = json!({ "state": said.consent, "since_ms": said.first_ms, "last_ms": said.last_ms });
    match &said.from {
        ConsentFrom::Source(source) => document["source"] = json!(source),
        ConsentFrom::Member { by, reason } => {
            document["by"] = json!(by);
            document["reason"] = json!(reason);
        }
    }
    document
}
