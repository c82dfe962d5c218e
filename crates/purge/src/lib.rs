//! Removes what should not have been kept from everywhere it is kept, and reports what it removed, never a value.
//!
//! A purge is asked for by conditions ([`selector`]), counted first without changing anything, and ordered through the
//! journal, so that "everything before" is a place and not a time. One thread then carries it out: journal,
//! people, store, each rewritten by its owner, each step repeatable, so that a killed process goes on where it was.
//!
//! Left to others: deciding who may (`guard`), rewriting each kind of file (its owner), showing (`api`, `console`).
//!
//! Modules in reading order: [`selector`], `needle` and `json` (finding and replacing), `matcher`, `rescreen`.

mod json;
mod matcher;
mod needle;
mod rescreen;
pub mod selector;

pub use json::PURGED;
pub use selector::{Asked, Remove, Wrong};
