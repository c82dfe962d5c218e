//! Segment's dialect, which RudderStack and many others speak too: from a request's bytes to events.
//!
//! Modules in reading order: [`envelope`] (a body and its items), [`message`] (one item into one event),
//! [`context`] (what is kept of `context`), [`time`] (the sender's clock), [`settings`] (what browser and
//! mobile SDKs load first).

mod context;
mod envelope;
mod fields;
mod message;
mod settings;
mod time;

pub(crate) use envelope::{Envelope, read};
pub(crate) use fields::{Fields, Item};
pub(crate) use message::{Surroundings, event_of, sdk_of};
pub(crate) use settings::settings;
