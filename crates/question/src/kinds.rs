//! The kinds of question. Each is read from its JSON document and written back as the same.

mod audience;
mod behaviour;
mod computed;
mod flow;
mod formula;
mod funnel;
mod retention;
mod sessions;
mod trend;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

pub use audience::{Audience, Did, People, Select, Times};
pub use behaviour::Step;
pub use computed::{Computed, TEXT_BYTES_MAX, Worked};
pub use flow::{Direction, Flow, OTHERS};
pub use formula::{FORMULA_BYTES_MAX, FORMULA_NAME_BYTES_MAX, FORMULAS_MAX, Formula};
pub use funnel::{Funnel, FunnelSelect, Order, Reach, STEPS_MAX};
pub use retention::{Intervals, PERIODS_MAX, Retention, Returned};
pub use sessions::Sessions;
pub use trend::{Compare, Measure, ROLLING_MAX, Show, Trend, TrendEvent};

use crate::invalid::Invalid;
use crate::read::{Node, Object};

/// The largest question, in bytes of JSON; larger ones are refused.
pub const QUESTION_BYTES_MAX: usize = 256 * 1024;
/// The largest SQL text, in bytes; larger ones are refused.
pub const SQL_BYTES_MAX: usize = 64 * 1024;
/// The event name that stands for any event.
pub const ANY_EVENT: &str = "*";

/// Whether an event called `name` is the `wanted` one, which may be `*` for any: any that people did themselves.
pub fn is_wanted(wanted: &str, name: &str) -> bool {
    wanted == name || (wanted == ANY_EVENT && !model::event::is_of_the_house(name))
}

/// A question.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Question {
    /// How much of something happened over time.
    Trend(Trend),
    /// How many people got how far through a sequence of steps.
    Funnel(Funnel),
    /// How many people came back.
    Retention(Retention),
    /// What people did next.
    Flow(Flow),
    /// How long people stayed, and how much they did meanwhile.
    Sessions(Sessions),
    /// Who did or is something.
    People(People),
    /// Free SQL, read-only.
    Sql(Sql),
}

/// Free SQL over the views `events` and `people`, read-only.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Sql {
    /// The statement.
    pub sql: String,
}

#[derive(Clone, Copy)]
enum KindName {
    Trend,
    Funnel,
    Retention,
    Flow,
    Sessions,
    People,
    Sql,
}

const KINDS: [(&str, KindName); 7] = [
    ("trend", KindName::Trend),
    ("funnel", KindName::Funnel),
    ("retention", KindName::Retention),
    ("flow", KindName::Flow),
    ("sessions", KindName::Sessions),
    ("people", KindName::People),
    ("sql", KindName::Sql),
];

impl Question {
    /// Reads a question from JSON text.
    ///
    /// # Errors
    /// [`Invalid`] with the place and the fix.
    pub fn from_json(json: &[u8]) -> Result<Self, Invalid> {
        if json.len() > QUESTION_BYTES_MAX {
            let fix = format!("use at most {QUESTION_BYTES_MAX} bytes");
            return Err(Invalid::new("", "is too long", fix));
        }
        let value: Value = serde_json::from_slice(json).map_err(|error| {
            let at = format!("is not JSON at line {} column {}", error.line(), error.column());
            Invalid::new("", at, "send one JSON object")
        })?;
        Self::from_value(&value)
    }

    /// Reads a question from a JSON value.
    ///
    /// # Errors
    /// [`Invalid`] with the place and the fix.
    pub fn from_value(value: &Value) -> Result<Self, Invalid> {
        let node = Node::root(value);
        let Some(kind) = value.as_object().map(|fields| fields.get("kind")) else {
            return Err(node.wrong("is not an object", "write {\"kind\":\"trend\",…}"));
        };
        let Some(kind) = kind else {
            return Err(Invalid::new("/kind", "is missing", "write \"kind\":\"trend\""));
        };
        match (Node { value: kind, pointer: "/kind".to_owned() }).choice(&KINDS)? {
            KindName::Trend => Trend::read(&node).map(Self::Trend),
            KindName::Funnel => Funnel::read(&node).map(Self::Funnel),
            KindName::Retention => Retention::read(&node).map(Self::Retention),
            KindName::Flow => Flow::read(&node).map(Self::Flow),
            KindName::Sessions => Sessions::read(&node).map(Self::Sessions),
            KindName::People => People::read(&node).map(Self::People),
            KindName::Sql => {
                let object = node.object(&["kind", "sql"])?;
                let sql = object.required("sql", "\"select …\"")?.text(SQL_BYTES_MAX)?.to_owned();
                Ok(Self::Sql(Sql { sql }))
            }
        }
    }

    /// The name of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Trend(_) => "trend",
            Self::Funnel(_) => "funnel",
            Self::Retention(_) => "retention",
            Self::Flow(_) => "flow",
            Self::Sessions(_) => "sessions",
            Self::People(_) => "people",
            Self::Sql(_) => "sql",
        }
    }
}

impl<'de> Deserialize<'de> for Question {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// An event's name, or `*`.
fn read_event(object: &Object<'_>) -> Result<String, Invalid> {
    let node = object.required("event", "\"Order Completed\"")?;
    node.text(model::limits::NAME_BYTES_MAX).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_event_is_any_that_people_did() {
        for (wanted, name, is) in [
            ("*", "Order Completed", true),
            ("Order Completed", "Order Completed", true),
            ("Order Completed", "Signed Up", false),
            ("*", "Segment Joined", false),
            ("Segment Joined", "Segment Joined", true),
        ] {
            assert_eq!(is_wanted(wanted, name), is, "{wanted} and {name}");
        }
    }
}
