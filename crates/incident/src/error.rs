//! Why an incident could not be told or kept.

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum IncidentError {
    /// The question names nobody.
    #[error("name a session, a principal or an address")]
    Nobody,
    /// The window of time ends before it begins.
    #[error("the window of time ends before it begins")]
    Window,
    /// The answer names more than one answer may.
    #[error("more than {max} {what} were shown: ask for a shorter time, and for the rest again")]
    TooMany {
        /// People or fields.
        what: &'static str,
        /// The limit.
        max: usize,
    },
    /// A text is not as it should be.
    #[error("{field}: want {want}")]
    Text {
        /// Which.
        field: &'static str,
        /// What it should be.
        want: String,
    },
    /// There are as many open as may be.
    #[error("there are {max} incidents already")]
    Full {
        /// The limit.
        max: u32,
    },
    /// What is to be told is not what was told before.
    #[error("the exact list is not the one that this workspace was told of before")]
    Contradicts,
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] ledger::LedgerError),
    /// The database refused or failed.
    #[error(transparent)]
    Control(#[from] control::ControlError),
}

impl From<rusqlite::Error> for IncidentError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Control(error.into())
    }
}
