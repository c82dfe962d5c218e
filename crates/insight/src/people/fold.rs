//! How often people did what, counted from the lists of chunks where it is enough to know that they did it at all, and
//! from rows for the rest.

use std::ops::RangeInclusive;

use question::kinds::ANY_EVENT;
use question::{Condition, Did};
use store::{ScanStats, View};

use super::Plan;
use crate::condition::holds;
use crate::steps::Steps;
use crate::traits::TraitOf;
use crate::walks::{Band, Ended};

/// The most bytes of counts that a thread keeps at once.
const COUNTS_BYTES_MAX: usize = 16 << 20;

/// How many numbers are kept of a person: a count for each `did`, and whether there is an event at all.
fn width(plan: &Plan<'_>) -> usize {
    plan.dids.len() + 1
}

/// How many people can be counted at once.
pub(super) fn people_at_once(plan: &Plan<'_>) -> usize {
    COUNTS_BYTES_MAX / (width(plan) * size_of::<u32>())
}

/// Whether it is enough to know of somebody that they did it.
fn is_once(did: &Did) -> bool {
    let once = (did.times.gte <= 1 && did.times.lte.is_none()) || did.times.lte == Some(0);
    once && did.did.conditions.is_empty() && did.did.event != ANY_EVENT
}

/// People counted in one share.
pub(super) struct Fold<'a> {
    view: &'a View,
    plan: &'a Plan<'a>,
    traits: Vec<(&'a Condition, TraitOf<'a, bool>)>,
    /// For each person at hand, by code from the first on, how often they did what, and last whether they have an
    /// event at all.
    counts: Vec<u32>,
    pub(super) found: u64,
}

impl<'a> Fold<'a> {
    pub(super) fn new(view: &'a View, plan: &'a Plan<'a>) -> Self {
        let of =
            |(condition, name): &(&'a Condition, &'a str)| (*condition, TraitOf::new(plan.reading.who, name));
        Self { view, plan, traits: plan.traits.iter().map(of).collect(), counts: Vec::new(), found: 0 }
    }

    /// Counts what rows tell of some of the `did`, and whether somebody has an event.
    fn pass(
        &mut self,
        view: &View,
        (wanted, everybody): (&[usize], bool),
        people: &RangeInclusive<u32>,
    ) -> Result<ScanStats, Ended> {
        let Self { plan, counts, .. } = self;
        let (first, width) = (*people.start(), width(plan));
        let wanted_bits = wanted.iter().fold(0_u32, |bits, index| bits | 1 << index);
        // Each pass numbers names anew.
        let mut steps = Steps::new(plan.dids.iter().map(|did| &did.did), &[], &plan.reading);
        view.scan_people(&plan.scan(wanted, everybody), people.clone(), &mut |block| {
            let begin = |person: u32| (person - first) as usize * width;
            if everybody {
                block.each_run(block.rows(), |person, _| {
                    if let Some(seen) = counts.get_mut(begin(person) + width - 1) {
                        *seen = 1;
                    }
                });
            }
            if wanted.is_empty() {
                return Ok(());
            }
            let (rows, bits) = steps.mark(block)?;
            block.each_run(rows, |person, range| {
                let counts = counts.get_mut(begin(person)..).unwrap_or_default();
                let (rows, bits) = (rows.get(range.clone()), bits.get(range).unwrap_or_default());
                for (ms, bits) in block.times_of(rows.unwrap_or_default()).zip(bits) {
                    for index in ones(bits & wanted_bits) {
                        let since_ms = plan.since.get(index).copied().unwrap_or(i64::MIN);
                        if let Some(count) = counts.get_mut(index).filter(|_| ms >= since_ms) {
                            *count = count.saturating_add(1);
                        }
                    }
                }
            });
            Ok(())
        })
    }

    /// Counts those who are in it, when all is known of those at hand.
    fn count(&mut self, first: u32) -> Result<(), Ended> {
        let Self { plan, traits, counts, found, .. } = self;
        let width = width(plan);
        let did = |counts: &[u32], index: usize, did: &Did| {
            let count = counts.get(index).copied().unwrap_or_default();
            Some(count >= did.times.gte && did.times.lte.is_none_or(|most| count <= most))
        };
        let mut undecided: Vec<u32> = Vec::new();
        for (person, counts) in (first..).zip(counts.chunks(width)) {
            let is_idle = counts.iter().all(|count| *count == 0);
            let is_there = if plan.everybody { counts.last() == Some(&1) } else { !is_idle };
            if !is_there {
                continue;
            }
            match plan.rule.holds(&|index, part| did(counts, index, part), &|_| None) {
                Some(is_in) => *found += u64::from(is_in),
                None => undecided.push(person),
            }
        }
        for (condition, traits) in &mut *traits {
            traits.learn(undecided.iter().copied(), &mut |item| Ok(holds(condition, item)))?;
        }
        for person in undecided {
            let begin = (person - first) as usize * width;
            let counts = counts.get(begin..begin + width).unwrap_or_default();
            let is = |index: usize| traits.get(index).and_then(|(_, traits)| traits.get(person));
            let is_in = plan.rule.holds(&|index, part| did(counts, index, part), &is);
            *found += u64::from(is_in == Some(true));
        }
        Ok(())
    }
}

impl Band for Fold<'_> {
    fn take(&mut self, people: RangeInclusive<u32>) -> Result<ScanStats, Ended> {
        let (first, width) = (*people.start(), width(self.plan));
        let everybody = self.plan.everybody;
        self.counts.clear();
        self.counts.resize(((people.end() - first) as usize + 1) * width, 0);
        let (chunks, fresh) = self.view.split_fresh();
        let all: Vec<usize> = (0..self.plan.dids.len()).collect();
        let mut stats = self.pass(&fresh, (&all, everybody), &people)?;
        let mut add = |more: ScanStats| {
            stats.rows_read += more.rows_read;
            stats.rows_skipped += more.rows_skipped;
        };
        let mut by_rows = Vec::new();
        for (index, did) in self.plan.dids.iter().enumerate() {
            if !is_once(did) {
                by_rows.push(index);
                continue;
            }
            let since_ms = self.plan.since.get(index).copied().unwrap_or(i64::MIN);
            let counts = &mut self.counts;
            let rest = chunks.doers(&did.did.event, since_ms, &people, &mut |person| {
                if let Some(count) = counts.get_mut((person - first) as usize * width + index) {
                    *count = 1;
                }
            });
            add(self.pass(&rest?, (&[index], false), &people)?);
        }
        if everybody || !by_rows.is_empty() {
            add(self.pass(&chunks, (&by_rows, everybody), &people)?);
        }
        self.count(first)?;
        Ok(stats)
    }

    fn merge(&mut self, other: Self) {
        self.found += other.found;
    }
}

/// The places of the bits that are set.
fn ones(mut bits: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = bits.trailing_zeros();
        bits &= bits.wrapping_sub(1);
        (place < u32::BITS).then_some(place as usize)
    })
}
