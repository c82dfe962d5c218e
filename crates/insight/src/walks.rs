//! Walking through people on several threads.

use std::ops::RangeInclusive;

use question::AskError;
use store::{Scan, ScanStats, StoreError, View, Walker};

use crate::groups::{GROUPS_MAX, GroupError};

/// The most threads one walk is given: each keeps rows of people that are not complete yet.
const THREADS_MAX: usize = 2;

/// Why a walk ended early.
pub(crate) struct Ended(pub(crate) AskError);

/// A walker whose share can be put together with another's.
pub(crate) trait Share: Walker<Error = Ended> + Sized + Send {
    /// Takes in what another share has.
    fn merge(&mut self, other: Self) -> Result<(), Ended>;
}

/// Somebody who takes in the rows of people in no order, and remembers a little of each.
pub(crate) trait Band: Sized + Send {
    /// Takes in everything of the people in this range, who did not come before.
    fn take(&mut self, people: RangeInclusive<u32>) -> Result<ScanStats, Ended>;

    /// Takes in what another share has.
    fn merge(&mut self, other: Self);
}

/// Shows everybody to walkers that `make` makes, one a thread, and puts together what they have.
pub(crate) fn walk<S: Share>(
    view: &View,
    scan: &Scan,
    make: &(dyn Fn() -> S + Sync),
) -> Result<(S, ScanStats), AskError> {
    let one = |people| -> Result<(S, ScanStats), Ended> {
        let mut share = make();
        let stats = view.walk(scan, people, &mut share)?;
        Ok((share, stats))
    };
    let whole = on_threads(view, &one, &mut S::merge)?;
    Ok(whole.unwrap_or_else(|| (make(), ScanStats::default())))
}

/// Has those that `make` makes, one a thread, take in everybody, at most `at_once` people in one go, and puts together
/// what they have.
pub(crate) fn by_bands<S: Band>(
    view: &View,
    at_once: usize,
    make: &(dyn Fn() -> S + Sync),
) -> Result<(S, ScanStats), AskError> {
    let last = view.last_person().map_err(|error| Ended::from(error).0)?;
    let one = |people: RangeInclusive<u32>| -> Result<(S, ScanStats), Ended> {
        let (mut share, mut whole) = (make(), ScanStats::default());
        let (first, end) = (*people.start(), (*people.end()).min(last));
        for first in (first..=end).step_by(at_once.max(1)) {
            let last = u32::try_from(at_once - 1).map_or(end, |more| first.saturating_add(more)).min(end);
            add(&mut whole, share.take(first..=last)?);
        }
        Ok((share, whole))
    };
    let whole = on_threads(view, &one, &mut |share, other| {
        share.merge(other);
        Ok(())
    })?;
    Ok(whole.unwrap_or_else(|| (make(), ScanStats::default())))
}

/// What `one` makes of every share of the people, each on a thread of its own, put together by `merge`.
fn on_threads<S: Send>(
    view: &View,
    one: &(dyn Fn(RangeInclusive<u32>) -> Result<(S, ScanStats), Ended> + Sync),
    merge: &mut dyn FnMut(&mut S, S) -> Result<(), Ended>,
) -> Result<Option<(S, ScanStats)>, AskError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
    let mut shares = view.shares(threads).into_iter();
    let first = shares.next().unwrap_or(0..=u32::MAX);
    let results = std::thread::scope(|scope| {
        let handles: Vec<_> = shares.map(|people| scope.spawn(|| one(people))).collect();
        let mut results = vec![one(first)];
        results.extend(
            handles
                .into_iter()
                .map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))),
        );
        results
    });
    let mut whole: Option<(S, ScanStats)> = None;
    for result in results {
        let part = result.map_err(|ended| ended.0)?;
        match &mut whole {
            None => whole = Some(part),
            Some((share, stats)) => {
                merge(share, part.0).map_err(|ended| ended.0)?;
                add(stats, part.1);
            }
        }
    }
    Ok(whole)
}

/// Adds what more of reading cost.
pub(crate) fn add(stats: &mut ScanStats, more: ScanStats) {
    stats.rows_read += more.rows_read;
    stats.rows_counted += more.rows_counted;
    stats.rows_skipped += more.rows_skipped;
}

impl From<AskError> for Ended {
    fn from(error: AskError) -> Self {
        Self(error)
    }
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self(match error {
            StoreError::TooLarge { what, max } => AskError::TooLarge {
                problem: format!("{what} has more than {max} events that count"),
                fix: "add a `where` that leaves out programs, or shorten the range".to_owned(),
            },
            error => AskError::Failed(Box::new(error)),
        })
    }
}

impl From<GroupError> for Ended {
    fn from(error: GroupError) -> Self {
        Self(match error {
            GroupError::TooMany => AskError::TooLarge {
                problem: format!("`by` gives more than {GROUPS_MAX} groups"),
                fix: "group by a property with fewer values, or add a `where`".to_owned(),
            },
            GroupError::Ask(error) => error,
        })
    }
}
