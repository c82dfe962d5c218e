//! Grants in the database: each row bears its authenticator.

use model::{GrantId, MemberId, WorkspaceId};
use rusqlite::{OptionalExtension, Row, ToSql, Transaction, params};
use signin::SigninError;

use super::Grant;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::guard::Guard;

const TABLE: &str = "access_grant";
const COLUMNS: &str = "id, workspace, kind, subject, closed, document, mac";

struct Raw {
    id: Vec<u8>,
    workspace: Vec<u8>,
    kind: String,
    subject: Vec<u8>,
    closed: i64,
    document: String,
    mac: Vec<u8>,
}

impl Raw {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            workspace: row.get(1)?,
            kind: row.get(2)?,
            subject: row.get(3)?,
            closed: row.get(4)?,
            document: row.get(5)?,
            mac: row.get(6)?,
        })
    }
}

impl Guard {
    pub(super) fn grant_row(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        id: GrantId,
    ) -> Result<Grant, GuardError> {
        let mut statement = tx.prepare_cached(&format!(
            "select {COLUMNS} from access_grant where id = ?1 and workspace = ?2"
        ))?;
        let ids = params![id.0.to_be_bytes(), workspace.0.to_be_bytes()];
        let found = statement.query_row(ids, Raw::read).optional()?;
        self.grant_checked(found.ok_or(Denied::NotFound)?)
    }

    /// The newest of a workspace that people asked for.
    pub(crate) fn grants_in(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        limit: u32,
    ) -> Result<Vec<Grant>, GuardError> {
        let which = "workspace = ?1 and kind <> 'message' order by id desc limit ?2";
        self.grants_where(tx, which, params![workspace.0.to_be_bytes(), limit])
    }

    /// The newest exports of a workspace.
    pub(super) fn exports_in(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        limit: u32,
    ) -> Result<Vec<Grant>, GuardError> {
        let which = "workspace = ?1 and kind = 'export' order by id desc limit ?2";
        self.grants_where(tx, which, params![workspace.0.to_be_bytes(), limit])
    }

    /// What people (`send`) or programs (`message`) sent in a workspace since an id, the newest first.
    pub(super) fn sends_in(
        &self,
        tx: &Transaction<'_>,
        (workspace, kind): (WorkspaceId, &'static str),
        since: GrantId,
        limit: u32,
    ) -> Result<Vec<Grant>, GuardError> {
        let which = "workspace = ?1 and kind = ?2 and id > ?3 order by id desc limit ?4";
        self.grants_where(tx, which, params![workspace.0.to_be_bytes(), kind, since.0.to_be_bytes(), limit])
    }

    /// Those of a workspace that are not over.
    pub(crate) fn open_grants_in(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<Vec<Grant>, GuardError> {
        let which = "workspace = ?1 and closed = 0 order by id";
        self.grants_where(tx, which, params![workspace.0.to_be_bytes()])
    }

    /// Those that somebody may use and that are not over.
    pub(super) fn open_grants_of(
        &self,
        tx: &Transaction<'_>,
        subject: MemberId,
    ) -> Result<Vec<Grant>, GuardError> {
        let which = "subject = ?1 and closed = 0 order by id";
        self.grants_where(tx, which, params![subject.0.to_be_bytes()])
    }

    /// Those anywhere that are not over.
    pub(super) fn open_grants(&self, tx: &Transaction<'_>) -> Result<Vec<Grant>, GuardError> {
        self.grants_where(tx, "closed = 0 order by id", params![])
    }

    fn grants_where(
        &self,
        tx: &Transaction<'_>,
        which: &'static str,
        values: &[&dyn ToSql],
    ) -> Result<Vec<Grant>, GuardError> {
        let mut statement =
            tx.prepare_cached(&format!("select {COLUMNS} from access_grant where {which}"))?;
        let rows = statement.query_map(values, Raw::read)?;
        rows.map(|raw| self.grant_checked(raw?)).collect()
    }

    /// Writes a grant, new or changed.
    pub(super) fn keep_grant(&self, tx: &Transaction<'_>, grant: &Grant) -> Result<(), GuardError> {
        let over = grant.ended.is_some() || grant.decision.is_some_and(|decision| !decision.approved);
        let raw = Raw {
            id: grant.id.0.to_be_bytes().to_vec(),
            workspace: grant.workspace.0.to_be_bytes().to_vec(),
            kind: grant.purpose.as_str().to_owned(),
            subject: grant.subject.0.to_be_bytes().to_vec(),
            closed: over.into(),
            document: serde_json::to_string(grant).map_err(|_| altered())?,
            mac: Vec::new(),
        };
        tx.execute(
            "insert into access_grant (id, workspace, kind, subject, closed, document, mac)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             on conflict (id) do update set closed = excluded.closed, document = excluded.document, mac = excluded.mac",
            params![
                raw.id,
                raw.workspace,
                raw.kind,
                raw.subject,
                raw.closed,
                raw.document,
                self.grant_mark(&raw).made()
            ],
        )?;
        Ok(())
    }

    fn grant_mark(&self, raw: &Raw) -> signin::marks::RowMark<'_> {
        let row = self.marks().row(TABLE).blob(&raw.id).blob(&raw.workspace).text(&raw.kind);
        row.blob(&raw.subject).int(raw.closed).text(&raw.document)
    }

    fn grant_checked(&self, raw: Raw) -> Result<Grant, GuardError> {
        self.grant_mark(&raw).check(&raw.mac)?;
        serde_json::from_str(&raw.document).map_err(|_| altered())
    }
}

fn altered() -> GuardError {
    GuardError::Signin(SigninError::Altered { table: TABLE })
}
