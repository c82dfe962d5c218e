//! The opened keys of the workspaces, for whoever seals or looks up.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use model::WorkspaceId;
use parking_lot::RwLock;

use crate::hash::HashKey;
use crate::seal::Seal;

/// The two keys of a workspace.
#[derive(Clone, Debug)]
pub struct WorkspaceKeys {
    /// Wraps the keys of files and subjects; can be replaced.
    pub seal: Seal,
    /// Makes lookups and marks; never replaced, or what was looked up by it would be found no more.
    pub hash: HashKey,
}

/// The keys of every workspace that exists. Cheap to clone; all clones see the same.
#[derive(Clone, Default)]
pub struct KeyDirectory(Arc<RwLock<HashMap<WorkspaceId, Arc<WorkspaceKeys>>>>);

impl KeyDirectory {
    /// A directory without workspaces.
    pub fn new() -> Self {
        Self::default()
    }

    /// Enters or replaces the keys of a workspace.
    pub fn insert(&self, workspace: WorkspaceId, keys: WorkspaceKeys) {
        self.0.write().insert(workspace, Arc::new(keys));
    }

    /// The keys of a workspace; `None` when it does not exist (any more).
    pub fn get(&self, workspace: WorkspaceId) -> Option<Arc<WorkspaceKeys>> {
        self.0.read().get(&workspace).cloned()
    }

    /// Forgets the keys of a workspace.
    pub fn remove(&self, workspace: WorkspaceId) {
        self.0.write().remove(&workspace);
    }
}

impl fmt::Debug for KeyDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[keys of {} workspaces]", self.0.read().len())
    }
}
