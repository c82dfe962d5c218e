//! The archive of one workspace: its chunks, its fresh rows, and what readers see of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keys::Seal;
use model::WorkspaceId;
use parking_lot::{Mutex, RwLock};

use crate::chunk::read::Chunk;
use crate::error::StoreError;
use crate::manifest::{ChunkEntry, Manifest};
use crate::remap::Remap;
use crate::tail::block::TailBlock;
use crate::tail::columns::TailColumns;

/// The archive of one workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) id: WorkspaceId,
    pub(crate) dir: PathBuf,
    pub(crate) seal: Seal,
    /// What readers see; replaced, never changed while somebody reads.
    pub(crate) state: RwLock<State>,
    /// The manifest as it is on disk; whoever changes the archive holds it.
    pub(crate) manifest: Mutex<Manifest>,
}

/// What readers see.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) chunks: Arc<Vec<Listed>>,
    pub(crate) tail: Vec<TailPart>,
    pub(crate) remap: Arc<Remap>,
}

/// A chunk and what the manifest says of it.
pub(crate) type Listed = (ChunkEntry, Arc<Chunk>);

/// Fresh rows and the tail file that they stand in.
#[derive(Clone, Debug)]
pub(crate) struct TailPart {
    pub(crate) generation: u64,
    pub(crate) block: Arc<TailBlock>,
    /// What questions made of it.
    pub(crate) columns: Arc<TailColumns>,
}

impl State {
    /// Makes a batch visible.
    pub(crate) fn push(&mut self, generation: u64, batch: TailBlock) -> Result<(), StoreError> {
        for (offset, note) in &batch.orders {
            Arc::make_mut(&mut self.remap).apply(*offset, *note);
        }
        if let Some(part) = self.tail.last_mut().filter(|part| part.generation == generation)
            && part.block.has_room_for(&batch)
            // Nobody reads it at the moment, or it is copied once more.
            && let Some(block) = Arc::get_mut(&mut part.block)
        {
            part.columns = Arc::default();
            return block.gather(&batch);
        }
        self.tail.push(TailPart { generation, block: Arc::new(batch), columns: Arc::default() });
        Ok(())
    }
}

impl Workspace {
    /// Opens the folder `dir`, makes it if it is not there yet, and removes what a crash left over.
    pub(crate) fn open(id: WorkspaceId, dir: PathBuf, seal: Seal) -> Result<Self, StoreError> {
        if !dir.exists() {
            stdx::files::private_dir(&dir).map_err(StoreError::io(&dir))?;
            stdx::files::sync_parent(&dir).map_err(StoreError::io(&dir))?;
        }
        let manifest = Manifest::read(&dir.join(MANIFEST), id, &seal)?;
        let mut chunks = Vec::with_capacity(manifest.chunks.len());
        for entry in &manifest.chunks {
            let chunk = Chunk::open(&dir.join(entry.file()), id, &seal)?;
            if chunk.header.chunk != entry.chunk {
                return Err(StoreError::damaged(&chunk.path, "it is another chunk"));
            }
            chunks.push((entry.clone(), Arc::new(chunk)));
        }
        remove_leftovers(&dir, &manifest)?;
        let state = State {
            chunks: Arc::new(chunks),
            tail: Vec::new(),
            remap: Arc::new(Remap::from_log(&manifest.remap)),
        };
        Ok(Self { id, dir, seal, state: RwLock::new(state), manifest: Mutex::new(manifest) })
    }

    pub(crate) fn snapshot(&self) -> State {
        self.state.read().clone()
    }

    pub(crate) fn manifest_path(&self) -> PathBuf {
        self.dir.join(MANIFEST)
    }
}

/// The file's name in a workspace's folder.
pub(crate) const MANIFEST: &str = "manifest";

/// Removes chunks that the manifest does not name: written before a crash, or replaced before one.
fn remove_leftovers(dir: &Path, manifest: &Manifest) -> Result<(), StoreError> {
    let wanted: BTreeSet<PathBuf> = manifest.chunks.iter().map(|entry| dir.join(entry.file())).collect();
    for folder in entries(dir)?.into_iter().filter(|path| path.is_dir()) {
        for file in entries(&folder)? {
            if !wanted.contains(&file) {
                tracing::info!(path = %file.display(), "removing a chunk that never became part of the archive");
                stdx::files::shred(&file, u64::MAX).map_err(StoreError::io(&file))?;
            }
        }
    }
    Ok(())
}

/// The paths in a folder, sorted; none if it is absent.
pub(crate) fn entries(dir: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let list = match fs::read_dir(dir) {
        Ok(list) => list,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io(dir)(error)),
    };
    let mut paths = Vec::new();
    for entry in list {
        paths.push(entry.map_err(StoreError::io(dir))?.path());
    }
    paths.sort();
    Ok(paths)
}
