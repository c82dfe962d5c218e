//! One sorted file of seen ids: blocks of 4 KiB, an index with the first id of each, and a filter. Index and
//! filter are held in memory, blocks are read when the filter lets a hash pass.

mod header;
pub(crate) mod merge;
pub(crate) mod write;

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::bytes::{take, take_u32};
use crate::config::KeyMark;
use crate::error::DedupError;
use crate::filter::Filter;
use crate::seen::{SEEN_BYTES, Seen};
use header::Header;

/// Length of a block, and of the header.
const BLOCK_BYTES: usize = 4096;
/// How many ids are in a full block; behind them their number and a checksum.
const BLOCK_IDS: usize = 146;
const INDEX_BYTES: usize = 16 + 8;

/// An open run.
pub(crate) struct Run {
    pub(crate) path: PathBuf,
    pub(crate) number: u64,
    pub(crate) count: u64,
    /// When its newest id came.
    pub(crate) newest_s: u32,
    file: File,
    index: Vec<(u128, u64)>,
    filter: Filter,
}

impl Run {
    /// Opens the run `number` in `dir`, which must hold `count` ids.
    pub(crate) fn open(dir: &Path, number: u64, count: u64, key: KeyMark) -> Result<Self, DedupError> {
        let path = dir.join(file_name(number));
        let file = File::open(&path).map_err(DedupError::io(&path))?;
        let damaged = |position, what| DedupError::damaged(&path, position, what);
        let mut bytes = vec![0; BLOCK_BYTES];
        file.read_exact_at(&mut bytes, 0).map_err(DedupError::io(&path))?;
        let Some(header) = Header::decode(&bytes) else {
            return Err(damaged(0, "no header of a version that is known"));
        };
        if header.key != key {
            return Err(DedupError::OtherKey { path });
        }
        let length = file.metadata().map_err(DedupError::io(&path))?.len();
        if header.number != number || header.count != count || header.file_bytes() != Some(length) {
            return Err(damaged(0, "another run than the manifest says, or of another length"));
        }
        // Both lengths follow from the file's, so they can be allocated.
        let index_start = header.index_start();
        let index =
            read_section(&file, &path, index_start, header.blocks() * INDEX_BYTES as u64, header.index_crc)?;
        let filter_start = index_start + index.len() as u64;
        let filter = read_section(&file, &path, filter_start, header.filter_bytes, header.filter_crc)?;
        let Some(filter) = Filter::from_bytes(filter) else {
            return Err(damaged(filter_start, "no filter"));
        };
        let index = index.chunks_exact(INDEX_BYTES).filter_map(index_entry).collect();
        Ok(Self { number, count, newest_s: header.newest_s, file, index, filter, path })
    }

    /// The id with that hash whose offset is the greatest up to `offset`.
    pub(crate) fn last_up_to(&self, hash: u128, offset: u64) -> Result<Option<Seen>, DedupError> {
        if !self.filter.may_hold(hash) {
            return Ok(None);
        }
        let behind = self.index.partition_point(|first| *first <= (hash, offset));
        let Some(block) = behind.checked_sub(1) else { return Ok(None) };
        let mut bytes = vec![0; BLOCK_BYTES];
        self.read_blocks(block as u64, &mut bytes)?;
        let mut found = None;
        for seen in self.block_ids(block as u64, &bytes)? {
            if seen.key() <= (hash, offset) {
                found = Some(seen);
            }
        }
        Ok(found.filter(|seen| seen.hash == hash))
    }

    /// How many blocks there are.
    fn blocks(&self) -> u64 {
        self.index.len() as u64
    }

    fn read_blocks(&self, first: u64, bytes: &mut [u8]) -> Result<(), DedupError> {
        self.file.read_exact_at(bytes, block_position(first)).map_err(DedupError::io(&self.path))
    }

    /// The ids in the bytes of a block.
    fn block_ids<'b>(
        &self,
        block: u64,
        bytes: &'b [u8],
    ) -> Result<impl Iterator<Item = Seen> + use<'b>, DedupError> {
        let content = block_content(self.number, block, bytes).ok_or_else(|| {
            DedupError::damaged(&self.path, block_position(block), "a block does not fit its checksum")
        })?;
        Ok(content.chunks_exact(SEEN_BYTES).filter_map(Seen::decode))
    }
}

/// The ids' bytes of a block whose checksum fits.
fn block_content(run: u64, block: u64, bytes: &[u8]) -> Option<&[u8]> {
    let (content, crc) = bytes.split_last_chunk::<4>()?;
    let (ids, mut count) = content.split_at_checked(BLOCK_IDS * SEEN_BYTES)?;
    let count = take_u32(&mut count)? as usize;
    (block_crc(run, block, content) == u32::from_le_bytes(*crc)).then_some(ids)?.get(..count * SEEN_BYTES)
}

/// Covers which run and which block it is, so that a block counts in its own place only.
fn block_crc(run: u64, block: u64, content: &[u8]) -> u32 {
    let crc = crc32c::crc32c(&run.to_le_bytes());
    crc32c::crc32c_append(crc32c::crc32c_append(crc, &block.to_le_bytes()), content)
}

fn block_position(block: u64) -> u64 {
    (block + 1) * BLOCK_BYTES as u64
}

fn read_section(file: &File, path: &Path, start: u64, length: u64, crc: u32) -> Result<Vec<u8>, DedupError> {
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
    file.read_exact_at(&mut bytes, start).map_err(DedupError::io(path))?;
    if crc32c::crc32c(&bytes) != crc {
        return Err(DedupError::damaged(path, start, "index or filter does not fit its checksum"));
    }
    Ok(bytes)
}

fn index_entry(mut bytes: &[u8]) -> Option<(u128, u64)> {
    Some((u128::from_le_bytes(take(&mut bytes)?), u64::from_le_bytes(take(&mut bytes)?)))
}

pub(crate) fn file_name(number: u64) -> String {
    format!("{number:010}.run")
}
