//! Yes, no, and the end.

use model::{GrantId, MemberId, WorkspaceId};
use rusqlite::Transaction;
use serde_json::json;

use super::{ALONE_DELAY_MS, Decision, Ended, Grant, Purpose, State, not_yours, sends};
use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;
use crate::mode::checked_reason;

impl Guard {
    /// Approves a request. By another person than whoever asked, who was there before it was asked for; by the same one
    /// only where nobody else could, and then it is not ready at once.
    ///
    /// # Errors
    /// Not found, not waiting, a digest of something else, [`GuardError::SecondPerson`], or the ledger's or database's.
    pub fn approve_grant(&self, granted: &Granted, id: GrantId, digest: &str) -> Result<Grant, GuardError> {
        granted.must_be_for(&["ApproveGrant"])?;
        let by = granted.member()?;
        let right = |tx: &Transaction<'_>, grant: &Grant| {
            // What operators ask for is approved by another of them.
            if grant.is_look() {
                return Err(Denied::NotFound.into());
            }
            if grant.digest() == digest {
                return match grant.send() {
                    Some(scope) => self.sends_alone(tx, grant, scope, by),
                    None => self.is_alone(tx, grant, by),
                };
            }
            let want = "the digest of the grant that you approve, as it is shown".to_owned();
            Err(GuardError::Invalid { field: "digest", want })
        };
        self.must_be(granted, id, &[State::Waiting], |tx, grant| right(tx, grant).map(|_| ()))?;
        let told = self.tell_first(granted, "grant.approving", &json!({"grant": id, "by": by}))?;
        let one_channel = told.is_one_channel();
        self.change(|tx| {
            let mut grant = self.grant_that_is(tx, granted, id, &[State::Waiting])?;
            let alone = right(tx, &grant)?;
            let at_ms = self.now_ms();
            let ready_ms = at_ms + grant.send().map_or(0, sends::cooling_ms).max(if alone { ALONE_DELAY_MS } else { 0 });
            let ends_ms = ready_ms + grant.life_ms;
            let (by_rule, entry) = (false, None);
            grant.decision =
                Some(Decision { by, at_ms, approved: true, alone, one_channel, by_rule, ready_ms, ends_ms, entry });
            self.keep_grant(tx, &grant)?;
            let told = json!({"grant": id, "by": by, "alone": alone, "kind": grant.purpose.as_str()});
            let kind = if alone { "grant.approved_alone" } else { "grant.approved" };
            self.notice(tx, Some(grant.workspace), None, kind, &told)?;
            if alone {
                // The only others there are: they can hold the installation read-only before it is ready.
                self.notice(tx, None, None, kind, &json!({"grant": id}))?;
            }
            let detail = json!({"asked_by": grant.asked_by, "alone": alone, "one_channel": one_channel, "digest": digest, "ready_ms": ready_ms, "ends_ms": ends_ms});
            let entry = Actor::from(granted).does("grant.approved", id.to_string(), detail);
            Ok((grant, entry))
        })
    }

    /// Whether the one who looks runs the workspace and nobody else could approve what they ask for.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn decides_alone(&self, granted: &Granted) -> Result<bool, GuardError> {
        granted.must_be_for(&["ListGrants"])?;
        let (workspace, member) = (granted.in_workspace()?, granted.member()?);
        let runs = granted.principal.roles.iter().any(policy::Role::is_powerful);
        Ok(runs && self.0.db.read(|tx| self.others_who_could(tx, Some(workspace), member))? == 0)
    }

    /// Says no to a request.
    ///
    /// # Errors
    /// Not found, not waiting, or the ledger's or database's.
    pub fn refuse_grant(&self, granted: &Granted, id: GrantId) -> Result<Grant, GuardError> {
        granted.must_be_for(&["RefuseGrant"])?;
        let by = granted.member()?;
        self.change(|tx| {
            let mut grant = self.grant_that_is(tx, granted, id, &[State::Waiting])?;
            let at_ms = self.now_ms();
            let alone = by == grant.asked_by;
            let (one_channel, by_rule, ready_ms, ends_ms, entry) = (false, false, at_ms, at_ms, None);
            let approved = false;
            grant.decision =
                Some(Decision { by, at_ms, approved, alone, one_channel, by_rule, ready_ms, ends_ms, entry });
            self.keep_grant(tx, &grant)?;
            self.notice(tx, Some(grant.workspace), None, "grant.refused", &json!({"grant": id, "by": by}))?;
            let detail = json!({"asked_by": grant.asked_by});
            let entry = Actor::from(granted).does("grant.refused", id.to_string(), detail);
            Ok((grant, entry))
        })
    }

    /// Ends a grant, or withdraws a request; at once, in sessions and streams that are open too. By those who run the
    /// workspace, or by whoever asked.
    ///
    /// # Errors
    /// Not found, over already, another person's, or the ledger's or database's.
    pub fn end_grant(&self, granted: &Granted, id: GrantId, reason: &str) -> Result<Grant, GuardError> {
        granted.must_be_for(&["EndGrant"])?;
        let by = granted.member()?;
        let reason = if reason.trim().is_empty() { "" } else { checked_reason(reason)? };
        let runs = granted.principal.roles.iter().any(policy::Role::is_powerful);
        self.change(|tx| {
            let open = [State::Waiting, State::Delayed, State::Open, State::Used];
            let mut grant = self.grant_that_is(tx, granted, id, &open)?;
            if !runs && grant.asked_by != by {
                return Err(not_yours());
            }
            self.close(tx, &mut grant, (&by.to_string(), "by_hand"))?;
            let entry = Actor::from(granted).does("grant.ended", id.to_string(), json!({"reason": reason}));
            Ok((grant, entry))
        })
    }

    /// Ends what somebody asked for, approved or was let in by, in one workspace or everywhere; gives the ids, for the
    /// entry of whatever they lost.
    pub(crate) fn end_grants_of(
        &self,
        tx: &Transaction<'_>,
        workspace: Option<WorkspaceId>,
        member: MemberId,
    ) -> Result<Vec<GrantId>, GuardError> {
        let open = match workspace {
            Some(workspace) => self.open_grants_in(tx, workspace)?,
            None => self.open_grants(tx)?,
        };
        let theirs = |grant: &Grant| {
            [grant.asked_by, grant.subject].contains(&member)
                || grant.decision.is_some_and(|decision| decision.by == member)
        };
        self.close_all(tx, open.into_iter().filter(theirs).collect(), (&member.to_string(), "standing"))
    }

    /// Ends every grant of a workspace.
    pub(crate) fn end_all_grants(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        by: &str,
    ) -> Result<Vec<GrantId>, GuardError> {
        let open = self.open_grants_in(tx, workspace)?;
        self.close_all(tx, open, (by, "lockdown"))
    }

    /// Writes down which grants have ended by themselves, and tells of it. Nothing depends on it but the telling.
    ///
    /// # Errors
    /// An altered row, or the ledger's or database's.
    pub fn settle_grants(&self) -> Result<usize, GuardError> {
        let over = self.0.db.read(|tx| {
            let epoch = self.0.signin.installation_epoch(tx)?;
            let mut over = Vec::new();
            for grant in self.open_grants(tx)? {
                let why = match self.state_of(tx, &grant)? {
                    State::Void => "void",
                    State::Ended if grant.epoch != epoch => "lockdown",
                    State::Ended => "time",
                    _ => continue,
                };
                over.push((grant, why));
            }
            Ok::<_, GuardError>(over)
        })?;
        for (mut grant, why) in over.iter().cloned() {
            self.change(|tx| {
                self.close(tx, &mut grant, ("guard", why))?;
                let actor = Actor { workspace: Some(grant.workspace), ..Actor::part("guard") };
                Ok(((), actor.does("grant.ended", grant.id.to_string(), json!({"reason": why}))))
            })?;
        }
        Ok(over.len())
    }

    fn close_all(
        &self,
        tx: &Transaction<'_>,
        grants: Vec<Grant>,
        how: (&str, &str),
    ) -> Result<Vec<GrantId>, GuardError> {
        let mut ids = Vec::new();
        for mut grant in grants {
            self.close(tx, &mut grant, how)?;
            ids.push(grant.id);
        }
        Ok(ids)
    }

    pub(super) fn close(
        &self,
        tx: &Transaction<'_>,
        grant: &mut Grant,
        (by, why): (&str, &str),
    ) -> Result<(), GuardError> {
        grant.ended = Some(Ended { at_ms: self.now_ms(), by: by.to_owned(), why: why.to_owned() });
        self.keep_grant(tx, grant)?;
        let kind = match grant.purpose {
            Purpose::Export(_) => "grant.ended",
            Purpose::Support => "support.ended",
            Purpose::BreakGlass => "break_glass.ended",
            Purpose::Send(_) => "send.ended",
        };
        let told = json!({"grant": grant.id, "by": by, "why": why});
        self.notice(tx, Some(grant.workspace), None, kind, &told).map(|_| ())
    }

    /// Whether the one who says yes is the one who asked; refused where anybody else could.
    fn is_alone(&self, tx: &Transaction<'_>, grant: &Grant, by: MemberId) -> Result<bool, GuardError> {
        if grant.asked_by == by {
            return match self.others_who_could(tx, Some(grant.workspace), by)? {
                0 => Ok(true),
                _ => Err(GuardError::SecondPerson),
            };
        }
        // Somebody brought in after the request was made is no second person.
        let since = self.membership(tx, grant.workspace, by)?.map(|membership| membership.created_ms);
        if since.is_some_and(|since| since <= grant.asked_ms) {
            Ok(false)
        } else {
            Err(GuardError::SecondPerson)
        }
    }
}
