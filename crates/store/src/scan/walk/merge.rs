//! People from the chunks: whoever comes first is put together from all that have rows of them. A chunk is looked
//! at only from its first person to its last, so that of a run one chunk at a time is held, and of it a stripe.

use std::ops::RangeInclusive;

use super::order::History;
use super::{Happened, ROWS_MAX, Row, Walk, Walker};
use crate::error::StoreError;
use crate::scan::stripes::{Pick, Read, Source};

/// In the place of a person: the chunk has no more.
const NOBODY_LEFT: u32 = u32::MAX;

/// Rows of one stripe: whose they are, the number of each in the chunk, and what is told of it.
pub(super) struct Lot<M> {
    /// People one after the other, each with the place behind the last of their rows.
    runs: Vec<(u32, usize)>,
    pub(super) at: Vec<u32>,
    pub(super) events: Vec<Happened<M>>,
}

impl<M> Default for Lot<M> {
    fn default() -> Self {
        Self { runs: Vec::new(), at: Vec::new(), events: Vec::new() }
    }
}

impl<M> Lot<M> {
    /// Finds whose the rows are that were kept of those that were read.
    pub(super) fn share_out(&mut self, kept: &[(u32, M)], read: &Read) {
        if kept.len() == read.rows.len() {
            self.runs.extend_from_slice(&read.runs);
            return;
        }
        let mut next = 0;
        for (person, end) in &read.runs {
            let last = end.checked_sub(1).and_then(|last| read.rows.get(last)).copied().unwrap_or_default();
            let rest = kept.get(next..).unwrap_or_default();
            let own = rest.iter().take_while(|(row, _)| *row <= last).count();
            next += own;
            if own > 0 {
                self.runs.push((*person, next));
            }
        }
    }

    fn clear(&mut self) {
        self.runs.clear();
        self.at.clear();
        self.events.clear();
    }

    /// Where the rows of the person begin who is the one of that number.
    fn begin(&self, run: usize) -> usize {
        run.checked_sub(1).and_then(|before| self.runs.get(before)).map_or(0, |(_, end)| *end)
    }

    /// Keeps the people up to the one of whom the row at `place` is; that person, if there are others.
    fn cut_behind(&mut self, place: usize) -> Option<u32> {
        let (last, _) = *self.runs.get(self.runs.partition_point(|(_, end)| *end <= place))?;
        let runs = self.runs.partition_point(|(person, _)| *person <= last);
        if runs == self.runs.len() {
            return None;
        }
        let rows = self.begin(runs);
        self.runs.truncate(runs);
        self.at.truncate(rows);
        self.events.truncate(rows);
        // There are so many chunks that all together take too much.
        self.runs.shrink_to_fit();
        self.at.shrink_to_fit();
        self.events.shrink_to_fit();
        Some(last)
    }
}

/// Where a chunk stands, and what was read of it and not yet shown.
struct Place<M> {
    next_stripe: usize,
    /// Whoever comes before was shown.
    first: u32,
    lot: Lot<M>,
    /// How many of its people were shown.
    taken: usize,
}

/// The places of the chunks.
pub(super) struct Merge<M> {
    places: Vec<Place<M>>,
    /// Chunks of which a stripe is held: the next person and the source, by source.
    open: Vec<(u32, usize)>,
    /// Chunks that were not looked at yet: who may be the first, and the source; the next one stands last.
    closed: Vec<(u32, usize)>,
    /// Rows in all lots.
    rows: usize,
    history: History<M>,
}

impl<M: Copy + Default> Merge<M> {
    /// Stands before the first of `walk`'s people, who is `first`.
    pub(super) fn new<W: Walker<Mark = M>>(walk: &Walk<'_, '_, W>, first: u32) -> Self {
        let place = || Place { next_stripe: 0, first, lot: Lot::default(), taken: 0 };
        let begins = |(source, from): (usize, &Source<'_>)| {
            let mut stripes = from.chunk.directory.stripes.iter();
            let stripe = stripes.find(|stripe| stripe.last_person.max(stripe.first_person) >= first)?;
            Some((stripe.first_person.max(first), source))
        };
        let mut closed: Vec<(u32, usize)> = walk.sources.iter().enumerate().filter_map(begins).collect();
        closed.sort_unstable_by(|a, b| b.cmp(a));
        Self {
            places: std::iter::repeat_with(place).take(walk.sources.len()).collect(),
            open: Vec::new(),
            closed,
            rows: 0,
            history: History::default(),
        }
    }

    /// Shows the walker everybody in `people`. Ranges of calls one after the other follow each other; `loose` are
    /// the rows of these people that stand elsewhere, by person.
    pub(super) fn people<W: Walker<Mark = M>>(
        &mut self,
        walk: &mut Walk<'_, '_, W>,
        people: RangeInclusive<u32>,
        mut loose: &[Row<M>],
    ) -> Result<(), W::Error> {
        let end = *people.end();
        loop {
            let head = self.open.iter().map(|(head, _)| *head).min().unwrap_or(NOBODY_LEFT);
            let person = loose.first().map_or(head, |row| row.person.min(head));
            if let Some((_, source)) = self.closed.pop_if(|(begins, _)| *begins <= person.min(end)) {
                self.open(walk, source)?;
                continue;
            }
            if person == NOBODY_LEFT || person > end {
                return Ok(());
            }
            self.history.clear();
            if person == head {
                let mut index = 0;
                while let Some((next, source)) = self.open.get(index).copied() {
                    let next = if next == person { self.take(walk, source, person)? } else { next };
                    if next == NOBODY_LEFT {
                        self.open.remove(index);
                        continue;
                    }
                    if let Some((head, _)) = self.open.get_mut(index) {
                        *head = next;
                    }
                    index += 1;
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

    /// Begins to look at a chunk.
    fn open<W: Walker<Mark = M>>(
        &mut self,
        walk: &mut Walk<'_, '_, W>,
        source: usize,
    ) -> Result<(), W::Error> {
        let head = self.load(walk, source)?;
        if head != NOBODY_LEFT {
            let index = self.open.partition_point(|(_, other)| *other < source);
            self.open.insert(index, (head, source));
        }
        Ok(())
    }

    /// Takes everything that a chunk has of `person`, who is its next; who comes then.
    fn take<W: Walker<Mark = M>>(
        &mut self,
        walk: &mut Walk<'_, '_, W>,
        source: usize,
        person: u32,
    ) -> Result<u32, W::Error> {
        loop {
            let Some(place) = self.places.get_mut(source) else { return Ok(NOBODY_LEFT) };
            if let Some((_, end)) = place.lot.runs.get(place.taken) {
                let range = place.lot.begin(place.taken)..*end;
                let at = place.lot.at.get(range.clone()).unwrap_or_default();
                self.history.add(source, at, place.lot.events.get(range).unwrap_or_default())?;
            }
            if self.history.events().len() > ROWS_MAX {
                let what = "the history of one person";
                return Err(StoreError::TooLarge { what, max: ROWS_MAX as u64 }.into());
            }
            place.taken += 1;
            let next = match place.lot.runs.get(place.taken) {
                Some((next, _)) => *next,
                None => self.load(walk, source)?,
            };
            if next != person {
                return Ok(next);
            }
        }
    }

    /// Reads on in a chunk whose lot was shown; who comes next.
    fn load<W: Walker<Mark = M>>(
        &mut self,
        walk: &mut Walk<'_, '_, W>,
        source: usize,
    ) -> Result<u32, W::Error> {
        let count = self.open.len();
        let Some(place) = self.places.get_mut(source) else { return Ok(NOBODY_LEFT) };
        self.rows -= place.lot.events.len();
        place.taken = 0;
        loop {
            place.lot.clear();
            let Some(read_from) = walk.sources.get_mut(source) else { return Ok(NOBODY_LEFT) };
            let next = read_from.chunk.directory.stripes.get(place.next_stripe);
            let Some(stripe) = next.filter(|stripe| stripe.first_person <= walk.end) else {
                // Neither rows nor dictionaries are held longer than the chunk is read.
                place.lot = Lot::default();
                read_from.rest();
                return Ok(NOBODY_LEFT);
            };
            let ends = stripe.last_person.max(stripe.first_person);
            place.next_stripe += 1;
            if ends < place.first || !read_from.may_have(place.next_stripe - 1) {
                continue;
            }
            let pick = Pick { people: place.first..=walk.end, moved: Some(false) };
            walk.stripe(source, place.next_stripe - 1, &pick, &mut place.lot)?;
            let Some((first, _)) = place.lot.runs.first().copied() else { continue };
            let rows_max = walk.view.bounds.kept_rows_max;
            let share = (rows_max / (count + 1)).max(1);
            if self.rows + place.lot.events.len() > rows_max
                && let Some(last) = place.lot.cut_behind(share - 1)
            {
                // The stripe is read once more for the others.
                place.next_stripe -= 1;
                place.first = last + 1;
            }
            self.rows += place.lot.events.len();
            return Ok(first);
        }
    }
}
