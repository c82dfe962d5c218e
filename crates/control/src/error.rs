//! What can go wrong with a database.

use std::path::PathBuf;

/// A database could not be opened, read or changed. No text holds a stored value.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The linked SQLite is too old.
    #[error("SQLite {found} is linked, at least {floor} is needed: rebuild with the bundled SQLite")]
    OldSqlite {
        /// The version that is linked.
        found: String,
        /// The oldest version without the known faults of the write-ahead log.
        floor: &'static str,
    },
    /// The file belongs to another program.
    #[error("{path} is an SQLite file, but not one of Holdfast: name another data folder")]
    Foreign {
        /// Which file.
        path: PathBuf,
    },
    /// The database has a schema change that this binary does not know.
    #[error(
        "the database has migration {number:04}_{name}, unknown here: start the newer version that made it"
    )]
    NewerDatabase {
        /// The change's number.
        number: u32,
        /// The change's name.
        name: String,
    },
    /// A schema change was edited after it had been applied.
    #[error(
        "migration {number:04}_{name} differs from the one applied to this database: restore its text and add a new one"
    )]
    EditedMigration {
        /// The change's number.
        number: u32,
        /// The change's name.
        name: String,
    },
    /// A schema change failed; it was rolled back whole.
    #[error("migration {number:04}_{name} failed and was rolled back")]
    Migration {
        /// The change's number.
        number: u32,
        /// The change's name.
        name: &'static str,
        /// Why.
        source: rusqlite::Error,
    },
    /// The disk failed a write or sync earlier; nothing is acknowledged any more.
    #[error("the disk failed a write to {path}: no change is accepted until restart, check the disk")]
    Stopped {
        /// Which file.
        path: PathBuf,
    },
    /// SQLite refused or failed.
    #[error("the database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file system refused or failed.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A value that was to be stored is not of the wanted form.
    #[error("{field}: want {want}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What it should be.
        want: &'static str,
    },
    /// No such workspace.
    #[error("there is no such workspace")]
    NoWorkspace,
    /// The workspace's key was replaced a moment ago, and the one before it is still needed.
    #[error(
        "the key was replaced already, and what the one before it sealed is still being sealed anew: wait until that is done"
    )]
    KeyReplacing,
    /// Keys could not be wrapped or unwrapped.
    #[error(
        "the keys of workspace {workspace} do not open under this master key: give the master key it was made with"
    )]
    Keys {
        /// Whose keys.
        workspace: model::WorkspaceId,
        /// Why.
        source: keys::KeyError,
    },
}
