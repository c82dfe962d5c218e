//! Normal or read-only: of one workspace, and of the whole installation.

use model::WorkspaceId;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::error::ControlError;

/// The longest reason or name, in bytes.
const TEXT_BYTES_MAX: usize = 1_000;

/// Whether changes are taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// Changes are taken.
    #[default]
    Normal,
    /// Every change is refused; collecting and looking go on.
    ReadOnly,
}

impl Mode {
    /// The name in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::ReadOnly => "read_only",
        }
    }

    /// The mode of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Normal, Self::ReadOnly].into_iter().find(|mode| mode.as_str() == name)
    }
}

/// A mode and how it came to be.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ModeState {
    /// Whether changes are taken.
    pub mode: Mode,
    /// Why, in the words of whoever set it.
    pub reason: String,
    /// Who set it: a principal's name.
    pub by: String,
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
}

/// The mode of the installation.
///
/// # Errors
/// The database's.
pub fn of_installation(tx: &Transaction<'_>) -> Result<ModeState, ControlError> {
    let mut statement =
        tx.prepare_cached("select mode, mode_reason, mode_by, mode_at_ms from installation where id = 1")?;
    Ok(statement.query_row([], from_row)?)
}

/// The mode of one workspace alone.
///
/// # Errors
/// No such workspace, or the database's.
pub fn of_workspace(tx: &Transaction<'_>, id: WorkspaceId) -> Result<ModeState, ControlError> {
    let mut statement = tx.prepare_cached(
        "select mode, mode_reason, mode_by, mode_at_ms from workspace where id = ?1 and deleted_ms is null",
    )?;
    statement.query_row([id.0.to_be_bytes()], from_row).optional()?.ok_or(ControlError::NoWorkspace)
}

/// The mode that counts for a workspace: read-only if the installation or the workspace is.
///
/// # Errors
/// No such workspace, or the database's.
pub fn effective(tx: &Transaction<'_>, id: WorkspaceId) -> Result<ModeState, ControlError> {
    let installation = of_installation(tx)?;
    match installation.mode {
        Mode::ReadOnly => Ok(installation),
        Mode::Normal => of_workspace(tx, id),
    }
}

/// Sets the mode of the installation.
///
/// # Errors
/// An overlong text, or the database's.
pub fn set_installation(tx: &Transaction<'_>, state: &ModeState) -> Result<(), ControlError> {
    check(state)?;
    tx.execute(
        "update installation set mode = ?1, mode_reason = ?2, mode_by = ?3, mode_at_ms = ?4 where id = 1",
        params![state.mode.as_str(), state.reason, state.by, state.at_ms],
    )?;
    Ok(())
}

/// Sets the mode of one workspace.
///
/// # Errors
/// An overlong text, no such workspace, or the database's.
pub fn set_workspace(tx: &Transaction<'_>, id: WorkspaceId, state: &ModeState) -> Result<(), ControlError> {
    check(state)?;
    let changed = tx.execute(
        "update workspace set mode = ?2, mode_reason = ?3, mode_by = ?4, mode_at_ms = ?5
         where id = ?1 and deleted_ms is null",
        params![id.0.to_be_bytes(), state.mode.as_str(), state.reason, state.by, state.at_ms],
    )?;
    if changed == 0 { Err(ControlError::NoWorkspace) } else { Ok(()) }
}

fn check(state: &ModeState) -> Result<(), ControlError> {
    if state.reason.len() > TEXT_BYTES_MAX || state.by.len() > TEXT_BYTES_MAX {
        return Err(ControlError::Invalid { field: "reason", want: "at most 1000 bytes" });
    }
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<ModeState> {
    let mode: String = row.get(0)?;
    Ok(ModeState {
        // What cannot be read counts as the stricter mode.
        mode: Mode::from_name(&mode).unwrap_or(Mode::ReadOnly),
        reason: row.get(1)?,
        by: row.get(2)?,
        at_ms: row.get(3)?,
    })
}
