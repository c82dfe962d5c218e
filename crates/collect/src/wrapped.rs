//! What SDKs wrap JSON in before they send it: base64 of both alphabets, with padding or without, with
//! plus signs that have become spaces on the way. Told by what it is, never by what a header says.

use std::borrow::Cow;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};

use crate::json::skip_space;

/// The JSON in a text that may be base64 of it. What is neither stays as it is, and is then found unreadable.
pub(crate) fn json_of(text: &[u8]) -> Cow<'_, [u8]> {
    if is_json(text) {
        return Cow::Borrowed(text);
    }
    let is_padding = |byte: &u8| matches!(byte, b'=' | b'\r' | b'\n');
    let end = text.iter().rposition(|byte| !is_padding(byte)).map_or(0, |at| at + 1);
    let mut letters = text.get(..end).unwrap_or_default().to_vec();
    letters.iter_mut().filter(|byte| **byte == b' ').for_each(|byte| *byte = b'+');
    let decoded = BASE64_NOPAD.decode(&letters).or_else(|_| BASE64URL_NOPAD.decode(&letters));
    decoded.map_or(Cow::Borrowed(text), |bytes| Cow::Owned(whole_letters(bytes)))
}

/// The same text in UTF-8. Mixpanel's browser SDK encodes a letter beyond the first plane as its two halves of
/// UTF-16, three bytes each (CESU-8), which no parser takes; a half alone becomes a replacement character.
fn whole_letters(bytes: Vec<u8>) -> Vec<u8> {
    if std::str::from_utf8(&bytes).is_ok() {
        return bytes;
    }
    let half = |at: usize| match bytes.get(at..at + 3) {
        Some(&[0xed, second @ 0xa0..=0xbf, third @ 0x80..=0xbf]) => {
            Some(0xd000 | (u16::from(second & 0x3f) << 6) | u16::from(third & 0x3f))
        }
        _ => None,
    };
    let mut whole = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let halves = (half(at), half(at + 3));
        let (letter, taken) = match halves {
            (Some(high), Some(low)) => match char::decode_utf16([high, low]).next() {
                Some(Ok(letter)) => (letter, 6),
                _ => (char::REPLACEMENT_CHARACTER, 3),
            },
            (Some(_), None) => (char::REPLACEMENT_CHARACTER, 3),
            (None, _) => {
                whole.push(*byte);
                at += 1;
                continue;
            }
        };
        whole.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        at += taken;
    }
    whole
}

/// Whether a text begins as JSON objects and arrays do.
pub(crate) fn is_json(text: &[u8]) -> bool {
    matches!(text.get(skip_space(text, 0)), Some(b'{' | b'['))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_found_in_every_wrapping() {
        let json = br#"{"a":"??>>~~"}"#;
        let standard = data_encoding::BASE64.encode(json);
        assert!(standard.contains('+') || standard.contains('/'));
        for text in [
            String::from_utf8_lossy(json).into_owned(),
            format!(" {}", String::from_utf8_lossy(json)),
            standard.clone(),
            standard.trim_end_matches('=').to_owned(),
            standard.replace('+', " "),
            data_encoding::BASE64URL.encode(json),
            data_encoding::BASE64URL_NOPAD.encode(json),
        ] {
            assert_eq!(json_of(text.as_bytes()).trim_ascii_start(), json, "{text}");
        }
        for text in ["", "!!", "a=b"] {
            assert_eq!(&*json_of(text.as_bytes()), text.as_bytes());
        }
    }

    #[test]
    fn halves_of_letters_are_joined() {
        let halves = b"{\"a\":\"\xed\xa0\xbc\xed\xbc\x8d \xed\xa0\xbc. \xed\xbc\x8d\xed\xa0\xbc \xc3\xbc\"}";
        let wrapped = data_encoding::BASE64.encode(halves);
        let text = String::from_utf8(json_of(wrapped.as_bytes()).into_owned()).unwrap();
        assert_eq!(text, "{\"a\":\"\u{1f30d} \u{fffd}. \u{fffd}\u{fffd} \u{fc}\"}");
        // What is broken in another way stays so, and is told.
        let broken = data_encoding::BASE64.encode(b"{\"a\":\"\xff\xed\xa0\"}");
        assert_eq!(&*json_of(broken.as_bytes()), b"{\"a\":\"\xff\xed\xa0\"}");
    }
}
