//! Segments: audiences that people join and leave, kept up to date while events arrive.
//!
//! A segment is a condition as a question about people has it, or a list. Whoever an event, a trait or a merge touches is
//! judged anew, after the event is in the store; whoever's window ends is judged when it does; a new condition goes
//! through everybody once. What was found out stands in `people.db` in one transaction with the position; entries and
//! exits go back through the log as events.
//!
//! A computed trait is kept in the same way: its value of each person in the place of being in or out.
//!
//! Left to others: what a condition means and how it is counted (`question`, `insight`), who people are (`people`), who
//! may look (`guard`), rows about people (`rows`), what is done with a segment (`campaign`).
//!
//! Modules in reading order: [`Segments`] (`segments`), [`definition`] and its `book`, `room`, `pending`, `rounds`, `groups`, `amounts`, `members`,
//! `keeper`, `telling`; what members do in `changes`, [`computed`] and [`lists`]; what is asked in `who` and [`why`].

mod amounts;
mod book;
mod changes;
pub mod computed;
pub mod definition;
mod error;
mod groups;
mod keeper;
pub mod lists;
mod members;
mod pending;
mod room;
mod rounds;
mod segments;
mod telling;
mod who;
pub mod why;

pub use changes::Counted;
pub use computed::{COMPUTED_MAX, NewComputed};
pub use definition::{NewSegment, SEGMENTS_MAX, Segment};
pub use error::SegmentError;
pub use keeper::Keeper;
pub use members::{MEMBERS_MAX, State};
pub use rounds::Next;
pub use segments::{Feed, Parts, Segments};
pub use who::Joined;
