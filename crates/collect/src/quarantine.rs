//! Plan quarantine: screened events that depart from a workspace's plan, set aside, encrypted and durable before their
//! sender is told so, until a member releases or drops them. What the shield refuses is never here: that is a count.
//!
//! Each workspace has files of its own under `DATA/quarantine/`, each with a key that the workspace's key wraps. What is
//! in memory is where each event lies and why, never a value. Writers that wait at the same time share one sync.
//!
//! Modules in reading order: `format` (bytes), `room` (a workspace's events), `file` (one of its files).

mod file;
mod format;
mod room;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keys::KeyDirectory;
use model::{EventRecord, Kind, WorkspaceId};
use parking_lot::Mutex;
use serde::Serialize;

use room::Room;

/// The most events of one workspace; further ones are refused and counted as `quarantine_full`.
pub const ITEMS_MAX: usize = 50_000;
/// The most bytes of one workspace on disk; further ones are refused as well.
pub const BYTES_MAX: u64 = 128 << 20;

/// The quarantine cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum QuarantineError {
    /// The workspace has no keys (any more).
    #[error("the workspace's keys are not there")]
    NoKeys,
    /// The disk refused.
    #[error("cannot {act} {path}")]
    Disk {
        /// What was tried.
        act: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is not what was written.
    #[error(
        "{path} is damaged at byte {position}: {what}; restore it from a backup, or move it away to go on without its events"
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Where.
        position: usize,
        /// What is wrong there.
        what: &'static str,
    },
    /// A sync failed; nothing more is acknowledged until the next start.
    #[error("a sync of the quarantine failed: nothing more is taken into it until the next start")]
    Stopped,
}

impl QuarantineError {
    pub(crate) fn is_full(&self) -> bool {
        matches!(self, Self::Disk { source, .. } if source.kind() == std::io::ErrorKind::StorageFull)
    }
}

/// What waits, without a value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Waiting {
    /// Its number in the workspace.
    pub number: u64,
    /// The event's name.
    pub event: Arc<str>,
    /// Which call it was.
    pub kind: Kind,
    /// When it was set aside, milliseconds since 1970, UTC.
    pub held_ms: i64,
    /// When it happened.
    pub time_ms: i64,
    /// The plan that set it aside.
    pub plan: Arc<str>,
    /// Which version of it.
    pub version: u32,
    /// Why: property and rule.
    pub reasons: Vec<(Arc<str>, Arc<str>)>,
}

/// How much waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Amount {
    /// Events.
    pub items: usize,
    /// Bytes on disk.
    pub bytes: u64,
    /// Whether no more are taken.
    pub full: bool,
}

/// What becomes of an event that was looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Edit {
    /// It stays as it was.
    Keep,
    /// It was changed and stays.
    Changed,
    /// It goes.
    Drop,
}

/// An event on its way into quarantine.
#[derive(Clone, Debug)]
pub(crate) struct NewItem {
    pub held_ms: i64,
    pub plan: Arc<str>,
    pub version: u32,
    pub reasons: Vec<(String, &'static str)>,
    pub record: EventRecord,
}

/// The quarantine of the installation. Cheap to clone; waits for the disk.
#[derive(Clone)]
pub struct Quarantine(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    keys: KeyDirectory,
    rooms: Mutex<HashMap<WorkspaceId, Arc<Room>>>,
}

impl Quarantine {
    /// Opens what is in `dir`, or begins empty. What was never acknowledged at a file's end is cut off.
    ///
    /// # Errors
    /// A file that cannot be read or is damaged; the error names it and the place.
    pub fn open(dir: &Path, keys: KeyDirectory) -> Result<Self, QuarantineError> {
        stdx::files::private_dir(dir).map_err(disk("make", dir))?;
        let mut rooms = HashMap::new();
        for entry in std::fs::read_dir(dir).map_err(disk("read", dir))? {
            let path = entry.map_err(disk("read", dir))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let Ok(workspace) = name.parse::<WorkspaceId>() else { continue };
            // Of a deleted workspace nothing can be opened any more, and nothing is asked for.
            if let Some(keys) = keys.get(workspace) {
                rooms.insert(workspace, Arc::new(Room::open(&path, workspace, keys)?));
            }
        }
        Ok(Self(Arc::new(Inner { dir: dir.to_owned(), keys, rooms: Mutex::new(rooms) })))
    }

    /// Sets events aside; they are durable when this returns. One that waits already, by source and message id, is not
    /// taken twice.
    pub(crate) fn hold(&self, workspace: WorkspaceId, items: Vec<NewItem>) -> Result<(), QuarantineError> {
        if items.is_empty() {
            return Ok(());
        }
        self.room_to_write(workspace)?.hold(items)
    }

    /// How much waits.
    pub fn amount(&self, workspace: WorkspaceId) -> Amount {
        self.room(workspace).map(|room| room.amount()).unwrap_or_default()
    }

    /// What waits from the number `from` on, oldest first, and for which `wanted` holds.
    pub fn list(
        &self,
        workspace: WorkspaceId,
        from: u64,
        count_max: usize,
        wanted: &dyn Fn(&Waiting) -> bool,
    ) -> Vec<Waiting> {
        self.room(workspace).map(|room| room.list(from, count_max, wanted)).unwrap_or_default()
    }

    /// The events of these numbers, as far as they wait.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn records(
        &self,
        workspace: WorkspaceId,
        numbers: &[u64],
    ) -> Result<Vec<(u64, EventRecord)>, QuarantineError> {
        let Some(room) = self.room(workspace) else { return Ok(Vec::new()) };
        Ok(room.items(numbers)?.into_iter().map(|item| (item.number, item.record)).collect())
    }

    /// Removes these for good: their files are written anew without them.
    ///
    /// # Errors
    /// The disk's; called again it goes on.
    pub fn remove(&self, workspace: WorkspaceId, numbers: &[u64]) -> Result<usize, QuarantineError> {
        self.room(workspace).map_or(Ok(0), |room| room.remove(numbers))
    }

    /// Writes anew what is sealed under an older key of the workspace; how many files.
    ///
    /// # Errors
    /// The disk's, or damage; called again it goes on.
    pub fn renew(&self, workspace: WorkspaceId) -> Result<usize, QuarantineError> {
        self.room(workspace).map_or(Ok(0), |room| room.renew())
    }

    /// Looks at every event of a workspace and writes anew what was changed or dropped. For purges and erasures.
    ///
    /// # Errors
    /// The disk's; called again it goes on.
    pub fn edit(
        &self,
        workspace: WorkspaceId,
        look: &mut dyn FnMut(&mut EventRecord) -> Edit,
    ) -> Result<usize, QuarantineError> {
        self.room(workspace).map_or(Ok(0), |room| room.edit(look))
    }

    /// The files of all workspaces, for backups.
    pub fn files(&self) -> Vec<PathBuf> {
        let rooms: Vec<_> = self.0.rooms.lock().values().cloned().collect();
        let mut files: Vec<PathBuf> = rooms.iter().flat_map(|room| room.files()).collect();
        files.sort();
        files
    }

    /// Whether an event of this source and message id waits.
    pub(crate) fn has(&self, record: &EventRecord) -> Option<u64> {
        self.room(record.workspace)?.has(record)
    }

    /// Notes which are about to be released, durably: a crash in between is then finished at the next start.
    pub(crate) fn begin_release(
        &self,
        workspace: WorkspaceId,
        numbers: &[u64],
    ) -> Result<(), QuarantineError> {
        self.room(workspace).map_or(Ok(()), |room| room.begin_release(numbers))
    }

    /// Forgets the note.
    pub(crate) fn end_release(&self, workspace: WorkspaceId) -> Result<(), QuarantineError> {
        self.room(workspace).map_or(Ok(()), |room| room.end_release())
    }

    /// The releases that had begun when the process ended.
    pub(crate) fn begun(&self) -> Result<Vec<(WorkspaceId, Vec<u64>)>, QuarantineError> {
        let rooms: Vec<_> = self.0.rooms.lock().iter().map(|(id, room)| (*id, room.clone())).collect();
        let mut begun = Vec::new();
        for (workspace, room) in rooms {
            if let Some(numbers) = room.begun()? {
                begun.push((workspace, numbers));
            }
        }
        Ok(begun)
    }

    fn room(&self, workspace: WorkspaceId) -> Option<Arc<Room>> {
        self.0.rooms.lock().get(&workspace).cloned()
    }

    fn room_to_write(&self, workspace: WorkspaceId) -> Result<Arc<Room>, QuarantineError> {
        let mut rooms = self.0.rooms.lock();
        if let Some(room) = rooms.get(&workspace) {
            return Ok(room.clone());
        }
        let keys = self.0.keys.get(workspace).ok_or(QuarantineError::NoKeys)?;
        let room = Arc::new(Room::open(&self.0.dir.join(workspace.to_string()), workspace, keys)?);
        rooms.insert(workspace, room.clone());
        Ok(room)
    }
}

impl std::fmt::Debug for Quarantine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[quarantine of {} workspaces]", self.0.rooms.lock().len())
    }
}

pub(crate) fn disk<'a>(
    act: &'static str,
    path: &'a Path,
) -> impl FnOnce(std::io::Error) -> QuarantineError + use<'a> {
    move |source| QuarantineError::Disk { act, path: path.to_owned(), source }
}
