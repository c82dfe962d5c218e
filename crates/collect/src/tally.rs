//! Counts of what was refused and of what the shield found: in memory where requests happen, written to
//! `control.db` now and then and at the end. A crash loses at most the counts since the last writing,
//! never an event. The number of rows is bounded; beyond it the particulars are counted together.

mod table;

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;

use control::Database;
use model::{Class, Finding, SourceId, WorkspaceId};
use parking_lot::Mutex;

use crate::error::CollectError;
use crate::refusal::{Refused, Sdk};

/// The most rows of refusals of one workspace; further SDK versions are counted together.
const REFUSALS_MAX: usize = 2_000;
/// The most rows of findings of one workspace; further places are counted together as [`ELSEWHERE`].
const FINDINGS_MAX: usize = 5_000;
/// Where findings are counted whose place has no row of its own any more.
pub const ELSEWHERE: &str = "(elsewhere)";

/// How often, and between when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Count {
    /// How often.
    pub count: u64,
    /// The first time, milliseconds since 1970, UTC.
    pub first_ms: i64,
    /// The last time, milliseconds since 1970, UTC.
    pub last_ms: i64,
}

/// One row of refusals.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RefusalPlace {
    /// Which source sent it; `None` where no source could be told.
    pub source: Option<SourceId>,
    /// Why it was refused: one of [`crate::reason`] or of the shield's.
    pub reason: Cow<'static, str>,
    /// Which field it was about; may be empty.
    pub field: Cow<'static, str>,
    /// Which library sent it; may be empty.
    pub sdk: Cow<'static, str>,
    /// Which version of it; may be empty.
    pub sdk_version: String,
}

/// One row of findings.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FindingPlace {
    /// The event's name.
    pub event: String,
    /// Where it stood, for example `properties.payment.card`.
    pub path: String,
    /// What it was.
    pub class: Class,
    /// Which rule said so.
    pub rule: String,
}

/// All counts.
pub(crate) struct Tally {
    refusals: Counter<RefusalPlace>,
    findings: Counter<FindingPlace>,
    /// Held while writing, so that an older count never overwrites a newer one.
    writing: Mutex<()>,
}

impl Tally {
    /// The counts as they were last written.
    pub fn load(control: &Database) -> Result<Self, CollectError> {
        control.read(|tx| {
            Ok(Self {
                refusals: Counter::new(REFUSALS_MAX, table::refusals(tx)?),
                findings: Counter::new(FINDINGS_MAX, table::findings(tx)?),
                writing: Mutex::new(()),
            })
        })
    }

    /// Counts refusals of one request. No workspace: they count for the installation.
    pub fn refuse(
        &self,
        workspace: Option<WorkspaceId>,
        source: Option<SourceId>,
        refused: &[(Refused, Sdk, u64)],
        at_ms: i64,
    ) {
        self.refusals.add(
            workspace,
            at_ms,
            refused.iter().map(|(refused, sdk, times)| {
                let place = RefusalPlace {
                    source,
                    reason: Cow::Borrowed(refused.reason),
                    field: Cow::Borrowed(refused.field),
                    sdk: Cow::Borrowed(sdk.name),
                    sdk_version: sdk.version.clone(),
                };
                (place, *times)
            }),
        );
    }

    /// Counts what the shield found in one event of that name.
    pub fn find(&self, workspace: WorkspaceId, event: &str, findings: &[Finding], at_ms: i64) {
        self.findings.add(
            Some(workspace),
            at_ms,
            findings.iter().map(|finding| {
                let place = FindingPlace {
                    event: event.to_owned(),
                    path: finding.path.clone(),
                    class: finding.class,
                    rule: finding.rule.clone(),
                };
                (place, 1)
            }),
        );
    }

    /// The refusals of a workspace, or of the installation, the latest first.
    pub fn refusals(&self, workspace: Option<WorkspaceId>) -> Vec<(RefusalPlace, Count)> {
        self.refusals.rows(workspace)
    }

    /// The findings of a workspace, the latest first.
    pub fn findings(&self, workspace: WorkspaceId) -> Vec<(FindingPlace, Count)> {
        self.findings.rows(Some(workspace))
    }

    /// Writes what has changed since the last writing.
    pub fn flush(&self, control: &Database) -> Result<(), CollectError> {
        let _writing = self.writing.lock();
        let (refusals, findings) = (self.refusals.take_changed(), self.findings.take_changed());
        if refusals.is_empty() && findings.is_empty() {
            return Ok(());
        }
        let written = control.write(|tx| {
            table::write_refusals(tx, &refusals)?;
            table::write_findings(tx, &findings)
        });
        if written.is_err() {
            self.refusals.mark_changed(&refusals);
            self.findings.mark_changed(&findings);
        }
        written
    }
}

/// A place that can make room: what is counted under it once there are too many.
trait Place: Clone + Eq + Hash {
    fn coarse(&self) -> Self;
}

impl Place for RefusalPlace {
    fn coarse(&self) -> Self {
        let sdk = Cow::Borrowed(if self.sdk.is_empty() { "" } else { "other" });
        Self { sdk, sdk_version: String::new(), ..self.clone() }
    }
}

impl Place for FindingPlace {
    fn coarse(&self) -> Self {
        Self { event: ELSEWHERE.to_owned(), path: ELSEWHERE.to_owned(), ..self.clone() }
    }
}

/// One row with whose it is, as the table has it.
type Row<P> = (Option<WorkspaceId>, P, Count);
type PerWorkspace<P> = HashMap<Option<WorkspaceId>, HashMap<P, Kept>>;

#[derive(Clone, Copy)]
struct Kept {
    count: Count,
    changed: bool,
}

struct Counter<P> {
    rows_max: usize,
    rows: Mutex<PerWorkspace<P>>,
}

impl<P: Place> Counter<P> {
    fn new(rows_max: usize, loaded: Vec<Row<P>>) -> Self {
        let mut rows = PerWorkspace::<P>::new();
        for (workspace, place, count) in loaded {
            rows.entry(workspace).or_default().insert(place, Kept { count, changed: false });
        }
        Self { rows_max, rows: Mutex::new(rows) }
    }

    fn add(
        &self,
        workspace: Option<WorkspaceId>,
        at_ms: i64,
        places: impl ExactSizeIterator<Item = (P, u64)>,
    ) {
        if places.len() == 0 {
            return;
        }
        let mut rows = self.rows.lock();
        let rows = rows.entry(workspace).or_default();
        for (place, times) in places {
            let known = rows.len() < self.rows_max || rows.contains_key(&place);
            let place = if known { place } else { place.coarse() };
            let fresh = Kept { count: Count { count: 0, first_ms: at_ms, last_ms: at_ms }, changed: true };
            let kept = rows.entry(place).or_insert(fresh);
            kept.count.count = kept.count.count.saturating_add(times);
            kept.count.last_ms = kept.count.last_ms.max(at_ms);
            kept.changed = true;
        }
    }

    fn rows(&self, workspace: Option<WorkspaceId>) -> Vec<(P, Count)> {
        let rows = self.rows.lock();
        let rows = rows.get(&workspace).into_iter().flatten();
        let mut rows: Vec<_> = rows.map(|(place, kept)| (place.clone(), kept.count)).collect();
        rows.sort_by_key(|(_, count)| std::cmp::Reverse((count.last_ms, count.count)));
        rows
    }

    fn take_changed(&self) -> Vec<Row<P>> {
        let mut changed = Vec::new();
        for (workspace, rows) in self.rows.lock().iter_mut() {
            for (place, kept) in rows.iter_mut().filter(|(_, kept)| kept.changed) {
                kept.changed = false;
                changed.push((*workspace, place.clone(), kept.count));
            }
        }
        changed
    }

    fn mark_changed(&self, changed: &[Row<P>]) {
        let mut rows = self.rows.lock();
        for (workspace, place, _) in changed {
            if let Some(kept) = rows.get_mut(workspace).and_then(|rows| rows.get_mut(place)) {
                kept.changed = true;
            }
        }
    }
}
