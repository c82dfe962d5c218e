//! A test of a broadcast: to a few members of the workspace, at the addresses that they sign in with, and to nobody else.

use guard::Granted;
use model::{BroadcastId, MemberId};
use send::{Bulk, Handed, Letter};
use serde_json::json;

use crate::campaigns::{Campaigns, whose};
use crate::error::{CampaignError, invalid};

/// To how many members a test goes.
pub const MEMBERS_MAX: usize = 5;
/// How many test messages a workspace may send in a day.
pub const PER_DAY_MAX: usize = 50;
const DAY_MS: i64 = 24 * 3_600_000;

impl Campaigns {
    /// Sends a test of a broadcast to these members; how many the relay took.
    ///
    /// # Errors
    /// Too many, somebody who is no member, too many today, no relay, or the ledger's or database's.
    pub fn test(&self, granted: &Granted, id: BroadcastId, to: &[MemberId]) -> Result<usize, CampaignError> {
        let (workspace, _) = whose(granted)?;
        self.must_have_relay()?;
        let relay = self.0.relay.clone().ok_or(CampaignError::NotFound("relay"))?;
        let mut to = to.to_vec();
        to.sort_unstable();
        to.dedup();
        if !(1..=MEMBERS_MAX).contains(&to.len()) {
            return Err(invalid("to", format!("1 to {MEMBERS_MAX} members of the workspace, by id")));
        }
        let addresses = self.0.guard.addresses_of_members(granted, &to)?;
        let entry = granted.does("broadcast.tested", id.to_string(), json!({ "to": to }));
        let version = self.change(entry, |tx| {
            let since_ms = self.now_ms() - DAY_MS;
            let all = self.0.book.broadcasts(tx, workspace)?;
            let sent = all.iter().flat_map(|other| &other.tests).filter(|at_ms| **at_ms > since_ms).count();
            if sent + to.len() > PER_DAY_MAX {
                return Err(CampaignError::Conflict(format!(
                    "{PER_DAY_MAX} test messages a day are as many as there may be"
                )));
            }
            let (mut broadcast, version) = self.whole(tx, workspace, id)?;
            broadcast.tests.retain(|at_ms| *at_ms > since_ms);
            broadcast.tests.extend(to.iter().map(|_| self.now_ms()));
            self.0.book.put(tx, &broadcast)?;
            Ok((version, json!({ "version": version_of(&broadcast) })))
        })?;
        let compiled = version.template.compile()?;
        // Nobody's values: the names of the places stand there.
        let values: Vec<Option<String>> =
            compiled.names().iter().map(|name| Some(format!("[{name}]"))).collect();
        let rendered = compiled.render(&values, "https://example.invalid/a-test-has-no-link");
        let mut bulk = Bulk::new(relay)?;
        let mut taken = 0;
        for (member, address) in to.iter().zip(&addresses) {
            let letter = Letter {
                from: &version.template.from,
                reply_to: version.template.reply_to.as_deref(),
                to: address,
                subject: &format!("[Test] {}", rendered.subject),
                text: &rendered.text,
                html: rendered.html.as_deref(),
                id: &format!("test.{id}.{member}.{}@holdfast", self.now_ms()),
                unsubscribe: None,
            };
            taken += usize::from(bulk.hand_over(&letter) == Handed::Accepted);
        }
        bulk.hang_up();
        Ok(taken)
    }
}

fn version_of(broadcast: &crate::Broadcast) -> u32 {
    broadcast.draft.version
}
