//! The tail on disk: a file of frames, one for every batch. Layout in `docs/formats/store.md`.
//!
//! Frames are not synced one by one: the journal holds the same records and brings back what a crash
//! took. What matters is that a frame is there whole or not at all, together with its position.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use keys::{Key, KeyDirectory};
use model::WorkspaceId;

use super::block::TailBlock;
use super::read::TailRead;
use crate::codec::{Codec, pack};
use crate::error::StoreError;

pub(super) const MAGIC: &[u8; 8] = b"HFTAIL\0\0";
pub(super) const VERSION: u16 = 3;
pub(super) const HEADER_BYTES: usize = 8 + 2 + 8 + 8 + 8 + 4;
/// The longest frame; batches are cut so that theirs stay well below.
pub(super) const FRAME_BYTES_MAX: usize = 256 << 20;

/// The open end of the tail.
#[derive(Debug)]
pub(crate) struct TailWriter {
    pub(crate) generation: u64,
    pub(crate) path: PathBuf,
    /// The position after the last frame.
    pub(crate) position: u64,
    /// How many frames stand in the file.
    pub(crate) frames: u64,
    /// The version that the file was begun in.
    version: u16,
    file: File,
    keys: HashMap<WorkspaceId, Key, FixedState>,
    buffer: Vec<u8>,
}

/// The file of a generation.
pub(crate) fn path(dir: &Path, generation: u64) -> PathBuf {
    dir.join(format!("{generation:020}.hft"))
}

impl TailWriter {
    /// Makes the file of a new generation, durably.
    pub(crate) fn create(dir: &Path, generation: u64, position: u64) -> Result<Self, StoreError> {
        let path = path(dir, generation);
        stdx::files::replace(&path, &header(generation, position)).map_err(StoreError::io(&path))?;
        let file = OpenOptions::new().append(true).open(&path).map_err(StoreError::io(&path))?;
        let (keys, buffer) = (HashMap::default(), Vec::new());
        Ok(Self { generation, path, position, frames: 0, version: VERSION, file, keys, buffer })
    }

    /// Goes on with a file that was read to its end at `length`. Its keys are not used again: the next
    /// frame of each workspace brings a new one.
    pub(crate) fn resume(path: PathBuf, generation: u64, read: &TailRead) -> Result<Self, StoreError> {
        let file = OpenOptions::new().append(true).open(&path).map_err(StoreError::io(&path))?;
        let (position, frames, version) = (read.position, read.frames, read.version);
        let (keys, buffer) = (HashMap::default(), Vec::new());
        Ok(Self { generation, path, position, frames, version, file, keys, buffer })
    }

    /// Appends a batch in one write; `next` is the position after it.
    pub(crate) fn append(
        &mut self,
        next: u64,
        sections: &[(WorkspaceId, TailBlock)],
        directory: &KeyDirectory,
    ) -> Result<(), StoreError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        buffer.extend_from_slice(&[0; 8]);
        buffer.extend_from_slice(&self.position.to_le_bytes());
        buffer.extend_from_slice(&next.to_le_bytes());
        buffer.extend_from_slice(&u16::try_from(sections.len()).unwrap_or(u16::MAX).to_le_bytes());
        for (workspace, block) in sections {
            self.put_section(&mut buffer, *workspace, block, directory)?;
        }
        let payload = buffer.get(8..).unwrap_or_default();
        let too_large = StoreError::TooLarge { what: "a batch of fresh rows", max: FRAME_BYTES_MAX as u64 };
        let length = u32::try_from(payload.len()).ok().filter(|bytes| *bytes as usize <= FRAME_BYTES_MAX);
        let (length, check) = (length.ok_or(too_large)?.to_le_bytes(), crc32c::crc32c(payload).to_le_bytes());
        for (slot, byte) in buffer.iter_mut().zip(length.into_iter().chain(check)) {
            *slot = byte;
        }
        self.file.write_all(&buffer).map_err(StoreError::io(&self.path))?;
        buffer.shrink_to(1 << 20);
        self.buffer = buffer;
        self.position = next;
        self.frames += 1;
        Ok(())
    }

    fn put_section(
        &mut self,
        buffer: &mut Vec<u8>,
        workspace: WorkspaceId,
        block: &TailBlock,
        directory: &KeyDirectory,
    ) -> Result<(), StoreError> {
        let seal = &directory.get(workspace).ok_or(StoreError::NoKey { workspace })?.seal;
        buffer.extend_from_slice(&workspace.0.to_le_bytes());
        let aad = aad(self.generation, workspace);
        let mut wrapped = Vec::new();
        let key = self.keys.entry(workspace).or_insert_with(|| {
            let key = Key::generate();
            wrapped = seal.wrap(&key, &aad);
            key
        });
        buffer.extend_from_slice(&u16::try_from(wrapped.len()).unwrap_or(u16::MAX).to_le_bytes());
        buffer.extend_from_slice(&wrapped);
        let plain =
            block.write(self.version).ok_or_else(|| StoreError::damaged(&self.path, "a fresh row"))?;
        let packed = if self.version == 1 { plain } else { pack(&plain, Codec::Zstd) };
        let sealed_bytes = u32::try_from(packed.len() + keys::SEAL_OVERHEAD_BYTES).map_err(|_| {
            StoreError::TooLarge { what: "a batch of fresh rows", max: FRAME_BYTES_MAX as u64 }
        })?;
        buffer.extend_from_slice(&sealed_bytes.to_le_bytes());
        key.seal_onto(buffer, &frame_aad(&aad, self.position), &packed);
        Ok(())
    }

    /// Makes every frame durable.
    pub(crate) fn sync(&self) -> Result<(), StoreError> {
        self.file.sync_data().map_err(StoreError::io(&self.path))
    }
}

pub(super) fn header(generation: u64, position: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER_BYTES);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    // The place of the key id: zeros, because every section names the key it was wrapped under.
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(&generation.to_le_bytes());
    out.extend_from_slice(&position.to_le_bytes());
    let check = crc32c::crc32c(&out);
    out.extend_from_slice(&check.to_le_bytes());
    out
}

pub(super) fn aad(generation: u64, workspace: WorkspaceId) -> Vec<u8> {
    let mut aad = b"holdfast tail 1\0".to_vec();
    aad.extend_from_slice(&generation.to_le_bytes());
    aad.extend_from_slice(&workspace.0.to_le_bytes());
    aad
}

pub(super) fn frame_aad(aad: &[u8], position: u64) -> Vec<u8> {
    [aad, &position.to_le_bytes()].concat()
}
