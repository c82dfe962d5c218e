//! What can go wrong with sealed values. No text holds a value.

/// A sealed value could not be stored or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The database failed.
    #[error("the vault's database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A key or value does not open.
    #[error(
        "a sealed value of person {person} does not open, it was changed or moved: restore people.db from a backup"
    )]
    Closed {
        /// Whose value: the dense code.
        person: u32,
        /// Why.
        source: keys::KeyError,
    },
    /// A value opened to something that was never sealed by this program.
    #[error("a sealed value of person {person} is of an unknown form: was it written by a newer version?")]
    Unreadable {
        /// Whose value: the dense code.
        person: u32,
    },
}
