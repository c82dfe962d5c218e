//! Numbers of which most lie near the one before, as times of one person do: of each difference the two lowest bytes and half a
//! byte above them, and what is left of those that leap further. The low bytes of times say nothing about each other, so no
//! packing makes them smaller, and of the bytes above most would be zeros: this takes less, and is read without unpacking.

use super::{Cursor, get_planes, put_planes, unfold, zigzags};

/// How many differences are read at once. Their half bytes stand in eight bytes: those of the first eight below, those of the
/// others above.
const AT_ONCE: usize = 16;
const HALF: usize = AT_ONCE / 2;
/// In the place of half a byte: there is more than it can say.
const MORE: u64 = 15;

/// Appends `numbers`: the first, of each difference the lowest and the next byte, the half bytes above them, and how much more
/// there is of those that say [`MORE`].
pub(crate) fn put_leaps(out: &mut Vec<u8>, numbers: &[i64]) {
    let differences = zigzags(numbers);
    out.extend_from_slice(&numbers.first().copied().unwrap_or_default().to_le_bytes());
    out.extend(differences.iter().map(|number| *number as u8));
    out.extend(differences.iter().map(|number| (number >> 8) as u8));
    for some in differences.chunks(AT_ONCE) {
        let half = |index: usize| some.get(index).map_or(0, |number| (number >> 16).min(MORE) as u8);
        out.extend((0..HALF).map(|index| half(index) | half(index + HALF) << 4));
    }
    let more: Vec<u64> = differences.iter().filter_map(|number| (number >> 16).checked_sub(MORE)).collect();
    out.extend_from_slice(&u32::try_from(more.len()).unwrap_or(u32::MAX).to_le_bytes());
    put_planes(out, more.iter().copied());
}

/// Reads `count` numbers that [`put_leaps`] wrote; all of them lie from `least` to `greatest`.
pub(crate) fn get_leaps(
    cursor: &mut Cursor<'_>,
    count: usize,
    (least, greatest): (i64, i64),
    numbers: &mut Vec<i64>,
) -> Option<()> {
    let first = cursor.u64()?.cast_signed();
    let (lowest, next) = (cursor.take(count)?, cursor.take(count)?);
    let halves = cursor.take(count.div_ceil(AT_ONCE).checked_mul(HALF)?)?;
    let leaps = usize::try_from(cursor.u32()?).ok().filter(|leaps| *leaps <= count)?;
    let mut more: Vec<i64> = Vec::new();
    get_planes(cursor, leaps, &mut more)?;
    let mut more = more.into_iter().map(|more| more.cast_unsigned().wrapping_add(MORE) << 16);
    // Where all lie in a span of four bytes the differences need no more either, wherever they wrap around.
    let is_narrow = greatest.checked_sub(least).is_some_and(|span| u32::try_from(span).is_ok());
    let (mut before, mut beyond) = (first, first.wrapping_sub(least) as u32);
    numbers.clear();
    numbers.reserve(count);
    let bytes = lowest.chunks(AT_ONCE).zip(next.chunks(AT_ONCE));
    for (halves, (lowest, next)) in halves.as_chunks::<HALF>().0.iter().zip(bytes) {
        let rows = lowest.len();
        let folded = folded(&whole(lowest), &whole(next), *halves);
        let mut full = Full::of(*halves);
        if is_narrow {
            let mut differences = folded.map(|number| number >> 1 ^ (number & 1).wrapping_neg());
            for index in &mut full {
                let low = u64::from(folded.get(index)? & 0xffff);
                *differences.get_mut(index)? = unfold(more.next()? | low) as u32;
            }
            numbers.extend(differences.iter().take(rows).map(|difference| {
                beyond = beyond.wrapping_add(*difference);
                least.wrapping_add(i64::from(beyond))
            }));
        } else {
            let mut differences = folded.map(|number| unfold(u64::from(number)));
            for index in &mut full {
                let low = u64::from(folded.get(index)? & 0xffff);
                *differences.get_mut(index)? = unfold(more.next()? | low);
            }
            numbers.extend(differences.iter().take(rows).map(|difference| {
                before = before.wrapping_add(*difference);
                before
            }));
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

/// The folded differences as far as the half bytes tell them.
fn folded(lowest: &[u8; AT_ONCE], next: &[u8; AT_ONCE], halves: [u8; HALF]) -> [u32; AT_ONCE] {
    let mut folded = [0; AT_ONCE];
    let (first, others) = folded.split_at_mut(HALF);
    for ((first, other), half) in first.iter_mut().zip(others).zip(halves) {
        *first = u32::from(half & 15) << 16;
        *other = u32::from(half >> 4) << 16;
    }
    for ((number, lowest), next) in folded.iter_mut().zip(lowest).zip(next) {
        *number |= u32::from(*lowest) | u32::from(*next) << 8;
    }
    folded
}

/// The rows of sixteen of which there is more, in order.
struct Full {
    first: u64,
    others: u64,
}

impl Full {
    fn of(halves: [u8; HALF]) -> Self {
        let halves = u64::from_le_bytes(halves);
        // The lowest bit of each half byte that is all ones.
        let full = halves & halves >> 1 & halves >> 2 & halves >> 3;
        Self { first: full & 0x0101_0101_0101_0101, others: full & 0x1010_1010_1010_1010 }
    }
}

impl Iterator for Full {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let (bits, beyond) = if self.first == 0 { (&mut self.others, HALF) } else { (&mut self.first, 0) };
        let place = bits.trailing_zeros();
        *bits &= bits.wrapping_sub(1);
        (place < u64::BITS).then_some(place as usize / 8 + beyond)
    }
}
