//! The databases of decisions: opens SQLite files (`control.db`, `people.db`) the one safe way, brings
//! them to the present schema, and keeps the workspaces with their wrapped keys and modes.
//!
//! Left to others: key bytes and encryption (`keys`), who may change what (`guard`), what is entered in
//! the ledger (`ledger`), and the tables of the crates whose migrations stand in [`CONTROL_MIGRATIONS`].
//!
//! Modules in reading order: [`Database`] and its pool, [`Migration`], [`kept`] (finds rows that were removed or put back),
//! [`workspaces`], [`workspace_key`] (another one, and the end of the one before), [`mode`].

mod database;
mod error;
pub mod kept;
mod migration;
mod migrations;
pub mod mode;
mod pool;
pub mod workspace_key;
pub mod workspaces;

pub use database::Database;
pub use error::ControlError;
pub use kept::{KEPT_PEOPLE, KEPT_TABLES, Kept, KeptState, KeptTable};
pub use migration::Migration;
pub use migrations::{CONTROL_MIGRATIONS, PEOPLE_MIGRATIONS};
