//! In which intervals of the calendar each person began or came back: a bit each, so that rows are needed in no order.

use std::ops::RangeInclusive;

use question::{AskError, Returned};
use store::{Block, Scan, ScanStats, View};

use super::{BACK, Counts, Plan, START};
use crate::reading::Reading;
use crate::steps::Steps;
use crate::walks::{Band, Ended, by_bands};

/// The most intervals.
const INTERVALS_MAX: usize = 64;
/// How many people are taken in at once: their bits take 16 MiB.
const PEOPLE_AT_ONCE: usize = 1 << 20;

/// One person's intervals.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// In which they may begin.
    starts: u64,
    /// In which they came back, if they had begun before.
    backs: u64,
}

/// Whether there are few enough intervals.
pub(super) fn takes(plan: &Plan<'_>) -> bool {
    plan.edges.all().len() <= INTERVALS_MAX
}

/// Counts everybody.
pub(super) fn count<'p>(
    view: &View,
    scan: &Scan,
    plan: &'p Plan<'p>,
    reading: &'p Reading<'p>,
) -> Result<(Counts<'p>, ScanStats), AskError> {
    let make = || Fold { view, scan, plan, reading, seen: Vec::new(), counts: Counts::new(plan) };
    let (fold, stats) = by_bands(view, PEOPLE_AT_ONCE, &make)?;
    Ok((fold.counts, stats))
}

/// People counted in one share.
struct Fold<'v, 'p> {
    view: &'v View,
    scan: &'v Scan,
    plan: &'p Plan<'p>,
    reading: &'p Reading<'p>,
    /// Those at hand, by code from the first on.
    seen: Vec<Seen>,
    counts: Counts<'p>,
}

impl Band for Fold<'_, '_> {
    fn take(&mut self, people: RangeInclusive<u32>) -> Result<ScanStats, Ended> {
        let first = *people.start();
        self.seen.clear();
        self.seen.resize((people.end() - first) as usize + 1, Seen::default());
        let Self { view, scan, plan, reading, seen, counts } = self;
        // Each pass numbers names anew.
        let mut steps = Steps::new(plan.steps(), &plan.retention.conditions, reading);
        let stats = view.scan_people(scan, people, &mut |block| {
            let (rows, bits) = steps.mark(block)?;
            block.each_run(rows, |person, range| {
                let own = (rows.get(range.clone()).unwrap_or_default(), bits.get(range).unwrap_or_default());
                if let Some(seen) = seen.get_mut((person - first) as usize) {
                    seen.add(plan, block, own);
                }
            });
            Ok::<(), Ended>(())
        })?;
        for seen in seen {
            seen.count(plan, counts);
        }
        Ok(stats)
    }

    fn merge(&mut self, other: Self) {
        self.counts.merge(&other.counts);
    }
}

impl Seen {
    /// Takes in rows of theirs.
    fn add(&mut self, plan: &Plan<'_>, block: &Block<'_>, (rows, bits): (&[u32], &[u32])) {
        let to_ms = plan.span.to_ms;
        let whole = block.span_ms().1 < to_ms && bits.iter().all(|bits| *bits == START | BACK);
        if whole {
            let mut intervals = 0;
            plan.edges.each(block.times_of(rows), |interval| intervals |= bit(interval));
            self.starts |= intervals;
            self.backs |= intervals;
            return;
        }
        for (ms, bits) in block.times_of(rows).zip(bits) {
            let interval = bit(plan.edges.interval(ms));
            self.starts |= if bits & START != 0 && ms < to_ms { interval } else { 0 };
            self.backs |= if bits & BACK != 0 { interval } else { 0 };
        }
    }

    /// Counts them where they began, and for each column in which they came back.
    fn count(&self, plan: &Plan<'_>, counts: &mut Counts<'_>) {
        if self.starts == 0 {
            return;
        }
        let start = self.starts.trailing_zeros().min(plan.starts.saturating_sub(1) as u32);
        counts.count(start as usize, 0);
        // From the interval of the beginning on.
        let backs = self.backs >> start;
        for (column, (first, last)) in (1..).zip(&plan.offsets) {
            let came = match plan.retention.returned {
                Returned::On => backs & from(*first) & !from(last + 1) != 0,
                Returned::OnOrAfter => backs & from(*first) != 0,
            };
            if came {
                counts.count(start as usize, column);
            }
        }
    }
}

fn bit(interval: u32) -> u64 {
    1_u64.checked_shl(interval).unwrap_or_default()
}

/// The bits from one on.
fn from(interval: u32) -> u64 {
    u64::MAX.checked_shl(interval).unwrap_or_default()
}
