//! Reading a chunk, a stripe at a time.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::property::Property;
use super::{Block, Names, Scan, ScanStats};
use crate::chunk::column::Column;
use crate::chunk::directory::{Fixed, Stripe};
use crate::chunk::read::{Chunk, Reader};
use crate::error::StoreError;
use crate::remap::Remap;
use crate::workspace::Listed;

/// Visits every stripe of a chunk that has a row that fits.
pub(super) fn scan<E: From<StoreError>>(
    listed: &Listed,
    (scan, remap): (&Scan, &Remap),
    names: &mut Names,
    stats: &mut ScanStats,
    visit: &mut dyn FnMut(&Block<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let Some(mut source) = Source::new(listed, (scan, remap), names) else {
        stats.rows_skipped += u64::from(listed.1.header.rows);
        return Ok(());
    };
    for (index, stripe) in listed.1.directory.stripes.iter().enumerate() {
        if !source.may_have(index) {
            stats.rows_skipped += u64::from(stripe.rows);
            continue;
        }
        stats.rows_read += u64::from(stripe.rows);
        let Some(read) = source.read(index, &Pick::EVERYBODY, false)? else { continue };
        visit(&read.block(names))?;
    }
    Ok(())
}

/// Whose rows are wanted.
pub(super) struct Pick {
    /// By the code that stands for the person today.
    pub(super) people: RangeInclusive<u32>,
    /// Rows that bear this code themselves, or those that bear one that was merged into it; both if `None`.
    pub(super) moved: Option<bool>,
}

impl Pick {
    pub(super) const EVERYBODY: Self = Self { people: 0..=u32::MAX, moved: None };

    /// Whether the row of `stored`, who is `person` today, is wanted.
    pub(super) fn takes(&self, stored: u32, person: u32) -> bool {
        self.people.contains(&person) && self.moved.is_none_or(|moved| moved == (stored != person))
    }
}

/// A chunk of which stripes are read.
pub(super) struct Source<'a> {
    pub(super) chunk: &'a Arc<Chunk>,
    scan: &'a Scan,
    remap: &'a Remap,
    /// The chunk's own event codes, translated to those of the scan.
    numbers: Vec<Option<u32>>,
    /// Found when the first stripe is read.
    properties: Option<Vec<Property<'a>>>,
    /// Whether somebody was erased since the chunk was last cleaned of the erased.
    has_erased: bool,
}

/// What was read of a stripe, and which of its rows fit.
pub(super) struct Read {
    pub(super) rows: Vec<u32>,
    pub(super) times: Vec<i64>,
    pub(super) people: Vec<u32>,
    pub(super) events: Vec<u32>,
    /// Places in the journal, if they were asked for.
    pub(super) offsets: Vec<u64>,
    pub(super) columns: Vec<Column>,
}

impl Read {
    pub(super) fn block<'a>(&'a self, names: &'a Names) -> Block<'a> {
        Block {
            rows: &self.rows,
            times: &self.times,
            people: &self.people,
            events: &self.events,
            names: &names.list,
            columns: &self.columns,
        }
    }
}

impl<'a> Source<'a> {
    /// `None` if the chunk has no row that fits.
    pub(super) fn new(
        (entry, chunk): &'a Listed,
        (scan, remap): (&'a Scan, &'a Remap),
        names: &mut Names,
    ) -> Option<Self> {
        let numbers: Vec<Option<u32>> =
            chunk.directory.events.iter().map(|event| names.number(&event.name)).collect();
        let outside = chunk.header.max_ms < scan.from_ms || chunk.header.min_ms >= scan.to_ms;
        if outside || numbers.iter().all(Option::is_none) {
            return None;
        }
        let has_erased = (entry.erasures as usize) < remap.erasures();
        Some(Self { chunk, scan, remap, numbers, properties: None, has_erased })
    }

    /// Whether a row of the stripe may fit, by what the directory says.
    pub(super) fn may_have(&self, index: usize) -> bool {
        let Some(stripe) = self.chunk.directory.stripes.get(index) else { return false };
        let wanted = |(code, _): &(u32, u32)| self.numbers.get(*code as usize).copied().flatten().is_some();
        stripe.max_ms >= self.scan.from_ms
            && stripe.min_ms < self.scan.to_ms
            && stripe.events.iter().any(wanted)
    }

    /// The columns of a stripe, if a row of it fits.
    pub(super) fn read(
        &mut self,
        index: usize,
        pick: &Pick,
        with_offsets: bool,
    ) -> Result<Option<Read>, StoreError> {
        let Some(stripe) = self.chunk.directory.stripes.get(index) else { return Ok(None) };
        // Opened for each stripe: a question over many chunks must not run out of descriptors.
        let reader = self.chunk.reader()?;
        let Some(mut read) = self.select(&reader, (index, stripe), pick, with_offsets)? else {
            return Ok(None);
        };
        if self.properties.is_none() {
            let find = |name: &'a String| Property::find(&reader, name);
            self.properties = Some(self.scan.properties.iter().map(find).collect::<Result<_, _>>()?);
        }
        for property in self.properties.iter().flatten() {
            read.columns.push(property.read(&reader, index)?);
        }
        Ok(Some(read))
    }

    /// The fixed columns of a stripe, if a row of it fits.
    fn select(
        &self,
        reader: &Reader,
        (index, stripe): (usize, &Stripe),
        pick: &Pick,
        with_offsets: bool,
    ) -> Result<Option<Read>, StoreError> {
        let (scan, remap) = (self.scan, self.remap);
        let codes = reader.numbers(Fixed::Event, index)?;
        let times = reader.numbers(Fixed::Time, index)?;
        let mut rows = Vec::with_capacity(codes.len());
        let mut events = Vec::with_capacity(codes.len());
        for ((row, code), time) in (0_u32..).zip(&codes).zip(&times) {
            let number =
                usize::try_from(*code).ok().and_then(|code| self.numbers.get(code).copied().flatten());
            events.push(number.unwrap_or_default());
            if number.is_some() && *time >= scan.from_ms && *time < scan.to_ms {
                rows.push(row);
            }
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let mut people = Vec::with_capacity(codes.len());
        for code in reader.numbers(Fixed::Person, index)? {
            people.push(u32::try_from(code).map_err(|_| reader.damaged("a person"))?);
        }
        let erased = self.has_erased && remap.may_have_erased(stripe.first_person, stripe.last_person);
        let mut offsets = Vec::new();
        if erased || with_offsets {
            offsets =
                reader.numbers(Fixed::Offset, index)?.into_iter().map(i64::cast_unsigned).collect::<Vec<_>>();
        }
        if erased {
            rows.retain(|row| match (people.get(*row as usize), offsets.get(*row as usize)) {
                (Some(person), Some(offset)) => !remap.is_erased(*person, *offset),
                _ => false,
            });
        }
        self.resolve(&mut people, &mut rows, pick);
        let read = Read { rows, times, people, events, offsets, columns: Vec::new() };
        Ok((!read.rows.is_empty()).then_some(read))
    }

    /// Puts the codes of today in the place of those stored, and takes out the rows of other people.
    fn resolve(&self, people: &mut [u32], rows: &mut Vec<u32>, pick: &Pick) {
        let everybody = pick.people == (0..=u32::MAX) && pick.moved.is_none();
        if !self.remap.has_merges() {
            if !everybody {
                rows.retain(|row| {
                    people.get(*row as usize).is_some_and(|person| pick.takes(*person, *person))
                });
            }
            return;
        }
        let mut taken = vec![true; if everybody { 0 } else { people.len() }];
        // Rows of one person follow each other.
        let mut before = (u32::MAX, self.remap.survivor(u32::MAX));
        for (row, person) in people.iter_mut().enumerate() {
            let stored = *person;
            if stored != before.0 {
                before = (stored, self.remap.survivor(stored));
            }
            *person = before.1;
            if let Some(taken) = taken.get_mut(row) {
                *taken = pick.takes(stored, before.1);
            }
        }
        if !everybody {
            rows.retain(|row| taken.get(*row as usize).copied().unwrap_or_default());
        }
    }
}
