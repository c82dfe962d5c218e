//! What can go wrong with a corpus. No text holds a password.

use std::path::PathBuf;

/// Why a corpus cannot be asked or built.
#[derive(Debug, thiserror::Error)]
pub enum BreachError {
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no filter of ours, or was damaged.
    #[error("{path} is damaged or no filter of breached passwords ({what}): import the corpus again")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What does not fit.
        what: &'static str,
    },
    /// There is nothing in it.
    #[error("the corpus has no line that is a password or a SHA-1 of one")]
    Empty,
    /// No filter could be made of some keys; it does not happen with keys that differ.
    #[error("no filter could be made of a part of the corpus")]
    NoFilter,
}
