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
    /// The export cannot be made as it was granted.
    #[error("the export's {field}: want {want}")]
    Scope {
        /// Which part of it.
        field: &'static str,
        /// What it should be.
        want: String,
    },
    /// The export may not go on: its grant, its session, or changes as a whole have ended.
    #[error("the export was stopped")]
    Stopped,
    /// The persons who are in this export alone could not be made.
    #[error("no canaries could be made for the export")]
    NoCanaries,
    /// The workspace's keys are not there.
    #[error("the workspace has no keys")]
    NoKeys,
    /// Encrypting failed.
    #[error("the export could not be encrypted")]
    Sealing(#[source] std::io::Error),
    /// The set of an export could not be kept or read.
    #[error("the set of the export's people could not be kept or read")]
    Set(#[source] std::io::Error),
    /// The set of an export is not what was written.
    #[error("the set of an export's people was changed outside Holdfast")]
    SetAltered,
}
