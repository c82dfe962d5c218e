//! A trait that is worked out from what somebody did.

use serde::Serialize;
use serde_json::Value;

use super::behaviour::Step;
use super::read_event;
use crate::condition::{FIELD_BYTES_MAX, read_conditions};
use crate::invalid::Invalid;
use crate::range::Within;
use crate::read::{Node, Object};

/// The longest text that such a trait has as its value, in bytes; a longer one counts as none.
pub const TEXT_BYTES_MAX: usize = 512;

/// A trait that is worked out from what somebody did. Of somebody who did nothing of it there is none.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Computed {
    /// What they did.
    #[serde(flatten)]
    pub step: Step,
    /// What is made of it.
    pub measure: Worked,
    /// Of which property, where the measure needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    /// How lately; ever if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
}

/// What is made of somebody's events, by time and, at the same time, by arrival.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Worked {
    /// How many.
    Count,
    /// The sum of the property's numbers.
    Sum,
    /// The least of them.
    Min,
    /// The greatest.
    Max,
    /// The first single value (text, number, truth) of the property.
    First,
    /// The last.
    Last,
    /// The one that most events have; of several, the one that was there last.
    MostFrequent,
}

const MEASURES: [(&str, Worked); 7] = [
    ("count", Worked::Count),
    ("sum", Worked::Sum),
    ("min", Worked::Min),
    ("max", Worked::Max),
    ("first", Worked::First),
    ("last", Worked::Last),
    ("most_frequent", Worked::MostFrequent),
];

impl Worked {
    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        MEASURES.iter().find(|(_, measure)| *measure == self).map_or("count", |(word, _)| word)
    }
}

impl Computed {
    /// Reads one from a JSON value of its own: `event`, `where`, `measure`, `property`, `within`.
    ///
    /// # Errors
    /// [`Invalid`] with the place and the fix.
    pub fn from_value(value: &Value) -> Result<Self, Invalid> {
        let node = Node::root(value);
        let object = node.object(&["event", "where", "measure", "property", "within"])?;
        let measure = object.required("measure", "\"count\"")?.choice(&MEASURES)?;
        Ok(Self {
            step: Step { event: read_event(&object)?, conditions: read_conditions(&object)? },
            property: read_property(&object, measure)?,
            measure,
            within: object.optional("within").map(|node| Within::read(&node)).transpose()?,
        })
    }
}

fn read_property(object: &Object<'_>, measure: Worked) -> Result<Option<String>, Invalid> {
    if measure == Worked::Count {
        return match object.optional("property") {
            Some(node) => Err(node.wrong("is not used by `count`", "leave it out")),
            None => Ok(None),
        };
    }
    let node = object.required("property", "\"total\"")?;
    Ok(Some(node.text(FIELD_BYTES_MAX)?.to_owned()))
}
