//! Which SDKs send how much: exact counts by day, source, library and version.

use hashbrown::HashMap;
use model::origin::Context;
use model::{SourceId, WorkspaceId};

/// The most rows of one workspace and day; events of further libraries are counted under [`crate::OTHERS`].
const ROWS_MAX: usize = 4_000;
/// A day in milliseconds.
pub const DAY_MS: i64 = 24 * 3_600_000;

/// One row of the census.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CensusRow {
    /// The day of arrival, in days since 1970, UTC.
    pub day: i64,
    /// Which source.
    pub source: SourceId,
    /// The library's name; empty where none was given.
    pub sdk: String,
    /// Its version; empty where none was given.
    pub sdk_version: String,
    /// How much.
    pub count: CensusCount,
}

/// How much a library sent.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct CensusCount {
    /// All events.
    pub events: u64,
    /// Those captured automatically.
    pub automatic: u64,
    /// The first that day, milliseconds since 1970, UTC.
    pub first_ms: i64,
    /// The last that day.
    pub last_ms: i64,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub source: SourceId,
    pub sdk: String,
    pub sdk_version: String,
}

/// The rows of one day of a workspace.
#[derive(Default)]
pub(crate) struct Day {
    rows: HashMap<Key, (CensusCount, bool), foldhash::fast::RandomState>,
}

/// The days at hand.
#[derive(Default)]
pub(crate) struct Census {
    days: HashMap<(WorkspaceId, i64), Day, foldhash::fast::RandomState>,
}

impl Day {
    pub fn put(&mut self, key: Key, count: CensusCount) {
        self.rows.insert(key, (count, false));
    }

    fn add(&mut self, source: SourceId, context: &Context<'_>, automatic: bool, at_ms: i64) {
        let full = self.rows.len() >= ROWS_MAX;
        let mut key =
            Key { source, sdk: context.sdk.to_string(), sdk_version: context.sdk_version.to_string() };
        if full && !self.rows.contains_key(&key) {
            (key.sdk, key.sdk_version) = (crate::OTHERS.to_owned(), String::new());
        }
        let fresh = CensusCount { first_ms: at_ms, last_ms: at_ms, ..CensusCount::default() };
        let (count, changed) = self.rows.entry(key).or_insert((fresh, true));
        count.events += 1;
        count.automatic += u64::from(automatic);
        count.first_ms = count.first_ms.min(at_ms);
        count.last_ms = count.last_ms.max(at_ms);
        *changed = true;
    }
}

impl Census {
    /// Whether a day's rows are at hand.
    pub fn has(&self, workspace: WorkspaceId, day: i64) -> bool {
        self.days.contains_key(&(workspace, day))
    }

    pub fn put_day(&mut self, workspace: WorkspaceId, day: i64, rows: Day) {
        self.days.insert((workspace, day), rows);
    }

    /// Counts an event of a day that is at hand.
    pub fn count(
        &mut self,
        workspace: WorkspaceId,
        source: SourceId,
        context: &Context<'_>,
        (automatic, at_ms): (bool, i64),
    ) {
        if let Some(day) = self.days.get_mut(&(workspace, day_of(at_ms))) {
            day.add(source, context, automatic, at_ms);
        }
    }

    /// What has changed and is not written.
    pub fn changed(&self) -> Vec<(WorkspaceId, CensusRow)> {
        let days = self.days.iter().flat_map(|((workspace, day), rows)| {
            rows.rows
                .iter()
                .filter(|(_, (_, changed))| *changed)
                .map(|(key, (count, _))| (*workspace, row(*day, key, *count)))
        });
        days.collect()
    }

    /// Everything is written; days that are over are let go.
    pub fn written(&mut self) {
        let newest = self.days.keys().map(|(_, day)| *day).max().unwrap_or(0);
        self.days.retain(|(_, day), _| *day + 2 > newest);
        for rows in self.days.values_mut() {
            rows.rows.values_mut().for_each(|(_, changed)| *changed = false);
        }
    }

    /// The rows of a workspace that are not written yet or lately were.
    pub fn rows(&self, workspace: WorkspaceId) -> Vec<CensusRow> {
        let days = self.days.iter().filter(|((of, _), _)| *of == workspace);
        days.flat_map(|((_, day), rows)| rows.rows.iter().map(|(key, (count, _))| row(*day, key, *count)))
            .collect()
    }
}

fn row(day: i64, key: &Key, count: CensusCount) -> CensusRow {
    CensusRow { day, source: key.source, sdk: key.sdk.clone(), sdk_version: key.sdk_version.clone(), count }
}

/// The day of an instant, in days since 1970, UTC.
pub fn day_of(at_ms: i64) -> i64 {
    at_ms.div_euclid(DAY_MS)
}
