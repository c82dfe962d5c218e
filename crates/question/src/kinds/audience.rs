//! Who did or is something.

use serde::Serialize;

use super::behaviour::Step;
use crate::condition::Condition;
use crate::invalid::Invalid;
use crate::range::Within;
use crate::read::{Node, Object};

/// How deep `all`, `any` and `not` may nest; deeper ones are refused.
pub const DEPTH_MAX: usize = 6;
/// The most parts of one `all` or `any`; more are refused.
pub const PARTS_MAX: usize = 20;
/// The most rows of people in one answer; more are refused.
pub const ROWS_MAX: u64 = 1_000;
/// How many rows are given if not said.
const ROWS_DEFAULT: u32 = 100;

/// Who did or is something. Answer: `count`, or a row a person.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct People {
    /// Which people.
    pub who: Audience,
    /// Whether they are counted or listed.
    pub select: Select,
    /// How many are listed.
    #[serde(skip_serializing_if = "is_default")]
    pub limit: u32,
}

/// A set of people.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "snake_case", untagged)]
pub enum Audience {
    /// Those in every part.
    All {
        /// The parts.
        all: Vec<Audience>,
    },
    /// Those in at least one part.
    Any {
        /// The parts.
        any: Vec<Audience>,
    },
    /// Those not in it.
    Not {
        /// The part.
        not: Box<Audience>,
    },
    /// Those who did something.
    Did(Did),
    /// Those who are something: a condition on a trait.
    Is(Condition),
}

/// Having done something so many times lately.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Did {
    /// What.
    pub did: Step,
    /// How often; at least once if not said.
    pub times: Times,
    /// How lately; ever if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
}

/// How often, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Times {
    /// At least.
    pub gte: u32,
    /// At most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lte: Option<u32>,
}

/// What is told about people.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Select {
    /// How many.
    #[default]
    Count,
    /// Who, a row each.
    People,
}

const SELECTS: [(&str, Select); 2] = [("count", Select::Count), ("people", Select::People)];

impl People {
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&["kind", "who", "select", "limit"])?;
        let who = object.required("who", "{\"did\":{\"event\":\"Order Completed\"}}")?;
        let limit = object.optional("limit").map(|node| node.integer(1..=ROWS_MAX)).transpose()?;
        Ok(Self {
            who: Audience::read(&who, DEPTH_MAX)?,
            select: object
                .optional("select")
                .map(|node| node.choice(&SELECTS))
                .transpose()?
                .unwrap_or_default(),
            limit: limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(ROWS_DEFAULT),
        })
    }
}

impl Audience {
    /// Reads an audience from a JSON value of its own.
    ///
    /// # Errors
    /// [`Invalid`] with the place and the fix.
    pub fn from_value(value: &serde_json::Value) -> Result<Self, Invalid> {
        Self::read(&Node::root(value), DEPTH_MAX)
    }

    /// Calls `visit` with every part, this one first.
    pub fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        match self {
            Self::All { all: parts } | Self::Any { any: parts } => {
                parts.iter().for_each(|part| part.each(visit));
            }
            Self::Not { not } => not.each(visit),
            Self::Did(_) | Self::Is(_) => {}
        }
    }

    fn read(node: &Node<'_>, depth: usize) -> Result<Self, Invalid> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(node.wrong("is nested too deep", format!("nest at most {DEPTH_MAX} levels")));
        };
        let object = node.object(&[
            "all", "any", "not", "did", "times", "within", "property", "trait", "segment", "consent",
            "group", "op", "value",
        ])?;
        let parts = |parts: &Node<'_>| -> Result<Vec<Self>, Invalid> {
            parts.list(1..=PARTS_MAX)?.iter().map(|part| Self::read(part, depth)).collect()
        };
        if let Some(all) = object.optional("all") {
            node.object(&["all"])?;
            return Ok(Self::All { all: parts(&all)? });
        }
        if let Some(any) = object.optional("any") {
            node.object(&["any"])?;
            return Ok(Self::Any { any: parts(&any)? });
        }
        if let Some(not) = object.optional("not") {
            node.object(&["not"])?;
            return Ok(Self::Not { not: Box::new(Self::read(&not, depth)?) });
        }
        if let Some(did) = object.optional("did") {
            let object = node.object(&["did", "times", "within"])?;
            return Ok(Self::Did(Did {
                did: Step::read(&did)?,
                times: Times::read(&object)?,
                within: object.optional("within").map(|node| Within::read(&node)).transpose()?,
            }));
        }
        if let Some(property) = object.optional("property") {
            return Err(
                property.wrong("belongs to events, not to people", "name a `trait`, or put it into `did`")
            );
        }
        if ["trait", "segment", "consent", "group"].iter().all(|name| object.optional(name).is_none()) {
            let fix = "write one of `all`, `any`, `not`, `did`, `trait`, `segment`, `consent`, `group`";
            return Err(node.wrong("says nothing", fix));
        }
        Condition::read(node).map(Self::Is)
    }
}

impl Times {
    fn read(object: &Object<'_>) -> Result<Self, Invalid> {
        const TIMES_MAX: u64 = 1_000_000;
        let Some(node) = object.optional("times") else { return Ok(Self { gte: 1, lte: None }) };
        let object = node.object(&["gte", "lte", "eq"])?;
        let number = |name: &str| -> Result<Option<u32>, Invalid> {
            let number = object.optional(name).map(|node| node.integer(0..=TIMES_MAX)).transpose()?;
            Ok(number.and_then(|number| u32::try_from(number).ok()))
        };
        match (number("eq")?, number("gte")?, number("lte")?) {
            (Some(times), None, None) => Ok(Self { gte: times, lte: Some(times) }),
            (None, None, None) => Err(node.wrong("says nothing", "write {\"gte\":3}")),
            (None, gte, lte) if lte.is_none_or(|lte| gte.unwrap_or(0) <= lte) => {
                Ok(Self { gte: gte.unwrap_or(0), lte })
            }
            _ => Err(node.wrong("contradicts itself", "write `eq` alone, or `gte` not above `lte`")),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde wants")]
fn is_default(limit: &u32) -> bool {
    *limit == ROWS_DEFAULT
}
