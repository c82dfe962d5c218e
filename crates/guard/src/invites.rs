//! Invitations into a workspace.
//!
//! An invitation makes a new account for whoever accepts it with a new passkey; somebody who has an
//! account accepts with that one, signed in. So an invitation can never add a passkey to an account that
//! exists, and tells nobody whether an address has one. One exception: a member whom a directory brought in, and whose account
//! nothing opens yet, gets their first passkey by it.

use model::{MemberId, WorkspaceId};
use policy::Role;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde_json::json;
use signin::SigninError;
use signin::account::AccountKind;
use signin::code::Purpose;
use signin::config::{CLOCK_STEP_MS, CODE_LIFE_MS};
use signin::marks::RowMark;
use stdx::Secret;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;

/// The most open invitations of a workspace.
const INVITES_MAX: usize = 200;

/// An open invitation, as those who run the workspace see it.
#[derive(Clone, PartialEq, Eq)]
pub struct InviteView {
    /// Its id: that of the account it would make.
    pub id: MemberId,
    /// To which address.
    pub email: String,
    /// With which role.
    pub role: Role,
    /// Who invited.
    pub invited_by: MemberId,
    /// Until when it can be accepted, milliseconds since 1970, UTC.
    pub expires_ms: i64,
}

/// An invitation that has just been made.
#[derive(Clone, Debug)]
pub struct Invited {
    /// Its id.
    pub id: MemberId,
    /// What the invited person enrols with; shown once.
    pub code: Secret<String>,
    /// Until when, milliseconds since 1970, UTC.
    pub expires_ms: i64,
}

/// An invitation as it stands in the database.
pub(crate) struct Invite {
    pub(crate) account: MemberId,
    workspace: WorkspaceId,
    pub(crate) role: Role,
    invited_by: MemberId,
    created_ms: i64,
    expires_ms: i64,
}

impl Invite {
    fn mark<'k>(&self, row: RowMark<'k>) -> RowMark<'k> {
        let Self { account, workspace, role, invited_by, created_ms, expires_ms } = self;
        let row = row.id(account.0).id(workspace.0).text(role.as_str()).id(invited_by.0);
        row.int(*created_ms).int(*expires_ms)
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<(Option<Self>, Vec<u8>)> {
        let id = |column| row.get(column).map(u128::from_be_bytes);
        let role: String = row.get(2)?;
        let (account, workspace, invited_by) = (MemberId(id(0)?), WorkspaceId(id(1)?), MemberId(id(3)?));
        let (created_ms, expires_ms) = (row.get(4)?, row.get(5)?);
        let invite = Role::from_name(&role).map(|role| Self {
            account,
            workspace,
            role,
            invited_by,
            created_ms,
            expires_ms,
        });
        Ok((invite, row.get(6)?))
    }
}

const COLUMNS: &str = "account, workspace, role, invited_by, created_ms, expires_ms, mac";

impl Guard {
    /// Invites somebody; an earlier open invitation to the same address no longer counts.
    ///
    /// # Errors
    /// A bad address, a member already, owners only, too many, or the ledger's or database's.
    pub fn invite(&self, granted: &Granted, email: &str, role: Role) -> Result<Invited, GuardError> {
        granted.must_be_for(&["InviteMember"])?;
        let (workspace, invited_by) = (granted.in_workspace()?, granted.member()?);
        granted.must_be_able_to_give(role)?;
        self.change(|tx| {
            let waiting = self.waiting_member(tx, workspace, email)?;
            if waiting.is_none() && self.is_member_by_email(tx, workspace, email)? {
                return Err(GuardError::AlreadyMember);
            }
            self.drop_invites_to(tx, workspace, email)?;
            if self.invites_in(tx, workspace)?.len() >= INVITES_MAX {
                return Err(Denied::TooMany { retry_after_s: 3_600 }.into());
            }
            let account = match waiting {
                Some(account) => account,
                None => {
                    let account = self.0.signin.add_account(tx, AccountKind::Member)?;
                    self.keep_email(tx, account, email)?;
                    account
                }
            };
            let code = self.0.signin.make_code(tx, Purpose::Invite, account)?;
            let created_ms = self.now_ms();
            let expires_ms = created_ms + CODE_LIFE_MS;
            let invite = Invite { account, workspace, role, invited_by, created_ms, expires_ms };
            self.insert_invite(tx, &invite)?;
            let detail = json!({"role": role.as_str()});
            self.notice(
                tx,
                Some(workspace),
                None,
                "member.invited",
                &json!({"invite": account, "role": role.as_str()}),
            )?;
            let entry = Actor::from(granted).does("member.invited", account.to_string(), detail);
            Ok((Invited { id: account, code, expires_ms }, entry))
        })
    }

    /// The open invitations of the workspace. Their addresses are personal: the look is entered.
    ///
    /// # Errors
    /// An altered row, or the ledger's or database's.
    pub fn invites(&self, granted: &Granted) -> Result<Vec<InviteView>, GuardError> {
        granted.must_be_for(&["ListMembers"])?;
        let workspace = granted.in_workspace()?;
        let invites: Vec<InviteView> = self.0.db.read(|tx| {
            let view = |invite: Invite| {
                let Invite { account: id, role, invited_by, expires_ms, .. } = invite;
                let email = self.email_of(tx, id)?.unwrap_or_default();
                Ok::<_, GuardError>(InviteView { id, email, role, invited_by, expires_ms })
            };
            self.invites_in(tx, workspace)?.into_iter().map(view).collect()
        })?;
        let detail = json!({"invites": invites.len()});
        self.0.ledger.enter(Actor::from(granted).does("invites.viewed", workspace.to_string(), detail))?;
        Ok(invites)
    }

    /// Cancels an open invitation.
    ///
    /// # Errors
    /// Not found, or the ledger's or database's.
    pub fn cancel_invite(&self, granted: &Granted, id: MemberId) -> Result<(), GuardError> {
        granted.must_be_for(&["CancelInvite"])?;
        let workspace = granted.in_workspace()?;
        self.change(|tx| {
            let known = self.invites_in(tx, workspace)?.iter().any(|invite| invite.account == id);
            if !known {
                return Err(Denied::NotFound.into());
            }
            self.drop_invite(tx, id)?;
            Ok(((), Actor::from(granted).does("invite.cancelled", id.to_string(), json!({}))))
        })
    }

    /// Accepts an invitation with the account the caller has.
    ///
    /// # Errors
    /// Not found, a member already, read-only, or the ledger's or database's.
    pub fn accept_invite(&self, granted: &Granted, code: &str) -> Result<WorkspaceId, GuardError> {
        granted.must_be_for(&["AcceptInvite"])?;
        let member = granted.member()?;
        self.change(|tx| {
            let (purpose, account) = self.0.signin.take_code(tx, code)?;
            if purpose != Purpose::Invite {
                return Err(Denied::NotFound.into());
            }
            let workspace = self.open_invite(tx, account)?.workspace;
            if self.membership(tx, workspace, member)?.is_some() {
                return Err(GuardError::AlreadyMember);
            }
            self.take_invited_in(tx, account, member)?;
            self.end_unused(tx, account)?;
            let actor = Actor { workspace: Some(workspace), ..Actor::from(granted) };
            Ok((workspace, actor.does("member.joined", member.to_string(), json!({"invite": account}))))
        })
    }

    /// Turns an invitation into a membership of `member`.
    pub(crate) fn take_invited_in(
        &self,
        tx: &Transaction<'_>,
        account: MemberId,
        member: MemberId,
    ) -> Result<(), GuardError> {
        let invite = self.open_invite(tx, account)?;
        self.must_take_changes(tx, invite.workspace)?;
        self.set_role(tx, invite.workspace, member, invite.role)?;
        self.note_giver(tx, invite.workspace, member, invite.invited_by)?;
        tx.execute("delete from invite where account = ?1", [account.0.to_be_bytes()])?;
        if invite.role.is_powerful() {
            // Running sessions were opened with the longer times of somebody who runs nothing.
            self.0.signin.end_sessions_of(tx, member)?;
        }
        self.notice(tx, Some(invite.workspace), None, "member.joined", &json!({"member": member})).map(|_| ())
    }

    /// The open invitations of a workspace, checked.
    pub(crate) fn invites_in(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<Vec<Invite>, GuardError> {
        let mut statement = tx.prepare_cached(&format!(
            "select {COLUMNS} from invite where workspace = ?1 and expires_ms > ?2 order by account"
        ))?;
        let rows = statement.query_map(params![workspace.0.to_be_bytes(), self.now_ms()], Invite::read)?;
        rows.map(|found| self.invite_checked(found?)).collect()
    }

    /// Removes an invitation with everything that was made for it. Whoever is a member already stays one.
    pub(crate) fn drop_invite(&self, tx: &Transaction<'_>, account: MemberId) -> Result<(), GuardError> {
        self.withdraw_invite(tx, account)?;
        if self.memberships_of(tx, account)?.is_empty() { self.end_unused(tx, account) } else { Ok(()) }
    }

    /// Removes an invitation and its code, and leaves the account.
    pub(crate) fn withdraw_invite(&self, tx: &Transaction<'_>, account: MemberId) -> Result<(), GuardError> {
        tx.execute("delete from invite where account = ?1", [account.0.to_be_bytes()])?;
        Ok(self.0.signin.drop_codes(tx, account)?)
    }

    /// The member with that address whom a directory brought in and whose account nothing opens yet: an invitation gives them a
    /// way in.
    fn waiting_member(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        email: &str,
    ) -> Result<Option<MemberId>, GuardError> {
        for account in self.accounts_with_email(tx, email)? {
            let membership =
                self.membership(tx, workspace, account)?.filter(|found| !found.role.is_powerful());
            let alone = membership.is_some() && self.memberships_of(tx, account)?.len() == 1;
            let opens = !self.0.signin.passkeys(tx, account)?.is_empty()
                || self.0.signin.password(tx, account)?.is_some()
                || self.is_known_there(tx, workspace, account)?;
            if alone && !opens && self.is_in_directory(tx, workspace, account)? {
                return Ok(Some(account));
            }
        }
        Ok(None)
    }

    /// Removes what somebody who goes has invited: an address of their own may be among it.
    pub(crate) fn drop_invites_by(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        member: MemberId,
    ) -> Result<usize, GuardError> {
        let open = self.invites_in(tx, workspace)?;
        let theirs: Vec<_> = open.iter().filter(|invite| invite.invited_by == member).collect();
        theirs.iter().try_for_each(|invite| self.drop_invite(tx, invite.account))?;
        Ok(theirs.len())
    }

    /// Removes invitations that nobody accepted in time.
    pub(crate) fn drop_expired_invites(&self, tx: &Transaction<'_>) -> Result<usize, GuardError> {
        let mut statement = tx.prepare_cached("select account from invite where expires_ms <= ?1")?;
        let rows =
            statement.query_map([self.now_ms()], |row| Ok(MemberId(u128::from_be_bytes(row.get(0)?))))?;
        let expired = rows.collect::<Result<Vec<_>, _>>()?;
        expired.iter().try_for_each(|account| self.drop_invite(tx, *account))?;
        Ok(expired.len())
    }

    /// The workspace that an account was made for.
    pub(crate) fn invited_to(
        &self,
        tx: &Transaction<'_>,
        account: MemberId,
    ) -> Result<Option<WorkspaceId>, GuardError> {
        match self.open_invite(tx, account) {
            Ok(invite) => Ok(Some(invite.workspace)),
            Err(GuardError::Denied(Denied::NotFound)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn open_invite(&self, tx: &Transaction<'_>, account: MemberId) -> Result<Invite, GuardError> {
        let mut statement = tx.prepare_cached(&format!("select {COLUMNS} from invite where account = ?1"))?;
        let found = statement.query_row([account.0.to_be_bytes()], Invite::read).optional()?;
        let invite = self.invite_checked(found.ok_or(Denied::NotFound)?)?;
        let open = (invite.created_ms - CLOCK_STEP_MS..invite.expires_ms).contains(&self.now_ms());
        if open { Ok(invite) } else { Err(Denied::NotFound.into()) }
    }

    /// The account that an invitation made is not needed.
    fn end_unused(&self, tx: &Transaction<'_>, account: MemberId) -> Result<(), GuardError> {
        self.0.signin.end_account(tx, account)?;
        self.drop_profile(tx, account)
    }

    pub(crate) fn drop_invites_to(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        email: &str,
    ) -> Result<(), GuardError> {
        let accounts = self.accounts_with_email(tx, email)?;
        let open = self.invites_in(tx, workspace)?;
        let same = open.iter().filter(|invite| accounts.contains(&invite.account));
        same.map(|invite| invite.account).try_for_each(|account| self.drop_invite(tx, account))
    }

    fn insert_invite(&self, tx: &Transaction<'_>, invite: &Invite) -> Result<(), GuardError> {
        tx.execute(
            &format!("insert into invite ({COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
            params![
                invite.account.0.to_be_bytes(),
                invite.workspace.0.to_be_bytes(),
                invite.role.as_str(),
                invite.invited_by.0.to_be_bytes(),
                invite.created_ms,
                invite.expires_ms,
                invite.mark(self.marks().row("invite")).made(),
            ],
        )?;
        Ok(())
    }

    fn invite_checked(&self, (invite, mac): (Option<Invite>, Vec<u8>)) -> Result<Invite, GuardError> {
        let invite = invite.ok_or(GuardError::Signin(SigninError::Altered { table: "invite" }))?;
        invite.mark(self.marks().row("invite")).check(&mac)?;
        Ok(invite)
    }
}
