//! Reading by people: everything of one person at a time, in the order in which it happened.
//!
//! Chunks are sorted by stored person, so the people are gone through in bands: of every chunk the stripes
//! that reach into the band are read once, what lies beyond is kept for the next band, and the rows of the
//! band are put in order by counting. Rows that do not stand where their person is - fresh ones, and those
//! of codes that were merged away - are gathered before, for so many people as memory allows.
//!
//! Modules in reading order: `band` (people from the chunks), `loose` (rows that stand elsewhere).

mod band;
mod loose;

use std::ops::RangeInclusive;

use model::PersonCode;

use super::stripes::{Pick, Read, Source};
use super::{Block, Names, Scan, ScanStats, View};
use crate::error::StoreError;
use band::Band;

/// The most people of a band, whether they have rows or not.
const BAND_PEOPLE_MAX: u32 = 1 << 20;
/// The most rows of a band. Only a single person, or very uneven people, can bring so many.
const ROWS_MAX: usize = 4_000_000;

/// Something that happened, with what a walker remembers of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Happened<M> {
    /// When, milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// Its place in the journal.
    pub offset: u64,
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

/// A row whose person is not complete yet.
type Row<M> = (u32, Happened<M>);

impl View {
    /// Cuts all people into at most `parts` ranges with about the same number of rows, for as many threads.
    pub fn shares(&self, parts: usize) -> Vec<RangeInclusive<u32>> {
        let spread = band::Spread::new(&self.state);
        let parts =
            parts.min(usize::try_from(spread.rows() / self.bounds.share_rows_min.max(1)).unwrap_or(1)).max(1);
        let mut shares = Vec::with_capacity(parts);
        let mut first = 0;
        for _ in 1..parts {
            let last = spread.reaching(first, LAST_PERSON, spread.rows() / parts as u64);
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
        let mut walk = Walk { view: self, scan, end, names, sources, walker };
        walk.count(&people, &mut stats);
        let mut band = Band::new(walk.sources.len());
        while first <= end {
            let (loose, last) = walk.loose(first, end)?;
            band.people(&mut walk, first..=last, &loose)?;
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
}

impl<W: Walker> Walk<'_, '_, W> {
    /// What is read and what is not, each stripe once, in the share that its first person is in.
    fn count(&self, people: &RangeInclusive<u32>, stats: &mut ScanStats) {
        for source in &self.sources {
            for (index, stripe) in source.chunk.directory.stripes.iter().enumerate() {
                if people.contains(&stripe.first_person) {
                    let slot =
                        if source.may_have(index) { &mut stats.rows_read } else { &mut stats.rows_skipped };
                    *slot += u64::from(stripe.rows);
                }
            }
        }
        if *people.start() == 0 {
            stats.rows_read +=
                self.view.state.tail.iter().map(|part| part.block.rows.len() as u64).sum::<u64>();
        }
    }

    /// Rows of a stripe with their marks.
    fn stripe(
        &mut self,
        source: usize,
        index: usize,
        pick: &Pick,
        out: &mut Vec<Row<W::Mark>>,
    ) -> Result<(), W::Error> {
        let Some(source) = self.sources.get_mut(source) else { return Ok(()) };
        let Some(read) = source.read(index, pick, true)? else { return Ok(()) };
        self.keep(&read, out)
    }

    fn keep(&mut self, read: &Read, out: &mut Vec<Row<W::Mark>>) -> Result<(), W::Error> {
        let mut kept = Vec::with_capacity(read.rows.len());
        self.walker.mark(&read.block(&self.names), &mut kept)?;
        out.extend(kept.into_iter().filter_map(|(row, mark)| {
            let row = row as usize;
            let (time_ms, offset) = (*read.times.get(row)?, *read.offsets.get(row)?);
            Some((*read.people.get(row)?, Happened { time_ms, offset, mark }))
        }));
        Ok(())
    }
}

/// The rows of stripes that begin with one of `people`.
fn count_of(stripes: &[crate::chunk::directory::Stripe], people: &RangeInclusive<u32>) -> u64 {
    let own = stripes.iter().filter(|stripe| people.contains(&stripe.first_person));
    own.map(|stripe| u64::from(stripe.rows)).sum()
}
