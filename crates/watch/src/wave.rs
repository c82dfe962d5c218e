//! The same new property in several workspaces at once: what a bad release of an SDK looks like to those who run an
//! installation. They are told how many workspaces, never which, and no event's name.

use hashbrown::HashMap;
use model::WorkspaceId;

use crate::arrival::{Arrival, NEW_FOR_MS};
use crate::room::Room;
use crate::tally::Tally;

/// How many workspaces make a wave.
pub const WORKSPACES_MIN: usize = 3;
/// The longest name of a property that is told.
const PATH_BYTES_MAX: usize = 120;

/// A property that came new in several workspaces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wave {
    /// Its number.
    pub id: i64,
    /// The property, for example `properties.label`.
    pub path: String,
    /// The library that sent it last, in one of them.
    pub sdk: String,
    /// Its version.
    pub sdk_version: String,
    /// Whether it was captured automatically.
    pub automatic: bool,
    /// In how many workspaces.
    pub workspaces: u64,
    /// How many suspect values.
    pub count: u64,
    /// When the first workspace had it, milliseconds since 1970, UTC.
    pub first_ms: i64,
    /// When it was raised.
    pub raised_ms: i64,
}

/// The waves of this moment. They have no number yet.
pub(crate) fn gather<S>(rooms: &HashMap<WorkspaceId, Room, S>) -> Vec<Wave> {
    let mut by_path: HashMap<&str, Vec<(&Room, &Arrival)>> = HashMap::new();
    for room in rooms.values() {
        for arrival in room.arrivals.iter().filter(|arrival| arrival.reach().0 > 0 && is_name(&arrival.path))
        {
            by_path.entry(&arrival.path).or_default().push((room, arrival));
        }
    }
    by_path
        .into_values()
        .filter(|found| found.len() >= WORKSPACES_MIN)
        .filter_map(|found| wave(&found))
        .collect()
}

fn wave(found: &[(&Room, &Arrival)]) -> Option<Wave> {
    let (_, latest) = found.iter().max_by_key(|(_, arrival)| arrival.begun_ms)?;
    // What came long before the latest one came for reasons of its own.
    let together: Vec<_> = found
        .iter()
        .filter(|(_, arrival)| latest.begun_ms.saturating_sub(arrival.begun_ms) < NEW_FOR_MS)
        .collect();
    let tally = together.iter().fold(Tally::default(), |sum, (_, arrival)| sum.and(arrival.tally));
    let automatic = together.iter().all(|(_, arrival)| arrival.automatic);
    if together.len() < WORKSPACES_MIN || !(tally.has_secrets() || (automatic && tally.is_free_text())) {
        return None;
    }
    let (room, most) =
        together.iter().max_by_key(|(_, arrival)| arrival.tally.secrets + arrival.tally.free)?;
    let origin = room.origins.get(usize::from(most.origin))?;
    Some(Wave {
        id: 0,
        path: most.path.clone(),
        sdk: origin.sdk.clone(),
        sdk_version: origin.version.clone(),
        automatic,
        workspaces: together.len() as u64,
        count: if tally.has_secrets() { tally.secrets } else { tally.free },
        first_ms: together.iter().map(|(_, arrival)| arrival.begun_ms).min().unwrap_or(most.begun_ms),
        raised_ms: latest.begun_ms,
    })
}

/// Whether a path consists of names alone, as programs give them: a key can be anything, an address too.
fn is_name(path: &str) -> bool {
    let plain =
        |letter: char| letter.is_ascii_alphabetic() || matches!(letter, '_' | '$' | '-' | '.' | '[' | ']');
    path.len() <= PATH_BYTES_MAX && path.chars().all(plain)
}
