//! Takes events in: from a request's bytes at the collect door to records on disk.
//!
//! A dialect brings each message to [`model::Event`], borrowed from the request and lazily parsed; the
//! shield makes it clean; the journal makes it durable; only then the answer leaves. One bad event never
//! sinks its batch: it is counted with its reason, where the workspace sees it, and never with a value.
//!
//! Modules in reading order: [`dialect`] (what a dialect is, and the table of all), `segment`, `history`, `rudder`, `jitsu`, `mixpanel`, `customerio`
//! (one dialect each), [`routes`] (the router made of the table), [`collector`] (what all requests
//! share), `intake` and `append` (the way of a request), `json`, `part`, `form`, `wrapped`, `compose` (finding and
//! joining the pieces of a text), `asked`, `body`, `auth`, `cors`, `home`, `reply` (the edges of a request), `captured` (what SDKs captured by themselves, reduced), `bots`
//! (who is a program), `visits` (what is known of the visit), `answers` (how requests were answered, for operators), [`source`] and [`sources`] (who may send),
//! `quota` (how fast), `succession` (requests that wait for the one before them), [`refusal`] and [`tally`] (what was not taken, and what was found), [`live`] (the
//! same, as it happens), [`advisory`] (SDKs that are stopped), [`rules`] (the workspaces' own shield rules),
//! [`planned`] (their tracking plans), `snapshot` (how all that members decide reaches requests), [`quarantine`] (what waits because of one), [`sdk`]
//! (our own SDK for browsers, as it is served).
//!
//! Left to others: what is sensitive (`shield`), durability (`journal`), whose event it is (`people`).

mod admit;
pub mod advisory;
mod answers;
mod append;
mod asked;
mod auth;
mod body;
mod bots;
mod captured;
pub mod collector;
mod compose;
mod cors;
mod customerio;
pub mod dialect;
pub mod error;
mod form;
mod history;
mod home;
mod house;
mod intake;
mod jitsu;
mod json;
pub mod live;
mod mixpanel;
mod part;
mod picture;
pub mod planned;
pub mod quarantine;
mod quota;
pub mod refusal;
mod reply;
mod room;
pub mod routes;
mod rudder;
pub mod rules;
pub mod sdk;
mod segment;
mod snapshot;
pub mod source;
pub mod sources;
mod succession;
pub mod tally;
mod time;
mod turns;
mod visits;
mod wrapped;

pub use collector::{Collector, Config, Parts};
pub use dialect::{Route, table};
pub use error::CollectError;
pub use live::{LiveItem, LiveWhat};
pub use refusal::{Refused, Sdk, reason};
pub use routes::routes;
pub use source::Source;
pub use sources::Sources;
pub use tally::{Count, FindingPlace, RefusalPlace};
