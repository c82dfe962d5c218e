//! How many people got how far through a sequence of steps.

use serde::Serialize;

use super::behaviour::{Step, read_steps};
use super::trend::{BY_MAX, by_names, read_by};
use crate::condition::{Condition, FIELD_BYTES_MAX, Field, read_conditions};
use crate::invalid::Invalid;
use crate::range::{Range, Within};
use crate::read::{Node, Object};

/// The most steps in a funnel; more are refused.
pub const STEPS_MAX: usize = 20;
/// The most events that end an attempt; more are refused.
pub const EXCLUDE_MAX: usize = 10;
/// The longest time from the first step to the last; longer ones are refused.
pub const WITHIN_MS_MAX: i64 = 366 * 86_400_000;

/// How many people got how far. Answer: `by…`, `step`, `people`, `median_s`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Funnel {
    /// The steps, two at least.
    pub steps: Vec<Step>,
    /// How long after the first step the last may be, itself included.
    pub within: Within,
    /// What may lie between the steps.
    pub order: Order,
    /// When the first step was taken.
    pub range: Range,
    /// Fields to group by, read at the first step of the attempt that counted.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "by_names")]
    pub by: Vec<Field>,
    /// What must hold of every event that counts.
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Events that end an attempt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Step>,
    /// Properties that have the same value in all events of an attempt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hold: Vec<String>,
    /// What is told of those who came through.
    #[serde(skip_serializing_if = "is_default")]
    pub select: FunnelSelect,
}

/// What may lie between the steps of a funnel.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Other events may.
    #[default]
    Ordered,
    /// No other event may.
    Strict,
    /// The steps may come in any order.
    Any,
}

/// What a funnel tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FunnelSelect {
    /// How many people reached each step.
    #[default]
    Steps,
    /// How long those who reached the last step took. Answer: `by…`, `from_s`, `to_s`, `people`.
    Times,
}

const ORDERS: [(&str, Order); 3] =
    [("ordered", Order::Ordered), ("strict", Order::Strict), ("any", Order::Any)];
const SELECTS: [(&str, FunnelSelect); 2] = [("steps", FunnelSelect::Steps), ("times", FunnelSelect::Times)];
const FIELDS: [&str; 10] =
    ["kind", "steps", "within", "order", "range", "by", "where", "exclude", "hold", "select"];

impl Funnel {
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&FIELDS)?;
        let steps =
            object.required("steps", "[{\"event\":\"Signed Up\"},{\"event\":\"Order Completed\"}]")?;
        let order = object.optional("order").map(|node| node.choice(&ORDERS)).transpose()?;
        let select = object.optional("select").map(|node| node.choice(&SELECTS)).transpose()?;
        let exclude =
            object.optional("exclude").map(|node| read_steps(&node, 0..=EXCLUDE_MAX)).transpose()?;
        Ok(Self {
            steps: read_steps(&steps, 2..=STEPS_MAX)?,
            within: Within::read_to(&object.required("within", "\"7d\"")?, WITHIN_MS_MAX)?,
            order: order.unwrap_or_default(),
            range: Range::read(&object)?,
            by: read_by(&object)?,
            conditions: read_conditions(&object)?,
            exclude: exclude.unwrap_or_default(),
            hold: read_hold(&object)?,
            select: select.unwrap_or_default(),
        })
    }
}

fn read_hold(object: &Object<'_>) -> Result<Vec<String>, Invalid> {
    let Some(node) = object.optional("hold") else { return Ok(Vec::new()) };
    let mut names: Vec<String> = Vec::new();
    for node in node.list(0..=BY_MAX)? {
        let Field::Property(name) = Field::from_name(node.text(FIELD_BYTES_MAX)?) else {
            return Err(node.wrong("is a trait, which is the same in all events anyway", "name a property"));
        };
        if names.contains(&name) {
            return Err(node.wrong("stands twice", "name each property once"));
        }
        names.push(name);
    }
    Ok(names)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde wants")]
fn is_default(select: &FunnelSelect) -> bool {
    *select == FunnelSelect::default()
}
