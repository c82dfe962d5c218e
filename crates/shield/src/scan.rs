//! Searches that look at eight bytes at once, or at the few that decide.

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

/// Whether so many bytes stand together without a space among them.
pub(crate) fn has_unbroken(bytes: &[u8], length: usize) -> bool {
    let mut at = 0;
    while let Some(window) = bytes.get(at..at + length) {
        match window.iter().rposition(|byte| *byte == b' ') {
            // Nothing up to this space can be part of it.
            Some(space) => at += space + 1,
            None => return true,
        }
    }
    false
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
    fn a_long_word_is_told_from_short_ones() {
        for (text, length, wanted) in [
            ("", 1, false),
            ("abc", 3, true),
            ("abc", 4, false),
            ("ab abc a", 3, true),
            ("ab abc a", 4, false),
            ("ab abcd", 4, true),
            ("abcd ab", 4, true),
            ("a b c d e", 2, false),
        ] {
            assert_eq!(has_unbroken(text.as_bytes(), length), wanted, "{text} {length}");
        }
    }
}
