//! Reading tail files: every whole frame, and where the whole ones end.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use keys::{Key, KeyDirectory};
use model::WorkspaceId;

use super::block::TailBlock;
use super::file::{FRAME_BYTES_MAX, HEADER_BYTES, MAGIC, VERSION, aad, frame_aad};
use crate::codec::{Cursor, unpack};
use crate::error::StoreError;

/// The shortest frame: two positions and a count.
const FRAME_BYTES_MIN: usize = 8 + 8 + 2;

/// A frame read back.
pub(crate) struct Frame {
    pub(crate) next: u64,
    pub(crate) sections: Vec<(WorkspaceId, TailBlock)>,
}

/// What reading a file brought.
pub(crate) struct TailRead {
    /// The position after the last whole frame.
    pub(crate) position: u64,
    pub(crate) frames: u64,
    /// The version that the file was begun in.
    pub(crate) version: u16,
    /// How long the file is up to there.
    pub(crate) whole_bytes: u64,
    /// How many bytes stand behind it.
    pub(crate) torn_bytes: u64,
}

impl TailRead {
    /// Nothing was read yet.
    pub(crate) fn nothing() -> Self {
        Self { position: 0, frames: 0, version: VERSION, whole_bytes: 0, torn_bytes: 0 }
    }
}

/// Reads every whole frame of a tail file. It ends where a frame does not fit.
pub(crate) fn read(
    path: &Path,
    generation: u64,
    directory: &KeyDirectory,
    known: &dyn Fn(WorkspaceId) -> bool,
    take: &mut dyn FnMut(Frame) -> Result<(), StoreError>,
) -> Result<TailRead, StoreError> {
    let file = File::open(path).map_err(StoreError::io(path))?;
    let length = file.metadata().map_err(StoreError::io(path))?.len();
    let mut input = BufReader::with_capacity(1 << 20, file);
    let mut head = [0; HEADER_BYTES];
    input.read_exact(&mut head).map_err(|_| StoreError::damaged(path, "header"))?;
    let (version, mut position) = read_header(path, &head, generation)?;
    let mut whole_bytes = HEADER_BYTES as u64;
    let mut frames = 0;
    let mut keys = HashMap::default();
    while let Some(payload) = read_payload(&mut input, length - whole_bytes).map_err(StoreError::io(path))? {
        let context = Context { path, version, generation, position, directory, known };
        let Some(frame) = context.frame(&payload, &mut keys)? else { break };
        position = frame.next;
        whole_bytes += payload.len() as u64 + 8;
        frames += 1;
        take(frame)?;
    }
    Ok(TailRead { position, frames, version, whole_bytes, torn_bytes: length - whole_bytes })
}

/// Cuts what stands behind the last whole frame, durably.
pub(crate) fn cut(path: &Path, whole_bytes: u64) -> Result<(), StoreError> {
    let cut = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.set_len(whole_bytes)?;
        file.seek(SeekFrom::End(0))?;
        file.sync_all()
    };
    cut().map_err(StoreError::io(path))
}

/// The payload of the next frame; `None` where there is no whole one.
fn read_payload(input: &mut impl Read, left: u64) -> std::io::Result<Option<Vec<u8>>> {
    if left < 8 {
        return Ok(None);
    }
    let mut head = [0; 8];
    input.read_exact(&mut head)?;
    let mut cursor = Cursor(&head);
    let (Some(bytes), Some(check)) = (cursor.u32(), cursor.u32()) else { return Ok(None) };
    let bytes = bytes as usize;
    if !(FRAME_BYTES_MIN..=FRAME_BYTES_MAX).contains(&bytes) || bytes as u64 > left - 8 {
        return Ok(None);
    }
    let mut payload = vec![0; bytes];
    input.read_exact(&mut payload)?;
    Ok((crc32c::crc32c(&payload) == check).then_some(payload))
}

/// Where a frame is read.
struct Context<'a> {
    path: &'a Path,
    version: u16,
    generation: u64,
    position: u64,
    directory: &'a KeyDirectory,
    /// Whether a workspace without a key was removed on purpose.
    known: &'a dyn Fn(WorkspaceId) -> bool,
}

impl Context<'_> {
    /// The frame in `payload`; `None` if it is not the next one.
    fn frame(
        &self,
        payload: &[u8],
        keys: &mut HashMap<WorkspaceId, Key, FixedState>,
    ) -> Result<Option<Frame>, StoreError> {
        let mut cursor = Cursor(payload);
        let damaged = || StoreError::damaged(self.path, "a frame");
        let (Some(first), Some(next), Some(count)) = (cursor.u64(), cursor.u64(), cursor.array()) else {
            return Err(damaged());
        };
        if first != self.position || next < first {
            return Ok(None);
        }
        let mut sections = Vec::new();
        for _ in 0..u16::from_le_bytes(count) {
            let workspace = WorkspaceId(u128::from_le_bytes(cursor.array().ok_or_else(damaged)?));
            let wrapped_bytes = u16::from_le_bytes(cursor.array().ok_or_else(damaged)?);
            let wrapped = cursor.take(usize::from(wrapped_bytes)).ok_or_else(damaged)?;
            let sealed_bytes = cursor.u32().ok_or_else(damaged)?;
            let sealed = cursor.take(sealed_bytes as usize).ok_or_else(damaged)?;
            let aad = aad(self.generation, workspace);
            let Some(workspace_keys) = self.directory.get(workspace) else {
                if (self.known)(workspace) {
                    continue;
                }
                return Err(StoreError::NoKey { workspace });
            };
            if !wrapped.is_empty() {
                let key = workspace_keys.seal.unwrap(wrapped, &aad).map_err(StoreError::key(self.path))?;
                keys.insert(workspace, key);
            }
            let key = keys.get(&workspace).ok_or_else(damaged)?;
            let packed = key.open(&frame_aad(&aad, first), sealed).map_err(StoreError::key(self.path))?;
            let plain = if self.version == 1 { packed } else { unpack(&packed).ok_or_else(damaged)? };
            sections.push((workspace, TailBlock::read(&plain, self.version).ok_or_else(damaged)?));
        }
        Ok(Some(Frame { next, sections }))
    }
}

fn read_header(path: &Path, head: &[u8; HEADER_BYTES], generation: u64) -> Result<(u16, u64), StoreError> {
    let fields = || -> Option<(u16, u64, u64)> {
        let mut cursor = Cursor(head);
        if cursor.take(8)? != MAGIC {
            return None;
        }
        let version = u16::from_le_bytes(cursor.array()?);
        cursor.take(8)?;
        let (generation, position) = (cursor.u64()?, cursor.u64()?);
        (crc32c::crc32c(head.get(..HEADER_BYTES - 4)?) == cursor.u32()?)
            .then_some((version, generation, position))
    };
    match fields() {
        Some((version, _, _)) if version > VERSION => {
            Err(StoreError::Version { path: path.to_owned(), version, known: VERSION })
        }
        Some((version, written, position)) if written == generation => Ok((version, position)),
        _ => Err(StoreError::damaged(path, "header")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::file::{header, path};
    use super::*;

    const WORKSPACE: WorkspaceId = WorkspaceId(7);

    fn read_bytes(bytes: &[u8]) -> Result<TailRead, StoreError> {
        let dir = tempfile::tempdir().unwrap();
        let path = path(dir.path(), 1);
        stdx::files::replace(&path, bytes).unwrap();
        read(&path, 1, &KeyDirectory::new(), &|workspace| workspace == WORKSPACE, &mut |_| Ok(()))
    }

    proptest! {
        #[test]
        fn arbitrary_frames_are_cut_or_refused(payload in vec(any::<u8>(), 0..120), sections in 0_u16..3, positions in any::<bool>()) {
            prop_assert!(read_bytes(&payload).is_err(), "there is no header");
            // As if it had been written: checksum and positions fit, and what follows does not.
            let mut framed = if positions { [0_u64, 9].map(u64::to_le_bytes).concat() } else { Vec::new() };
            framed.extend_from_slice(&sections.to_le_bytes());
            framed.extend_from_slice(&WORKSPACE.0.to_le_bytes());
            framed.extend_from_slice(&payload);
            let mut bytes = header(1, 0);
            bytes.extend_from_slice(&u32::try_from(framed.len()).unwrap().to_le_bytes());
            bytes.extend_from_slice(&crc32c::crc32c(&framed).to_le_bytes());
            bytes.extend_from_slice(&framed);
            if let Ok(read) = read_bytes(&bytes) {
                prop_assert_eq!(read.whole_bytes + read.torn_bytes, bytes.len() as u64);
            }
            for block in (1..=VERSION).filter_map(|version| TailBlock::read(&payload, version)) {
                block.rows.iter().for_each(|row| drop(format!("{:?}", block.head(row))));
            }
        }
    }
}
