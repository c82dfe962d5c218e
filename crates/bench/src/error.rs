//! Why a measurement could not be made.

use std::path::{Path, PathBuf};

/// A measurement could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// Nobody listens there.
    #[error("{addr} cannot be reached: {source}; start the server first")]
    Connect {
        /// Which address.
        addr: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file could not be written or synced.
    #[error("{path} cannot be used: {source}")]
    File {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The server spoke, but not HTTP.
    #[error("{addr} does not speak HTTP/1.1: {source}")]
    Http {
        /// Which address.
        addr: String,
        /// Why.
        source: hyper::Error,
    },
    /// A part of the generator ended early.
    #[error("the load generator's own task failed")]
    Task,
}

impl BenchError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
