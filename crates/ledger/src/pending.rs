//! The write-ahead log: acknowledged entries until they have their place in tiles and payload files.
//!
//! `pending/<first entry>.log`, one frame for each commit. Everything else on disk can be rebuilt from
//! here for entries behind the checkpoint, so one sync of one file is all that an entry waits for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use keys::KeyId;

use crate::disk::{self, Appending};
use crate::error::{LedgerError, relative};
use crate::frame::{HEADER_BYTES, Header, Kind, Take, frame_follows, read_frame, write_frame};
use crate::secrets::{LEAF_BYTES, Leaf, Place, Stream};

/// A file is left for a new one above this, so that what the tree holds can be removed.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
const EXTENSION: &str = "log";

/// What the ledger must know of an entry without opening it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mark {
    Entry,
    Intent,
    Outcome(u64),
}

/// An entry that is durable and not yet in the tree.
pub(crate) struct Waiting {
    pub place: Place,
    pub leaf: Leaf,
    pub sealed: Vec<u8>,
    pub mark: Mark,
}

/// An entry as a pending file holds it.
pub(crate) struct Held {
    pub place: Place,
    pub leaf: Leaf,
    pub sealed: Vec<u8>,
}

/// The file that is being written.
pub(crate) struct Pending {
    root: PathBuf,
    key: KeyId,
    file: Appending,
}

impl Pending {
    /// Begins a file at entry `next`.
    pub fn begin(root: &Path, key: KeyId, next: u64) -> Result<Self, LedgerError> {
        Ok(Self { root: root.to_owned(), key, file: begin_file(root, key, next)? })
    }

    /// Writes neighbouring entries as one frame; they are durable when it returns.
    pub fn append(&mut self, entries: &[Arc<Waiting>]) -> Result<(), LedgerError> {
        let Some(first) = entries.first() else { return Ok(()) };
        if self.file.bytes() >= FILE_BYTES_MAX {
            self.file = begin_file(&self.root, self.key, first.place.index)?;
        }
        let mut frame = Vec::new();
        write_frame(&mut frame, |out| {
            out.extend_from_slice(&first.place.index.to_be_bytes());
            out.extend_from_slice(&(entries.len() as u32).to_be_bytes());
            for entry in entries {
                out.extend_from_slice(&entry.leaf);
                out.extend_from_slice(&entry.place.stream.tag());
                out.extend_from_slice(&entry.place.at_ms.to_be_bytes());
                out.extend_from_slice(&(entry.sealed.len() as u32).to_be_bytes());
                out.extend_from_slice(&entry.sealed);
            }
        });
        self.file.append(&frame)
    }
}

fn begin_file(root: &Path, key: KeyId, first: u64) -> Result<Appending, LedgerError> {
    let header = Header { kind: Kind::Pending, key, stream: Stream(None), first };
    Appending::create(root, path(root, first), &header.bytes())
}

fn folder(root: &Path) -> PathBuf {
    root.join("pending")
}

fn path(root: &Path, first: u64) -> PathBuf {
    folder(root).join(disk::numbered_name(first, EXTENSION))
}

/// Removes the files whose entries all lie below `size`. The one being written stays.
pub(crate) fn remove_below(root: &Path, size: u64) -> Result<(), LedgerError> {
    let firsts = files(root)?;
    for (first, next) in firsts.iter().zip(firsts.iter().skip(1)) {
        if *next <= size {
            disk::remove(root, &path(root, *first))?;
        }
    }
    Ok(())
}

/// The first entries of the pending files, in order.
pub(crate) fn files(root: &Path) -> Result<Vec<u64>, LedgerError> {
    disk::numbered(root, &folder(root), EXTENSION)
}

/// Whether there is anything beyond the empty file that a new ledger begins with.
pub(crate) fn has_entries(root: &Path) -> Result<bool, LedgerError> {
    for first in files(root)? {
        let bytes = disk::read(root, &path(root, first))?.unwrap_or_default();
        if first > 0 || bytes.len() > HEADER_BYTES {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What the pending files hold, and where the last one stops being whole.
pub(crate) struct Contents {
    pub entries: Vec<Held>,
    /// The entry behind the last one.
    pub end: u64,
    /// A torn write at the very end.
    pub torn: Option<Torn>,
}

/// A write that was never acknowledged.
pub(crate) struct Torn {
    pub path: PathBuf,
    pub file: String,
    pub good_bytes: u64,
    pub torn_bytes: u64,
}

/// Reads all pending files of a log whose checkpoint covers `size` entries, and keeps the entries from
/// `keep_from` on. Without a `key` the files' own is believed.
///
/// # Errors
/// [`LedgerError::Damaged`] for anything but a torn write at the end of the last file.
pub(crate) fn read(
    root: &Path,
    key: Option<KeyId>,
    size: u64,
    keep_from: u64,
) -> Result<Contents, LedgerError> {
    let firsts = files(root)?;
    let Some(first) = firsts.first().copied().filter(|first| *first <= size) else {
        return Err(LedgerError::damaged(
            root,
            &folder(root),
            0,
            "no file begins at or below the checkpoint's size",
        ));
    };
    let mut contents = Contents { entries: Vec::new(), end: first, torn: None };
    for (number, first) in firsts.iter().enumerate() {
        let path = path(root, *first);
        let damaged = |position: usize, what| LedgerError::damaged(root, &path, position as u64, what);
        let bytes = disk::read(root, &path)?.unwrap_or_default();
        let header = Header::parse(&bytes, Kind::Pending).map_err(|what| damaged(0, what))?;
        if key.is_some_and(|key| key != header.key) {
            return Err(damaged(0, "it was written under another payload key"));
        }
        if header.first != *first || contents.end != *first {
            return Err(damaged(0, "its entries do not follow those of the file before it"));
        }
        let mut position = HEADER_BYTES;
        loop {
            match read_frame(&bytes, position) {
                Ok(None) => break,
                Ok(Some((body, next))) => {
                    take_entries(body, keep_from, &mut contents).map_err(|what| damaged(position, what))?;
                    position = next;
                }
                Err(_) if number + 1 == firsts.len() && !frame_follows(&bytes, position) => {
                    let (good, all) = (position as u64, bytes.len() as u64);
                    let file = relative(root, &path);
                    contents.torn = Some(Torn { path, file, good_bytes: good, torn_bytes: all - good });
                    return Ok(contents);
                }
                Err(what) => return Err(damaged(position, what)),
            }
        }
    }
    Ok(contents)
}

fn take_entries(body: &[u8], keep_from: u64, contents: &mut Contents) -> Result<(), &'static str> {
    const CUT: &str = "a frame does not hold what it says";
    let mut take = Take(body);
    let (Some(first), Some(count)) = (take.u64(), take.u32()) else { return Err(CUT) };
    if first != contents.end || count == 0 {
        return Err("a frame does not follow the one before it");
    }
    for _ in 0..count {
        let held = (|| {
            let leaf = take.array::<LEAF_BYTES>()?;
            let stream = Stream::from_tag(take.array()?)?;
            let at_ms = take.i64()?;
            let sealed_bytes = take.u32()? as usize;
            let sealed = take.bytes(sealed_bytes)?.to_vec();
            Some(Held { place: Place { stream, index: contents.end, at_ms }, leaf, sealed })
        })();
        let Some(held) = held else { return Err(CUT) };
        contents.end += 1;
        if held.place.index >= keep_from {
            contents.entries.push(held);
        }
    }
    if take.0.is_empty() { Ok(()) } else { Err(CUT) }
}
