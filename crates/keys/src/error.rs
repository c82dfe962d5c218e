//! What can go wrong with keys. No variant holds a key, a passphrase or a plain text.

use std::io;
use std::path::PathBuf;

use crate::key::KeyId;

/// Why a key could not be had or a sealed value not be opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The authentication tag does not fit.
    #[error("sealed value does not open: it was changed, or it belongs to another place or key")]
    Refused,
    /// A wrapped key names another wrapping key.
    #[error("wrapped under key {wanted}, but key {given} was given")]
    OtherKey {
        /// The key that it was wrapped under.
        wanted: KeyId,
        /// The key that was tried.
        given: KeyId,
    },
    /// Too short, or of a layout that this program does not know.
    #[error("not a {expected}: wrong length, magic or version")]
    Malformed {
        /// What was expected.
        expected: &'static str,
    },
    /// A file with a secret in it may be read by others.
    #[error("{path} may be read by others (mode {mode:04o}): run `chmod {wanted:04o}` on it")]
    TooOpen {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// The widest bits that are accepted.
        wanted: u32,
    },
    /// There is no such file.
    #[error("no file {path}: run `holdfast init`, or name the right file in the settings")]
    Absent {
        /// Which file.
        path: PathBuf,
    },
    /// A key file that is not what it should be.
    #[error("{path} is not a {expected}: restore it from its copy, without it the data stays closed")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What was expected.
        expected: &'static str,
    },
    /// The passphrase gives another key than the one that the salt file was made with.
    #[error("the passphrase in {path} is not the one that {salt} was made with")]
    OtherPassphrase {
        /// The file of the passphrase.
        path: PathBuf,
        /// The file of the salt.
        salt: PathBuf,
    },
    /// The passphrase is too short to keep a key safe.
    #[error("the passphrase in {path} has fewer than {characters_min} characters: use a longer one")]
    ShortPassphrase {
        /// The file of the passphrase.
        path: PathBuf,
        /// The fewest that are accepted.
        characters_min: usize,
    },
    /// systemd handed over no credentials.
    #[error("no credentials directory: add `LoadCredential={name}:…` to the unit")]
    NoCredentials {
        /// The credential that was asked for.
        name: String,
    },
    /// The file system refused.
    #[error("{path} cannot be read or made: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
