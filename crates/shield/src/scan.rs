//! Searches that look at eight bytes at once, or at the few that decide.

use std::ops::Range;

/// The next ASCII digit at or after `from`.
#[inline]
pub(crate) fn next_digit(bytes: &[u8], from: usize) -> Option<usize> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let mut rest = bytes.get(from..)?;
    let mut at = from;
    while let Some((eight, after)) = rest.split_first_chunk::<8>() {
        // A digit is below ten when the bits of `0` are taken off; what is not carries into its highest bit.
        let off = u64::from_le_bytes(*eight) ^ 0x3030_3030_3030_3030;
        let others = (((off & !HIGH) + 0x7676_7676_7676_7676) | off) & HIGH;
        if others != HIGH {
            return Some(at + (others ^ HIGH).trailing_zeros() as usize / 8);
        }
        at += 8;
        rest = after;
    }
    rest.iter().position(u8::is_ascii_digit).map(|place| at + place)
}

/// Whether a text has these bytes, looked for by the rarest of them.
pub(crate) fn has(text: &str, wanted: &str, rarest: u8) -> bool {
    let (bytes, wanted) = (text.as_bytes(), wanted.as_bytes());
    let Some(before) = memchr::memchr(rarest, wanted) else { return false };
    memchr::memchr_iter(rarest, bytes).any(|at| {
        at.checked_sub(before)
            .and_then(|start| bytes.get(start..))
            .is_some_and(|rest| rest.starts_with(wanted))
    })
}

/// Where at least so many bytes stand together without a space among them. Words that are shorter are stepped over, most of
/// their bytes unread.
pub(crate) fn unbroken(bytes: &[u8], length: usize) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let window = bytes.get(at..at + length)?;
            if let Some(space) = window.iter().rposition(|byte| *byte == b' ') {
                // Nothing up to this space can be part of it.
                at += space + 1;
                continue;
            }
            let start = at;
            let end = start + length;
            let end = memchr::memchr(b' ', bytes.get(end..)?).map_or(bytes.len(), |space| end + space);
            at = end + 1;
            return Some(start..end);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_found_wherever_they_stand() {
        let mut bytes = [0_u8; 20];
        for filler in 0..=u8::MAX {
            if filler.is_ascii_digit() {
                continue;
            }
            bytes.fill(filler);
            assert_eq!(next_digit(&bytes, 0), None, "{filler}");
            for at in 0..bytes.len() {
                for digit in [b'0', b'9'] {
                    bytes.fill(filler);
                    bytes[at] = digit;
                    assert_eq!(next_digit(&bytes, 0), Some(at), "{filler} {at}");
                    assert_eq!(next_digit(&bytes, at), Some(at), "{filler} {at}");
                    assert_eq!(next_digit(&bytes, at + 1), None, "{filler} {at}");
                }
            }
        }
        assert_eq!(next_digit(b"1", 2), None);
    }

    #[test]
    fn texts_are_known_by_their_rarest_byte() {
        for (text, wanted) in [("a://b", true), ("://", true), (":/", false), ("a:b://", true), ("", false)] {
            assert_eq!(has(text, "://", b':'), wanted, "{text}");
            assert_eq!(has(text, "://", b'/'), wanted, "{text}");
        }
        assert!(has("xx-----BEGIN", "-----BEGIN", b'B') && !has("B-----", "-----BEGIN", b'B'));
    }

    #[test]
    fn long_words_are_told_from_short_ones() {
        for (text, length, wanted) in [
            ("", 1, &[][..]),
            ("abc", 3, &["abc"]),
            ("abc", 4, &[]),
            ("ab abc a", 3, &["abc"]),
            ("ab abcd", 4, &["abcd"]),
            ("abcd ab  abcde", 4, &["abcd", "abcde"]),
            ("a b c d e", 2, &[]),
        ] {
            let found: Vec<_> = unbroken(text.as_bytes(), length).map(|at| &text[at]).collect();
            assert_eq!(found, wanted, "{text} {length}");
        }
    }
}
