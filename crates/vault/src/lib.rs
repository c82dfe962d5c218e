//! Personal values at rest: each sealed under a key of its person, that key wrapped under the
//! workspace's. Whoever forgets a person destroys the key, and with it every value sealed under it,
//! in every copy of the file.
//!
//! Works inside the caller's transaction on `people.db`, so that a value and what points to it are
//! stored together. Left to others: looking people up by a keyed hash (`people`), and whether a value
//! may be seen at all (`guard`, `rows`). The tables are described in docs/formats/people-db.md.
//!
//! Modules in reading order: [`Vault`] (`vault`), [`Subject`] (`subject`), [`VaultError`] (`error`).

mod error;
mod subject;
mod vault;

pub use error::VaultError;
pub use subject::{SealedName, Subject};
pub use vault::Vault;
