//! Reading by people: everything of one person at a time, in the order in which it happened.
//!
//! Chunks are sorted by stored person, so of each a stripe is held, and everybody is put together from all, one
//! after the other. Rows that do not stand where their person is - fresh ones, and those of codes that were
//! merged away - are gathered before, for so many people as memory allows.
//!
//! Within a chunk rows stand in order. Their places in the journal are read only where rows of two chunks
//! bear the same time, which is rare.
//!
//! Modules in reading order: `merge` (people from the chunks), `order` (one person's rows), `loose` (rows that
//! stand elsewhere), `spread` (how people are shared out between threads).

mod loose;
mod merge;
mod order;
mod spread;

use std::ops::RangeInclusive;

use model::PersonCode;

use super::stripes::{Pick, Read, Source};
use super::{Block, Names, Scan, ScanStats, View};
use crate::chunk::STRIPE_ROWS;
use crate::error::StoreError;
use merge::{Lot, Merge};
use order::Places;
use spread::Spread;

/// The most rows of one person.
const ROWS_MAX: usize = 4_000_000;

/// Something that happened, with what a walker remembers of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Happened<M> {
    /// When, milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// What the walker remembers.
    pub mark: M,
}

/// Somebody who looks at people one by one.
pub trait Walker {
    /// What is remembered of a row until its person is complete; small.
    type Mark: Copy + Default;
    /// Why walking may end early.
    type Error: From<StoreError>;

    /// Puts into `keep` those of `block.rows()` that are needed, in their order, with what is to be remembered.
    ///
    /// # Errors
    /// Whatever ends the walk.
    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, Self::Mark)>) -> Result<(), Self::Error>;

    /// Takes everything of one person that was kept, by time and, at the same time, by arrival. Never empty.
    ///
    /// # Errors
    /// Whatever ends the walk.
    fn person(&mut self, person: u32, events: &[Happened<Self::Mark>]) -> Result<(), Self::Error>;
}

/// A row of somebody who is not complete yet.
#[derive(Clone, Copy, Default)]
struct Row<M> {
    time_ms: i64,
    person: u32,
    /// The chunk that it stands in, by its number among the sources, or `LOOSE`.
    source: u32,
    /// Its number in the chunk, or among the loose rows.
    at: u32,
    mark: M,
}

/// In the place of a row's source: it does not stand where its person is.
const LOOSE: u32 = u32::MAX;

impl View {
    /// Cuts all people into at most `parts` ranges with about the same number of rows, for as many threads.
    pub fn shares(&self, parts: usize) -> Vec<RangeInclusive<u32>> {
        let stripes = self.state.chunks.iter().flat_map(|(_, chunk)| &chunk.directory.stripes);
        let spread = Spread::new(stripes.map(|stripe| (stripe, stripe.rows)));
        let parts =
            parts.min(usize::try_from(spread.rows() / self.bounds.share_rows_min.max(1)).unwrap_or(1)).max(1);
        let mut shares = Vec::with_capacity(parts);
        let mut first = 0;
        for _ in 1..parts {
            let last = spread.reaching(first, spread.rows() / parts as u64).min(LAST_PERSON);
            if last < LAST_PERSON {
                shares.push(first..=last);
                first = last + 1;
            }
        }
        shares.push(first..=LAST_PERSON);
        shares
    }

    /// Shows `walker` the people in `people` one by one, apart from rows that are nobody's.
    ///
    /// # Errors
    /// What `walker` says, and [`StoreError`] as that type.
    pub fn walk<W: Walker>(
        &self,
        scan: &Scan,
        people: RangeInclusive<u32>,
        walker: &mut W,
    ) -> Result<ScanStats, W::Error> {
        let (mut first, end) = (*people.start(), (*people.end()).min(LAST_PERSON));
        let mut names = Names::of(scan);
        let mut stats = ScanStats::default();
        let mut sources = Vec::with_capacity(self.state.chunks.len());
        for listed in self.state.chunks.iter() {
            match Source::new(listed, (scan, &self.state.remap), &mut names) {
                Some(source) => sources.push(source),
                None => stats.rows_skipped += count_of(&listed.1.directory.stripes, &people),
            }
        }
        // Rows of a person then mostly come in order.
        sources.sort_by_key(|source| source.chunk.header.min_ms);
        let (places, read, kept) = (Places::default(), Read::default(), Vec::new());
        let mut walk = Walk { view: self, scan, end, names, sources, walker, places, read, kept };
        walk.count(&people, &mut stats);
        let mut merge = Merge::new(&walk, first);
        while first <= end {
            let (loose, last) = walk.loose(first, end)?;
            merge.people(&mut walk, first..=last, &loose)?;
            first = last + 1;
        }
        Ok(stats)
    }
}

/// The greatest code of somebody.
const LAST_PERSON: u32 = PersonCode::NOBODY.0 - 1;

/// A walk under way.
struct Walk<'a, 'w, W: Walker> {
    view: &'a View,
    scan: &'a Scan,
    /// The last person of the share.
    end: u32,
    names: Names,
    sources: Vec<Source<'a>>,
    walker: &'w mut W,
    /// Places in the journal, where they were needed.
    places: Places,
    /// What was read last, and what the walker kept of it; here for their memory.
    read: Read,
    kept: Vec<(u32, W::Mark)>,
}

impl<W: Walker> Walk<'_, '_, W> {
    /// What is read and what is not, each stripe once, in the share that its first person is in.
    fn count(&self, people: &RangeInclusive<u32>, stats: &mut ScanStats) {
        for source in &self.sources {
            for (index, stripe) in source.chunk.directory.stripes.iter().enumerate() {
                if people.contains(&stripe.first_person) {
                    let rows = if source.may_have(index) { source.rows_read(stripe) } else { 0 };
                    stats.rows_read += rows;
                    stats.rows_skipped += u64::from(stripe.rows) - rows;
                }
            }
        }
        if *people.start() == 0 {
            stats.rows_read +=
                self.view.state.tail.iter().map(|part| part.block.rows.len() as u64).sum::<u64>();
        }
    }

    /// Takes up the rows of a stripe, with their marks.
    fn stripe(
        &mut self,
        source: usize,
        index: usize,
        pick: &Pick,
        lot: &mut Lot<W::Mark>,
    ) -> Result<(), W::Error> {
        let Self { read, kept, walker, names, sources, .. } = self;
        let Some(source) = sources.get_mut(source) else { return Ok(()) };
        if !source.read(index, pick, false, read)? {
            return Ok(());
        }
        kept.clear();
        walker.mark(&read.block(names), kept)?;
        let first = number(index * STRIPE_ROWS)?;
        let time = |row: u32| read.times.get(row as usize).copied().unwrap_or_default();
        lot.share_out(kept, read);
        lot.at.extend(kept.iter().map(|(row, _)| first + row));
        lot.events.extend(kept.iter().map(|(row, mark)| Happened { time_ms: time(*row), mark: *mark }));
        Ok(())
    }

    /// Takes up what was read last as loose rows.
    fn add_loose(&mut self, out: &mut Vec<Row<W::Mark>>) -> Result<(), W::Error> {
        let Self { read, kept, walker, names, places, .. } = self;
        kept.clear();
        walker.mark(&read.block(names), kept)?;
        for (row, mark) in kept.iter() {
            let place = *row as usize;
            let person = read.people.get(place).copied().unwrap_or_default();
            let time_ms = read.times.get(place).copied().unwrap_or_default();
            let offset = read.offsets.get(place).copied().unwrap_or_default();
            let at = places.add_loose(offset.cast_unsigned())?;
            out.push(Row { time_ms, person, source: LOOSE, at, mark: *mark });
        }
        Ok(())
    }
}

fn number(number: usize) -> Result<u32, StoreError> {
    let too_large = StoreError::TooLarge { what: "the archive of a workspace", max: u64::from(u32::MAX) };
    u32::try_from(number).map_err(|_| too_large)
}

/// The rows of stripes that begin with one of `people`.
fn count_of(stripes: &[crate::chunk::directory::Stripe], people: &RangeInclusive<u32>) -> u64 {
    let own = stripes.iter().filter(|stripe| people.contains(&stripe.first_person));
    own.map(|stripe| u64::from(stripe.rows)).sum()
}
