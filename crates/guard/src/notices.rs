//! What must be announced: guard writes it down, a sender delivers it.

use model::{MemberId, WorkspaceId};
use rusqlite::{Transaction, params};
use serde_json::Value;

use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;

/// The most notices shown at once.
const SHOWN_MAX: u32 = 200;

/// Something to announce.
#[derive(Clone, PartialEq, Debug)]
pub struct Notice {
    /// Its number.
    pub id: i64,
    /// Whose affair it is; `None` is the installation's.
    pub workspace: Option<WorkspaceId>,
    /// Whom it concerns; `None` is everybody who runs the workspace.
    pub member: Option<MemberId>,
    /// What happened: `passkey.added`, `recovery.started` and so on, as in the ledger.
    pub kind: String,
    /// The particulars, ids only.
    pub detail: Value,
    /// When, milliseconds since 1970, UTC.
    pub created_ms: i64,
    /// When a second channel first took it, milliseconds since 1970, UTC.
    pub delivered_ms: Option<i64>,
}

impl Guard {
    /// The newest notices of the workspace, newest first.
    ///
    /// # Errors
    /// The database's.
    pub fn notices(&self, granted: &Granted) -> Result<Vec<Notice>, GuardError> {
        granted.must_be_for(&["ReadNotices"])?;
        let workspace = granted.in_workspace()?;
        self.selected("workspace = ?1 order by id desc", &[&workspace.0.to_be_bytes()])
    }

    /// The newest notices about the caller's own account, newest first.
    ///
    /// # Errors
    /// The database's.
    pub fn own_notices(&self, granted: &Granted) -> Result<Vec<Notice>, GuardError> {
        granted.must_be_for(&["ReadOwnNotices"])?;
        let member = granted.member()?;
        self.selected("account = ?1 order by id desc", &[&member.0.to_be_bytes()])
    }

    /// Announces something that no member did, to everybody who runs the workspace.
    ///
    /// # Errors
    /// The database's.
    pub fn tell(&self, workspace: WorkspaceId, kind: &'static str, detail: &Value) -> Result<(), GuardError> {
        self.0.db.write(|tx| self.notice(tx, Some(workspace), None, kind, detail).map(|_| ()))
    }

    /// The same inside a change of somebody else's to the control database: told if and only if that is made.
    ///
    /// # Errors
    /// The database's.
    pub fn tell_in(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        kind: &'static str,
        detail: &Value,
    ) -> Result<(), GuardError> {
        self.notice(tx, Some(workspace), None, kind, detail).map(|_| ())
    }

    /// Those who run a workspace: whoever is told there.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn who_runs(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<Vec<MemberId>, GuardError> {
        let members = self.memberships_in(tx, workspace)?;
        Ok(members.into_iter().filter(|found| found.role.is_powerful()).map(|found| found.member).collect())
    }

    /// Announces something that nobody did and no one workspace is concerned by, to those who run the installation.
    ///
    /// # Errors
    /// The database's.
    pub fn tell_operators(&self, kind: &'static str, detail: &Value) -> Result<(), GuardError> {
        self.0.db.write(|tx| self.notice(tx, None, None, kind, detail).map(|_| ()))
    }

    pub(crate) fn notice(
        &self,
        tx: &Transaction<'_>,
        workspace: Option<WorkspaceId>,
        member: Option<MemberId>,
        kind: &'static str,
        detail: &Value,
    ) -> Result<i64, GuardError> {
        tx.execute(
            "insert into notice (workspace, account, kind, detail, created_ms) values (?1, ?2, ?3, ?4, ?5)",
            params![
                workspace.map(|id| id.0.to_be_bytes()),
                member.map(|id| id.0.to_be_bytes()),
                kind,
                detail.to_string(),
                self.now_ms()
            ],
        )?;
        Ok(tx.last_insert_rowid())
    }

    fn selected(
        &self,
        condition: &str,
        parameters: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<Notice>, GuardError> {
        self.0.db.read(|tx| {
            let mut statement = tx.prepare_cached(&format!(
                "select id, workspace, account, kind, detail, created_ms, delivered_ms from notice
                 where {condition} limit {SHOWN_MAX}"
            ))?;
            let rows = statement.query_map(parameters, read_notice)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Reads the columns `id, workspace, account, kind, detail, created_ms, delivered_ms`, in this order.
pub(crate) fn read_notice(row: &rusqlite::Row<'_>) -> rusqlite::Result<Notice> {
    let id = |column| row.get::<_, Option<[u8; 16]>>(column).map(|bytes| bytes.map(u128::from_be_bytes));
    let detail: String = row.get(4)?;
    Ok(Notice {
        id: row.get(0)?,
        workspace: id(1)?.map(WorkspaceId),
        member: id(2)?.map(MemberId),
        kind: row.get(3)?,
        detail: serde_json::from_str(&detail).unwrap_or_default(),
        created_ms: row.get(5)?,
        delivered_ms: row.get(6)?,
    })
}
