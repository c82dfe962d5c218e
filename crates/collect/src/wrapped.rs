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
    decoded.map_or(Cow::Borrowed(text), Cow::Owned)
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
}
