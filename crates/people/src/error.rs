//! What can go wrong with people. No text holds a value of theirs.

use model::{PersonCode, WorkspaceId};

/// People could not be resolved or read.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The database failed.
    #[error(transparent)]
    Control(#[from] control::ControlError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] vault::VaultError),
    /// Traits could not be read.
    #[error(transparent)]
    Who(question::WhoError),
    /// The entries do not follow on what was resolved before.
    #[error(
        "people are resolved up to offset {expected}, but entry {found} came next: read the journal from {expected}"
    )]
    Gap {
        /// The first offset not resolved yet.
        expected: u64,
        /// The offset that came.
        found: u64,
    },
    /// A workspace has used up its codes.
    #[error("workspace {0} has 4294967295 people, no more fit: split it in two")]
    Full(WorkspaceId),
    /// An audience has more people than are held at once.
    #[error("an audience of more than {0} people: name fewer")]
    TooMany(usize),
    /// A code that was never given out.
    #[error("workspace {workspace} has no person of code {}: was people.db restored from an older backup than the store?", code.0)]
    UnknownCode {
        /// Whose person.
        workspace: WorkspaceId,
        /// Which code.
        code: PersonCode,
    },
    /// The workspace's keys are not there.
    #[error("the keys of workspace {0} are not loaded: is it deleted?")]
    NoKeys(WorkspaceId),
}

impl From<rusqlite::Error> for PeopleError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Control(error.into())
    }
}
