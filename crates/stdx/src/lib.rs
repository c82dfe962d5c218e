//! What the standard library lacks and every room needs: a clock that is an argument, secrets that
//! do not print, files that are replaced whole, cells of CSV, randomness, rates, networks, threads that give way. Knows nothing of Holdfast.
//!
//! Left to others: key bytes and encryption (`keys`), ids and events (`model`).

mod clock;
pub mod csv;
pub mod files;
mod networks;
mod random;
mod rates;
mod secret;
pub mod threads;

pub use clock::{Clock, ManualClock};
pub use networks::Networks;
pub use random::{random_array, random_text};
pub use rates::Rates;
pub use secret::Secret;
