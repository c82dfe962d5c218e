//! File keys: one per file and workspace, made by the first caller who needs it.

use std::collections::HashMap;
use std::sync::Arc;

use keys::{Key, KeyDirectory};
use model::WorkspaceId;
use parking_lot::RwLock;

use crate::error::AppendError;
use crate::format::{FileId, KeyFrame, record_aad};

/// The keys of the open file.
pub(crate) struct Sealer {
    id: FileId,
    directory: KeyDirectory,
    slots: RwLock<Slots>,
}

struct Slots {
    by_workspace: HashMap<WorkspaceId, Arc<Slot>>,
    next: u32,
}

/// A workspace's key in one file. The writer puts its key frame in front of the first frame that needs it.
pub(crate) struct Slot {
    pub(crate) number: u32,
    pub(crate) frame: KeyFrame,
    pub(crate) key: Key,
}

impl Sealer {
    /// Keys for the file `id`, numbered from `next`: a file that is opened again keeps its old keys for its
    /// old frames and gets new ones.
    pub(crate) fn new(id: FileId, directory: KeyDirectory, next: u32) -> Self {
        Self { id, directory, slots: RwLock::new(Slots { by_workspace: HashMap::new(), next }) }
    }

    /// The workspace's key in this file.
    pub(crate) fn slot(&self, workspace: WorkspaceId) -> Result<Arc<Slot>, AppendError> {
        // Asked each time: a workspace whose keys are gone gets nothing sealed any more.
        let keys = self.directory.get(workspace).ok_or(AppendError::NoKeys { workspace })?;
        if let Some(slot) = self.slots.read().by_workspace.get(&workspace) {
            return Ok(slot.clone());
        }
        let mut slots = self.slots.write();
        if let Some(slot) = slots.by_workspace.get(&workspace) {
            return Ok(slot.clone());
        }
        let key = Key::generate();
        let wrapped = keys.seal.wrap(&key, &KeyFrame::aad(self.id, workspace));
        let frame = KeyFrame { workspace, wrapped };
        let slot = Arc::new(Slot { number: slots.next, frame, key });
        slots.next += 1;
        slots.by_workspace.insert(workspace, slot.clone());
        Ok(slot)
    }

    /// Seals encoded records for this file.
    pub(crate) fn seal(&self, slot: &Slot, count: u32, plain: &[u8]) -> Vec<u8> {
        slot.key.seal(&record_aad(self.id, slot.number, count), plain)
    }

    /// Undoes [`Sealer::seal`], for records that were sealed just before the file changed.
    pub(crate) fn open(&self, slot: &Slot, count: u32, body: &[u8]) -> Option<Vec<u8>> {
        slot.key.open(&record_aad(self.id, slot.number, count), body).ok()
    }
}
