//! The marks of the persons who are in one export alone: whose they are, for whoever finds one in a leaked file.

use model::{GrantId, WorkspaceId};
use rusqlite::{OptionalExtension, params};
use signin::marks::RowMark;

use super::{Approved, Grant};
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;

/// The most exports whose sets are looked through.
const EXPORTS_MAX: u32 = 1_000;

impl Guard {
    /// Enters the marks of an export's canaries. Of each canary it says whether it could be taken: none of its marks
    /// may be another's.
    ///
    /// # Errors
    /// The database's.
    pub fn keep_canaries(
        &self,
        approved: &Approved,
        canaries: &[Vec<[u8; 16]>],
    ) -> Result<Vec<bool>, GuardError> {
        let Grant { id, workspace, .. } = approved.grant();
        self.0.db.write(|tx| {
            let mut known =
                tx.prepare_cached("select 1 from export_canary where workspace = ?1 and hash = ?2")?;
            let mut insert = tx.prepare_cached(
                "insert into export_canary (workspace, hash, grant_id, mac) values (?1, ?2, ?3, ?4)",
            )?;
            let mut kept = Vec::with_capacity(canaries.len());
            for marks in canaries {
                let mut free = true;
                for mark in marks {
                    free &= !known.exists(params![workspace.0.to_be_bytes(), mark])?;
                }
                for mark in marks.iter().filter(|_| free) {
                    let mac = self.canary_mark(*workspace, mark, *id).made();
                    insert.execute(params![workspace.0.to_be_bytes(), mark, id.0.to_be_bytes(), mac])?;
                }
                kept.push(free);
            }
            Ok(kept)
        })
    }

    /// Which of these marks are canaries of which export.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn canaries_among(
        &self,
        granted: &Granted,
        marks: &[[u8; 16]],
    ) -> Result<Vec<Option<GrantId>>, GuardError> {
        granted.must_be_for(&["AttributeLeak"])?;
        let workspace = granted.in_workspace()?;
        self.0.db.read(|tx| {
            let mut statement = tx.prepare_cached(
                "select grant_id, mac from export_canary where workspace = ?1 and hash = ?2",
            )?;
            let mut found = Vec::with_capacity(marks.len());
            for mark in marks {
                let row: Option<([u8; 16], Vec<u8>)> = statement
                    .query_row(params![workspace.0.to_be_bytes(), mark], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()?;
                found.push(match row {
                    Some((id, mac)) => {
                        let id = GrantId(u128::from_be_bytes(id));
                        self.canary_mark(workspace, mark, id).check(&mac)?;
                        Some(id)
                    }
                    None => None,
                });
            }
            Ok(found)
        })
    }

    /// The exports of the workspace whose file began to leave, the newest first; at most 1,000.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn exports_made(&self, granted: &Granted) -> Result<Vec<Grant>, GuardError> {
        granted.must_be_for(&["AttributeLeak"])?;
        let workspace = granted.in_workspace()?;
        let mut found = self.0.db.read(|tx| self.exports_in(tx, workspace, EXPORTS_MAX))?;
        found.retain(|grant| grant.used.is_some_and(|used| used.opened_ms.is_some()));
        Ok(found)
    }

    fn canary_mark(&self, workspace: WorkspaceId, mark: &[u8], grant: GrantId) -> RowMark<'_> {
        self.marks().row("export_canary").id(workspace.0).blob(mark).id(grant.0)
    }
}
