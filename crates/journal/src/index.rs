//! What is where in one file: every so many bytes the place of a frame, and the key frames.

use std::collections::HashMap;

use keys::{KeyId, wrapped_by};
use model::WorkspaceId;

use crate::format::{FILE_HEADER_BYTES, FrameHeader, KeyFrame};

/// How far apart remembered places are.
const MARK_EVERY_BYTES: u64 = 64 << 10;

/// Grows as the file does; 16 bytes for each 64 KiB.
pub(crate) struct Index {
    marks: Vec<Mark>,
    keys: HashMap<u32, KeyFrame>,
    /// How much of the file is durable; readers stop here.
    pub(crate) length: u64,
    /// The number behind its last record.
    pub(crate) end: u64,
}

/// A place where a frame begins.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    pub(crate) first: u64,
    pub(crate) position: u64,
}

impl Index {
    /// The index of a file without frames, whose first record will be `first`.
    pub(crate) fn new(first: u64) -> Self {
        let start = Mark { first, position: FILE_HEADER_BYTES as u64 };
        Self { marks: vec![start], keys: HashMap::new(), length: start.position, end: first }
    }

    /// Takes in the next frame. The key of a key frame is given in `key`.
    pub(crate) fn enter(&mut self, position: u64, header: &FrameHeader, key: Option<KeyFrame>) {
        let last = self.marks.last().map_or(0, |mark| mark.position);
        if position >= last + MARK_EVERY_BYTES {
            self.marks.push(Mark { first: header.first, position });
        }
        if let Some(key) = key {
            self.keys.insert(header.slot, key);
        }
        self.length = position + header.frame_bytes();
        self.end = header.end();
    }

    /// A place from which to look for the record `offset`: at it or before.
    pub(crate) fn mark_before(&self, offset: u64) -> Option<Mark> {
        let behind = self.marks.partition_point(|mark| mark.first <= offset);
        self.marks.get(behind.checked_sub(1)?).copied()
    }

    pub(crate) fn key(&self, slot: u32) -> Option<KeyFrame> {
        self.keys.get(&slot).cloned()
    }

    /// Whether a key of `workspace` in it is wrapped under another one than `present`.
    pub(crate) fn has_key_behind(&self, workspace: WorkspaceId, present: KeyId) -> bool {
        let behind =
            |frame: &KeyFrame| frame.workspace == workspace && wrapped_by(&frame.wrapped) != Some(present);
        self.keys.values().any(behind)
    }

    /// The first slot number that no key frame has.
    pub(crate) fn next_slot(&self) -> u32 {
        self.keys.keys().max().map_or(0, |highest| highest.saturating_add(1))
    }
}
