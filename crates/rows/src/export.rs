//! Exports: the one way for values to leave in clear in number. An [`Export`] is made from guard's
//! [`Approved`](guard::grants::Approved) alone, which nothing but an approved grant gives, once.
//!
//! Before the first byte: the persons who exist in this export alone ([`canary`]) are known to guard, the exact set of
//! ids is in a file ([`set`]), and the entry is durable. Then row by row, encrypted to the grant's recipients
//! ([`sealed`]), asked anew before every piece whether it may go on. Whose a leaked file is: [`attribute`].
//!
//! Modules in reading order: [`columns`], [`canary`], [`set`], `lines`, [`sealed`], [`attribute`].

pub mod attribute;
pub mod canary;
pub mod columns;
mod lines;
pub mod sealed;
pub mod set;

use std::path::PathBuf;
use std::sync::Arc;

use guard::Granted;
use guard::grants::{Approved, ExportScope};
use keys::KeyDirectory;
use ledger::Shown;
use model::PersonId;
use people::Opened;
use serde_json::json;

use crate::Rows;
use crate::error::RowsError;
use crate::export::canary::Canary;
use crate::export::columns::Columns;
use crate::export::lines::Cells;
use crate::export::sealed::Sealer;
use crate::export::set::Set;

/// How many rows one piece holds: between two pieces it is asked whether the export may go on.
pub const PIECE_ROWS: usize = 250;
/// How many rows leave in a second at most.
pub const ROWS_PER_S: u32 = 10_000;

/// Where exports keep their sets, and under which keys.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// The folder of the sets.
    pub dir: PathBuf,
    /// The workspaces' keys.
    pub keys: KeyDirectory,
}

/// Whether an export of this scope could be made: its columns can be told from a leak, its recipients are some.
///
/// # Errors
/// The field and what to write.
pub fn check(scope: &ExportScope) -> Result<(), (&'static str, String)> {
    Columns::read(&scope.fields).map_err(|want| ("fields", want))?;
    sealed::recipients(&scope.recipients).map(|_| ()).map_err(|want| ("recipients", want))
}

/// One row that is still to leave.
enum Line {
    Person(PersonId),
    Canary(Box<Canary>),
}

/// An export under way. Dropped before its end it is over, too, and so is its grant.
pub struct Export {
    rows: Rows,
    approved: Option<Approved>,
    columns: Columns,
    lines: std::vec::IntoIter<Line>,
    sealer: Option<Sealer>,
    written: u64,
}

impl Rows {
    /// Begins the export of an approved grant: `ids` are the people, of whom no more than the grant says leave.
    ///
    /// # Errors
    /// The database's, the disk's; the ledger's, and then nothing leaves.
    pub fn export(
        &self,
        granted: &Granted,
        approved: Approved,
        mut ids: Vec<PersonId>,
    ) -> Result<Export, RowsError> {
        let (grant, scope) = (approved.grant().clone(), approved.scope().clone());
        let wrong = |(field, want): (&'static str, String)| RowsError::Scope { field, want };
        let columns = Columns::read(&scope.fields).map_err(|want| wrong(("fields", want)))?;
        let recipients = sealed::recipients(&scope.recipients).map_err(|want| wrong(("recipients", want)))?;
        ids.sort_unstable();
        ids.dedup();
        let found = ids.len();
        ids.truncate(usize::try_from(scope.rows_max).unwrap_or(usize::MAX));
        let canaries = self.plant(&approved, &columns, &ids)?;
        let set = Set { grant: grant.id, workspace: grant.workspace, people: ids };
        let digest = set.keep(&self.shelf)?;
        let shown = Shown {
            fields: scope.fields.iter().cloned().collect(),
            ..Shown::people(set.people.iter().copied())
        };
        let about = json!({
            "rows": set.people.len(), "found": found, "canaries": canaries.len(), "format": scope.format,
            "recipients": scope.recipients, "set_sha256": digest,
        });
        for detail in shown.details(&about) {
            self.ledger.enter(granted.does("export.begun", grant.id.to_string(), detail))?;
        }
        let mut lines: Vec<Line> = set.people.into_iter().map(Line::Person).collect();
        lines.extend(canaries.into_iter().map(|canary| Line::Canary(Box::new(canary))));
        // By id, so that a canary stands where somebody of its age would.
        lines.sort_by_key(|line| match line {
            Line::Person(id) => *id,
            Line::Canary(canary) => canary.row.id,
        });
        let mut sealer = Sealer::new(&recipients)?;
        sealer.take(&lines::head(scope.format, &columns))?;
        let (rows, lines) = (self.clone(), lines.into_iter());
        Ok(Export { rows, approved: Some(approved), columns, lines, sealer: Some(sealer), written: 0 })
    }
}

impl Export {
    /// The next piece of the encrypted file; nothing when it is whole.
    ///
    /// # Errors
    /// It may not go on ([`RowsError::Stopped`]), the database's, the ledger's.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>, RowsError> {
        let (Some(approved), Some(sealer)) = (&self.approved, &mut self.sealer) else { return Ok(None) };
        if !self.rows.guard.still_approved(approved) {
            return Err(RowsError::Stopped);
        }
        let lines: Vec<Line> = self.lines.by_ref().take(PIECE_ROWS).collect();
        if lines.is_empty() {
            let Some(sealer) = self.sealer.take() else { return Ok(None) };
            let last = sealer.finish()?;
            if let Some(approved) = self.approved.take() {
                self.rows.guard.export_over(approved, self.written, true)?;
            }
            return Ok(Some(last));
        }
        let ids: Vec<PersonId> = lines.iter().filter_map(Line::person).collect();
        let workspace = approved.grant().workspace;
        let mut opened =
            self.rows.people.opened(workspace, &ids, &self.columns.wanted)?.into_iter().peekable();
        let mut text = String::new();
        for line in &lines {
            match line {
                Line::Canary(canary) => text.push_str(&write(approved, &self.columns, &canary.row)),
                // Somebody who was erased since is left out.
                Line::Person(id) => match opened.next_if(|row| row.id == *id) {
                    Some(row) => text.push_str(&write(approved, &self.columns, &row)),
                    None => continue,
                },
            }
            self.written += 1;
        }
        sealer.take(text.as_bytes())?;
        Ok(Some(sealer.ready()))
    }
}

impl Line {
    fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(id) => Some(*id),
            Self::Canary(_) => None,
        }
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        if let Some(approved) = self.approved.take() {
            // The refusal or the broken connection is what is told; that the grant is over can be seen from its time, too.
            let _ = self.rows.guard.export_over(approved, self.written, false);
        }
    }
}

fn write(approved: &Approved, columns: &Columns, row: &Opened) -> String {
    lines::line(approved.scope().format, columns, &Cells::of(columns, row))
}

/// Shared by clones of [`Rows`].
pub(crate) type SharedShelf = Arc<Shelf>;
