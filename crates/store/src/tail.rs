//! The newest rows: in memory as they came, and in an append file that brings them back after a restart.
//!
//! Modules in reading order: `block` (rows in memory), `columns` (what questions made of them), `file` (frames
//! on disk), `read` (and back).

pub(crate) mod block;
pub(crate) mod columns;
pub(crate) mod file;
pub(crate) mod read;
