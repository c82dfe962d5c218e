//! A dry run: what a purge would find among events and plain traits, counted and not changed.

use std::collections::BTreeSet;

use model::{PersonCode, WorkspaceId};

use crate::error::PurgeError;
use crate::rows::{Account, Rows, Tally};
use crate::runner::Purges;
use crate::selector::Asked;
use crate::told::Wanted;

/// How long a dry run looks; then it says how far it came.
const BUDGET_MS: i64 = 20_000;
/// The most properties that are listed.
const PROPERTIES_MAX: usize = 200;

/// What a dry run found.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Counted {
    /// Events.
    pub events: u64,
    /// People who have such events.
    pub people: u64,
    /// Properties with how many events have them, the most frequent first.
    pub properties: Vec<(String, u64)>,
    /// The first and the last of the events, milliseconds since 1970, UTC.
    pub span_ms: Option<(i64, i64)>,
    /// Pieces of the archive that were looked through, and how many there are.
    pub looked: (u64, u64),
}

impl Counted {
    /// Whether everything was looked through.
    pub fn is_whole(&self) -> bool {
        self.looked.0 == self.looked.1
    }
}

#[derive(Default)]
struct Sum {
    people: BTreeSet<PersonCode>,
    properties: std::collections::BTreeMap<String, u64>,
    events: Option<Tally>,
}

impl Sum {
    fn add(&mut self, account: &Account) {
        for ((person, property, _), tally) in &account.found {
            self.people.insert(*person);
            *self.properties.entry(property.clone()).or_default() += tally.events;
        }
        match (&mut self.events, account.events) {
            (Some(sum), Some(events)) => sum.add(&events),
            (sum, events) => *sum = sum.or(events),
        }
    }
}

impl Purges {
    /// Counts what a purge would find among events, for some seconds at most. Sealed values are not looked into.
    ///
    /// # Errors
    /// The request is not right, or the archive cannot be read.
    pub fn count(&self, workspace: WorkspaceId, asked: &Asked) -> Result<Counted, PurgeError> {
        asked.check()?;
        let parts = &self.0.parts;
        let matcher = self.0.matcher(workspace, &Wanted::asked(asked), u64::MAX, None)?;
        let begun_ms = parts.clock.now_ms();
        let chunks = parts.store.chunks(workspace);
        let mut sum = Sum::default();
        let mut fresh = Rows::survey(&matcher);
        parts.store.survey_fresh(workspace, &mut fresh)?;
        sum.add(&fresh.account.unwrap_or_default());
        let mut looked = 1;
        for mark in &chunks {
            if parts.clock.now_ms() - begun_ms > BUDGET_MS {
                break;
            }
            let mut rows = Rows::survey(&matcher);
            parts.store.survey_chunk(workspace, mark.chunk, &mut rows)?;
            sum.add(&rows.account.unwrap_or_default());
            looked += 1;
        }
        let mut properties: Vec<(String, u64)> = sum.properties.into_iter().collect();
        properties.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        properties.truncate(PROPERTIES_MAX);
        Ok(Counted {
            events: sum.events.map_or(0, |events| events.events),
            people: sum.people.len() as u64,
            properties,
            span_ms: sum.events.map(|events| (events.first_ms, events.last_ms)),
            looked: (looked, chunks.len() as u64 + 1),
        })
    }
}
