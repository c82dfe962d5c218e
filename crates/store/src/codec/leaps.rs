//! Numbers that mostly rise by a little, as times of one person do: of each rise the two lowest bytes and three bits above them,
//! and what is left of those that leap further, or back. The low bytes of times say nothing about each other, so no packing makes
//! them smaller, and of the bytes above most would be zeros: this takes less, and is read without unpacking.

use super::{Cursor, get_planes, put_planes};

/// How many rises are read at once: as many as there are bits in a mask.
const AT_ONCE: usize = 16;
/// Masks: the lowest bits above the two bytes, then the next, then those above.
const MASKS: usize = 3;
/// In the place of three bits: there is more than they can say.
const MORE: u64 = 7;

/// Appends `numbers`: the first, of each rise from the one before (0 for the first) the lowest and the next byte, masks of the three
/// bits above them, and how much more there is of those that say [`MORE`]. What falls is a rise that goes around: where all lie in a
/// span of four bytes, around these.
pub(crate) fn put_leaps(out: &mut Vec<u8>, numbers: &[i64]) {
    let mut before = numbers.first().copied().unwrap_or_default();
    let bounds = numbers.iter().copied().min().zip(numbers.iter().copied().max()).unwrap_or_default();
    let around = if is_narrow(bounds) { u64::from(u32::MAX) } else { u64::MAX };
    let rise =
        |number: &i64| number.wrapping_sub(std::mem::replace(&mut before, *number)).cast_unsigned() & around;
    let rises: Vec<u64> = numbers.iter().map(rise).collect();
    out.extend_from_slice(&numbers.first().copied().unwrap_or_default().to_le_bytes());
    out.extend(rises.iter().map(|rise| *rise as u8));
    out.extend(rises.iter().map(|rise| (rise >> 8) as u8));
    for some in rises.chunks(AT_ONCE) {
        for bit in 0..MASKS {
            let is_set = |rise: &u64| u16::from((rise >> 16).min(MORE) >> bit & 1 == 1);
            let mask = some.iter().rev().fold(0, |mask, rise| mask << 1 | is_set(rise));
            out.extend_from_slice(&mask.to_le_bytes());
        }
    }
    let more: Vec<u64> = rises.iter().filter_map(|rise| (rise >> 16).checked_sub(MORE)).collect();
    out.extend_from_slice(&u32::try_from(more.len()).unwrap_or(u32::MAX).to_le_bytes());
    put_planes(out, more.iter().copied());
}

/// Whether there are no more than four bytes from the least to the greatest.
fn is_narrow((least, greatest): (i64, i64)) -> bool {
    greatest.checked_sub(least).is_some_and(|span| u32::try_from(span).is_ok())
}

/// Reads `count` numbers that [`put_leaps`] wrote, of which these are the least and the greatest.
pub(crate) fn get_leaps(
    cursor: &mut Cursor<'_>,
    count: usize,
    (least, greatest): (i64, i64),
    numbers: &mut Vec<i64>,
) -> Option<()> {
    let first = cursor.u64()?.cast_signed();
    let (lowest, next) = (cursor.take(count)?, cursor.take(count)?);
    let masks = cursor.take(count.div_ceil(AT_ONCE).checked_mul(2 * MASKS)?)?;
    let leaps = usize::try_from(cursor.u32()?).ok().filter(|leaps| *leaps <= count)?;
    let mut more: Vec<i64> = Vec::new();
    get_planes(cursor, leaps, &mut more)?;
    let mut more = more.into_iter().map(|more| more.cast_unsigned().wrapping_add(MORE) << 16);
    let is_narrow = is_narrow((least, greatest));
    let (mut before, mut beyond) = (first, first.wrapping_sub(least) as u32);
    numbers.clear();
    numbers.reserve(count);
    let bytes = lowest.chunks(AT_ONCE).zip(next.chunks(AT_ONCE));
    for (packed, (lowest, next)) in masks.chunks(2 * MASKS).zip(bytes) {
        let rows = lowest.len();
        let mut masks = [0; MASKS];
        for (mask, bytes) in masks.iter_mut().zip(packed.as_chunks().0) {
            *mask = u16::from_le_bytes(*bytes);
        }
        let mut rises = small(&whole(lowest), &whole(next), masks);
        let mut full = masks.iter().fold(u16::MAX, |full, mask| full & mask);
        if is_narrow {
            while full != 0 {
                let rise = rises.get_mut(full.trailing_zeros() as usize)?;
                *rise = *rise & 0xffff | more.next()? as u32;
                full &= full - 1;
            }
            numbers.extend(rises.iter().take(rows).map(|rise| {
                beyond = beyond.wrapping_add(*rise);
                least.wrapping_add(i64::from(beyond))
            }));
        } else {
            for (row, rise) in rises.iter().take(rows).enumerate() {
                let is_full = full >> row & 1 == 1;
                let rise = if is_full { u64::from(rise & 0xffff) | more.next()? } else { u64::from(*rise) };
                before = before.wrapping_add(rise.cast_signed());
                numbers.push(before);
            }
        }
    }
    more.next().is_none().then_some(())
}

/// Bytes of up to sixteen rows, of those that are not there zeros.
fn whole(bytes: &[u8]) -> [u8; AT_ONCE] {
    bytes.try_into().unwrap_or_else(|_| {
        let mut whole = [0; AT_ONCE];
        for (slot, byte) in whole.iter_mut().zip(bytes) {
            *slot = *byte;
        }
        whole
    })
}

/// The rises as far as bytes and masks tell them.
fn small(lowest: &[u8; AT_ONCE], next: &[u8; AT_ONCE], [a, b, c]: [u16; MASKS]) -> [u32; AT_ONCE] {
    let (a, b, c) = (u32::from(a), u32::from(b), u32::from(c));
    let mut rises = [0; AT_ONCE];
    for (row, (rise, (lowest, next))) in rises.iter_mut().zip(lowest.iter().zip(next)).enumerate() {
        let above = a >> row & 1 | (b >> row & 1) << 1 | (c >> row & 1) << 2;
        *rise = u32::from(*lowest) | u32::from(*next) << 8 | above << 16;
    }
    rises
}
