//! Who did what when, put together once when a chunk is written: of uncommon events their rows, of the others the hours in
//! which somebody did them. What asks for no more than that need not read the columns of all rows.

use crate::codec::{Cursor, get_deltas, get_planes, put_bits, put_deltas, put_planes};

/// An event is uncommon if the chunk has at least so many times its rows.
const FEW_ROWS: usize = 50;

/// Whether an event with so many of a chunk's rows is uncommon.
pub(crate) fn is_uncommon(rows: usize, of: usize) -> bool {
    rows.saturating_mul(FEW_ROWS) <= of
}

/// The most hours from the first to the last of a chunk.
const HOURS_MAX: usize = 1 << 16;
const HOUR_MS: i64 = 3_600_000;

/// The begin of an hour of UTC that is counted from that of `first_ms`, and its last millisecond.
pub(crate) fn span_ms(hour: usize, first_ms: i64) -> (i64, i64) {
    let hour = i64::try_from(hour).unwrap_or(i64::MAX);
    let begin = first_ms.div_euclid(HOUR_MS).saturating_add(hour).saturating_mul(HOUR_MS);
    (begin, begin.saturating_add(HOUR_MS - 1))
}

/// How many hours there are from the first to the last time; `None` if they are too many to be told apart.
pub(crate) fn hours_between(first_ms: i64, last_ms: i64) -> Option<usize> {
    let hours = last_ms.div_euclid(HOUR_MS).checked_sub(first_ms.div_euclid(HOUR_MS))?.checked_add(1)?;
    usize::try_from(hours).ok().filter(|hours| *hours <= HOURS_MAX)
}

/// Of rows that come by person and time who did something in which hours, each once, counted from that of `first_ms`, the least
/// time of the chunk; `None` if they span too many hours.
pub(crate) fn hours(rows: impl Iterator<Item = (u32, i64)>, first_ms: i64) -> Option<Vec<(u32, u32)>> {
    let hour =
        |(person, ms)| Some((person, u32::try_from(hours_between(first_ms, ms)?.checked_sub(1)?).ok()?));
    let mut hours = rows.map(hour).collect::<Option<Vec<_>>>()?;
    hours.dedup();
    Some(hours)
}

/// People, one after the other, with the hours in which they did something.
#[derive(Default)]
pub(crate) struct HoursList {
    /// Their codes as they were stored, ascending, each with the place in `hours` behind the last of theirs.
    pub(crate) people: Vec<(u32, u32)>,
    /// Ascending within each person; counted from the hour of the chunk's least time.
    pub(crate) hours: Vec<u32>,
    /// For its memory.
    lengths: Vec<u32>,
}

/// Whose these hours are, which [`hours`] gave, and their list; `None` if there are none.
pub(crate) fn hours_block(hours: &[(u32, u32)]) -> Option<(Vec<i64>, Vec<u8>)> {
    let mut plain = u32::try_from(hours.len()).ok().filter(|hours| *hours > 0)?.to_le_bytes().to_vec();
    let people = || hours.chunk_by(|a, b| a.0 == b.0);
    put_planes(&mut plain, people().map(|own| own.len() as u64));
    let differences = people().flat_map(|own| {
        let before = std::iter::once(0).chain(own.iter().map(|(_, hour)| *hour));
        own.iter().zip(before).map(|((_, hour), before)| u64::from(hour - before))
    });
    put_planes(&mut plain, differences);
    let codes = people().filter_map(|own| own.first()).map(|(person, _)| i64::from(*person));
    Some((codes.collect(), plain))
}

/// Reads the hours of people with these codes that [`hours_block`] made of at most `rows` rows; `None` if it is not that.
pub(crate) fn read_hours(plain: &[u8], codes: &[u32], rows: u32, list: &mut HoursList) -> Option<()> {
    let mut cursor = Cursor(plain);
    // There are no more than rows: a wrong count must not be allocated.
    let count = cursor.u32().filter(|count| *count <= rows)? as usize;
    let HoursList { people, hours, lengths } = list;
    get_planes(&mut cursor, codes.len(), lengths)?;
    get_planes(&mut cursor, count, hours)?;
    people.clear();
    let mut begin = 0_usize;
    for (code, length) in codes.iter().zip(lengths.iter()) {
        let end = begin.checked_add(*length as usize)?;
        let mut hour = 0_u32;
        for difference in hours.get_mut(begin..end)? {
            hour = hour.checked_add(*difference)?;
            *difference = hour;
        }
        people.push((*code, u32::try_from(end).ok()?));
        begin = end;
    }
    (begin == count && cursor.0.is_empty()).then_some(())
}

/// Of everybody's hours, which [`hours`] gave, a bit each: whether it is among `some`, which are of them and in the same order.
pub(crate) fn bits_block(all: &[(u32, u32)], some: &[(u32, u32)]) -> Vec<u8> {
    let mut some = some.iter().peekable();
    let is_in = |hour: &(u32, u32)| some.next_if_eq(&hour).is_some();
    let bits: Vec<bool> = all.iter().map(is_in).collect();
    let mut plain = Vec::new();
    put_bits(&mut plain, &bits);
    plain
}

/// Keeps of `list` the hours that have a bit in what [`bits_block`] made; `None` if it is not that.
pub(crate) fn keep_bits(plain: &[u8], list: &mut HoursList) -> Option<()> {
    let HoursList { people, hours, .. } = list;
    if plain.len() != hours.len().div_ceil(8) {
        return None;
    }
    let is_set = |place: usize| plain.get(place / 8).is_some_and(|byte| byte >> (place % 8) & 1 == 1);
    let (mut begin, mut kept) = (0, 0);
    people.retain_mut(|(_, end)| {
        let before = kept;
        for place in begin..*end as usize {
            // Without a branch: which these are cannot be foreseen.
            let hour = hours.get(place).copied().unwrap_or_default();
            if let Some(slot) = hours.get_mut(kept) {
                *slot = hour;
            }
            kept += usize::from(is_set(place));
        }
        begin = *end as usize;
        *end = kept as u32;
        kept > before
    });
    hours.truncate(kept);
    Some(())
}

/// A row that is listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ListedRow {
    /// Its number in the chunk.
    pub(crate) row: u32,
    /// Whose it is, as it was stored.
    pub(crate) person: u32,
    pub(crate) time_ms: i64,
    /// The chunk's code of its event.
    pub(crate) event: u32,
}

/// A list of the rows with these numbers, which ascend, of a chunk that has these people and times. Whose they are is told
/// elsewhere: here is only how many each of them has.
pub(crate) fn rows_block(rows: &[u32], people: &[u32], times: &[i64]) -> Vec<u8> {
    let person = |row: &u32| people.get(*row as usize);
    let time = |row: &u32| times.get(*row as usize).copied().unwrap_or_default();
    let mut plain = Vec::new();
    let runs = rows.chunk_by(|a, b| person(a) == person(b));
    put_planes(&mut plain, runs.map(|run| run.len() as u64));
    put_deltas(&mut plain, &rows.iter().map(time).collect::<Vec<_>>());
    put_deltas(&mut plain, &rows.iter().map(|row| i64::from(*row)).collect::<Vec<_>>());
    plain
}

/// Appends what [`rows_block`] made of `count` rows of an event and of people with these codes, in a chunk of `rows_max` rows;
/// `None` if it is not that.
pub(crate) fn read_rows(
    plain: &[u8],
    codes: &[u32],
    (event, count, rows_max): (u32, u32, u32),
    rows: &mut Vec<ListedRow>,
) -> Option<()> {
    let (mut cursor, count) = (Cursor(plain), count as usize);
    let (mut lengths, mut times, mut numbers): (Vec<u32>, _, _) = Default::default();
    get_planes(&mut cursor, codes.len(), &mut lengths)?;
    get_deltas(&mut cursor, count, &mut times)?;
    get_deltas(&mut cursor, count, &mut numbers)?;
    let all: u64 = lengths.iter().map(|length| u64::from(*length)).sum();
    if all != count as u64 || !cursor.0.is_empty() {
        return None;
    }
    let people =
        codes.iter().zip(&lengths).flat_map(|(code, length)| std::iter::repeat_n(*code, *length as usize));
    let mut next = 0;
    for ((person, time_ms), number) in people.zip(&times).zip(&numbers) {
        let row = u32::try_from(*number).ok().filter(|row| (next..rows_max).contains(row))?;
        rows.push(ListedRow { row, person, time_ms: *time_ms, event });
        next = row + 1;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lists_are_what_they_were_made_of(
            rows in vec((0..5_u32, prop_oneof![9 => 0..400_000_000_i64, 1 => any::<i64>().prop_map(|ms| ms / 1_000_000)]), 1..60),
            flipped in any::<usize>(),
        ) {
            let mut rows = rows;
            rows.sort_unstable();
            let count = u32::try_from(rows.len()).unwrap();
            let first_ms = rows.iter().map(|row| row.1).min().unwrap();
            let last_ms = rows.iter().map(|row| row.1).max().unwrap();
            let mut wanted: BTreeMap<u32, BTreeSet<i64>> = BTreeMap::new();
            for (person, ms) in &rows {
                wanted.entry(*person).or_default().insert(ms.div_euclid(HOUR_MS));
            }
            let all = hours(rows.iter().copied(), first_ms);
            prop_assert_eq!(all.is_some(), hours_between(first_ms, last_ms).is_some());
            if let Some(all) = all {
                let (codes, mut plain) = hours_block(&all).unwrap();
                let mut list = HoursList::default();
                let codes: Vec<u32> = codes.into_iter().map(|code| u32::try_from(code).unwrap()).collect();
                prop_assert!(read_hours(&plain, &codes, count, &mut list).is_some());
                let (mut begin, mut found) = (0, BTreeMap::new());
                for (person, end) in &list.people {
                    let hours = list.hours[begin..*end as usize].iter();
                    let hours: BTreeSet<i64> =
                        hours.map(|hour| span_ms(*hour as usize, first_ms).0.div_euclid(HOUR_MS)).collect();
                    found.insert(*person, hours);
                    begin = *end as usize;
                }
                prop_assert_eq!(&found, &wanted);
                let some: Vec<(u32, u32)> = all.iter().enumerate().filter(|(at, _)| flipped >> (at % 60) & 1 == 0).map(|(_, hour)| *hour).collect();
                let bits = bits_block(&all, &some);
                prop_assert!(keep_bits(&bits, &mut list).is_some());
                let (mut begin, mut kept) = (0, Vec::new());
                for (person, end) in &list.people {
                    prop_assert!(begin < *end as usize, "nobody without hours");
                    kept.extend(list.hours[begin..*end as usize].iter().map(|hour| (*person, *hour)));
                    begin = *end as usize;
                }
                prop_assert_eq!(kept, some);
                prop_assert!(keep_bits(&[&bits[..], &[0]].concat(), &mut list).is_none());
                prop_assert!(read_hours(&plain, &codes, count, &mut list).is_some());
                let entries = u32::try_from(list.hours.len()).unwrap();
                prop_assert!(read_hours(&plain, &codes, entries - 1, &mut list).is_none());
                prop_assert!(read_hours(&plain, &codes[1..], count, &mut list).is_none(), "another number of people");
                let at = flipped % plain.len();
                plain[at] ^= 1 << (flipped % 8);
                read_hours(&plain, &codes, count, &mut list);
                read_hours(&plain[..at], &codes, count, &mut list);
            }
            let (people, times): (Vec<u32>, Vec<i64>) = rows.iter().copied().unzip();
            let some: Vec<u32> = (0..count).filter(|row| flipped >> (row % 60) & 1 == 0).collect();
            let mut plain = rows_block(&some, &people, &times);
            let mut found = Vec::new();
            let length = u32::try_from(some.len()).unwrap();
            let mut codes: Vec<u32> = some.iter().map(|row| people[*row as usize]).collect();
            codes.dedup();
            prop_assert!(read_rows(&plain, &codes, (7, length, count), &mut found).is_some());
            let listed = |row: &u32| ListedRow { row: *row, person: people[*row as usize], time_ms: times[*row as usize], event: 7 };
            prop_assert_eq!(&found, &some.iter().map(listed).collect::<Vec<_>>());
            if let Some(last) = some.last() {
                prop_assert!(read_rows(&plain, &codes, (7, length, *last), &mut found).is_none(), "beyond the chunk");
            }
            let at = flipped % plain.len();
            plain[at] ^= 1 << (flipped % 8);
            read_rows(&plain, &codes, (7, length, count), &mut found);
            read_rows(&plain[..at], &codes, (7, length, count), &mut found);
        }

        #[test]
        fn arbitrary_bytes_are_refused_or_read_but_never_panic(
            bytes in vec(prop_oneof![any::<u8>(), 0..4_u8], 0..200),
            codes in vec(any::<u32>(), 0..20),
            rows in 0..300_u32,
        ) {
            let mut list = HoursList::default();
            if read_hours(&bytes, &codes, rows, &mut list).is_some() {
                prop_assert!(list.hours.len() <= rows as usize);
            }
            let mut found = Vec::new();
            if read_rows(&bytes, &codes, (0, rows, 1_000), &mut found).is_some() {
                prop_assert_eq!(found.len(), rows as usize);
            }
        }
    }
}
