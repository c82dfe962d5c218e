//! Where the master key comes from.
//!
//! It lies outside the data directory, so that whoever copies the data has nothing to open it with.

mod credential;
mod files;
mod passphrase;
mod sealed;

pub use credential::CredentialFile;
pub use passphrase::Passphrase;
pub use sealed::SealedFile;

use crate::error::KeyError;
use crate::key::Key;

/// Somebody who can hand over the master key.
pub trait KeyStore {
    /// The master key: the same one at each call.
    ///
    /// # Errors
    /// When it is not there, not readable, readable by others, or damaged.
    fn master(&self) -> Result<Key, KeyError>;
}
