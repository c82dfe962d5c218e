//! Counting rows without reading them, where chunks have counted them already (`chunk::counts`).

use std::sync::Arc;

use model::event::is_of_the_house;

use super::property::one_column;
use super::stripes::{self, Pick, Source};
use super::{Block, Names, Scan, ScanStats, View, fresh};
use crate::chunk::column::{Form, Words};
use crate::chunk::counts::{OWN_EVENTS, OWN_WHOLE, Part};
use crate::chunk::directory::{BlockRef, ColumnEntry};
use crate::chunk::read::{Chunk, Memory, Reader};
use crate::error::StoreError;
use crate::remap::Remap;
use crate::workspace::Listed;

/// Rows, or how many there are.
#[derive(Debug)]
pub enum Seen<'a> {
    /// Rows to be counted.
    Rows(&'a Block<'a>),
    /// Rows that were counted when their chunk was written.
    Counts(&'a Counts<'a>),
}

/// How many rows of a chunk fit, by event, time between two edges and value of the property.
#[derive(Debug)]
pub struct Counts<'a> {
    names: &'a [String],
    words: Option<&'a Arc<Words>>,
    cells: &'a [Counted],
}

/// So many rows that are alike.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// An index into [`Counts::names`]. Only meaningful if events were asked for.
    pub event: u32,
    /// A time between the same two edges as theirs, milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// The code of the property's value in [`Counts::words`]; `None` where there is no value, or no property was asked for.
    pub word: Option<u32>,
    /// How many they are.
    pub rows: u64,
}

impl<'a> Counts<'a> {
    /// The event names, as [`Block::names`].
    pub fn names(&self) -> &'a [String] {
        self.names
    }

    /// The dictionary of the property, if the chunk has values of it.
    pub fn words(&self) -> Option<&'a Arc<Words>> {
        self.words
    }

    /// What was counted; one event, time and value may come more than once.
    pub fn cells(&self) -> &'a [Counted] {
        self.cells
    }
}

impl View {
    /// As [`View::scan`], for whoever only wants to know how many rows there are by event, by time between two edges and by the
    /// one property asked for, if any: chunks that know it are not read. People are not told apart.
    ///
    /// # Errors
    /// What `visit` says, and [`StoreError`] as that type.
    pub fn count<E: From<StoreError>>(
        &self,
        scan: &Scan,
        visit: &mut dyn FnMut(&Seen<'_>) -> Result<(), E>,
    ) -> Result<ScanStats, E> {
        let mut stats = ScanStats::default();
        let mut names = Names::of(scan);
        let (mut read, mut counted) = (stripes::Read::default(), Count::default());
        let remap = &self.state.remap;
        for listed in self.state.chunks.iter() {
            if counted.take(listed, (scan, remap), &mut names)? {
                let rows = counted.cells.iter().map(|cell| cell.rows).sum();
                stats.rows_counted += rows;
                stats.rows_skipped += u64::from(listed.1.header.rows).saturating_sub(rows);
                let Count { words, cells, .. } = &counted;
                visit(&Seen::Counts(&Counts { names: &names.list, words: words.as_ref(), cells }))?;
                continue;
            }
            let visit = &mut |block: &Block<'_>| visit(&Seen::Rows(block));
            stripes::scan(
                listed,
                (scan, remap),
                (&Pick::EVERYBODY, &[]),
                &mut names,
                (&mut read, &mut stats),
                visit,
            )?;
        }
        for part in &self.state.tail {
            let visit = &mut |block: &Block<'_>| visit(&Seen::Rows(block));
            fresh::scan(part, (scan, remap), &mut names, &mut stats, visit)?;
        }
        Ok(stats)
    }
}

/// What was counted of a chunk; kept from chunk to chunk for its memory.
#[derive(Default)]
struct Count {
    words: Option<Arc<Words>>,
    cells: Vec<Counted>,
    memory: Memory,
}

/// Where the counts of a property are, and its column; none where no row has a value.
type Place<'a> = (BlockRef, Option<&'a ColumnEntry>);

impl Count {
    /// Takes what a chunk has counted of the rows that fit. False where it must be read: it has not counted them, or an end of
    /// the range, an edge or an erasure parts what it has counted together.
    fn take(
        &mut self,
        listed: &Listed,
        (scan, remap): (&Scan, &Remap),
        names: &mut Names,
    ) -> Result<bool, StoreError> {
        let (entry, chunk) = listed;
        let Some(source) = Source::new(listed, (scan, remap), names) else { return Ok(false) };
        if has_erased(chunk, remap, entry.erasures as usize) || scan.needs.people {
            return Ok(false);
        }
        let reader = chunk.reader_with(std::mem::take(&mut self.memory))?;
        let found = match place(chunk, &scan.properties) {
            Some(place) => self.read(&reader, place, (scan, &source))?,
            None => false,
        };
        self.memory = reader.into_memory();
        Ok(found)
    }

    fn read(
        &mut self,
        reader: &Reader,
        (block, column): Place<'_>,
        (scan, source): (&Scan, &Source<'_>),
    ) -> Result<bool, StoreError> {
        self.cells.clear();
        let events = &reader.chunk.directory.events;
        let together = scan.events.is_none() && !scan.house && !scan.needs.events;
        let own =
            || events.iter().filter(|event| !is_of_the_house(&event.name)).map(|event| event.rows).sum();
        let single = |code: usize, rows: u32| (!together && source.number(code).is_some()).then_some(rows);
        let rows = [together.then(own), together.then(own)]
            .into_iter()
            .chain(events.iter().enumerate().map(|(code, event)| single(code, event.rows)));
        let header = &reader.chunk.header;
        let mut whole = true;
        let words = reader.counts(block, rows, &mut |number, part| {
            let all_ms = (header.min_ms, header.max_ms);
            if number == OWN_WHOLE {
                // Where it does not do, the next part may.
                let does = part.slots.is_some() && !matches!(Fits::of(scan, all_ms), Fits::Parted);
                return !(does && take_part(part, (header.min_ms, all_ms), (scan, 0), &mut self.cells));
            }
            let code = number.checked_sub(OWN_EVENTS + 1);
            let (event, within_ms) =
                match code.and_then(|code| Some((source.number(code)?, events.get(code)?))) {
                    Some((number, event)) => (number, (event.first_ms, event.last_ms)),
                    None => (0, all_ms),
                };
            whole = take_part(part, (header.min_ms, within_ms), (scan, event), &mut self.cells);
            whole
        })?;
        self.words = None;
        if let Some(column) = column.filter(|_| whole) {
            self.words = reader.words(column, Form::Values)?;
            if self.words.as_ref().is_none_or(|known| known.len() != words as usize) {
                return Err(reader.damaged("counts"));
            }
        }
        Ok(whole)
    }
}

/// Adds the cells of a part; false where some of their rows fit and others do not, or fall between different edges.
fn take_part(
    part: &Part,
    (first_ms, within_ms): (i64, (i64, i64)),
    (scan, event): (&Scan, u32),
    cells: &mut Vec<Counted>,
) -> bool {
    let Some(slots) = part.slots else { return matches!(Fits::of(scan, within_ms), Fits::Nothing) };
    // Cells of one slot follow each other.
    let mut known: Option<(u32, Fits)> = None;
    for (slot, word, rows) in part.cells() {
        let fits = match known {
            Some((known, fits)) if known == slot => fits,
            _ => {
                let (first, last) = slots.span_ms(slot, first_ms);
                Fits::of(scan, (first.max(within_ms.0), last.min(within_ms.1)))
            }
        };
        known = Some((slot, fits));
        match fits {
            Fits::All(time_ms) => {
                cells.push(Counted { event, time_ms, word: word.checked_sub(1), rows: u64::from(rows) });
            }
            Fits::Nothing => {}
            Fits::Parted => return false,
        }
    }
    true
}

/// Whether the rows of a slot fit.
#[derive(Clone, Copy)]
pub(super) enum Fits {
    /// All, and this is one of their times.
    All(i64),
    Nothing,
    /// Not all alike.
    Parted,
}

impl Fits {
    pub(super) fn of(scan: &Scan, (first_ms, last_ms): (i64, i64)) -> Self {
        if last_ms < scan.from_ms || first_ms >= scan.to_ms {
            Self::Nothing
        } else if first_ms >= scan.from_ms
            && last_ms < scan.to_ms
            && scan.needs.is_one_time(first_ms, last_ms)
        {
            Self::All(first_ms)
        } else {
            Self::Parted
        }
    }
}

/// Whether somebody of the chunk was erased after its first `since` erasures.
pub(super) fn has_erased(chunk: &Chunk, remap: &Remap, since: usize) -> bool {
    let stripes = &chunk.directory.stripes;
    let (Some(first), Some(last)) = (stripes.first(), stripes.last()) else { return false };
    let people = first.first_person..=last.last_person.max(last.first_person);
    remap.erased_since(since).any(|code| people.contains(&code))
}

/// Where a chunk has the counts of the one property, or of the rows as they are if there is none; `None` where it has not.
fn place<'a>(chunk: &'a Chunk, properties: &[String]) -> Option<Place<'a>> {
    let counts = &chunk.prepared.counts;
    let column = match properties {
        [] => None,
        [name] => one_column(&chunk.directory, name)?,
        _ => return None,
    };
    let Some((place, entry)) = column else {
        return Some((counts.rows, None)).filter(|(block, _)| block.bytes > 0);
    };
    let known = counts.columns.iter().find(|(known, _)| *known as usize == place);
    known.map(|(_, block)| (*block, Some(entry)))
}
