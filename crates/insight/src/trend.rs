//! Trends: one pass over the columns, or over what chunks have counted, adding up in cells of group and interval.
//!
//! Modules in reading order: `plan` (what is read), `fold` (a block at a time), `tally` (what is counted), [`behind`] (who
//! is behind a number).

pub(crate) mod behind;
mod fold;
mod plan;
mod tally;

use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::{Answer, AskError, Stats, Trend, Who, plain, shape};
use serde_json::Value as Json;
use store::{Presence, ScanStats, Seen, StoreError, View};

use crate::groups::{GROUPS_MAX, Largest};
use crate::item::Canonical;
use fold::{Fold, FoldError};
use plan::Plan;

/// The most cells (groups times intervals times events); answers with more are refused.
const CELLS_MAX: usize = 8_000_000;
/// More groups than these are counted in a pass of their own before the largest are looked at.
const GROUPS_AT_ONCE: usize = 2_000;
/// Where only rows are counted, so many cells are no trouble, and groups come at once as long as they fit.
const COUNT_CELLS: usize = 2_000_000;
/// The most threads one question is given.
const THREADS_MAX: usize = 4;

/// Groups by their values, in the order in which they are shown.
type Keys = Vec<Vec<Canonical>>;

/// Answers a trend, and of the groups that it shows what they came to in the period before, where the two are compared.
pub(crate) fn answer(
    view: &View,
    trend: &Trend,
    zone: &TimeZone,
    who: (WorkspaceId, &dyn Who),
) -> Result<Answer, AskError> {
    let (now, shown) = table(view, &Plan::new(trend, zone, who)?)?;
    let Some(before) = trend.before(zone)? else { return Ok(shape::worked_out(trend, now, None)) };
    let span = before.range.span(zone)?;
    let (before, _) = table_of(view, &Plan::new(&before, zone, who)?, &shown)?;
    Ok(shape::worked_out(trend, now, Some((span, before))))
}

/// What a trend's events come to, and which groups are shown.
fn table(view: &View, plan: &Plan<'_>) -> Result<(Answer, Keys), AskError> {
    let cells = plan.starts.all().len() * plan.trend.events.len();
    let mut groups_at_once = (CELLS_MAX / cells.max(1)).min(GROUPS_AT_ONCE);
    if plan.only_counts {
        groups_at_once = groups_at_once.max((COUNT_CELLS / cells.max(1)).min(GROUPS_MAX));
    }
    match run(view, plan, &|| Fold::open(plan, groups_at_once)) {
        Ok((fold, stats)) => {
            let largest = fold.largest();
            finish(plan, fold, (largest, stats))
        }
        Err(FoldError::TooManyGroups) => largest(view, plan),
        Err(FoldError::Ask(error)) => Err(error),
    }
}

/// Counts the groups first and then looks at the largest alone.
fn largest(view: &View, plan: &Plan<'_>) -> Result<(Answer, Keys), AskError> {
    let (counts, _) = run(view, plan, &|| Fold::counting(plan, GROUPS_MAX))
        .map_err(|error| error.into_ask(too_many_groups))?;
    let mut largest = counts.largest();
    let shown: Keys = largest.shown.iter().map(|(_, key, _)| key.clone()).collect();
    let (mut fold, stats) =
        run(view, plan, &|| Fold::only(plan, &shown)).map_err(|error| error.into_ask(too_many_groups))?;
    largest.shown.iter_mut().for_each(|(group, key, _)| *group = fold.group(key));
    finish(plan, fold, (largest, stats))
}

/// What a trend's events come to in these groups.
fn table_of(view: &View, plan: &Plan<'_>, shown: &Keys) -> Result<(Answer, Keys), AskError> {
    // Without `by` there is one group, and every row is in it.
    let make = || if plan.trend.by.is_empty() { Fold::open(plan, 1) } else { Fold::only(plan, shown) };
    let (mut fold, stats) = run(view, plan, &make).map_err(|error| error.into_ask(too_many_groups))?;
    let shown = shown.iter().map(|key| (fold.group(key), key.clone(), 0)).collect();
    finish(plan, fold, (Largest { shown, others: (0, 0) }, stats))
}

fn too_many_groups() -> AskError {
    AskError::TooLarge {
        problem: format!("`by` gives more than {GROUPS_MAX} groups"),
        fix: "group by a property with fewer values, or add a `where`".to_owned(),
    }
}

/// Folds every row, on several threads where there is enough to do.
fn run<'a>(
    view: &View,
    plan: &'a Plan<'a>,
    make: &(dyn Fn() -> Fold<'a> + Sync),
) -> Result<(Fold<'a>, ScanStats), FoldError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
    let one = |view: &View| -> Result<(Fold<'a>, ScanStats), FoldError> {
        let mut fold = make();
        let stats = if plan.only_counts {
            view.count(&plan.scan, &mut |seen| match seen {
                Seen::Rows(block) => fold.block(block),
                Seen::Counts(counts) => fold.counts(counts),
            })?
        } else if plan.by_hours {
            view.presence(&plan.scan, 0..=u32::MAX, &mut |part| match part {
                Presence::Rows(block) => fold.block(block),
                Presence::Hours(hours) => fold.hours(hours),
            })?
        } else {
            view.scan(&plan.scan, &mut |block| fold.block(block))?
        };
        Ok((fold, stats))
    };
    let views = view.split(threads);
    if let [view] = views.as_slice() {
        return one(view);
    }
    let results = std::thread::scope(|scope| {
        let handles: Vec<_> = views.iter().map(|view| scope.spawn(|| one(view))).collect();
        handles.into_iter().map(|handle| handle.join()).collect::<Vec<_>>()
    });
    let mut whole: Option<(Fold<'a>, ScanStats)> = None;
    for result in results {
        let part = result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        whole = Some(match whole {
            None => part,
            Some((mut fold, mut stats)) => {
                fold.merge(part.0)?;
                stats.rows_read += part.1.rows_read;
                stats.rows_counted += part.1.rows_counted;
                stats.rows_skipped += part.1.rows_skipped;
                (fold, stats)
            }
        });
    }
    Ok(whole.unwrap_or_else(|| (make(), ScanStats::default())))
}

/// The table: every interval, in it every group shown.
fn finish(
    plan: &Plan<'_>,
    fold: Fold<'_>,
    (Largest { shown, others }, stats): (Largest, ScanStats),
) -> Result<(Answer, Keys), AskError> {
    let tables = fold.finish(&shown.iter().map(|(group, ..)| *group).collect::<Vec<_>>())?;
    let keys: Keys = shown.into_iter().map(|(_, key, _)| key).collect();
    let shown: Vec<Vec<Json>> = keys.iter().map(|key| key.iter().map(Canonical::to_json).collect()).collect();
    let mut rows = Vec::with_capacity(plan.starts.all().len() * shown.len());
    for (interval, start) in plan.starts.all().iter().enumerate() {
        for (place, values) in shown.iter().enumerate() {
            let mut row = vec![Json::from(plain::time_text(*start))];
            row.extend(values.iter().cloned());
            let cell = place * plan.starts.all().len() + interval;
            row.extend(tables.iter().map(|table| table.get(cell).cloned().unwrap_or_default()));
            rows.push(row);
        }
    }
    let stats = Stats {
        rows_read: stats.rows_read,
        rows_counted: stats.rows_counted,
        other_groups: others.0,
        other_rows: others.1,
        ..Stats::default()
    };
    Ok((Answer { columns: plain::columns(plan.trend), rows, stats }, keys))
}

impl From<StoreError> for FoldError {
    fn from(error: StoreError) -> Self {
        Self::Ask(AskError::Failed(Box::new(error)))
    }
}
