//! What happened at the doors since the start: connections and requests, for those who run the installation. Nothing of any
//! workspace.

use door::Crowd;
use guard::Granted;

use crate::Services;

/// Who is at each door.
#[derive(Clone, Debug)]
pub struct Doors {
    /// When counting began, milliseconds since 1970, UTC.
    pub since_ms: i64,
    /// Who is at the collect door.
    pub collect: Crowd,
    /// Who is at the console door.
    pub console: Crowd,
}

/// What happened at the doors.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DoorCounts {
    /// Since when, milliseconds since 1970, UTC.
    pub since_ms: i64,
    /// Connections at the collect door.
    pub collect: Connections,
    /// Connections at the console door.
    pub console: Connections,
    /// Requests with events by what they were answered.
    pub answered: Vec<(&'static str, u64)>,
}

/// What became of a door's connections.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Connections {
    /// Open now.
    pub connected: usize,
    /// How many may be open at once.
    pub connected_max: usize,
    /// Taken, refused and cut, each with its name.
    pub counts: Vec<(&'static str, u64)>,
}

impl Services {
    /// What happened at the doors since the start.
    pub fn door_counts(&self, _granted: &Granted) -> DoorCounts {
        let of = |crowd: &Crowd| Connections {
            connected: crowd.len(),
            connected_max: crowd.max(),
            counts: crowd.counts().named().into(),
        };
        DoorCounts {
            since_ms: self.doors.since_ms,
            collect: of(&self.doors.collect),
            console: of(&self.doors.console),
            answered: self.collector.answered().into(),
        }
    }
}
