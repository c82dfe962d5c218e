//! The composition root: one place that wires everything, gives each part what it needs, and ends it in order.
//!
//! [`core`] is what every command on the data needs (decisions, keys, ledger, guard); [`engine`] is what collects,
//! resolves, stores and answers; [`doors`] puts both behind the two listeners, [`entrances`] is what stands before them; [`health`] says how it is;
//! [`kept`] asks whether the database is what was last written; [`local`] is the socket for commands on the same host, [`save`] what a backup consists of, [`shop`] the demo's traffic,
//! [`telling`] what carries notices.

pub mod core;
pub mod doors;
pub mod elsewhere;
pub mod engine;
pub mod entrances;
pub mod health;
pub mod kept;
pub mod local;
pub mod save;
pub mod shop;
pub mod telling;
