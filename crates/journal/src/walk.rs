//! Frames of a file, one after the other, with every checksum looked at.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::format::{FRAME_HEADER_BYTES, FileId, FrameHeader};

/// How much is read at once.
const WINDOW_BYTES: usize = 256 << 10;

/// A place in a file, and the bytes around it.
pub(crate) struct Walk<'f> {
    file: &'f File,
    id: FileId,
    position: u64,
    /// The number that the next record must have.
    next: u64,
    /// Where to stop.
    limit: u64,
    window: Vec<u8>,
    window_start: u64,
}

/// What stands at the place.
pub(crate) enum Step<'w> {
    /// A whole frame; the place is now behind it.
    Frame { position: u64, header: FrameHeader, body: &'w [u8] },
    /// Nothing more.
    End,
    /// Something that is no frame; the place stays.
    Bad { position: u64, what: &'static str },
}

impl<'f> Walk<'f> {
    /// Begins at `position`, where the record `next` is to come, and goes to `limit`.
    pub(crate) fn new(file: &'f File, id: FileId, position: u64, next: u64, limit: u64) -> Self {
        Self { file, id, position, next, limit, window: Vec::new(), window_start: 0 }
    }

    pub(crate) fn step(&mut self) -> io::Result<Step<'_>> {
        let position = self.position;
        if position >= self.limit {
            return Ok(Step::End);
        }
        match self.header_at(position)?.ok_or("no frame header that fits its checksum") {
            Ok(header) if header.first != self.next => {
                Ok(Step::Bad { position, what: "the frame does not follow the one before it" })
            }
            Ok(header) => self.body(header),
            Err(what) => Ok(Step::Bad { position, what }),
        }
    }

    fn body(&mut self, header: FrameHeader) -> io::Result<Step<'_>> {
        let position = self.position;
        if !self.fill(position + FRAME_HEADER_BYTES as u64, header.body_bytes())? {
            return Ok(Step::Bad { position, what: "the file ends inside a frame" });
        }
        let body = self.window(position + FRAME_HEADER_BYTES as u64, header.body_bytes());
        if crc32c::crc32c(body) != header.body_crc {
            return Ok(Step::Bad { position, what: "a frame does not fit its checksum" });
        }
        self.position = position + header.frame_bytes();
        self.next = header.end();
        let body = self.window(position + FRAME_HEADER_BYTES as u64, header.body_bytes());
        Ok(Step::Frame { position, header, body })
    }

    /// Whether some whole frame behind the place says that the file was durable beyond it. Then what is bad
    /// at the place was good once; otherwise it may be a tail that never got durable.
    pub(crate) fn synced_beyond(&mut self) -> io::Result<bool> {
        let bad = self.position;
        for position in bad + 1..self.limit {
            let Some(header) = self.header_at(position)? else { continue };
            if header.synced > bad && position + header.frame_bytes() <= self.limit {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn header_at(&mut self, position: u64) -> io::Result<Option<FrameHeader>> {
        if !self.fill(position, FRAME_HEADER_BYTES)? {
            return Ok(None);
        }
        Ok(FrameHeader::decode(self.window(position, FRAME_HEADER_BYTES), self.id, position))
    }

    /// Gets `length` bytes at `position` into the window; `false` when the file has not so many.
    fn fill(&mut self, position: u64, length: usize) -> io::Result<bool> {
        let end = position.saturating_add(length as u64);
        if end > self.limit {
            return Ok(false);
        }
        if position >= self.window_start && end <= self.window_start + self.window.len() as u64 {
            return Ok(true);
        }
        let rest = usize::try_from(self.limit - position).unwrap_or(usize::MAX);
        self.window.resize(rest.min(length.max(WINDOW_BYTES)), 0);
        self.window_start = position;
        match self.file.read_exact_at(&mut self.window, position) {
            Ok(()) => Ok(true),
            Err(error) => {
                self.window.clear();
                if error.kind() == io::ErrorKind::UnexpectedEof { Ok(false) } else { Err(error) }
            }
        }
    }

    /// Bytes that [`Walk::fill`] has brought.
    fn window(&self, position: u64, length: usize) -> &[u8] {
        let start = usize::try_from(position - self.window_start).unwrap_or(usize::MAX);
        self.window.get(start..start.saturating_add(length)).unwrap_or_default()
    }
}
