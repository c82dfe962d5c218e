//! Rewriting chunks: to remove the rows of the erased, and to make few long runs of many short ones.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::CHUNK_PLAIN_BYTES_MAX;
use super::runs::{RunCursor, mergeable, runs};
use crate::chunk::build::Builder;
use crate::chunk::read::Chunk;
use crate::error::StoreError;
use crate::manifest::{ChunkEntry, Manifest};
use crate::store::Shared;
use crate::workspace::{Listed, State, Workspace};

impl Shared {
    pub(super) fn compact(&self, workspace: &Workspace) -> Result<(), StoreError> {
        let state = workspace.snapshot();
        self.remove_erased(workspace, &state)?;
        while self.may_merge() {
            let state = workspace.snapshot();
            let Some(group) = mergeable(&state, &self.config) else { break };
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

    /// Writes the rows of `old`, chunks of one partition, anew, without those of the erased.
    pub(super) fn rewrite(
        &self,
        workspace: &Workspace,
        state: &State,
        old: &[Listed],
    ) -> Result<(), StoreError> {
        match self.write_merged(workspace, state, old)? {
            Some(added) => self.replace(workspace, old, added),
            None => Ok(()),
        }
    }

    /// Puts chunks in the place of `old` in the manifest; the old files go with their last reader.
    pub(super) fn replace(
        &self,
        workspace: &Workspace,
        old: &[Listed],
        added: Vec<Listed>,
    ) -> Result<(), StoreError> {
        let gone: Vec<u128> = old.iter().map(|(entry, _)| entry.chunk).collect();
        let mut manifest = workspace.manifest.lock();
        // As it is now: fresh rows, and with them merges, may have become chunks meanwhile.
        let remap = workspace.snapshot().remap.log().clone();
        let mut next = Manifest { remap, ..manifest.clone() };
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

    /// `None` where it was ended early: nothing has changed.
    fn write_merged(
        &self,
        workspace: &Workspace,
        state: &State,
        old: &[Listed],
    ) -> Result<Option<Vec<Listed>>, StoreError> {
        let Some((first, _)) = old.first() else { return Ok(None) };
        let merging = old.len() > 1;
        let erasures = state.remap.erasures();
        // All of about the same size, none of them small.
        let rows: usize = old.iter().map(|(_, chunk)| chunk.header.rows as usize).sum();
        let bytes: u64 = old.iter().map(|(_, chunk)| chunk.directory.plain_bytes).sum();
        let files = rows.div_ceil(self.config.chunk_rows_max.max(1));
        let files = files.max(usize::try_from(bytes.div_ceil(CHUNK_PLAIN_BYTES_MAX)).unwrap_or(files));
        let rows_max = rows.div_ceil(files.max(1));
        let mut cursors = Vec::new();
        for chunks in runs(old.iter()) {
            cursors.extend(RunCursor::new(chunks)?);
        }
        let mut added = Vec::new();
        let mut builder = Builder::default();
        while let Some((index, (person, _, offset))) = least(&cursors) {
            let Some(cursor) = cursors.get_mut(index) else { break };
            if !state.remap.is_erased(person, offset) {
                cursor.copy_to(&mut builder, added.len())?;
            }
            cursor.advance()?;
            if builder.rows() >= rows_max || self.is_chunk_full(&builder) {
                let full = std::mem::take(&mut builder);
                added.push(self.write_chunk(workspace, full, &first.partition, erasures)?);
                if merging && !self.go_on_merging()? {
                    added.iter().for_each(|(_, chunk)| chunk.doom());
                    return Ok(None);
                }
            }
        }
        if builder.rows() > 0 {
            added.push(self.write_chunk(workspace, builder, &first.partition, erasures)?);
        }
        Ok(Some(added))
    }

    /// Makes room for fresh rows if they wait; whether there is still time for merging.
    fn go_on_merging(&self) -> Result<bool, StoreError> {
        if self.is_full(1) {
            self.seal_tails(false)?;
        }
        Ok(self.may_merge())
    }
}

/// The cursor that stands at the least row.
fn least(cursors: &[RunCursor]) -> Option<(usize, (u32, i64, u64))> {
    let keys = cursors.iter().enumerate().filter_map(|(index, cursor)| Some((index, cursor.key()?)));
    keys.min_by_key(|(_, key)| *key)
}

/// Whether a chunk has rows of any of `people`.
fn has_any(chunk: &Arc<Chunk>, people: &BTreeSet<u32>) -> Result<bool, StoreError> {
    let reader = chunk.reader()?;
    let mut codes = Vec::new();
    for (index, stripe) in chunk.directory.stripes.iter().enumerate() {
        let (first, last) = (stripe.first_person, stripe.last_person.max(stripe.first_person));
        if people.range(first..=last).next().is_none() {
            continue;
        }
        reader.people(index, &mut codes)?;
        if codes.iter().any(|code| people.contains(code)) {
            return Ok(true);
        }
    }
    Ok(false)
}
