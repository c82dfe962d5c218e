//! Why a row did not leave.

/// Nothing was shown.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// The people cannot be read.
    #[error("people cannot be read")]
    People(#[from] people::PeopleError),
    /// The look could not be entered.
    #[error("the look could not be entered in the ledger")]
    Unrecorded(#[from] ledger::LedgerError),
}
