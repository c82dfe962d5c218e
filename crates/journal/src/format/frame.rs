//! A frame: a header that the writer fills in, and a body that the caller sealed.

use keys::WRAPPED_BYTES;
use model::WorkspaceId;

use super::header::FileId;
use super::{take, take_u32, take_u64};

/// Length of a frame's header.
pub(crate) const FRAME_HEADER_BYTES: usize = 4 + 4 + 8 + 4 + 4 + 8 + 4;
/// The longest body. A request of 4,000 KB stays well below it, with all that the shield adds.
pub(crate) const FRAME_BYTES_MAX: usize = 16 << 20;

const KEY_FRAME_BYTES: usize = 16 + WRAPPED_BYTES;

/// What stands before a body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FrameHeader {
    /// Length of the body.
    pub(crate) length: u32,
    /// CRC-32C of the body.
    pub(crate) body_crc: u32,
    /// The number of the first record in it; for a key frame the number of the next record.
    pub(crate) first: u64,
    /// How many records; 0 says that this is a key frame.
    pub(crate) count: u32,
    /// Which key frame's key opens it; for a key frame the number that it gives its key.
    pub(crate) slot: u32,
    /// How much of the file was durable when this was written.
    pub(crate) synced: u64,
}

impl FrameHeader {
    /// The header of a frame that begins at `position` of the file `id`; both are in the checksum, so that
    /// a frame counts in its own place only.
    pub(crate) fn encode_onto(&self, out: &mut Vec<u8>, id: FileId, position: u64) {
        let start = out.len();
        out.extend_from_slice(&self.length.to_le_bytes());
        out.extend_from_slice(&self.body_crc.to_le_bytes());
        out.extend_from_slice(&self.first.to_le_bytes());
        out.extend_from_slice(&self.count.to_le_bytes());
        out.extend_from_slice(&self.slot.to_le_bytes());
        out.extend_from_slice(&self.synced.to_le_bytes());
        let crc = header_crc(out.get(start..).unwrap_or_default(), id, position);
        out.extend_from_slice(&crc.to_le_bytes());
    }

    pub(crate) fn decode(bytes: &[u8], id: FileId, position: u64) -> Option<Self> {
        let (fields, crc) = bytes.split_last_chunk::<4>()?;
        let mut rest = fields;
        let length = take_u32(&mut rest)?;
        // The cheap question first: after damage, every byte of a file may be tried as a header.
        if bytes.len() != FRAME_HEADER_BYTES
            || length as usize > FRAME_BYTES_MAX
            || header_crc(fields, id, position) != u32::from_le_bytes(*crc)
        {
            return None;
        }
        let header = Self {
            length,
            body_crc: take_u32(&mut rest)?,
            first: take_u64(&mut rest)?,
            count: take_u32(&mut rest)?,
            slot: take_u32(&mut rest)?,
            synced: take_u64(&mut rest)?,
        };
        header.first.checked_add(u64::from(header.count)).map(|_| header)
    }

    pub(crate) fn body_bytes(&self) -> usize {
        self.length as usize
    }

    /// Length of the whole frame.
    pub(crate) fn frame_bytes(&self) -> u64 {
        FRAME_HEADER_BYTES as u64 + u64::from(self.length)
    }

    pub(crate) fn is_key(&self) -> bool {
        self.count == 0
    }

    /// The number after its last record; it does not overflow, [`FrameHeader::decode`] has looked.
    pub(crate) fn end(&self) -> u64 {
        self.first.saturating_add(u64::from(self.count))
    }
}

fn header_crc(fields: &[u8], id: FileId, position: u64) -> u32 {
    let crc = crc32c::crc32c(&id.0);
    let crc = crc32c::crc32c_append(crc, &position.to_le_bytes());
    crc32c::crc32c_append(crc, fields)
}

/// To what a frame's body is bound: its file, its key and how many records are in it.
pub(crate) fn record_aad(id: FileId, slot: u32, count: u32) -> Vec<u8> {
    [b"holdfast journal 1\0".as_slice(), &id.0, &slot.to_le_bytes(), &count.to_le_bytes()].concat()
}

/// The body of a key frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct KeyFrame {
    pub(crate) workspace: WorkspaceId,
    /// The file's key for that workspace, wrapped by the workspace's seal key.
    pub(crate) wrapped: Vec<u8>,
}

impl KeyFrame {
    pub(crate) fn encode(&self) -> Vec<u8> {
        [self.workspace.0.to_le_bytes().as_slice(), &self.wrapped].concat()
    }

    pub(crate) fn decode(mut bytes: &[u8]) -> Option<Self> {
        if bytes.len() != KEY_FRAME_BYTES {
            return None;
        }
        let workspace = WorkspaceId(u128::from_le_bytes(take(&mut bytes)?));
        Some(Self { workspace, wrapped: bytes.to_vec() })
    }

    /// To what a wrapped file key is bound.
    pub(crate) fn aad(id: FileId, workspace: WorkspaceId) -> Vec<u8> {
        [b"holdfast journal file key 1\0".as_slice(), &id.0, &workspace.0.to_le_bytes()].concat()
    }
}
