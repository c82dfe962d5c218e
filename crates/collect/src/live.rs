//! What was removed, sealed or refused just now, for whoever is looking. A short memory for each
//! workspace and a broadcast to those who listen; a listener that is too slow misses items. No values.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use model::{Class, SourceId, WorkspaceId};
use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::broadcast;

/// How many items of a workspace are remembered; older ones are forgotten.
const REMEMBERED_MAX: usize = 200;
/// How many items a listener may lag behind; a slower one misses some.
const LAG_MAX: usize = 256;

/// Something that happened to a part of an event, or to a whole one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LiveItem {
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// Which source sent it.
    pub source: SourceId,
    /// What happened.
    #[serde(flatten)]
    pub what: LiveWhat,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum LiveWhat {
    /// A secret was removed; it is kept nowhere.
    Removed(Place),
    /// A personal value was sealed or hashed.
    Sealed(Place),
    /// The event was refused.
    Refused {
        /// Why.
        reason: &'static str,
        /// Which field it was about; may be empty.
        field: &'static str,
    },
}

/// Where something was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Place {
    /// The event's name.
    pub event: String,
    /// Where in the event.
    pub path: String,
    /// What it was.
    pub class: Class,
    /// Which rule said so.
    pub rule: String,
}

/// The feeds of all workspaces.
#[derive(Default)]
pub(crate) struct Live(Mutex<HashMap<WorkspaceId, Feed>>);

struct Feed {
    remembered: VecDeque<Arc<LiveItem>>,
    listeners: broadcast::Sender<Arc<LiveItem>>,
}

impl Default for Feed {
    fn default() -> Self {
        Self { remembered: VecDeque::new(), listeners: broadcast::Sender::new(LAG_MAX) }
    }
}

impl Live {
    /// Tells what happened.
    pub fn tell(&self, workspace: WorkspaceId, items: Vec<LiveItem>) {
        if items.is_empty() {
            return;
        }
        // One feed for each workspace that has a source: as bounded as the table of workspaces.
        let mut feeds = self.0.lock();
        let feed = feeds.entry(workspace).or_default();
        for item in items.into_iter().map(Arc::new) {
            if feed.remembered.len() == REMEMBERED_MAX {
                feed.remembered.pop_front();
            }
            feed.remembered.push_back(item.clone());
            // Nobody listening is no error.
            let _ = feed.listeners.send(item);
        }
    }

    /// What is remembered, oldest first, and what comes from now on.
    pub fn follow(&self, workspace: WorkspaceId) -> (Vec<Arc<LiveItem>>, broadcast::Receiver<Arc<LiveItem>>) {
        let mut feeds = self.0.lock();
        let feed = feeds.entry(workspace).or_default();
        (feed.remembered.iter().cloned().collect(), feed.listeners.subscribe())
    }
}
