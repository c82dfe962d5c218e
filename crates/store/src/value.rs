//! A single value as columns hold it.

use serde::{Deserialize, Serialize};

/// A value of a property. A list has no value of its own kind: it is its JSON text.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value<'a> {
    /// The row has no such property.
    Absent,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction or out of the whole numbers' range.
    Float(f64),
    /// Text.
    Text(&'a str),
    /// JSON text: a list, an empty object, or a number that no other kind holds exactly.
    Json(&'a str),
}

/// A value that owns its text.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) enum Owned {
    #[default]
    Absent,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Box<str>),
    Json(Box<str>),
}

/// What kinds of value a property was seen with, and how often each.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Kinds {
    /// True or false.
    pub bools: u64,
    /// Whole numbers.
    pub ints: u64,
    /// Other numbers.
    pub floats: u64,
    /// Texts.
    pub texts: u64,
    /// Lists and the like.
    pub lists: u64,
}

impl Kinds {
    pub(crate) fn count(&mut self, value: &Value<'_>) {
        let slot = match value {
            Value::Absent => return,
            Value::Bool(_) => &mut self.bools,
            Value::Int(_) => &mut self.ints,
            Value::Float(_) => &mut self.floats,
            Value::Text(_) => &mut self.texts,
            Value::Json(_) => &mut self.lists,
        };
        *slot += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.bools += other.bools;
        self.ints += other.ints;
        self.floats += other.floats;
        self.texts += other.texts;
        self.lists += other.lists;
    }

    /// How many values in all.
    pub fn total(&self) -> u64 {
        self.bools + self.ints + self.floats + self.texts + self.lists
    }
}

impl Owned {
    pub(crate) fn as_value(&self) -> Value<'_> {
        match self {
            Self::Absent => Value::Absent,
            Self::Bool(truth) => Value::Bool(*truth),
            Self::Int(number) => Value::Int(*number),
            Self::Float(number) => Value::Float(*number),
            Self::Text(text) => Value::Text(text),
            Self::Json(text) => Value::Json(text),
        }
    }
}

impl Value<'_> {
    pub(crate) fn to_owned(self) -> Owned {
        match self {
            Self::Absent => Owned::Absent,
            Self::Bool(truth) => Owned::Bool(truth),
            Self::Int(number) => Owned::Int(number),
            Self::Float(number) => Owned::Float(number),
            Self::Text(text) => Owned::Text(text.into()),
            Self::Json(text) => Owned::Json(text.into()),
        }
    }

    /// Appends the value as JSON.
    pub(crate) fn write_json(&self, out: &mut String) {
        match self {
            Self::Absent => out.push_str("null"),
            Self::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Self::Int(number) => out.push_str(&number.to_string()),
            Self::Float(number) => out.push_str(&float_text(*number)),
            Self::Text(text) => write_json_text(text, out),
            Self::Json(text) => out.push_str(text),
        }
    }
}

/// Appends `text` as a JSON string.
pub(crate) fn write_json_text(text: &str, out: &mut String) {
    out.push('"');
    let mut plain_from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..0x20 => "",
            _ => continue,
        };
        out.push_str(text.get(plain_from..at).unwrap_or_default());
        if escape.is_empty() {
            out.push_str(&format!("\\u{byte:04x}"));
        } else {
            out.push_str(escape);
        }
        plain_from = at + 1;
    }
    out.push_str(text.get(plain_from..).unwrap_or_default());
    out.push('"');
}

/// The shortest text that reads back as the same number; never NaN or infinite, which JSON cannot write.
fn float_text(number: f64) -> String {
    serde_json::Number::from_f64(number).map_or_else(|| "null".to_owned(), |number| number.to_string())
}
