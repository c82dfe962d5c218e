//! What people did next, or before.

use serde::Serialize;

use super::behaviour::{Step, read_count};
use crate::condition::{Condition, read_conditions};
use crate::invalid::Invalid;
use crate::range::{Range, Within};
use crate::read::Node;

/// How deep a flow may look; deeper ones are refused.
pub const DEPTH_MAX: u64 = 6;
/// The most paths in a flow's answer; more are refused.
pub const TOP_MAX: u64 = 100;
/// The most names that each step of a flow may keep apart; more are refused.
pub const NAMES_MAX: u64 = 50;
/// The longest pause within a session; longer ones are refused.
pub const SESSION_MS_MAX: i64 = 7 * 86_400_000;
/// The same, if not said.
pub(super) const SESSION: Within = Within { ms: 30 * 60_000 };
/// What stands in a path for the events that `names` leaves out.
pub const OTHERS: &str = "…";

/// What people did next. Answer: `path…`, `people`, `count`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Flow {
    /// Where the paths begin, or end if they are followed back.
    pub start: Step,
    /// How many events a path has, the start included.
    pub depth: u32,
    /// How many paths are shown, the most frequent first.
    pub top: u32,
    /// When the start was.
    pub range: Range,
    /// What must hold of every event that counts.
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Which way from the start.
    #[serde(skip_serializing_if = "is_default")]
    pub direction: Direction,
    /// The longest pause between two events of a path, itself included: a longer one ends the session.
    #[serde(skip_serializing_if = "is_half_an_hour")]
    pub session: Within,
    /// How many events each step keeps apart, the most frequent; the others are one. All if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names: Option<u32>,
}

/// Which way a flow is followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// What came after the start.
    #[default]
    Forward,
    /// What came before it; the path's first event is the start, its second the one before.
    Back,
}

const DIRECTIONS: [(&str, Direction); 2] = [("forward", Direction::Forward), ("back", Direction::Back)];
const FIELDS: [&str; 9] =
    ["kind", "start", "depth", "top", "range", "where", "direction", "session", "names"];

impl Flow {
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&FIELDS)?;
        let direction = object.optional("direction").map(|node| node.choice(&DIRECTIONS)).transpose()?;
        let session = object.optional("session").map(|node| Within::read_to(&node, SESSION_MS_MAX));
        let names = object.optional("names").map(|node| node.integer(1..=NAMES_MAX)).transpose()?;
        Ok(Self {
            start: Step::read(&object.required("start", "{\"event\":\"Page Viewed\"}")?)?,
            depth: read_count(&object, "depth", 3, DEPTH_MAX)?,
            top: read_count(&object, "top", 20, TOP_MAX)?,
            range: Range::read(&object)?,
            conditions: read_conditions(&object)?,
            direction: direction.unwrap_or_default(),
            session: session.transpose()?.unwrap_or(SESSION),
            names: names.and_then(|names| u32::try_from(names).ok()),
        })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde wants")]
fn is_default(direction: &Direction) -> bool {
    *direction == Direction::default()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde wants")]
pub(super) fn is_half_an_hour(session: &Within) -> bool {
    *session == SESSION
}
