//! What can go wrong in the ledger. No variant holds an entry's words.

use std::io;
use std::path::Path;
use std::sync::Arc;

/// Why the ledger could not do what was asked. Clones share their cause, because one failed commit is
/// the answer to everybody who waited for it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LedgerError {
    /// A write or a sync failed; nothing is acknowledged any more until the process starts anew.
    #[error("the ledger takes no more entries since `{cause}`: check its disk, then restart")]
    Stopped {
        /// The first failure.
        cause: String,
    },
    /// The ledger was closed.
    #[error("the ledger is closed")]
    Closed,
    /// The bounded queue is full, or too much waits for its place in the tree.
    #[error("the ledger is overloaded: try again in a second")]
    Overloaded,
    /// The disk is full. Nothing of the refused entries was kept; the next entry is tried again.
    #[error("the disk of the ledger is full: make room, then try again")]
    Full,
    /// An entry does not have the form of one.
    #[error("a ledger entry's `{field}` {rule}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// A file is not what was written.
    #[error("ledger file `{file}` is damaged at byte {position}: {what}")]
    Damaged {
        /// Which file, relative to the ledger's folder.
        file: String,
        /// Where in it.
        position: u64,
        /// What is wrong there.
        what: &'static str,
    },
    /// The file system refused.
    #[error("cannot {action} ledger file `{file}`: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// Which file, relative to the ledger's folder.
        file: String,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// Another process has the ledger open.
    #[error("the ledger is open in another process: stop that one first")]
    Locked,
    /// A text is not what its format says.
    #[error("not a {what}: {rule}")]
    Malformed {
        /// What was expected.
        what: &'static str,
        /// Which rule it breaks.
        rule: &'static str,
    },
    /// The tree has no such entry or size yet.
    #[error("the ledger's checkpoint covers {size} entries, {asked} lies beyond it")]
    Beyond {
        /// What was asked for.
        asked: u64,
        /// What there is.
        size: u64,
    },
}

impl LedgerError {
    pub(crate) fn io(action: &'static str, dir: &Path, path: &Path, source: io::Error) -> Self {
        Self::Io { action, file: relative(dir, path), source: Arc::new(source) }
    }

    pub(crate) fn damaged(dir: &Path, path: &Path, position: u64, what: &'static str) -> Self {
        Self::Damaged { file: relative(dir, path), position, what }
    }

    /// Whether it says that the disk is full, which passes when there is room again.
    pub(crate) fn is_full(&self) -> bool {
        match self {
            Self::Full => true,
            Self::Io { source, .. } => {
                matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            }
            _ => false,
        }
    }
}

/// Names a file as the ledger's documentation does, without the machine's folders.
pub(crate) fn relative(dir: &Path, path: &Path) -> String {
    path.strip_prefix(dir).unwrap_or(path).display().to_string()
}
