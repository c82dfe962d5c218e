//! Which rows make a page: only their order is read for that, and only where they may lie.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::sync::Arc;

use super::{EventsFilter, read_cursor};
use crate::chunk::directory::{Fixed, Stripe};
use crate::chunk::read::Chunk;
use crate::error::StoreError;
use crate::remap::Remap;
use crate::workspace::State;

/// A row: where it lies, and what decides its place in the order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Place {
    /// Time and offset; greater is newer.
    pub(super) key: (i64, u64),
    /// The chunk, or behind the chunks the part of the tail.
    pub(super) part: usize,
    pub(super) stripe: usize,
    pub(super) row: usize,
}

/// The filter, with people's codes and the cursor read.
pub(super) struct Wanted<'a> {
    people: Option<BTreeSet<u32>>,
    event: Option<&'a str>,
    from_ms: i64,
    /// Keys must be less.
    before: (i64, u64),
    remap: &'a Remap,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(filter: &'a EventsFilter, remap: &'a Remap) -> Result<Self, StoreError> {
        let people = filter.people.as_ref();
        let end = (filter.to_ms.unwrap_or(i64::MAX), 0);
        let after = filter.after.as_deref().map(read_cursor).transpose()?;
        Ok(Self {
            people: people.map(|people| people.iter().flat_map(|person| remap.codes_of(person.0)).collect()),
            event: filter.event.as_deref(),
            from_ms: filter.from_ms.unwrap_or(i64::MIN),
            before: after.map_or(end, |after| after.min(end)),
            remap,
        })
    }

    fn has_person(&self, person: u32) -> bool {
        self.people.as_ref().is_none_or(|people| people.contains(&person))
    }

    fn has_key(&self, key: (i64, u64)) -> bool {
        key.0 >= self.from_ms && key < self.before
    }

    fn may_lie_in(&self, stripe: &Stripe) -> bool {
        let (first, last) = (stripe.first_person, stripe.last_person.max(stripe.first_person));
        let people = self.people.as_ref().is_none_or(|people| people.range(first..=last).next().is_some());
        people && stripe.max_ms >= self.from_ms && stripe.min_ms <= self.before.0
    }
}

/// The newest so many.
struct Newest {
    heap: BinaryHeap<Reverse<Place>>,
    limit: usize,
}

impl Newest {
    fn add(&mut self, place: Place) {
        self.heap.push(Reverse(place));
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }

    /// Whether rows no newer than `max_ms` could still be among them.
    fn has_room_for(&self, max_ms: i64) -> bool {
        let oldest = self.heap.peek().map(|Reverse(place)| place.key.0);
        self.heap.len() < self.limit || oldest.is_none_or(|oldest| max_ms >= oldest)
    }
}

/// The newest `limit` rows that are wanted, newest first.
pub(super) fn newest(state: &State, wanted: &Wanted<'_>, limit: usize) -> Result<Vec<Place>, StoreError> {
    let mut newest = Newest { heap: BinaryHeap::with_capacity(limit + 1), limit };
    for (index, part) in state.tail.iter().enumerate() {
        for (row, fresh) in part.block.rows.iter().enumerate() {
            let key = (fresh.time_ms, fresh.offset);
            let fits = wanted.has_key(key)
                && wanted.has_person(fresh.person)
                && wanted.event.is_none_or(|event| event == part.block.event(fresh))
                && !wanted.remap.is_erased(fresh.person, fresh.offset);
            if fits {
                newest.add(Place { key, part: state.chunks.len() + index, stripe: 0, row });
            }
        }
    }
    let mut chunks: Vec<(usize, &Arc<Chunk>)> =
        state.chunks.iter().map(|(_, chunk)| chunk).enumerate().collect();
    chunks.sort_by_key(|(_, chunk)| Reverse(chunk.header.max_ms));
    for (part, chunk) in chunks {
        if newest.has_room_for(chunk.header.max_ms) && chunk.header.max_ms >= wanted.from_ms {
            add_chunk(&mut newest, part, chunk, wanted)?;
        }
    }
    let mut places: Vec<Place> = newest.heap.into_iter().map(|Reverse(place)| place).collect();
    places.sort_by_key(|place| Reverse(place.key));
    Ok(places)
}

fn add_chunk(
    newest: &mut Newest,
    part: usize,
    chunk: &Arc<Chunk>,
    wanted: &Wanted<'_>,
) -> Result<(), StoreError> {
    let directory = &chunk.directory;
    let code = match wanted.event {
        None => None,
        Some(event) => match directory.events.iter().position(|entry| entry.name == event) {
            Some(code) => i64::try_from(code).ok(),
            None => return Ok(()),
        },
    };
    let reader = chunk.reader()?;
    for (index, stripe) in directory.stripes.iter().enumerate() {
        let has_event =
            code.is_none_or(|code| stripe.events.iter().any(|(event, _)| i64::from(*event) == code));
        if !has_event || !wanted.may_lie_in(stripe) || !newest.has_room_for(stripe.max_ms) {
            continue;
        }
        let times = reader.numbers(Fixed::Time, index)?;
        let offsets = reader.numbers(Fixed::Offset, index)?;
        let people = reader.numbers(Fixed::Person, index)?;
        let events = if code.is_some() { reader.numbers(Fixed::Event, index)? } else { Vec::new() };
        for (row, ((time, offset), person)) in times.iter().zip(&offsets).zip(&people).enumerate() {
            let key = (*time, offset.cast_unsigned());
            let person = u32::try_from(*person).map_err(|_| reader.damaged("a person"))?;
            let fits = wanted.has_key(key)
                && wanted.has_person(person)
                && code.is_none_or(|code| events.get(row) == Some(&code))
                && !wanted.remap.is_erased(person, key.1);
            if fits {
                newest.add(Place { key, part, stripe: index, row });
            }
        }
    }
    Ok(())
}
