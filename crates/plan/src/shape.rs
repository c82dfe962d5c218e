//! An event without its values: names and kinds, for looking at what is quarantined.

use serde::Serialize;

use crate::scan::{Kind, Members, Value, decoded, is_mark};

/// The most names told of one document.
pub const NAMES_MAX: usize = 100;
/// How deep is looked.
const DEPTH_MAX: usize = 4;
const NAME_CHARS_MAX: usize = 64;

/// A name and what kind of value it had.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Named {
    /// The path; elements of arrays as `[]`.
    pub name: String,
    /// `string`, `number`, `boolean`, `null`, `array`, `object`, `removed` or `sealed`.
    pub kind: &'static str,
}

/// The names and kinds in a screened document.
pub fn shape(text: &str) -> Vec<Named> {
    let mut out = Vec::new();
    members("", text, 0, &mut out);
    out
}

fn members(above: &str, text: &str, depth: usize, out: &mut Vec<Named>) {
    for (key, value) in Members::of(text) {
        if out.len() >= NAMES_MAX {
            return;
        }
        let key: String = decoded(key).chars().take(NAME_CHARS_MAX).collect();
        let name = if above.is_empty() { key } else { format!("{above}.{key}") };
        inner(name, value, depth, out);
    }
}

fn inner(name: String, value: Value<'_>, depth: usize, out: &mut Vec<Named>) {
    if value.kind == Kind::Object && depth < DEPTH_MAX {
        members(&name, value.raw, depth + 1, out);
        return;
    }
    // Of an array one element stands for all.
    if value.kind == Kind::Array
        && depth < DEPTH_MAX
        && let Some((_, first)) = Members::of(value.raw).next()
    {
        inner(format!("{name}[]"), first, depth + 1, out);
        return;
    }
    out.push(Named { name, kind: kind(value) });
}

/// The kind of a value in one word.
pub(crate) fn kind(value: Value<'_>) -> &'static str {
    match value.kind {
        Kind::String if is_mark(value.raw) => {
            if value.raw.starts_with("[sealed") {
                "sealed"
            } else {
                "removed"
            }
        }
        Kind::String => "string",
        Kind::Number => "number",
        Kind::Boolean => "boolean",
        Kind::Null => "null",
        Kind::Array => "array",
        Kind::Object => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_kinds_without_values() {
        let text =
            r#"{"a":1,"b":{"c":"hello","d":[{"e":true},{"f":1}]},"g":"[sealed: email #ab]","h":[],"i":null}"#;
        let told: Vec<String> =
            shape(text).into_iter().map(|named| format!("{} {}", named.name, named.kind)).collect();
        assert_eq!(told, ["a number", "b.c string", "b.d[].e boolean", "g sealed", "h array", "i null"]);
    }
}
