//! What can go wrong: the disk, or somebody who was at the files.

use std::io;
use std::path::{Path, PathBuf};

/// Why a message id could not be looked up or kept.
#[derive(Debug, thiserror::Error)]
pub enum DedupError {
    /// The file system refused.
    #[error("{path} cannot be used: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Bytes that were once right are not any more.
    #[error(
        "{path} is damaged at byte {position}: {what}; \
         remove its folder, it is rebuilt from the journal as far as that goes back"
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Where the damage begins.
        position: u64,
        /// What is wrong there.
        what: &'static str,
    },
    /// The hashes were made with another key.
    #[error("{path} was made with another key: give it the key of its installation")]
    OtherKey {
        /// Which file.
        path: PathBuf,
    },
}

impl DedupError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn damaged(path: &Path, position: u64, what: &'static str) -> Self {
        Self::Damaged { path: path.to_owned(), position, what }
    }
}
