//! How numbers and bytes are packed. Everything here reads arbitrary bytes without panicking.
//!
//! Numbers are kept as differences from the smallest (or from the one before), cut into planes: all
//! lowest bytes, then all second bytes, and so on. Planes of zeros cost next to nothing after LZ4 or zstd. `leaps` is for times,
//! `arrivals` for places in the journal, `ids` for the ids of messages, `texts` for words.

mod arrivals;
mod ids;
mod leaps;
mod texts;

use std::cell::RefCell;

pub(crate) use arrivals::Arrivals;
pub(crate) use ids::{get_ids, put_ids};
pub(crate) use leaps::{get_leaps, put_leaps};
pub use texts::Texts;

/// The largest block after unpacking; larger ones are neither written nor read.
pub(crate) const BLOCK_BYTES_MAX: usize = 512 << 20;

/// How a block is compressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Codec {
    /// Fast to read: what most questions touch.
    Lz4,
    /// Small: what few questions touch.
    Zstd,
    /// The first, or the second where that saves an eighth of a byte for each of so many values.
    Either(usize),
}

const RAW: u8 = 0;
const LZ4: u8 = 1;
const ZSTD: u8 = 2;
const ZSTD_LEVEL: i32 = 1;

/// Packs `plain`: codec, length, bytes.
pub(crate) fn pack(plain: &[u8], codec: Codec) -> Vec<u8> {
    let length = u32::try_from(plain.len()).unwrap_or(u32::MAX).to_le_bytes();
    let packed = match codec {
        Codec::Lz4 => Some((LZ4, lz4_flex::block::compress(plain))),
        Codec::Zstd => zstd::bulk::compress(plain, ZSTD_LEVEL).ok().map(|packed| (ZSTD, packed)),
        Codec::Either(values) => {
            let fast = lz4_flex::block::compress(plain);
            let small = zstd::bulk::compress(plain, ZSTD_LEVEL).ok();
            let is_worth_it = |small: &Vec<u8>| small.len() + values / 8 <= fast.len().min(plain.len());
            Some(small.filter(is_worth_it).map_or((LZ4, fast), |small| (ZSTD, small)))
        }
    };
    let (tag, bytes) = match &packed {
        Some((tag, packed)) if packed.len() < plain.len() => (*tag, packed.as_slice()),
        _ => (RAW, plain),
    };
    let mut out = Vec::with_capacity(bytes.len() + 5);
    out.push(tag);
    out.extend_from_slice(&length);
    out.extend_from_slice(bytes);
    out
}

/// Unpacks what [`pack`] made; `None` when it is not that.
pub(crate) fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let mut room = Vec::new();
    unpack_in(packed, &mut room).map(<[u8]>::to_vec)
}

/// Unpacks what [`pack`] made, in `room` where it was compressed; `None` when it is not that.
pub(crate) fn unpack_in<'a>(packed: &'a [u8], room: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    let (&tag, rest) = packed.split_first()?;
    let (length, bytes) = rest.split_first_chunk::<4>()?;
    let length =
        usize::try_from(u32::from_le_bytes(*length)).ok().filter(|length| *length <= BLOCK_BYTES_MAX)?;
    if tag == RAW {
        return (bytes.len() == length).then_some(bytes);
    }
    if length > room.len() {
        room.resize(length, 0);
    }
    let plain = room.get_mut(..length)?;
    let written = match tag {
        LZ4 => lz4_flex::block::decompress_into(bytes, plain).ok()?,
        ZSTD => unpack_zstd(bytes, plain)?,
        _ => return None,
    };
    (written == length).then_some(&*plain)
}

/// Unpacks with what the thread unpacked with before: to make it anew costs more than many a block.
fn unpack_zstd(bytes: &[u8], plain: &mut [u8]) -> Option<usize> {
    thread_local! {
        static ZSTD: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
    }
    ZSTD.with_borrow_mut(|zstd| {
        let zstd = match zstd {
            Some(zstd) => zstd,
            None => zstd.insert(zstd::bulk::Decompressor::new().ok()?),
        };
        zstd.decompress_to_buffer(bytes, plain).ok()
    })
}

/// Where a reader stands in a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a>(pub(crate) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
}

/// Appends `numbers` as differences from the smallest.
pub(crate) fn put_ints(out: &mut Vec<u8>, numbers: &[i64]) {
    let base = numbers.iter().copied().min().unwrap_or_default();
    out.extend_from_slice(&base.to_le_bytes());
    put_planes(out, numbers.iter().map(|number| number.wrapping_sub(base).cast_unsigned()));
}

/// Reads `count` numbers that [`put_ints`] wrote.
pub(crate) fn get_ints(cursor: &mut Cursor<'_>, count: usize, numbers: &mut Vec<i64>) -> Option<()> {
    let base = cursor.u64()?.cast_signed();
    get_planes(cursor, count, numbers)?;
    for number in numbers {
        *number = number.wrapping_add(base);
    }
    Some(())
}

/// As [`get_ints`], where the numbers are codes: none is negative, and none takes more than four bytes.
pub(crate) fn get_codes(cursor: &mut Cursor<'_>, count: usize, codes: &mut Vec<u32>) -> Option<()> {
    let base = u32::try_from(cursor.u64()?).ok()?;
    get_planes(cursor, count, codes)?;
    if base != 0 {
        for code in codes {
            *code = code.checked_add(base)?;
        }
    }
    Some(())
}

/// As [`get_codes`], where other numbers stand for the codes: `of_code`, and `unknown` beyond it.
pub(crate) fn get_translated(
    cursor: &mut Cursor<'_>,
    count: usize,
    (of_code, unknown): (&[u32], u32),
    numbers: &mut Vec<u32>,
) -> Option<()> {
    let (base, width) = (cursor.0.first_chunk::<8>().copied()?, cursor.0.get(8).copied()?);
    if width > 1 {
        get_codes(cursor, count, numbers)?;
        for number in numbers {
            *number = of_code.get(*number as usize).copied().unwrap_or(unknown);
        }
        return Some(());
    }
    // A table of what each byte stands for: no more than one look for each.
    let base = usize::try_from(u64::from_le_bytes(base)).ok()?;
    let mut table = [unknown; 256];
    for (slot, number) in table.iter_mut().zip(of_code.iter().skip(base)) {
        *slot = *number;
    }
    cursor.take(9)?;
    numbers.clear();
    if width == 0 {
        numbers.resize(count, table.first().copied().unwrap_or(unknown));
        return Some(());
    }
    let bytes = cursor.take(count)?;
    numbers.extend(bytes.iter().map(|byte| table.get(usize::from(*byte)).copied().unwrap_or(unknown)));
    Some(())
}

/// Appends `numbers` as differences each from the one before; small where they rise slowly.
pub(crate) fn put_deltas(out: &mut Vec<u8>, numbers: &[i64]) {
    out.extend_from_slice(&numbers.first().copied().unwrap_or_default().to_le_bytes());
    put_planes(out, zigzags(numbers).iter().copied());
}

/// The differences each from the one before, folded; 0 for the first.
fn zigzags(numbers: &[i64]) -> Vec<u64> {
    let mut before = numbers.first().copied().unwrap_or_default();
    let zigzag = |number: &i64| fold(number.wrapping_sub(std::mem::replace(&mut before, *number)));
    numbers.iter().map(zigzag).collect()
}

/// The number such that small ones of either sign are small.
fn fold(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

/// The number that was folded.
fn unfold(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Appends `numbers` that lie around zero.
pub(crate) fn put_folded(out: &mut Vec<u8>, numbers: &[i64]) {
    put_planes(out, numbers.iter().map(|number| fold(*number)));
}

/// Reads `count` numbers that [`put_folded`] wrote.
pub(crate) fn get_folded(cursor: &mut Cursor<'_>, count: usize, numbers: &mut Vec<i64>) -> Option<()> {
    get_planes(cursor, count, numbers)?;
    for number in numbers {
        *number = unfold(number.cast_unsigned());
    }
    Some(())
}

/// Reads `count` numbers that [`put_deltas`] wrote.
pub(crate) fn get_deltas(cursor: &mut Cursor<'_>, count: usize, numbers: &mut Vec<i64>) -> Option<()> {
    let mut before = cursor.u64()?.cast_signed();
    get_planes(cursor, count, numbers)?;
    for number in numbers {
        before = before.wrapping_add(unfold(number.cast_unsigned()));
        *number = before;
    }
    Some(())
}

/// How many numbers are unpacked at once: so many stay in the nearest cache.
const AT_ONCE: usize = 512;

/// As [`get_deltas`], where all numbers lie from `least` to `greatest`: where that is a span of four bytes, the
/// differences need no more either, wherever they wrap around.
pub(crate) fn get_deltas_within(
    cursor: &mut Cursor<'_>,
    count: usize,
    (least, greatest): (i64, i64),
    numbers: &mut Vec<i64>,
) -> Option<()> {
    if greatest.checked_sub(least).and_then(|span| u32::try_from(span).ok()).is_none() {
        return get_deltas(cursor, count, numbers);
    }
    let mut beyond = cursor.u64()?.cast_signed().wrapping_sub(least) as u32;
    let width = usize::from(cursor.byte()?);
    if width > <i64 as Lane>::WIDTH {
        return None;
    }
    let planes = cursor.take(count.checked_mul(width)?)?;
    numbers.clear();
    numbers.reserve(count);
    let (zeros, mut deltas) = ([0; AT_ONCE], [0_u32; AT_ONCE]);
    for begin in (0..count).step_by(AT_ONCE) {
        let rows = AT_ONCE.min(count - begin);
        let plane = |index: usize| {
            let from = index * count + begin;
            let bytes = if index < width { planes.get(from..from + rows) } else { zeros.get(..rows) };
            bytes.unwrap_or_default().iter().map(|byte| u32::from(*byte))
        };
        let low = plane(0).zip(plane(1)).zip(plane(2)).zip(plane(3)).zip(plane(4));
        for (delta, ((((a, b), c), d), e)) in deltas.iter_mut().zip(low) {
            let zigzag = a | b << 8 | c << 16 | d << 24;
            *delta = (zigzag >> 1 | e << 31) ^ (zigzag & 1).wrapping_neg();
        }
        numbers.extend(deltas.iter().take(rows).map(|delta| {
            beyond = beyond.wrapping_add(*delta);
            least.wrapping_add(i64::from(beyond))
        }));
    }
    Some(())
}

/// As [`get_deltas`], where no number is negative and none takes more than four bytes.
pub(crate) fn get_code_deltas(cursor: &mut Cursor<'_>, count: usize, codes: &mut Vec<u32>) -> Option<()> {
    let mut before = i64::from(u32::try_from(cursor.u64()?).ok()?);
    // Five bytes hold the zigzag difference of any two codes.
    if cursor.0.first().is_some_and(|width| usize::from(*width) > <u32 as Lane>::WIDTH) {
        let mut numbers: Vec<i64> = Vec::new();
        get_planes(cursor, count, &mut numbers)?;
        codes.clear();
        for zigzag in numbers.into_iter().map(i64::cast_unsigned) {
            before = before.wrapping_add(unfold(zigzag));
            codes.push(u32::try_from(before).ok()?);
        }
        return Some(());
    }
    get_planes(cursor, count, codes)?;
    let mut least = before;
    for code in codes {
        before += i64::from(*code >> 1) ^ -i64::from(*code & 1);
        least = least.min(before).min(i64::from(u32::MAX) - before);
        *code = before as u32;
    }
    (least >= 0).then_some(())
}

/// Appends `numbers` as how many runs of the same number there are, the deltas of these and how long each is.
pub(crate) fn put_runs(out: &mut Vec<u8>, numbers: &[i64]) {
    let runs = || numbers.chunk_by(|a, b| a == b);
    out.extend_from_slice(&u32::try_from(runs().count()).unwrap_or(u32::MAX).to_le_bytes());
    let heads: Vec<i64> = runs().filter_map(|run| run.first().copied()).collect();
    put_deltas(out, &heads);
    put_planes(out, runs().map(|run| run.len() as u64));
}

/// Shows `visit` the runs that [`put_runs`] wrote: `count` numbers in all.
pub(crate) fn get_runs(
    cursor: &mut Cursor<'_>,
    count: usize,
    mut visit: impl FnMut(i64, usize) -> Option<()>,
) -> Option<()> {
    let runs = usize::try_from(cursor.u32()?).ok().filter(|runs| *runs <= count)?;
    let (mut heads, mut lengths): (Vec<i64>, Vec<u32>) = (Vec::new(), Vec::new());
    get_deltas(cursor, runs, &mut heads)?;
    get_planes(cursor, runs, &mut lengths)?;
    let mut left = count;
    for (head, length) in heads.into_iter().zip(lengths) {
        left = left.checked_sub(length as usize)?;
        visit(head, length as usize)?;
    }
    (left == 0).then_some(())
}

/// A number that planes are gathered into.
pub(crate) trait Lane: Copy + Default {
    /// How many bytes it holds.
    const WIDTH: usize;
    /// The number whose four lowest bytes these are.
    fn low(bytes: u32) -> Self;
    /// This number with `byte` put in at `plane`.
    fn with(self, byte: u8, plane: usize) -> Self;
}

impl Lane for u32 {
    const WIDTH: usize = 4;
    fn low(bytes: u32) -> Self {
        bytes
    }
    fn with(self, byte: u8, plane: usize) -> Self {
        self | Self::from(byte) << (8 * plane)
    }
}

impl Lane for i64 {
    const WIDTH: usize = 8;
    fn low(bytes: u32) -> Self {
        Self::from(bytes)
    }
    fn with(self, byte: u8, plane: usize) -> Self {
        self | Self::from(byte) << (8 * plane)
    }
}

/// Appends `numbers` as width and planes.
pub(crate) fn put_planes(out: &mut Vec<u8>, numbers: impl Iterator<Item = u64> + Clone) {
    let bits = numbers.clone().fold(0, |bits, number| bits | number);
    let width = 8 - bits.leading_zeros() / 8;
    out.push(u8::try_from(width).unwrap_or(8));
    for plane in 0..width {
        out.extend(
            numbers
                .clone()
                .map(|number| number.to_le_bytes().get(plane as usize).copied().unwrap_or_default()),
        );
    }
}

/// Reads `count` numbers that [`put_planes`] wrote. The caller bounds `count`: numbers of width 0 take no bytes.
pub(crate) fn get_planes<T: Lane>(cursor: &mut Cursor<'_>, count: usize, numbers: &mut Vec<T>) -> Option<()> {
    let width = usize::from(cursor.byte()?);
    if width > T::WIDTH {
        return None;
    }
    // Checked before allocating, so that a wrong count costs nothing.
    let mut planes = Cursor(cursor.take(count.checked_mul(width)?)?);
    numbers.clear();
    // In one go up to four: every pass over the numbers costs as much as what it brings.
    let mut plane = || planes.take(count).unwrap_or_default().iter().map(|byte| u32::from(*byte));
    match width {
        0 => numbers.resize(count, T::default()),
        1 => numbers.extend(plane().map(T::low)),
        2 => numbers.extend(plane().zip(plane()).map(|(a, b)| T::low(a | b << 8))),
        3 => {
            let low = plane().zip(plane()).zip(plane());
            numbers.extend(low.map(|((a, b), c)| T::low(a | b << 8 | c << 16)));
        }
        _ => {
            let low = plane().zip(plane()).zip(plane()).zip(plane());
            numbers.extend(low.map(|(((a, b), c), d)| T::low(a | b << 8 | c << 16 | d << 24)));
        }
    }
    for plane in 4..width {
        for (number, byte) in numbers.iter_mut().zip(planes.take(count)?) {
            *number = number.with(*byte, plane);
        }
    }
    Some(())
}

/// Appends one bit a truth.
pub(crate) fn put_bits(out: &mut Vec<u8>, bits: &[bool]) {
    for eight in bits.chunks(8) {
        out.push(eight.iter().enumerate().fold(0, |byte, (index, bit)| byte | u8::from(*bit) << index));
    }
}

/// Reads `count` truths that [`put_bits`] wrote.
pub(crate) fn get_bits(cursor: &mut Cursor<'_>, count: usize) -> Option<Vec<bool>> {
    let bytes = cursor.take(count.div_ceil(8))?;
    Some(bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1)).take(count).collect())
}

/// Appends texts: their lengths, then their bytes.
pub(crate) fn put_texts<'a>(out: &mut Vec<u8>, texts: impl Iterator<Item = &'a str> + Clone) {
    put_planes(out, texts.clone().map(|text| text.len() as u64));
    for text in texts {
        out.extend_from_slice(text.as_bytes());
    }
}

/// Reads `count` texts that [`put_texts`] wrote.
pub(crate) fn get_texts(cursor: &mut Cursor<'_>, count: usize) -> Option<Texts> {
    let mut ends: Vec<u32> = Vec::new();
    get_planes(cursor, count, &mut ends)?;
    let mut end = 0_u32;
    for length in &mut ends {
        end = end.checked_add(*length)?;
        *length = end;
    }
    let bytes = cursor.take(usize::try_from(end).ok()?)?;
    let text = std::str::from_utf8(bytes).ok()?.to_owned();
    ends.iter().all(|end| text.is_char_boundary(*end as usize)).then_some(Texts { ends, text })
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::chunk::column::{Column, Form, Words};
    use crate::chunk::directory::Shape;

    proptest! {
        #[test]
        fn numbers_and_texts_come_back(
            numbers in vec(any::<i64>(), 0..200),
            small in vec(-300_i64..300, 0..200),
            codes in vec(prop_oneof![0..300_i64, 0..3_i64, 0..=i64::from(u32::MAX)], 0..200),
            bits in vec(any::<bool>(), 0..70),
            texts in vec(".{0,9}", 0..50),
        ) {
            for numbers in [&numbers, &small, &codes] {
                let (mut ints, mut deltas) = (Vec::new(), Vec::new());
                put_ints(&mut ints, numbers);
                put_deltas(&mut deltas, numbers);
                let mut read = Vec::new();
                prop_assert!(get_ints(&mut Cursor(&ints), numbers.len(), &mut read).is_some());
                prop_assert_eq!(&read, numbers);
                prop_assert!(get_deltas(&mut Cursor(&deltas), numbers.len(), &mut read).is_some());
                prop_assert_eq!(&read, numbers);
                let span = (numbers.iter().min().copied().unwrap_or(0), numbers.iter().max().copied().unwrap_or(0));
                prop_assert!(get_deltas_within(&mut Cursor(&deltas), numbers.len(), span, &mut read).is_some());
                prop_assert_eq!(&read, numbers);
                let (mut leaps, mut folded) = (Vec::new(), Vec::new());
                put_leaps(&mut leaps, numbers);
                prop_assert!(get_leaps(&mut Cursor(&leaps), numbers.len(), span, &mut read).is_some());
                prop_assert_eq!(&read, numbers);
                put_folded(&mut folded, numbers);
                prop_assert!(get_folded(&mut Cursor(&folded), numbers.len(), &mut read).is_some());
                prop_assert_eq!(&read, numbers);
                let mut runs = Vec::new();
                put_runs(&mut runs, numbers);
                read.clear();
                let again = get_runs(&mut Cursor(&runs), numbers.len(), |number, rows| {
                    read.extend(std::iter::repeat_n(number, rows));
                    Some(())
                });
                prop_assert!(again.is_some());
                prop_assert_eq!(&read, numbers);
                // As codes, if that is what they are.
                let codes: Option<Vec<u32>> =
                    numbers.iter().map(|number| u32::try_from(*number).ok()).collect();
                let mut read = Vec::new();
                let read_ints = get_codes(&mut Cursor(&ints), numbers.len(), &mut read).map(|()| read.clone());
                prop_assert_eq!(&read_ints, &codes);
                let of_code: Vec<u32> = (0..200).map(|code| 1_000 - code).collect();
                let translated =
                    get_translated(&mut Cursor(&ints), numbers.len(), (&of_code, 7), &mut read).map(|()| read.clone());
                if let Some(codes) = &codes {
                    let wanted = codes.iter().map(|code| of_code.get(*code as usize).copied().unwrap_or(7));
                    prop_assert_eq!(translated, Some(wanted.collect()));
                }
                let read_deltas = get_code_deltas(&mut Cursor(&deltas), numbers.len(), &mut read);
                prop_assert_eq!(read_deltas.map(|()| read), codes);
            }
            let (mut packed_bits, mut packed_texts) = (Vec::new(), Vec::new());
            put_bits(&mut packed_bits, &bits);
            put_texts(&mut packed_texts, texts.iter().map(String::as_str));
            prop_assert_eq!(get_bits(&mut Cursor(&packed_bits), bits.len()), Some(bits));
            let read = get_texts(&mut Cursor(&packed_texts), texts.len()).unwrap();
            prop_assert_eq!(read.iter().collect::<Vec<_>>(), texts);
            for codec in [Codec::Lz4, Codec::Zstd, Codec::Either(0), Codec::Either(packed_texts.len())] {
                prop_assert_eq!(unpack(&pack(&packed_texts, codec)), Some(packed_texts.clone()));
            }
        }

        #[test]
        fn places_come_back(
            rows in vec((prop_oneof![9 => 0..5_000_i64, 1 => any::<i64>()], prop_oneof![9 => 0..9_000_i64, 1 => any::<i64>()]), 0..300),
            cut in any::<usize>(),
        ) {
            let (received, offsets): (Vec<i64>, Vec<i64>) = rows.into_iter().unzip();
            let arrivals = Arrivals::of(&received, &offsets);
            let plain = arrivals.write();
            prop_assert_eq!(Arrivals::read(&plain, received.len()), Some(arrivals.clone()));
            Arrivals::read(&plain[..cut % plain.len()], received.len());
            let mut read = arrivals.without(&received, &offsets);
            arrivals.add_to(received.into_iter(), &mut read);
            prop_assert_eq!(read, offsets);
        }

        #[test]
        fn a_dictionary_of_more_words_than_bytes_is_refused(count in 20_u32..) {
            // Width 0: so many empty words, which would take gigabytes.
            let plain = [count.to_le_bytes().as_slice(), &[0]].concat();
            prop_assert!(Words::read(&plain, Shape::Texts, Form::Values).is_none());
        }

        #[test]
        fn arbitrary_bytes_are_refused_or_read_but_never_panic(
            bytes in vec(any::<u8>(), 0..300),
            rows in 0_usize..100,
            codec in 0_u8..4,
        ) {
            let mut framed = vec![codec];
            framed.extend_from_slice(&u32::try_from(bytes.len()).unwrap().to_le_bytes());
            framed.extend_from_slice(&bytes);
            for plain in [Some(bytes), unpack(&framed)].into_iter().flatten() {
                let plain = &plain;
                Arrivals::read(plain, rows);
                get_leaps(&mut Cursor(plain), rows, (0, 9), &mut Vec::new());
                get_leaps(&mut Cursor(plain), rows, (i64::MIN, 9), &mut Vec::new());
                let words = Words::read(plain, Shape::Json, Form::Values).map(std::sync::Arc::new);
                for shape in [
                    Shape::Ints, Shape::Deltas, Shape::Runs, Shape::Bools, Shape::Floats, Shape::Texts, Shape::TextRuns, Shape::Json,
                ] {
                    for form in [Form::Values, Form::Raw] {
                        if let Some(column) = Column::read(plain, shape, words.as_ref(), rows, form) {
                            (0..rows + 1).for_each(|row| drop(format!("{:?}", column.get(row))));
                        }
                    }
                }
            }
        }
    }
}
