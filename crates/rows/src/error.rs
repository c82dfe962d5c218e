//! Why a row did not leave.

/// Nothing was shown.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// The people cannot be read.
    #[error("people cannot be read")]
    People(#[from] people::PeopleError),
    /// Whoever asks has seen as many people as a member may.
    #[error("{budget} people in {hours} h is what one member may see here")]
    Spent {
        /// How many people.
        budget: usize,
        /// In how many hours.
        hours: u32,
        /// When there is room again.
        retry_after_s: u64,
    },
    /// Nobody answers for the one who asks.
    #[error("nobody answers for this look")]
    Nobody,
    /// The look could not be announced to those who run the workspace.
    #[error("those who run the workspace could not be told")]
    Untold(#[from] guard::GuardError),
    /// The look could not be entered.
    #[error("the look could not be entered in the ledger")]
    Unrecorded(#[from] ledger::LedgerError),
}
