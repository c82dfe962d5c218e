//! What people do one thing after another: funnels, retention, flows.

use serde::Serialize;

use super::read_event;
use super::trend::{by_names, read_by};
use crate::condition::{Condition, Field, read_conditions};
use crate::invalid::Invalid;
use crate::range::{INTERVALS, Interval, Range, Within};
use crate::read::{Node, Object};

/// The most steps in a funnel; more are refused.
pub const STEPS_MAX: usize = 20;
/// The most periods of a retention; more are refused.
pub const PERIODS_MAX: u64 = 366;
/// How deep a flow may look; deeper ones are refused.
pub const DEPTH_MAX: u64 = 6;
/// The most paths in a flow's answer; more are refused.
pub const TOP_MAX: u64 = 100;

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
}

/// An event as a step, perhaps with conditions of its own.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Step {
    /// The event's name, or `*` for any.
    pub event: String,
    /// What must hold of it.
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
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

/// How many people came back. Answer: `start`, `offset`, `people`, `share`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Retention {
    /// What begins it.
    pub start: Step,
    /// What counts as coming back.
    #[serde(rename = "return")]
    pub back: Step,
    /// How finely.
    pub interval: Interval,
    /// How many intervals after the start are looked at.
    pub periods: u32,
    /// When it began.
    pub range: Range,
    /// What must hold of every event that counts.
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

/// What people did next. Answer: `path…`, `people`, `count`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Flow {
    /// Where the paths begin.
    pub start: Step,
    /// How many events a path has, the start included.
    pub depth: u32,
    /// How many paths are shown, the most frequent first.
    pub top: u32,
    /// From when to when.
    pub range: Range,
    /// What must hold of every event that counts.
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

const ORDERS: [(&str, Order); 3] =
    [("ordered", Order::Ordered), ("strict", Order::Strict), ("any", Order::Any)];

impl Funnel {
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&["kind", "steps", "within", "order", "range", "by", "where"])?;
        let steps =
            object.required("steps", "[{\"event\":\"Signed Up\"},{\"event\":\"Order Completed\"}]")?;
        let order = object.optional("order").map(|node| node.choice(&ORDERS)).transpose()?;
        Ok(Self {
            steps: steps.list(2..=STEPS_MAX)?.iter().map(Step::read).collect::<Result<_, _>>()?,
            within: Within::read(&object.required("within", "\"7d\"")?)?,
            order: order.unwrap_or_default(),
            range: Range::read(&object)?,
            by: read_by(&object)?,
            conditions: read_conditions(&object)?,
        })
    }
}

impl Retention {
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&["kind", "start", "return", "interval", "periods", "range", "where"])?;
        let interval = object.optional("interval").map(|node| node.choice(&INTERVALS)).transpose()?;
        Ok(Self {
            start: Step::read(&object.required("start", "{\"event\":\"Signed Up\"}")?)?,
            back: Step::read(&object.required("return", "{\"event\":\"*\"}")?)?,
            interval: interval.unwrap_or(Interval::Week),
            periods: read_count(&object, "periods", 12, PERIODS_MAX)?,
            range: Range::read(&object)?,
            conditions: read_conditions(&object)?,
        })
    }
}

impl Flow {
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&["kind", "start", "depth", "top", "range", "where"])?;
        Ok(Self {
            start: Step::read(&object.required("start", "{\"event\":\"Page Viewed\"}")?)?,
            depth: read_count(&object, "depth", 3, DEPTH_MAX)?,
            top: read_count(&object, "top", 20, TOP_MAX)?,
            range: Range::read(&object)?,
            conditions: read_conditions(&object)?,
        })
    }
}

impl Step {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&["event", "where"])?;
        Ok(Self { event: read_event(&object)?, conditions: read_conditions(&object)? })
    }
}

fn read_count(object: &Object<'_>, name: &str, default: u32, max: u64) -> Result<u32, Invalid> {
    match object.optional(name) {
        Some(node) => Ok(u32::try_from(node.integer(1..=max)?).unwrap_or(u32::MAX)),
        None => Ok(default),
    }
}
