//! The review of access: what guard knows of roles, tokens and grants, and when each write key last brought events.

use collect::{Source, source};
use guard::Granted;
use guard::review::Review;
use serde_json::json;
use watch::day_of;

use crate::{ServiceError, Services};

/// A write key is public and only appends: that nobody uses it is told, and nothing more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewedSource {
    /// The source.
    pub source: Source,
    /// When it last brought an event, milliseconds since 1970, UTC; nothing: never.
    pub last_event_ms: Option<i64>,
}

impl Services {
    /// The whole review of a workspace, entered as a look.
    ///
    /// # Errors
    /// An altered row, or the ledger's or databases'.
    pub fn review(&self, granted: &Granted) -> Result<(Review, Vec<ReviewedSource>), ServiceError> {
        let workspace = granted.workspace.ok_or(ServiceError::NotFound { what: "workspace" })?;
        let review = self.guard.review(granted)?;
        let detail = json!({"members": review.members.len(), "tokens": review.tokens.len()});
        self.enter_look(granted, "access.reviewed", workspace.to_string(), detail)?;
        let census = self.watch.census(workspace, 0, day_of(self.clock.now_ms()))?;
        let sources = self.control.read(|tx| Ok::<_, ServiceError>(source::list(tx, workspace)?))?;
        let last = |source: &Source| {
            let of_it = census.iter().filter(|row| row.source == source.id);
            of_it.map(|row| row.count.last_ms).max()
        };
        let keys = sources.into_iter().map(|source| ReviewedSource { last_event_ms: last(&source), source });
        Ok((review, keys.collect()))
    }
}
