//! Properties that have the same value in all events of an attempt.

use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;
use store::{Block, Happened};

use super::attempt::Mark;
use crate::item::Item;

/// Cuts histories by the values of properties.
pub(super) struct Held {
    columns: Vec<usize>,
    /// Values are compared by 64 bits that nobody can foresee: two of one person are mixed up in less than one
    /// of 10^12 histories with a thousand values.
    hasher: DefaultHashBuilder,
    /// The places of the events at hand, by their values.
    places: Vec<u32>,
    events: Vec<Happened<Mark>>,
}

impl Held {
    pub(super) fn new(columns: Vec<usize>) -> Self {
        let (places, events) = (Vec::new(), Vec::new());
        Self { columns, hasher: DefaultHashBuilder::default(), places, events }
    }

    /// Takes out rows that lack one of the values, and remembers the values of the others.
    pub(super) fn mark(&self, block: &Block<'_>, keep: &mut Vec<(u32, Mark)>) {
        keep.retain_mut(|(row, mark)| {
            let values = self
                .columns
                .iter()
                .map(|column| Item::from_column(block.column(*column).get(*row as usize)).canonical());
            let values: Vec<_> = values.collect();
            mark.held = self.hasher.hash_one(&values);
            !values.contains(&crate::item::Canonical::Absent)
        });
    }

    /// The events with the same values, each by themselves, and the places that they have among all.
    pub(super) fn histories(
        &mut self,
        events: &[Happened<Mark>],
    ) -> impl Iterator<Item = (&[Happened<Mark>], &[u32])> {
        let event = |place: u32| events.get(place as usize).copied().unwrap_or_default();
        self.places.clear();
        self.places.extend((0_u32..).take(events.len()));
        self.places.sort_by_key(|place| event(*place).mark.held);
        self.events.clear();
        self.events.extend(self.places.iter().map(|place| event(*place)));
        let mut rest = self.places.as_slice();
        self.events.chunk_by(|a, b| a.mark.held == b.mark.held).map(move |history| {
            let (places, others) = rest.split_at(history.len().min(rest.len()));
            rest = others;
            (history, places)
        })
    }
}
