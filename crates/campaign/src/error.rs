//! What can go wrong with messages. No text holds an address or a value.

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// What was named is not there.
    #[error("{0} is not here")]
    NotFound(&'static str),
    /// A field is not right.
    #[error("{field}: {fix}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What to write.
        fix: String,
    },
    /// It cannot be done as things stand.
    #[error("{0}")]
    Conflict(String),
    /// Guard says no.
    #[error(transparent)]
    Guard(#[from] guard::GuardError),
    /// The ledger takes no entry, so nothing is done.
    #[error("the ledger takes no entries, so nothing was changed")]
    Ledger(#[from] ledger::LedgerError),
    /// People cannot be read.
    #[error(transparent)]
    People(#[from] people::PeopleError),
    /// A segment is not there any more, or cannot be read.
    #[error(transparent)]
    Segments(#[from] segments::SegmentError),
    /// Their addresses were not given out.
    #[error(transparent)]
    Rows(#[from] rows::RowsError),
    /// The database failed.
    #[error(transparent)]
    Control(#[from] control::ControlError),
    /// The relay's settings do not fit.
    #[error("messages: {0}")]
    Relay(#[from] send::SendError),
    /// A row was changed outside Holdfast.
    #[error("a row of {0} was changed outside Holdfast")]
    Altered(&'static str),
    /// No thread can be started.
    #[error("nothing can be sent: {0}")]
    Thread(#[from] std::io::Error),
}

impl From<rusqlite::Error> for CampaignError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Control(error.into())
    }
}

pub(crate) fn invalid(field: &'static str, fix: impl Into<String>) -> CampaignError {
    CampaignError::Invalid { field, fix: fix.into() }
}
