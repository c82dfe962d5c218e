//! Removes what should not have been kept from everywhere it is kept, and reports what it removed, never a value.
//!
//! A purge is asked for by conditions ([`selector`]), counted first without changing anything, and ordered through the
//! journal, so that "everything before" is a place and not a time. One thread then carries it out: journal,
//! people, store, each rewritten by its owner, each step repeatable, so that a killed process goes on where it was.
//!
//! Left to others: deciding who may (`guard`), rewriting each kind of file (its owner), showing (`api`, `console`).
//!
//! Modules in reading order: [`selector`], `needle` and `json` (finding and replacing), `matcher`, `rescreen`; what lies
//! where in `rows` (the archive), `records` (the journal), `kept` (people); [`table`] and `found` (the account),
//! `steps`, [`Purges`] (`runner`), [`Counted`] (`dry`), `report`, `remains`, [`Elsewhere`], `error`. What goes again after a restore:
//! `told` and `likeness` (without the value), [`list`], [`ListFile`]. The same thread gets a workspace off its older key (`renew`).

mod dry;
mod elsewhere;
mod error;
mod found;
mod json;
mod kept;
mod likeness;
pub mod list;
mod list_file;
mod matcher;
mod needle;
mod records;
mod remains;
mod renew;
mod report;
mod rescreen;
mod rows;
mod runner;
pub mod selector;
mod steps;
pub mod table;
mod told;

pub use dry::Counted;
pub use elsewhere::{Elsewhere, ElsewhereError, EventChange};
pub use error::PurgeError;
pub use json::PURGED;
pub use list::{Extent, LIST_NAME, PurgeList, Restored};
pub use list_file::{ListFile, ListKey};
pub use renew::{KeyStanding, OlderStanding, Renewal};
pub use runner::{Parts, Purges, RulesOf, ShieldOf};
pub use selector::{Asked, Remove, Wrong};
pub use table::{Purge, Step};
