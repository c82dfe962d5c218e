//! Properties that have the same value in all events of an attempt.

use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;
use store::{Block, Happened, Walker};

use super::Fold;
use super::attempt::{Attempt, Mark};
use crate::item::{Canonical, Item};
use crate::walks::{Ended, Share};

/// Attempts counted in one share, where properties are held.
pub(super) struct HeldFold<'a> {
    pub(super) fold: Fold<'a>,
    held: Held,
    /// The rows of the block at hand, here for their memory.
    rows: Vec<(u32, Mark)>,
}

/// What is remembered of an event, and what stands for the values of the properties that are held.
type HeldMark = (Mark, u64);

impl<'a> HeldFold<'a> {
    /// `columns` are those of the properties.
    pub(super) fn new(fold: Fold<'a>, columns: Vec<usize>) -> Self {
        Self { fold, held: Held::new(columns), rows: Vec::new() }
    }
}

impl Walker for HeldFold<'_> {
    type Mark = HeldMark;
    type Error = Ended;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, HeldMark)>) -> Result<(), Ended> {
        let Self { fold, held, rows } = self;
        rows.clear();
        fold.find(block, rows)?;
        let values = held.take_out(block, rows);
        fold.group(block, rows)?;
        keep.extend(rows.iter().zip(values).map(|((row, mark), values)| (*row, (*mark, values))));
        Ok(())
    }

    fn person(&mut self, _person: u32, events: &[Happened<HeldMark>]) -> Result<(), Ended> {
        let Self { fold, held, .. } = self;
        let mut best: Option<Attempt> = None;
        for (history, places) in held.histories(events) {
            let Some(mut found) = fold.search.best(history) else { continue };
            found.begin = places.get(found.begin as usize).copied().unwrap_or_default();
            if best.is_none_or(|best| found > best) {
                best = Some(found);
            }
        }
        fold.count(best)
    }
}

impl Share for HeldFold<'_> {
    fn merge(&mut self, other: Self) -> Result<(), Ended> {
        self.fold.merge(other.fold)
    }
}

/// Cuts histories by the values of properties.
struct Held {
    columns: Vec<usize>,
    /// Values are compared by 64 bits that nobody can foresee: two of one person are mixed up in less than one
    /// of 10^12 histories with a thousand values.
    hasher: DefaultHashBuilder,
    /// The places of the events at hand, by their values.
    places: Vec<u32>,
    events: Vec<Happened<Mark>>,
}

impl Held {
    fn new(columns: Vec<usize>) -> Self {
        let (places, events) = (Vec::new(), Vec::new());
        Self { columns, hasher: DefaultHashBuilder::default(), places, events }
    }

    /// Takes out rows that lack one of the values; what stands for the values of the others.
    fn take_out(&self, block: &Block<'_>, rows: &mut Vec<(u32, Mark)>) -> Vec<u64> {
        let mut kept = Vec::with_capacity(rows.len());
        rows.retain(|(row, _)| {
            let values = self
                .columns
                .iter()
                .map(|column| Item::from_column(block.column(*column).get(*row as usize)).canonical());
            let values: Vec<_> = values.collect();
            let has_all = !values.contains(&Canonical::Absent);
            if has_all {
                kept.push(self.hasher.hash_one(&values));
            }
            has_all
        });
        kept
    }

    /// The events with the same values, each by themselves, and the places that they have among all.
    fn histories(
        &mut self,
        events: &[Happened<HeldMark>],
    ) -> impl Iterator<Item = (&[Happened<Mark>], &[u32])> {
        let event = move |place: u32| events.get(place as usize).copied().unwrap_or_default();
        let values = move |place: u32| event(place).mark.1;
        self.places.clear();
        self.places.extend((0_u32..).take(events.len()));
        self.places.sort_by_key(|place| values(*place));
        self.events.clear();
        self.events.extend(self.places.iter().map(|place| {
            let Happened { time_ms, mark: (mark, _) } = event(*place);
            Happened { time_ms, mark }
        }));
        let mut rest = self.events.as_slice();
        self.places.chunk_by(move |a, b| values(*a) == values(*b)).map(move |places| {
            let (history, others) = rest.split_at(places.len().min(rest.len()));
            rest = others;
            (history, places)
        })
    }
}
