//! Finding the pieces of a JSON text without building a tree: objects are walked member by member,
//! arrays element by element, and every value is a borrowed slice.
//!
//! The walk never recurses, so no nesting can exhaust the stack, and it tells how deep each value goes
//! before anybody looks into it. It checks the structure it walks on, not the inside of what it steps
//! over: the shield parses that strictly, event by event, so that one broken event stays one broken event.

use std::borrow::Cow;

use memchr::memchr2;

/// How many words of eight bytes of a text are looked at before the vector search begins.
const WORDS_MAX: usize = 4;

/// The text is not JSON where it must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Malformed;

/// One value as it stands in the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Value<'a> {
    /// The bytes from the value's first to its last.
    pub raw: &'a [u8],
    /// How many objects and arrays lie around its innermost value: 0 for a plain value.
    pub depth: usize,
}

/// A member of an object: its name with the escapes undone, and its value.
pub(crate) type Member<'a> = (Cow<'a, [u8]>, Value<'a>);

/// Walks the members of the object that begins at `at`.
pub(crate) struct Members<'a> {
    text: &'a [u8],
    at: usize,
    state: State,
}

/// Walks the elements of the array that begins at `at`.
pub(crate) struct Elements<'a> {
    text: &'a [u8],
    at: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    First,
    Later,
    Ended,
}

impl<'a> Members<'a> {
    /// An object at `at`, after any space; nothing if something else stands there.
    pub fn new(text: &'a [u8], at: usize) -> Option<Self> {
        let at = skip_space(text, at);
        (text.get(at) == Some(&b'{')).then_some(Self { text, at: at + 1, state: State::First })
    }

    /// The next member, or nothing after the closing brace.
    pub fn advance(&mut self) -> Result<Option<Member<'a>>, Malformed> {
        if !step(self.text, &mut self.at, &mut self.state, b'}')? {
            return Ok(None);
        }
        let end = skip_string(self.text, self.at)?;
        let key = unquote(self.text.get(self.at..end).ok_or(Malformed)?)?;
        let colon = skip_space(self.text, end);
        if self.text.get(colon) != Some(&b':') {
            return Err(Malformed);
        }
        let value = value_at(self.text, colon + 1, &mut self.at)?;
        Ok(Some((key, value)))
    }

    /// The place after what has been walked so far.
    pub fn at(&self) -> usize {
        self.at
    }
}

impl<'a> Elements<'a> {
    /// An array at `at`, after any space; nothing if something else stands there.
    pub fn new(text: &'a [u8], at: usize) -> Option<Self> {
        let at = skip_space(text, at);
        (text.get(at) == Some(&b'[')).then_some(Self { text, at: at + 1, state: State::First })
    }

    /// Where the next element begins, or nothing after the closing bracket. The caller walks the
    /// element and says with [`Elements::resume`] where it ended.
    pub fn next_at(&mut self) -> Result<Option<usize>, Malformed> {
        Ok(step(self.text, &mut self.at, &mut self.state, b']')?.then_some(self.at))
    }

    /// Goes on after the element that ended at `at`.
    pub fn resume(&mut self, at: usize) {
        self.at = at;
    }

    /// The place after what has been walked so far.
    pub fn at(&self) -> usize {
        self.at
    }
}

/// The value that begins at `from`, after any space; `end` is moved past it.
pub(crate) fn value_at<'a>(text: &'a [u8], from: usize, end: &mut usize) -> Result<Value<'a>, Malformed> {
    let start = skip_space(text, from);
    let (stop, depth) = match text.get(start) {
        Some(b'"') => (skip_string(text, start)?, 0),
        Some(b'{' | b'[') => skip_container(text, start)?,
        Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => (skip_plain(text, start), 0),
        _ => return Err(Malformed),
    };
    *end = stop;
    Ok(Value { raw: text.get(start..stop).ok_or(Malformed)?, depth })
}

/// The first place at or after `at` that is not white space.
pub(crate) fn skip_space(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// The text of a string value with its escapes undone; nothing for other values.
pub(crate) fn string<'a>(raw: &'a [u8]) -> Result<Option<Cow<'a, str>>, Malformed> {
    if raw.first() != Some(&b'"') {
        return Ok(None);
    }
    if raw.iter().any(|byte| *byte < 0x20) {
        return Err(Malformed);
    }
    match unquote(raw)? {
        Cow::Borrowed(bytes) => Ok(Some(Cow::Borrowed(std::str::from_utf8(bytes).map_err(|_| Malformed)?))),
        Cow::Owned(bytes) => Ok(Some(Cow::Owned(String::from_utf8(bytes).map_err(|_| Malformed)?))),
    }
}

/// Moves to the next member or element; `false` when the container closed, and `at` is then past it.
fn step(text: &[u8], at: &mut usize, state: &mut State, close: u8) -> Result<bool, Malformed> {
    if *state == State::Ended {
        return Ok(false);
    }
    *at = skip_space(text, *at);
    match (text.get(*at), *state) {
        (Some(&byte), _) if byte == close => {
            *at += 1;
            *state = State::Ended;
            Ok(false)
        }
        (Some(b','), State::Later) => {
            *at = skip_space(text, *at + 1);
            // A comma before the closing bracket is not JSON.
            if text.get(*at) == Some(&close) { Err(Malformed) } else { Ok(true) }
        }
        (Some(_), State::First) => {
            *state = State::Later;
            Ok(true)
        }
        _ => Err(Malformed),
    }
}

/// The place after the string whose opening quote is at `at`.
fn skip_string(text: &[u8], at: usize) -> Result<usize, Malformed> {
    if text.get(at) != Some(&b'"') {
        return Err(Malformed);
    }
    let mut from = at + 1;
    loop {
        let rest = text.get(from..).ok_or(Malformed)?;
        let found = from + quote_or_backslash(rest).ok_or(Malformed)?;
        if text.get(found) == Some(&b'"') {
            return Ok(found + 1);
        }
        from = found + 2;
    }
}

/// The first quote or backslash. Most texts are short: their few words are looked at here, and only for
/// what is left the vector search is worth its start.
fn quote_or_backslash(text: &[u8]) -> Option<usize> {
    let (words, _) = text.as_chunks::<8>();
    for (number, word) in words.iter().take(WORDS_MAX).enumerate() {
        let word = u64::from_le_bytes(*word);
        let hits = bytes_equal(word, b'"') | bytes_equal(word, b'\\');
        if hits != 0 {
            return Some(number * 8 + hits.trailing_zeros() as usize / 8);
        }
    }
    let from = words.len().min(WORDS_MAX) * 8;
    memchr2(b'"', b'\\', text.get(from..)?).map(|at| from + at)
}

/// A word whose lowest set bit lies in the lowest byte of `word` that equals `byte`; 0 if none does.
fn bytes_equal(word: u64, byte: u8) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let zero_where_equal = word ^ (ONES * u64::from(byte));
    zero_where_equal.wrapping_sub(ONES) & !zero_where_equal & (ONES << 7)
}

/// The place after the object or array at `start`, and how deep it goes.
fn skip_container(text: &[u8], start: usize) -> Result<(usize, usize), Malformed> {
    let (mut at, mut open, mut depth) = (start, 0_usize, 0_usize);
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => {
                at = skip_string(text, at)?;
                continue;
            }
            b'{' | b'[' => {
                open += 1;
                depth = depth.max(open);
            }
            b'}' | b']' => {
                open -= 1;
                if open == 0 {
                    return Ok((at + 1, depth));
                }
            }
            _ => {}
        }
        at += 1;
    }
    Err(Malformed)
}

/// The place after the number or word at `start`.
fn skip_plain(text: &[u8], start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let length =
        rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'));
    start + length.unwrap_or(rest.len())
}

/// What stands between the quotes of `raw`, escapes undone.
fn unquote(raw: &[u8]) -> Result<Cow<'_, [u8]>, Malformed> {
    let inner = raw.get(1..raw.len().saturating_sub(1)).ok_or(Malformed)?;
    if memchr::memchr(b'\\', inner).is_none() {
        return Ok(Cow::Borrowed(inner));
    }
    serde_json::from_slice::<String>(raw).map(|text| Cow::Owned(text.into_bytes())).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn members(text: &str) -> Result<Vec<(String, String, usize)>, Malformed> {
        let mut walk = Members::new(text.as_bytes(), 0).ok_or(Malformed)?;
        let mut found = Vec::new();
        while let Some((key, value)) = walk.advance()? {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            found.push((text(&key), text(value.raw), value.depth));
        }
        Ok(found)
    }

    #[test]
    fn members_are_found_with_their_depth() {
        let found = members(r#" { "a" : 1 , "b\u0063":"x\"}", "d":[{"e":[]}] ,"f":null} "#).unwrap();
        let found: Vec<_> =
            found.iter().map(|(key, raw, depth)| (key.as_str(), raw.as_str(), *depth)).collect();
        assert_eq!(
            found,
            [("a", "1", 0), ("bc", r#""x\"}""#, 0), ("d", r#"[{"e":[]}]"#, 3), ("f", "null", 0)]
        );
    }

    #[test]
    fn broken_structure_is_malformed() {
        for text in [
            "",
            "[]",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{,}",
            "{\"a\":1 \"b\":2}",
            "{\"a\":[}",
            "{\"a\":\"",
            "{\"a\":x}",
        ] {
            assert_eq!(members(text), Err(Malformed), "{text}");
        }
    }

    #[test]
    fn a_million_brackets_do_not_exhaust_the_stack() {
        let text = format!("{{\"a\":{}{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_eq!(members(&text).unwrap()[0].2, 1_000_000);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(mut walk) = Members::new(&bytes, 0) {
                while let Ok(Some((_, value))) = walk.advance() {
                    let _ = string(value.raw);
                }
            }
        }

        #[test]
        fn near_json_never_panics(text in "[{}\\[\\]:,\"\\\\ u0a1-]{0,80}") {
            let _ = members(&text);
        }

        #[test]
        fn what_serde_accepts_is_walked_alike(pairs in proptest::collection::btree_map(".{0,8}", ".{0,20}", 0..8)) {
            let text = serde_json::to_string(&pairs).unwrap();
            let mut walk = Members::new(text.as_bytes(), 0).unwrap();
            let mut found = std::collections::BTreeMap::new();
            while let Some((key, value)) = walk.advance().unwrap() {
                found.insert(String::from_utf8(key.into_owned()).unwrap(), string(value.raw).unwrap().unwrap().into_owned());
            }
            prop_assert_eq!(found, pairs);
            prop_assert_eq!(walk.at(), text.len());
        }
    }
}
