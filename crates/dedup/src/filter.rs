//! Says of most absent hashes that they are absent, at the price of one look into memory.
//!
//! A blocked Bloom filter: each hash has six bits in one block of 512; with ten bits a hash about one absent
//! hash in seventy passes.

const BLOCK_BYTES: usize = 64;
const BLOCK_BITS: u64 = 512;
const BITS_PER_HASH: u64 = 10;
const PROBES: u32 = 6;

pub(crate) struct Filter(Vec<u8>);

impl Filter {
    /// An empty filter for about `hashes`.
    pub(crate) fn new(hashes: u64) -> Self {
        let blocks = hashes.saturating_mul(BITS_PER_HASH).div_ceil(BLOCK_BITS).max(1);
        Self(vec![0; usize::try_from(blocks).unwrap_or(usize::MAX).saturating_mul(BLOCK_BYTES)])
    }

    /// The filter with those bytes, if they can be one.
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        (!bytes.is_empty() && bytes.len().is_multiple_of(BLOCK_BYTES)).then_some(Self(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn enter(&mut self, hash: u128) {
        let start = self.block_start(hash);
        if let Some(block) = self.0.get_mut(start..start + BLOCK_BYTES) {
            for (byte, bit) in probes(hash) {
                block[byte] |= bit;
            }
        }
    }

    pub(crate) fn may_hold(&self, hash: u128) -> bool {
        let start = self.block_start(hash);
        let block = self.0.get(start..start + BLOCK_BYTES).unwrap_or_default();
        probes(hash).all(|(byte, bit)| block.get(byte).is_some_and(|held| held & bit != 0))
    }

    /// The upper half of the hash chooses the block, evenly.
    fn block_start(&self, hash: u128) -> usize {
        let blocks = (self.0.len() / BLOCK_BYTES) as u128;
        let block = ((hash >> 64) * blocks) >> 64;
        usize::try_from(block).unwrap_or(0) * BLOCK_BYTES
    }
}

/// The lower half chooses the bits: byte in the block, bit in the byte.
fn probes(hash: u128) -> impl Iterator<Item = (usize, u8)> {
    (0..PROBES).map(move |probe| {
        let bits = (hash >> (probe * 9)) & 511;
        (usize::try_from(bits >> 3).unwrap_or(0), 1 << (bits & 7))
    })
}
