//! Reading a chunk, a stripe at a time.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::property::Property;
use super::{Block, Names, Scan, ScanStats};
use crate::chunk::column::Column;
use crate::chunk::directory::Stripe;
use crate::chunk::read::{Chunk, Memory, Reader};
use crate::error::StoreError;
use crate::remap::Remap;
use crate::workspace::Listed;

/// Visits every stripe of a chunk that has a row that fits.
pub(super) fn scan<E: From<StoreError>>(
    listed: &Listed,
    (scan, remap): (&Scan, &Remap),
    names: &mut Names,
    (read, stats): (&mut Read, &mut ScanStats),
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
        if source.read(index, &Pick::EVERYBODY, false, read)? {
            visit(&read.block(names))?;
        }
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
    /// The chunk's own event codes, translated to those of the scan; `UNWANTED` where it does not ask for them.
    numbers: Vec<u32>,
    /// Found when the first stripe is read.
    properties: Option<Vec<Property<'a>>>,
    /// Whether somebody was erased since the chunk was last cleaned of the erased.
    has_erased: bool,
}

/// In the place of the number of an event that is not asked for.
pub(super) const UNWANTED: u32 = u32::MAX;

/// What was read of a stripe, and which of its rows fit. Kept from stripe to stripe for its memory.
#[derive(Default)]
pub(super) struct Read {
    pub(super) rows: Vec<u32>,
    pub(super) times: Vec<i64>,
    pub(super) people: Vec<u32>,
    pub(super) events: Vec<u32>,
    /// Places in the journal, if they were asked for.
    pub(super) offsets: Vec<i64>,
    pub(super) columns: Vec<Arc<Column>>,
    /// The first and the last time, or further ones.
    pub(super) span_ms: (i64, i64),
    pub(super) memory: Memory,
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
            span_ms: self.span_ms,
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
        let number = |name: &str| names.number(name).unwrap_or(UNWANTED);
        let numbers: Vec<u32> =
            chunk.directory.events.iter().map(|event| event.name.as_str()).map(number).collect();
        let outside = chunk.header.max_ms < scan.from_ms || chunk.header.min_ms >= scan.to_ms;
        if outside || numbers.iter().all(|number| *number == UNWANTED) {
            return None;
        }
        let has_erased = (entry.erasures as usize) < remap.erasures();
        Some(Self { chunk, scan, remap, numbers, properties: None, has_erased })
    }

    fn is_wanted(&self, code: u32) -> bool {
        self.numbers.get(code as usize).is_some_and(|number| *number != UNWANTED)
    }

    /// The number of the event with this code, if the scan asks for it.
    pub(super) fn number(&self, code: usize) -> Option<u32> {
        self.numbers.get(code).copied().filter(|number| *number != UNWANTED)
    }

    /// Whether a row of the stripe may fit, by what the directory says.
    pub(super) fn may_have(&self, index: usize) -> bool {
        let Some(stripe) = self.chunk.directory.stripes.get(index) else { return false };
        stripe.max_ms >= self.scan.from_ms
            && stripe.min_ms < self.scan.to_ms
            && stripe.events.iter().any(|(code, _)| self.is_wanted(*code))
    }

    /// Lets go of what is remembered for the stripes that follow.
    pub(super) fn rest(&mut self) {
        self.properties = None;
    }

    /// Reads the columns of a stripe, if a row of it fits.
    pub(super) fn read(
        &mut self,
        index: usize,
        pick: &Pick,
        with_offsets: bool,
        read: &mut Read,
    ) -> Result<bool, StoreError> {
        let Some(stripe) = self.chunk.directory.stripes.get(index) else { return Ok(false) };
        // Opened for each stripe: a question over many chunks must not run out of descriptors.
        let reader = self.chunk.reader_with(std::mem::take(&mut read.memory))?;
        let fits = self.select(&reader, (index, stripe), (pick, with_offsets), read)?;
        read.columns.clear();
        if fits {
            if self.properties.is_none() {
                let find = |name: &'a String| Property::find(&reader, name);
                self.properties = Some(self.scan.properties.iter().map(find).collect::<Result<_, _>>()?);
            }
            for property in self.properties.iter().flatten() {
                read.columns.push(Arc::new(property.read(&reader, index)?));
            }
        }
        read.memory = reader.into_memory();
        Ok(fits)
    }

    /// Reads the fixed columns of a stripe, each only as long as a row may fit.
    fn select(
        &self,
        reader: &Reader,
        (index, stripe): (usize, &Stripe),
        (pick, with_offsets): (&Pick, bool),
        read: &mut Read,
    ) -> Result<bool, StoreError> {
        let (scan, remap) = (self.scan, self.remap);
        let rows = stripe.rows as usize;
        read.span_ms = (stripe.min_ms, stripe.max_ms);
        let every = stripe.events.iter().all(|(code, _)| self.is_wanted(*code));
        if every && !scan.needs.events {
            read.events.resize(rows, 0);
        } else {
            reader.events(index, (&self.numbers, UNWANTED), &mut read.events)?;
        }
        if every {
            read.rows.clear();
            read.rows.extend(0..stripe.rows);
        } else {
            put_rows(&mut read.rows, read.events.iter().map(|event| *event != UNWANTED));
        }
        let within = stripe.min_ms >= scan.from_ms && stripe.max_ms < scan.to_ms;
        if read.rows.is_empty() {
            return Ok(false);
        }
        if within && scan.needs.is_one_time(stripe.min_ms, stripe.max_ms) {
            read.times.clear();
            read.times.resize(rows, stripe.min_ms);
        } else {
            reader.times(index, &mut read.times)?;
        }
        if !within {
            let times = &read.times;
            read.rows.retain(|row| {
                times.get(*row as usize).is_some_and(|time| *time >= scan.from_ms && *time < scan.to_ms)
            });
        }
        let erased = self.has_erased && remap.may_have_erased(stripe.first_person, stripe.last_person);
        let everybody = pick.people == (0..=u32::MAX) && pick.moved.is_none();
        if scan.needs.people || erased || !everybody {
            reader.people(index, &mut read.people)?;
        } else {
            read.people.resize(rows, 0);
        }
        read.offsets.clear();
        if erased || with_offsets {
            reader.offsets(index, &mut read.offsets)?;
        }
        if erased {
            let (people, offsets) = (&read.people, &read.offsets);
            read.rows.retain(|row| match (people.get(*row as usize), offsets.get(*row as usize)) {
                (Some(person), Some(offset)) => !remap.is_erased(*person, offset.cast_unsigned()),
                _ => false,
            });
        }
        let all = (stripe.first_person, stripe.last_person.max(stripe.first_person));
        let whole = pick.people.contains(&all.0) && pick.people.contains(&all.1);
        self.resolve(&mut read.people, &mut read.rows, (pick, whole));
        Ok(!read.rows.is_empty())
    }

    /// Puts the codes of today in the place of those stored, and takes out the rows of other people.
    /// `whole`: all who were stored there are among the people wanted.
    fn resolve(&self, people: &mut [u32], rows: &mut Vec<u32>, (pick, whole): (&Pick, bool)) {
        let everybody = pick.people == (0..=u32::MAX) && pick.moved.is_none();
        if !self.remap.has_merges() {
            if pick.moved == Some(true) {
                rows.clear();
            } else if !everybody && !whole {
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

/// Puts into `rows` those of which `fits` is true. Without a branch: which rows fit cannot be foreseen.
fn put_rows(rows: &mut Vec<u32>, fits: impl ExactSizeIterator<Item = bool>) {
    rows.resize(fits.len(), 0);
    let mut count = 0_usize;
    for (row, fits) in (0_u32..).zip(fits) {
        if let Some(slot) = rows.get_mut(count) {
            *slot = row;
        }
        count += usize::from(fits);
    }
    rows.truncate(count);
}
