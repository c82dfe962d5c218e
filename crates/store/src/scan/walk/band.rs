//! People from the chunks, a band at a time.

use std::ops::RangeInclusive;

use super::order::tell;
use super::{BAND_PEOPLE_MAX, Happened, LAST_PERSON, ROWS_MAX, Row, Spread, Walk, Walker};
use crate::error::StoreError;
use crate::scan::stripes::Pick;

/// Where a chunk stands, and what was read of it beyond the band.
struct Place<M> {
    next_stripe: usize,
    kept: Vec<Row<M>>,
    /// How many of `kept` were taken.
    taken: usize,
}

/// The rows of a band and the places of the chunks.
pub(super) struct Band<M> {
    places: Vec<Place<M>>,
    /// Rows in all `kept`.
    kept_rows: usize,
    rows: Vec<Row<M>>,
    sorted: Vec<Row<M>>,
    ends: Vec<u32>,
    /// Those of one person.
    events: Vec<Happened<M>>,
    spread: Spread,
}

impl<M: Copy + Default> Band<M> {
    pub(super) fn new<W: Walker<Mark = M>>(walk: &Walk<'_, '_, W>) -> Self {
        let stripes = walk.sources.iter().flat_map(|source| {
            source.chunk.directory.stripes.iter().map(|stripe| (stripe, source.rows(stripe)))
        });
        let place = || Place { next_stripe: 0, kept: Vec::new(), taken: 0 };
        Self {
            places: std::iter::repeat_with(place).take(walk.sources.len()).collect(),
            kept_rows: 0,
            rows: Vec::new(),
            sorted: Vec::new(),
            ends: Vec::new(),
            events: Vec::new(),
            spread: Spread::new(stripes),
        }
    }

    /// Shows the walker everybody in `people`. Ranges of calls one after the other follow each other.
    pub(super) fn people<W: Walker<Mark = M>>(
        &mut self,
        walk: &mut Walk<'_, '_, W>,
        people: RangeInclusive<u32>,
        loose: &[Row<M>],
    ) -> Result<(), W::Error> {
        let (mut first, end) = (*people.start(), *people.end());
        let mut loose = loose;
        while let Some(next) = self.next_person(walk, first, loose).filter(|next| *next <= end) {
            first = next;
            let reach = end.min(first.saturating_add(BAND_PEOPLE_MAX - 1));
            let band_rows = walk.view.bounds.band_rows;
            let mut last = self.spread.reaching(first, band_rows).min(reach);
            if let Some(row) = loose.get(usize::try_from(band_rows).unwrap_or(usize::MAX)) {
                last = last.min(row.person.max(first));
            }
            self.gather(walk, first..=last)?;
            let (now, later) = loose.split_at(loose.partition_point(|row| row.person <= last));
            self.rows.extend_from_slice(now);
            loose = later;
            self.show(walk, first)?;
            first = last + 1;
        }
        Ok(())
    }

    /// The next person from `first` on who may have rows.
    fn next_person<W: Walker<Mark = M>>(
        &self,
        walk: &Walk<'_, '_, W>,
        first: u32,
        loose: &[Row<M>],
    ) -> Option<u32> {
        let places = self.places.iter().zip(&walk.sources).filter_map(|(place, source)| {
            let kept = place.kept.get(place.taken).map(|row| row.person);
            let stripes = source.chunk.directory.stripes.get(place.next_stripe..).unwrap_or_default();
            let next = stripes.iter().find(|stripe| stripe.last_person.max(stripe.first_person) >= first);
            kept.into_iter().chain(next.map(|stripe| stripe.first_person.max(first))).min()
        });
        let next = places.chain(loose.first().map(|row| row.person)).min()?;
        (next <= LAST_PERSON).then_some(next.max(first))
    }

    /// Takes the rows of the band out of every chunk.
    fn gather<W: Walker<Mark = M>>(
        &mut self,
        walk: &mut Walk<'_, '_, W>,
        band: RangeInclusive<u32>,
    ) -> Result<(), W::Error> {
        self.rows.clear();
        let (first, last) = (*band.start(), *band.end());
        for (index, place) in self.places.iter_mut().enumerate() {
            let rest = place.kept.get(place.taken..).unwrap_or_default();
            let count = rest.partition_point(|row| row.person <= last);
            self.rows.extend_from_slice(rest.get(..count).unwrap_or_default());
            place.taken += count;
            if place.taken < place.kept.len() {
                continue;
            }
            self.kept_rows -= place.kept.len();
            place.kept = Vec::new();
            place.taken = 0;
            while let Some(stripe) = walk
                .sources
                .get(index)
                .and_then(|source| source.chunk.directory.stripes.get(place.next_stripe))
            {
                let (begins, ends) = (stripe.first_person, stripe.last_person.max(stripe.first_person));
                if begins > last {
                    break;
                }
                let fits = ends >= first
                    && walk.sources.get(index).is_some_and(|source| source.may_have(place.next_stripe));
                if !fits {
                    place.next_stripe += 1;
                    continue;
                }
                let begin = self.rows.len();
                // Whoever comes in a later band, or in a later round, is kept.
                let pick = Pick { people: first..=walk.end, moved: Some(false) };
                walk.stripe(index, place.next_stripe, &pick, &mut self.rows)?;
                let own = self.rows.get(begin..).unwrap_or_default();
                let split = begin + own.partition_point(|row| row.person <= last);
                let beyond = self.rows.len() - split;
                if ends <= last {
                    place.next_stripe += 1;
                } else if self.kept_rows + beyond <= walk.view.bounds.kept_rows_max {
                    place.next_stripe += 1;
                    place.kept = self.rows.get(split..).unwrap_or_default().to_vec();
                    self.kept_rows += beyond;
                    self.rows.truncate(split);
                    break;
                } else {
                    // Read once more by the next band.
                    self.rows.truncate(split);
                    break;
                }
                if self.rows.len() > ROWS_MAX {
                    let what = "the history of one person";
                    return Err(StoreError::TooLarge { what, max: ROWS_MAX as u64 }.into());
                }
            }
            // A dictionary is not held longer than its chunk is read.
            if let Some(source) = walk.sources.get_mut(index)
                && place.next_stripe >= source.chunk.directory.stripes.len()
            {
                source.rest();
            }
        }
        Ok(())
    }

    /// Puts the rows in order, by counting those of each person, and shows them.
    fn show<W: Walker<Mark = M>>(&mut self, walk: &mut Walk<'_, '_, W>, first: u32) -> Result<(), W::Error> {
        let place = |person: u32| person.saturating_sub(first) as usize;
        let span = self.rows.iter().map(|row| place(row.person) + 1).max().unwrap_or_default();
        self.ends.clear();
        self.ends.resize(span, 0);
        for row in &self.rows {
            if let Some(count) = self.ends.get_mut(place(row.person)) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for end in &mut self.ends {
            // Where the person's rows begin; filling moves it to where they end.
            sum += std::mem::replace(end, sum);
        }
        // Every row has its slot, so what stood there need not be cleared.
        self.sorted.resize(self.rows.len(), Row::default());
        for row in &self.rows {
            let Some(next) = self.ends.get_mut(place(row.person)) else { continue };
            if let Some(slot) = self.sorted.get_mut(*next as usize) {
                *slot = *row;
            }
            *next += 1;
        }
        let mut begin = 0;
        for (person, end) in (first..).zip(&self.ends) {
            let end = *end as usize;
            let Some(rows) = self.sorted.get_mut(begin..end).filter(|rows| !rows.is_empty()) else {
                continue;
            };
            begin = end;
            walk.places.sort(rows, &walk.sources)?;
            tell(rows, &mut self.events);
            walk.walker.person(person, &self.events)?;
        }
        Ok(())
    }
}
