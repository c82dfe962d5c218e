//! Catalogues kept for a moment: making one reads the whole tail, and every page with a list of names wants one.

use std::collections::HashMap;
use std::sync::Arc;

use guard::Granted;
use model::WorkspaceId;
use parking_lot::Mutex;
use store::Catalogue;

use crate::Services;

/// How old a catalogue may be. An empty one is never kept, so that a first event shows at once.
const AGE_MS_MAX: i64 = 10_000;
/// How many workspaces' catalogues are kept; at more, all are made anew.
const KEPT_MAX: usize = 256;

/// The kept ones.
#[derive(Clone, Default)]
pub struct Catalogues(Arc<Mutex<HashMap<WorkspaceId, Kept>>>);

struct Kept {
    at_ms: i64,
    catalogue: Arc<Catalogue>,
}

impl Services {
    /// Which events and properties there are to ask about: names and counts, nobody's data. At most ten seconds old.
    pub fn catalogue(&self, _granted: &Granted, workspace: WorkspaceId) -> Arc<Catalogue> {
        let now_ms = self.clock.now_ms();
        if let Some(kept) = self.catalogues.0.lock().get(&workspace)
            && (0..AGE_MS_MAX).contains(&(now_ms - kept.at_ms))
        {
            return kept.catalogue.clone();
        }
        // Not under the lock: two pages may both make one, which is less bad than one waiting for the other's workspace.
        let made = Arc::new(self.store.catalogue(workspace));
        let mut kept = self.catalogues.0.lock();
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        if !made.events.is_empty() {
            kept.insert(workspace, Kept { at_ms: now_ms, catalogue: made.clone() });
        }
        made
    }
}
