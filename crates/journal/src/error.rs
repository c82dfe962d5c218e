//! What can go wrong: appending has few outcomes that a caller must tell apart, the rest names a file.

use std::io;
use std::path::{Path, PathBuf};

use keys::KeyError;
use model::{Offset, WorkspaceId};

/// Why records were not appended. Nothing of the call was kept, except after [`AppendError::Stopped`],
/// where it is unknown.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AppendError {
    /// Too much waits to be written.
    #[error("the journal is overloaded: try again after {retry_after_s} s")]
    Overloaded {
        /// When trying again makes sense.
        retry_after_s: u32,
    },
    /// No space on the disk. Later calls succeed as soon as there is some.
    #[error("no space for the journal: free some on its disk")]
    Full,
    /// A write or sync failed; nothing is acknowledged until the process starts anew.
    #[error("the journal has stopped after a failed write or sync: the process must start anew")]
    Stopped,
    /// The journal was closed.
    #[error("the journal is closed")]
    Closed,
    /// More in one call than a frame may hold.
    #[error("{bytes} bytes in one call, at most {bytes_max}: append fewer records at a time")]
    TooLarge {
        /// How much it was.
        bytes: usize,
        /// How much it may be.
        bytes_max: usize,
    },
    /// The workspace has no keys.
    #[error("no keys for workspace {workspace}: it does not exist")]
    NoKeys {
        /// Which workspace.
        workspace: WorkspaceId,
    },
    /// A record belongs to another workspace than the call says.
    #[error("a record of another workspace among those of {workspace}")]
    OtherWorkspace {
        /// The workspace that the call named.
        workspace: WorkspaceId,
    },
    /// The encoder refused the records.
    #[error("the records cannot be encoded")]
    Encoding,
}

/// Why the journal cannot be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file system refused.
    #[error("{path} cannot be used: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Bytes that were once right are not any more.
    #[error("{path} is damaged at byte {position}: {what}; restore the file from a backup")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Where the damage begins.
        position: u64,
        /// What is wrong there.
        what: &'static str,
    },
    /// Acknowledged records are gone.
    #[error(
        "{path} should hold {length} bytes of acknowledged records and does not; \
         restore it from a backup, or remove {mark} to go on without them"
    )]
    Lost {
        /// Which file.
        path: PathBuf,
        /// How long it was at least.
        length: u64,
        /// The file that knows.
        mark: PathBuf,
    },
    /// Retention has taken the records.
    #[error("records from {} on are kept, {} is gone: rebuild the follower", begin.0, wanted.0)]
    Dropped {
        /// The record that was asked for.
        wanted: Offset,
        /// The first that is kept.
        begin: Offset,
    },
    /// A follower knows more than the journal.
    #[error("the journal ends at {}, {} was asked for: it lost records or is another one", end.0, wanted.0)]
    Ahead {
        /// The record that was asked for.
        wanted: Offset,
        /// The end of the journal.
        end: Offset,
    },
    /// The workspace of a record has no keys.
    #[error("no keys for workspace {workspace}, whose records stand in {path}")]
    NoKeys {
        /// Which workspace.
        workspace: WorkspaceId,
        /// Which file.
        path: PathBuf,
    },
    /// A file key or a frame does not open.
    #[error("{path} does not open at byte {position}: {source}")]
    Sealed {
        /// Which file.
        path: PathBuf,
        /// Where the frame begins.
        position: u64,
        /// What the key said.
        source: KeyError,
    },
    /// Only a running journal closes its open file.
    #[error("the journal takes no records any more: start anew, then its files can be rewritten")]
    NotRunning,
    /// The open file could not be followed by another.
    #[error("no new file can be begun in {dir}: free some space on its disk")]
    NotClosed {
        /// The journal's folder.
        dir: PathBuf,
    },
    /// The system gives no thread.
    #[error("the journal's thread cannot start: {0}")]
    Thread(io::Error),
}

impl JournalError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn damaged(path: &Path, position: u64, what: &'static str) -> Self {
        Self::Damaged { path: path.to_owned(), position, what }
    }
}
