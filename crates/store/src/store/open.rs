//! Opening: manifests first, then the tail files that no manifest has taken in yet.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use keys::KeyDirectory;
use model::WorkspaceId;
use parking_lot::{Condvar, Mutex, RwLock};
use stdx::Clock;

use super::Shared;
use super::worker::Call;
use crate::config::Config;
use crate::error::StoreError;
use crate::tail::file::TailWriter;
use crate::tail::read::{Frame, TailRead, cut, read};
use crate::workspace::{Workspace, entries};

/// In the folder of a workspace that was removed.
pub(crate) const REMOVED: &str = "removed";

impl Shared {
    pub(super) fn open(
        dir: &Path,
        keys: KeyDirectory,
        clock: Clock,
        config: Config,
    ) -> Result<Self, StoreError> {
        let (store_dir, tail_dir) = (dir.join("store"), dir.join("tail"));
        for dir in [&store_dir, &tail_dir] {
            stdx::files::private_dir(dir).map_err(StoreError::io(dir))?;
        }
        let workspaces = open_workspaces(&store_dir, &keys)?;
        let received = workspaces.values().flat_map(|workspace| {
            let state = workspace.snapshot();
            state.chunks.iter().map(|(_, chunk)| chunk.directory.received_max_ms).collect::<Vec<_>>()
        });
        let received_ms = received.max().unwrap_or(i64::MIN);
        let files = tail_files(&tail_dir)?;
        let (generation, path) = match files.last() {
            Some((generation, path)) => (*generation, path.clone()),
            None => {
                let first = first_tail(&tail_dir, &workspaces)?;
                (first.generation, first.path)
            }
        };
        let merging_held = AtomicBool::new(config.hold_merging);
        let mut shared = Self {
            dir: store_dir,
            writer: Mutex::new(TailWriter::resume(path.clone(), generation, &TailRead::nothing())?),
            tail_dir,
            keys,
            clock,
            config,
            workspaces: RwLock::new(workspaces),
            position: AtomicU64::new(0),
            received_ms: AtomicI64::new(received_ms),
            tail_rows: AtomicUsize::new(0),
            tail_bytes: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            maintaining: Mutex::new(()),
            merging_held,
            call: Mutex::new(Call::default()),
            bell: Condvar::new(),
        };
        for (closed, path) in files.iter().filter(|(closed, _)| *closed < generation) {
            let read = shared.recover(*closed, path)?;
            // A closed file was synced before the next one was begun, so nothing of it can be torn.
            if read.torn_bytes > 0 {
                return Err(StoreError::damaged(path, "a frame"));
            }
        }
        let read = shared.recover(generation, &path)?;
        if read.torn_bytes > 0 {
            tracing::warn!(path = %path.display(), bytes = read.torn_bytes, "cutting a torn frame, the journal has it");
            cut(&path, read.whole_bytes)?;
        }
        shared.position = AtomicU64::new(read.position);
        shared.writer = Mutex::new(TailWriter::resume(path, generation, &read)?);
        Ok(shared)
    }

    /// Brings back what a tail file holds and no manifest has taken in.
    fn recover(&self, generation: u64, path: &Path) -> Result<TailRead, StoreError> {
        let removed = |workspace: WorkspaceId| self.dir.join(workspace.to_string()).join(REMOVED).exists();
        read(path, generation, &self.keys, &removed, &mut |frame: Frame| {
            for (id, block) in frame.sections {
                let workspace = self.workspace_or_new(id)?;
                if workspace.manifest.lock().generation >= generation {
                    continue;
                }
                self.tail_rows.fetch_add(block.rows.len(), Ordering::SeqCst);
                self.tail_bytes.fetch_add(block.bytes(), Ordering::SeqCst);
                let received = block.rows.iter().map(|row| row.received_ms).max().unwrap_or(i64::MIN);
                self.received_ms.fetch_max(received, Ordering::SeqCst);
                workspace.state.write().push(generation, block)?;
            }
            Ok(())
        })
    }
}

type Workspaces = HashMap<WorkspaceId, Arc<Workspace>, FixedState>;

fn open_workspaces(dir: &Path, keys: &KeyDirectory) -> Result<Workspaces, StoreError> {
    let mut workspaces = Workspaces::default();
    for path in entries(dir)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Ok(id) = name.parse::<WorkspaceId>() else { continue };
        if path.join(REMOVED).exists() {
            continue;
        }
        let keys = keys.get(id).ok_or(StoreError::NoKey { workspace: id })?;
        workspaces.insert(id, Arc::new(Workspace::open(id, path, keys.seal.clone())?));
    }
    Ok(workspaces)
}

fn tail_files(dir: &Path) -> Result<Vec<(u64, PathBuf)>, StoreError> {
    let mut files = Vec::new();
    for path in entries(dir)? {
        let generation = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        match generation {
            Some(generation) if path.extension().is_some_and(|extension| extension == "hft") => {
                files.push((generation, path));
            }
            // Half-made by a crash; it was to become a tail file and never did.
            _ if path.extension().is_some_and(|extension| extension == "partial") => {
                std::fs::remove_file(&path).map_err(StoreError::io(&path))?;
            }
            _ => {}
        }
    }
    files.sort();
    Ok(files)
}

/// The first tail file of a new archive.
fn first_tail(dir: &Path, workspaces: &Workspaces) -> Result<TailWriter, StoreError> {
    let archived = workspaces.values().any(|workspace| workspace.manifest.lock().generation > 0);
    if archived {
        // Only the tail knows the position; without it rows would be taken in twice.
        return Err(StoreError::damaged(dir, "its files are missing although there are chunks"));
    }
    TailWriter::create(dir, 1, 0)
}
