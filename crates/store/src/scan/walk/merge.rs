//! People from the chunks: of every chunk a stripe is held, and whoever comes first is put together from all.

use std::ops::RangeInclusive;

use super::order::History;
use super::{Happened, ROWS_MAX, Row, Walk, Walker};
use crate::error::StoreError;
use crate::scan::stripes::Pick;

/// In the place of a person: the chunk has no more.
const NOBODY_LEFT: u32 = u32::MAX;

/// Rows of one stripe: whose each is, its number in the chunk, and what is told of it.
pub(super) struct Lot<M> {
    pub(super) people: Vec<u32>,
    pub(super) at: Vec<u32>,
    pub(super) events: Vec<Happened<M>>,
}

impl<M> Lot<M> {
    fn truncate(&mut self, rows: usize) {
        self.people.truncate(rows);
        self.at.truncate(rows);
        self.events.truncate(rows);
        // There are so many chunks that all together take too much.
        self.people.shrink_to_fit();
        self.at.shrink_to_fit();
        self.events.shrink_to_fit();
    }
}

/// Where a chunk stands, and what was read of it and not yet shown.
struct Place<M> {
    next_stripe: usize,
    /// Whoever comes before was shown.
    first: u32,
    lot: Lot<M>,
    /// How many rows of it were shown.
    taken: usize,
}

/// The places of the chunks.
pub(super) struct Merge<M> {
    places: Vec<Place<M>>,
    /// The next person of each chunk.
    heads: Vec<u32>,
    /// Rows in all lots.
    rows: usize,
    history: History<M>,
}

impl<M: Copy + Default> Merge<M> {
    /// Stands before the first of `walk`'s people, who is `first`.
    pub(super) fn new<W: Walker<Mark = M>>(walk: &mut Walk<'_, '_, W>, first: u32) -> Result<Self, W::Error> {
        let lot = || Lot { people: Vec::new(), at: Vec::new(), events: Vec::new() };
        let place = || Place { next_stripe: 0, first, lot: lot(), taken: 0 };
        let count = walk.sources.len();
        let mut merge = Self {
            places: std::iter::repeat_with(place).take(count).collect(),
            heads: vec![NOBODY_LEFT; count],
            rows: 0,
            history: History::default(),
        };
        for source in 0..count {
            merge.load(walk, source)?;
        }
        Ok(merge)
    }

    /// Shows the walker everybody in `people`. Ranges of calls one after the other follow each other; `loose` are
    /// the rows of these people that stand elsewhere, by person.
    pub(super) fn people<W: Walker<Mark = M>>(
        &mut self,
        walk: &mut Walk<'_, '_, W>,
        people: RangeInclusive<u32>,
        mut loose: &[Row<M>],
    ) -> Result<(), W::Error> {
        loop {
            let head = self.heads.iter().copied().min().unwrap_or(NOBODY_LEFT);
            let person = loose.first().map_or(head, |row| row.person.min(head));
            if person == NOBODY_LEFT || person > *people.end() {
                return Ok(());
            }
            self.history.clear();
            if person == head {
                for source in 0..self.heads.len() {
                    if self.heads.get(source) == Some(&person) {
                        self.take(walk, source, person)?;
                    }
                }
            }
            let own = loose.iter().take_while(|row| row.person == person).count();
            let (own, others) = loose.split_at(own);
            self.history.add_loose(own);
            loose = others;
            self.history.order(&mut walk.places, &walk.sources)?;
            walk.walker.person(person, self.history.events())?;
        }
    }

    /// Takes everything that a chunk has of `person`.
    fn take<W: Walker<Mark = M>>(
        &mut self,
        walk: &mut Walk<'_, '_, W>,
        source: usize,
        person: u32,
    ) -> Result<(), W::Error> {
        while self.heads.get(source) == Some(&person) {
            let Some(place) = self.places.get_mut(source) else { return Ok(()) };
            let rest = place.lot.people.get(place.taken..).unwrap_or_default();
            let end = place.taken + rest.iter().take_while(|other| **other == person).count();
            let range = place.taken..end;
            let at = place.lot.at.get(range.clone()).unwrap_or_default();
            self.history.add(source, at, place.lot.events.get(range).unwrap_or_default())?;
            if self.history.events().len() > ROWS_MAX {
                let what = "the history of one person";
                return Err(StoreError::TooLarge { what, max: ROWS_MAX as u64 }.into());
            }
            place.taken = end;
            match place.lot.people.get(end) {
                Some(next) => {
                    if let Some(head) = self.heads.get_mut(source) {
                        *head = *next;
                    }
                }
                None => self.load(walk, source)?,
            }
        }
        Ok(())
    }

    /// Reads on in a chunk whose lot was shown.
    fn load<W: Walker<Mark = M>>(
        &mut self,
        walk: &mut Walk<'_, '_, W>,
        source: usize,
    ) -> Result<(), W::Error> {
        let count = self.places.len();
        let (Some(place), Some(head)) = (self.places.get_mut(source), self.heads.get_mut(source)) else {
            return Ok(());
        };
        self.rows -= place.lot.people.len();
        place.taken = 0;
        *head = NOBODY_LEFT;
        loop {
            place.lot.people.clear();
            place.lot.at.clear();
            place.lot.events.clear();
            let Some(read_from) = walk.sources.get_mut(source) else { return Ok(()) };
            let next = read_from.chunk.directory.stripes.get(place.next_stripe);
            let Some(stripe) = next.filter(|stripe| stripe.first_person <= walk.end) else {
                // A dictionary is not held longer than its chunk is read.
                read_from.rest();
                return Ok(());
            };
            let ends = stripe.last_person.max(stripe.first_person);
            place.next_stripe += 1;
            if ends < place.first || !read_from.may_have(place.next_stripe - 1) {
                continue;
            }
            let pick = Pick { people: place.first..=walk.end, moved: Some(false) };
            walk.stripe(source, place.next_stripe - 1, &pick, &mut place.lot)?;
            let Some(first) = place.lot.people.first() else { continue };
            *head = *first;
            let (rows, rows_max) = (place.lot.people.len(), walk.view.bounds.kept_rows_max);
            let share = (rows_max / count.max(1)).max(1);
            if self.rows + rows > rows_max
                && let Some(last) = place.lot.people.get(share - 1).copied()
            {
                // The stripe is read once more for the others.
                let kept = place.lot.people.partition_point(|person| *person <= last);
                if kept < rows {
                    place.lot.truncate(kept);
                    place.next_stripe -= 1;
                    place.first = last + 1;
                }
            }
            self.rows += place.lot.people.len();
            return Ok(());
        }
    }
}
