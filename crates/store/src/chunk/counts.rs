//! How many rows a chunk has by event, time and word of a column, counted once when it is written: what asks for nothing else
//! need not read rows.
//!
//! A chunk has one block of counts for its rows as they are and one for every column with a dictionary. It has a part for all
//! events that people did themselves, and one for each event. A part has cells of slot of time and word; its slots are the
//! shortest with which the cells are few beside the rows. What falls between two edges as a whole is in a part of its own, too.

use super::lists::is_uncommon;
use crate::codec::{Cursor, get_planes, put_planes};

/// A part has at most one cell for so many rows.
const CELL_ROWS: usize = 8;
/// The most pairs of slot and word that are told apart.
const KEYS_MAX: usize = 1 << 20;
/// The part of all events that people did themselves, with the whole chunk as one slot; without cells where the next is so.
pub(crate) const OWN_WHOLE: usize = 0;
/// The part of all events that people did themselves; those of single events follow.
pub(crate) const OWN_EVENTS: usize = 1;

/// Into which times a part is cut. Hours and days are those of UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Slots {
    Hours,
    Days,
    /// The whole chunk is one.
    Whole,
}

impl Slots {
    const FINEST_FIRST: [Self; 3] = [Self::Hours, Self::Days, Self::Whole];

    /// How it is written; a part that has no cells has 0.
    fn tag(self) -> u8 {
        match self {
            Self::Hours => 1,
            Self::Days => 2,
            Self::Whole => 3,
        }
    }

    fn ms(self) -> Option<i64> {
        match self {
            Self::Hours => Some(3_600_000),
            Self::Days => Some(86_400_000),
            Self::Whole => None,
        }
    }

    /// The slot of a time, counted from that of `first_ms`, the least time of the chunk.
    fn of(self, ms: i64, first_ms: i64) -> i64 {
        self.ms().map_or(0, |length| ms.div_euclid(length) - first_ms.div_euclid(length))
    }

    /// The first and the last millisecond of a slot.
    pub(crate) fn span_ms(self, slot: u32, first_ms: i64) -> (i64, i64) {
        let Some(length) = self.ms() else { return (i64::MIN, i64::MAX) };
        let begin = first_ms.div_euclid(length).saturating_add(i64::from(slot)).saturating_mul(length);
        (begin, begin.saturating_add(length - 1))
    }
}

/// How many slots there are, and the slot of each row.
type SlotsOfRows = (usize, Vec<u32>);

/// Counts the rows of a chunk that is being built.
pub(crate) struct Counter {
    /// The rows of all that people did themselves, then those of each event.
    parts: Vec<Vec<u32>>,
    /// Of each row the slot, by hours and by days, and how many slots there are; `None` where there are too many.
    slots: Vec<(Slots, Option<SlotsOfRows>)>,
    counts: Vec<u32>,
}

impl Counter {
    /// Of rows at `times`, whose events are codes; `is_own` says of which events people do themselves.
    pub(crate) fn new(times: &[i64], events: &[u32], is_own: &[bool]) -> Self {
        let mut parts = vec![Vec::new(); is_own.len() + 1];
        for (row, event) in (0_u32..).zip(events) {
            if let Some(part) = parts.get_mut(*event as usize + 1) {
                part.push(row);
            }
            if let Some(own) = parts.first_mut()
                && is_own.get(*event as usize) == Some(&true)
            {
                own.push(row);
            }
        }
        let first_ms = times.iter().copied().min().unwrap_or_default();
        let last_ms = times.iter().copied().max().unwrap_or_default();
        let of = |slots: Slots| {
            let count = usize::try_from(slots.of(last_ms, first_ms)).ok()?.checked_add(1)?;
            let slot = |ms: &i64| u32::try_from(slots.of(*ms, first_ms)).unwrap_or_default();
            (count <= KEYS_MAX).then(|| (count, times.iter().map(slot).collect()))
        };
        let slots = Slots::FINEST_FIRST.into_iter().map(|slots| (slots, of(slots))).collect();
        Self { parts, slots, counts: Vec::new() }
    }

    /// The rows of all that people did themselves, then those of each event.
    pub(crate) fn parts(&self) -> &[Vec<u32>] {
        &self.parts
    }

    /// The block of a column of `words` words, unpacked; `codes` has for each row the code and one more, or 0 where there is no
    /// value. `None` where no part has few enough cells.
    pub(crate) fn block(&mut self, words: usize, codes: &[u32]) -> Option<Vec<u8>> {
        let mut plain = u32::try_from(words).unwrap_or(u32::MAX).to_le_bytes().to_vec();
        let mut any = false;
        let Self { parts, slots, counts } = self;
        let mut found = |rows: &[u32], tried: &[(Slots, Option<SlotsOfRows>)]| {
            tried.iter().find_map(|(slots, of_row)| {
                Some((*slots, cells(rows, (of_row.as_ref()?, codes, words + 1), counts)?))
            })
        };
        for (number, rows) in parts.iter().enumerate() {
            // The rows of uncommon events are listed, and their words quickly looked up.
            let is_listed = number > 0 && words > 0 && is_uncommon(rows.len(), codes.len());
            let part = if is_listed { None } else { found(rows, slots) };
            if number == 0 {
                let shorter = part.as_ref().is_some_and(|(slots, _)| *slots != Slots::Whole);
                let whole = slots.last().filter(|_| shorter).map(std::slice::from_ref);
                put_part(&mut plain, whole.and_then(|whole| found(rows, whole)));
            }
            any |= part.is_some();
            put_part(&mut plain, part);
        }
        any.then_some(plain)
    }
}

/// Appends a part: its slots and cells, or that it has none.
fn put_part(plain: &mut Vec<u8>, part: Option<(Slots, Vec<(u32, u32)>)>) {
    let Some((slots, cells)) = part else { return plain.push(0) };
    plain.push(slots.tag());
    plain.extend_from_slice(&u32::try_from(cells.len()).unwrap_or(u32::MAX).to_le_bytes());
    let keys = cells.iter().map(|(key, _)| u64::from(*key));
    let before = std::iter::once(0).chain(keys.clone());
    put_planes(plain, keys.zip(before).map(|(key, before)| key - before));
    put_planes(plain, cells.iter().map(|(_, rows)| u64::from(*rows)));
}

/// Pairs of key and count, ascending; `None` if they would be too many. A key is the slot times `width`, and the code.
fn cells(
    rows: &[u32],
    ((slots, slot), codes, width): (&(usize, Vec<u32>), &[u32], usize),
    counts: &mut Vec<u32>,
) -> Option<Vec<(u32, u32)>> {
    let most = rows.len() / CELL_ROWS;
    let keys = slots.checked_mul(width).filter(|keys| *keys <= KEYS_MAX && most > 0)?;
    if counts.len() < keys {
        counts.resize(keys, 0);
    }
    let mut found: Vec<u32> = Vec::new();
    for row in rows {
        let row = *row as usize;
        let slot = slot.get(row).copied().unwrap_or_default() as usize;
        let key = slot * width + codes.get(row).copied().unwrap_or_default() as usize;
        let Some(count) = counts.get_mut(key) else { continue };
        if *count == 0 {
            found.push(u32::try_from(key).unwrap_or(u32::MAX));
        }
        *count += 1;
        if found.len() > most {
            break;
        }
    }
    let few = found.len() <= most;
    if few {
        found.sort_unstable();
    }
    let take = |key: u32| (key, counts.get_mut(key as usize).map(std::mem::take).unwrap_or_default());
    let cells: Vec<(u32, u32)> = found.into_iter().map(take).collect();
    few.then_some(cells)
}

/// One part of a block, read.
#[derive(Default)]
pub(crate) struct Part {
    /// `None` if it has no cells.
    pub(crate) slots: Option<Slots>,
    width: u32,
    keys: Vec<u32>,
    rows: Vec<u32>,
}

impl Part {
    /// Slot, word and rows of each cell, by slot; a word is its code and one more, or 0 where rows have no value.
    pub(crate) fn cells(&self) -> impl Iterator<Item = (u32, u32, u32)> {
        self.keys.iter().zip(&self.rows).map(|(key, rows)| (key / self.width, key % self.width, *rows))
    }
}

/// Shows `visit` those parts of a block that are wanted, in their order, as long as it says yes: `parts` has the number of each
/// and how many rows it must have, or `None`. How many words the column has; `None` if the bytes are no such block.
pub(crate) fn read(
    plain: &[u8],
    parts: impl Iterator<Item = (usize, Option<u32>)>,
    visit: &mut dyn FnMut(usize, &Part) -> bool,
) -> Option<u32> {
    let mut cursor = Cursor(plain);
    let words = cursor.u32()?;
    let mut part = Part { width: words.checked_add(1)?, ..Part::default() };
    for (number, rows) in parts {
        let tag = cursor.byte()?;
        part.slots = Slots::FINEST_FIRST.into_iter().find(|slots| slots.tag() == tag);
        part.keys.clear();
        part.rows.clear();
        if part.slots.is_some() {
            let count = usize::try_from(cursor.u32()?).ok()?;
            let Some(rows) = rows else {
                skip_planes(&mut cursor, count)?;
                skip_planes(&mut cursor, count)?;
                continue;
            };
            // Cells of no rows are not written: a count beyond the rows is wrong and must not be allocated.
            if count > rows as usize {
                return None;
            }
            get_planes(&mut cursor, count, &mut part.keys)?;
            get_planes(&mut cursor, count, &mut part.rows)?;
            let mut key = 0_u32;
            for difference in &mut part.keys {
                key = key.checked_add(*difference)?;
                *difference = key;
            }
            if part.rows.iter().map(|rows| u64::from(*rows)).sum::<u64>() != u64::from(rows) {
                return None;
            }
        } else if tag != 0 {
            return None;
        }
        if rows.is_some() && !visit(number, &part) {
            return Some(words);
        }
    }
    cursor.0.is_empty().then_some(words)
}

fn skip_planes(cursor: &mut Cursor<'_>, count: usize) -> Option<()> {
    let width = usize::from(cursor.byte()?);
    cursor.take(count.checked_mul(width)?).map(drop)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Part, slots, slot, word, rows.
    type Cell = (usize, Slots, u32, u32, u32);

    /// Everything in a block.
    fn all(plain: &[u8], rows: &[u32]) -> Option<Vec<Cell>> {
        let mut found = Vec::new();
        read(plain, rows.iter().map(|rows| Some(*rows)).enumerate(), &mut |number, part| {
            let slots = part.slots.unwrap_or(Slots::Whole);
            found.extend(part.cells().map(|(slot, word, rows)| (number, slots, slot, word, rows)));
            true
        })?;
        Some(found)
    }

    proptest! {
        #[test]
        fn cells_come_back_and_are_few(
            rows in vec((prop_oneof![9 => 0_i64..400_000_000, 1 => any::<i64>().prop_map(|ms| ms / 4)], 0..3_u32, 0..4_u32), 1..400),
            flipped in any::<usize>(),
        ) {
            let times: Vec<i64> = rows.iter().map(|row| row.0).collect();
            let events: Vec<u32> = rows.iter().map(|row| row.1).collect();
            let codes: Vec<u32> = rows.iter().map(|row| row.2).collect();
            let first_ms = times.iter().copied().min().unwrap();
            let mut counter = Counter::new(&times, &events, &[true, false, true]);
            let of = |part: usize, row: &(i64, u32, u32)| if part <= OWN_EVENTS { row.1 != 1 } else { row.1 as usize + OWN_EVENTS + 1 == part };
            let sizes: Vec<u32> =
                (0..5).map(|part| rows.iter().filter(|row| of(part, row)).count() as u32).collect();
            let Some(mut plain) = counter.block(3, &codes) else { return Ok(()) };
            let found = all(&plain, &sizes).unwrap();
            for (part, size) in sizes.iter().enumerate() {
                let cells: Vec<_> = found.iter().filter(|cell| cell.0 == part).collect();
                prop_assert!(cells.len() * CELL_ROWS <= *size as usize);
                let Some((_, slots, ..)) = cells.first().copied() else { continue };
                let mut wanted: BTreeMap<(u32, u32), u32> = BTreeMap::new();
                for row in rows.iter().filter(|row| of(part, row)) {
                    let slot = cells.iter().map(|cell| cell.2).find(|slot| {
                        let (first, last) = slots.span_ms(*slot, first_ms);
                        (first..=last).contains(&row.0)
                    });
                    *wanted.entry((slot.unwrap(), row.2)).or_default() += 1;
                }
                let cells: BTreeMap<(u32, u32), u32> = cells.iter().map(|cell| ((cell.2, cell.3), cell.4)).collect();
                prop_assert_eq!(cells, wanted);
            }
            // Another number of rows is noticed, and no damage does any harm.
            if !found.is_empty() {
                let more: Vec<u32> = sizes.iter().map(|rows| rows + 1).collect();
                prop_assert_eq!(all(&plain, &more), None);
            }
            let at = flipped % plain.len();
            plain[at] ^= 1 << (flipped % 8);
            all(&plain, &sizes);
            all(&plain[..at], &sizes);
        }

        #[test]
        fn arbitrary_bytes_are_refused_or_read_but_never_panic(
            bytes in vec(prop_oneof![any::<u8>(), 0..4_u8], 0..200),
            rows in vec(prop_oneof![Just(None), (0..100_000_u32).prop_map(Some), (0..9_u32).prop_map(Some)], 0..6),
        ) {
            read(&bytes, rows.iter().copied().enumerate(), &mut |_, part| part.cells().count() < 1_000);
        }
    }

    #[test]
    fn slots_are_the_shortest_with_few_cells() {
        let of = |times: &[i64], words: usize| {
            let mut counter = Counter::new(times, &vec![0; times.len()], &[true]);
            let codes: Vec<u32> = (0..times.len()).map(|row| (row % (words + 1)) as u32).collect();
            let plain = counter.block(words, &codes)?;
            let found = all(&plain, &[times.len() as u32; 3])?;
            let whole = found.iter().any(|cell| cell.0 == OWN_WHOLE);
            let own = found.iter().find(|cell| cell.0 == OWN_EVENTS).map(|cell| cell.1);
            assert_eq!(
                whole,
                own.is_some_and(|slots| slots != Slots::Whole),
                "the whole chunk, where that is shorter"
            );
            own
        };
        let times: Vec<i64> = (0..960).map(|row| row % 48 * 3_600_000).collect();
        assert_eq!(of(&times, 1), Some(Slots::Hours), "48 cells for 120");
        assert_eq!(of(&times, 6), Some(Slots::Days));
        assert_eq!(of(&times, 100), Some(Slots::Whole));
        assert_eq!(of(&times, 200), None);
    }
}
