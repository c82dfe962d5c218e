//! Backups that only named recipients can read, and restoring that refuses what does not verify.
//!
//! A backup is a folder: one age-encrypted file for each file that was added, and an encrypted manifest with
//! names, lengths and SHA-256 sums, written last. Everything is streamed. The layout is in
//! docs/formats/backup.md.
//!
//! Left to others: what belongs into a backup and in which order, so that it is consistent (the binary:
//! databases as copies that SQLite makes, the journal by [`Backup::add_file`] for each of its files), and
//! what follows a restore (raised epochs, the erasure list). age says who can read a backup, not who made it.
//!
//! Modules in reading order: `make`, `restore`, `seal` (one encrypted file), `manifest`, `who`, `error`.

mod error;
mod make;
mod manifest;
mod restore;
mod seal;
mod who;

pub use error::BackupError;
pub use make::Backup;
pub use restore::{restore, verify};
pub use who::{Identities, Recipient};

/// What a backup holds.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// How many files.
    pub files: usize,
    /// How many bytes they have.
    pub bytes: u64,
    /// What the maker said about it when finishing it.
    pub mark: serde_json::Value,
}
