//! The first bytes of a journal file.

use super::{VERSION, checked, take, take_u64, with_crc};

const MAGIC: &[u8; 8] = b"HFJOURNL";

/// Length of the header.
pub(crate) const FILE_HEADER_BYTES: usize = 8 + 2 + 2 + 16 + 8 + 8 + 4;

/// What tells a file from every other: random, part of each frame's checksum and encryption.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct FileId(pub(crate) [u8; 16]);

/// Which file this is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FileHeader {
    pub(crate) id: FileId,
    /// The number of its first record.
    pub(crate) first: u64,
    /// When it was made; the file before it holds nothing younger.
    pub(crate) made_ms: i64,
}

impl FileHeader {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(FILE_HEADER_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&[0; 2]);
        bytes.extend_from_slice(&self.id.0);
        bytes.extend_from_slice(&self.first.to_le_bytes());
        bytes.extend_from_slice(&self.made_ms.to_le_bytes());
        with_crc(bytes)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = checked(bytes)?;
        let known = take::<8>(&mut rest)? == *MAGIC && take(&mut rest)? == VERSION.to_le_bytes();
        let reserved = take::<2>(&mut rest)?;
        let id = FileId(take(&mut rest)?);
        let first = take_u64(&mut rest)?;
        let made_ms = i64::from_le_bytes(take(&mut rest)?);
        (known && reserved == [0; 2] && rest.is_empty()).then_some(Self { id, first, made_ms })
    }
}
