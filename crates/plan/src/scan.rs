//! The pieces of a JSON text that is known to be valid (the shield has parsed it strictly): one pass, nothing is
//! decoded or copied that need not be. Recursion nowhere; on a text that is not JSON it ends early and never panics.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Number,
    Boolean,
    Null,
}

/// A value as it stands in the text; a string without its quotes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'a> {
    pub kind: Kind,
    pub raw: &'a str,
}

/// Members of an object, or elements of an array.
pub(crate) struct Members<'a> {
    text: &'a str,
    at: usize,
    is_object: bool,
}

impl<'a> Members<'a> {
    /// The members of the object, or the elements of the array, that `text` is.
    pub fn of(text: &'a str) -> Self {
        let at = space(text.as_bytes(), 0);
        let is_object = text.as_bytes().get(at) == Some(&b'{');
        Self { text, at: at + 1, is_object }
    }
}

impl<'a> Iterator for Members<'a> {
    /// The raw key (empty for elements) and the value.
    type Item = (&'a str, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        self.at = space(bytes, self.at);
        if bytes.get(self.at) == Some(&b',') {
            self.at = space(bytes, self.at + 1);
        }
        let mut key = "";
        if self.is_object {
            let end = string_end(bytes, self.at)?;
            key = self.text.get(self.at + 1..end - 1)?;
            self.at = space(bytes, end);
            if bytes.get(self.at) != Some(&b':') {
                return None;
            }
            self.at = space(bytes, self.at + 1);
        }
        let (value, end) = value_at(self.text, self.at)?;
        self.at = end;
        Some((key, value))
    }
}

fn value_at(text: &str, at: usize) -> Option<(Value<'_>, usize)> {
    let bytes = text.as_bytes();
    let (kind, end) = match bytes.get(at)? {
        b'"' => {
            let end = string_end(bytes, at)?;
            return Some((Value { kind: Kind::String, raw: text.get(at + 1..end - 1)? }, end));
        }
        b'{' => (Kind::Object, container_end(bytes, at)?),
        b'[' => (Kind::Array, container_end(bytes, at)?),
        b't' | b'f' => (Kind::Boolean, plain_end(bytes, at)),
        b'n' => (Kind::Null, plain_end(bytes, at)),
        b'-' | b'0'..=b'9' => (Kind::Number, plain_end(bytes, at)),
        _ => return None,
    };
    Some((Value { kind, raw: text.get(at..end)? }, end))
}

fn space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// The place after the string that begins at `at`.
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let mut from = at + 1;
    loop {
        let found = from + memchr2(b'"', b'\\', bytes.get(from..)?)?;
        if bytes.get(found) == Some(&b'"') {
            return Some(found + 1);
        }
        from = found + 2;
    }
}

fn container_end(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut at, mut open) = (start, 0_usize);
    loop {
        match bytes.get(at)? {
            b'"' => {
                at = string_end(bytes, at)?;
                continue;
            }
            b'{' | b'[' => open += 1,
            b'}' | b']' => {
                open -= 1;
                if open == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

fn plain_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
    at + rest.iter().position(ends).unwrap_or(rest.len())
}

/// The text of a string with its escapes undone.
pub(crate) fn decoded(raw: &str) -> Cow<'_, str> {
    if memchr(b'\\', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    // Half a surrogate pair is no text; the raw form is told instead, which nothing in a plan equals.
    serde_json::from_str::<String>(&format!("\"{raw}\"")).map_or(Cow::Borrowed(raw), Cow::Owned)
}

/// Whether the shield put a mark in the place of the whole string.
pub(crate) fn is_mark(raw: &str) -> bool {
    raw.ends_with(']') && (raw.starts_with("[sealed: ") || raw.starts_with("[removed: "))
}

/// Whether the shield put a mark anywhere into the string.
pub(crate) fn has_mark(raw: &str) -> bool {
    raw.contains("[sealed: ") || raw.contains("[removed: ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn members_are_found_with_their_kinds() {
        let text = r#" { "a" : 1 , "b\u0063":"x\"}", "d":[{"e":[]}] ,"f":null,"g":true,"h":{} } "#;
        let found: Vec<_> = Members::of(text).map(|(key, value)| (key, value.kind, value.raw)).collect();
        assert_eq!(
            found,
            [
                ("a", Kind::Number, "1"),
                ("b\\u0063", Kind::String, "x\\\"}"),
                ("d", Kind::Array, r#"[{"e":[]}]"#),
                ("f", Kind::Null, "null"),
                ("g", Kind::Boolean, "true"),
                ("h", Kind::Object, "{}"),
            ]
        );
        assert_eq!(decoded("b\\u0063"), "bc");
        assert_eq!(Members::of("[1, [2], \"3\"]").count(), 3);
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "[{}\\[\\]:,\"\\\\ a1ntf-]{0,60}") {
            for (key, value) in Members::of(&text).take(100) {
                let _ = (decoded(key), is_mark(value.raw), has_mark(value.raw));
            }
        }

        #[test]
        fn what_serde_writes_is_walked_alike(pairs in proptest::collection::btree_map(".{0,8}", ".{0,12}", 0..8)) {
            let text = serde_json::to_string(&pairs).unwrap();
            let found: std::collections::BTreeMap<String, String> = Members::of(&text)
                .map(|(key, value)| (decoded(key).into_owned(), decoded(value.raw).into_owned()))
                .collect();
            prop_assert_eq!(found, pairs);
        }
    }
}
