//! The log: takes clean events and orders, answers once they are durable, and lets followers read them
//! in order. Everything behind it can be rebuilt from it as long as its files live (days).
//!
//! One thread writes. It takes all that is queued, writes it at once, syncs once and wakes everybody;
//! there is no timer. Callers encode and encrypt in their own time, under a key per file and workspace
//! that the workspace's key wraps. Followers read what is synced, never more.
//!
//! Left to others: who owns the directory (the binary's lock file), what the records mean (followers),
//! repeated message ids (`dedup`). The layout of the files is in docs/formats/journal.md.
//!
//! Modules in reading order: `journal` (the face), `append` (the caller's part), `queue`, `writer` (the
//! thread), `group` (one write), `shared`, `seal` (file keys), `files` and `index` (what is where), `read`,
//! `recover` (opening), `tail` (torn or damaged?), `retain`, `rewrite`, `walk` (frames in a file), `format` (bytes),
//! `disk`, `config`, `intake`, `error`.

mod append;
mod config;
mod disk;
mod error;
mod files;
mod format;
mod group;
mod index;
mod intake;
mod journal;
mod queue;
mod read;
mod recover;
mod retain;
mod rewrite;
mod seal;
mod shared;
mod tail;
mod walk;
mod writer;

pub use append::{Appended, Record};
pub use config::Config;
pub use disk::{Disk, RealDisk};
pub use error::{AppendError, JournalError};
pub use intake::Intake;
pub use journal::{Journal, Stats};
pub use recover::{Cut, Recovery};
pub use retain::Retained;
pub use rewrite::{Change, FileMark, Rewritten};
