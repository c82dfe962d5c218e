//! How long people stayed, and how much they did meanwhile.

use serde::Serialize;

use super::flow::{SESSION, SESSION_MS_MAX, is_half_an_hour};
use super::trend::{by_names, read_by};
use crate::condition::{Condition, Field, read_conditions};
use crate::invalid::Invalid;
use crate::range::{INTERVALS, Interval, Range, Within};
use crate::read::Node;

/// The sessions of people over time. Answer: `time`, a column per `by`, `sessions`, `people`, `events_per_session`, `length_s`,
/// `bounced`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Sessions {
    /// From when to when; what happened outside is as if it had not.
    pub range: Range,
    /// How finely; a day if not said.
    pub interval: Interval,
    /// Fields to group by, read at a session's first event.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "by_names")]
    pub by: Vec<Field>,
    /// What must hold of every event that counts.
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// The longest pause within a session, itself included.
    #[serde(skip_serializing_if = "is_half_an_hour")]
    pub session: Within,
}

impl Sessions {
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&["kind", "range", "interval", "by", "where", "session"])?;
        let interval = object.optional("interval").map(|node| node.choice(&INTERVALS)).transpose()?;
        let session = object.optional("session").map(|node| Within::read_to(&node, SESSION_MS_MAX));
        Ok(Self {
            range: Range::read(&object)?,
            interval: interval.unwrap_or_default(),
            by: read_by(&object)?,
            conditions: read_conditions(&object)?,
            session: session.transpose()?.unwrap_or(SESSION),
        })
    }
}
