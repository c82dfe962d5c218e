//! Which chunks make up the archive of a workspace, and since which tail file. Replaced whole by renaming,
//! so that a crash leaves either the old or the new one. Layout in `docs/formats/store.md`.

use std::path::Path;

use keys::{KeyId, Seal};
use model::WorkspaceId;
use serde::{Deserialize, Serialize};

use crate::codec::Cursor;
use crate::error::StoreError;
use crate::remap::RemapLog;

const MAGIC: &[u8; 8] = b"HFMANIF\0";
const VERSION: u16 = 1;

/// The archive of a workspace at one moment.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// Rows of tail files up to this generation are in chunks.
    pub(crate) generation: u64,
    pub(crate) chunks: Vec<ChunkEntry>,
    pub(crate) remap: RemapLog,
}

/// A chunk that belongs to the archive.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct ChunkEntry {
    pub(crate) chunk: u128,
    pub(crate) partition: String,
    /// How many erasures it needs no longer be checked against.
    pub(crate) erasures: u32,
}

impl ChunkEntry {
    /// The file, seen from the workspace's folder.
    pub(crate) fn file(&self) -> String {
        format!("{}/{:032x}.hfc", self.partition, self.chunk)
    }
}

impl Manifest {
    /// Reads a manifest; an absent one is empty.
    pub(crate) fn read(path: &Path, workspace: WorkspaceId, seal: &Seal) -> Result<Self, StoreError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(StoreError::io(path)(error)),
        };
        let (version, sealed) = split(&bytes).ok_or_else(|| StoreError::damaged(path, "manifest"))?;
        if version > VERSION {
            return Err(StoreError::Version { path: path.to_owned(), version, known: VERSION });
        }
        let plain = seal.open(&aad(workspace), sealed).map_err(StoreError::key(path))?;
        postcard::from_bytes(&plain).map_err(|_| StoreError::damaged(path, "manifest"))
    }

    /// Replaces the manifest durably.
    pub(crate) fn write(&self, path: &Path, workspace: WorkspaceId, seal: &Seal) -> Result<(), StoreError> {
        // Once: it may be replaced at any moment.
        let seal = seal.present();
        let plain = postcard::to_stdvec(self).map_err(|_| StoreError::damaged(path, "manifest"))?;
        let mut out = Vec::with_capacity(plain.len() + 64);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&seal.id().0);
        let sealed = seal.seal(&aad(workspace), &plain);
        out.extend_from_slice(&(sealed.len() as u64).to_le_bytes());
        out.extend_from_slice(&sealed);
        let check = crc32c::crc32c(&out);
        out.extend_from_slice(&check.to_le_bytes());
        stdx::files::replace(path, &out).map_err(StoreError::io(path))
    }
}

/// The name of the key that a manifest is sealed under; `None` where there is none.
pub(crate) fn sealed_by(path: &Path) -> Result<Option<KeyId>, StoreError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(bytes.get(10..18).and_then(|id| id.try_into().ok()).map(KeyId)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io(path)(error)),
    }
}

/// The version and the sealed part of a manifest whose checksum fits.
fn split(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (covered, check) = bytes.split_last_chunk::<4>()?;
    let mut cursor = Cursor(covered);
    if cursor.take(8)? != MAGIC || crc32c::crc32c(covered).to_le_bytes() != *check {
        return None;
    }
    let version = u16::from_le_bytes(cursor.array()?);
    cursor.take(8)?;
    let length = usize::try_from(cursor.u64()?).ok()?;
    (cursor.0.len() == length).then_some((version, cursor.0))
}

fn aad(workspace: WorkspaceId) -> Vec<u8> {
    [b"holdfast manifest 1\0".as_slice(), &workspace.0.to_le_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn arbitrary_bytes_are_no_manifest(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(split(&bytes), None);
            let framed = [MAGIC.as_slice(), &bytes].concat();
            prop_assert_eq!(split(&framed), None);
        }
    }
}
