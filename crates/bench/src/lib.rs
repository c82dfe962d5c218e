//! The project's own load generator: how many events a second a running server acknowledges, and how
//! long each request waits for its answer.
//!
//! An answer counts only if it is exactly the promised one, and what was acknowledged can be written to a
//! file, id by id, so that a test may kill the server and look for every one of them afterwards. The same
//! run measures what the disk can sync, so that figures of different hours can be compared as ratios.
//!
//! Modules in reading order: [`ingest`], `bodies` (what is sent), `connection` (how), `latency`, `disk`,
//! `process`, [`report`]; then [`mod@overload`] (what honest senders notice of others), `paced` (an honest sender) and
//! `crowd` (connections that hold a server up); [`reads()`] (looks at profiles);
//! [`mod@query`] (questions, beside other engines).

mod bodies;
mod connection;
mod crowd;
mod disk;
mod error;
pub mod ingest;
mod latency;
pub mod overload;
mod paced;
mod process;
pub mod query;
mod reads;
pub mod report;

pub use bodies::EVENTS;
pub use error::BenchError;
pub use ingest::{Config, ingest};
pub use overload::{Overload, OverloadReport, overload};
pub use query::{Query, QueryReport, answer_lines, query};
pub use reads::{Reads, ReadsReport, Stretch, reads};
pub use report::Report;
