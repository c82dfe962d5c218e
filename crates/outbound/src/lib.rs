//! Calls out of the process, over HTTP: to addresses that members typed (webhooks, identity providers) or that the
//! operator configured (collectors of logs, key services). One client, so that what may be reached is decided in one place.
//!
//! A call answers within [`CALL_TIME_MAX`], follows no redirect, uses no proxy of the environment, and reads at most
//! [`ANSWER_BYTES_MAX`]. A name is resolved once, what it resolves to is judged, and exactly that is connected to: a name
//! that changes its mind in between gains nothing. Calls block: make them from a thread that may wait.
//!
//! Left to others: retries, signatures, what is sent. Modules in reading order: `reach` (where a call may go), `call`.

mod call;
mod error;
mod reach;

pub use call::{ANSWER_BYTES_MAX, Answer, CALL_TIME_MAX, Call, Outbound};
pub use error::OutboundError;
pub use reach::Reach;
