//! Why watching failed.

use control::ControlError;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The database of decisions.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// A profile cannot be opened: another key, or damage.
    #[error("a property's profile cannot be opened; remove the rows of watch_profile to learn anew")]
    Sealed,
    /// There is no such alarm in the workspace.
    #[error("there is no such alarm")]
    NoAlarm,
}

impl From<rusqlite::Error> for WatchError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Control(error.into())
    }
}
