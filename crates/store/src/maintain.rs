//! Fresh rows to chunks, so that a crash between any two steps loses nothing and doubles nothing:
//! close the tail file (synced) and begin the next; write the chunks of its rows (synced); replace the
//! workspace's manifest, which names the chunks and says up to which tail file rows are in chunks; only
//! then remove the tail file. Opening skips rows of tail files that the manifest has taken in, and removes
//! chunks that no manifest names.

mod compact;
pub(crate) mod cursor;
mod renew;
mod runs;
mod scrub;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use model::WorkspaceId;

use crate::chunk::build::Builder;
use crate::chunk::directory::Family;
use crate::chunk::file::write;
use crate::chunk::read::Chunk;
use crate::error::StoreError;
use crate::leaves::leaves;
use crate::manifest::ChunkEntry;
use crate::partition::{MIXED, PARTITIONS_MAX, month};
use crate::store::Shared;
use crate::tail::block::{TailBlock, TailRow};
use crate::tail::file::{TailWriter, path};
use crate::workspace::{Listed, State, TailPart, Workspace};

/// A chunk is closed when its rows take so much as JSON, whatever their number.
const CHUNK_PLAIN_BYTES_MAX: u64 = 128 << 20;

impl Shared {
    pub(crate) fn maintain(&self) -> Result<(), StoreError> {
        self.maintain_and(false)
    }

    /// `shred`: tail files are overwritten before they are removed.
    pub(crate) fn maintain_and(&self, shred: bool) -> Result<(), StoreError> {
        let _alone = self.maintaining.lock();
        self.seal_tails(shred)?;
        let workspaces: Vec<Arc<Workspace>> = self.workspaces.read().values().cloned().collect();
        for workspace in workspaces.iter().filter(|_| self.may_merge()) {
            self.compact(workspace)?;
        }
        Ok(())
    }

    /// Turns fresh rows into chunks. The caller is alone.
    fn seal_tails(&self, shred: bool) -> Result<(), StoreError> {
        let closed = self.close_tail()?;
        let workspaces: Vec<Arc<Workspace>> = self.workspaces.read().values().cloned().collect();
        for workspace in &workspaces {
            self.seal_tail(workspace, closed)?;
        }
        self.config.faults.pass("tail sealed")?;
        for generation in self.tail_generations()?.into_iter().filter(|generation| *generation <= closed) {
            let path = path(&self.tail_dir, generation);
            let removed =
                if shred { stdx::files::shred(&path, u64::MAX) } else { std::fs::remove_file(&path) };
            removed.map_err(StoreError::io(&path))?;
            self.config.faults.pass("tail file removed")?;
        }
        Ok(())
    }

    /// Whether chunks are merged at the moment.
    fn may_merge(&self) -> bool {
        !self.merging_held.load(Ordering::SeqCst) && !self.is_ending()
    }

    /// Closes the tail file, unless it is empty, and begins the next. The last closed generation.
    fn close_tail(&self) -> Result<u64, StoreError> {
        let mut writer = self.writer.lock();
        self.check_running()?;
        if writer.frames == 0 {
            return Ok(writer.generation - 1);
        }
        writer.sync().inspect_err(|_| self.stop())?;
        self.config.faults.pass("tail synced")?;
        let next = TailWriter::create(&self.tail_dir, writer.generation + 1, writer.position)?;
        let closed = std::mem::replace(&mut *writer, next).generation;
        self.config.faults.pass("tail closed")?;
        Ok(closed)
    }

    fn tail_generations(&self) -> Result<Vec<u64>, StoreError> {
        let paths = crate::workspace::entries(&self.tail_dir)?;
        Ok(paths.iter().filter_map(|path| path.file_stem()?.to_str()?.parse().ok()).collect())
    }

    /// Writes the rows of tail files up to `closed` as chunks.
    fn seal_tail(&self, workspace: &Workspace, closed: u64) -> Result<(), StoreError> {
        let state = workspace.snapshot();
        let parts: Vec<TailPart> =
            state.tail.iter().filter(|part| part.generation <= closed).cloned().collect();
        if parts.is_empty() {
            return Ok(());
        }
        let mut rows = sorted_rows(&parts, &state);
        let added = self.write_rows(workspace, &mut rows, state.remap.erasures())?;
        let mut manifest = workspace.manifest.lock();
        let mut next = manifest.clone();
        next.generation = closed;
        next.remap = state.remap.log().clone();
        next.chunks.extend(added.iter().map(|(entry, _)| entry.clone()));
        self.config.faults.pass("chunks written")?;
        next.write(&workspace.manifest_path(), workspace.id, &workspace.seal)?;
        *manifest = next;
        let mut now = workspace.state.write();
        let mut chunks = now.chunks.as_ref().clone();
        chunks.extend(added);
        now.chunks = Arc::new(chunks);
        now.tail.retain(|part| part.generation > closed);
        drop(now);
        for part in parts {
            self.tail_rows.fetch_sub(part.block.rows.len(), Ordering::SeqCst);
            self.tail_bytes.fetch_sub(part.block.bytes(), Ordering::SeqCst);
        }
        self.bell.notify_all();
        self.config.faults.pass("manifest replaced")
    }

    fn write_rows(
        &self,
        workspace: &Workspace,
        rows: &mut [Placed<'_>],
        erasures: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        let mut added = Vec::new();
        let mut begin = 0;
        while let Some(first) = rows.get(begin) {
            let (partition, mut builder, mut end) = (first.partition, Builder::default(), begin);
            while let Some(placed) = rows.get(end).filter(|placed| placed.partition == partition) {
                if self.is_chunk_full(&builder) {
                    break;
                }
                let (block, row) = (placed.block, placed.row);
                builder.row(&block.head(row))?;
                let texts = block.texts(row);
                add_json(&mut builder, Family::Properties, texts.properties)?;
                add_json(&mut builder, Family::Context, texts.context)?;
                add_json(&mut builder, Family::Traits, texts.traits)?;
                end += 1;
            }
            let name =
                if partition == i32::MAX { MIXED.to_owned() } else { crate::partition::name(partition) };
            added.push(self.write_chunk(workspace, builder, &name, erasures)?);
            begin = end;
        }
        Ok(added)
    }

    pub(crate) fn is_chunk_full(&self, builder: &Builder) -> bool {
        builder.rows() >= self.config.chunk_rows_max || builder.plain_bytes() >= CHUNK_PLAIN_BYTES_MAX
    }

    /// Writes a chunk durably and opens it. It becomes part of the archive with the manifest that names it.
    pub(crate) fn write_chunk(
        &self,
        workspace: &Workspace,
        builder: Builder,
        partition: &str,
        erasures: usize,
    ) -> Result<Listed, StoreError> {
        let entry = ChunkEntry {
            chunk: self.new_chunk_id(),
            partition: partition.to_owned(),
            erasures: u32::try_from(erasures).unwrap_or(u32::MAX),
        };
        let path = workspace.dir.join(entry.file());
        if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
            stdx::files::private_dir(folder).map_err(StoreError::io(folder))?;
            stdx::files::sync_parent(folder).map_err(StoreError::io(folder))?;
            stdx::files::sync_parent(&workspace.dir).map_err(StoreError::io(folder))?;
        }
        write(&path, builder, (workspace.id, &workspace.seal), entry.chunk)?;
        stdx::files::sync_parent(&path).map_err(StoreError::io(&path))?;
        self.config.faults.pass("chunk written")?;
        Ok((entry, Arc::new(Chunk::open(&path, workspace.id, &workspace.seal)?)))
    }

    /// Ordered by the time of writing.
    fn new_chunk_id(&self) -> u128 {
        let now = u128::from(self.clock.now_ms().max(0).unsigned_abs());
        now << 80 | u128::from_le_bytes(stdx::random_array()) >> 48
    }

    /// Removes a workspace's events for good. Its keys may go afterwards.
    pub(crate) fn remove(&self, id: WorkspaceId) -> Result<(), StoreError> {
        let _alone = self.maintaining.lock();
        let dir = self.dir.join(id.to_string());
        stdx::files::private_dir(&dir).map_err(StoreError::io(&dir))?;
        let marker = dir.join(crate::store::REMOVED);
        stdx::files::replace(&marker, b"").map_err(StoreError::io(&marker))?;
        let Some(workspace) = self.workspaces.write().remove(&id) else { return Ok(()) };
        for part in &workspace.snapshot().tail {
            self.tail_rows.fetch_sub(part.block.rows.len(), Ordering::SeqCst);
            self.tail_bytes.fetch_sub(part.block.bytes(), Ordering::SeqCst);
        }
        for path in crate::workspace::entries(&dir)?.into_iter().filter(|path| *path != marker) {
            let removed =
                if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            removed.map_err(StoreError::io(&path))?;
        }
        Ok(())
    }
}

/// A fresh row on its way into a chunk.
struct Placed<'a> {
    /// Months since year 0, or `i32::MAX` for the mixed partition.
    partition: i32,
    block: &'a TailBlock,
    row: &'a TailRow,
}

/// All rows that are not erased, by partition, person, time and offset.
fn sorted_rows<'a>(parts: &'a [TailPart], state: &State) -> Vec<Placed<'a>> {
    let mut rows: Vec<Placed<'a>> = parts
        .iter()
        .flat_map(|part| part.block.rows.iter().map(|row| (part.block.as_ref(), row)))
        .filter(|(_, row)| !state.remap.is_erased(row.person, row.offset))
        .map(|(block, row)| Placed { partition: month(row.time_ms), block, row })
        .collect();
    mix_small_partitions(&mut rows);
    rows.sort_unstable_by_key(|placed| {
        (placed.partition, placed.row.person, placed.row.time_ms, placed.row.offset)
    });
    rows
}

/// Events whose clocks are wild must not make a file each: only the largest partitions get one of their own.
fn mix_small_partitions(rows: &mut [Placed<'_>]) {
    let mut sizes = std::collections::BTreeMap::new();
    for placed in rows.iter() {
        *sizes.entry(placed.partition).or_insert(0_usize) += 1;
    }
    if sizes.len() <= PARTITIONS_MAX {
        return;
    }
    let mut by_size: Vec<(usize, i32)> =
        sizes.into_iter().map(|(partition, size)| (size, partition)).collect();
    by_size.sort_unstable_by(|a, b| b.cmp(a));
    let kept: std::collections::BTreeSet<i32> =
        by_size.iter().take(PARTITIONS_MAX).map(|(_, month)| *month).collect();
    for placed in rows.iter_mut().filter(|placed| !kept.contains(&placed.partition)) {
        placed.partition = i32::MAX;
    }
}

fn add_json(builder: &mut Builder, family: Family, json: &str) -> Result<(), StoreError> {
    let mut result = Ok(());
    leaves(json, &mut |path, value| {
        if result.is_ok() {
            result = builder.leaf(family, path, &value);
        }
    });
    result
}
