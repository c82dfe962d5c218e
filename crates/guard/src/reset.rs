//! Reset: every session and token of a chosen set ends, in one change. Unlike a lockdown it holds nobody else up: changes are
//! still taken, and whoever was reset signs in again with their passkey.

use model::{MemberId, TokenId, WorkspaceId};
use rusqlite::Transaction;
use serde_json::json;
use signin::SigninError;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;
use crate::mode::{checked_reason, scope_name};

/// The most members and tokens that one reset names.
const NAMED_MAX: usize = 1_000;

/// Whose sessions and tokens end.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ResetSet {
    /// All of them, the caller's own included.
    pub everybody: bool,
    /// These members', with the tokens they made.
    pub members: Vec<MemberId>,
    /// These tokens.
    pub tokens: Vec<TokenId>,
}

/// What a reset ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reset {
    /// How many members were signed out; of the whole installation: 0, since all are.
    pub members: usize,
    /// How many tokens were revoked; of the whole installation: 0, since all are.
    pub tokens: usize,
}

impl Guard {
    /// Ends every session and token of the set, in the workspace or the installation.
    ///
    /// # Errors
    /// An empty set, somebody who is not there, an empty or overlong reason, an altered row, or the ledger's or database's.
    pub fn reset(&self, granted: &Granted, set: &ResetSet, reason: &str) -> Result<Reset, GuardError> {
        granted.must_be_for(&["ResetAccess", "ResetInstallationAccess"])?;
        let reason = checked_reason(reason)?;
        let named = set.members.len() + set.tokens.len();
        if (named == 0 && !set.everybody) || named > NAMED_MAX {
            let want = format!("`everybody`, or 1 to {NAMED_MAX} members and tokens");
            return Err(GuardError::Invalid { field: "everybody", want });
        }
        let actor = Actor::from(granted);
        self.change(|tx| {
            let ended = match (actor.workspace, set.everybody) {
                (Some(workspace), true) => self.reset_all_in(tx, workspace)?,
                (Some(workspace), false) => self.reset_some(tx, (Some(workspace), &[workspace]), set)?,
                (None, true) => {
                    self.0.signin.raise_installation_epoch(tx)?;
                    Reset::default()
                }
                (None, false) => {
                    let all: Vec<_> = control::workspaces::list(tx)?.into_iter().map(|found| found.id).collect();
                    self.reset_some(tx, (None, &all), set)?
                }
            };
            let detail = json!({
                "reason": reason, "everybody": set.everybody, "named_members": set.members, "named_tokens": set.tokens,
                "members": ended.members, "tokens": ended.tokens,
            });
            self.notice(tx, actor.workspace, None, "access.reset", &json!({"by": actor.principal}))?;
            Ok((ended, actor.does("access.reset", scope_name(actor.workspace), detail)))
        })
    }

    fn reset_all_in(&self, tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<Reset, GuardError> {
        let members = self.memberships_in(tx, workspace)?;
        for membership in &members {
            self.0.signin.end_sessions_of(tx, membership.member)?;
        }
        let tokens = self.0.signin.revoke_tokens(tx, workspace, None)?;
        self.end_all_grants(tx, workspace, "reset")?;
        Ok(Reset { members: members.len(), tokens })
    }

    fn reset_some(
        &self,
        tx: &Transaction<'_>,
        (within, workspaces): (Option<WorkspaceId>, &[WorkspaceId]),
        set: &ResetSet,
    ) -> Result<Reset, GuardError> {
        let mut ended = Reset::default();
        for member in &set.members {
            if let Some(own) = within {
                self.membership(tx, own, *member)?.ok_or(Denied::NotFound)?;
            }
            self.0.signin.end_sessions_of(tx, *member)?;
            ended.members += 1;
            for workspace in workspaces {
                ended.tokens += self.0.signin.revoke_tokens(tx, *workspace, Some(*member))?;
                self.end_grants_of(tx, Some(*workspace), *member)?;
            }
        }
        for token in &set.tokens {
            let mut found = false;
            for workspace in workspaces {
                match self.0.signin.revoke_token(tx, *workspace, *token) {
                    Ok(()) => found = true,
                    Err(SigninError::NotValid) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            if !found {
                return Err(Denied::NotFound.into());
            }
            ended.tokens += 1;
        }
        Ok(ended)
    }
}
