//! Dashboards and what belongs to them in the control database, a JSON document a row. Each row bears an authenticator under a
//! key that is not in it, so that a row that somebody wrote without the key is refused.

use keys::HashKey;
use model::WorkspaceId;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::DashboardError;

/// What a row is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    Dashboard,
    Annotation,
    Alert,
    Schedule,
    Share,
}

impl Part {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Dashboard => "dashboard",
            Self::Annotation => "annotation",
            Self::Alert => "alert",
            Self::Schedule => "schedule",
            Self::Share => "share",
        }
    }
}

/// A row as it is kept.
pub(crate) struct Kept<T> {
    pub(crate) workspace: WorkspaceId,
    pub(crate) id: u128,
    pub(crate) version: u32,
    pub(crate) what: T,
}

/// Reads and writes them.
#[derive(Clone, Debug)]
pub(crate) struct Book {
    key: HashKey,
}

const COLUMNS: &str = "workspace, kind, id, version, document, mac";

impl Book {
    pub(crate) fn new(key: HashKey) -> Self {
        Self { key }
    }

    pub(crate) fn put<T: Serialize>(
        &self,
        tx: &Transaction<'_>,
        part: Part,
        kept: &Kept<T>,
    ) -> Result<(), DashboardError> {
        let Kept { workspace, id, version, what } = kept;
        let document = serde_json::to_string(what).map_err(|_| DashboardError::Altered)?;
        let mac = self.mac((*workspace, part.as_str(), *id, *version), &document);
        tx.execute(
            &format!(
                "insert into dashboard_part ({COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6)
                 on conflict (workspace, kind, id) do update set
                   version = excluded.version, document = excluded.document, mac = excluded.mac"
            ),
            params![workspace.0.to_be_bytes(), part.as_str(), id.to_be_bytes(), version, document, mac],
        )?;
        Ok(())
    }

    pub(crate) fn one<T: DeserializeOwned>(
        &self,
        tx: &Transaction<'_>,
        (workspace, part, id): (WorkspaceId, Part, u128),
    ) -> Result<Option<Kept<T>>, DashboardError> {
        let sql =
            format!("select {COLUMNS} from dashboard_part where workspace = ?1 and kind = ?2 and id = ?3");
        let of = params![workspace.0.to_be_bytes(), part.as_str(), id.to_be_bytes()];
        let found = tx.prepare_cached(&sql)?.query_row(of, raw).optional()?;
        found.map(|raw| self.checked(raw)).transpose()
    }

    /// All of a workspace, by id, which is the order of making.
    pub(crate) fn list<T: DeserializeOwned>(
        &self,
        tx: &Transaction<'_>,
        (workspace, part): (WorkspaceId, Part),
    ) -> Result<Vec<Kept<T>>, DashboardError> {
        let sql =
            format!("select {COLUMNS} from dashboard_part where workspace = ?1 and kind = ?2 order by id");
        let mut statement = tx.prepare_cached(&sql)?;
        let rows = statement.query_map(params![workspace.0.to_be_bytes(), part.as_str()], raw)?;
        rows.map(|row| self.checked(row?)).collect()
    }

    /// All of every workspace.
    pub(crate) fn every<T: DeserializeOwned>(
        &self,
        tx: &Transaction<'_>,
        part: Part,
    ) -> Result<Vec<Kept<T>>, DashboardError> {
        let sql = format!("select {COLUMNS} from dashboard_part where kind = ?1 order by workspace, id");
        let mut statement = tx.prepare_cached(&sql)?;
        let rows = statement.query_map([part.as_str()], raw)?;
        rows.map(|row| self.checked(row?)).collect()
    }

    pub(crate) fn remove(
        &self,
        tx: &Transaction<'_>,
        (workspace, part, id): (WorkspaceId, Part, u128),
    ) -> Result<bool, DashboardError> {
        let of = params![workspace.0.to_be_bytes(), part.as_str(), id.to_be_bytes()];
        let gone =
            tx.execute("delete from dashboard_part where workspace = ?1 and kind = ?2 and id = ?3", of)?;
        tx.execute(
            "delete from dashboard_done where workspace = ?1 and id = ?2",
            params![workspace.0.to_be_bytes(), id.to_be_bytes()],
        )?;
        Ok(gone > 0)
    }

    fn checked<T: DeserializeOwned>(&self, raw: Raw) -> Result<Kept<T>, DashboardError> {
        let (workspace, kind, id, version, document, mac) = raw;
        let (workspace, id) = (WorkspaceId(u128::from_be_bytes(workspace)), u128::from_be_bytes(id));
        if self.mac((workspace, &kind, id, version), &document) != mac.as_slice() {
            return Err(DashboardError::Altered);
        }
        let what = serde_json::from_str(&document).map_err(|_| DashboardError::Altered)?;
        Ok(Kept { workspace, id, version, what })
    }

    /// Each column with its length, so that neighbours do not run into each other.
    fn mac(
        &self,
        (workspace, kind, id, version): (WorkspaceId, &str, u128, u32),
        document: &str,
    ) -> [u8; 32] {
        let (workspace, id) = (workspace.0.to_be_bytes(), id.to_be_bytes());
        let columns: [&[u8]; 6] = [
            b"dashboard_part",
            &workspace,
            kind.as_bytes(),
            &id,
            &version.to_be_bytes(),
            document.as_bytes(),
        ];
        let mut bytes = Vec::new();
        for column in columns {
            bytes.extend_from_slice(&(column.len() as u64).to_be_bytes());
            bytes.extend_from_slice(column);
        }
        self.key.mac(&bytes)
    }
}

type Raw = ([u8; 16], String, [u8; 16], u32, String, Vec<u8>);

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
}

/// How far an alert or a schedule is: the time last done, and whether the alert's rule was broken there.
pub(crate) fn done(
    tx: &Transaction<'_>,
    (workspace, id): (WorkspaceId, u128),
) -> Result<Option<(i64, bool)>, DashboardError> {
    let sql = "select slot_ms, breached from dashboard_done where workspace = ?1 and id = ?2";
    let of = params![workspace.0.to_be_bytes(), id.to_be_bytes()];
    Ok(tx.prepare_cached(sql)?.query_row(of, |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

pub(crate) fn set_done(
    tx: &Transaction<'_>,
    (workspace, id): (WorkspaceId, u128),
    (slot_ms, breached): (i64, bool),
) -> Result<(), DashboardError> {
    tx.execute(
        "insert into dashboard_done (workspace, id, slot_ms, breached) values (?1, ?2, ?3, ?4)
         on conflict (workspace, id) do update set slot_ms = excluded.slot_ms, breached = excluded.breached",
        params![workspace.0.to_be_bytes(), id.to_be_bytes(), slot_ms, breached],
    )?;
    Ok(())
}
