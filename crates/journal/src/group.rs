//! What goes to disk in one write and one sync.

use crate::append::Appended;
use crate::error::AppendError;
use crate::format::{FILE_HEADER_BYTES, FileId, FrameHeader, KeyFrame};
use crate::queue::{Queue, Waiter};
use model::Offset;

/// A buffer that had to grow beyond this is given back.
const KEEP_BYTES: usize = 16 << 20;

/// Frames behind one another, and who waits for them.
pub(crate) struct Group {
    id: FileId,
    /// Where the first frame goes: all before it is durable.
    start: u64,
    next: u64,
    pub(crate) buffer: Vec<u8>,
    frames: Vec<(u64, FrameHeader, Option<KeyFrame>)>,
    waiting: Vec<Waiting>,
}

struct Waiting {
    waiter: Waiter,
    appended: Appended,
    bytes: usize,
}

impl Group {
    pub(crate) fn new() -> Self {
        let (id, start) = (FileId([0; 16]), FILE_HEADER_BYTES as u64);
        Self { id, start, next: 0, buffer: Vec::new(), frames: Vec::new(), waiting: Vec::new() }
    }

    /// Begins anew at `start` of the file `id` with record `next`.
    pub(crate) fn begin(&mut self, id: FileId, start: u64, next: u64) {
        (self.id, self.start, self.next) = (id, start, next);
        self.buffer.clear();
        self.buffer.shrink_to(KEEP_BYTES);
        self.frames.clear();
        self.waiting.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Where the frames end.
    pub(crate) fn end_position(&self) -> u64 {
        self.start + self.buffer.len() as u64
    }

    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    pub(crate) fn records(&self) -> u64 {
        self.waiting.iter().map(|waiting| u64::from(waiting.appended.count)).sum()
    }

    pub(crate) fn add_key(&mut self, slot: u32, frame: &KeyFrame) {
        let body = frame.encode();
        let crc = crc32c::crc32c(&body);
        self.frame(slot, 0, &body, crc, Some(frame.clone()));
    }

    pub(crate) fn add_records(&mut self, slot: u32, count: u32, body: &[u8], body_crc: u32) {
        self.frame(slot, count, body, body_crc, None);
    }

    /// `waiter` waits for the last `count` records that were added.
    pub(crate) fn add_waiter(&mut self, waiter: Waiter, count: u32, bytes: usize) {
        let first = Offset(self.next - u64::from(count));
        self.waiting.push(Waiting { waiter, appended: Appended { first, count }, bytes });
    }

    fn frame(&mut self, slot: u32, count: u32, body: &[u8], body_crc: u32, key: Option<KeyFrame>) {
        let position = self.end_position();
        // A body is at most FRAME_BYTES_MAX long.
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        let header = FrameHeader { length, body_crc, first: self.next, count, slot, synced: self.start };
        header.encode_onto(&mut self.buffer, self.id, position);
        self.buffer.extend_from_slice(body);
        self.next = header.end();
        self.frames.push((position, header, key));
    }

    /// The frames with their places.
    pub(crate) fn frames(&mut self) -> impl Iterator<Item = (u64, FrameHeader, Option<KeyFrame>)> {
        self.frames.drain(..)
    }

    /// Answers everybody and gives back their room.
    pub(crate) fn tell(&mut self, queue: &Queue, failure: Option<&AppendError>) {
        for Waiting { waiter, appended, bytes } in self.waiting.drain(..) {
            queue.release(bytes);
            waiter.tell(match failure {
                None => Ok(appended),
                Some(error) => Err(error.clone()),
            });
        }
    }
}
