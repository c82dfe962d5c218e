//! Breaking the glass: an operator looks into a workspace that did not open itself, because something is on fire. It is
//! a grant like any other, with no exemption from anything: two operators, a reason, half an hour, masked; the workspace
//! is told before anything is seen, its people may end it at any moment, and where the ledger has witnesses, one of them
//! has seen the approval before the first look.

use model::{GrantId, MemberId, WorkspaceId};
use rusqlite::Transaction;
use serde_json::{Value, json};

use super::{Decision, GLASS_LIFE_MS, Grant, GrantView, Purpose, State};
use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;

impl Guard {
    /// The looks that were asked for and are not over, for every operator to see.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn broken_glass(&self, granted: &Granted) -> Result<Vec<GrantView>, GuardError> {
        granted.must_be_for(&["ListBreakGlass"])?;
        self.0.db.read(|tx| {
            let mut found = self.open_grants(tx)?;
            found.retain(|grant| grant.purpose == Purpose::BreakGlass);
            let view = |grant: Grant| {
                let state = self.state_of(tx, &grant)?;
                Ok(GrantView { state, asked_by_email: None, decided_by_email: None, grant })
            };
            found.into_iter().map(view).collect()
        })
    }

    /// Asks for a look into `workspace`. Its people and all operators are told at once.
    ///
    /// # Errors
    /// No such workspace, a reason that is none, too many open grants, or the ledger's or database's.
    pub fn ask_break_glass(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        reason: &str,
    ) -> Result<Grant, GuardError> {
        granted.must_be_for(&["AskBreakGlass"])?;
        let by = granted.member()?;
        self.change(|tx| {
            if control::workspaces::by_id(tx, workspace)?.is_none() {
                let want = "the id of a workspace of this installation (ws_…)".to_owned();
                return Err(GuardError::Invalid { field: "workspace", want });
            }
            let purpose = (by, Purpose::BreakGlass);
            let grant = self.new_grant(tx, (workspace, by), purpose, (reason, GLASS_LIFE_MS))?;
            self.keep_grant(tx, &grant)?;
            self.tell_of_glass(tx, &grant, "break_glass.asked", by)?;
            let detail = json!({"reason": grant.reason, "life_ms": grant.life_ms, "digest": grant.digest()});
            Ok((
                grant.clone(),
                in_workspace(granted, &grant).does("break_glass.asked", grant.id.to_string(), detail),
            ))
        })
    }

    /// Approves another operator's look: by another person, who was an operator before it was asked for.
    ///
    /// # Errors
    /// Not found, not waiting, a digest of something else, [`GuardError::SecondPerson`], or the ledger's or database's.
    pub fn approve_break_glass(
        &self,
        granted: &Granted,
        id: GrantId,
        digest: &str,
    ) -> Result<Grant, GuardError> {
        granted.must_be_for(&["ApproveBreakGlass"])?;
        let by = granted.member()?;
        self.change(|tx| {
            let mut grant = self.glass(tx, id, &[State::Waiting])?;
            if grant.digest() != digest {
                let want = "the digest of the look that you approve, as it is shown".to_owned();
                return Err(GuardError::Invalid { field: "digest", want });
            }
            let since = self.0.signin.account(tx, by)?.map(|account| account.created_ms);
            let was_there = since.is_some_and(|since| since <= grant.asked_ms);
            if !was_there || !self.are_two(tx, grant.asked_by, by)? {
                return Err(GuardError::SecondPerson);
            }
            let actor = in_workspace(granted, &grant);
            // Announced in an entry of its own, so that its number is known and a witness can be waited for.
            let told = json!({"asked_by": grant.asked_by, "digest": digest});
            let entry = self.0.ledger.enter(actor.does("break_glass.announced", id.to_string(), told))?;
            let at_ms = self.now_ms();
            let ends_ms = at_ms + grant.life_ms;
            let (entry, alone, one_channel, by_rule) = (Some(entry.0), false, false, false);
            grant.decision = Some(Decision {
                by,
                at_ms,
                approved: true,
                alone,
                one_channel,
                by_rule,
                ready_ms: at_ms,
                ends_ms,
                entry,
            });
            self.keep_grant(tx, &grant)?;
            self.tell_of_glass(tx, &grant, "break_glass.approved", by)?;
            let detail = json!({
                "asked_by": grant.asked_by, "digest": digest, "ends_ms": ends_ms, "announced": entry,
                "witnesses": self.0.ledger.standing().witnesses.len(),
            });
            Ok((grant, actor.does("break_glass.approved", id.to_string(), detail)))
        })
    }

    /// Ends a look, or refuses it while it waits: any operator may. The workspace's people end it like every other grant.
    ///
    /// # Errors
    /// Not found, over already, or the ledger's or database's.
    pub fn end_break_glass(&self, granted: &Granted, id: GrantId) -> Result<Grant, GuardError> {
        granted.must_be_for(&["EndBreakGlass"])?;
        let by = granted.member()?;
        self.change(|tx| {
            let mut grant = self.glass(tx, id, &[State::Waiting, State::Open])?;
            self.close(tx, &mut grant, (&by.to_string(), "by_hand"))?;
            let entry =
                in_workspace(granted, &grant).does("grant.ended", id.to_string(), json!({"reason": ""}));
            Ok((grant, entry))
        })
    }

    /// Whether an approval's entry has been seen by a witness; without witnesses nobody is waited for.
    pub(super) fn is_witnessed(&self, entry: Option<u64>) -> bool {
        let standing = self.0.ledger.standing();
        standing.witnesses.is_empty() || entry.is_some_and(|entry| standing.witnessed_size > entry)
    }

    fn glass(&self, tx: &Transaction<'_>, id: GrantId, wanted: &[State]) -> Result<Grant, GuardError> {
        let open = self.open_grants(tx)?;
        let found = open.into_iter().find(|grant| grant.id == id && grant.purpose == Purpose::BreakGlass);
        let grant = found.ok_or(Denied::NotFound)?;
        let state = self.state_of(tx, &grant)?;
        if wanted.contains(&state) { Ok(grant) } else { Err(GuardError::GrantIs { state: state.as_str() }) }
    }

    fn tell_of_glass(
        &self,
        tx: &Transaction<'_>,
        grant: &Grant,
        kind: &'static str,
        by: MemberId,
    ) -> Result<(), GuardError> {
        let told: Value = json!({"grant": grant.id, "workspace": grant.workspace, "by": by});
        self.notice(tx, Some(grant.workspace), None, kind, &told)?;
        self.notice(tx, None, None, kind, &told).map(|_| ())
    }
}

/// What operators do to a workspace stands in its own part of the ledger.
fn in_workspace(granted: &Granted, grant: &Grant) -> Actor {
    Actor { workspace: Some(grant.workspace), ..Actor::from(granted) }
}
