//! The first block of a run.

use super::{BLOCK_BYTES, BLOCK_IDS, INDEX_BYTES};
use crate::bytes::{checked, push_crc, take, take_u32, take_u64};
use crate::config::KeyMark;

const MAGIC: &[u8; 8] = b"HFSEENID";
const VERSION: u16 = 1;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Header {
    pub(super) key: KeyMark,
    pub(super) number: u64,
    pub(super) count: u64,
    pub(super) newest_s: u32,
    pub(super) index_crc: u32,
    pub(super) filter_crc: u32,
    pub(super) filter_bytes: u64,
}

impl Header {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(BLOCK_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&[0; 2]);
        bytes.extend_from_slice(&self.key);
        bytes.extend_from_slice(&self.number.to_le_bytes());
        bytes.extend_from_slice(&self.count.to_le_bytes());
        bytes.extend_from_slice(&self.newest_s.to_le_bytes());
        bytes.extend_from_slice(&self.index_crc.to_le_bytes());
        bytes.extend_from_slice(&self.filter_crc.to_le_bytes());
        bytes.extend_from_slice(&self.filter_bytes.to_le_bytes());
        bytes.resize(BLOCK_BYTES - 4, 0);
        push_crc(&mut bytes);
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = checked(bytes)?;
        let known = take::<8>(&mut rest)? == *MAGIC && take(&mut rest)? == VERSION.to_le_bytes();
        take::<2>(&mut rest)?;
        let header = Self {
            key: take(&mut rest)?,
            number: take_u64(&mut rest)?,
            count: take_u64(&mut rest)?,
            newest_s: take_u32(&mut rest)?,
            index_crc: take_u32(&mut rest)?,
            filter_crc: take_u32(&mut rest)?,
            filter_bytes: take_u64(&mut rest)?,
        };
        known.then_some(header)
    }

    pub(super) fn blocks(&self) -> u64 {
        self.count.div_ceil(BLOCK_IDS as u64)
    }

    pub(super) fn index_start(&self) -> u64 {
        super::block_position(self.blocks())
    }

    /// How long the file must be; `None` when no file can be so long.
    pub(super) fn file_bytes(&self) -> Option<u64> {
        let blocks = self.blocks().checked_add(1)?.checked_mul(BLOCK_BYTES as u64)?;
        let index = self.blocks().checked_mul(INDEX_BYTES as u64)?;
        blocks.checked_add(index)?.checked_add(self.filter_bytes)
    }
}
