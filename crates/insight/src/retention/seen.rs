//! In which intervals of the calendar each person began or came back: a bit each, so that rows are needed in no order.

use std::ops::RangeInclusive;

use question::{AskError, Returned};
use store::{Block, Presence, Scan, ScanStats, View};

use super::{BACK, Counts, Plan, START};
use crate::reading::Reading;
use crate::steps::Steps;
use crate::walks::{Band, Ended, add, by_bands};

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
        if plan.by_presence(reading) {
            return presence(view, (plan, reading), people, seen).inspect(|_| count_all(seen, plan, counts));
        }
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
        count_all(seen, plan, counts);
        Ok(stats)
    }

    fn merge(&mut self, other: Self) {
        self.counts.merge(&other.counts);
    }
}

fn count_all(seen: &[Seen], plan: &Plan<'_>, counts: &mut Counts<'_>) {
    for seen in seen {
        seen.count(plan, counts);
    }
}

/// Takes in people by the hours in which they did each event, where no more is asked of it than that.
fn presence(
    view: &View,
    (plan, reading): (&Plan<'_>, &Reading<'_>),
    people: RangeInclusive<u32>,
    seen: &mut [Seen],
) -> Result<ScanStats, Ended> {
    let first = *people.start();
    let mut whole = ScanStats::default();
    for (event, bits) in plan.events() {
        let scan = plan.scan_of(event, reading).map_err(AskError::from)?;
        let stats = view.presence(&scan, people.clone(), &mut |part| {
            match part {
                Presence::Rows(block) => block.each_run(block.rows(), |person, range| {
                    let rows = block.rows().get(range).unwrap_or_default();
                    if let Some(seen) = seen.get_mut((person - first) as usize) {
                        seen.add_alike(plan, block, rows, bits);
                    }
                }),
                Presence::Hours(hours) => {
                    let seen_in =
                        |ms: &Option<i64>| ms.map(|ms| Seen::of(plan, ms, bits)).unwrap_or_default();
                    let of_hour: Vec<Seen> = hours.times().iter().map(seen_in).collect();
                    hours.each(|person, hours| {
                        let Some(seen) = seen.get_mut((person - first) as usize) else { return };
                        hours
                            .iter()
                            .filter_map(|hour| of_hour.get(*hour as usize))
                            .for_each(|of| seen.take(*of));
                    });
                }
            }
            Ok::<(), Ended>(())
        })?;
        add(&mut whole, stats);
    }
    Ok(whole)
}

impl Seen {
    /// Takes in rows of theirs.
    fn add(&mut self, plan: &Plan<'_>, block: &Block<'_>, (rows, bits): (&[u32], &[u32])) {
        if bits.iter().all(|bits| *bits == START | BACK) {
            return self.add_alike(plan, block, rows, START | BACK);
        }
        for (ms, bits) in block.times_of(rows).zip(bits) {
            self.take(Self::of(plan, ms, *bits));
        }
    }

    /// Takes in rows of theirs that are all the same.
    fn add_alike(&mut self, plan: &Plan<'_>, block: &Block<'_>, rows: &[u32], bits: u32) {
        if bits & START != 0 && block.span_ms().1 >= plan.span.to_ms {
            block.times_of(rows).for_each(|ms| self.take(Self::of(plan, ms, bits)));
            return;
        }
        let mut intervals = 0;
        plan.edges.each(block.times_of(rows), |interval| intervals |= bit(interval));
        self.starts |= if bits & START == 0 { 0 } else { intervals };
        self.backs |= if bits & BACK == 0 { 0 } else { intervals };
    }

    /// What one event comes to.
    fn of(plan: &Plan<'_>, ms: i64, bits: u32) -> Self {
        let interval = bit(plan.edges.interval(ms));
        let starts = bits & START != 0 && ms < plan.span.to_ms;
        let backs = bits & BACK != 0;
        Self { starts: if starts { interval } else { 0 }, backs: if backs { interval } else { 0 } }
    }

    fn take(&mut self, other: Self) {
        self.starts |= other.starts;
        self.backs |= other.backs;
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
