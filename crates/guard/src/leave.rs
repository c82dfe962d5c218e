//! Whether a workspace lets its members in with a password and a code. Of owners and admins it never does.

use model::{MemberId, WorkspaceId};
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::json;
use signin::marks::RowMark;
use signin::password::BY_PASSWORD;

use crate::change::Actor;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;

const TABLE: &str = "password_leave";

impl Guard {
    /// Whether members of the workspace may sign in with a password and a code.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn passwords_allowed(&self, granted: &Granted) -> Result<bool, GuardError> {
        let workspace = granted.in_workspace()?;
        self.0.db.read(|tx| self.allows_passwords(tx, workspace))
    }

    /// Lets members of the workspace in with a password and a code, or demands passkeys again: then the sessions opened
    /// without one end.
    ///
    /// # Errors
    /// An altered row, or the ledger's or database's.
    pub fn allow_passwords(&self, granted: &Granted, allowed: bool) -> Result<(), GuardError> {
        granted.must_be_for(&[if allowed { "AllowPasswords" } else { "DemandPasskeys" }])?;
        let workspace = granted.in_workspace()?;
        let code = if allowed { "passwords.allowed" } else { "passkeys.demanded" };
        self.change(|tx| {
            let ended = if allowed {
                self.give_leave(tx, workspace)?;
                0
            } else {
                tx.execute("delete from password_leave where workspace = ?1", [workspace.0.to_be_bytes()])?;
                self.end_sessions_by_password(tx, workspace)?
            };
            let detail = json!({"by": granted.principal.name, "sessions": ended});
            self.notice(tx, Some(workspace), None, code, &detail)?;
            let detail = json!({"sessions": ended});
            Ok(((), Actor::from(granted).does(code, workspace.to_string(), detail)))
        })
    }

    /// Whether somebody, somewhere, may sign in with a password: whether a page for it is of use. Says of no workspace which.
    ///
    /// # Errors
    /// The database's.
    pub fn passwords_anywhere(&self) -> Result<bool, GuardError> {
        self.0.db.read(|tx| {
            let mut statement = tx.prepare_cached("select 1 from password_leave limit 1")?;
            Ok(statement.exists([])?)
        })
    }

    pub(crate) fn allows_passwords(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<bool, GuardError> {
        let mut statement =
            tx.prepare_cached("select since_ms, mac from password_leave where workspace = ?1")?;
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?));
        let found = statement.query_row([workspace.0.to_be_bytes()], row).optional()?;
        let Some((since_ms, mac)) = found else { return Ok(false) };
        mark(self.marks().row(TABLE), workspace, since_ms).check(&mac)?;
        Ok(true)
    }

    /// Whether the account may sign in with a password: some workspace lets it in, where it is neither owner nor admin.
    pub(crate) fn opens_by_password(
        &self,
        tx: &Transaction<'_>,
        member: MemberId,
    ) -> Result<bool, GuardError> {
        for membership in self.memberships_of(tx, member)? {
            if !membership.role.is_powerful() && self.allows_passwords(tx, membership.workspace)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The workspaces that let members in with a password.
    pub(crate) fn workspaces_with_passwords(
        &self,
        tx: &Transaction<'_>,
    ) -> Result<Vec<WorkspaceId>, GuardError> {
        let mut statement = tx.prepare_cached("select workspace from password_leave order by workspace")?;
        let rows = statement.query_map([], |row| Ok(WorkspaceId(u128::from_be_bytes(row.get(0)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn give_leave(&self, tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<(), GuardError> {
        let since_ms = self.now_ms();
        tx.execute(
            "insert into password_leave (workspace, since_ms, mac) values (?1, ?2, ?3)
             on conflict (workspace) do nothing",
            params![
                workspace.0.to_be_bytes(),
                since_ms,
                mark(self.marks().row(TABLE), workspace, since_ms).made()
            ],
        )?;
        Ok(())
    }

    fn end_sessions_by_password(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<usize, GuardError> {
        let mut ended = 0;
        for membership in self.memberships_in(tx, workspace)? {
            ended += self.0.signin.end_sessions_with(tx, membership.member, BY_PASSWORD)?;
        }
        Ok(ended)
    }
}

fn mark<'k>(row: RowMark<'k>, workspace: WorkspaceId, since_ms: i64) -> RowMark<'k> {
    row.id(workspace.0).int(since_ms)
}
