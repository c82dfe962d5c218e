//! Editing JSON texts: single values and members are replaced in place, every other byte stays as it was.

/// What stands in place of a purged value or key.
pub const PURGED: &str = "[purged]";
const PURGED_JSON: &str = "\"[purged]\"";
/// Events are refused long before they nest so deep.
const DEPTH_MAX: usize = 64;

/// Says what is replaced.
pub(crate) trait Edit {
    /// Asked for every value before what is inside it. `path` begins with the part (`properties.cart.items[]`);
    /// `raw` is the value as it stands; `text` is that of a string.
    fn value(&mut self, path: &str, raw: &str, text: Option<&str>) -> Swap;
    /// Whether a member goes because of its key.
    fn is_wanted_key(&mut self, path: &str, key: &str) -> bool;
}

/// What becomes of a value.
pub(crate) enum Swap {
    /// It stays, and what is inside it is looked at.
    Keep,
    /// The mark stands in its place.
    Mark,
    /// This text stands in its place, as a string.
    Text(String),
}

/// The text is no JSON, or nests too deep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Malformed;

/// The edited text, `None` where nothing is replaced.
pub(crate) fn edit(json: &str, part: &str, edit: &mut dyn Edit) -> Result<Option<String>, Malformed> {
    let mut editor =
        Editor { json, at: 0, depth: 0, path: part.to_owned(), out: String::new(), copied: 0, edit };
    editor.space();
    editor.value()?;
    editor.space();
    if editor.at != json.len() {
        return Err(Malformed);
    }
    if editor.copied == 0 {
        return Ok(None);
    }
    let Editor { mut out, copied, .. } = editor;
    out.push_str(json.get(copied..).unwrap_or_default());
    Ok(Some(out))
}

/// A text in which every value whose path is wanted is the mark.
pub(crate) fn mark_all(json: &str, part: &str, is_wanted: &dyn Fn(&str) -> bool) -> String {
    struct Marking<'a>(&'a dyn Fn(&str) -> bool);
    impl Edit for Marking<'_> {
        fn value(&mut self, path: &str, _raw: &str, text: Option<&str>) -> Swap {
            if (self.0)(path) && text != Some(PURGED) { Swap::Mark } else { Swap::Keep }
        }

        fn is_wanted_key(&mut self, _path: &str, _key: &str) -> bool {
            false
        }
    }
    edit(json, part, &mut Marking(is_wanted)).ok().flatten().unwrap_or_else(|| json.to_owned())
}

struct Editor<'a, 'e> {
    json: &'a str,
    at: usize,
    depth: usize,
    path: String,
    out: String,
    /// Up to where the text is in `out`.
    copied: usize,
    edit: &'e mut dyn Edit,
}

impl<'a> Editor<'a, '_> {
    fn peek(&self) -> Option<u8> {
        self.json.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.peek() != Some(byte) {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(())
    }

    fn replace(&mut self, start: usize, end: usize, with: &str) {
        self.out.push_str(self.json.get(self.copied..start).unwrap_or_default());
        self.out.push_str(with);
        self.copied = end;
    }

    fn value(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        let end = skip(self.json, start, DEPTH_MAX - self.depth.min(DEPTH_MAX))?;
        let raw = self.json.get(start..end).ok_or(Malformed)?;
        let text = if raw.starts_with('"') { Some(unescape(raw)?) } else { None };
        match self.edit.value(&self.path, raw, text.as_deref()) {
            Swap::Mark => self.replace(start, end, PURGED_JSON),
            Swap::Text(text) => {
                let text = serde_json::to_string(&text).map_err(|_| Malformed)?;
                self.replace(start, end, &text);
            }
            Swap::Keep if raw.starts_with('{') => self.object()?,
            Swap::Keep if raw.starts_with('[') => self.list()?,
            Swap::Keep => {}
        }
        self.at = end;
        Ok(())
    }

    fn object(&mut self) -> Result<(), Malformed> {
        self.depth += 1;
        self.expect(b'{')?;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            self.depth -= 1;
            return Ok(());
        }
        loop {
            self.space();
            let start = self.at;
            let key_end = string_end(self.json, start)?;
            let key = unescape(self.json.get(start..key_end).ok_or(Malformed)?)?;
            self.at = key_end;
            self.space();
            self.expect(b':')?;
            self.space();
            if self.edit.is_wanted_key(&self.path, &key) {
                let end = skip(self.json, self.at, DEPTH_MAX - self.depth.min(DEPTH_MAX))?;
                self.replace(start, end, &format!("{PURGED_JSON}:{PURGED_JSON}"));
                self.at = end;
            } else {
                let length = self.path.len();
                self.path.push('.');
                self.path.push_str(&key);
                self.value()?;
                self.path.truncate(length);
            }
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(Malformed),
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    fn list(&mut self) -> Result<(), Malformed> {
        self.depth += 1;
        self.expect(b'[')?;
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            self.depth -= 1;
            return Ok(());
        }
        let length = self.path.len();
        self.path.push_str("[]");
        loop {
            self.space();
            self.value()?;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(Malformed),
            }
        }
        self.path.truncate(length);
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }
}

/// Where the value that begins at `at` ends. Brackets need only be balanced here; what is inside is looked at
/// when it is walked through.
fn skip(json: &str, at: usize, depth_max: usize) -> Result<usize, Malformed> {
    let bytes = json.as_bytes();
    match bytes.get(at) {
        Some(b'"') => string_end(json, at),
        Some(b'{' | b'[') => {
            let (mut at, mut depth) = (at, 0_usize);
            loop {
                match bytes.get(at) {
                    Some(b'"') => {
                        at = string_end(json, at)?;
                        continue;
                    }
                    Some(b'{' | b'[') => depth += 1,
                    Some(b'}' | b']') => depth -= 1,
                    Some(_) => {}
                    None => return Err(Malformed),
                }
                at += 1;
                if depth == 0 {
                    return Ok(at);
                }
                if depth > depth_max {
                    return Err(Malformed);
                }
            }
        }
        Some(_) => {
            let rest = bytes.get(at..).unwrap_or_default();
            let length = rest
                .iter()
                .position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r'))
                .unwrap_or(rest.len());
            if length == 0 { Err(Malformed) } else { Ok(at + length) }
        }
        None => Err(Malformed),
    }
}

/// The place behind the string that begins at `at`.
fn string_end(json: &str, at: usize) -> Result<usize, Malformed> {
    let bytes = json.as_bytes();
    if bytes.get(at) != Some(&b'"') {
        return Err(Malformed);
    }
    let mut at = at + 1;
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return Err(Malformed),
        }
    }
}

fn unescape(raw: &str) -> Result<std::borrow::Cow<'_, str>, Malformed> {
    let inner = raw.get(1..raw.len().saturating_sub(1)).ok_or(Malformed)?;
    if !inner.contains('\\') {
        return Ok(inner.into());
    }
    serde_json::from_str::<String>(raw).map(Into::into).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Replaces values whose text is `v`, members whose key is `k`, and everything below `p.o`.
    struct Example;

    impl Edit for Example {
        fn value(&mut self, path: &str, _raw: &str, text: Option<&str>) -> Swap {
            match text {
                Some("v") => Swap::Mark,
                Some("w") => Swap::Text("\"other\"".to_owned()),
                _ if path == "p.o" => Swap::Mark,
                _ => Swap::Keep,
            }
        }

        fn is_wanted_key(&mut self, _path: &str, key: &str) -> bool {
            key == "k"
        }
    }

    #[test]
    fn only_what_is_meant_is_replaced() {
        for (json, wanted) in [
            (r#"{}"#, None),
            (r#" {"a": 1, "b":[true,null, -1.50e3 ]} "#, None),
            (r#"{"a": "v" ,"n":1.50}"#, Some(r#"{"a": "[purged]" ,"n":1.50}"#)),
            (
                r#"{"a":["v",{"b":"\u0076"}],"c":"vv"}"#,
                Some(r#"{"a":["[purged]",{"b":"[purged]"}],"c":"vv"}"#),
            ),
            (r#"{"x":1,"k" : {"deep":["v"]},"y":2}"#, Some(r#"{"x":1,"[purged]":"[purged]","y":2}"#)),
            (r#"{"o":{"a":"v","b":2},"q":{"o":3}}"#, Some(r#"{"o":"[purged]","q":{"o":3}}"#)),
            (r#"{"a":"w"}"#, Some(r#"{"a":"\"other\""}"#)),
            (r#""v""#, Some(r#""[purged]""#)),
        ] {
            assert_eq!(edit(json, "p", &mut Example), Ok(wanted.map(str::to_owned)), "{json}");
        }
        for broken in ["", "{", r#"{"a"}"#, r#"{"a":}"#, "[1,]x", r#"{"a":1"#, r#""\x""#, "[1 2]"] {
            assert_eq!(edit(broken, "p", &mut Example), Err(Malformed), "{broken}");
        }
        let deep = "[".repeat(5_000) + &"]".repeat(5_000);
        assert_eq!(edit(&deep, "p", &mut Example), Err(Malformed));
    }

    proptest! {
        #[test]
        fn arbitrary_text_is_no_problem(json in "[\\[\\]{}\",:a-c0-9\\\\ ]{0,40}") {
            if let Ok(Some(edited)) = edit(&json, "p", &mut Example) {
                prop_assert_ne!(edited, json);
            }
        }
    }
}
