//! What a directory says about members (SCIM): who is to be one, what they are called, and who has left.
//!
//! A directory's token makes members of little power and takes members away; it gives nobody the running of a workspace,
//! and touches an owner only if an owner made the token. A new member has an account that nothing opens yet: they come in
//! through the workspace's single sign-on, or with a code of an invitation. Who comes back after having left gets a new
//! account: neither passkeys nor roles of before return with them.

mod row;

use model::{MemberId, WorkspaceId};
use policy::Role;
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use signin::account::AccountKind;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;
use crate::profile::checked_email;
use crate::standing::Membership;
use row::Row;

/// The most people a directory may hold in one workspace, those who have left included.
const DIRECTORY_MAX: usize = 20_000;
/// The longest name, in bytes.
const NAME_BYTES_MAX: usize = 256;

/// What a directory says about somebody. Personal: sealed at rest.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Described {
    /// The name they sign in with at the provider; one of its kind in a workspace.
    pub user_name: String,
    /// Their address.
    pub email: String,
    /// The directory's own id of them.
    pub external_id: Option<String>,
    /// The name as it is shown.
    pub display_name: Option<String>,
    /// The first name.
    pub given_name: Option<String>,
    /// The family name.
    pub family_name: Option<String>,
}

/// What a directory wants to be so.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Who.
    pub described: Described,
    /// Whether they belong here.
    pub active: bool,
    /// With which role; where nothing is said a new member is a viewer, and others stay what they are.
    pub role: Option<Role>,
}

/// Somebody as a directory sees them.
#[derive(Clone, PartialEq, Eq)]
pub struct Provisioned {
    /// The handle, which stays.
    pub id: MemberId,
    /// What is said about them.
    pub described: Described,
    /// Their membership, while they have one.
    pub role: Option<Role>,
    /// Since when they are known, milliseconds since 1970, UTC.
    pub created_ms: i64,
    /// When that last changed.
    pub changed_ms: i64,
}

/// Whom to look for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sought {
    /// Everybody.
    All,
    /// Whoever has that user name, capitals aside.
    UserName(String),
    /// Whoever the directory calls by that id of its own.
    ExternalId(String),
}

/// A page of people.
pub struct Directory {
    /// How many there are in all.
    pub total: usize,
    /// Those of the page.
    pub page: Vec<Provisioned>,
}

impl Guard {
    /// People as a directory sees them: members, and who has left. Addresses are personal: the look is entered.
    ///
    /// # Errors
    /// An altered row, or the ledger's or database's.
    pub fn directory(
        &self,
        granted: &Granted,
        sought: &Sought,
        (skipped, limit): (usize, usize),
    ) -> Result<Directory, GuardError> {
        granted.must_be_for(&["ReadProvisioned"])?;
        let workspace = granted.in_workspace()?;
        let found = self.0.db.read(|tx| {
            let ids = match sought {
                Sought::All => self.everybody(tx, workspace)?,
                Sought::UserName(name) => self.by_user_name(tx, workspace, name)?.into_iter().collect(),
                Sought::ExternalId(id) => self.by_external_id(tx, workspace, id)?.into_iter().collect(),
            };
            let wanted = ids.iter().skip(skipped).take(limit);
            let page = wanted.map(|id| self.provisioned(tx, workspace, *id)).collect::<Result<_, _>>()?;
            Ok::<_, GuardError>(Directory { total: ids.len(), page })
        })?;
        let detail = json!({"members": found.page.len()});
        self.0.ledger.enter(Actor::from(granted).does("members.viewed", workspace.to_string(), detail))?;
        Ok(found)
    }

    /// One of them.
    ///
    /// # Errors
    /// Not found, an altered row, or the ledger's or database's.
    pub fn one_of_directory(&self, granted: &Granted, id: MemberId) -> Result<Provisioned, GuardError> {
        granted.must_be_for(&["ReadProvisioned"])?;
        let workspace = granted.in_workspace()?;
        let found = self.0.db.read(|tx| self.provisioned(tx, workspace, id))?;
        let detail = json!({"members": 1});
        self.0.ledger.enter(Actor::from(granted).does("members.viewed", workspace.to_string(), detail))?;
        Ok(found)
    }

    /// Takes somebody in.
    ///
    /// # Errors
    /// Known already, a bad name or address, a role that a directory does not give, too many, or the ledger's or database's.
    pub fn provision(&self, granted: &Granted, wanted: Wanted) -> Result<Provisioned, GuardError> {
        granted.must_be_for(&["ProvisionMember"])?;
        let workspace = granted.in_workspace()?;
        let wanted = checked(wanted)?;
        self.change(|tx| {
            let known = self.by_user_name(tx, workspace, &wanted.described.user_name)?.is_some();
            if known || self.is_member_by_email(tx, workspace, &wanted.described.email)? {
                return Err(GuardError::AlreadyMember);
            }
            if self.everybody(tx, workspace)?.len() >= DIRECTORY_MAX {
                return Err(Denied::TooMany { retry_after_s: 3_600 }.into());
            }
            // The handle is the first account's id; somebody who is made inactive has one that never was an account.
            let now_ms = self.now_ms();
            let account = wanted.active.then(|| self.take_in(tx, workspace, &wanted)).transpose()?;
            let id = account.unwrap_or_else(|| MemberId::new(now_ms));
            self.write_row(
                tx,
                &Row {
                    workspace,
                    id,
                    account,
                    described: wanted.described,
                    created_ms: now_ms,
                    changed_ms: now_ms,
                },
            )?;
            let made = self.provisioned(tx, workspace, id)?;
            let detail = json!({"role": made.role.map(Role::as_str)});
            let entry = Actor::from(granted).does("member.provisioned", id.to_string(), detail);
            Ok((made, entry))
        })
    }

    /// Changes what is said about somebody, whether they belong here included. `change` says what is wanted from what is.
    ///
    /// # Errors
    /// Not found, known under that name already, a bad name or address, a role that a directory does not give, owners only, the last owner,
    /// read-only (unless it only says that somebody left), or the ledger's or database's.
    pub fn reprovision(
        &self,
        granted: &Granted,
        id: MemberId,
        change: impl FnOnce(Wanted) -> Result<Wanted, GuardError>,
    ) -> Result<Provisioned, GuardError> {
        granted.must_be_for(&["ReprovisionMember"])?;
        let workspace = granted.in_workspace()?;
        self.change(|tx| {
            let present = self.provisioned(tx, workspace, id)?;
            let active = present.role.is_some();
            let was = Wanted { described: present.described.clone(), active, role: None };
            let wanted = change(was)?;
            let detail = if active && !wanted.active {
                // What else is said of somebody who leaves is of no use any more, and must not stop them from leaving.
                self.let_go(tx, granted, &self.row_of(tx, workspace, id)?)?
            } else {
                self.must_take_changes(tx, workspace)?;
                self.redescribe(tx, &present, checked(wanted)?, granted)?
            };
            let entry = Actor::from(granted).does("member.reprovisioned", id.to_string(), detail);
            Ok((self.provisioned(tx, workspace, id)?, entry))
        })
    }

    /// Removes somebody and what is known of them.
    ///
    /// # Errors
    /// Not found, owners only, the last owner, or the ledger's or database's.
    pub fn deprovision(&self, granted: &Granted, id: MemberId) -> Result<(), GuardError> {
        granted.must_be_for(&["DeprovisionMember"])?;
        let workspace = granted.in_workspace()?;
        self.change(|tx| {
            let row = self.row_of(tx, workspace, id)?;
            let detail = if row.account.is_some() { self.let_go(tx, granted, &row)? } else { json!({}) };
            self.drop_row(tx, workspace, id)?;
            Ok(((), Actor::from(granted).does("member.removed", id.to_string(), detail)))
        })
    }

    /// The membership ends with everything that hangs on it.
    fn let_go(&self, tx: &Transaction<'_>, granted: &Granted, row: &Row) -> Result<Value, GuardError> {
        let account = row.account.ok_or(Denied::NotFound)?;
        let membership = self.touched_by_directory(tx, granted, row.workspace, account)?;
        // Kept as one who has left, also where the directory did not bring them in.
        self.write_row(tx, &Row { account: None, changed_ms: self.now_ms(), ..row.clone() })?;
        self.take_out(tx, &membership)
    }

    fn redescribe(
        &self,
        tx: &Transaction<'_>,
        present: &Provisioned,
        wanted: Wanted,
        granted: &Granted,
    ) -> Result<Value, GuardError> {
        let workspace = granted.in_workspace()?;
        let mut row = self.row_of(tx, workspace, present.id)?;
        let name = &wanted.described.user_name;
        if self.by_user_name(tx, workspace, name)?.is_some_and(|other| other != present.id) {
            return Err(GuardError::AlreadyMember);
        }
        match row.account {
            Some(account) => {
                let membership = self.touched_by_directory(tx, granted, workspace, account)?;
                if present.described.email.to_lowercase() != wanted.described.email.to_lowercase() {
                    self.change_email(tx, &membership, &wanted.described.email)?;
                }
                if let Some(role) = wanted.role.filter(|role| *role != membership.role) {
                    if membership.role.is_powerful() {
                        return Err(not_by_directory());
                    }
                    self.set_role(tx, workspace, account, role)?;
                    self.0.signin.end_sessions_of(tx, account)?;
                    self.end_grants_of(tx, Some(workspace), account)?;
                }
            }
            None if wanted.active => {
                if self.is_member_by_email(tx, workspace, &wanted.described.email)? {
                    return Err(GuardError::AlreadyMember);
                }
                row.account = Some(self.take_in(tx, workspace, &wanted)?);
            }
            None => {}
        }
        let detail = json!({"active": wanted.active, "role": wanted.role.map(Role::as_str)});
        self.write_row(tx, &Row { described: wanted.described, changed_ms: self.now_ms(), ..row })?;
        Ok(detail)
    }

    /// A new account with a membership; nothing opens it yet.
    fn take_in(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        wanted: &Wanted,
    ) -> Result<MemberId, GuardError> {
        self.must_take_changes(tx, workspace)?;
        let email = &wanted.described.email;
        self.drop_invites_to(tx, workspace, email)?;
        let account = self.0.signin.add_account(tx, AccountKind::Member)?;
        self.keep_email(tx, account, email)?;
        let role = wanted.role.unwrap_or(Role::Viewer);
        self.set_role(tx, workspace, account, role)?;
        let detail = json!({"member": account, "role": role.as_str()});
        self.notice(tx, Some(workspace), None, "member.provisioned", &detail)?;
        Ok(account)
    }

    /// The membership, if the directory may touch it: an owner's only by an owner's token.
    fn touched_by_directory(
        &self,
        tx: &Transaction<'_>,
        granted: &Granted,
        workspace: WorkspaceId,
        account: MemberId,
    ) -> Result<Membership, GuardError> {
        let membership = self.membership(tx, workspace, account)?.ok_or(Denied::NotFound)?;
        if membership.role == Role::Owner {
            let maker = granted.principal.answers.ok_or(GuardError::OwnersOnly)?;
            let maker = self.membership(tx, workspace, maker)?;
            if maker.is_none_or(|maker| maker.role != Role::Owner) {
                return Err(GuardError::OwnersOnly);
            }
        }
        Ok(membership)
    }

    /// Another address: only of somebody who runs nothing and belongs nowhere else, since an address opens single sign-on.
    fn change_email(
        &self,
        tx: &Transaction<'_>,
        membership: &Membership,
        email: &str,
    ) -> Result<(), GuardError> {
        let Membership { workspace, member, role, .. } = *membership;
        if role.is_powerful() || self.memberships_of(tx, member)?.len() > 1 {
            return Err(not_by_directory());
        }
        if self.is_member_by_email(tx, workspace, email)? {
            return Err(GuardError::AlreadyMember);
        }
        self.drop_profile(tx, member)?;
        self.keep_email(tx, member, email)?;
        self.0.signin.end_sessions_of(tx, member)?;
        self.notice(tx, Some(workspace), Some(member), "member.address_changed", &json!({"member": member}))
            .map(|_| ())
    }
}

/// What a directory may say.
fn checked(wanted: Wanted) -> Result<Wanted, GuardError> {
    let invalid = |field, want: &str| Err(GuardError::Invalid { field, want: want.to_owned() });
    let Described { user_name, email, external_id, display_name, given_name, family_name } =
        &wanted.described;
    let names = [external_id, display_name, given_name, family_name].into_iter().flatten().chain([user_name]);
    if user_name.trim().is_empty() {
        return invalid("userName", "a name");
    }
    for name in names {
        if name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
            return invalid("userName", "names of at most 256 bytes without control characters");
        }
    }
    if checked_email(email).is_err() {
        return invalid("emails", "an address such as name@example.com, here or as the user name");
    }
    if wanted.role.is_some_and(Role::is_powerful) {
        return Err(not_by_directory());
    }
    Ok(wanted)
}

fn not_by_directory() -> GuardError {
    Denied::Forbidden { why: "not-by-a-directory".to_owned() }.into()
}
