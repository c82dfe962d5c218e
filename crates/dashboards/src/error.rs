//! What can go wrong with dashboards. No text holds a value of a person's.

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum DashboardError {
    /// There is no such thing in the workspace.
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
    /// A link is opened too often.
    #[error("opened too often; try again in {retry_after_s} s")]
    TooMany {
        /// After how many seconds.
        retry_after_s: u32,
    },
    /// The ledger takes no entry, so nothing is done or shown.
    #[error("the ledger takes no entries, so nothing was changed or shown")]
    Ledger(#[from] ledger::LedgerError),
    /// A question is not answered.
    #[error(transparent)]
    Ask(#[from] question::AskError),
    /// Nobody could be told.
    #[error(transparent)]
    Guard(#[from] guard::GuardError),
    /// The database failed.
    #[error(transparent)]
    Control(#[from] control::ControlError),
    /// A row was changed outside Holdfast.
    #[error("a row of dashboard_part was changed outside Holdfast")]
    Altered,
    /// No thread can be started.
    #[error("dashboards cannot be looked after: {0}")]
    Thread(#[from] std::io::Error),
}

impl From<rusqlite::Error> for DashboardError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Control(error.into())
    }
}

pub(crate) fn invalid(field: &str, fix: impl Into<String>) -> DashboardError {
    DashboardError::Invalid { field: field.to_owned(), fix: fix.into() }
}
