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
    /// The archive of a benchmark's own.
    #[error("the archive: {0}")]
    Archive(store::StoreError),
    /// An engine that answers questions.
    #[error("{engine} {problem}")]
    Engine {
        /// Which.
        engine: String,
        /// What is the matter with it.
        problem: String,
    },
    /// The other engines are not there.
    #[error("{problem}; for the other engines: {fix}")]
    Peers {
        /// What is missing.
        problem: String,
        /// How to get it.
        fix: &'static str,
    },
    /// Two engines answered differently; nothing was measured.
    #[error("{question}: {engine} answers differently; ours has {ours} where it has {theirs}")]
    Differ {
        /// Which question.
        question: &'static str,
        /// Who says something else.
        engine: String,
        /// Our row.
        ours: String,
        /// Its row.
        theirs: String,
    },
    /// A part of the generator ended early.
    #[error("the load generator's own task failed")]
    Task,
}

impl BenchError {
    pub(crate) fn archive(error: store::StoreError) -> Self {
        Self::Archive(error)
    }

    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
