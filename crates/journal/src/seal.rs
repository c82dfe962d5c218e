//! File keys: one per file and workspace, made by the first caller who needs it, opened for followers.

use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;

use keys::{Key, KeyDirectory, Seal, wrapped_by};
use model::WorkspaceId;
use parking_lot::{Mutex, RwLock};

use crate::error::{AppendError, JournalError};
use crate::files::LogFile;
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

impl Slot {
    /// Whether its key is wrapped under the workspace's present key; the next frame of one that is not brings another.
    fn is_of(&self, seal: &Seal) -> bool {
        wrapped_by(&self.frame.wrapped) == Some(seal.id())
    }
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
        if let Some(slot) =
            self.slots.read().by_workspace.get(&workspace).filter(|slot| slot.is_of(&keys.seal))
        {
            return Ok(slot.clone());
        }
        let mut slots = self.slots.write();
        if let Some(slot) = slots.by_workspace.get(&workspace).filter(|slot| slot.is_of(&keys.seal)) {
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

    /// Whether a slot that no frame stands under yet may be written: its workspace may have another key by now.
    pub(crate) fn is_present(&self, slot: &Slot) -> bool {
        self.directory.get(slot.frame.workspace).is_some_and(|keys| slot.is_of(&keys.seal))
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

/// How many opened keys are held; when there are more, all are let go.
const OPENED_MAX: usize = 4096;

/// File keys that followers have needed.
#[derive(Default)]
pub(crate) struct OpenedKeys(Mutex<HashMap<(FileId, u32), (WorkspaceId, Key)>>);

impl OpenedKeys {
    /// The key of a slot of `log`, for the frame at `position`. The workspace is looked up each time: when its
    /// keys are gone, nothing of it is read any more.
    pub(crate) fn get(
        &self,
        log: &LogFile,
        file: &File,
        (slot, position): (u32, u64),
        directory: &KeyDirectory,
    ) -> Result<Key, JournalError> {
        let no_keys = |workspace| JournalError::NoKeys { workspace, path: log.path.clone() };
        let held = self.0.lock().get(&(log.id(), slot)).cloned();
        if let Some((workspace, key)) = held {
            return directory.get(workspace).map(|_| key).ok_or_else(|| no_keys(workspace));
        }
        let Some(frame) = log.with_index(file, |index| index.key(slot))? else {
            return Err(JournalError::damaged(&log.path, position, "a frame names a key that is not there"));
        };
        let workspace = frame.workspace;
        let keys = directory.get(workspace).ok_or_else(|| no_keys(workspace))?;
        let key = keys
            .seal
            .unwrap(&frame.wrapped, &KeyFrame::aad(log.id(), workspace))
            .map_err(|source| JournalError::Sealed { path: log.path.clone(), position, source })?;
        let mut opened = self.0.lock();
        if opened.len() >= OPENED_MAX {
            opened.clear();
        }
        opened.insert((log.id(), slot), (workspace, key.clone()));
        Ok(key)
    }
}
