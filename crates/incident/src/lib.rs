//! Incidents: what somebody saw and did, told exactly from the ledger; the timeline; what those who are affected are told.
//!
//! A scope is a question to the ledger (a session, a principal, an address, a window of time) below an entry that is fixed when
//! it is asked, so that the same question has the same answer, byte for byte, whatever is entered later. Nothing of it is
//! kept but the question, counts and the digest of the answer: there is no second book that could differ from the ledger.
//!
//! Modules in reading order: [`scope`] (what was seen), [`notice`] (what is told of it), [`status`] (what is told while it goes on, and to everybody), [`table`] (what is kept of an incident).
//!
//! Left to others: who may ask and approve (`guard`), entering that it was asked (`service`), delivering notices.

mod error;
pub mod notice;
pub mod scope;
pub mod status;
pub mod table;

pub use error::IncidentError;
pub use scope::{Question, Summary, WorkspaceScope};
pub use table::{Incident, Line, Notice};

/// An instant as RFC 3339 in UTC.
pub(crate) fn instant(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| String::new(), |at| format!("{at:.3}"))
}
