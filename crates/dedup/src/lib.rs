//! Tells the first record with a message id from those that repeat it: per source, for at least 24 hours,
//! the same answer at each replay.
//!
//! It keeps a keyed 128-bit hash of source and id with the offset of the first record that bore it: the
//! newest in memory, the rest in sorted runs on disk with filters in front. No id is kept. What was in
//! memory at a crash comes back when the journal is replayed from [`Dedup::position`].
//!
//! Left to others: what a repeated record means (followers), making the key (`keys`, by way of the
//! binary). The files are described in docs/formats/dedup.md.
//!
//! Modules in reading order: `dedup` (the face), `config`, `seen`, `run` (one sorted file; `run::write`
//! makes one, `run::merge` joins several), `filter`, `plan` (what is merged and dropped when), `manifest`,
//! `bytes`, `error`.

mod bytes;
mod config;
mod dedup;
mod error;
mod filter;
mod manifest;
mod plan;
mod run;
mod seen;

pub use config::Config;
pub use dedup::{Dedup, Stats};
pub use error::DedupError;
