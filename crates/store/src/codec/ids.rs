//! Ids that senders gave their messages: mostly a random id or a number behind words that stay the same, and then kept as such.

use super::{Cursor, Texts, get_deltas, get_ints, get_texts, put_deltas, put_ints, put_texts};

/// As texts.
const TEXTS: u8 = 0;
/// As numbers: radix, how many digits (0: as many as it takes), the words before them, whether the rows' places in the journal
/// were subtracted, and ints.
const NUMBERS: u8 = 1;
/// As UUIDs in small letters: all first bytes, all second bytes, and so on.
const UUIDS: u8 = 2;
/// As [`NUMBERS`], but deltas in the order of the rows' places in the journal.
const IN_ORDER: u8 = 3;

/// The longest words before a number.
const BEFORE_MAX: usize = 120;
/// Where the hyphens of a UUID are.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];
const UUID_BYTES: usize = 16;

/// Appends ids; `offsets` are the places in the journal of their rows.
pub(crate) fn put_ids(out: &mut Vec<u8>, ids: &[&str], offsets: &[i64]) {
    if let Some(bytes) = ids.iter().map(|id| uuid(id)).collect::<Option<Vec<_>>>() {
        out.push(UUIDS);
        for at in 0..UUID_BYTES {
            out.extend(bytes.iter().map(|bytes| bytes.get(at).copied().unwrap_or_default()));
        }
        return;
    }
    let Some((form, numbers)) = numbers(ids) else {
        out.push(TEXTS);
        return put_texts(out, ids.iter().copied());
    };
    let less: Vec<i64> =
        numbers.iter().zip(offsets).map(|(number, offset)| number.wrapping_sub(*offset)).collect();
    let (radix, digits) = if form.hex { (16, form.digits) } else { (10, form.digits) };
    // Who numbers events in the order in which they are sent says with their ids what their places say already.
    let is_less = span(&less) < span(&numbers);
    let numbers = if is_less { less } else { numbers };
    let ordered: Vec<i64> =
        arrival(offsets).into_iter().filter_map(|row| numbers.get(row).copied()).collect();
    let rise = |pair: &[i64]| pair.iter().rev().copied().reduce(i64::wrapping_sub);
    let rises: Vec<i64> = ordered.windows(2).filter_map(rise).collect();
    let in_order = span(&rises) < span(&numbers);
    let tag = if in_order { IN_ORDER } else { NUMBERS };
    out.extend_from_slice(&[tag, radix, digits, u8::try_from(form.before.len()).unwrap_or_default()]);
    out.extend_from_slice(form.before.as_bytes());
    out.push(u8::from(is_less));
    if in_order {
        put_deltas(out, &ordered);
    } else {
        put_ints(out, &numbers);
    }
}

/// The rows in the order of their places in the journal.
fn arrival(offsets: &[i64]) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..offsets.len()).collect();
    rows.sort_by_key(|row| offsets.get(*row));
    rows
}

/// Reads ids that [`put_ids`] wrote, one for each of `offsets`.
pub(crate) fn get_ids(cursor: &mut Cursor<'_>, offsets: &[i64]) -> Option<Texts> {
    let mut texts = Texts::default();
    match cursor.byte()? {
        TEXTS => return get_texts(cursor, offsets.len()),
        tag @ (NUMBERS | IN_ORDER) => {
            let [radix, digits, before] = cursor.array()?;
            let before = cursor.take(usize::from(before)).filter(|before| before.len() <= BEFORE_MAX)?;
            let form = Form {
                before: std::str::from_utf8(before).ok()?,
                hex: matches!(radix, 10 | 16).then_some(radix == 16)?,
                digits: Some(digits).filter(|digits| *digits <= 18)?,
            };
            let is_less = cursor.byte()? == 1;
            let mut numbers = Vec::new();
            if tag == NUMBERS {
                get_ints(cursor, offsets.len(), &mut numbers)?;
            } else {
                let mut ordered = Vec::new();
                get_deltas(cursor, offsets.len(), &mut ordered)?;
                numbers.resize(offsets.len(), 0);
                for (row, number) in arrival(offsets).into_iter().zip(ordered) {
                    *numbers.get_mut(row)? = number;
                }
            }
            for (number, offset) in numbers.iter().zip(offsets) {
                let number = if is_less { number.wrapping_add(*offset) } else { *number };
                texts.push(&form.text(number.cast_unsigned()))?;
            }
        }
        UUIDS => {
            let planes = cursor.take(offsets.len().checked_mul(UUID_BYTES)?)?;
            for row in 0..offsets.len() {
                let bytes = planes.iter().skip(row).step_by(offsets.len()).copied();
                texts.push(&uuid_text(bytes))?;
            }
        }
        _ => return None,
    }
    Some(texts)
}

/// How a number is written.
struct Form<'a> {
    before: &'a str,
    hex: bool,
    digits: u8,
}

impl Form<'_> {
    fn text(&self, number: u64) -> String {
        let digits = usize::from(self.digits);
        match self.hex {
            true => format!("{}{number:0digits$x}", self.before),
            false => format!("{}{number:0digits$}", self.before),
        }
    }
}

/// How ids are written, if all are the same words and a number of up to 64 bits; and their numbers.
fn numbers<'a>(ids: &[&'a str]) -> Option<(Form<'a>, Vec<i64>)> {
    let first = ids.first()?;
    let mut shared = first.len();
    for id in ids {
        let same = first.bytes().zip(id.bytes()).take(shared).take_while(|(a, b)| a == b).count();
        shared = shared.min(same);
    }
    // Digits that all share are part of the numbers.
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let before = first.as_bytes().get(..shared)?;
    let shared = before.iter().rposition(|byte| !is_digit(byte)).map_or(0, |last| last + 1);
    let before = first.get(..shared).filter(|before| before.len() <= BEFORE_MAX)?;
    let same_length = ids.iter().all(|id| id.len() == first.len());
    let digits = if same_length { u8::try_from(first.len() - shared).ok()? } else { 0 };
    [false, true].into_iter().find_map(|hex| {
        let form = Form { before, hex, digits: Some(digits).filter(|digits| *digits <= 18)? };
        let number = |id: &&str| {
            let number = u64::from_str_radix(id.get(shared..)?, if hex { 16 } else { 10 }).ok()?;
            (form.text(number) == **id).then(|| number.cast_signed())
        };
        let numbers = ids.iter().map(number).collect::<Option<Vec<i64>>>()?;
        Some((form, numbers))
    })
}

/// How far the least and the greatest are apart.
fn span(numbers: &[i64]) -> u64 {
    let least = numbers.iter().copied().min().unwrap_or_default();
    numbers.iter().map(|number| number.wrapping_sub(least).cast_unsigned()).max().unwrap_or_default()
}

fn uuid(text: &str) -> Option<[u8; UUID_BYTES]> {
    let bytes = text.as_bytes();
    let hyphens = HYPHENS.iter().all(|at| bytes.get(*at) == Some(&b'-'));
    if bytes.len() != 2 * UUID_BYTES + HYPHENS.len() || !hyphens {
        return None;
    }
    let mut digits = bytes.iter().enumerate().filter(|(at, _)| !HYPHENS.contains(at)).map(|(_, byte)| *byte);
    let mut digit = || match digits.next()? {
        byte @ b'0'..=b'9' => Some(byte - b'0'),
        byte @ b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut out = [0; UUID_BYTES];
    for byte in &mut out {
        *byte = digit()? << 4 | digit()?;
    }
    Some(out)
}

fn uuid_text(bytes: impl Iterator<Item = u8>) -> String {
    let mut text = String::with_capacity(36);
    for digit in bytes.flat_map(|byte| [byte >> 4, byte & 15]) {
        if HYPHENS.contains(&text.len()) {
            text.push('-');
        }
        text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn written(ids: &[&str], offsets: &[i64]) -> Vec<u8> {
        let mut out = Vec::new();
        put_ids(&mut out, ids, offsets);
        out
    }

    proptest! {
        #[test]
        fn ids_come_back(
            numbers in vec(any::<u128>(), 0..40),
            small in vec(any::<u16>(), 40),
            texts in vec("[a-f0-9Z-]{0,9}", 0..20),
            before in "[a-z0-9:-]{0,9}",
        ) {
            let uuids = numbers.iter().map(|number| {
                let hex = format!("{number:032x}");
                [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
            });
            let number = || numbers.iter().zip(&small);
            for ids in [
                uuids.collect::<Vec<_>>(),
                number().map(|(_, small)| format!("{before}{small}")).collect(),
                number().map(|(_, small)| format!("{before}{small:05}")).collect(),
                number().map(|(number, _)| format!("{before}{:x}", *number as u64)).collect(),
                number().map(|(number, _)| format!("{:016x}", *number as u64)).collect(),
                number().map(|(number, _)| format!("{number:032X}")).collect(),
                texts,
            ] {
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                let offsets: Vec<i64> = small.iter().map(|small| i64::from(*small)).take(ids.len()).collect();
                let out = written(&ids, &offsets);
                let read = get_ids(&mut Cursor(&out), &offsets).unwrap();
                prop_assert_eq!(read.iter().collect::<Vec<_>>(), ids);
            }
        }

        #[test]
        fn arbitrary_bytes_are_refused_or_read_but_never_panic(
            bytes in vec(any::<u8>(), 0..300),
            head in 0..5_u8,
            radix in prop_oneof![Just(10_u8), Just(16), any::<u8>()],
            offsets in vec(any::<i64>(), 0..20),
        ) {
            let framed = [&[head, radix, 3, 2, b'a', b'b', 1], bytes.as_slice()].concat();
            for bytes in [bytes, framed] {
                if let Some(texts) = get_ids(&mut Cursor(&bytes), &offsets) {
                    prop_assert_eq!(texts.len(), offsets.len());
                }
            }
        }
    }

    #[test]
    fn numbers_take_no_more_than_they_must() {
        let offsets: Vec<i64> = (0..1_000).map(|row| row * row).collect();
        let imported: Vec<String> = offsets.iter().map(|offset| format!("3f2a-{}", offset + 7)).collect();
        let imported: Vec<&str> = imported.iter().map(String::as_str).collect();
        assert!(written(&imported, &offsets).len() < 30, "all of them are a place in the journal and 7");
        let mut places: Vec<i64> = (0..1_000).map(|row| row * 7_919 % 1_000).collect();
        let counted: Vec<String> =
            places.iter().map(|place| format!("n-{}", 1_000_000 + place * 3)).collect();
        let counted: Vec<&str> = counted.iter().map(String::as_str).collect();
        places.iter_mut().for_each(|place| *place *= 100);
        assert!(
            written(&counted, &places).len() < 1_040,
            "each is 3 more than the one that arrived before it"
        );
        let uuids = vec!["018f3c2e-7b1a-7c3d-9e4f-0123456789ab"; 1_000];
        assert_eq!(written(&uuids, &offsets).len(), 16_001);
    }
}
