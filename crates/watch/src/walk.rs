//! Through a clean JSON object, value by value, without a tree and without recursion. What the shield let
//! through is well formed; where something is not, the walk ends.

use memchr::memchr2;

/// How many elements of one array are looked at.
const ELEMENTS_MAX: u32 = 64;
/// The deepest nesting that is followed; the shield lets no more through.
const DEPTH_MAX: usize = model::limits::DEPTH_MAX + 1;

/// A value that is neither object nor array.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scalar<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Truth,
    /// A number.
    Number,
    /// A text as it stands between its quotes, escapes and all.
    Text(&'a str),
}

struct Level {
    hash: u64,
    is_array: bool,
    elements: u32,
}

/// Where a value stands.
pub struct Place<'a, 'w> {
    /// Of the path.
    pub hash: u64,
    /// The keys from the outside in; `[]` for any place of an array.
    pub keys: &'w [&'a str],
}

/// Calls `visit` with every scalar of the object; `hash` makes a path's hash of its parent's and a key.
pub fn walk<'a>(
    text: &'a str,
    root: u64,
    hash: impl Fn(u64, &str) -> u64,
    mut visit: impl FnMut(&Place<'a, '_>, Scalar<'a>),
) {
    let bytes = text.as_bytes();
    let mut keys: Vec<&'a str> = Vec::with_capacity(8);
    let mut levels: Vec<Level> = Vec::with_capacity(8);
    let mut at = space(bytes, 0);
    if bytes.get(at) != Some(&b'{') {
        return;
    }
    at += 1;
    levels.push(Level { hash: root, is_array: false, elements: 0 });
    while let Some(level) = levels.last_mut() {
        at = space(bytes, at);
        match bytes.get(at) {
            Some(b'}' | b']') => {
                at += 1;
                levels.pop();
                keys.pop();
                continue;
            }
            Some(b',') => {
                at += 1;
                continue;
            }
            None => return,
            Some(_) => {}
        }
        let place = if level.is_array {
            level.elements += 1;
            keys.push("[]");
            hash(level.hash, "[]")
        } else {
            let Some(end) = string_end(bytes, at) else { return };
            let Some(key) = text.get(at + 1..end - 1) else { return };
            at = space(bytes, end);
            if bytes.get(at) != Some(&b':') {
                return;
            }
            at = space(bytes, at + 1);
            keys.push(key);
            hash(level.hash, key)
        };
        let is_skipped = level.elements > ELEMENTS_MAX;
        let scalar = match bytes.get(at) {
            Some(opening @ (b'{' | b'[')) => {
                if levels.len() >= DEPTH_MAX {
                    return;
                }
                at += 1;
                levels.push(Level { hash: place, is_array: *opening == b'[', elements: 0 });
                continue;
            }
            Some(b'"') => {
                let Some(end) = string_end(bytes, at) else { return };
                let Some(inner) = text.get(at + 1..end - 1) else { return };
                at = end;
                Scalar::Text(inner)
            }
            Some(first) => {
                let scalar = match first {
                    b'n' => Scalar::Null,
                    b't' | b'f' => Scalar::Truth,
                    _ => Scalar::Number,
                };
                let start = at;
                while matches!(bytes.get(at), Some(b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'+' | b'E')) {
                    at += 1;
                }
                if at == start {
                    return;
                }
                scalar
            }
            None => return,
        };
        if !is_skipped {
            visit(&Place { hash: place, keys: &keys }, scalar);
        }
        keys.pop();
    }
}

fn space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// The place after the string that begins at `at`.
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let mut at = at + 1;
    loop {
        let found = memchr2(b'"', b'\\', bytes.get(at..)?)?;
        at += found;
        if bytes.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        walk(
            text,
            1,
            |parent, key| parent * 31 + key.len() as u64,
            |place, scalar| {
                found.push(format!("{}={scalar:?}", place.keys.join(".")));
            },
        );
        found
    }

    #[test]
    fn every_scalar_is_visited_with_its_path() {
        let found = paths(r#" {"a":1,"b":{"c":"x\"y","d":[true,null,{"e":-1.5e3}]},"f":{} ,"g":[[2]]} "#);
        let expected = [
            "a=Number",
            r#"b.c=Text("x\\\"y")"#,
            "b.d.[]=Truth",
            "b.d.[]=Null",
            "b.d.[].e=Number",
            "g.[].[]=Number",
        ];
        assert_eq!(found, expected);
    }

    proptest::proptest! {
        #[test]
        fn any_text_ends_the_walk(text in "[{}\\[\\]\",:a1\\\\ ]{0,60}") {
            let _ = paths(&text);
        }
    }
}
