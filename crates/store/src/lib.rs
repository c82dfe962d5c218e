//! The archive: stored events in columns, sorted by person and time, sealed under their workspace's key.
//!
//! [`Store::apply`] takes resolved rows into the tail, where questions see them at once; a thread turns
//! the tail into chunks; [`Store::view`] reads both, by columns ([`View::scan`], [`View::count`]), by people ([`View::walk`]),
//! all or a few ([`View::visit`]), or by rows ([`Store::events`], [`View::rows`]). People are dense codes; merges are entries, not rewrites; an erasure hides rows at
//! once and removes them at the next compaction. The formats are described in `docs/formats/store.md`.
//!
//! Left to others: who a person is (`people`), the log (`journal`), answers (`insight`).
//!
//! Modules in reading order: `store` (the handle), `tail`, `workspace`, `manifest`, `remap`, `maintain`,
//! `partition`, `chunk`, `codec`, `intern`, `leaves`, [`value`], [`scan`], [`events`], [`catalogue`],
//! [`scrub`], [`verify`], [`config`], [`error`].

pub mod catalogue;
mod chunk;
mod codec;
pub mod config;
pub mod error;
pub mod events;
mod intern;
mod leaves;
mod maintain;
mod manifest;
mod partition;
mod remap;
pub mod scan;
pub mod scrub;
mod store;
mod tail;
pub mod value;
pub mod verify;
mod workspace;

pub use catalogue::{Catalogue, EventSummary, PropertySummary};
pub use chunk::column::{Column, Data, Mixed, Words};
pub use codec::Texts;
pub use config::{Config, Faults, WalkBounds};
pub use error::StoreError;
pub use events::{EventsFilter, EventsPage, StoredEvent};
pub use scan::counts::{Counted, Counts, Seen};
pub use scan::few::FEW_PEOPLE_MAX;
pub use scan::found::Found;
pub use scan::presence::{Hours, Presence};
pub use scan::rows::{RowNeeds, RowReader, RowScan};
pub use scan::walk::{Happened, Walker};
pub use scan::{Block, Needs, Scan, ScanStats, View};
pub use scrub::{ChunkMark, Leaves, Part, RowHead, Scrub, Scrubbed, Verdict};
pub use store::Store;
pub use value::{Kinds, Value};
pub use verify::Verified;
