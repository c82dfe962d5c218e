//! Who is not written to any more: they followed a message's link, or complained of it.

use guard::Granted;
use ledger::NewEntry;
use model::BroadcastId;
use serde_json::json;

use crate::campaigns::Campaigns;
use crate::error::CampaignError;
use crate::links::Linked;
use crate::outbox::{self, Reason};

impl Campaigns {
    /// Somebody complained of a message: they are not written to any more, and it counts against the broadcast.
    ///
    /// # Errors
    /// Not found, or the ledger's or database's.
    pub fn complain(&self, granted: &Granted, id: BroadcastId, address: &str) -> Result<(), CampaignError> {
        let workspace = granted.workspace.ok_or(CampaignError::NotFound("workspace"))?;
        self.0.control.read(|tx| self.0.book.broadcast(tx, workspace, id))?;
        let mark = self.0.people.address_mark(workspace, address)?;
        self.0.ledger.enter(granted.does("address.complained", id.to_string(), json!({})))?;
        let now_ms = self.now_ms();
        self.0
            .people_db
            .write(|tx| outbox::suppress(tx, workspace, (&mark, Reason::Complained), (Some(id), now_ms)))
    }

    /// Whose link it is; nothing for what was not made here.
    pub fn linked(&self, token: &str) -> Option<Linked> {
        self.0.links.read(token)
    }

    /// Whoever the link is of is not written to any more. A second time changes nothing.
    ///
    /// # Errors
    /// The ledger's or database's.
    pub fn unsubscribe(&self, of: Linked) -> Result<(), CampaignError> {
        let Linked { workspace, broadcast, person } = of;
        let found = self.0.people_db.read(|tx| outbox::address_of(tx, workspace, (broadcast, person)))?;
        let Some(address) = found else { return Ok(()) };
        if self.0.people_db.read(|tx| outbox::is_suppressed(tx, workspace, &address))? {
            return Ok(());
        }
        self.0.ledger.enter(NewEntry {
            code: "address.unsubscribed",
            principal: "anyone".to_owned(),
            session: None,
            from: None,
            workspace: Some(workspace),
            object: broadcast.to_string(),
            detail: json!({ "person": person }),
        })?;
        let now_ms = self.now_ms();
        let (why, when) = ((&address, Reason::Unsubscribed), (Some(broadcast), now_ms));
        self.0.people_db.write(|tx| outbox::suppress(tx, workspace, why, when))
    }
}
