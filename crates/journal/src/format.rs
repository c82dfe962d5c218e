//! The bytes of a journal file, without input and output: file header, frame header, key frame, synced
//! mark (docs/formats/journal.md). Numbers are little-endian. A reader gives `None` for whatever is not
//! exactly right.

mod frame;
mod header;
mod synced;

pub(crate) use frame::{FRAME_BYTES_MAX, FRAME_HEADER_BYTES, FrameHeader, KeyFrame, record_aad};
pub(crate) use header::{FILE_HEADER_BYTES, FileHeader, FileId};
pub(crate) use synced::{SYNCED_BYTES, Synced};

const VERSION: u16 = 1;

/// Takes the first `N` bytes off `bytes`.
fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}

fn take_u32(bytes: &mut &[u8]) -> Option<u32> {
    take(bytes).map(u32::from_le_bytes)
}

fn take_u64(bytes: &mut &[u8]) -> Option<u64> {
    take(bytes).map(u64::from_le_bytes)
}

/// The bytes before a trailing CRC-32C, if it fits them.
fn checked(bytes: &[u8]) -> Option<&[u8]> {
    let (content, crc) = bytes.split_last_chunk::<4>()?;
    (crc32c::crc32c(content) == u32::from_le_bytes(*crc)).then_some(content)
}

fn with_crc(mut bytes: Vec<u8>) -> Vec<u8> {
    let crc = crc32c::crc32c(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes
}
