//! Who did something in which hours, as chunks list it (`chunk::lists`), for whoever only asks between which two edges people
//! did something, and not how often.

use std::ops::RangeInclusive;

use super::counts::{Fits, has_erased};
use super::stripes::{self, Pick, Read, Source};
use super::{Block, Names, Scan, ScanStats, View, fresh};
use crate::chunk::directory::{EventEntry, EventList, Stripe};
use crate::chunk::lists::{HoursList, hours_between, span_ms};
use crate::chunk::read::Memory;
use crate::error::StoreError;
use crate::remap::Remap;
use crate::workspace::Listed;

/// Rows, or who did it when.
#[derive(Debug)]
pub enum Presence<'a> {
    /// Rows to be looked at.
    Rows(&'a Block<'a>),
    /// What was listed when their chunk was written.
    Hours(&'a Hours<'a>),
}

/// In which hours people did an event.
#[derive(Debug)]
pub struct Hours<'a> {
    times: &'a [Option<i64>],
    people: &'a [(u32, u32)],
    hours: &'a [u32],
}

impl Hours<'_> {
    /// For each hour a time between the same two edges as what is listed of it, milliseconds since 1970, UTC; `None` where nothing
    /// that happened in it is asked for.
    pub fn times(&self) -> &[Option<i64>] {
        self.times
    }

    /// Calls `visit` with everybody, after merges, and the hours in which they did it, as indices into [`Hours::times`]. Somebody
    /// may come several times.
    pub fn each(&self, mut visit: impl FnMut(u32, &[u32])) {
        let mut begin = 0;
        for (person, end) in self.people {
            visit(*person, self.hours.get(begin..*end as usize).unwrap_or_default());
            begin = *end as usize;
        }
    }
}

impl View {
    /// Calls `visit` with whoever of `people`, by the codes of today, did the one event of the scan, or anything: with lists of hours
    /// where chunks have them, no hour is parted by an edge or an end of the range, and the scan asks for one event or any
    /// and for no property; and else with rows.
    ///
    /// # Errors
    /// What `visit` says, and [`StoreError`] as that type.
    pub fn presence<E: From<StoreError>>(
        &self,
        scan: &Scan,
        people: RangeInclusive<u32>,
        visit: &mut dyn FnMut(&Presence<'_>) -> Result<(), E>,
    ) -> Result<ScanStats, E> {
        let remap = &self.state.remap;
        let (mut names, mut stats) = (Names::of(scan), ScanStats::default());
        let pick = Pick { people, moved: None };
        let moved = if pick.is_everybody() { Vec::new() } else { remap.moved_to(pick.people.clone()) };
        let (mut read, mut lists) = (Read::default(), Lists::default());
        for listed in self.state.chunks.iter() {
            match lists.take(listed, (scan, remap), (&pick, &moved), &mut names)? {
                Taken::Rows => {
                    let visit = &mut |block: &Block<'_>| visit(&Presence::Rows(block));
                    stripes::scan(
                        listed,
                        (scan, remap),
                        (&pick, &moved),
                        &mut names,
                        (&mut read, &mut stats),
                        visit,
                    )?;
                }
                Taken::Nobody => {}
                Taken::Hours => {
                    count(listed, &pick, &mut names, &mut stats);
                    let Lists { times, list, .. } = &lists;
                    visit(&Presence::Hours(&Hours { times, people: &list.people, hours: &list.hours }))?;
                }
            }
        }
        for part in &self.state.tail {
            if *pick.people.start() == 0 {
                stats.rows_read += part.block.rows.len() as u64;
            }
            if let Some(read) = fresh::read(part, (scan, remap), &mut names, &pick) {
                visit(&Presence::Rows(&read.block(&names)))?;
            }
        }
        Ok(stats)
    }
}

/// What is taken of a chunk.
enum Taken {
    /// Its rows: hours are not listed, or do not do.
    Rows,
    /// Nothing: nobody who is asked for is in it.
    Nobody,
    Hours,
}

/// What was listed in a chunk; kept from chunk to chunk for its memory.
#[derive(Default)]
struct Lists {
    times: Vec<Option<i64>>,
    list: HoursList,
    memory: Memory,
}

impl Lists {
    fn take(
        &mut self,
        listed: &Listed,
        (scan, remap): (&Scan, &Remap),
        (pick, moved): (&Pick, &[u32]),
        names: &mut Names,
    ) -> Result<Taken, StoreError> {
        let (entry, chunk) = listed;
        let Some(source) = Source::new(listed, (scan, remap), names) else { return Ok(Taken::Rows) };
        if has_erased(chunk, remap, entry.erasures as usize) {
            return Ok(Taken::Rows);
        }
        let Some((event, within_ms)) = list_of(listed, scan, &source) else { return Ok(Taken::Rows) };
        if !self.learn_times(scan, chunk.header.min_ms, within_ms) {
            return Ok(Taken::Rows);
        }
        let touches = |stripe: &Stripe| {
            let last = stripe.last_person.max(stripe.first_person);
            stripe.has_one_of(moved)
                || (stripe.first_person <= *pick.people.end() && last >= *pick.people.start())
        };
        if !chunk.directory.stripes.iter().any(touches) {
            return Ok(Taken::Nobody);
        }
        let reader = chunk.reader_with(std::mem::take(&mut self.memory))?;
        reader.hours(event, &mut self.list)?;
        self.memory = reader.into_memory();
        self.pick(pick, remap);
        let count = self.times.len();
        if self.list.hours.iter().any(|hour| *hour as usize >= count) {
            return Err(StoreError::damaged(&chunk.path, "a list of hours"));
        }
        Ok(Taken::Hours)
    }

    /// Finds a time for each hour of a chunk; false where some of an hour fits and some does not, or falls between other edges.
    fn learn_times(&mut self, scan: &Scan, min_ms: i64, within_ms: (i64, i64)) -> bool {
        self.times.clear();
        let Some(hours) = hours_between(min_ms, within_ms.1) else { return false };
        for hour in 0..hours {
            let (first, last) = span_ms(hour, min_ms);
            let span = (first.max(within_ms.0), last.min(within_ms.1));
            // Nothing happened in hours before the first time.
            let fits = if span.0 > span.1 { Fits::Nothing } else { Fits::of(scan, span) };
            match fits {
                Fits::All(ms) => self.times.push(Some(ms)),
                Fits::Nothing => self.times.push(None),
                Fits::Parted => return false,
            }
        }
        true
    }

    /// Puts those in the place of codes who stand for them, and takes out people who are not asked for.
    fn pick(&mut self, pick: &Pick, remap: &Remap) {
        let HoursList { people, hours, .. } = &mut self.list;
        let (mut begin, mut kept) = (0, 0);
        people.retain_mut(|(person, end)| {
            let range = begin..*end as usize;
            begin = range.end;
            let stored = *person;
            *person = remap.survivor(stored);
            let takes = pick.takes(stored, *person);
            if takes {
                if kept < range.start {
                    hours.copy_within(range.clone(), kept);
                }
                kept += range.len();
                *end = kept as u32;
            }
            takes
        });
        hours.truncate(kept);
    }
}

/// A list of hours: of which event and what was listed of it, and the first and the last time in it.
type ListOf<'a> = (Option<(&'a EventEntry, EventList)>, (i64, i64));

/// The list of the event that a scan asks for, or of all that people did.
fn list_of<'a>((_, chunk): &'a Listed, scan: &Scan, source: &Source<'_>) -> Option<ListOf<'a>> {
    let (header, lists) = (&chunk.header, &chunk.prepared.lists);
    match &scan.events {
        _ if !scan.properties.is_empty() => return None,
        None => {
            return (lists.own.bytes > 0 && !scan.house).then_some((None, (header.min_ms, header.max_ms)));
        }
        Some(events) if events.len() != 1 => return None,
        Some(_) => {}
    }
    let mut events = chunk.directory.events.iter().enumerate();
    let (code, event) = events.find(|(code, _)| source.number(*code).is_some())?;
    let list = *lists.events.get(code)?;
    let is_hours = matches!(list, EventList::Hours(_) | EventList::Bits(_));
    is_hours.then_some((Some((event, list)), (event.first_ms, event.last_ms)))
}

/// Counts the rows of the stripes that begin with one of these people: as counted if their event is asked for, or as passed over.
fn count((_, chunk): &Listed, pick: &Pick, names: &mut Names, stats: &mut ScanStats) {
    let wanted: Vec<bool> =
        chunk.directory.events.iter().map(|event| names.number(&event.name).is_some()).collect();
    for stripe in chunk.directory.stripes.iter().filter(|stripe| pick.people.contains(&stripe.first_person)) {
        let events = stripe.events.iter().filter(|(code, _)| wanted.get(*code as usize) == Some(&true));
        let rows = events.map(|(_, rows)| u64::from(*rows)).sum::<u64>().min(u64::from(stripe.rows));
        stats.rows_counted += rows;
        stats.rows_skipped += u64::from(stripe.rows) - rows;
    }
}
