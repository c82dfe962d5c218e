//! Payload files: the sealed entries of each workspace, in order, kept for a time.
//!
//! `payload/<workspace or installation>/<first entry>.payload`, one frame for each entry. A file is closed
//! after half a mebibyte or seven days, so that reading loads little and dropping is removing whole files.

mod file;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keys::KeyId;
use parking_lot::{Mutex, RwLock};
use stdx::files;

use crate::disk::{self, Appending};
use crate::error::LedgerError;
use crate::frame::{FRAME_BYTES, HEADER_BYTES, Header, Kind, Take, frame_follows};
use crate::pending::Waiting;
use crate::secrets::{Place, Stream};

use file::write_entry;
pub(crate) use file::{Loaded, scan};

const FILE_BYTES_MAX: u64 = 512 * 1024;
const FILE_AGE_MAX_MS: i64 = 7 * 24 * 3_600 * 1_000;
pub(crate) const EXTENSION: &str = "payload";

/// The payload files of all streams.
pub(crate) struct Payloads {
    root: PathBuf,
    key: KeyId,
    /// Held by whoever changes files: the keeper, or a drop.
    changing: Mutex<()>,
    streams: RwLock<BTreeMap<Stream, StreamFiles>>,
}

/// The files of one stream; the last is the one that grows.
#[derive(Clone, Default)]
pub(crate) struct StreamFiles {
    pub firsts: Vec<u64>,
    /// The good length of the last file; the keeper may be writing behind it.
    pub bytes: u64,
    /// When the last file's first entry was made.
    first_at_ms: i64,
    /// The last entry of all.
    last: Option<Place>,
}

impl Payloads {
    /// Takes stock of the files of a log whose checkpoint covers `size` entries and which goes up to `end`.
    /// What lies at or behind `size` is cut: the pending files hold it and it is written again.
    pub fn recover(root: &Path, key: KeyId, size: u64, end: u64) -> Result<Self, LedgerError> {
        let mut streams = BTreeMap::new();
        for name in disk::names(root, &root.join("payload"))? {
            let Some(stream) = Stream::from_folder(&name) else { continue };
            streams.insert(stream, recover_stream(root, key, stream, size, end)?);
        }
        Ok(Self { root: root.to_owned(), key, changing: Mutex::new(()), streams: RwLock::new(streams) })
    }

    /// Writes entries to their streams' files; they are durable when it returns.
    pub fn append(&self, entries: &[Arc<Waiting>]) -> Result<(), LedgerError> {
        let _changing = self.changing.lock();
        let mut by_stream: BTreeMap<Stream, Vec<&Waiting>> = BTreeMap::new();
        for entry in entries {
            by_stream.entry(entry.place.stream).or_default().push(entry);
        }
        for (stream, entries) in by_stream {
            let known = self.streams.read().get(&stream).cloned().unwrap_or_default();
            let files = self.append_stream(stream, known, &entries)?;
            self.streams.write().insert(stream, files);
        }
        Ok(())
    }

    fn append_stream(
        &self,
        stream: Stream,
        mut known: StreamFiles,
        entries: &[&Waiting],
    ) -> Result<StreamFiles, LedgerError> {
        // After a full disk the same entries come again; what of them is there already stays.
        let written = known.last.map_or(0, |last| last.index + 1);
        let mut rest = entries.iter().skip_while(|entry| entry.place.index < written).peekable();
        while let Some(first) = rest.peek() {
            let mut file = match known.firsts.last() {
                Some(number) if !known.is_full(first.place.at_ms) => {
                    Appending::open(&self.root, path(&self.root, stream, *number), known.bytes)?
                }
                _ => self.begin(stream, first.place, &mut known)?,
            };
            let mut frames = Vec::new();
            while let Some(entry) = rest.next_if(|entry| {
                file.bytes() + frames.len() as u64 <= FILE_BYTES_MAX
                    && entry.place.at_ms.saturating_sub(known.first_at_ms) <= FILE_AGE_MAX_MS
            }) {
                write_entry(&mut frames, entry);
                known.last = Some(entry.place);
            }
            file.append(&frames)?;
            known.bytes = file.bytes();
        }
        Ok(known)
    }

    fn begin(&self, stream: Stream, first: Place, known: &mut StreamFiles) -> Result<Appending, LedgerError> {
        let path = path(&self.root, stream, first.index);
        let folder = path.parent().unwrap_or(&self.root);
        if !folder.exists() {
            let made = files::private_dir(folder).and_then(|()| files::sync_parent(folder));
            made.map_err(|e| LedgerError::io("make", &self.root, folder, e))?;
        }
        let header = Header { kind: Kind::Payload, key: self.key, stream, first: first.index };
        let file = Appending::create(&self.root, path, &header.bytes())?;
        known.firsts.push(first.index);
        known.bytes = file.bytes();
        known.first_at_ms = first.at_ms;
        Ok(file)
    }

    /// The files of one stream.
    pub fn files_of(&self, stream: Stream) -> Option<StreamFiles> {
        self.streams.read().get(&stream).cloned()
    }

    /// Which of the stream's files is the first that begins at or after `at_ms`; as many as there are where none does. Reads
    /// the beginnings of a few files.
    pub fn first_from(&self, stream: Stream, files: &StreamFiles, at_ms: i64) -> Result<usize, LedgerError> {
        let (mut low, mut high) = (0, files.firsts.len());
        while low < high {
            let middle = low.midpoint(high);
            let Some(first) = files.firsts.get(middle) else { break };
            let path = path(&self.root, stream, *first);
            match disk::read_beginning::<{ file::BEGINNING_BYTES }>(&self.root, &path)? {
                Some(bytes) if file::began_ms(&bytes).is_some_and(|began| began >= at_ms) => high = middle,
                // A file that was dropped meanwhile, or has no entry yet, is older or to be looked into.
                _ => low = middle + 1,
            }
        }
        Ok(low)
    }

    /// When the last entry of all was made, as far as it is still kept.
    pub fn last_ms(&self) -> Option<i64> {
        self.streams.read().values().filter_map(|files| Some(files.last?.at_ms)).max()
    }

    /// All streams that have files.
    pub fn streams(&self) -> Vec<Stream> {
        self.streams.read().keys().copied().collect()
    }

    /// One file's entries, oldest first. `good_bytes` is the known length of a file that is growing.
    pub fn load(&self, stream: Stream, first: u64, good_bytes: Option<u64>) -> Result<Loaded, LedgerError> {
        let path = path(&self.root, stream, first);
        let Some(mut bytes) = disk::read(&self.root, &path)? else {
            // Whoever reads may have looked at the list before the file was dropped.
            let is_listed = self.files_of(stream).is_some_and(|files| files.firsts.contains(&first));
            return if is_listed {
                Err(LedgerError::damaged(&self.root, &path, 0, "it is missing"))
            } else {
                Ok(Loaded::empty())
            };
        };
        if let Some(good) = good_bytes {
            bytes.truncate(usize::try_from(good).unwrap_or(usize::MAX));
        }
        Loaded::parse(bytes, self.key, stream, first)
            .map_err(|(position, what)| LedgerError::damaged(&self.root, &path, position, what))
    }

    /// The files that hold nothing made at or after `before_ms`, oldest first, with their last entries.
    pub fn droppable(&self, before_ms: i64) -> Result<Vec<Droppable>, LedgerError> {
        let mut droppable = Vec::new();
        for stream in self.streams() {
            let Some(files) = self.files_of(stream) else { continue };
            for first in &files.firsts {
                let growing = files.firsts.last() == Some(first);
                let loaded = self.load(stream, *first, growing.then_some(files.bytes))?;
                match loaded.places.last() {
                    Some((last, _)) if last.at_ms < before_ms => {
                        droppable.push(Droppable { stream, first: *first, last: last.index });
                    }
                    _ => break,
                }
            }
        }
        Ok(droppable)
    }

    /// Removes a file, unless it has grown since it was found to be droppable.
    pub fn drop_file(&self, file: &Droppable) -> Result<bool, LedgerError> {
        let _changing = self.changing.lock();
        let mut streams = self.streams.write();
        let Some(files) = streams.get_mut(&file.stream) else { return Ok(false) };
        let is_last = files.firsts.last() == Some(&file.first);
        if files.firsts.first() != Some(&file.first)
            || (is_last && files.last.map(|p| p.index) != Some(file.last))
        {
            return Ok(false);
        }
        files.firsts.remove(0);
        if files.firsts.is_empty() {
            files.bytes = 0;
        }
        disk::remove(&self.root, &path(&self.root, file.stream, file.first))?;
        Ok(true)
    }
}

/// A payload file that may go.
pub(crate) struct Droppable {
    pub stream: Stream,
    pub first: u64,
    pub last: u64,
}

impl StreamFiles {
    fn is_full(&self, at_ms: i64) -> bool {
        self.bytes > FILE_BYTES_MAX || at_ms.saturating_sub(self.first_at_ms) > FILE_AGE_MAX_MS
    }
}

/// Where a payload file lies.
pub(crate) fn path(root: &Path, stream: Stream, first: u64) -> PathBuf {
    folder(root, stream).join(disk::numbered_name(first, EXTENSION))
}

/// Where a stream's payload files lie.
pub(crate) fn folder(root: &Path, stream: Stream) -> PathBuf {
    root.join("payload").join(stream.folder())
}

fn recover_stream(
    root: &Path,
    key: KeyId,
    stream: Stream,
    size: u64,
    end: u64,
) -> Result<StreamFiles, LedgerError> {
    let mut firsts = disk::numbered(root, &folder(root, stream), EXTENSION)?;
    while let Some(first) = firsts.last().copied() {
        let path = path(root, stream, first);
        if first >= end {
            return Err(LedgerError::damaged(root, &path, 0, "it begins beyond the end of the log"));
        }
        if first >= size {
            disk::remove(root, &path)?;
            firsts.pop();
            continue;
        }
        return recover_last(root, key, stream, firsts, size..end);
    }
    Ok(StreamFiles::default())
}

/// Cuts the stream's last file down to what the checkpoint covers.
fn recover_last(
    root: &Path,
    key: KeyId,
    stream: Stream,
    firsts: Vec<u64>,
    waiting: std::ops::Range<u64>,
) -> Result<StreamFiles, LedgerError> {
    let Some(first) = firsts.last().copied() else { return Ok(StreamFiles::default()) };
    let path = path(root, stream, first);
    let damaged = |position, what| LedgerError::damaged(root, &path, position, what);
    let bytes = fs::read(&path).map_err(|e| LedgerError::io("read", root, &path, e))?;
    let (places, stop) = scan(&bytes, key, stream, first).map_err(|(at, what)| damaged(at, what))?;
    if let Some((position, what)) = stop {
        let mut index = Take(bytes.get(position + FRAME_BYTES..).unwrap_or_default());
        let is_covered = index.u64().is_some_and(|index| index < waiting.start);
        if is_covered || frame_follows(&bytes, position) {
            return Err(damaged(position as u64, what));
        }
    }
    if places.last().is_some_and(|(last, _)| last.index >= waiting.end) {
        return Err(damaged(0, "it holds entries beyond the end of the log"));
    }
    let kept = places.iter().take_while(|(place, _)| place.index < waiting.start);
    let last = kept.last().cloned();
    let good = last.as_ref().map_or(HEADER_BYTES, |(_, range)| range.end) as u64;
    let _cut = Appending::open(root, path, good)?;
    Ok(StreamFiles {
        firsts,
        bytes: good,
        first_at_ms: places.first().map_or(0, |(place, _)| place.at_ms),
        last: last.map(|(place, _)| place),
    })
}
