//! Looking for one value in all the ways in which it may stand in a text.

use aho_corasick::AhoCorasick;
use data_encoding::{BASE64, BASE64URL};

use crate::likeness::Recogniser;

/// From this length on a value is also looked for as a part of base64, where little of it stays recognisable.
const BASE64_BYTES_MIN: usize = 8;

/// A value that is looked for.
pub(crate) struct Needle {
    known: Known,
    within: bool,
    is_numeric: bool,
}

/// How it is known.
enum Known {
    /// As it is, with its encodings for looking inside longer texts where those count.
    Text { text: String, forms: Option<AhoCorasick> },
    /// By what the list of purges tells of it.
    Likeness(Box<Recogniser>),
}

impl Needle {
    /// `within`: whether texts that contain it count, too.
    pub(crate) fn new(text: &str, within: bool) -> Self {
        // Building fails only beyond sizes that the limit on the value rules out.
        let forms = if within { AhoCorasick::new(forms(text)).ok() } else { None };
        Self {
            is_numeric: is_numeric(text),
            within: forms.is_some(),
            known: Known::Text { text: text.to_owned(), forms },
        }
    }

    /// The same by its likeness.
    pub(crate) fn alike(recogniser: Recogniser) -> Self {
        let (within, is_numeric) = (recogniser.likeness.within, recogniser.likeness.numeric);
        Self { known: Known::Likeness(Box::new(recogniser)), within, is_numeric }
    }

    /// Whether a text is or holds the value.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.is_whole(text)
            // Encoders differ in what they leave as it is: decoding finds every mixture.
            || self.within
                && (self.has_form(text.as_bytes()) || text.contains('%') && self.has_form(&decoded(text)))
    }

    fn is_whole(&self, text: &str) -> bool {
        match &self.known {
            Known::Text { text: known, .. } => text == known,
            Known::Likeness(recogniser) => recogniser.is_whole(text),
        }
    }

    fn has_form(&self, bytes: &[u8]) -> bool {
        match &self.known {
            Known::Text { forms, .. } => forms.as_ref().is_some_and(|forms| forms.is_match(bytes)),
            Known::Likeness(recogniser) => recogniser.is_within(bytes),
        }
    }

    /// Whether a number is the value, as it stands or in the usual way of writing it.
    pub(crate) fn is_number(&self, raw: &str) -> bool {
        self.is_in(raw)
            || self.is_numeric && raw.parse::<f64>().is_ok_and(|number| self.is_in(&number.to_string()))
    }

    /// Whether JSON text may hold the value. Where anything is escaped it must be looked into.
    pub(crate) fn may_be_in(&self, json: &str) -> bool {
        if json.contains(['\\', '%']) || self.is_numeric {
            return true;
        }
        match &self.known {
            Known::Text { text, forms: None } => json.contains(text) || text.contains(['"', '\\']),
            Known::Likeness(recogniser) if !self.within => {
                recogniser.likeness.escaped || recogniser.is_within(json.as_bytes())
            }
            _ => self.has_form(json.as_bytes()),
        }
    }
}

/// Whether a value can stand as a number.
pub(crate) fn is_numeric(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}

/// The value as it is, percent-encoded, as a form field, escaped in JSON, and what base64 makes of it at each of
/// the three places in which it can begin.
pub(crate) fn forms(text: &str) -> Vec<String> {
    let json = serde_json::to_string(text).unwrap_or_default();
    let inner = json.get(1..json.len().saturating_sub(1)).unwrap_or_default().to_owned();
    let mut forms = vec![text.to_owned(), inner];
    for (is_form, is_lower) in [(false, false), (false, true), (true, false), (true, true)] {
        forms.push(percent(text, is_form, is_lower));
    }
    if text.len() >= BASE64_BYTES_MIN {
        for before in 0..3 {
            forms.extend(base64_inside(text, before));
        }
    }
    forms.sort();
    forms.dedup();
    forms.retain(|form| !form.is_empty());
    forms
}

/// The bytes that a percent-encoded text stands for.
fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = text.get(at + 1..at + 3).filter(|_| *byte == b'%');
        if let Some(value) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(value);
            at += 3;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    out
}

fn percent(text: &str, is_form: bool, is_lower: bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' if is_form => out.push('+'),
            _ if byte.is_ascii_alphanumeric() || b"-._~!'()*".contains(&byte) => out.push(char::from(byte)),
            _ if is_lower => out.push_str(&format!("%{byte:02x}")),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// What base64 of a longer text must hold if the value begins at a place that leaves the rest `before` by three:
/// the letters that only the value decides.
fn base64_inside(text: &str, before: usize) -> [String; 2] {
    let padded = [vec![0; before], text.as_bytes().to_vec()].concat();
    let begin = [0, 2, 3].get(before).copied().unwrap_or_default();
    let end = padded.len() * 8 / 6;
    [&BASE64, &BASE64URL].map(|base| base.encode(&padded).get(begin..end).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_however_it_is_written() {
        let needle = Needle::new("Gruß & p\"w 1", true);
        for text in [
            "Gruß & p\"w 1",
            "xxGruß & p\"w 1yy",
            "https://a.example/?q=Gru%C3%9F%20%26%20p%22w%201&x",
            "a=Gru%C3%9F+%26+p%22w+1",
            "q=Gru%c3%9f%20%26%20p%22w%201",
            "%47ru%C3%9f & p%22w%201",
            r#"{"inner":"Gruß & p\"w 1"}"#,
        ] {
            assert!(needle.is_in(text), "{text}");
            assert!(needle.may_be_in(&serde_json::to_string(text).unwrap()), "{text}");
        }
        for before in ["", "x", "xy", "xyz"] {
            let text = BASE64.encode(format!("{before}Gruß & p\"w 1 after").as_bytes());
            assert!(needle.is_in(&text), "{before}");
        }
        assert!(!needle.is_in("Gruß & p\"w 2") && !needle.is_in("gruß & p\"w 1"));
    }

    #[test]
    fn the_whole_value_only_and_numbers() {
        let whole = Needle::new("secret", false);
        assert!(whole.is_in("secret") && !whole.is_in("secrets") && !whole.may_be_in("{}"));
        let card = Needle::new("4111111111111111", false);
        for (raw, is_it) in [
            ("4111111111111111", true),
            ("4111111111111111.0", true),
            ("4.111111111111111e15", true),
            ("41", false),
        ] {
            assert_eq!(card.is_number(raw), is_it, "{raw}");
        }
    }
}
