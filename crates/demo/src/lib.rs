//! The traffic of an invented online shop, *Harbour Goods*, for `serve --demo`, for tests and for
//! measuring: Segment-shaped messages that go through the real collector like anybody's. The same
//! seed gives the same shop on every machine and in every version of the dependencies, because the
//! dice are our own.
//!
//! People come, look, put things in carts, sign up, order and ask for help. Among it, in about 0.3 %
//! of the messages, stands what must never be kept: a password in a form's properties, a card number
//! in a support note, an interface key in an error text, a session token or a reset token in an address.
//! [`planted`] lists every such value and every personal one, so that a test can search for them.
//! Telephone numbers come from the ranges that are kept free for fiction, domains from RFC 2606.
//!
//! Left to others: sending the messages (`holdfast`), judging them (`shield`).
//!
//! Modules in reading order: [`history`](fn@history) and [`trickle`](fn@trickle) in `stream`, one visit
//! to the shop in `visit`, its people in `person`, its `secrets`, its `catalogue`, one `message`, the `dice`.

mod catalogue;
mod dice;
mod message;
mod person;
mod secrets;
mod stream;
mod visit;
mod words;

pub use stream::{HISTORY_DAYS, history, planted, trickle};

/// The seed of the shop that `holdfast serve --demo` shows.
pub const SEED: u64 = 20_260_801;
