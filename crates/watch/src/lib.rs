//! What each property usually looks like, and the alarm when it starts to look different; and who sends how much.
//!
//! [`Watch`] follows the journal in the resolving pass. For every property it keeps shares and sketches ([`PropertyView`]), never a value
//! and never a plain hash, sealed under the workspace's key. A password has no shape of its own, so no rule finds one without a
//! cue; but a property that begins to carry them changes, and that is what [`drift`] tests. The census counts events by
//! SDK and version, exactly. Position, profiles, census and alarms are written in one transaction, so that a crash counts nothing twice.
//!
//! Modules in reading order: [`watch`] (the handle), `room` (a workspace's properties), `walk` (through an event), `profile` (one
//! property), [`shape`] (what a text looks like), [`sketch`], [`drift`] (the test against a
//! property's own past), `tally`, `versions` and `arrival` (the tests against other versions, and of what comes new in many places),
//! [`wave`] (the same across workspaces), [`alarm`], [`census`], [`view`], `table`.
//!
//! Left to others: what a single value is (`shield`), announcing and showing alarms (`holdfast`, `service`), refusing what
//! an advisory names (`collect`).

pub mod alarm;
mod arrival;
pub mod census;
pub mod drift;
mod error;
mod names;
mod profile;
mod room;
pub mod shape;
pub mod sketch;
mod table;
mod tally;
mod versions;
pub mod view;
mod walk;
pub mod watch;
pub mod wave;

pub use alarm::{Alarm, AlarmPlace, Settled, Verdict};
pub use census::{CensusCount, CensusRow, day_of};
pub use drift::Suspicion;
pub use error::WatchError;
pub use room::{ANY_EVENT, OTHERS, PROPERTIES_MAX};
pub use shape::Shape;
pub use view::{PropertyView, Sender};
pub use watch::{Watch, announced, settle, wave_announced};
pub use wave::Wave;
