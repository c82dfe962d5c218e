//! What can go wrong with sources and counts. What goes wrong with a request is a reply, not an error.

use control::ControlError;

/// A source could not be made or changed, or the counts could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The database refused or failed.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// There is no such source in this workspace.
    #[error("there is no such source in this workspace")]
    NoSource,
    /// The name cannot be used.
    #[error("name: want 1 to {bytes_max} bytes without control characters")]
    Name {
        /// The longest name.
        bytes_max: usize,
    },
    /// The workspace has as many sources as it may have.
    #[error("a workspace has at most {max} sources: disable one that is no longer used")]
    TooManySources {
        /// How many it may have.
        max: u32,
    },
}

impl From<rusqlite::Error> for CollectError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Control(error.into())
    }
}
