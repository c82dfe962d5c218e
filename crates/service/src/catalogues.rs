//! Catalogues kept for a moment: making one reads the whole tail, and every page with a list of names wants one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use guard::Granted;
use model::WorkspaceId;
use parking_lot::Mutex;
use store::Catalogue;

use crate::Services;

/// How long a catalogue is kept: so many times what making it took, so that a small workspace sees a new name at once and
/// a large one spends a twentieth of a core on it at most.
const KEPT_TIMES: u32 = 20;
/// How many workspaces' catalogues are kept; at more, all are made anew.
const KEPT_MAX: usize = 256;

/// The kept ones.
#[derive(Clone, Default)]
pub struct Catalogues(Arc<Mutex<HashMap<WorkspaceId, Kept>>>);

struct Kept {
    until: Instant,
    catalogue: Arc<Catalogue>,
}

impl Catalogues {
    /// Lets go of a workspace's list, in which something no longer is.
    pub fn forget(&self, workspace: WorkspaceId) {
        self.0.lock().remove(&workspace);
    }
}

impl Services {
    /// Which events and properties there are to ask about: names and counts, nobody's data.
    pub fn catalogue(&self, _granted: &Granted, workspace: WorkspaceId) -> Arc<Catalogue> {
        let begun = Instant::now();
        if let Some(kept) = self.catalogues.0.lock().get(&workspace)
            && begun < kept.until
        {
            return kept.catalogue.clone();
        }
        // Not under the lock: two pages may both make one, which is less bad than one waiting for the other's workspace.
        let catalogue = Arc::new(self.store.catalogue(workspace));
        let now = Instant::now();
        let until = now + (now - begun) * KEPT_TIMES;
        let mut kept = self.catalogues.0.lock();
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(workspace, Kept { until, catalogue: catalogue.clone() });
        catalogue
    }
}
