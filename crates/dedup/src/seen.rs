//! One message id that was seen.

use crate::bytes::take;

/// Length of one on disk.
pub(crate) const SEEN_BYTES: usize = 16 + 8 + 4;

/// A hash, the first record that bore it, and when that came. In order of hash, then offset.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Seen {
    pub(crate) hash: u128,
    pub(crate) offset: u64,
    /// Seconds since 1970, never less than that of an earlier record.
    pub(crate) at_s: u32,
}

impl Seen {
    pub(crate) fn key(&self) -> (u128, u64) {
        (self.hash, self.offset)
    }

    pub(crate) fn encode_onto(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.hash.to_le_bytes());
        out.extend_from_slice(&self.offset.to_le_bytes());
        out.extend_from_slice(&self.at_s.to_le_bytes());
    }

    pub(crate) fn decode(mut bytes: &[u8]) -> Option<Self> {
        Some(Self {
            hash: u128::from_le_bytes(take(&mut bytes)?),
            offset: u64::from_le_bytes(take(&mut bytes)?),
            at_s: u32::from_le_bytes(take(&mut bytes)?),
        })
    }
}
