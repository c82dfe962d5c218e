//! Delivers what guard announces by a second channel: mail to the people whom it concerns, a signed webhook of each
//! workspace, a signed webhook of the operators.
//!
//! Guard writes the notices, knows who is to be told, and keeps what became of each; this crate carries them and says so. Each
//! channel has threads of its own, one for what was never tried and one for what failed before, so that a relay or a webhook
//! that hangs holds up nobody else. What is not delivered is tried again after 2, 4, 8 s … 10 min, for a day.
//!
//! Messages to customers go another way, by a relay of their own: one at a time, with what became of each ([`bulk`]).
//!
//! Left to others: what is told to whom (`guard`), where calls may go (`outbound`), the configuration (`holdfast`).
//!
//! Modules in reading order: `text` (what a notice says), [`mail`], [`webhook`], [`sender`]; [`letter`] and [`bulk`] (messages to customers).

pub mod bulk;
mod error;
pub mod letter;
pub mod mail;
pub mod sender;
mod text;
pub mod webhook;

pub use bulk::{Bulk, Handed};
pub use error::SendError;
pub use letter::Letter;
pub use mail::{Mail, Relay, Security};
pub use sender::{Carriers, Sender};
pub use webhook::Posting;
