//! What can go wrong with the archive. No text holds a value of an event.

use std::io;
use std::path::{Path, PathBuf};

use keys::KeyError;
use model::WorkspaceId;

/// Why the archive could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system refused.
    #[error("{path} cannot be read or written: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not as it was written.
    #[error(
        "{path} is damaged ({what}): restore it from a backup, or remove the workspace's folder to rebuild it"
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What does not fit.
        what: &'static str,
    },
    /// A file of a later release.
    #[error("{path} has format version {version}, this release reads up to {known}: use a newer release")]
    Version {
        /// Which file.
        path: PathBuf,
        /// The version it bears.
        version: u16,
        /// The newest version that is known.
        known: u16,
    },
    /// A file's key does not open.
    #[error("{path} does not open: {source}")]
    Key {
        /// Which file.
        path: PathBuf,
        /// What the key says.
        source: KeyError,
    },
    /// A workspace has files here, and its keys are not loaded.
    #[error(
        "workspace {workspace} has events here but its keys are not loaded: load the keys first, or remove the workspace"
    )]
    NoKey {
        /// Which workspace.
        workspace: WorkspaceId,
    },
    /// An earlier write failed; nothing is written any more, since what is on disk is not known.
    #[error("the archive stopped after a failed write or sync: restart to recover")]
    Stopped,
    /// A cursor that this archive did not give out.
    #[error("not a cursor of this list: take `next` of the page before, or leave it out")]
    Cursor,
    /// A record that does not fit the format.
    #[error("{what} is larger than the format holds: at most {max}")]
    TooLarge {
        /// What.
        what: &'static str,
        /// The bound.
        max: u64,
    },
    /// A fault point of a test said stop.
    #[error("interrupted at `{0}` by a test")]
    Interrupted(&'static str),
}

impl StoreError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn key(path: &Path) -> impl FnOnce(KeyError) -> Self {
        let path = path.to_owned();
        move |source| Self::Key { path, source }
    }

    pub(crate) fn damaged(path: &Path, what: &'static str) -> Self {
        Self::Damaged { path: path.to_owned(), what }
    }
}
