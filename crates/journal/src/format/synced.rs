//! The synced mark: how much of which file was durable at least, kept beside the files and never synced
//! itself. It can lag, but never runs ahead: it is written after the sync that it tells of. With it,
//! records that were acknowledged and are gone are told from a tail that never was.

use super::header::FileId;
use super::{VERSION, checked, take, take_u64, with_crc};

const MAGIC: &[u8; 8] = b"HFSYNCED";

/// Length of the mark.
pub(crate) const SYNCED_BYTES: usize = 8 + 2 + 16 + 8 + 8 + 4;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Synced {
    pub(crate) id: FileId,
    /// The number of the file's first record.
    pub(crate) first: u64,
    /// How much of it is durable.
    pub(crate) length: u64,
}

impl Synced {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SYNCED_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&self.id.0);
        bytes.extend_from_slice(&self.first.to_le_bytes());
        bytes.extend_from_slice(&self.length.to_le_bytes());
        with_crc(bytes)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = checked(bytes)?;
        let known = take::<8>(&mut rest)? == *MAGIC && take(&mut rest)? == VERSION.to_le_bytes();
        let id = FileId(take(&mut rest)?);
        let first = take_u64(&mut rest)?;
        let length = take_u64(&mut rest)?;
        (known && rest.is_empty()).then_some(Self { id, first, length })
    }
}
