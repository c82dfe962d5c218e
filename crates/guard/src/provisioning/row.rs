//! Rows of `provisioned`, checked when read; a member whom no directory brought in has none until one speaks of them.

use model::{MemberId, WorkspaceId};
use rusqlite::{OptionalExtension, Transaction, params};
use signin::SigninError;
use signin::marks::RowMark;

use super::{Described, Provisioned};
use crate::denied::Denied;
use crate::error::GuardError;
use crate::guard::Guard;

/// What is known of somebody.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) workspace: WorkspaceId,
    pub(super) id: MemberId,
    pub(super) account: Option<MemberId>,
    pub(super) described: Described,
    pub(super) created_ms: i64,
    pub(super) changed_ms: i64,
}

/// A row as it lies in the database.
struct Raw {
    account: Option<[u8; 16]>,
    name_hash: Vec<u8>,
    sealed: Vec<u8>,
    created_ms: i64,
    changed_ms: i64,
    mac: Vec<u8>,
}

impl Guard {
    /// Everybody's handle: members first, the longest-standing first, then who has left.
    pub(super) fn everybody(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<Vec<MemberId>, GuardError> {
        let mut statement =
            tx.prepare_cached("select account, id from provisioned where workspace = ?1 order by id")?;
        let rows = statement.query_map([workspace.0.to_be_bytes()], |row| {
            let account = row.get::<_, Option<[u8; 16]>>(0)?.map(|id| MemberId(u128::from_be_bytes(id)));
            Ok((account, MemberId(u128::from_be_bytes(row.get(1)?))))
        })?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let handles: std::collections::HashMap<_, _> =
            rows.iter().filter_map(|(account, id)| account.map(|account| (account, *id))).collect();
        let members = self.memberships_in(tx, workspace)?;
        let members = members.iter().map(|found| handles.get(&found.member).copied().unwrap_or(found.member));
        let left = rows.iter().filter(|(account, _)| account.is_none()).map(|(_, id)| *id);
        Ok(members.chain(left).collect())
    }

    /// Whoever has that user name.
    pub(super) fn by_user_name(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        name: &str,
    ) -> Result<Option<MemberId>, GuardError> {
        let hash = self.directory_mark("name", &name.trim().to_lowercase());
        if let Some(id) = handle(tx, workspace, "name_hash", &hash)? {
            return Ok(Some(id));
        }
        // A member of whom no directory has spoken yet goes by their address.
        if crate::profile::checked_email(name).is_err() {
            return Ok(None);
        }
        for account in self.accounts_with_email(tx, name)? {
            let unspoken = handle(tx, workspace, "account", &account.0.to_be_bytes())?.is_none();
            if unspoken && self.membership(tx, workspace, account)?.is_some() {
                return Ok(Some(account));
            }
        }
        Ok(None)
    }

    /// Whoever the directory calls by that id of its own.
    pub(super) fn by_external_id(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        external: &str,
    ) -> Result<Option<MemberId>, GuardError> {
        handle(tx, workspace, "external_hash", &self.directory_mark("external", external))
    }

    /// Somebody as a directory sees them.
    pub(super) fn provisioned(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        id: MemberId,
    ) -> Result<Provisioned, GuardError> {
        let Row { account, described, created_ms, changed_ms, .. } = self.row_of(tx, workspace, id)?;
        let membership = match account {
            Some(account) => self.membership(tx, workspace, account)?,
            None => None,
        };
        Ok(Provisioned { id, described, role: membership.map(|found| found.role), created_ms, changed_ms })
    }

    /// The row; what it would be, for a member who has none.
    pub(super) fn row_of(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        id: MemberId,
    ) -> Result<Row, GuardError> {
        if let Some(row) = self.written_row(tx, workspace, id)? {
            return Ok(row);
        }
        let spoken_of = handle(tx, workspace, "account", &id.0.to_be_bytes())?.is_some();
        let membership =
            self.membership(tx, workspace, id)?.filter(|_| !spoken_of).ok_or(Denied::NotFound)?;
        let email = self.email_of(tx, id)?.unwrap_or_default();
        let described = Described { user_name: email.clone(), email, ..Described::default() };
        let created_ms = membership.created_ms;
        Ok(Row { workspace, id, account: Some(id), described, created_ms, changed_ms: created_ms })
    }

    /// Writes the row, a new one or in place of the one that is there.
    pub(super) fn write_row(&self, tx: &Transaction<'_>, row: &Row) -> Result<(), GuardError> {
        let name_hash = self.directory_mark("name", &row.described.user_name.trim().to_lowercase());
        let external = row.described.external_id.as_ref().map(|id| self.directory_mark("external", id));
        let plain = serde_json::to_vec(&row.described).unwrap_or_default();
        let sealed = self.0.email_seal.seal(&sealed_for(row.workspace, row.id), &plain);
        let mac = self.row_mark(row, &name_hash).made();
        tx.execute(
            "insert into provisioned values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             on conflict (workspace, id) do update set account = excluded.account, name_hash = excluded.name_hash,
               external_hash = excluded.external_hash, sealed = excluded.sealed, changed_ms = excluded.changed_ms,
               mac = excluded.mac",
            params![
                row.workspace.0.to_be_bytes(),
                row.id.0.to_be_bytes(),
                row.account.map(|id| id.0.to_be_bytes()),
                name_hash,
                external,
                sealed,
                row.created_ms,
                row.changed_ms,
                mac,
            ],
        )?;
        Ok(())
    }

    pub(super) fn drop_row(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        id: MemberId,
    ) -> Result<(), GuardError> {
        let ids = params![workspace.0.to_be_bytes(), id.0.to_be_bytes()];
        tx.execute("delete from provisioned where workspace = ?1 and id = ?2", ids)?;
        Ok(())
    }

    /// Whether a directory speaks of the member.
    pub(crate) fn is_in_directory(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        account: MemberId,
    ) -> Result<bool, GuardError> {
        Ok(handle(tx, workspace, "account", &account.0.to_be_bytes())?.is_some())
    }

    /// A member who was removed by other means has left for the directory as well.
    pub(crate) fn left_directory(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        account: MemberId,
    ) -> Result<(), GuardError> {
        let Some(id) = handle(tx, workspace, "account", &account.0.to_be_bytes())? else { return Ok(()) };
        let row = self.row_of(tx, workspace, id)?;
        self.write_row(tx, &Row { account: None, changed_ms: self.now_ms(), ..row })
    }

    fn written_row(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        id: MemberId,
    ) -> Result<Option<Row>, GuardError> {
        let mut statement = tx.prepare_cached(
            "select account, name_hash, sealed, created_ms, changed_ms, mac from provisioned where workspace = ?1 and id = ?2",
        )?;
        let found = statement
            .query_row(params![workspace.0.to_be_bytes(), id.0.to_be_bytes()], |row| {
                Ok(Raw {
                    account: row.get(0)?,
                    name_hash: row.get(1)?,
                    sealed: row.get(2)?,
                    created_ms: row.get(3)?,
                    changed_ms: row.get(4)?,
                    mac: row.get(5)?,
                })
            })
            .optional()?;
        let Some(raw) = found else { return Ok(None) };
        let altered = || GuardError::Signin(SigninError::Altered { table: "provisioned" });
        let plain = self.0.email_seal.open(&sealed_for(workspace, id), &raw.sealed).map_err(|_| altered())?;
        let described = serde_json::from_slice(&plain).map_err(|_| altered())?;
        let account = raw.account.map(|id| MemberId(u128::from_be_bytes(id)));
        let row =
            Row { workspace, id, account, described, created_ms: raw.created_ms, changed_ms: raw.changed_ms };
        self.row_mark(&row, &raw.name_hash).check(&raw.mac)?;
        Ok(Some(row))
    }

    fn row_mark(&self, row: &Row, name_hash: &[u8]) -> RowMark<'_> {
        let mark = self.marks().row("provisioned").id(row.workspace.0).id(row.id.0);
        let mark = mark.blob(&row.account.map_or([0; 16], |id| id.0.to_be_bytes())).blob(name_hash);
        mark.int(row.created_ms).int(row.changed_ms)
    }

    fn directory_mark(&self, kind: &str, text: &str) -> [u8; 32] {
        self.marks().lookup(&format!("directory {kind}"), text)
    }
}

/// The handle of the row that has `value` in `column`.
fn handle(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    column: &'static str,
    value: &[u8],
) -> Result<Option<MemberId>, GuardError> {
    let mut statement = tx.prepare_cached(&format!(
        "select id from provisioned where workspace = ?1 and {column} = ?2 limit 1"
    ))?;
    let found =
        statement.query_row(params![workspace.0.to_be_bytes(), value], |row| row.get(0)).optional()?;
    Ok(found.map(|id| MemberId(u128::from_be_bytes(id))))
}

fn sealed_for(workspace: WorkspaceId, id: MemberId) -> Vec<u8> {
    [b"provisioned".as_slice(), &workspace.0.to_be_bytes(), &id.0.to_be_bytes()].concat()
}
