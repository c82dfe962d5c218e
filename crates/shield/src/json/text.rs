//! The inside of JSON strings: decoding escapes, writing them.

use std::borrow::Cow;

/// Decodes the inside of a JSON string that the reader has accepted. Half of a surrogate pair becomes
/// U+FFFD: it is no text, and readers downstream would refuse the whole document.
pub(crate) fn decode(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\\', raw.as_bytes()) else {
        return Cow::Borrowed(raw);
    };
    let mut out = String::with_capacity(raw.len());
    let (plain, mut rest) = raw.split_at(first);
    out.push_str(plain);
    while let Some(escaped) = rest.strip_prefix('\\') {
        let mut chars = escaped.chars();
        let c = chars.next().unwrap_or('\u{fffd}');
        rest = chars.as_str();
        match c {
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'u' => out.push(code_point(&mut rest)),
            other => out.push(other),
        }
        let plain_end = memchr::memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
        let (plain, after) = rest.split_at(plain_end);
        out.push_str(plain);
        rest = after;
    }
    Cow::Owned(out)
}

fn code_point(rest: &mut &str) -> char {
    let high = unit(rest);
    if (0xd800..0xdc00).contains(&high)
        && let Some(mut after) = rest.strip_prefix("\\u")
    {
        let low = unit(&mut after);
        if (0xdc00..0xe000).contains(&low) {
            *rest = after;
            return char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)).unwrap_or('\u{fffd}');
        }
    }
    char::from_u32(high).unwrap_or('\u{fffd}')
}

fn unit(rest: &mut &str) -> u32 {
    match rest.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
        Some(value) => {
            *rest = rest.get(4..).unwrap_or_default();
            value
        }
        None => 0xfffd,
    }
}

/// Writes text as the inside of a JSON string.
pub(crate) fn encode_into(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if u32::from(c) < 32 => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                out.push_str("\\u00");
                for nibble in [u32::from(c) >> 4, u32::from(c) & 15] {
                    out.push(HEX.get(nibble as usize).map_or('0', |digit| char::from(*digit)));
                }
            }
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_and_halves_of_pairs_replaced() {
        for (raw, text) in [
            (r"a\u0062\n\/", "ab\n/"),
            (r"\ud83d\ude00", "😀"),
            (r"\ud83d", "\u{fffd}"),
            (r"\ud83dx\ude00", "\u{fffd}x\u{fffd}"),
            (r"\ud83dA", "\u{fffd}A"),
        ] {
            assert_eq!(decode(raw), text, "{raw}");
        }
    }

    #[test]
    fn what_is_encoded_decodes_to_itself() {
        let text = "\u{0}\u{1f}\"\\\n\t😀é";
        let mut raw = String::new();
        encode_into(&mut raw, text);
        assert_eq!(decode(&raw), text);
    }
}
