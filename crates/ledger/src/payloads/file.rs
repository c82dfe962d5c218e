//! One payload file: reading what it holds and where that stops being whole.

use std::ops::Range;

use keys::KeyId;

use crate::frame::{FRAME_BYTES, HEADER_BYTES, Header, Kind, Take, read_frame, write_frame};
use crate::pending::Waiting;
use crate::secrets::{Place, Stream};

/// A file's bytes and where its entries lie in them.
pub(crate) struct Loaded {
    bytes: Vec<u8>,
    pub places: Vec<(Place, Range<usize>)>,
}

impl Loaded {
    /// Reads a whole file. The error names the position and what is wrong there.
    pub fn parse(
        bytes: Vec<u8>,
        key: KeyId,
        stream: Stream,
        first: u64,
    ) -> Result<Self, (u64, &'static str)> {
        let (places, stop) = scan(&bytes, key, stream, first)?;
        match stop {
            None => Ok(Self { bytes, places }),
            Some((position, what)) => Err((position as u64, what)),
        }
    }

    /// Of a file that is no more.
    pub fn empty() -> Self {
        Self { bytes: Vec::new(), places: Vec::new() }
    }

    pub fn sealed(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }
}

type Places = Vec<(Place, Range<usize>)>;
type Stop = Option<(usize, &'static str)>;

/// The whole entries from the beginning of a file, and where and why that stops before its end.
pub(crate) fn scan(
    bytes: &[u8],
    key: KeyId,
    stream: Stream,
    first: u64,
) -> Result<(Places, Stop), (u64, &'static str)> {
    let header = Header::parse(bytes, Kind::Payload).map_err(|what| (0, what))?;
    if header.key != key {
        return Err((0, "it was written under another payload key"));
    }
    if header.stream != stream || header.first != first {
        return Err((0, "it belongs to another place than where it lies"));
    }
    let (mut places, mut position): (Places, usize) = (Vec::new(), HEADER_BYTES);
    loop {
        let (body, next) = match read_frame(bytes, position) {
            Ok(None) => return Ok((places, None)),
            Ok(Some(frame)) => frame,
            Err(what) => return Ok((places, Some((position, what)))),
        };
        let mut take = Take(body);
        let (Some(index), Some(at_ms)) = (take.u64(), take.i64()) else {
            return Ok((places, Some((position, "a frame does not hold what it says"))));
        };
        if index < first || places.last().is_some_and(|(last, _)| last.index >= index) {
            return Ok((places, Some((position, "its entries are out of order"))));
        }
        places.push((Place { stream, index, at_ms }, next - take.0.len()..next));
        position = next;
    }
}

/// How much of a file tells when it began.
pub(crate) const BEGINNING_BYTES: usize = HEADER_BYTES + FRAME_BYTES + 16;

/// When the first entry of a file was made, from the file's beginning. Not checked: whoever reads the file does that.
pub(crate) fn began_ms(beginning: &[u8]) -> Option<i64> {
    let mut take = Take(beginning.get(HEADER_BYTES + FRAME_BYTES..)?);
    take.u64()?;
    take.i64()
}

/// Appends one entry's frame.
pub(crate) fn write_entry(out: &mut Vec<u8>, entry: &Waiting) {
    write_frame(out, |out| {
        out.extend_from_slice(&entry.place.index.to_be_bytes());
        out.extend_from_slice(&entry.place.at_ms.to_be_bytes());
        out.extend_from_slice(&entry.sealed);
    });
}
