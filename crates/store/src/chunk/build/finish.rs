//! The end of building: which paths get a column, how each is written, and the sealed blocks.

use std::ops::Range;

use keys::Key;
use model::Kind;
use model::event::is_of_the_house;

use super::columns::{Blocks, put_column, settle, stripe_ranges};
use super::{Builder, Gathered, NamedColumn};
use crate::chunk::counts::Counter;
use crate::chunk::directory::{
    BlockRef, ColumnEntry, Directory, Ends, EventEntry, EventList, Family, Fixed, ListBlocks, Prepared,
    RareEntry, Stripe,
};
use crate::chunk::lists;
use crate::chunk::pack::Cell;
use crate::codec::{Arrivals, Codec, pack, put_deltas};
use crate::error::StoreError;
use crate::value::{Value, write_json_text};

/// The most columns of properties, context and traits together; values of further paths go to the rest.
const COLUMNS_MAX: usize = 400;
/// A path of which fewer than one row in so many has a value goes to the rest.
const RARE_ROWS: usize = 2_000;

/// A finished chunk, ready to be written.
pub(crate) struct Built {
    pub(crate) rows: u32,
    pub(crate) min_ms: i64,
    pub(crate) max_ms: i64,
    pub(crate) directory: Directory,
    pub(crate) ends: Ends,
    pub(crate) prepared: Prepared,
    pub(crate) blocks: Vec<u8>,
}

impl Builder {
    /// Packs and seals everything under `key`, the file's own.
    pub(crate) fn finish(mut self, key: &Key, chunk: u128) -> Result<Built, StoreError> {
        let rows = self.people.len();
        let mut blocks = Blocks { key, chunk, bytes: Vec::new(), number: 0 };
        let gathered = std::mem::take(&mut self.gathered);
        let (kept, rare) = self.choose(gathered);
        let mut directory = Directory {
            stripes: self.stripes(),
            rare,
            rare_unlisted: self.rare_unlisted,
            sources: self.source_ids.clone(),
            end_offset: self.offsets.iter().max().map_or(0, |offset| offset + 1),
            received_max_ms: self.received.iter().copied().max().unwrap_or_default(),
            plain_bytes: self.plain_bytes,
            ..Directory::default()
        };
        let offsets: Vec<i64> = self.offsets.iter().map(|offset| offset.cast_signed()).collect();
        self.fixed_columns(&mut directory, (&mut blocks, &offsets))?;
        let mut counter = self.counter();
        let mut prepared = Prepared::default();
        let counts = &mut prepared.counts;
        if let Some(plain) = counter.block(0, &[]) {
            counts.rows = blocks.put(&pack(&plain, Codec::Zstd))?;
        }
        for (family, path, column) in kept {
            let column = settle(column)?;
            let entry = put_column(&mut blocks, (family, &path, column.0), &column.1, &offsets)?;
            if let Some(plain) = count(&mut counter, &entry, &column.1, rows) {
                let place = u32::try_from(directory.columns.len()).unwrap_or(u32::MAX);
                counts.columns.push((place, blocks.put(&pack(&plain, Codec::Zstd))?));
            }
            directory.columns.push(entry);
        }
        prepared.lists = self.lists(counter.parts(), &mut blocks)?;
        directory.events = self.event_entries(&prepared.lists, &mut blocks)?;
        Ok(Built {
            rows: u32::try_from(rows).unwrap_or(u32::MAX),
            min_ms: self.times.iter().copied().min().unwrap_or_default(),
            max_ms: self.times.iter().copied().max().unwrap_or_default(),
            directory,
            ends: self.ends(),
            prepared,
            blocks: blocks.bytes,
        })
    }

    fn ends(&self) -> Ends {
        let key = |row: usize| Some((*self.people.get(row)?, *self.times.get(row)?, *self.offsets.get(row)?));
        let last = self.people.len().checked_sub(1).and_then(key);
        Ends { first: key(0).unwrap_or_default(), last: last.unwrap_or_default() }
    }

    fn counter(&self) -> Counter {
        let is_own: Vec<bool> = self.event_names.texts().iter().map(|name| !is_of_the_house(name)).collect();
        Counter::new(&self.times, &self.events, &is_own)
    }

    /// The paths that get a column, sorted; the others are moved to the rest.
    fn choose(&mut self, mut gathered: Vec<NamedColumn>) -> (Vec<NamedColumn>, Vec<RareEntry>) {
        let rows = self.people.len();
        gathered
            .sort_by(|a, b| b.2.rows.len().cmp(&a.2.rows.len()).then_with(|| (a.0, &a.1).cmp(&(b.0, &b.1))));
        let common =
            gathered.iter().take_while(|(_, _, column)| column.rows.len() * RARE_ROWS >= rows).count();
        let rare = gathered.split_off(common.min(COLUMNS_MAX));
        gathered.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let mut entries = Vec::with_capacity(rare.len());
        for (family, path, column) in rare {
            for (row, cell) in column.rows.iter().zip(&column.cells) {
                self.put_rest(*row, family, &path, &column.value(*cell));
            }
            entries.push(RareEntry { family, path: path.into(), kinds: column.kinds });
        }
        (gathered, entries)
    }

    fn stripes(&self) -> Vec<Stripe> {
        let stripe = |range: Range<usize>| {
            let times = self.times.get(range.clone()).unwrap_or_default();
            let people = self.people.get(range.clone()).unwrap_or_default();
            let mut events = std::collections::BTreeMap::new();
            for event in self.events.get(range.clone()).unwrap_or_default() {
                *events.entry(*event).or_insert(0) += 1;
            }
            Stripe {
                rows: u32::try_from(range.len()).unwrap_or(u32::MAX),
                min_ms: times.iter().copied().min().unwrap_or_default(),
                max_ms: times.iter().copied().max().unwrap_or_default(),
                first_person: people.first().copied().unwrap_or_default(),
                last_person: people.last().copied().unwrap_or_default(),
                events: events.into_iter().collect(),
            }
        };
        stripe_ranges(self.people.len()).map(stripe).collect()
    }

    fn fixed_columns(
        &mut self,
        directory: &mut Directory,
        (blocks, offsets): (&mut Blocks<'_>, &[i64]),
    ) -> Result<(), StoreError> {
        let all: Vec<u32> = (0..u32::try_from(self.people.len()).unwrap_or(u32::MAX)).collect();
        let mut rest = self.rest_column()?;
        let arrivals = Arrivals::of(&self.received, offsets);
        for (fixed, name, shape) in Fixed::ALL {
            let ints = |numbers: &mut dyn Iterator<Item = i64>| numbers.map(Cell::Int).collect::<Vec<_>>();
            let cells = match fixed {
                Fixed::Person => ints(&mut self.people.iter().map(|code| i64::from(*code))),
                Fixed::Time => ints(&mut self.times.iter().copied()),
                Fixed::Event => ints(&mut self.events.iter().map(|code| i64::from(*code))),
                Fixed::Kind => ints(&mut self.kinds.iter().map(|kind| kind_code(*kind))),
                Fixed::Source => ints(&mut self.sources.iter().map(|code| i64::from(*code))),
                Fixed::Received => ints(
                    &mut self
                        .received
                        .iter()
                        .zip(&self.times)
                        .map(|(received, time)| received.wrapping_sub(*time)),
                ),
                Fixed::Offset => ints(&mut arrivals.without(&self.received, offsets).into_iter()),
                Fixed::MessageId => all.iter().map(|row| Cell::Text(*row)).collect(),
                Fixed::Findings | Fixed::Rest => Vec::new(),
            };
            let column = match fixed {
                Fixed::Findings => std::mem::take(&mut self.findings),
                Fixed::Rest => std::mem::take(&mut rest),
                Fixed::MessageId => Gathered {
                    rows: all.clone(),
                    cells,
                    words: std::mem::take(&mut self.message_ids),
                    ..Gathered::default()
                },
                _ => Gathered { rows: all.clone(), cells, ..Gathered::default() },
            };
            let mut entry = put_column(blocks, (Family::Fixed, name, shape), &column, offsets)?;
            if fixed == Fixed::Offset {
                entry.words = Some(blocks.put(&pack(&arrivals.write(), Codec::Zstd))?);
            }
            directory.columns.push(entry);
        }
        Ok(())
    }

    fn rest_column(&mut self) -> Result<Gathered, StoreError> {
        let mut column = Gathered::default();
        for (row, entries) in std::mem::take(&mut self.rest) {
            let mut text = String::from("{");
            for (path, raw) in entries {
                if text.len() > 1 {
                    text.push(',');
                }
                write_json_text(&path, &mut text);
                text.push(':');
                text.push_str(&raw);
            }
            text.push('}');
            column.add(row, &Value::Text(&text))?;
        }
        Ok(column)
    }

    fn event_entries(
        &self,
        lists: &ListBlocks,
        blocks: &mut Blocks<'_>,
    ) -> Result<Vec<EventEntry>, StoreError> {
        let names = self.event_names.texts();
        let mut people: Vec<Vec<i64>> = vec![Vec::new(); names.len()];
        let mut entries: Vec<EventEntry> = names
            .iter()
            .map(|name| EventEntry {
                name: name.to_owned(),
                rows: 0,
                first_ms: i64::MAX,
                last_ms: i64::MIN,
                people: 0,
                people_block: BlockRef::default(),
            })
            .collect();
        for ((event, person), time) in self.events.iter().zip(&self.people).zip(&self.times) {
            let index = *event as usize;
            if let (Some(entry), Some(people)) = (entries.get_mut(index), people.get_mut(index)) {
                entry.rows += 1;
                entry.first_ms = entry.first_ms.min(*time);
                entry.last_ms = entry.last_ms.max(*time);
                // Rows are sorted by person, so a person that is there already is the last one.
                if people.last() != Some(&i64::from(*person)) {
                    people.push(i64::from(*person));
                }
            }
        }
        for ((entry, people), list) in entries.iter_mut().zip(people).zip(&lists.events) {
            entry.people = u32::try_from(people.len()).unwrap_or(u32::MAX);
            // Of those with bits the hours tell it.
            if !matches!(list, EventList::Bits(_)) {
                entry.people_block = blocks.put(&pack_codes(&people))?;
            }
        }
        Ok(entries)
    }

    /// Lists of the rows of uncommon events, and of the hours of the others; `parts` are the rows of all that people did
    /// themselves, then those of each event.
    fn lists(&self, parts: &[Vec<u32>], blocks: &mut Blocks<'_>) -> Result<ListBlocks, StoreError> {
        let first_ms = self.times.iter().copied().min().unwrap_or_default();
        let at = |row: &u32| {
            let row = *row as usize;
            Some((self.people.get(row).copied()?, self.times.get(row).copied()?))
        };
        // Of a chunk that spans too many hours none are listed.
        let hours = |rows: &[u32]| lists::hours(rows.iter().filter_map(at), first_ms).unwrap_or_default();
        let mut lists = ListBlocks::default();
        let Some((own, events)) = parts.split_first() else { return Ok(lists) };
        let own_hours = hours(own);
        if let Some((codes, plain)) = lists::hours_block(&own_hours) {
            lists.people = u32::try_from(codes.len()).unwrap_or(u32::MAX);
            lists.people_block = blocks.put(&pack_codes(&codes))?;
            lists.own = blocks.put(&pack(&plain, Codec::Zstd))?;
        }
        for (rows, name) in events.iter().zip(self.event_names.texts().iter()) {
            lists.events.push(if lists::is_uncommon(rows.len(), self.people.len()) {
                let plain = lists::rows_block(rows, &self.people, &self.times);
                EventList::Rows(blocks.put(&pack(&plain, Codec::Zstd))?)
            } else if !own_hours.is_empty() && !is_of_the_house(name) {
                let plain = lists::bits_block(&own_hours, &hours(rows));
                EventList::Bits(blocks.put(&pack(&plain, Codec::Zstd))?)
            } else if let Some((_, plain)) = lists::hours_block(&hours(rows)) {
                EventList::Hours(blocks.put(&pack(&plain, Codec::Zstd))?)
            } else {
                EventList::Nothing
            });
        }
        Ok(lists)
    }
}

/// Codes of people, ascending.
fn pack_codes(codes: &[i64]) -> Vec<u8> {
    let mut plain = Vec::new();
    put_deltas(&mut plain, codes);
    pack(&plain, Codec::Either(codes.len()))
}

/// The block of counts of a column, if questions ask for such columns and it has few words.
fn count(counter: &mut Counter, entry: &ColumnEntry, column: &Gathered, rows: usize) -> Option<Vec<u8>> {
    if entry.words.is_none() || !matches!(entry.family, Family::Properties | Family::Context) {
        return None;
    }
    let mut codes = vec![0; rows];
    for (row, cell) in column.rows.iter().zip(&column.cells) {
        if let (Some(code), Cell::Text(word) | Cell::Json(word)) = (codes.get_mut(*row as usize), cell) {
            *code = word + 1;
        }
    }
    counter.block(column.words.texts().len(), &codes)
}

fn kind_code(kind: Kind) -> i64 {
    match kind {
        Kind::Track => 0,
        Kind::Identify => 1,
        Kind::Page => 2,
        Kind::Screen => 3,
        Kind::Group => 4,
        Kind::Alias => 5,
    }
}

pub(crate) fn kind_from(code: i64) -> Option<Kind> {
    let kinds = [Kind::Track, Kind::Identify, Kind::Page, Kind::Screen, Kind::Group, Kind::Alias];
    kinds.into_iter().find(|kind| kind_code(*kind) == code)
}
