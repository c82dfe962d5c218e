//! The members of a workspace and their roles.
//!
//! Nobody gives or takes more than they have: only owners make, change and remove owners, and the last
//! owner stays. Whoever loses something loses their sessions with it.

use model::{MemberId, WorkspaceId};
use policy::Role;
use rusqlite::Transaction;
use serde_json::json;
use stdx::Secret;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;
use crate::standing::Membership;

/// A member as those who run the workspace see them.
#[derive(Clone, PartialEq, Eq)]
pub struct MemberView {
    /// Their id.
    pub id: MemberId,
    /// Their address.
    pub email: String,
    /// Their role.
    pub role: Role,
    /// Since when they have it, milliseconds since 1970, UTC.
    pub since_ms: i64,
    /// How many passkeys they have; 0 cannot sign in yet.
    pub passkeys: usize,
}

impl Guard {
    /// The members of the workspace, the longest-standing first. Their addresses are personal: the look is entered.
    ///
    /// # Errors
    /// An altered row, or the ledger's or database's.
    pub fn members(&self, granted: &Granted) -> Result<Vec<MemberView>, GuardError> {
        granted.must_be_for(&["ListMembers"])?;
        let workspace = granted.in_workspace()?;
        let members: Vec<MemberView> = self.0.db.read(|tx| {
            let view = |membership: Membership| {
                let Membership { member: id, role, created_ms: since_ms, .. } = membership;
                let email = self.email_of(tx, id)?.unwrap_or_default();
                let passkeys = self.0.signin.passkeys(tx, id)?.len();
                Ok::<_, GuardError>(MemberView { id, email, role, since_ms, passkeys })
            };
            self.memberships_in(tx, workspace)?.into_iter().map(view).collect()
        })?;
        let detail = json!({"members": members.len()});
        self.0.ledger.enter(Actor::from(granted).does("members.viewed", workspace.to_string(), detail))?;
        Ok(members)
    }

    /// Gives a member another role. Their sessions end; a role that runs nothing also costs them the
    /// tokens they made.
    ///
    /// # Errors
    /// Not found, owners only, the last owner, or the ledger's or database's.
    pub fn change_role(&self, granted: &Granted, member: MemberId, role: Role) -> Result<(), GuardError> {
        granted.must_be_for(&["ChangeRole"])?;
        let workspace = granted.in_workspace()?;
        self.change(|tx| {
            let membership = self.touchable(tx, granted, workspace, member)?;
            granted.must_be_able_to_give(role)?;
            if membership.role == Role::Owner && role != Role::Owner {
                self.must_not_be_last_owner(tx, workspace, member)?;
            }
            self.set_role(tx, workspace, member, role)?;
            self.note_giver(tx, workspace, member, granted.member()?)?;
            self.0.signin.end_sessions_of(tx, member)?;
            if !role.is_powerful() {
                self.0.signin.revoke_tokens(tx, workspace, Some(member))?;
            }
            let grants = self.end_grants_of(tx, Some(workspace), member)?;
            let detail = json!({"from": membership.role.as_str(), "to": role.as_str(), "grants": grants});
            self.notice(tx, Some(workspace), Some(member), "member.role_changed", &detail)?;
            Ok(((), Actor::from(granted).does("member.role_changed", member.to_string(), detail)))
        })
    }

    /// Removes a member: sessions, the tokens and invitations they made here and the membership end at once; the
    /// account too, when it belongs nowhere else.
    ///
    /// # Errors
    /// Not found, owners only, the last owner, or the ledger's or database's.
    pub fn remove_member(&self, granted: &Granted, member: MemberId) -> Result<(), GuardError> {
        granted.must_be_for(&["RemoveMember"])?;
        let workspace = granted.in_workspace()?;
        self.change(|tx| {
            let membership = self.touchable(tx, granted, workspace, member)?;
            let detail = self.take_out(tx, &membership)?;
            Ok(((), Actor::from(granted).does("member.removed", member.to_string(), detail)))
        })
    }

    /// Everything that ends with a membership: sessions, the tokens and invitations they made here, grants, and the account
    /// itself when it belongs nowhere else. Returns what the ledger is told.
    pub(crate) fn take_out(
        &self,
        tx: &Transaction<'_>,
        membership: &Membership,
    ) -> Result<serde_json::Value, GuardError> {
        let Membership { workspace, member, role, .. } = *membership;
        if role == Role::Owner {
            self.must_not_be_last_owner(tx, workspace, member)?;
        }
        let tokens = self.0.signin.revoke_tokens(tx, workspace, Some(member))?;
        let invites = self.drop_invites_by(tx, workspace, member)?;
        self.drop_membership(tx, workspace, member)?;
        if self.memberships_of(tx, member)?.is_empty() {
            self.0.signin.end_account(tx, member)?;
            self.drop_profile(tx, member)?;
        } else {
            self.0.signin.end_sessions_of(tx, member)?;
        }
        let grants = self.end_grants_of(tx, Some(workspace), member)?;
        self.left_directory(tx, workspace, member)?;
        self.drop_subject(tx, workspace, member)?;
        self.notice(tx, Some(workspace), None, "member.removed", &json!({"member": member}))?;
        Ok(json!({"role": role.as_str(), "tokens": tokens, "invites": invites, "grants": grants}))
    }

    /// Ends every session of a member.
    ///
    /// # Errors
    /// Not found, owners only, or the ledger's or database's.
    pub fn end_member_sessions(&self, granted: &Granted, member: MemberId) -> Result<(), GuardError> {
        granted.must_be_for(&["EndMemberSessions"])?;
        let workspace = granted.in_workspace()?;
        self.change(|tx| {
            self.touchable(tx, granted, workspace, member)?;
            self.0.signin.end_sessions_of(tx, member)?;
            Ok(((), Actor::from(granted).does("sessions.ended", member.to_string(), json!({}))))
        })
    }

    /// The addresses that these members sign in with, for a test that goes to them and to nobody else.
    ///
    /// # Errors
    /// Somebody who is no member or has no address, or the database's.
    pub fn addresses_of_members(
        &self,
        granted: &Granted,
        members: &[MemberId],
    ) -> Result<Vec<Secret<String>>, GuardError> {
        granted.must_be_for(&["TestSend"])?;
        let workspace = granted.in_workspace()?;
        self.0.db.read(|tx| {
            let mut addresses = Vec::with_capacity(members.len());
            for member in members {
                let address = match self.membership(tx, workspace, *member)? {
                    Some(_) => self.email_of(tx, *member)?,
                    None => None,
                };
                let want =
                    || "members of the workspace, by id (mem_…); a test goes to nobody else".to_owned();
                addresses.push(Secret::new(
                    address.ok_or_else(|| GuardError::Invalid { field: "to", want: want() })?,
                ));
            }
            Ok(addresses)
        })
    }

    /// The membership, if the caller may touch it.
    fn touchable(
        &self,
        tx: &Transaction<'_>,
        granted: &Granted,
        workspace: WorkspaceId,
        member: MemberId,
    ) -> Result<Membership, GuardError> {
        let membership = self.membership(tx, workspace, member)?.ok_or(Denied::NotFound)?;
        granted.must_be_able_to_give(membership.role)?;
        Ok(membership)
    }

    fn must_not_be_last_owner(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        member: MemberId,
    ) -> Result<(), GuardError> {
        let members = self.active_memberships_in(tx, workspace)?;
        let others = members.iter().any(|other| other.role == Role::Owner && other.member != member);
        if others { Ok(()) } else { Err(GuardError::LastOwner) }
    }
}
