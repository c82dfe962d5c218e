//! Names inside values that markup gives: elements (`<password>x</password>`) and the parts of a form
//! (`name="password"`, an empty line, the value).

use std::ops::Range;

use super::{Judge, Value};
use crate::find::Hit;
use crate::keys::Facts;
use crate::scan::has;
use crate::shape::{BRACE, CELL, EQUALS, LESS};

/// The most elements and parts of one text that are judged.
const NAMES_MAX: usize = 2_048;
const NAME_BYTES_MAX: usize = 64;
const TAG_BYTES_MAX: usize = 1_024;
const CDATA_BYTES_MAX: usize = 1_024;

impl Judge<'_> {
    /// Judges the contents of elements and of a form's parts by their names.
    pub(super) fn markup(&self, value: &Value<'_>, depth: u8, hits: &mut Vec<Hit>) {
        let text = value.text;
        if value.shape.has(BRACE) && value.shape.has(LESS) && has(text, "</", b'<') {
            let opened = memchr::memchr_iter(b'<', text.as_bytes()).take(NAMES_MAX);
            for (name, span) in opened.filter_map(|at| element(text, at)) {
                self.named_part(text, name, span, depth, hits);
            }
        }
        if value.shape.has(LESS) && value.shape.has(EQUALS) {
            let mut until = 0;
            for at in memchr::memchr_iter(b'<', text.as_bytes()).take(NAMES_MAX) {
                let is_tag = text.as_bytes().get(at + 1).is_some_and(u8::is_ascii_alphabetic);
                if at >= until && is_tag {
                    until = self.field(text, at + 1, depth, hits);
                }
            }
        }
        if value.shape.has(EQUALS) && value.shape.has(CELL) && text.contains('\n') {
            let mut empty = EmptyLines::default();
            for (at, sign) in text.match_indices("name=").take(NAMES_MAX) {
                if let Some((name, span)) = form_part(text, at + sign.len(), &mut empty) {
                    self.named_part(text, name, span, depth, hits);
                }
            }
        }
    }

    /// `<input type="password" value="x">`, `<add key="pin" value="x"/>`: what a tag's attributes say about its value.
    /// Gives how far the tag was read.
    fn field(&self, text: &str, from: usize, depth: u8, hits: &mut Vec<Hit>) -> usize {
        let tag = super::announced::head_bytes(text.get(from..).unwrap_or_default(), TAG_BYTES_MAX);
        let tag = tag.find('>').and_then(|end| tag.get(..=end)).unwrap_or(tag);
        let until = from + tag.len();
        let (mut said, mut held) = (Facts::default(), None);
        for (name, at) in attributes(tag) {
            let content = tag.get(at.clone()).unwrap_or_default();
            if name.eq_ignore_ascii_case("value") || name.eq_ignore_ascii_case("content") {
                held = Some(from + at.start..from + at.end);
            } else if [
                "type",
                "name",
                "id",
                "key",
                "autocomplete",
                "placeholder",
                "aria-label",
                "label",
                "title",
            ]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
            {
                let facts = crate::walk::described(self, content);
                if facts.cue.is_some_and(|cue| said.cue.is_none_or(|held| cue.strong && !held.strong)) {
                    said = facts;
                }
            }
        }
        // `<string name="pin">x</string>`: the text between the tags.
        let text_at = || {
            let inner = text.get(until..).filter(|_| tag.ends_with('>') && !tag.ends_with("/>"))?;
            let inner = super::announced::head_bytes(inner, TAG_BYTES_MAX);
            inner.find('<').filter(|end| *end > 0).map(|end| until..until + end)
        };
        let Some(span) = held.or_else(|| said.cue.filter(|cue| cue.strong).and_then(|_| text_at())) else {
            return until;
        };
        let raw = text.get(span.clone()).unwrap_or_default();
        if let Some(hit) = self.by_name(said, &Value::nameless(raw), depth) {
            let rule = if hit.custom.is_some() { hit.rule } else { "markup" };
            hits.push(Hit { span: Some(span), rule, ..hit });
        }
        until
    }

    fn named_part(&self, text: &str, name: &str, span: Range<usize>, depth: u8, hits: &mut Vec<Hit>) {
        let facts = self.facts(name);
        let Some(raw) = text.get(span.clone()) else { return };
        if let Some(hit) = self.by_name(facts, &Value::nameless(raw), depth) {
            let rule = if hit.custom.is_some() { hit.rule } else { "markup" };
            hits.push(Hit { span: Some(span), rule, ..hit });
        }
    }
}

/// The attributes of a tag, up to its end: name and where the content stands.
fn attributes(tag: &str) -> Vec<(&str, Range<usize>)> {
    const ATTRIBUTES_MAX: usize = 32;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(sign) = tag.get(at..).and_then(|rest| rest.find(['=', '>'])).map(|sign| at + sign) {
        if tag.as_bytes().get(sign) == Some(&b'>') || found.len() >= ATTRIBUTES_MAX {
            break;
        }
        let name = tag
            .get(at..sign)
            .unwrap_or_default()
            .trim()
            .rsplit(char::is_whitespace)
            .next()
            .unwrap_or_default();
        let rest = tag.get(sign + 1..).unwrap_or_default();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let start = sign + 1 + quote.map_or(0, char::len_utf8);
        let inner = tag.get(start..).unwrap_or_default();
        let length = match quote {
            Some(quote) => inner.find(quote),
            None => inner.find(|c: char| c.is_whitespace() || c == '>'),
        };
        let end = start + length.unwrap_or(inner.len());
        found.push((name, start..end));
        at = (end + quote.map_or(0, char::len_utf8)).min(tag.len());
    }
    found
}

/// The name of the element opened at `at` without its space of names, and where its text stands.
fn element(text: &str, at: usize) -> Option<(&str, Range<usize>)> {
    let rest = text.get(at + 1..)?;
    let length = rest
        .bytes()
        .take(NAME_BYTES_MAX)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b":_-.".contains(byte))
        .count();
    let name = rest.get(..length).filter(|name| name.len() >= 2)?;
    // What ends the tag must come before another one begins.
    let close = length + memchr::memchr2(b'>', b'<', rest.get(length..)?.as_bytes())?;
    let inner = rest.get(close..)?.strip_prefix('>')?;
    let quoted = inner.strip_prefix("<![CDATA[");
    let skipped = inner.len() - quoted.unwrap_or(inner).len();
    let inner = quoted.unwrap_or(inner);
    let end = match quoted {
        Some(inner) => {
            let head = super::announced::head_bytes(inner, CDATA_BYTES_MAX);
            head.find("]]>").unwrap_or(head.len())
        }
        None => inner.find('<').unwrap_or(inner.len()),
    };
    let start = at + 1 + close + 1 + skipped;
    let local = name.rsplit(':').next().unwrap_or(name);
    (end > 0).then_some((local, start..start + end))
}

/// Finds empty lines one after the other; what was found is kept while it lies ahead, so that names in a row do
/// not search the same text again and again.
#[derive(Default)]
struct EmptyLines {
    ahead: Range<usize>,
    /// From here on there is none.
    none_from: Option<usize>,
}

impl EmptyLines {
    /// Where the first empty line at or after `from` stands, with the line's end before it.
    fn after(&mut self, text: &str, from: usize) -> Option<Range<usize>> {
        if self.none_from.is_some_and(|none| from >= none) {
            return None;
        }
        if self.ahead.is_empty() || self.ahead.start < from {
            let bytes = text.as_bytes();
            let found =
                memchr::memchr_iter(b'\n', bytes.get(from..)?).map(|at| at + from).find_map(|at| match bytes
                    .get(
                    at + 1,
                )? {
                    b'\n' => Some(at..at + 2),
                    b'\r' if at > from && bytes.get(at - 1..at + 3) == Some(b"\r\n\r\n") => {
                        Some(at - 1..at + 3)
                    }
                    _ => None,
                });
            let Some(found) = found else {
                self.none_from = Some(from);
                return None;
            };
            self.ahead = found;
        }
        Some(self.ahead.clone())
    }
}

/// The name after `name=` and where the part's body stands: after the empty line, up to the next line.
fn form_part<'a>(text: &'a str, from: usize, empty: &mut EmptyLines) -> Option<(&'a str, Range<usize>)> {
    const HEAD_BYTES_MAX: usize = 512;
    let rest = text.get(from..)?;
    let bare = rest.strip_prefix('"').unwrap_or(rest);
    let start = from + rest.len() - bare.len();
    let length = bare.bytes().take(NAME_BYTES_MAX).take_while(|byte| !b"\"\r\n;".contains(byte)).count();
    let name = bare.get(..length)?;
    let line = empty.after(text, start + length)?;
    let body = line.end;
    if body > start + length + HEAD_BYTES_MAX {
        return None;
    }
    let inner = text.get(body..)?;
    let end = inner.find(['\r', '\n']).unwrap_or(inner.len());
    (end > 0).then_some((name, body..body + end))
}
