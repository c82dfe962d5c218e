//! Looking into JSON objects: their leaves by path, or the leaf of one name.
//!
//! A path is the keys joined by dots; a dot or backslash inside a key has a backslash before it, so that
//! the object can be put together again. A *name*, as questions use it, is the path without backslashes;
//! where several paths of an object spell the same name, the smallest path counts.

use sonic_rs::{JsonContainerTrait, JsonType, JsonValueTrait};

use crate::value::{Owned, Value, write_json_text};

/// The path of a whole document that is no object: a lone backslash, which no key gives.
pub(crate) const WHOLE: &str = "\\";

/// Objects deeper than this are kept as JSON text. Events are refused before they get so deep.
const DEPTH_MAX: usize = 48;

/// Calls `visit` with path and value of every leaf. A null is a leaf that is `Json("null")`.
/// What is not a JSON object at all is one leaf with the path [`WHOLE`].
pub(crate) fn leaves(json: &str, visit: &mut dyn FnMut(&str, Value<'_>)) {
    if json == "{}" {
        return;
    }
    match sonic_rs::from_str::<sonic_rs::Value>(json) {
        Ok(value) if value.is_object() => walk(&value, &mut String::new(), 0, visit),
        _ => visit(WHOLE, Value::Json(json)),
    }
}

fn walk(value: &sonic_rs::Value, path: &mut String, depth: usize, visit: &mut dyn FnMut(&str, Value<'_>)) {
    let Some(object) = value.as_object() else { return };
    let entries: Vec<(&str, &sonic_rs::Value)> = object.iter().collect();
    for (index, (key, value)) in entries.iter().enumerate() {
        // A key that stands again later is overridden there, as JSON readers commonly do.
        if entries.iter().skip(index + 1).any(|(later, _)| later == key) {
            continue;
        }
        let length = path.len();
        if depth > 0 {
            path.push('.');
        }
        push_key(path, key);
        let empty = value.as_object().is_some_and(|inner| inner.is_empty());
        if value.is_object() && !empty && depth < DEPTH_MAX {
            walk(value, path, depth + 1, visit);
        } else {
            with_leaf(value, &mut |leaf| visit(path, leaf));
        }
        path.truncate(length);
    }
}

/// The values that `names` have in the object `json`; `Absent` for null, objects and what is not there.
pub(crate) fn lookup_all(json: &str, names: &[&str]) -> Vec<Owned> {
    // Most events lack most names, and a name that is there stands there letter by letter unless escaped,
    // so that most objects need not be read at all.
    let may_have = |name: &&str| json.contains(name.split('.').next().unwrap_or(name));
    if json == "{}" || !json.contains('\\') && !names.iter().any(may_have) {
        return vec![Owned::Absent; names.len()];
    }
    match sonic_rs::from_str::<sonic_rs::Value>(json) {
        Ok(value) => names.iter().map(|name| find(&value, name).unwrap_or_default()).collect(),
        Err(_) => vec![Owned::Absent; names.len()],
    }
}

fn find(value: &sonic_rs::Value, name: &str) -> Option<Owned> {
    let object = value.as_object()?;
    let last = |wanted: &str| object.iter().filter(|(key, _)| *key == wanted).last().map(|(_, value)| value);
    for (at, _) in name.match_indices('.') {
        let (head, tail) = (name.get(..at)?, name.get(at + 1..)?);
        if let Some(found) = last(head).and_then(|inner| find(inner, tail)) {
            return Some(found);
        }
    }
    let value = last(name).filter(|value| !value.is_object() && !value.is_null())?;
    let mut found = None;
    with_leaf(value, &mut |leaf| found = Some(leaf.to_owned()));
    found
}

fn with_leaf(value: &sonic_rs::Value, visit: &mut dyn FnMut(Value<'_>)) {
    match value.get_type() {
        JsonType::Boolean => visit(Value::Bool(value.as_bool().unwrap_or_default())),
        JsonType::Number => match (value.as_i64(), value.as_u64(), value.as_f64()) {
            (Some(number), _, _) => visit(Value::Int(number)),
            (None, Some(number), _) => visit(Value::Json(&number.to_string())),
            (None, None, Some(number)) => visit(Value::Float(number)),
            (None, None, None) => visit(Value::Json("null")),
        },
        JsonType::String => visit(Value::Text(value.as_str().unwrap_or_default())),
        JsonType::Null => visit(Value::Json("null")),
        JsonType::Object | JsonType::Array => {
            visit(Value::Json(&sonic_rs::to_string(value).unwrap_or_default()));
        }
    }
}

fn push_key(path: &mut String, key: &str) {
    for letter in key.chars() {
        if matches!(letter, '.' | '\\') {
            path.push('\\');
        }
        path.push(letter);
    }
}

/// The keys of a path.
pub(crate) fn keys(path: &str) -> Vec<String> {
    let mut keys = vec![String::new()];
    let mut letters = path.chars();
    while let Some(letter) = letters.next() {
        match (letter, keys.last_mut()) {
            ('.', _) => keys.push(String::new()),
            ('\\', Some(key)) => key.extend(letters.next()),
            (letter, Some(key)) => key.push(letter),
            (_, None) => {}
        }
    }
    keys
}

/// The name that questions use for a path.
pub(crate) fn name(path: &str) -> String {
    if path.contains('\\') { keys(path).join(".") } else { path.to_owned() }
}

/// Puts an object together from the paths and JSON texts of its leaves.
pub(crate) fn assemble(leaves: &[(String, String)]) -> String {
    if let Some((_, raw)) = leaves.iter().find(|(path, _)| path == WHOLE) {
        return raw.clone();
    }
    let mut sorted: Vec<(Vec<String>, &str)> =
        leaves.iter().map(|(path, raw)| (keys(path), raw.as_str())).collect();
    sorted.sort();
    let mut out = String::from("{");
    let mut open: Vec<&str> = Vec::new();
    let mut first = true;
    for (path, raw) in &sorted {
        let Some((key, parents)) = path.split_last() else { continue };
        let shared = open.iter().zip(parents).take_while(|(a, b)| **a == b.as_str()).count();
        out.extend(open.drain(shared..).map(|_| '}'));
        if !first {
            out.push(',');
        }
        for parent in parents.iter().skip(shared) {
            write_json_text(parent, &mut out);
            out.push_str(":{");
            open.push(parent);
        }
        write_json_text(key, &mut out);
        out.push(':');
        out.push_str(raw);
        first = false;
    }
    out.extend(open.iter().map(|_| '}'));
    out.push('}');
    out
}

/// Calls `visit` with the value of a JSON text as it was written.
pub(crate) fn raw_leaf(raw: &str, visit: &mut dyn FnMut(Value<'_>)) {
    match sonic_rs::from_str::<sonic_rs::Value>(raw) {
        Ok(value) => with_leaf(&value, visit),
        Err(_) => visit(Value::Json(raw)),
    }
}

/// Calls `visit` with the keys and values of an object, without looking into the values.
pub(crate) fn entries(json: &str, visit: &mut dyn FnMut(&str, Value<'_>)) {
    let Ok(value) = sonic_rs::from_str::<sonic_rs::Value>(json) else { return };
    for (key, value) in value.as_object().into_iter().flat_map(|object| object.iter()) {
        with_leaf(value, &mut |leaf| visit(key, leaf));
    }
}

/// The value of a JSON text as questions see it.
pub(crate) fn scalar(raw: &str) -> Owned {
    match sonic_rs::from_str::<sonic_rs::Value>(raw) {
        Ok(value) if value.is_object() || value.is_null() => Owned::Absent,
        Ok(value) => {
            let mut found = Owned::Absent;
            with_leaf(&value, &mut |leaf| found = leaf.to_owned());
            found
        }
        Err(_) => Owned::Absent,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taken_apart(json: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        leaves(json, &mut |path, value| {
            let mut raw = String::new();
            value.write_json(&mut raw);
            found.push((path.to_owned(), raw));
        });
        found
    }

    #[test]
    fn objects_come_together_again() {
        for (json, wanted) in [
            ("{}", "{}"),
            (r#"{"a":1}"#, r#"{"a":1}"#),
            (
                r#"{"b":{"y":[1,{"z":2}],"x":null},"a.b":"q\"\n"}"#,
                r#"{"a.b":"q\"\n","b":{"x":null,"y":[1,{"z":2}]}}"#,
            ),
            (r#"{"a":1,"a":{"b":2},"c":{}}"#, r#"{"a":{"b":2},"c":{}}"#),
            (r#"{"":{"":0},"\\":1}"#, r#"{"":{"":0},"\\":1}"#),
            (r#"{"n":18446744073709551615}"#, r#"{"n":18446744073709551615}"#),
            ("[1]", "[1]"),
            ("not JSON", "not JSON"),
        ] {
            assert_eq!(assemble(&taken_apart(json)), wanted, "{json}");
        }
    }

    #[test]
    fn names_find_the_value_that_counts() {
        for (json, name, wanted) in [
            (r#"{"a":{"b":1},"a.b":2}"#, "a.b", Owned::Int(1)),
            (r#"{"a":{"c":1},"a.b":2}"#, "a.b", Owned::Int(2)),
            (r#"{"a":{"b":null},"a.b":2}"#, "a.b", Owned::Int(2)),
            (r#"{"a":1,"a":2}"#, "a", Owned::Int(2)),
            (r#"{"a":{"b":1}}"#, "a", Owned::Absent),
            (r#"{"\u0061":true}"#, "a", Owned::Bool(true)),
            (r#"{"a":[1]}"#, "a", Owned::Json("[1]".into())),
            ("nonsense a", "a", Owned::Absent),
        ] {
            assert_eq!(lookup_all(json, &[name]), [wanted], "{json}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_does_not_panic(json in ".{0,60}", name in ".{0,5}") {
            assert_eq!(lookup_all(&json, &[&name]).len(), 1);
            assert!(!assemble(&taken_apart(&json)).is_empty() || json.is_empty());
            assert!(keys(&name).len() <= name.len() + 1);
        }
    }
}
