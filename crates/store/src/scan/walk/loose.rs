//! Rows that do not stand where their person is: fresh ones, and those of codes that were merged away.

use super::{ROWS_MAX, Row, Walk, Walker};
use crate::error::StoreError;
use crate::scan::fresh;
use crate::scan::stripes::Pick;

/// Loose rows, and the last person of whom all are there.
type Round<M> = (Vec<Row<M>>, u32);

impl<W: Walker> Walk<'_, '_, W> {
    /// The loose rows of people from `first` on, by person, time and arrival, and the last person whose rows
    /// are all there: `end`, or an earlier one where there are too many.
    pub(super) fn loose(&mut self, first: u32, end: u32) -> Result<Round<W::Mark>, W::Error> {
        self.places.begin_round();
        let mut last = end;
        let mut rows: Vec<Row<W::Mark>> = Vec::new();
        let view = self.view;
        let bound = view.bounds.loose_rows_max;
        for part in &view.state.tail {
            let pick = Pick { people: first..=last, moved: None };
            let Some(read) = fresh::read(part, (self.scan, &view.state.remap), &mut self.names, &pick) else {
                continue;
            };
            self.read = read;
            self.add_loose(&mut rows)?;
            last = self.shorten(&mut rows, last, bound)?;
        }
        let moved = view.state.remap.moved_to(first..=last);
        for source in 0..self.sources.len() {
            for index in self.stripes_with(source, &moved) {
                let pick = Pick { people: first..=last, moved: Some(true) };
                let Some(read_from) = self.sources.get_mut(source) else { continue };
                if !read_from.read(index, &pick, true, &mut self.read)? {
                    continue;
                }
                self.add_loose(&mut rows)?;
                last = self.shorten(&mut rows, last, bound)?;
            }
        }
        let places = &self.places;
        rows.sort_unstable_by_key(|row| (row.person, row.time_ms, places.loose(row.at)));
        self.places.renumber(&mut rows)?;
        Ok((rows, last))
    }

    /// The stripes in which one of `codes`, which are sorted, may have rows.
    fn stripes_with(&self, source: usize, codes: &[u32]) -> Vec<usize> {
        let Some(source) = self.sources.get(source) else { return Vec::new() };
        let stripes = source.chunk.directory.stripes.iter().enumerate();
        let touched = stripes.filter(|(index, stripe)| stripe.has_one_of(codes) && source.may_have(*index));
        touched.map(|(index, _)| index).collect()
    }

    /// Lets go of the people at the end where there are too many rows; they come in a later round.
    fn shorten(&mut self, rows: &mut Vec<Row<W::Mark>>, last: u32, bound: usize) -> Result<u32, StoreError> {
        if rows.len() <= bound {
            return Ok(last);
        }
        let mut people: Vec<u32> = rows.iter().map(|row| row.person).collect();
        let middle = people.len() / 2;
        let (before, middle, _) = people.select_nth_unstable(middle);
        // The person in the middle goes too, unless there is nobody before.
        let kept = before.iter().filter(|person| *person < middle).max().copied().unwrap_or(*middle);
        rows.retain(|row| row.person <= kept);
        if rows.len() > ROWS_MAX {
            return Err(StoreError::TooLarge { what: "the history of one person", max: ROWS_MAX as u64 });
        }
        self.places.renumber(rows)?;
        Ok(kept)
    }
}
