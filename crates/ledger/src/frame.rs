//! The common form of the ledger's own files: a header, then frames with a check sum each.
//! All numbers are big-endian, as in C2SP's formats (docs/formats/ledger.md).

use keys::KeyId;

use crate::secrets::{Stream, TAG_BYTES};

/// Bytes of a header.
pub(crate) const HEADER_BYTES: usize = 8 + 2 + 8 + TAG_BYTES + 8 + 4;
/// Bytes of a frame before its body.
pub(crate) const FRAME_BYTES: usize = 4 + 4 + 4;
/// The largest body; a length above it is damage, not a frame.
pub(crate) const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
const MARK: [u8; 4] = *b"hfLF";
const VERSION: u16 = 1;

/// Which kind of file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Entries on their way into the tree.
    Pending,
    /// Sealed payloads of one stream.
    Payload,
    /// Intents that have no outcome yet.
    Intents,
}

impl Kind {
    fn magic(self) -> &'static [u8; 8] {
        match self {
            Self::Pending => b"HFLPEND\n",
            Self::Payload => b"HFLPAYL\n",
            Self::Intents => b"HFLOPEN\n",
        }
    }
}

/// What the head of a file says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Header {
    pub kind: Kind,
    /// The payload key that its contents follow from.
    pub key: KeyId,
    /// Whose payloads; the installation's where that has no meaning.
    pub stream: Stream,
    /// The first entry that it may hold.
    pub first: u64,
}

impl Header {
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend_from_slice(self.kind.magic());
        bytes.extend_from_slice(&VERSION.to_be_bytes());
        bytes.extend_from_slice(&self.key.0);
        bytes.extend_from_slice(&self.stream.tag());
        bytes.extend_from_slice(&self.first.to_be_bytes());
        let sum = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&sum.to_be_bytes());
        bytes
    }

    /// The header at the head of `bytes`, or what is wrong with it.
    pub fn parse(bytes: &[u8], kind: Kind) -> Result<Self, &'static str> {
        let Some(bytes) = bytes.get(..HEADER_BYTES) else { return Err("its header is cut") };
        let mut take = Take(bytes);
        let parts = (|| {
            let magic = take.array::<8>()?;
            let version = u16::from_be_bytes(take.array()?);
            let (key, tag) = (KeyId(take.array()?), take.array::<TAG_BYTES>()?);
            Some((magic, version, key, tag, take.u64()?, take.u32()?))
        })();
        let Some((magic, version, key, tag, first, sum)) = parts else { return Err("its header is cut") };
        if magic != *kind.magic() {
            return Err("it has the magic of another file");
        }
        if version != VERSION {
            return Err("its format version is unknown to this program");
        }
        if crc32c::crc32c_append(0, bytes.get(..HEADER_BYTES - 4).unwrap_or_default()) != sum {
            return Err("the check sum of its header is wrong");
        }
        let Some(stream) = Stream::from_tag(tag) else { return Err("its header names no workspace") };
        Ok(Self { kind, key, stream, first })
    }
}

/// Appends a frame around what `body` writes.
pub(crate) fn write_frame(out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; FRAME_BYTES]);
    body(out);
    let length = u32::try_from(out.len() - start - FRAME_BYTES).unwrap_or(u32::MAX).to_be_bytes();
    let sum = out.get(start + FRAME_BYTES..).map_or(0, |body| check_sum(length, body)).to_be_bytes();
    if let Some(head) = out.get_mut(start..start + FRAME_BYTES) {
        head.copy_from_slice([MARK, sum, length].as_flattened());
    }
}

/// The frame at `position`: its body, and where the next one begins. `Ok(None)` at the very end.
pub(crate) fn read_frame(bytes: &[u8], position: usize) -> Result<Option<(&[u8], usize)>, &'static str> {
    let rest = bytes.get(position..).unwrap_or_default();
    if rest.is_empty() {
        return Ok(None);
    }
    let mut take = Take(rest);
    let head = (|| Some((take.array::<4>()?, take.u32()?, take.array::<4>()?)))();
    let Some((mark, sum, length)) = head else { return Err("a frame is cut") };
    if mark != MARK {
        return Err("no frame begins here");
    }
    let body_bytes = u32::from_be_bytes(length) as usize;
    if body_bytes > BODY_BYTES_MAX {
        return Err("a frame is longer than any that is written");
    }
    let Some(body) = take.bytes(body_bytes) else { return Err("a frame is cut") };
    if check_sum(length, body) != sum {
        return Err("the check sum of a frame is wrong");
    }
    Ok(Some((body, position + FRAME_BYTES + body_bytes)))
}

/// Whether a whole frame begins anywhere behind `position`. Frames are synced in order, so a whole
/// frame behind a broken one proves damage, whereas a torn write has nothing behind it.
pub(crate) fn frame_follows(bytes: &[u8], position: usize) -> bool {
    let rest = bytes.get(position + 1..).unwrap_or_default();
    rest.windows(MARK.len())
        .enumerate()
        .filter(|(_, window)| *window == MARK)
        .any(|(at, _)| matches!(read_frame(bytes, position + 1 + at), Ok(Some(_))))
}

fn check_sum(length: [u8; 4], body: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&length), body)
}

/// Takes numbers off the front of bytes.
pub(crate) struct Take<'a>(pub &'a [u8]);

impl<'a> Take<'a> {
    pub fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    pub fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(bodies: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for body in bodies {
            write_frame(&mut bytes, |out| out.extend_from_slice(body));
        }
        bytes
    }

    fn read_all(bytes: &[u8]) -> (Vec<Vec<u8>>, bool) {
        let (mut bodies, mut position) = (Vec::new(), 0);
        loop {
            match read_frame(bytes, position) {
                Ok(Some((body, next))) => {
                    bodies.push(body.to_vec());
                    position = next;
                }
                Ok(None) => return (bodies, true),
                Err(_) => return (bodies, false),
            }
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..220) {
            let _ = read_frame(&bytes, at);
            let _ = frame_follows(&bytes, at);
            let _ = Header::parse(&bytes, Kind::Payload);
        }

        #[test]
        fn a_flipped_bit_or_a_cut_is_seen(
            bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 1..6),
            at in any::<prop::sample::Index>(),
            bit in 0_u8..8,
        ) {
            let whole = file(&bodies);
            prop_assert_eq!(read_all(&whole), (bodies.clone(), true));
            let at = at.index(whole.len());
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << bit;
            let (read, clean) = read_all(&flipped);
            prop_assert!(!clean && bodies.starts_with(&read));
            let (read, _) = read_all(&whole[..at]);
            prop_assert!(read.len() < bodies.len() && bodies.starts_with(&read));
        }
    }

    #[test]
    fn damage_is_told_from_a_torn_end() {
        let mut bytes = file(&[b"one".to_vec(), b"two".to_vec()]);
        bytes[FRAME_BYTES] ^= 1;
        assert!(frame_follows(&bytes, 0));
        assert!(!frame_follows(&bytes, FRAME_BYTES + 3));
    }
}
