//! A value as questions see it, wherever it comes from.

use std::cmp::Ordering;

use serde_json::Value as Json;
use store::Value;

/// A value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Item<'a> {
    Absent,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'a str),
    /// A list, as JSON text.
    List(&'a str),
}

/// A value in the one form that groups and distinct values are told apart by.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum Canonical {
    Absent,
    Bool(bool),
    Int(i64),
    /// The bits of a number that is no whole one.
    Float(u64),
    /// A text, or the JSON text of a list.
    Text(Box<str>),
}

/// Whole numbers up to here are exact as floats.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl<'a> Item<'a> {
    pub(crate) fn from_column(value: Value<'a>) -> Self {
        match value {
            Value::Absent => Self::Absent,
            Value::Bool(truth) => Self::Bool(truth),
            Value::Int(number) => Self::Int(number),
            Value::Float(number) => Self::Float(number),
            Value::Text(text) => Self::Text(text),
            Value::Json(raw) if raw.starts_with('[') => Self::List(raw),
            // A number beyond 64 bits; anything else would be an object, which has no value.
            Value::Json(raw) => {
                raw.parse().ok().filter(|number: &f64| number.is_finite()).map_or(Self::Absent, Self::Float)
            }
        }
    }

    /// From a trait; a list becomes its text in `text`, which must be empty.
    pub(crate) fn from_json(value: &'a Json, text: &'a mut String) -> Self {
        match value {
            Json::Null | Json::Object(_) => Self::Absent,
            Json::Bool(truth) => Self::Bool(*truth),
            Json::Number(number) => match number.as_i64() {
                Some(number) => Self::Int(number),
                None => number.as_f64().map_or(Self::Absent, Self::Float),
            },
            Json::String(text) => Self::Text(text),
            Json::Array(_) => {
                *text = value.to_string();
                Self::List(text)
            }
        }
    }

    pub(crate) fn canonical(&self) -> Canonical {
        match *self {
            Self::Absent => Canonical::Absent,
            Self::Bool(truth) => Canonical::Bool(truth),
            Self::Int(number) => Canonical::Int(number),
            Self::Float(number) if number.fract() == 0.0 && number.abs() <= EXACT => {
                Canonical::Int(number as i64)
            }
            Self::Float(number) => Canonical::Float(number.to_bits()),
            Self::Text(text) | Self::List(text) => Canonical::Text(text.into()),
        }
    }

    /// The number it is, if it is one.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// How it compares to a value of a question; `None` where the two cannot be ordered.
    pub(crate) fn compare(&self, other: &Json) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(left), Json::Number(right)) => match right.as_i64() {
                Some(right) => Some(left.cmp(&right)),
                None => (*left as f64).partial_cmp(&right.as_f64()?),
            },
            (Self::Float(left), Json::Number(right)) => left.partial_cmp(&right.as_f64()?),
            (Self::Text(left), Json::String(right)) => Some((*left).cmp(right.as_str())),
            _ => None,
        }
    }

    pub(crate) fn same(&self, other: &Json) -> bool {
        match (self, other) {
            (Self::Bool(left), Json::Bool(right)) => left == right,
            _ => self.compare(other) == Some(Ordering::Equal),
        }
    }
}

impl Canonical {
    pub(crate) fn to_json(&self) -> Json {
        match self {
            Self::Absent => Json::Null,
            Self::Bool(truth) => Json::from(*truth),
            Self::Int(number) => Json::from(*number),
            Self::Float(bits) => Json::from(f64::from_bits(*bits)),
            Self::Text(text) => Json::from(text.as_ref()),
        }
    }
}

/// A number as answers show it: whole ones without a fraction.
pub(crate) fn number(number: f64) -> Json {
    Item::Float(number).canonical().to_json()
}
