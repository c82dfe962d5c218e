//! What can go wrong with segments. No text holds a value of a person's.

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// There is no such segment, or no such person in the workspace.
    #[error("{0} is not here")]
    NotFound(&'static str),
    /// A field is not right.
    #[error("{field}: {fix}")]
    Invalid {
        /// Its name or JSON pointer.
        field: String,
        /// What to write.
        fix: String,
    },
    /// It cannot be done as things stand.
    #[error("{0}")]
    Conflict(String),
    /// The ledger takes no entry, so nothing is done.
    #[error("the ledger takes no entries, so nothing was changed")]
    Ledger(#[from] ledger::LedgerError),
    /// People cannot be read.
    #[error(transparent)]
    People(#[from] people::PeopleError),
    /// What people did cannot be read.
    #[error(transparent)]
    Ask(#[from] question::AskError),
    /// The database failed.
    #[error(transparent)]
    Control(#[from] control::ControlError),
    /// A definition was changed outside Holdfast.
    #[error("a row of segment_version was changed outside Holdfast")]
    Altered,
    /// What was found out cannot be fed back as events.
    #[error("entries and exits cannot be fed back: {0}")]
    Fed(String),
    /// No thread can be started.
    #[error("segments cannot be kept up to date: {0}")]
    Thread(#[from] std::io::Error),
}

impl From<rusqlite::Error> for SegmentError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Control(error.into())
    }
}

pub(crate) fn invalid(field: &str, fix: impl Into<String>) -> SegmentError {
    SegmentError::Invalid { field: field.to_owned(), fix: fix.into() }
}
