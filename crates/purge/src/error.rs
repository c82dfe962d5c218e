//! Why a purge cannot go on; it is tried again, and says so meanwhile. No text holds what is purged.

use std::path::PathBuf;

/// A purge could not go on.
#[derive(Debug, thiserror::Error)]
pub enum PurgeError {
    /// The database of decisions.
    #[error(transparent)]
    Control(#[from] control::ControlError),
    /// The journal could not be read or rewritten.
    #[error("the journal: {0}")]
    Journal(#[from] journal::JournalError),
    /// The journal took no order.
    #[error("the journal takes no order: {0}")]
    Append(#[from] journal::AppendError),
    /// What is kept of people.
    #[error("people: {0}")]
    People(#[from] people::PeopleError),
    /// The archive.
    #[error("the archive: {0}")]
    Store(#[from] store::StoreError),
    /// The report could not be entered.
    #[error("the ledger: {0}")]
    Ledger(#[from] ledger::LedgerError),
    /// What others keep.
    #[error("another place: {0}")]
    Elsewhere(crate::elsewhere::ElsewhereError),
    /// What is not right.
    #[error(transparent)]
    Wrong(#[from] crate::selector::Wrong),
    /// The workspace has no keys.
    #[error("the workspace's keys are gone: is it deleted?")]
    NoKeys,
    /// What was asked for cannot be read back.
    #[error("what was asked for does not open or is of a newer version")]
    Unreadable,
    /// More than a purge keeps account of.
    #[error("{what} are more than {max}: narrow the conditions, or purge in several parts by time")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        max: u64,
    },
    /// The process is ending.
    #[error("it goes on when the server is started again")]
    Stopping,
    /// A list of purges is not what was written.
    #[error("the list of purges {path}: {what}")]
    List {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A list of purges that does not know what came after a backup.
    #[error(
        "the list of purges {path} is of {list}, the backup of {backup}: what was purged since the backup is not in it; take a \
         newer one (holdfast purges export)"
    )]
    Older {
        /// Which file.
        path: PathBuf,
        /// Of when it is.
        list: String,
        /// Of when the backup is.
        backup: String,
    },
    /// The list of purges cannot be read or written.
    #[error("the list of purges {path}: {source}")]
    ListIo {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The decisions are older than the list or the ledger.
    #[error(
        "{path} or the ledger knows purges that control.db does not: the data was put back by other means than `holdfast restore`, \
         and what was purged since may be in it; restore the backup with `holdfast restore`"
    )]
    Behind {
        /// The list.
        path: PathBuf,
    },
    /// Something is sealed under an older key again and again.
    #[error("something is still sealed under the older key: it is looked for again")]
    StillBehind,
    /// Somebody still reads what was replaced.
    #[error("questions still read files that were replaced; it is finished when they are")]
    StillRead,
}

impl From<rusqlite::Error> for PurgeError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Control(error.into())
    }
}
