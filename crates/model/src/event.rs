//! What a customer did, as a dialect hands it over: borrowed from the request's bytes, unscreened.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::ids::{SourceId, WorkspaceId};

/// The event that says that a person joined a segment.
pub const SEGMENT_JOINED: &str = "Segment Joined";
/// The event that says that a person left a segment.
pub const SEGMENT_LEFT: &str = "Segment Left";

/// Whether an event of this name tells what the house found out about a person, and not what they did: asked for by
/// name it is an event like others, but "any event" does not mean it.
pub fn is_of_the_house(name: &str) -> bool {
    name == SEGMENT_JOINED || name == SEGMENT_LEFT
}

/// The text of one JSON object, `{` to `}`, not yet looked into.
pub type RawObject<'a> = &'a str;

/// The six calls of the Segment specification; every dialect is brought to them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something happened.
    Track,
    /// Who somebody is.
    Identify,
    /// A page was seen.
    Page,
    /// An app's screen was seen.
    Screen,
    /// Somebody belongs to a group or account.
    Group,
    /// Two ids are one person.
    Alias,
}

impl Kind {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Identify => "identify",
            Self::Page => "page",
            Self::Screen => "screen",
            Self::Group => "group",
            Self::Alias => "alias",
        }
    }
}

/// One event before the shield has seen it. It must not be logged, stored or shown.
#[derive(Clone)]
pub struct Event<'a> {
    /// Whose event this is.
    pub workspace: WorkspaceId,
    /// Which source sent it.
    pub source: SourceId,
    /// The sender's id for it; the dialect makes one where the sender gave none.
    pub message_id: Cow<'a, str>,
    /// Which call it was.
    pub kind: Kind,
    /// The event's name as questions use it: for `track` the event; `Page Viewed` and `Screen Viewed`
    /// for page and screen; `Identified`, `Grouped`, `Aliased` for the rest.
    pub name: Cow<'a, str>,
    /// When it happened, by the corrected clock: milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// When it arrived: milliseconds since 1970, UTC.
    pub received_ms: i64,
    /// The person's id at the sender.
    pub user_id: Option<Cow<'a, str>>,
    /// The device's or browser's id.
    pub anonymous_id: Option<Cow<'a, str>>,
    /// The group's id, for `group`.
    pub group_id: Option<Cow<'a, str>>,
    /// The other id, for `alias`.
    pub previous_id: Option<Cow<'a, str>>,
    /// `properties` (a page's or screen's `name` and `category` are put among them by the dialect); `{}` where absent.
    pub properties: Cow<'a, str>,
    /// `traits` of identify and group, or `context.traits`; `{}` where absent.
    pub traits: Cow<'a, str>,
    /// `context` without `traits` and `ip`; `{}` where absent.
    pub context: Cow<'a, str>,
}
