//! The handle: opening, applying, and the thread that turns fresh rows into chunks.

mod open;
mod worker;

pub(crate) use open::REMOVED;
use worker::{Call, Worker};

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use keys::KeyDirectory;
use model::{Offset, PersonCode, Resolved, Stored, WorkspaceId};
use parking_lot::{Condvar, Mutex, RwLock};
use stdx::Clock;

use crate::config::Config;
use crate::error::StoreError;
use crate::tail::block::TailBlock;
use crate::tail::file::TailWriter;
use crate::workspace::Workspace;

/// A batch is cut into frames of about this many bytes.
const FRAME_TEXT_BYTES: usize = 8 << 20;
/// A batch is cut into frames of this many rows.
const FRAME_ROWS: usize = 16_384;

/// The archive: every workspace's events, in chunks and a tail of fresh rows. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) shared: Arc<Shared>,
    // Dropped with the last handle, whereupon the thread ends.
    _worker: Arc<Worker>,
}

pub(crate) struct Shared {
    /// `DATA/store`.
    pub(crate) dir: PathBuf,
    /// `DATA/tail`.
    pub(crate) tail_dir: PathBuf,
    pub(crate) keys: KeyDirectory,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    pub(crate) writer: Mutex<TailWriter>,
    pub(crate) workspaces: RwLock<HashMap<WorkspaceId, Arc<Workspace>, FixedState>>,
    pub(crate) position: AtomicU64,
    pub(crate) received_ms: AtomicI64,
    pub(crate) tail_rows: AtomicUsize,
    pub(crate) tail_bytes: AtomicUsize,
    /// Set by a failed write or sync of the tail, for good.
    pub(crate) stopped: AtomicBool,
    /// Held by whoever turns rows into chunks.
    pub(crate) maintaining: Mutex<()>,
    /// While set, chunks keep their ids: none are merged, and none written anew without the erased.
    pub(crate) merging_held: AtomicBool,
    pub(crate) call: Mutex<Call>,
    /// Rings when the thread is wanted, and when it is done.
    pub(crate) bell: Condvar,
}

impl Store {
    /// Opens the archive in the data folder `dir`, whose subfolders `store` and `tail` it makes and owns.
    /// The keys of every workspace must be in `keys` already.
    ///
    /// # Errors
    /// [`StoreError`]; damage names the file.
    pub fn open(dir: &Path, keys: KeyDirectory, clock: Clock, config: Config) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared::open(dir, keys, clock, config)?);
        let worker = Arc::new(Worker::start(shared.clone())?);
        Ok(Self { shared, _worker: worker })
    }

    /// The first journal offset that is not in the archive yet.
    pub fn position(&self) -> Offset {
        Offset(self.shared.position.load(Ordering::SeqCst))
    }

    /// When the newest event arrived that is in the archive, milliseconds since 1970, UTC.
    pub fn received_ms(&self) -> Option<i64> {
        Some(self.shared.received_ms.load(Ordering::SeqCst)).filter(|ms| *ms != i64::MIN)
    }

    /// Takes in rows in the order of their offsets. Rows below the position have no further effect, nor
    /// have repeated ones. Afterwards questions see them. They are not synced: until [`Store::flush`] a
    /// crash may take them, and the position with them, and the journal brings them back.
    ///
    /// Waits while the fresh rows take more than four times the memory they should.
    ///
    /// # Errors
    /// [`StoreError`]; after a failed write nothing is taken in any more.
    pub fn apply(&self, rows: &[Resolved<'_>]) -> Result<(), StoreError> {
        let mut rest = rows;
        while !rest.is_empty() {
            self.shared.wait_for_room()?;
            let (batch, later) = rest.split_at(frame_rows(rest));
            self.shared.apply_frame(batch)?;
            rest = later;
        }
        self.shared.ring_if_full();
        Ok(())
    }

    /// Makes everything applied so far durable.
    ///
    /// # Errors
    /// [`StoreError`]; after a failed sync nothing is taken in any more.
    pub fn flush(&self) -> Result<(), StoreError> {
        let writer = self.shared.writer.lock();
        self.shared.check_running()?;
        writer.sync().inspect_err(|_| self.shared.stop())
    }

    /// Turns all fresh rows into chunks, removes erased rows and merges small chunks. A thread does this
    /// when the fresh rows are many; call it to have it now.
    ///
    /// # Errors
    /// [`StoreError`]; the rows stay in the tail then.
    pub fn maintain(&self) -> Result<(), StoreError> {
        self.shared.maintain()
    }

    /// Removes the events of a workspace for good. Its keys may go afterwards, not before.
    ///
    /// # Errors
    /// [`StoreError`]; call it again then.
    pub fn remove_workspace(&self, workspace: WorkspaceId) -> Result<(), StoreError> {
        self.shared.remove(workspace)
    }

    /// The code that stands for `person` today, after merges.
    pub fn survivor(&self, workspace: WorkspaceId, person: PersonCode) -> PersonCode {
        self.shared
            .workspace(workspace)
            .map_or(person, |workspace| PersonCode(workspace.state.read().remap.survivor(person.0)))
    }
}

/// How many rows at the front make a frame.
fn frame_rows(rows: &[Resolved<'_>]) -> usize {
    let mut bytes = 0;
    let fits = rows.iter().take(FRAME_ROWS).take_while(|row| {
        if let Stored::Event(event) = &row.entry.record {
            bytes += event.properties.len() + event.context.len() + event.traits.len();
        }
        bytes <= FRAME_TEXT_BYTES
    });
    fits.count().max(1)
}

impl Shared {
    /// The archive of a workspace, if it has any.
    pub(crate) fn workspace(&self, workspace: WorkspaceId) -> Option<Arc<Workspace>> {
        self.workspaces.read().get(&workspace).cloned()
    }

    pub(crate) fn check_running(&self) -> Result<(), StoreError> {
        if self.stopped.load(Ordering::SeqCst) { Err(StoreError::Stopped) } else { Ok(()) }
    }

    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }

    fn apply_frame(&self, rows: &[Resolved<'_>]) -> Result<(), StoreError> {
        let mut writer = self.writer.lock();
        self.check_running()?;
        let sections = sections(rows, writer.position)?;
        let next = rows.last().map_or(writer.position, |row| row.entry.offset.0 + 1).max(writer.position);
        if next == writer.position {
            return Ok(());
        }
        for (workspace, _) in &sections {
            self.workspace_or_new(*workspace)?;
        }
        let appended = writer.append(next, &sections, &self.keys);
        if let Err(error) = appended {
            // Whether part of the frame is on disk is not known; going on would put frames behind it.
            self.stop();
            return Err(error);
        }
        let generation = writer.generation;
        for (workspace, block) in sections {
            self.tail_rows.fetch_add(block.rows.len(), Ordering::SeqCst);
            self.tail_bytes.fetch_add(block.bytes(), Ordering::SeqCst);
            let received = block.rows.iter().map(|row| row.received_ms).max().unwrap_or(i64::MIN);
            self.received_ms.fetch_max(received, Ordering::SeqCst);
            let archive = self.workspace_or_new(workspace)?;
            archive.state.write().push(generation, block)?;
        }
        self.position.store(next, Ordering::SeqCst);
        Ok(())
    }

    pub(crate) fn workspace_or_new(&self, id: WorkspaceId) -> Result<Arc<Workspace>, StoreError> {
        if let Some(workspace) = self.workspace(id) {
            return Ok(workspace);
        }
        let keys = self.keys.get(id).ok_or(StoreError::NoKey { workspace: id })?;
        let opened = Arc::new(Workspace::open(id, self.dir.join(id.to_string()), keys.seal.clone())?);
        Ok(self.workspaces.write().entry(id).or_insert(opened).clone())
    }
}

/// The rows of each workspace that are not below `position`.
fn sections(rows: &[Resolved<'_>], position: u64) -> Result<Vec<(WorkspaceId, TailBlock)>, StoreError> {
    let mut sections: Vec<(WorkspaceId, TailBlock)> = Vec::new();
    for row in rows.iter().filter(|row| row.entry.offset.0 >= position && !row.repeated) {
        let workspace = match &row.entry.record {
            Stored::Event(event) => event.workspace,
            Stored::Order(order) => order.workspace(),
            Stored::Purged { .. } => continue,
        };
        let index = match sections.iter().position(|(id, _)| *id == workspace) {
            Some(index) => index,
            None => {
                sections.push((workspace, TailBlock::default()));
                sections.len() - 1
            }
        };
        let Some((_, block)) = sections.get_mut(index) else { continue };
        let offset = row.entry.offset.0;
        match (&row.entry.record, row.person) {
            (Stored::Event(event), Some(person)) => block.push_event(offset, person, event)?,
            (Stored::Order(order), _) => block.push_order(offset, order),
            // An event of nobody cannot be asked about; resolving gives every event a person.
            (Stored::Event(_), None) | (Stored::Purged { .. }, _) => {}
        }
    }
    sections.retain(|(_, block)| !block.is_empty());
    Ok(sections)
}
