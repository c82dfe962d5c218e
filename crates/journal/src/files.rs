//! The journal's files in order, each with its index.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::OnceLock;

use parking_lot::{Mutex, MutexGuard, RwLock};

use crate::error::JournalError;
use crate::format::{FILE_HEADER_BYTES, FileHeader, FileId, FrameHeader, KeyFrame};
use crate::index::Index;
use crate::walk::{Step, Walk};

/// One file. All but the last never change any more.
pub(crate) struct LogFile {
    pub(crate) path: PathBuf,
    pub(crate) header: FileHeader,
    /// The number of the next file's first record, once there is a next file.
    end: OnceLock<u64>,
    /// Made at the first reading; the writer keeps that of the last file up to date.
    index: Mutex<Option<Index>>,
}

impl LogFile {
    pub(crate) fn new(path: PathBuf, header: FileHeader, index: Option<Index>) -> Self {
        Self { path, header, end: OnceLock::new(), index: Mutex::new(index) }
    }

    /// The file of that name, if its header is right.
    pub(crate) fn open(path: PathBuf) -> Result<Self, JournalError> {
        let header = read_header(&path)?;
        if path.file_name() != Some(file_name(header.first).as_ref()) {
            return Err(JournalError::damaged(
                &path,
                0,
                "the header names another first record than the file's name",
            ));
        }
        Ok(Self::new(path, header, None))
    }

    pub(crate) fn id(&self) -> FileId {
        self.header.id
    }

    /// Says that the next file begins with record `end`.
    pub(crate) fn seal(&self, end: u64) {
        self.end.get_or_init(|| end);
    }

    /// The writer's note of a frame that is durable.
    pub(crate) fn enter(&self, position: u64, header: &FrameHeader, key: Option<KeyFrame>) {
        if let Some(index) = self.index.lock().as_mut() {
            index.enter(position, header, key);
        }
    }

    /// The index, made now if need be. `file` is this file, opened.
    pub(crate) fn with_index<T>(
        &self,
        file: &File,
        use_it: impl FnOnce(&Index) -> T,
    ) -> Result<T, JournalError> {
        let mut index = self.index.lock();
        Ok(use_it(self.index_or_scan(&mut index, file)?))
    }

    fn index_or_scan<'i>(
        &self,
        index: &'i mut MutexGuard<'_, Option<Index>>,
        file: &File,
    ) -> Result<&'i Index, JournalError> {
        if index.is_none() {
            let length = file.metadata().map_err(JournalError::io(&self.path))?.len();
            let (scanned, bad) = scan(self, file, length)?;
            if let Some(what) = bad {
                return Err(JournalError::damaged(&self.path, scanned.length, what));
            }
            if self.end.get().is_some_and(|end| *end != scanned.end) {
                let what = "records are missing between this file and the next";
                return Err(JournalError::damaged(&self.path, scanned.length, what));
            }
            **index = Some(scanned);
        }
        index.as_ref().ok_or_else(|| JournalError::damaged(&self.path, 0, "no index"))
    }
}

/// Reads all frames up to `length`. The index holds those that are right; the text says what is wrong
/// behind them, if anything is.
pub(crate) fn scan(
    log: &LogFile,
    file: &File,
    length: u64,
) -> Result<(Index, Option<&'static str>), JournalError> {
    let mut index = Index::new(log.header.first);
    let mut walk = Walk::new(file, log.id(), index.length, index.end, length);
    loop {
        match walk.step().map_err(JournalError::io(&log.path))? {
            Step::Frame { position, header, body } => {
                let key = if header.is_key() { KeyFrame::decode(body) } else { None };
                if header.is_key() && key.is_none() {
                    return Ok((index, Some("a key frame of another length")));
                }
                index.enter(position, &header, key);
            }
            Step::End => return Ok((index, None)),
            Step::Bad { what, .. } => return Ok((index, Some(what))),
        }
    }
}

fn read_header(path: &Path) -> Result<FileHeader, JournalError> {
    let file = File::open(path).map_err(JournalError::io(path))?;
    let mut bytes = [0; FILE_HEADER_BYTES];
    match file.read_exact_at(&mut bytes, 0) {
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => Err(JournalError::io(path)(error)),
        _ => FileHeader::decode(&bytes)
            .ok_or_else(|| JournalError::damaged(path, 0, "no journal header of a version that is known")),
    }
}

/// The files in order; at least one. Cheap to copy out, replaced as a whole.
pub(crate) struct Files(RwLock<Vec<Arc<LogFile>>>);

impl Files {
    pub(crate) fn new(files: Vec<Arc<LogFile>>) -> Self {
        Self(RwLock::new(files))
    }

    /// The file in which the record `offset` stands or will stand; `None` when it is gone.
    pub(crate) fn of(&self, offset: u64) -> Option<Arc<LogFile>> {
        let files = self.0.read();
        let behind = files.partition_point(|file| file.header.first <= offset);
        files.get(behind.checked_sub(1)?).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<LogFile>> {
        self.0.read().clone()
    }

    /// The number of the first record that is kept.
    pub(crate) fn begin(&self) -> u64 {
        self.0.read().first().map_or(0, |file| file.header.first)
    }

    pub(crate) fn push(&self, file: Arc<LogFile>) {
        let mut files = self.0.write();
        if let Some(last) = files.last() {
            last.seal(file.header.first);
        }
        files.push(file);
    }

    /// Removes the first file, if it still is `file`, from disk and list in one step: whoever finds it
    /// gone from disk finds it gone from the list too.
    pub(crate) fn remove_first(&self, file: &Arc<LogFile>) -> io::Result<Option<u64>> {
        let mut files = self.0.write();
        if files.len() < 2 || !files.first().is_some_and(|first| Arc::ptr_eq(first, file)) {
            return Ok(None);
        }
        let bytes = fs::metadata(&file.path)?.len();
        fs::remove_file(&file.path)?;
        files.remove(0);
        Ok(Some(bytes))
    }

    /// Puts `fresh` in the place of `old` on disk (by `rename`) and in the list in one step; `false` when `old` is
    /// gone from the list.
    pub(crate) fn swap(
        &self,
        old: &Arc<LogFile>,
        fresh: Arc<LogFile>,
        rename: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<bool> {
        let mut files = self.0.write();
        let Some(place) = files.iter_mut().find(|file| Arc::ptr_eq(file, old)) else { return Ok(false) };
        rename()?;
        *place = fresh;
        Ok(true)
    }
}

pub(crate) fn file_name(first: u64) -> String {
    format!("{first:020}.log")
}
