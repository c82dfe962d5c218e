//! Taking something out of files that are otherwise never changed: a file that holds an affected record is
//! written anew beside its place, with another id and other keys, the same offsets and the same number of records,
//! and takes the old one's name. Then the old file's keys are overwritten, so that what is left of it on the disk
//! cannot be opened.
//!
//! Only closed files are rewritten; [`Shared::close_before`] closes the open one first. Readers hold on to the old
//! file while they read and look again when it was replaced under them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use keys::Key;
use model::{Entry, Offset, Stored, WorkspaceId};

use crate::error::JournalError;
use crate::files::LogFile;
use crate::format::{FILE_HEADER_BYTES, FRAME_BYTES_MAX, FRAME_HEADER_BYTES};
use crate::format::{FileHeader, FileId, FrameHeader, KeyFrame, Synced, record_aad};
use crate::index::Index;
use crate::read::decode;
use crate::recover::read_mark;
use crate::shared::{Shared, State};
use crate::walk::{Step, Walk};

/// How the name of a replaced file ends until its keys are destroyed.
pub(crate) const REPLACED: &str = "replaced";
/// How often a new file is asked for before the disk counts as full.
const ROTATIONS_MAX: u32 = 20;
/// How long one asking may take.
const ROTATION_WAIT: Duration = Duration::from_secs(1);

/// A closed file as it stands now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileMark {
    /// Another one after every rewriting.
    pub id: [u8; 16],
    /// The number of its first record.
    pub first: Offset,
    /// The number behind its last record.
    pub end: Offset,
}

/// What a rewriting did to one file.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Rewritten {
    /// Records that are another or gone.
    pub changed: u64,
    /// Records of the file.
    pub records: u64,
}

/// Says what becomes of a record: `None` leaves it as it is.
pub type Change<'a> = dyn FnMut(&Entry) -> Option<Stored> + 'a;

impl Shared {
    /// Waits until every record before `end` stands in a closed file, and the closed files in order.
    pub(crate) fn close_before(&self, end: Offset) -> Result<Vec<FileMark>, JournalError> {
        let end = end.min(self.end());
        let is_closed = || self.files.all().last().is_some_and(|open| open.header.first >= end.0);
        for _ in 0..ROTATIONS_MAX {
            if is_closed() {
                self.settle_mark(end)?;
                return Ok(self.closed());
            }
            if *self.state.borrow() != State::Running {
                return Err(JournalError::NotRunning);
            }
            self.queue.want_rotation();
            self.wait_until(is_closed, ROTATION_WAIT);
        }
        Err(JournalError::NotClosed { dir: self.dir.clone() })
    }

    fn closed(&self) -> Vec<FileMark> {
        let files = self.files.all();
        let mark = |(file, next): (&Arc<LogFile>, &Arc<LogFile>)| FileMark {
            id: file.id().0,
            first: Offset(file.header.first),
            end: Offset(next.header.first),
        };
        files.iter().zip(files.iter().skip(1)).map(mark).collect()
    }

    /// The synced mark must never name a file that is replaced, or its records would count as lost after a power
    /// cut: it is made durable once it names a file behind them.
    fn settle_mark(&self, end: Offset) -> Result<(), JournalError> {
        let path = self.dir.join(crate::recover::MARK_NAME);
        if let Some(Synced { first, .. }) = read_mark(&path)?
            && first < end.0
        {
            return Err(JournalError::NotClosed { dir: self.dir.clone() });
        }
        match File::open(&path).and_then(|file| file.sync_all()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(JournalError::io(&path)(error)),
            _ => Ok(()),
        }
    }

    /// Asks `change` about every record of `workspace` in a closed file and changes nothing.
    pub(crate) fn survey(
        &self,
        first: Offset,
        workspace: WorkspaceId,
        change: &mut Change<'_>,
    ) -> Result<Rewritten, JournalError> {
        let Some(log) = self.closed_file(first) else { return Ok(Rewritten::default()) };
        let file = File::open(&log.path).map_err(JournalError::io(&log.path))?;
        let (length, records) =
            log.with_index(&file, |index| (index.length, index.end - log.header.first))?;
        let mut changed = 0;
        let source = Source { shared: self, log: &log, file: &file, length };
        source.each(workspace, &mut |entry| {
            changed += u64::from(change(entry).is_some());
            true
        })?;
        Ok(Rewritten { changed, records })
    }

    /// Rewrites the closed file that begins at `first` if `change` changes any record of `workspace` in it.
    pub(crate) fn rewrite(
        &self,
        first: Offset,
        workspace: WorkspaceId,
        change: &mut Change<'_>,
    ) -> Result<Rewritten, JournalError> {
        let Some(log) = self.closed_file(first) else { return Ok(Rewritten::default()) };
        let path = &log.path;
        let old = OpenOptions::new().read(true).write(true).open(path).map_err(JournalError::io(path))?;
        // Readers that hold the old file need its index after its keys are overwritten.
        let (length, records) = log.with_index(&old, |index| (index.length, index.end - log.header.first))?;
        let source = Source { shared: self, log: &log, file: &old, length };
        if source.has_any(workspace, change)? {
            return source.replace(&old, workspace, change);
        }
        Ok(Rewritten { changed: 0, records })
    }

    /// Waits until nothing more is written under an older key of `workspace`, and says which closed files hold a key that is
    /// wrapped under one.
    pub(crate) fn behind(&self, workspace: WorkspaceId) -> Result<Vec<FileMark>, JournalError> {
        // What the writer had in hand when the key was replaced is written when it takes this.
        self.queue.want_rotation();
        for _ in 0..ROTATIONS_MAX {
            if !self.queue.is_rotation_wanted() {
                break;
            }
            self.wait_until(|| !self.queue.is_rotation_wanted(), ROTATION_WAIT);
        }
        if self.queue.is_rotation_wanted() {
            return Err(JournalError::NotClosed { dir: self.dir.clone() });
        }
        let Some(keys) = self.keys.get(workspace) else { return Ok(Vec::new()) };
        let present = keys.seal.id();
        let mut behind = Vec::new();
        for mark in self.close_before(self.end())? {
            let Some(log) = self.closed_file(mark.first) else { continue };
            let file = File::open(&log.path).map_err(JournalError::io(&log.path))?;
            if log.with_index(&file, |index| index.has_key_behind(workspace, present))? {
                behind.push(mark);
            }
        }
        Ok(behind)
    }

    /// Writes the closed file that begins at `first` anew, with the same records under keys of now.
    pub(crate) fn renew(&self, first: Offset, workspace: WorkspaceId) -> Result<Rewritten, JournalError> {
        let Some(log) = self.closed_file(first) else { return Ok(Rewritten::default()) };
        let path = &log.path;
        let old = OpenOptions::new().read(true).write(true).open(path).map_err(JournalError::io(path))?;
        let length = log.with_index(&old, |index| index.length)?;
        Source { shared: self, log: &log, file: &old, length }.replace(&old, workspace, &mut |_| None)
    }

    fn closed_file(&self, first: Offset) -> Option<Arc<LogFile>> {
        let files = self.files.all();
        let (_, closed) = files.split_last()?;
        closed.iter().find(|file| file.header.first == first.0).cloned()
    }
}

impl Source<'_> {
    /// Writes the file anew, has the new one take its place, and destroys the old one's keys.
    fn replace(
        &self,
        old: &File,
        workspace: WorkspaceId,
        change: &mut Change<'_>,
    ) -> Result<Rewritten, JournalError> {
        let path = &self.log.path;
        let records = self.log.with_index(old, |index| index.end - self.log.header.first)?;
        let partial = path.with_extension("partial");
        let made = self.write_anew(&partial, workspace, change)?;
        let (header, index) = (made.header, made.index);
        let fresh = Arc::new(LogFile::new(path.clone(), header, Some(index)));
        fresh.seal(self.log.header.first + records);
        // A name for the old file until its keys are gone, should the process end in between.
        let left = path.with_extension(REPLACED);
        fs::hard_link(path, &left).map_err(JournalError::io(&left))?;
        let swapped = self.shared.files.swap(self.log, fresh, || fs::rename(&partial, path));
        if !swapped.map_err(JournalError::io(path))? {
            // Retention has taken the file meanwhile.
            for path in [&partial, &left] {
                fs::remove_file(path).map_err(JournalError::io(path))?;
            }
            return Ok(Rewritten::default());
        }
        stdx::files::sync_parent(path).map_err(JournalError::io(path))?;
        destroy_keys(old, &made.old_keys).map_err(JournalError::io(path))?;
        fs::remove_file(&left).map_err(JournalError::io(&left))?;
        Ok(Rewritten { changed: made.changed, records })
    }
}

/// The file that is rewritten.
struct Source<'a> {
    shared: &'a Shared,
    log: &'a Arc<LogFile>,
    file: &'a File,
    length: u64,
}

/// The file that takes its place.
struct Made {
    header: FileHeader,
    index: Index,
    changed: u64,
    /// Where the bodies of the old file's key frames lie.
    old_keys: Vec<(u64, usize)>,
}

impl Source<'_> {
    fn walk(&self) -> Walk<'_> {
        Walk::new(self.file, self.log.id(), FILE_HEADER_BYTES as u64, self.log.header.first, self.length)
    }

    fn has_any(&self, workspace: WorkspaceId, change: &mut Change<'_>) -> Result<bool, JournalError> {
        let mut found = false;
        self.each(workspace, &mut |entry| {
            found = change(entry).is_some();
            !found
        })?;
        Ok(found)
    }

    /// Shows every record of a workspace until `look` has seen enough.
    fn each(&self, workspace: WorkspaceId, look: &mut dyn FnMut(&Entry) -> bool) -> Result<(), JournalError> {
        let mut walk = self.walk();
        loop {
            match walk.step().map_err(JournalError::io(&self.log.path))? {
                Step::Frame { header, .. } if header.is_key() => {}
                Step::Frame { position, header, body } => {
                    let Some(records) = self.records(workspace, position, &header, body)? else { continue };
                    for (offset, record) in (header.first..).map(Offset).zip(records) {
                        if !look(&Entry { offset, record }) {
                            return Ok(());
                        }
                    }
                }
                Step::End => return Ok(()),
                Step::Bad { position, what } => {
                    return Err(JournalError::damaged(&self.log.path, position, what));
                }
            }
        }
    }

    /// The records of a frame; `None` where they are another workspace's.
    fn records(
        &self,
        workspace: WorkspaceId,
        position: u64,
        header: &FrameHeader,
        body: &[u8],
    ) -> Result<Option<Vec<Stored>>, JournalError> {
        let owner = self.log.with_index(self.file, |index| index.key(header.slot))?;
        if owner.is_none_or(|key| key.workspace != workspace) {
            return Ok(None);
        }
        let key = self.shared.opened.get(self.log, self.file, (header.slot, position), &self.shared.keys)?;
        decode(self.log, position, header, body, &key).map(Some)
    }

    fn write_anew(
        &self,
        partial: &Path,
        workspace: WorkspaceId,
        change: &mut Change<'_>,
    ) -> Result<Made, JournalError> {
        let failed = || JournalError::io(partial);
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(true).mode(0o600);
        let file = options.open(partial).map_err(failed())?;
        let header = FileHeader { id: FileId(stdx::random_array()), ..self.log.header };
        let mut target = Target {
            path: partial.to_owned(),
            out: BufWriter::with_capacity(1 << 20, file),
            id: header.id,
            position: FILE_HEADER_BYTES as u64,
            index: Index::new(header.first),
            keys: std::collections::HashMap::new(),
        };
        target.out.write_all(&header.encode()).map_err(failed())?;
        let (mut changed, mut old_keys) = (0, Vec::new());
        let mut walk = self.walk();
        loop {
            match walk.step().map_err(JournalError::io(&self.log.path))? {
                Step::Frame { position, header, body } if header.is_key() => {
                    old_keys.push((position + FRAME_HEADER_BYTES as u64, body.len()));
                    target.key(&header, body, &self.shared.keys)?;
                }
                Step::Frame { position, header, body } => {
                    let body = match self.records(workspace, position, &header, body)? {
                        Some(records) => {
                            let (records, count) = changed_records(header.first, records, change);
                            changed += count;
                            postcard::to_stdvec(&records)
                                .map_err(|_| JournalError::damaged(partial, target.position, "records"))?
                        }
                        None => match self.plain(position, &header, body)? {
                            Some(plain) => plain,
                            // A workspace without keys: nobody can open it, before or after.
                            None => {
                                target.put(&header, body, None)?;
                                continue;
                            }
                        },
                    };
                    target.records(&header, &body)?;
                }
                Step::End => break,
                Step::Bad { position, what } => {
                    return Err(JournalError::damaged(&self.log.path, position, what));
                }
            }
        }
        let file = target.out.into_inner().map_err(|error| failed()(error.into_error()))?;
        file.sync_all().map_err(failed())?;
        Ok(Made { header, index: target.index, changed, old_keys })
    }

    /// A frame of another workspace, opened; `None` when its keys are gone.
    fn plain(
        &self,
        position: u64,
        header: &FrameHeader,
        body: &[u8],
    ) -> Result<Option<Vec<u8>>, JournalError> {
        let key = self.shared.opened.get(self.log, self.file, (header.slot, position), &self.shared.keys);
        let key = match key {
            Err(JournalError::NoKeys { .. }) => return Ok(None),
            key => key?,
        };
        let aad = record_aad(self.log.id(), header.slot, header.count);
        let opened = key.open(&aad, body).map_err(|source| JournalError::Sealed {
            path: self.log.path.clone(),
            position,
            source,
        })?;
        Ok(Some(opened))
    }
}

/// The file that is being written.
struct Target {
    path: PathBuf,
    out: BufWriter<File>,
    id: FileId,
    position: u64,
    index: Index,
    /// The new keys, by slot.
    keys: std::collections::HashMap<u32, Key>,
}

impl Target {
    /// The slot's key frame with a new key; as it was where the workspace's keys are gone.
    fn key(&mut self, old: &FrameHeader, body: &[u8], keys: &keys::KeyDirectory) -> Result<(), JournalError> {
        let frame = KeyFrame::decode(body)
            .ok_or_else(|| JournalError::damaged(&self.path, self.position, "a key frame"))?;
        let Some(workspace) = keys.get(frame.workspace) else {
            return self.put(old, body, Some(frame));
        };
        let key = Key::generate();
        let wrapped = workspace.seal.wrap(&key, &KeyFrame::aad(self.id, frame.workspace));
        let frame = KeyFrame { workspace: frame.workspace, wrapped };
        let body = frame.encode();
        self.keys.insert(old.slot, key);
        self.put(old, &body, Some(frame))
    }

    fn records(&mut self, old: &FrameHeader, plain: &[u8]) -> Result<(), JournalError> {
        let missing =
            || JournalError::damaged(&self.path, self.position, "a frame names a key that is not there");
        let key = self.keys.get(&old.slot).ok_or_else(missing)?;
        let body = key.seal(&record_aad(self.id, old.slot, old.count), plain);
        self.put(old, &body, None)
    }

    fn put(&mut self, old: &FrameHeader, body: &[u8], key: Option<KeyFrame>) -> Result<(), JournalError> {
        let length = u32::try_from(body.len()).ok().filter(|length| *length as usize <= FRAME_BYTES_MAX);
        let length = length
            .ok_or_else(|| JournalError::damaged(&self.path, self.position, "a frame grew too large"))?;
        // All of the file is durable before it has its name, and so is what lies before any frame.
        let header = FrameHeader { length, body_crc: crc32c::crc32c(body), synced: self.position, ..*old };
        let mut head = Vec::with_capacity(FRAME_HEADER_BYTES);
        header.encode_onto(&mut head, self.id, self.position);
        let written = self.out.write_all(&head).and_then(|()| self.out.write_all(body));
        written.map_err(JournalError::io(&self.path))?;
        self.index.enter(self.position, &header, key);
        self.position += header.frame_bytes();
        Ok(())
    }
}

fn changed_records(first: u64, records: Vec<Stored>, change: &mut Change<'_>) -> (Vec<Stored>, u64) {
    let mut changed = 0;
    let numbered = (first..).map(Offset).zip(records);
    let records = numbered.map(|(offset, record)| {
        let entry = Entry { offset, record };
        match change(&entry) {
            Some(other) => {
                changed += 1;
                other
            }
            None => entry.record,
        }
    });
    (records.collect(), changed)
}

/// Overwrites the wrapped keys of a file that has no name any more.
fn destroy_keys(file: &File, places: &[(u64, usize)]) -> io::Result<()> {
    for (position, length) in places {
        file.write_all_at(&vec![0; *length], *position)?;
    }
    file.sync_data()
}
