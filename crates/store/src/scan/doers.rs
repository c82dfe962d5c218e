//! Who did something, as far as chunks tell without their rows: of each event they list the people who did it.

use std::ops::RangeInclusive;

use model::PersonCode;

use super::View;
use crate::chunk::directory::EventEntry;
use crate::error::StoreError;

impl View {
    /// Tells `tell` of those in `people`, by the codes of today, who did `event` at `from_ms` or later in chunks that
    /// know it of all their people; some several times. What is left is the view of the other chunks that may have
    /// such rows, and nothing fresh.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn doers(
        &self,
        event: &str,
        from_ms: i64,
        people: &RangeInclusive<u32>,
        tell: &mut dyn FnMut(u32),
    ) -> Result<Self, StoreError> {
        let remap = &self.state.remap;
        let mut left = Vec::new();
        for listed in self.state.chunks.iter() {
            let (entry, chunk) = listed;
            let is_it = |(_, known): &(usize, &EventEntry)| known.name == event && known.last_ms >= from_ms;
            let Some((code, event)) = chunk.directory.events.iter().enumerate().find(is_it) else { continue };
            // Of the erased it is not known which of their rows are gone, nor of others whether some are in the range.
            if event.first_ms < from_ms || (entry.erasures as usize) < remap.erasures() {
                left.push(listed.clone());
                continue;
            }
            for code in chunk.reader()?.doers(code, event)? {
                let person = remap.survivor(code);
                if people.contains(&person) {
                    tell(person);
                }
            }
        }
        let mut rest = self.without_rows();
        rest.state.chunks = left.into();
        Ok(rest)
    }

    /// The view cut into what is in chunks and what is fresh.
    pub fn split_fresh(&self) -> (Self, Self) {
        let (mut chunks, mut fresh) = (self.without_rows(), self.without_rows());
        chunks.state.chunks = self.state.chunks.clone();
        fresh.state.tail.clone_from(&self.state.tail);
        (chunks, fresh)
    }

    /// The greatest code of somebody who has rows, or who stands for one; nobody is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn last_person(&self) -> Result<u32, StoreError> {
        let somebody = |code: &u32| *code != PersonCode::NOBODY.0;
        let fresh = self.state.tail.iter().flat_map(|part| &part.block.rows).map(|row| row.person);
        let mut last = fresh.filter(somebody).max().unwrap_or_default().max(self.state.remap.last_survivor());
        for (_, chunk) in self.state.chunks.iter() {
            let stripes = chunk.directory.stripes.iter().enumerate();
            let Some((index, stripe)) = stripes.rev().find(|(_, stripe)| somebody(&stripe.first_person))
            else {
                continue;
            };
            last = last.max(stripe.first_person);
            if somebody(&stripe.last_person) {
                last = last.max(stripe.last_person);
            } else {
                let mut read = |code: u32, _| last = last.max(if somebody(&code) { code } else { 0 });
                chunk.reader()?.runs(index, &mut read)?;
            }
        }
        Ok(last)
    }
}
