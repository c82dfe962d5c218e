//! Witnesses of a ledger: asking them to cosign, and being one (C2SP tlog-witness).
//!
//! A witness keeps the last checkpoint that it saw of each log and cosigns another only if that one continues it. So a log that
//! was rewritten or set back gets no cosignature any more, whoever has its signing key. [`Asking`] is the ledger's side: it hands
//! every new checkpoint to the configured witnesses and keeps what they answer; entries never wait for it. [`Witness`] is the
//! other side, without a network: `holdfast witness serve` puts it behind HTTP.
//!
//! A crate of its own, so that whoever only makes entries does not compile an HTTP client. Left to others: cosignatures and their
//! place on disk (`ledger`), what stops when no witness has answered for long (`guard`).
//!
//! Modules in reading order: `request` (what is asked), `keeping` (the witness), `key` (its key on disk), `asking` (the client).

mod asking;
mod error;
mod keeping;
mod key;
mod request;

pub use asking::{Asking, Peer};
pub use error::WitnessError;
pub use keeping::{Answer, Witness};
pub use key::{make_key, open_key};
pub use request::{REQUEST_BYTES_MAX, Request};
