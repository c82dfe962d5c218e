//! One file of a workspace's quarantine: read whole at the start, appended to, written anew without some of its events.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use keys::Seal;
use model::WorkspaceId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::format::{Damage, Frame, HEADER_BYTES, Header, Item, Kind};
use super::{QuarantineError, disk};

/// About how many bytes of events go into one frame when a file is written anew.
const FRAME_BYTES: usize = 1 << 20;

/// A file, and how far it is written.
pub(super) struct Store {
    pub path: PathBuf,
    header: Header,
    pub length: u64,
}

/// The frames of a file by their places, with the events in each.
pub(super) type Frames = Vec<(u64, Vec<Item>)>;

/// Where an event lies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Place {
    pub file: u64,
    pub frame: u64,
}

impl Store {
    /// Makes an empty file, whole or not at all.
    pub fn create(path: PathBuf, workspace: WorkspaceId, seal: &Seal) -> Result<Self, QuarantineError> {
        let header = Header::new(Kind::Items, workspace);
        stdx::files::replace(&path, &header.encode(seal)).map_err(disk("write", &path))?;
        Ok(Self { path, header, length: HEADER_BYTES as u64 })
    }

    /// Reads a file; an end that was never written whole is cut off.
    pub fn open(
        path: PathBuf,
        workspace: WorkspaceId,
        seal: &Seal,
    ) -> Result<(Self, Frames), QuarantineError> {
        let bytes = std::fs::read(&path).map_err(disk("read", &path))?;
        let damaged = |damage: Damage| QuarantineError::Damaged {
            path: path.clone(),
            position: damage.position,
            what: damage.what,
        };
        let header = Header::decode(&bytes, seal, workspace).map_err(damaged)?;
        let mut frames = Vec::new();
        let mut at = HEADER_BYTES;
        while at < bytes.len() {
            match header.read(&bytes, at) {
                Ok(frame) => {
                    let items = decoded(&frame).ok_or(damaged(Damage { position: at, what: NOT_EVENTS }))?;
                    at = usize::try_from(frame.end).unwrap_or(usize::MAX);
                    frames.push((frame.position, items));
                }
                Err(damage) if header.goes_on(&bytes, at) => return Err(damaged(damage)),
                Err(_) => {
                    tracing::warn!(file = %path.display(), position = at, "cut off what was never acknowledged");
                    let file = OpenOptions::new().write(true).open(&path).map_err(disk("open", &path))?;
                    file.set_len(at as u64).and_then(|()| file.sync_all()).map_err(disk("cut", &path))?;
                    break;
                }
            }
        }
        Ok((Self { path, header, length: at as u64 }, frames))
    }

    /// Appends one frame and syncs it; gives its place. A failed write is cut off again; a failed sync is told apart.
    pub fn append(&mut self, items: &[Item]) -> Result<u64, QuarantineError> {
        let position = self.length;
        let frame = self.header.frame(position, count(items), &encoded(items));
        let mut file = OpenOptions::new().write(true).open(&self.path).map_err(disk("open", &self.path))?;
        let written = file.seek(SeekFrom::Start(position)).and_then(|_| file.write_all(&frame));
        if let Err(error) = written {
            file.set_len(position).map_err(disk("cut", &self.path))?;
            return Err(disk("write", &self.path)(error));
        }
        file.sync_data().map_err(|error| {
            tracing::error!(%error, file = %self.path.display(), "a sync failed");
            QuarantineError::Stopped
        })?;
        self.length = position + frame.len() as u64;
        Ok(position)
    }

    /// The events of one frame.
    pub fn read(&self, position: u64) -> Result<Vec<Item>, QuarantineError> {
        let bytes = std::fs::read(&self.path).map_err(disk("read", &self.path))?;
        let at = usize::try_from(position).unwrap_or(usize::MAX);
        let damaged = |damage: Damage| QuarantineError::Damaged {
            path: self.path.clone(),
            position: damage.position,
            what: damage.what,
        };
        let frame = self.header.read(&bytes, at).map_err(damaged)?;
        decoded(&frame).ok_or(damaged(Damage { position: at, what: NOT_EVENTS }))
    }

    /// Writes the file anew with these events, under a new key; gives each one's frame.
    pub fn rewrite(
        &mut self,
        items: &[Item],
        workspace: WorkspaceId,
        seal: &Seal,
    ) -> Result<Vec<u64>, QuarantineError> {
        let header = Header::new(Kind::Items, workspace);
        let mut bytes = header.encode(seal);
        let mut frames = Vec::with_capacity(items.len());
        let mut rest = items;
        while !rest.is_empty() {
            let mut size = 0;
            let fit = rest.iter().take_while(|item| {
                let fits = size == 0 || size < FRAME_BYTES;
                size += bytes_of(item);
                fits
            });
            let (now, later) = rest.split_at(fit.count().max(1));
            let position = bytes.len() as u64;
            bytes.extend_from_slice(&header.frame(position, count(now), &encoded(now)));
            frames.extend(now.iter().map(|_| position));
            rest = later;
        }
        stdx::files::replace(&self.path, &bytes).map_err(disk("write", &self.path))?;
        (self.header, self.length) = (header, bytes.len() as u64);
        Ok(frames)
    }

    /// Whether it is sealed under an older key of the workspace.
    pub fn is_behind(&self, seal: &Seal) -> Result<bool, QuarantineError> {
        is_behind(&self.path, seal)
    }

    /// Removes the file.
    pub fn delete(&self) -> Result<(), QuarantineError> {
        remove(&self.path)
    }
}

/// About how many bytes an event takes.
pub(super) fn bytes_of(item: &Item) -> usize {
    let record = &item.record;
    let sealed: usize = record.sealed.iter().map(|value| value.value.len() + value.name.len()).sum();
    record.properties.len() + record.traits.len() + record.context.len() + sealed + 512
}

/// Writes the note of a release.
pub(super) fn write_releasing(
    path: &Path,
    numbers: &[u64],
    workspace: WorkspaceId,
    seal: &Seal,
) -> Result<(), QuarantineError> {
    let header = Header::new(Kind::Releasing, workspace);
    let mut bytes = header.encode(seal);
    let frame = header.frame(bytes.len() as u64, count(numbers), &encoded(numbers));
    bytes.extend_from_slice(&frame);
    stdx::files::replace(path, &bytes).map_err(disk("write", path))
}

/// The note of a release, where there is one.
pub(super) fn read_releasing(
    path: &Path,
    workspace: WorkspaceId,
    seal: &Seal,
) -> Result<Option<Vec<u64>>, QuarantineError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(disk("read", path)(error)),
    };
    let damaged = |damage: Damage| QuarantineError::Damaged {
        path: path.to_owned(),
        position: damage.position,
        what: damage.what,
    };
    let header = Header::decode(&bytes, seal, workspace).map_err(damaged)?;
    let frame = header.read(&bytes, HEADER_BYTES).map_err(damaged)?;
    let wrong = Damage { position: HEADER_BYTES, what: "it does not hold numbers" };
    let numbers = (header.kind == Kind::Releasing).then(|| decoded(&frame)).flatten();
    numbers.ok_or(damaged(wrong)).map(Some)
}

/// Whether the file is there and sealed under an older key of the workspace.
pub(super) fn is_behind(path: &Path, seal: &Seal) -> Result<bool, QuarantineError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Header::is_behind(&bytes, seal)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(disk("read", path)(error)),
    }
}

/// Removes a file durably; one that is gone already is fine.
pub(super) fn remove(path: &Path) -> Result<(), QuarantineError> {
    match std::fs::remove_file(path) {
        Ok(()) => stdx::files::sync_parent(path).map_err(disk("sync", path)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(disk("remove", path)(error)),
    }
}

const NOT_EVENTS: &str = "a frame does not hold events";

fn count<T>(things: &[T]) -> u32 {
    u32::try_from(things.len()).unwrap_or(u32::MAX)
}

fn encoded<T: Serialize>(things: &[T]) -> Vec<u8> {
    // Postcard fails on no type of ours; a frame of nothing would be told as damage by its reader.
    postcard::to_stdvec(things).unwrap_or_default()
}

fn decoded<T: DeserializeOwned>(frame: &Frame) -> Option<Vec<T>> {
    postcard::from_bytes(&frame.plain).ok()
}

/// Makes the folder's file names: 20 digits.
pub(super) fn file_name(number: u64) -> String {
    format!("{number:020}.hfq")
}

/// The number in a file's name.
pub(super) fn file_number(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?.strip_suffix(".hfq")?;
    (name.len() == 20).then(|| name.parse().ok()).flatten()
}
