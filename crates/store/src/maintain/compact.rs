//! Rewriting chunks: to remove the rows of the erased, and to make few large chunks of many small ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cursor::RowCursor;
use crate::chunk::build::Builder;
use crate::chunk::directory::Fixed;
use crate::chunk::read::Chunk;
use crate::error::StoreError;
use crate::manifest::{ChunkEntry, Manifest};
use crate::store::Shared;
use crate::workspace::{Listed, State, Workspace};

/// Chunks are merged only while their rows take no more than this as JSON.
const MERGE_PLAIN_BYTES_MAX: u64 = 256 << 20;

impl Shared {
    pub(super) fn compact(&self, workspace: &Workspace) -> Result<(), StoreError> {
        let state = workspace.snapshot();
        self.remove_erased(workspace, &state)?;
        let state = workspace.snapshot();
        for group in self.mergeable(&state) {
            self.rewrite(workspace, &state, &group)?;
        }
        Ok(())
    }

    /// Rewrites every chunk that still has rows of somebody erased, and remembers which have none.
    fn remove_erased(&self, workspace: &Workspace, state: &State) -> Result<(), StoreError> {
        let erasures = u32::try_from(state.remap.erasures()).unwrap_or(u32::MAX);
        let mut clean = Vec::new();
        for listed in state.chunks.iter().filter(|(entry, _)| entry.erasures < erasures) {
            let erased: BTreeSet<u32> = state.remap.erased_since(listed.0.erasures as usize).collect();
            if has_any(&listed.1, &erased)? {
                self.rewrite(workspace, state, std::slice::from_ref(listed))?;
            } else {
                clean.push(listed.0.chunk);
            }
        }
        if clean.is_empty() {
            return Ok(());
        }
        let mark = |entry: &mut ChunkEntry| {
            if clean.contains(&entry.chunk) {
                entry.erasures = erasures;
            }
        };
        let mut manifest = workspace.manifest.lock();
        let mut next = Manifest { remap: state.remap.log().clone(), ..manifest.clone() };
        next.chunks.iter_mut().for_each(mark);
        next.write(&workspace.manifest_path(), workspace.id, &workspace.seal)?;
        *manifest = next;
        let mut state = workspace.state.write();
        Arc::make_mut(&mut state.chunks).iter_mut().for_each(|(entry, _)| mark(entry));
        Ok(())
    }

    /// Groups of small chunks of one partition, where there are too many.
    fn mergeable(&self, state: &State) -> Vec<Vec<Listed>> {
        let mut small: BTreeMap<&str, Vec<&Listed>> = BTreeMap::new();
        for listed in state.chunks.iter() {
            if (listed.1.header.rows as usize) < self.config.chunk_rows_max / 2 {
                small.entry(&listed.0.partition).or_default().push(listed);
            }
        }
        let mut groups = Vec::new();
        for mut chunks in small.into_values().filter(|chunks| chunks.len() > self.config.chunks_small_max) {
            chunks.sort_by_key(|(_, chunk)| chunk.header.rows);
            let (mut group, mut rows, mut bytes) = (Vec::new(), 0, 0);
            for listed in chunks {
                let (more_rows, more_bytes) = (listed.1.header.rows as usize, listed.1.directory.plain_bytes);
                let fits = rows + more_rows <= self.config.chunk_rows_max
                    && bytes + more_bytes <= MERGE_PLAIN_BYTES_MAX;
                if !fits {
                    groups.push(std::mem::take(&mut group));
                    (rows, bytes) = (0, 0);
                }
                rows += more_rows;
                bytes += more_bytes;
                group.push(listed.clone());
            }
            groups.push(group);
        }
        groups.retain(|group| group.len() > 1);
        groups
    }

    /// Writes the rows of `old`, chunks of one partition, anew, without those of the erased.
    pub(super) fn rewrite(
        &self,
        workspace: &Workspace,
        state: &State,
        old: &[Listed],
    ) -> Result<(), StoreError> {
        let added = self.write_merged(workspace, state, old)?;
        self.replace(workspace, state, old, added)
    }

    /// Puts chunks in the place of `old` in the manifest; the old files go with their last reader.
    pub(super) fn replace(
        &self,
        workspace: &Workspace,
        state: &State,
        old: &[Listed],
        added: Vec<Listed>,
    ) -> Result<(), StoreError> {
        let gone: Vec<u128> = old.iter().map(|(entry, _)| entry.chunk).collect();
        let mut manifest = workspace.manifest.lock();
        let mut next = Manifest { remap: state.remap.log().clone(), ..manifest.clone() };
        next.chunks.retain(|entry| !gone.contains(&entry.chunk));
        next.chunks.extend(added.iter().map(|(entry, _)| entry.clone()));
        self.config.faults.pass("merge written")?;
        next.write(&workspace.manifest_path(), workspace.id, &workspace.seal)?;
        *manifest = next;
        let mut now = workspace.state.write();
        let mut chunks = now.chunks.as_ref().clone();
        chunks.retain(|(entry, _)| !gone.contains(&entry.chunk));
        chunks.extend(added);
        now.chunks = Arc::new(chunks);
        drop(now);
        self.config.faults.pass("merge replaced")?;
        old.iter().for_each(|(_, chunk)| chunk.doom());
        Ok(())
    }

    fn write_merged(
        &self,
        workspace: &Workspace,
        state: &State,
        old: &[Listed],
    ) -> Result<Vec<Listed>, StoreError> {
        let Some((first, _)) = old.first() else { return Ok(Vec::new()) };
        let erasures = state.remap.erasures();
        let mut cursors = Vec::with_capacity(old.len());
        for (_, chunk) in old {
            cursors.push(RowCursor::new(chunk.reader()?, 0)?);
        }
        let mut added = Vec::new();
        let mut builder = Builder::default();
        while let Some((index, (person, _, offset))) = least(&cursors) {
            let Some(cursor) = cursors.get_mut(index) else { break };
            if !state.remap.is_erased(person, offset) {
                cursor.copy_to(&mut builder)?;
            }
            cursor.advance()?;
            if self.is_chunk_full(&builder) {
                let full = std::mem::take(&mut builder);
                added.push(self.write_chunk(workspace, full, &first.partition, erasures)?);
            }
        }
        if builder.rows() > 0 {
            added.push(self.write_chunk(workspace, builder, &first.partition, erasures)?);
        }
        Ok(added)
    }
}

/// The cursor that stands at the least row.
fn least(cursors: &[RowCursor]) -> Option<(usize, (u32, i64, u64))> {
    let keys = cursors.iter().enumerate().filter_map(|(index, cursor)| Some((index, cursor.key()?)));
    keys.min_by_key(|(_, key)| *key)
}

/// Whether a chunk has rows of any of `people`.
fn has_any(chunk: &Arc<Chunk>, people: &BTreeSet<u32>) -> Result<bool, StoreError> {
    let reader = chunk.reader()?;
    for (index, stripe) in chunk.directory.stripes.iter().enumerate() {
        let (first, last) = (stripe.first_person, stripe.last_person.max(stripe.first_person));
        if people.range(first..=last).next().is_none() {
            continue;
        }
        let codes = reader.numbers(Fixed::Person, index)?;
        if codes.iter().any(|code| u32::try_from(*code).is_ok_and(|code| people.contains(&code))) {
            return Ok(true);
        }
    }
    Ok(false)
}
