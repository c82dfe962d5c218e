//! The envelope (master → workspace → subject or file), authenticated encryption, keyed hashes, and
//! where the master key comes from. Nothing else in Holdfast touches key bytes.
//!
//! Pure but for the key stores: bytes in, bytes out. Wrapped keys live with their owner: a workspace's
//! in the control database, a file's in the file, a subject's in the vault. The layouts are in
//! docs/formats/keys.md.
//!
//! Modules in reading order: [`Key`] (`key`), [`Seal`] (`seal`), [`HashKey`] (`hash`), [`KeyDirectory`] (`directory`),
//! [`KeyStore`] and its implementations (`store`).

mod directory;
mod error;
mod hash;
mod key;
mod seal;
mod store;

pub use directory::{KeyDirectory, WorkspaceKeys};
pub use error::KeyError;
pub use hash::HashKey;
pub use key::{Key, KeyId, NONCE_BYTES, SEAL_OVERHEAD_BYTES, TAG_BYTES, WRAPPED_BYTES, wrapped_by};
pub use seal::Seal;
pub use store::{CredentialFile, KeyStore, Passphrase, SealedFile};
