//! Chunks: files of rows sorted by person and time, in sealed columns. Written whole, never changed.
//!
//! Modules in reading order: `directory` (what a file holds and where), `column` (one decoded column),
//! `build` (rows in, blocks out), `pack` (a column's blocks), `counts` (of its rows), `lists`
//! (who did what when), `file` (the header), `read`.

pub(crate) mod build;
pub(crate) mod column;
pub(crate) mod counts;
pub(crate) mod directory;
pub(crate) mod file;
pub(crate) mod lists;
mod pack;
pub(crate) mod read;

/// Rows that are packed and read together. Small enough that what a question touches stays in the cache.
pub(crate) const STRIPE_ROWS: usize = 16_384;
