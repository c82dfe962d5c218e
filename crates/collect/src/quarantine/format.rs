//! The bytes of a quarantine file, without input and output (docs/formats/quarantine.md). Numbers are little-endian. A
//! reader gives an error for whatever is not exactly right, and never panics.

use keys::{Key, Seal, WRAPPED_BYTES, wrapped_by};
use model::{EventRecord, WorkspaceId};
use serde::{Deserialize, Serialize};

const MAGIC: &[u8; 8] = b"HFQUARAN";
const VERSION: u16 = 1;

/// Length of a file's header.
pub(crate) const HEADER_BYTES: usize = 8 + 2 + 2 + 16 + 16 + WRAPPED_BYTES + 4;
/// Length of a frame's header.
pub(crate) const FRAME_HEADER_BYTES: usize = 4 + 4 + 4 + 4;
/// The longest body of a frame.
pub(crate) const FRAME_BYTES_MAX: usize = 16 << 20;

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Events that wait.
    Items,
    /// The numbers of those whose release has begun.
    Releasing,
}

/// An event that waits, as a file holds it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Item {
    /// Its number in the workspace.
    pub number: u64,
    /// When it was set aside, milliseconds since 1970, UTC.
    pub held_ms: i64,
    /// The plan that set it aside.
    pub plan: String,
    /// Which version of it.
    pub version: u32,
    /// Why: property and rule.
    pub reasons: Vec<(String, String)>,
    /// The event, screened.
    pub record: EventRecord,
}

/// Why a file cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Damage {
    /// Where.
    pub position: usize,
    /// What is wrong there.
    pub what: &'static str,
}

/// A file's identity and its key.
#[derive(Clone)]
pub(crate) struct Header {
    pub kind: Kind,
    id: [u8; 16],
    workspace: WorkspaceId,
    key: Key,
}

/// A frame that was read.
pub(crate) struct Frame {
    /// Where it begins.
    pub position: u64,
    /// Where it ends.
    pub end: u64,
    /// What is in it, in postcard.
    pub plain: Vec<u8>,
}

impl Header {
    /// Of a new file.
    pub fn new(kind: Kind, workspace: WorkspaceId) -> Self {
        Self { kind, id: stdx::random_array(), workspace, key: Key::generate() }
    }

    /// The header's bytes; the file's key is wrapped by the workspace's.
    pub fn encode(&self, seal: &Seal) -> Vec<u8> {
        let kind: u16 = if self.kind == Kind::Items { 1 } else { 2 };
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&kind.to_le_bytes());
        bytes.extend_from_slice(&self.id);
        bytes.extend_from_slice(&self.workspace.0.to_le_bytes());
        bytes.extend_from_slice(&seal.wrap(&self.key, &key_aad(&self.id, self.workspace)));
        let crc = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Whether the file's key is wrapped under another key than the workspace's present one.
    pub fn is_behind(bytes: &[u8], seal: &Seal) -> bool {
        let wrapped = bytes.get(HEADER_BYTES - 4 - WRAPPED_BYTES..);
        wrapped.and_then(wrapped_by) != Some(seal.id())
    }

    /// The header at the front of `bytes`.
    pub fn decode(bytes: &[u8], seal: &Seal, workspace: WorkspaceId) -> Result<Self, Damage> {
        let wrong = |what| Damage { position: 0, what };
        let header = bytes.get(..HEADER_BYTES).ok_or(wrong("the header is cut off"))?;
        let (content, crc) = header.split_last_chunk::<4>().ok_or(wrong("the header is cut off"))?;
        if crc32c::crc32c(content) != u32::from_le_bytes(*crc) {
            return Err(wrong("the header's checksum does not fit"));
        }
        let mut rest = content;
        let (Some(magic), Some(version), Some(kind)) =
            (take::<8>(&mut rest), take::<2>(&mut rest), take::<2>(&mut rest))
        else {
            return Err(wrong("the header is cut off"));
        };
        if magic != *MAGIC || version != VERSION.to_le_bytes() {
            return Err(wrong("it is no quarantine file of this version"));
        }
        let kind = match u16::from_le_bytes(kind) {
            1 => Kind::Items,
            2 => Kind::Releasing,
            _ => return Err(wrong("its kind is not known")),
        };
        let (Some(id), Some(whose)) = (take::<16>(&mut rest), take::<16>(&mut rest)) else {
            return Err(wrong("the header is cut off"));
        };
        if u128::from_le_bytes(whose) != workspace.0 {
            return Err(wrong("it is another workspace's"));
        }
        let key = seal.unwrap(rest, &key_aad(&id, workspace)).map_err(|_| wrong("its key does not open"))?;
        Ok(Self { kind, id, workspace, key })
    }

    /// A frame with `count` things in `plain`, to stand at `position`.
    pub fn frame(&self, position: u64, count: u32, plain: &[u8]) -> Vec<u8> {
        let body = self.key.seal(&self.body_aad(position, count), plain);
        let mut bytes = Vec::with_capacity(FRAME_HEADER_BYTES + body.len());
        bytes.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(&count.to_le_bytes());
        bytes.extend_from_slice(&crc32c::crc32c(&body).to_le_bytes());
        let crc = self.frame_crc(position, &bytes);
        bytes.extend_from_slice(&crc.to_le_bytes());
        bytes.extend_from_slice(&body);
        bytes
    }

    /// The frame that stands at `position` of the file `bytes`.
    pub fn read(&self, bytes: &[u8], position: usize) -> Result<Frame, Damage> {
        let wrong = |what| Damage { position, what };
        let header = bytes.get(position..position + FRAME_HEADER_BYTES).ok_or(wrong("a frame is cut off"))?;
        let (length, count, body_crc) =
            self.frame_header(header, position as u64).ok_or(wrong("a frame's header does not fit"))?;
        let from = position + FRAME_HEADER_BYTES;
        let body = bytes.get(from..from + length).ok_or(wrong("a frame is cut off"))?;
        if crc32c::crc32c(body) != body_crc {
            return Err(wrong("a frame's checksum does not fit"));
        }
        let plain = self
            .key
            .open(&self.body_aad(position as u64, count), body)
            .map_err(|_| wrong("a frame does not open"))?;
        Ok(Frame { position: position as u64, end: (from + length) as u64, plain })
    }

    /// Whether a frame of this file begins anywhere after `position`: then what stands there is damage, and no end that
    /// was never written whole.
    pub fn goes_on(&self, bytes: &[u8], position: usize) -> bool {
        (position + 1..bytes.len()).any(|at| {
            bytes
                .get(at..at + FRAME_HEADER_BYTES)
                .is_some_and(|header| self.frame_header(header, at as u64).is_some())
        })
    }

    fn frame_header(&self, bytes: &[u8], position: u64) -> Option<(usize, u32, u32)> {
        let (fields, crc) = bytes.split_last_chunk::<4>()?;
        let mut rest = fields;
        let length = u32::from_le_bytes(take(&mut rest)?) as usize;
        // The cheap question first: after damage every byte of a file is tried.
        if length > FRAME_BYTES_MAX || self.frame_crc(position, fields) != u32::from_le_bytes(*crc) {
            return None;
        }
        let count = u32::from_le_bytes(take(&mut rest)?);
        Some((length, count, u32::from_le_bytes(take(&mut rest)?)))
    }

    /// Covers the place, so that a frame counts nowhere else.
    fn frame_crc(&self, position: u64, fields: &[u8]) -> u32 {
        let crc = crc32c::crc32c_append(crc32c::crc32c(&self.id), &position.to_le_bytes());
        crc32c::crc32c_append(crc, fields)
    }

    fn body_aad(&self, position: u64, count: u32) -> Vec<u8> {
        [b"holdfast quarantine 1\0".as_slice(), &self.id, &position.to_le_bytes(), &count.to_le_bytes()]
            .concat()
    }
}

fn key_aad(id: &[u8; 16], workspace: WorkspaceId) -> Vec<u8> {
    [b"holdfast quarantine file key 1\0".as_slice(), id, &workspace.0.to_le_bytes()].concat()
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}
