//! What can go wrong with a witness.

use std::io;
use std::path::PathBuf;

use ledger::LedgerError;

/// Why a witness could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// The file system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A key or a kept checkpoint is not what was written.
    #[error("{}: {source}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: LedgerError,
    },
    /// There is a key already; another one would be another witness.
    #[error("{} is there already: a witness keeps its key", path.display())]
    HasKey {
        /// Where.
        path: PathBuf,
    },
    /// There is no key yet.
    #[error("there is no witness in {}: make one with `holdfast witness init`", path.display())]
    NoKey {
        /// Where.
        path: PathBuf,
    },
    /// A name or key that is none.
    #[error(transparent)]
    Named(#[from] LedgerError),
}

impl WitnessError {
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
