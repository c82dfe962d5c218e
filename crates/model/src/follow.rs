//! How the log is followed.

use crate::ids::{Offset, PersonCode};
use crate::record::Entry;

/// Somebody who reads the journal in order and keeps its own place.
///
/// `apply` gets entries without gaps; applying entries again after a crash has no further effect. The
/// place is stored in the same transaction as the effect, so that a crash repeats nothing and skips nothing.
pub trait Follower {
    /// Why it could not go on.
    type Error: std::error::Error;

    /// The name in logs and metrics.
    fn name(&self) -> &'static str;

    /// The first offset it has not applied yet.
    fn position(&self) -> Offset;

    /// Applies entries in order; afterwards `position` is past the last one.
    ///
    /// # Errors
    /// The follower is parked and reported; nothing is skipped.
    fn apply(&mut self, entries: &[Entry]) -> Result<(), Self::Error>;
}

/// An entry whose person is known.
#[derive(Clone, Copy, Debug)]
pub struct Resolved<'a> {
    /// The entry as the journal holds it.
    pub entry: &'a Entry,
    /// The person of an event; `None` for orders.
    pub person: Option<PersonCode>,
    /// Whether an earlier entry of the same source bore the same message id; such an entry has no effect.
    pub repeated: bool,
}
