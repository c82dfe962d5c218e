//! The ledger, followed from outside: every entry, once and in order, to a syslog server or a collector of logs.
//!
//! Each place has a thread that reads entries from where it stands, hands them over, and then writes down where it stands, so a
//! place that is away is caught up later and a restart goes on. An entry can be handed over twice (its number says so), and is
//! never left out. Making entries never waits for it. Entries name nobody's values, so neither does what leaves here.
//!
//! Left to others: what an entry is and how it is read (`ledger`), the configuration (`holdfast`), showing how far each place is
//! (`service`, `console`).
//!
//! Modules in reading order: [`place`] (where to), `syslog` and `otlp` (how), `position` (how far, on disk), [`mirroring`].

mod error;
pub mod mirroring;
mod otlp;
pub mod place;
mod position;
mod syslog;

pub use error::MirrorError;
pub use mirroring::{Mirroring, Standing, Standings};
pub use place::{Otlp, Place, Syslog};
