//! What the kinds that follow people share: an event as a step, and counts.

use std::ops::RangeInclusive;

use serde::Serialize;

use super::read_event;
use crate::condition::{Condition, read_conditions};
use crate::invalid::Invalid;
use crate::read::{Node, Object};

/// An event as a step, perhaps with conditions of its own.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Step {
    /// The event's name, or `*` for any.
    pub event: String,
    /// What must hold of it.
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

impl Step {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&["event", "where"])?;
        Ok(Self { event: read_event(&object)?, conditions: read_conditions(&object)? })
    }
}

pub(super) fn read_steps(node: &Node<'_>, count: RangeInclusive<usize>) -> Result<Vec<Step>, Invalid> {
    node.list(count)?.iter().map(Step::read).collect()
}

pub(super) fn read_count(object: &Object<'_>, name: &str, default: u32, max: u64) -> Result<u32, Invalid> {
    match object.optional(name) {
        Some(node) => Ok(u32::try_from(node.integer(1..=max)?).unwrap_or(u32::MAX)),
        None => Ok(default),
    }
}
