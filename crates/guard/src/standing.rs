//! Who belongs where: rows of `membership`, checked when read.

use model::{MemberId, WorkspaceId};
use policy::{Role, RoleSet};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use signin::SigninError;
use signin::marks::RowMark;

use crate::error::GuardError;
use crate::guard::Guard;
use crate::usage::Holder;

const COLUMNS: &str = "m.workspace, m.account, m.role, m.created_ms, m.mac";

/// A member of a workspace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Membership {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Who.
    pub member: MemberId,
    /// With which role.
    pub role: Role,
    /// Since when, milliseconds since 1970, UTC.
    pub created_ms: i64,
}

impl Membership {
    fn mark<'k>(&self, row: RowMark<'k>) -> RowMark<'k> {
        let Self { workspace, member, role, created_ms } = self;
        row.id(workspace.0).id(member.0).text(role.as_str()).int(*created_ms)
    }
}

struct Raw {
    workspace: WorkspaceId,
    member: MemberId,
    role: String,
    created_ms: i64,
    mac: Vec<u8>,
}

impl Raw {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let workspace = WorkspaceId(u128::from_be_bytes(row.get(0)?));
        let member = MemberId(u128::from_be_bytes(row.get(1)?));
        Ok(Self { workspace, member, role: row.get(2)?, created_ms: row.get(3)?, mac: row.get(4)? })
    }
}

impl Guard {
    /// The membership of an account in a workspace that is not deleted.
    pub(crate) fn membership(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        member: MemberId,
    ) -> Result<Option<Membership>, GuardError> {
        let mut statement = tx.prepare_cached(&format!(
            "select {COLUMNS} from membership m join workspace w on w.id = m.workspace
             where m.workspace = ?1 and m.account = ?2 and w.deleted_ms is null"
        ))?;
        let ids = params![workspace.0.to_be_bytes(), member.0.to_be_bytes()];
        statement.query_row(ids, Raw::read).optional()?.map(|raw| self.checked(raw)).transpose()
    }

    /// Every membership of an account in workspaces that are not deleted.
    pub(crate) fn memberships_of(
        &self,
        tx: &Transaction<'_>,
        member: MemberId,
    ) -> Result<Vec<Membership>, GuardError> {
        let mut statement = tx.prepare_cached(&format!(
            "select {COLUMNS} from membership m join workspace w on w.id = m.workspace
             where m.account = ?1 and w.deleted_ms is null order by m.workspace"
        ))?;
        let rows = statement.query_map([member.0.to_be_bytes()], Raw::read)?;
        rows.map(|raw| self.checked(raw?)).collect()
    }

    /// Every membership in a workspace, the longest-standing first.
    pub(crate) fn memberships_in(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<Vec<Membership>, GuardError> {
        let mut statement = tx.prepare_cached(&format!(
            "select {COLUMNS} from membership m where m.workspace = ?1 order by m.created_ms, m.account"
        ))?;
        let rows = statement.query_map([workspace.0.to_be_bytes()], Raw::read)?;
        rows.map(|raw| self.checked(raw?)).collect()
    }

    /// The roles an account holds anywhere, without those that have lapsed.
    pub(crate) fn roles_anywhere(
        &self,
        tx: &Transaction<'_>,
        member: MemberId,
    ) -> Result<RoleSet, GuardError> {
        let mut roles = RoleSet::NONE;
        for membership in self.memberships_of(tx, member)? {
            let usage = self.usage(tx, Holder::member(membership.workspace, member))?;
            if !self.role_lapsed(tx, &membership, &usage)? {
                roles = roles.with(membership.role);
            }
        }
        Ok(roles)
    }

    /// Adds a membership or changes its role.
    pub(crate) fn set_role(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        member: MemberId,
        role: Role,
    ) -> Result<(), GuardError> {
        let membership = Membership { workspace, member, role, created_ms: self.now_ms() };
        let mac = membership.mark(self.marks().row("membership")).made();
        tx.execute(
            "insert into membership (workspace, account, role, created_ms, mac) values (?1, ?2, ?3, ?4, ?5)
             on conflict (workspace, account)
             do update set role = excluded.role, created_ms = excluded.created_ms, mac = excluded.mac",
            params![
                workspace.0.to_be_bytes(),
                member.0.to_be_bytes(),
                role.as_str(),
                membership.created_ms,
                mac
            ],
        )?;
        self.forget_usage(tx, Holder::member(workspace, member))
    }

    /// Removes a membership.
    pub(crate) fn drop_membership(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        member: MemberId,
    ) -> Result<(), GuardError> {
        tx.execute(
            "delete from membership where workspace = ?1 and account = ?2",
            params![workspace.0.to_be_bytes(), member.0.to_be_bytes()],
        )?;
        self.forget_usage(tx, Holder::member(workspace, member))
    }

    fn checked(&self, raw: Raw) -> Result<Membership, GuardError> {
        let altered = || GuardError::Signin(SigninError::Altered { table: "membership" });
        let Raw { workspace, member, created_ms, mac, .. } = raw;
        let role = Role::from_name(&raw.role).ok_or_else(altered)?;
        let membership = Membership { workspace, member, role, created_ms };
        membership.mark(self.marks().row("membership")).check(&mac)?;
        Ok(membership)
    }
}
