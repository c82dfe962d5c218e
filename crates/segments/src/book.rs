//! Definitions in the control database: every version of every segment and of every computed trait. Each row bears an authenticator under a key that is
//! not in it, since a broadcast may go to whom a definition says.

use keys::HashKey;
use model::{MemberId, SegmentId, WorkspaceId};
use rusqlite::{Row, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::definition::Segment;
use crate::error::SegmentError;

/// Reads and writes them.
#[derive(Clone, Debug)]
pub(crate) struct Book {
    key: HashKey,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    name: String,
    who: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    computed: Option<Value>,
    by: MemberId,
    made_ms: i64,
    removed: bool,
}

const COLUMNS: &str = "workspace, segment, version, document, mac";

impl Book {
    pub(crate) fn new(key: HashKey) -> Self {
        Self { key }
    }

    pub(crate) fn put(&self, tx: &Transaction<'_>, segment: &Segment) -> Result<(), SegmentError> {
        let Segment { id, workspace, version, name, who, computed, by, made_ms, removed } = segment.clone();
        let kept = Kept { name, who, computed, by, made_ms, removed };
        let document = serde_json::to_string(&kept).map_err(|_| SegmentError::Altered)?;
        let mac = self.mac(workspace, id, version, &document);
        tx.execute(
            &format!("insert into segment_version ({COLUMNS}) values (?1, ?2, ?3, ?4, ?5)"),
            params![workspace.0.to_be_bytes(), id.0.to_be_bytes(), version, document, mac],
        )?;
        Ok(())
    }

    /// Every version of a segment, the newest first.
    pub(crate) fn versions(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        id: SegmentId,
    ) -> Result<Vec<Segment>, SegmentError> {
        let sql = format!(
            "select {COLUMNS} from segment_version where workspace = ?1 and segment = ?2 order by version desc"
        );
        let mut statement = tx.prepare_cached(&sql)?;
        let rows = statement.query_map(params![workspace.0.to_be_bytes(), id.0.to_be_bytes()], raw)?;
        rows.map(|row| self.checked(row?)).collect()
    }

    /// The newest version of each segment that was not removed, of every workspace, by id.
    pub(crate) fn standing(&self, tx: &Transaction<'_>) -> Result<Vec<Segment>, SegmentError> {
        let sql = format!(
            "select {COLUMNS} from segment_version as one
             where version = (select max(version) from segment_version as other
               where other.workspace = one.workspace and other.segment = one.segment)
             order by workspace, segment"
        );
        let mut statement = tx.prepare_cached(&sql)?;
        let rows = statement.query_map([], raw)?;
        let segments: Result<Vec<Segment>, SegmentError> = rows.map(|row| self.checked(row?)).collect();
        Ok(segments?.into_iter().filter(|segment| !segment.removed).collect())
    }

    fn checked(&self, (workspace, id, version, document, mac): Raw) -> Result<Segment, SegmentError> {
        let (workspace, id) =
            (WorkspaceId(u128::from_be_bytes(workspace)), SegmentId(u128::from_be_bytes(id)));
        if self.mac(workspace, id, version, &document) != mac.as_slice() {
            return Err(SegmentError::Altered);
        }
        let kept: Kept = serde_json::from_str(&document).map_err(|_| SegmentError::Altered)?;
        let Kept { name, who, computed, by, made_ms, removed } = kept;
        Ok(Segment { id, workspace, version, name, who, computed, by, made_ms, removed })
    }

    /// Each column with its length, so that neighbours do not run into each other.
    fn mac(&self, workspace: WorkspaceId, id: SegmentId, version: u32, document: &str) -> [u8; 32] {
        let (workspace, id) = (workspace.0.to_be_bytes(), id.0.to_be_bytes());
        let columns: [&[u8]; 5] =
            [b"segment_version", &workspace, &id, &version.to_be_bytes(), document.as_bytes()];
        let mut bytes = Vec::new();
        for column in columns {
            bytes.extend_from_slice(&(column.len() as u64).to_be_bytes());
            bytes.extend_from_slice(column);
        }
        self.key.mac(&bytes)
    }
}

type Raw = ([u8; 16], [u8; 16], u32, String, Vec<u8>);

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}
