//! The file of a chunk: header, sealed directory, sealed blocks. Layout in `docs/formats/store.md`.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use keys::{Key, KeyId, Seal};
use model::WorkspaceId;

use super::build::{Builder, Built};
use super::directory::{Directory, Ends, Prepared};
use crate::codec::{Codec, Cursor, pack, unpack};
use crate::error::StoreError;

const MAGIC: &[u8; 8] = b"HFCHUNK\0";
/// The version this release writes, and the newest it reads.
pub(crate) const VERSION: u16 = 5;
/// The longest header that is read; the wrapped key is the only part of varying length.
pub(crate) const HEADER_BYTES_MAX: usize = 1_024;

/// The part of a chunk file that can be read without a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Header {
    pub(crate) version: u16,
    pub(crate) key_id: KeyId,
    pub(crate) wrapped: Vec<u8>,
    pub(crate) chunk: u128,
    pub(crate) workspace: WorkspaceId,
    pub(crate) rows: u32,
    pub(crate) min_ms: i64,
    pub(crate) max_ms: i64,
    pub(crate) directory_bytes: u32,
    pub(crate) blocks_bytes: u64,
}

impl Header {
    fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&self.version.to_le_bytes());
        out.extend_from_slice(&self.key_id.0);
        out.extend_from_slice(&u16::try_from(self.wrapped.len()).unwrap_or(u16::MAX).to_le_bytes());
        out.extend_from_slice(&self.wrapped);
        out.extend_from_slice(&self.chunk.to_le_bytes());
        out.extend_from_slice(&self.workspace.0.to_le_bytes());
        out.extend_from_slice(&self.rows.to_le_bytes());
        out.extend_from_slice(&self.min_ms.to_le_bytes());
        out.extend_from_slice(&self.max_ms.to_le_bytes());
        out.extend_from_slice(&self.directory_bytes.to_le_bytes());
        out.extend_from_slice(&self.blocks_bytes.to_le_bytes());
        let check = crc32c::crc32c(&out);
        out.extend_from_slice(&check.to_le_bytes());
        out
    }

    /// Reads a header and how many bytes it takes. `Err` says what does not fit.
    pub(crate) fn read(bytes: &[u8]) -> Result<(Self, usize), &'static str> {
        let mut cursor = Cursor(bytes);
        if cursor.take(MAGIC.len()) != Some(MAGIC) {
            return Err("magic");
        }
        Self::fields(cursor, bytes).ok_or("header")
    }

    fn fields(mut cursor: Cursor<'_>, bytes: &[u8]) -> Option<(Self, usize)> {
        let version = u16::from_le_bytes(cursor.array()?);
        let key_id = KeyId(cursor.array()?);
        let wrapped_bytes = u16::from_le_bytes(cursor.array()?);
        let header = Self {
            version,
            key_id,
            wrapped: cursor.take(usize::from(wrapped_bytes))?.to_vec(),
            chunk: u128::from_le_bytes(cursor.array()?),
            workspace: WorkspaceId(u128::from_le_bytes(cursor.array()?)),
            rows: cursor.u32()?,
            min_ms: cursor.u64()?.cast_signed(),
            max_ms: cursor.u64()?.cast_signed(),
            directory_bytes: cursor.u32()?,
            blocks_bytes: cursor.u64()?,
        };
        let covered = bytes.len() - cursor.0.len();
        let check = cursor.u32()?;
        (crc32c::crc32c(bytes.get(..covered)?) == check).then_some((header, covered + 4))
    }
}

/// Writes the rows of `builder` as a chunk file, durably but for the folder's entry.
pub(crate) fn write(
    path: &Path,
    builder: Builder,
    (workspace, seal): (WorkspaceId, &Seal),
    chunk: u128,
) -> Result<(Header, Directory), StoreError> {
    // Once: it may be replaced at any moment.
    let seal = seal.present();
    let key = Key::generate();
    let Built { rows, min_ms, max_ms, directory, ends, prepared, blocks } = builder.finish(&key, chunk)?;
    let plain = directory.write(&ends, &prepared).ok_or_else(|| StoreError::damaged(path, "directory"))?;
    let packed = pack(&plain, Codec::Zstd);
    let too_large = StoreError::TooLarge { what: "a chunk's directory", max: u64::from(u32::MAX) };
    let header = Header {
        version: VERSION,
        key_id: seal.id(),
        wrapped: seal.wrap(&key, &file_aad(workspace, chunk)),
        chunk,
        workspace,
        rows,
        min_ms,
        max_ms,
        directory_bytes: u32::try_from(packed.len() + keys::SEAL_OVERHEAD_BYTES).map_err(|_| too_large)?,
        blocks_bytes: blocks.len() as u64,
    };
    let head = header.write();
    let sealed = key.seal(&head, &packed);
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(&head)?;
        file.write_all(&sealed)?;
        file.write_all(&blocks)?;
        file.sync_all()
    };
    write().map_err(StoreError::io(path))?;
    Ok((header, directory))
}

/// The key of a chunk file and its directory, from the file's first bytes.
pub(crate) fn open(
    path: &Path,
    seal: &Seal,
    (header, head): (&Header, &[u8]),
    sealed: &[u8],
) -> Result<(Key, Directory, Ends, Prepared), StoreError> {
    let aad = file_aad(header.workspace, header.chunk);
    let key = seal.unwrap(&header.wrapped, &aad).map_err(StoreError::key(path))?;
    let packed = key.open(head, sealed).map_err(|_| StoreError::damaged(path, "directory"))?;
    let plain = unpack(&packed).ok_or_else(|| StoreError::damaged(path, "directory"))?;
    let (directory, ends, prepared) =
        Directory::read(&plain, header.version).ok_or_else(|| StoreError::damaged(path, "directory"))?;
    Ok((key, directory, ends, prepared))
}

fn file_aad(workspace: WorkspaceId, chunk: u128) -> Vec<u8> {
    let mut aad = b"holdfast chunk 1\0".to_vec();
    aad.extend_from_slice(&workspace.0.to_le_bytes());
    aad.extend_from_slice(&chunk.to_le_bytes());
    aad
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_header_is_read_back_and_anything_else_refused(
            bytes in proptest::collection::vec(any::<u8>(), 0..400),
            rows in any::<u32>(),
            flipped in 0_usize..1_000,
        ) {
            prop_assert!(Header::read(&bytes).is_err());
            let header = Header {
                version: VERSION,
                key_id: KeyId([3; 8]),
                wrapped: bytes,
                chunk: 5,
                workspace: WorkspaceId(6),
                rows,
                min_ms: -1,
                max_ms: i64::MAX,
                directory_bytes: 7,
                blocks_bytes: 8,
            };
            let mut written = header.write();
            prop_assert_eq!(Header::read(&written), Ok((header, written.len())));
            let at = flipped % written.len();
            written[at] ^= 16;
            prop_assert!(Header::read(&written).is_err());
        }
    }
}
