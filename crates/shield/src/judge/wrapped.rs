//! Values inside values: JSON in a string, percent-encoding, base64, digits of other scripts. Each
//! layer is taken off at most three times.

use model::Class;

use super::{Judge, Value, WRAPPED_MAX};
use crate::find::{Hit, jwt, number};
use crate::json::{self, Budget};
use crate::keys::{Facts, IDENTIFIER};
use crate::refusal::RefusalReason;

/// Base64 larger than this is an image or a file, not a wrapped document; its text stays one token.
const DECODED_BYTES_MAX: usize = 16 * 1024;

impl Judge<'_> {
    /// Judges JSON in a string; false if it is none. What is wrapped deeper than is looked goes whole.
    pub(super) fn json(&self, value: &Value<'_>, depth: u8, hits: &mut Vec<Hit>) -> bool {
        let text = value.text;
        let begin = text.trim_start();
        if !begin.starts_with(['{', '[', '"']) {
            return false;
        }
        if depth >= WRAPPED_MAX {
            let is_json = begins_like_json(text);
            if is_json {
                hits.push(Hit::whole(Class::Password, "json.too_deep"));
            }
            return is_json;
        }
        let mut tape = Vec::new();
        match json::read(text, &mut Budget::default(), &mut tape) {
            Ok(()) if tape.len() >= 2 || begin.starts_with('"') => {}
            Err(RefusalReason::TooDeep | RefusalReason::TooManyKeys) => {
                hits.push(Hit::whole(Class::Password, "json.too_deep"));
                return true;
            }
            _ => return false,
        }
        let mut inner = Vec::new();
        let names = crate::walk::names(self, text, &tape, value.facts, None);
        crate::walk::walk(text, &tape, &names, &mut |place, node| {
            let decoded = place.decoded();
            inner.clear();
            self.look(&place.read(&decoded), depth + 1, &mut inner);
            super::settle(&mut inner);
            let is_plain = matches!(decoded, std::borrow::Cow::Borrowed(_));
            for hit in &inner {
                let at = match &hit.span {
                    Some(span) if is_plain && !place.value.is_number => {
                        place.at.start + span.start..place.at.start + span.end
                    }
                    _ => place.at.clone(),
                };
                hits.push(Hit {
                    span: Some(at),
                    needs_quotes: matches!(node.kind, json::Kind::Number | json::Kind::Word),
                    is_wrapped: true,
                    ..hit.clone()
                });
            }
        });
        true
    }

    /// Judges the text with the digits of other scripts as ASCII; true if something was found.
    pub(super) fn other_digits(&self, value: &Value<'_>, depth: u8, hits: &mut Vec<Hit>) -> bool {
        number::ascii_digits(value.text).is_some_and(|plain| self.inside(&plain, value.facts, depth, hits))
    }

    /// Judges percent-encoded text; true if something was found.
    pub(super) fn percent(&self, value: &Value<'_>, depth: u8, hits: &mut Vec<Hit>) -> bool {
        fully_decoded(value.text).is_some_and(|plain| self.inside(&plain, value.facts, depth, hits))
    }

    /// Judges text whose quotes are written as markup or programs escape them; true if something was found.
    pub(super) fn escaped_quotes(&self, value: &Value<'_>, depth: u8, hits: &mut Vec<Hit>) -> bool {
        const QUOTES: &[&str] =
            &["&quot;", "&#34;", "&#x22;", "&#39;", "&apos;", "\\u0022", "\\x22", "\\u0027"];
        let text = value.text;
        if memchr::memchr2(b'&', b'\\', text.as_bytes()).is_none() {
            return false;
        }
        let mut plain: Option<String> = None;
        for quote in QUOTES {
            let now = plain.as_deref().unwrap_or(text);
            if now.contains(quote) {
                plain = Some(now.replace(quote, "\""));
            }
        }
        plain.is_some_and(|plain| self.inside(&plain, value.facts, depth, hits))
    }

    /// Judges base64 of text; true if it was base64 of text, whatever was found.
    pub(super) fn base64(&self, value: &Value<'_>, bare: &str, depth: u8, hits: &mut Vec<Hit>) -> bool {
        let is_candidate = bare.len() <= DECODED_BYTES_MAX
            && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte));
        if !is_candidate {
            return false;
        }
        let Some(bytes) = jwt::decode(bare) else { return false };
        let Ok(plain) = String::from_utf8(bytes) else { return false };
        let is_text = plain.len() >= 8 && plain.chars().all(|c| !c.is_control() || c.is_whitespace());
        if is_text && depth >= WRAPPED_MAX {
            if begins_like_json(&plain) {
                hits.push(Hit::whole(Class::Password, "json.too_deep"));
            }
            return begins_like_json(&plain);
        }
        is_text && {
            self.inside(&plain, value.facts.with(IDENTIFIER), depth, hits);
            true
        }
    }

    /// Judges unwrapped text. What is found there makes the whole value go: its place outside is unknown.
    fn inside(&self, plain: &str, facts: Facts, depth: u8, hits: &mut Vec<Hit>) -> bool {
        let mut inner = Vec::new();
        self.look(&Value { facts, ..Value::nameless(plain) }, depth + 1, &mut inner);
        let worst = inner.into_iter().max_by_key(Hit::weight);
        let is_found = worst.is_some();
        hits.extend(worst.map(|hit| Hit { span: None, needs_quotes: false, is_wrapped: true, ..hit }));
        is_found
    }
}

/// An object, a list or one of them quoted again, with strings in it.
fn begins_like_json(text: &str) -> bool {
    let bare = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\\'));
    bare.starts_with(['{', '[']) && bare.contains('"')
}

/// All layers of percent-encoding taken off at once: each is shorter than the one before, so that eight layers
/// cost less than two passes over ordinary text. `None` if there was nothing to take off.
pub(super) fn fully_decoded(text: &str) -> Option<String> {
    const LAYERS_MAX: usize = 8;
    let mut plain = percent_decoded(text)?;
    for _ in 1..LAYERS_MAX {
        match percent_decoded(&plain).filter(|_| plain.contains('%')) {
            Some(next) => plain = next,
            None => break,
        }
    }
    Some(plain)
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Percent-decoding; `None` if there was nothing to decode or the result is not text.
pub(super) fn percent_decoded(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut from = 0;
    for at in memchr::memchr_iter(b'%', bytes) {
        let Some([high, low]) = bytes.get(at + 1..at + 3) else { break };
        let (Some(high), Some(low)) = (hex_digit(*high), hex_digit(*low)) else { continue };
        let decoded = high << 4 | low;
        if out.capacity() == 0 {
            out.reserve(bytes.len());
        }
        out.extend_from_slice(bytes.get(from..at)?);
        out.push(decoded);
        from = at + 3;
    }
    if from == 0 {
        return None;
    }
    out.extend_from_slice(bytes.get(from..)?);
    String::from_utf8(out).ok()
}
