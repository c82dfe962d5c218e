//! Takes events in: from a request's bytes at the collect door to records on disk.
//!
//! A dialect brings each message to [`model::Event`], borrowed from the request and lazily parsed; the
//! shield makes it clean; the journal makes it durable; only then the answer leaves. One bad event never
//! sinks its batch: it is counted with its reason, where the workspace sees it, and never with a value.
//!
//! Modules in reading order: [`routes`] (what may be called), [`collector`] (what all requests share),
//! `intake` and `append` (the way of a request), `segment` (the dialect), `json` (finding the pieces of a text),
//! `body`, `auth`, `cors`, `reply` (the edges of a request), [`source`] and [`sources`] (who may send),
//! `quota` (how fast), [`refusal`] and [`tally`] (what was not taken, and what was found), [`live`] (the
//! same, as it happens).
//!
//! Left to others: what is sensitive (`shield`), durability (`journal`), whose event it is (`people`).

mod append;
mod auth;
mod body;
pub mod collector;
mod cors;
pub mod error;
mod intake;
mod json;
pub mod live;
mod quota;
pub mod refusal;
mod reply;
pub mod routes;
mod segment;
pub mod source;
pub mod sources;
pub mod tally;

pub use collector::{Collector, Config, Parts};
pub use error::CollectError;
pub use live::{LiveItem, LiveWhat};
pub use refusal::{Refused, Sdk, reason};
pub use routes::{ROUTES, Route, routes};
pub use source::Source;
pub use sources::Sources;
pub use tally::{Count, FindingPlace, RefusalPlace};
