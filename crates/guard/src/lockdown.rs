//! Lockdown: everything that opens doors ends at once, and nothing can be changed until a second person
//! says so. And what the host's own operator may do without a session, which is only ever to tighten.

use model::WorkspaceId;
use rusqlite::Transaction;
use serde_json::json;

use crate::change::Actor;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;
use crate::mode::{checked_reason, scope_name};

/// What a lockdown ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LockedDown {
    /// How many members were signed out; of the installation: 0, since all are.
    pub members: usize,
    /// How many tokens were revoked; of the installation: 0, since all are.
    pub tokens: usize,
    /// How many open invitations were cancelled.
    pub invites: usize,
}

/// What somebody on the host may do through the socket that only the server's user can open.
#[derive(Clone, Copy)]
pub struct Host<'g>(pub(crate) &'g Guard);

impl Guard {
    /// Locks the workspace down, or the installation: sessions, tokens, invitations and share links end, read-only. The
    /// caller's own session ends too.
    ///
    /// # Errors
    /// An empty or overlong reason, an altered row, or the ledger's or database's.
    pub fn lockdown(&self, granted: &Granted, reason: &str) -> Result<LockedDown, GuardError> {
        granted.must_be_for(&["Lockdown", "LockdownInstallation"])?;
        self.lock_down(&Actor::from(granted), reason)
    }

    /// The hand of somebody on the host. Whoever calls this answers for it that it is one.
    pub fn host(&self) -> Host<'_> {
        Host(self)
    }

    fn lock_down(&self, actor: &Actor, reason: &str) -> Result<LockedDown, GuardError> {
        let reason = format!("locked down: {}", checked_reason(reason)?);
        self.change(|tx| {
            let ended = match actor.workspace {
                Some(workspace) => self.end_all_in(tx, workspace)?,
                None => self.end_all(tx)?,
            };
            // Those of the whole installation end with its epoch.
            let grants = match actor.workspace {
                Some(workspace) => self.end_all_grants(tx, workspace, &actor.principal)?.len(),
                None => 0,
            };
            let shares = end_shares(tx, actor.workspace)?;
            let state = self.state(control::mode::Mode::ReadOnly, &reason, actor);
            self.write_mode(tx, actor.workspace, &state)?;
            self.notice(tx, actor.workspace, None, "lockdown", &json!({"by": actor.principal}))?;
            let LockedDown { members, tokens, invites } = ended;
            let detail = json!({"reason": reason, "members": members, "tokens": tokens, "invites": invites, "grants": grants, "shares": shares});
            Ok((ended, actor.does("lockdown", scope_name(actor.workspace), detail)))
        })
    }

    fn end_all_in(&self, tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<LockedDown, GuardError> {
        let members = self.memberships_in(tx, workspace)?;
        for membership in &members {
            self.0.signin.end_sessions_of(tx, membership.member)?;
        }
        let tokens = self.0.signin.revoke_tokens(tx, workspace, None)?;
        let invites = self.invites_in(tx, workspace)?;
        for invite in &invites {
            self.drop_invite(tx, invite.account)?;
        }
        Ok(LockedDown { members: members.len(), tokens, invites: invites.len() })
    }

    fn end_all(&self, tx: &Transaction<'_>) -> Result<LockedDown, GuardError> {
        self.0.signin.raise_installation_epoch(tx)?;
        let mut ended = LockedDown::default();
        for workspace in control::workspaces::list(tx)? {
            for invite in self.invites_in(tx, workspace.id)? {
                self.drop_invite(tx, invite.account)?;
                ended.invites += 1;
            }
        }
        Ok(ended)
    }
}

/// Ends the share links of a workspace, or all; how many.
fn end_shares(tx: &Transaction<'_>, workspace: Option<WorkspaceId>) -> Result<usize, GuardError> {
    let workspace = workspace.map(|id| id.0.to_be_bytes());
    let sql = "delete from dashboard_part where kind = 'share' and (?1 is null or workspace = ?1)";
    Ok(tx.execute(sql, [workspace])?)
}

impl Host<'_> {
    /// Makes the installation read-only.
    ///
    /// # Errors
    /// An empty or overlong reason, or the ledger's or database's.
    pub fn set_read_only(&self, reason: &str) -> Result<(), GuardError> {
        self.0.make_read_only(&Actor::part("host"), reason).map(|_| ())
    }

    /// Locks the installation down.
    ///
    /// # Errors
    /// An empty or overlong reason, an altered row, or the ledger's or database's.
    pub fn lockdown(&self, reason: &str) -> Result<LockedDown, GuardError> {
        self.0.lock_down(&Actor::part("host"), reason)
    }

    /// Ends every session and token: after a backup was restored, or an altered database accepted.
    ///
    /// # Errors
    /// An altered row, or the ledger's or database's.
    pub fn end_everything_signed_in(&self) -> Result<(), GuardError> {
        self.0.change(|tx| {
            self.0.0.signin.raise_installation_epoch(tx)?;
            Ok(((), Actor::part("host").does("sessions.ended", "installation", json!({}))))
        })
    }

    /// The same, and every invitation, code and share link: a backup still has those that were used or taken back since it was made.
    ///
    /// # Errors
    /// An altered row, or the ledger's or database's.
    pub fn end_everything_restored(&self) -> Result<(), GuardError> {
        self.0.change(|tx| {
            let LockedDown { invites, .. } = self.0.end_all(tx)?;
            self.0.0.signin.drop_all_codes(tx)?;
            let shares = end_shares(tx, None)?;
            let detail = json!({"invites": invites, "shares": shares});
            Ok(((), Actor::part("host").does("sessions.ended", "installation", detail)))
        })
    }
}
