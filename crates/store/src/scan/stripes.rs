//! Reading a chunk, a stripe at a time.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::property::Property;
use super::{Block, Names, Scan, ScanStats};
use crate::chunk::STRIPE_ROWS;
use crate::chunk::column::Column;
use crate::chunk::directory::{EventList, Stripe};
use crate::chunk::lists::ListedRow;
use crate::chunk::read::{Chunk, Memory, Reader};
use crate::error::StoreError;
use crate::remap::Remap;
use crate::workspace::Listed;

/// Visits every stripe of a chunk that has a row of one of `people` that fits. `moved`: the codes that stand for one
/// of them today and are not theirs, sorted.
pub(super) fn scan<E: From<StoreError>>(
    listed: &Listed,
    (scan, remap): (&Scan, &Remap),
    (pick, moved): (&Pick, &[u32]),
    names: &mut Names,
    (read, stats): (&mut Read, &mut ScanStats),
    visit: &mut dyn FnMut(&Block<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut source = Source::new(listed, (scan, remap), names);
    for (index, stripe) in listed.1.directory.stripes.iter().enumerate() {
        let source = source.as_mut().filter(|source| source.may_have(index));
        // Each stripe counts once, whoever is asked for in which call.
        if pick.people.contains(&stripe.first_person) {
            let rows = source.as_ref().map_or(0, |source| source.rows_read(stripe));
            stats.rows_read += rows;
            stats.rows_skipped += u64::from(stripe.rows) - rows;
        }
        let Some(source) = source else { continue };
        let last = stripe.last_person.max(stripe.first_person);
        let own = stripe.first_person <= *pick.people.end() && last >= *pick.people.start();
        if (own || stripe.has_one_of(moved)) && source.read(index, pick, false, read)? {
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

impl Stripe {
    /// Whether rows of one of these codes, which are sorted, may stand in it.
    pub(super) fn has_one_of(&self, codes: &[u32]) -> bool {
        let next = codes.get(codes.partition_point(|code| *code < self.first_person));
        next.is_some_and(|code| *code <= self.last_person.max(self.first_person))
    }
}

impl Pick {
    pub(super) const EVERYBODY: Self = Self { people: 0..=u32::MAX, moved: None };

    pub(super) fn is_everybody(&self) -> bool {
        self.people == (0..=u32::MAX) && self.moved.is_none()
    }

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
    /// Whether the events asked for are so uncommon that the chunk has lists of their rows.
    is_listed: bool,
    /// These rows, in their order; read with the first stripe.
    listed: Option<Vec<ListedRow>>,
    /// Whether somebody was erased since the chunk was last cleaned of the erased.
    has_erased: bool,
}

/// Lists are read where the chunk has at least so many times the rows in them: more would be much to hold, and little is saved.
const LISTED_ROWS: u64 = 12;

/// In the place of the number of an event that is not asked for.
pub(super) const UNWANTED: u32 = u32::MAX;

/// What was read of a stripe, and which of its rows fit. Kept from stripe to stripe for its memory.
#[derive(Default)]
pub(super) struct Read {
    pub(super) rows: Vec<u32>,
    pub(super) times: Vec<i64>,
    /// Whose each row is, if that was asked for.
    pub(super) people: Vec<u32>,
    /// Whose the rows that fit are, one after the other, each with the place in `rows` behind the last of theirs.
    pub(super) runs: Vec<(u32, usize)>,
    /// Everybody in the stripe.
    pub(super) stored: Vec<Stored>,
    pub(super) events: Vec<u32>,
    /// Places in the journal, if they were asked for.
    pub(super) offsets: Vec<i64>,
    pub(super) columns: Vec<Arc<Column>>,
    /// The first and the last time, or further ones.
    pub(super) span_ms: (i64, i64),
    pub(super) memory: Memory,
}

/// Somebody in a stripe.
#[derive(Clone, Copy)]
pub(super) struct Stored {
    code: u32,
    /// Whose code it is today.
    person: u32,
    /// The row behind the last of theirs.
    end: u32,
}

impl Read {
    pub(super) fn block<'a>(&'a self, names: &'a Names) -> Block<'a> {
        Block {
            rows: &self.rows,
            times: &self.times,
            people: &self.people,
            runs: &self.runs,
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
        let is_listed = is_listed(chunk, &numbers);
        Some(Self { chunk, scan, remap, numbers, properties: None, is_listed, listed: None, has_erased })
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

    /// How many rows of a stripe are looked at: all, or those that are listed.
    pub(super) fn rows_read(&self, stripe: &Stripe) -> u64 {
        if !self.is_listed {
            return u64::from(stripe.rows);
        }
        let wanted = stripe.events.iter().filter(|(code, _)| self.is_wanted(*code));
        wanted.map(|(_, rows)| u64::from(*rows)).sum::<u64>().min(u64::from(stripe.rows))
    }

    /// Lets go of what is remembered for the stripes that follow.
    pub(super) fn rest(&mut self) {
        self.properties = None;
        self.listed = None;
    }

    /// Reads the lists of the events asked for, if the chunk has them.
    fn learn_listed(&mut self, reader: &Reader) -> Result<(), StoreError> {
        if !self.is_listed || self.listed.is_some() {
            return Ok(());
        }
        let mut rows = Vec::new();
        let events = self.chunk.directory.events.iter().zip(&self.chunk.prepared.lists.events);
        for (code, (event, list)) in (0_u32..).zip(events) {
            if let EventList::Rows(block) = list
                && self.is_wanted(code)
            {
                reader.listed_rows((code, event), *block, &mut rows)?;
            }
        }
        rows.sort_unstable_by_key(|listed| listed.row);
        self.listed = Some(rows);
        Ok(())
    }

    /// Those of the listed rows that stand in a stripe.
    fn listed_of(&self, index: usize) -> Option<&[ListedRow]> {
        let rows = self.listed.as_ref()?;
        let place =
            |stripe: usize| rows.partition_point(|listed| (listed.row as usize) < stripe * STRIPE_ROWS);
        rows.get(place(index)..place(index + 1))
    }

    /// Reads the columns of a stripe, if a row of it fits. `by_row`: whose each row is and its place in the journal, too.
    pub(super) fn read(
        &mut self,
        index: usize,
        pick: &Pick,
        by_row: bool,
        read: &mut Read,
    ) -> Result<bool, StoreError> {
        let Some(stripe) = self.chunk.directory.stripes.get(index) else { return Ok(false) };
        // Opened for each stripe: a question over many chunks must not run out of descriptors.
        let reader = self.chunk.reader_with(std::mem::take(&mut read.memory))?;
        self.learn_listed(&reader)?;
        let fits = self.select(&reader, (index, stripe), (pick, by_row), read)?;
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
        (pick, by_row): (&Pick, bool),
        read: &mut Read,
    ) -> Result<bool, StoreError> {
        let (scan, remap) = (self.scan, self.remap);
        read.span_ms = (stripe.min_ms, stripe.max_ms);
        read.runs.clear();
        read.people.clear();
        read.offsets.clear();
        let erased = self.has_erased && remap.may_have_erased(stripe.first_person, stripe.last_person);
        let each = by_row || (scan.needs.people && scan.needs.each);
        let by_people = scan.needs.people || by_row || erased || !pick.is_everybody();
        let listed = self.listed_of(index);
        if let Some(listed) = listed {
            self.take_listed(index, listed, read);
        } else {
            self.events(reader, (index, stripe), read)?;
            if by_people {
                self.people(reader, index, read)?;
            }
        }
        if by_people {
            read.share_out(pick);
        }
        if read.rows.is_empty() {
            return Ok(false);
        }
        let within = stripe.min_ms >= scan.from_ms && stripe.max_ms < scan.to_ms;
        if within && scan.needs.is_one_time(stripe.min_ms, stripe.max_ms) {
            read.times.clear();
            read.times.resize(stripe.rows as usize, stripe.min_ms);
        } else if listed.is_none() {
            reader.times(index, &mut read.times)?;
        }
        if !within {
            let time = |row: u32| read.times.get(row as usize).copied().unwrap_or_default();
            retain(&mut read.rows, &mut read.runs, |row| (scan.from_ms..scan.to_ms).contains(&time(row)));
        }
        if erased || by_row {
            reader.offsets(index, &mut read.offsets)?;
        }
        if erased {
            let offset = |row: u32| read.offsets.get(row as usize).copied().unwrap_or_default();
            let mut people = read.stored.iter();
            let mut now = people.next();
            retain(&mut read.rows, &mut read.runs, |row| {
                while now.is_some_and(|stored| stored.end <= row) {
                    now = people.next();
                }
                now.is_some_and(|stored| !remap.is_erased(stored.code, offset(row).cast_unsigned()))
            });
        }
        if each {
            let mut row = 0;
            for stored in &read.stored {
                read.people.extend(std::iter::repeat_n(stored.person, (stored.end - row) as usize));
                row = stored.end;
            }
        }
        Ok(!read.rows.is_empty())
    }

    /// Reads which rows of a stripe are asked for.
    fn events(
        &self,
        reader: &Reader,
        (index, stripe): (usize, &Stripe),
        read: &mut Read,
    ) -> Result<(), StoreError> {
        let every = stripe.events.iter().all(|(code, _)| self.is_wanted(*code));
        if every && !self.scan.needs.events {
            read.events.clear();
        } else {
            reader.events(index, (&self.numbers, UNWANTED), &mut read.events)?;
        }
        if every {
            read.rows.clear();
            read.rows.extend(0..stripe.rows);
        } else {
            put_rows(&mut read.rows, &read.events);
        }
        Ok(())
    }

    /// Takes the rows of a stripe from their list: what is read of a row stands where it would stand.
    fn take_listed(&self, index: usize, listed: &[ListedRow], read: &mut Read) {
        let Read { rows, times, events, stored, .. } = read;
        rows.clear();
        stored.clear();
        let ends = listed.last().map_or(0, |last| last.row as usize + 1 - index * STRIPE_ROWS);
        times.resize(ends, 0);
        events.resize(ends, UNWANTED);
        for listed in listed {
            let row = listed.row as usize - index * STRIPE_ROWS;
            if let (Some(time), Some(event)) = (times.get_mut(row), events.get_mut(row)) {
                *time = listed.time_ms;
                *event = self.number(listed.event as usize).unwrap_or(UNWANTED);
            }
            // A stripe has few rows.
            let row = row as u32;
            rows.push(row);
            match stored.last_mut() {
                Some(last) if last.code == listed.person => last.end = row + 1,
                _ => {
                    let person = self.remap.survivor(listed.person);
                    stored.push(Stored { code: listed.person, person, end: row + 1 });
                }
            }
        }
    }

    /// Reads who is in a stripe.
    fn people(&self, reader: &Reader, index: usize, read: &mut Read) -> Result<(), StoreError> {
        read.stored.clear();
        let mut end = 0;
        reader.runs(index, |code, rows| {
            // A stripe has few rows.
            end += rows as u32;
            read.stored.push(Stored { code, person: self.remap.survivor(code), end });
        })
    }
}

impl Read {
    /// Finds whose the rows that fit are, and takes out those of people that are not wanted.
    fn share_out(&mut self, pick: &Pick) {
        let Self { rows, runs, stored, .. } = self;
        let every = stored.last().is_some_and(|last| rows.len() == last.end as usize);
        let (mut next, mut kept) = (0, 0);
        for one in stored {
            let end = if every {
                one.end as usize
            } else {
                let rest = rows.get(next..).unwrap_or_default();
                next + rest.iter().take_while(|row| **row < one.end).count()
            };
            if end > next && pick.takes(one.code, one.person) {
                if kept < next {
                    rows.copy_within(next..end, kept);
                }
                kept += end - next;
                runs.push((one.person, kept));
            }
            next = end;
        }
        rows.truncate(kept);
    }
}

/// Whether the chunk lists the rows of all events that are asked for, and these are few together.
fn is_listed(chunk: &Chunk, numbers: &[u32]) -> bool {
    let lists = &chunk.prepared.lists.events;
    let wanted = || {
        let events = chunk.directory.events.iter().enumerate();
        events.filter(|(code, _)| numbers.get(*code).is_some_and(|number| *number != UNWANTED))
    };
    let rows: u64 = wanted().map(|(_, event)| u64::from(event.rows)).sum();
    wanted().all(|(code, _)| matches!(lists.get(code), Some(EventList::Rows(_))))
        && rows * LISTED_ROWS <= u64::from(chunk.header.rows)
}

/// Takes out the rows that do not fit, of whoever they are.
fn retain(rows: &mut Vec<u32>, runs: &mut Vec<(u32, usize)>, mut fits: impl FnMut(u32) -> bool) {
    let (mut next, mut kept) = (0, 0);
    let mut keep = |end: usize| {
        for at in next..end {
            let Some(row) = rows.get(at).copied() else { break };
            if let Some(slot) = rows.get_mut(kept) {
                *slot = row;
            }
            kept += usize::from(fits(row));
        }
        next = end;
        kept
    };
    let mut before = 0;
    runs.retain_mut(|(_, end)| {
        *end = keep(*end);
        std::mem::replace(&mut before, *end) < *end
    });
    let kept = keep(usize::MAX);
    rows.truncate(kept);
}

/// Puts into `rows` those whose event is wanted. Without a branch: which these are cannot be foreseen.
fn put_rows(rows: &mut Vec<u32>, events: &[u32]) {
    const AT_ONCE: usize = 256;
    rows.clear();
    let mut room = [0_u32; AT_ONCE];
    for (begin, events) in (0_u32..).step_by(AT_ONCE).zip(events.chunks(AT_ONCE)) {
        let mut count = 0_usize;
        for (row, event) in (begin..).zip(events) {
            // There is room for all: the remainder is for the compiler alone, who need not look then.
            if let Some(slot) = room.get_mut(count % AT_ONCE) {
                *slot = row;
            }
            count += usize::from(*event != UNWANTED);
        }
        rows.extend_from_slice(room.get(..count).unwrap_or_default());
    }
}
