//! The one thread that writes: takes all that is queued, writes, syncs, wakes.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::disk::Disk;
use crate::error::AppendError;
use crate::files::{LogFile, file_name};
use crate::format::{FILE_HEADER_BYTES, FileHeader, FileId, Synced};
use crate::group::Group;
use crate::index::Index;
use crate::queue::{Item, Work};
use crate::seal::Sealer;
use crate::shared::{Shared, State};

pub(crate) struct Writer {
    shared: Arc<Shared>,
    log: Arc<LogFile>,
    file: File,
    /// The file that tells recovery how much was durable.
    mark: File,
    sealer: Arc<Sealer>,
    /// The slots whose key frames are durable in this file.
    announced: HashSet<u32>,
    /// How much of the file is durable; the next write goes here.
    position: u64,
    next: u64,
    group: Group,
}

/// Why a group was not written.
enum Failure {
    /// No space. What was written of it is cut off again; later groups may succeed.
    Full,
    /// What is on disk is unknown from here on.
    Stop(io::Error),
}

impl Writer {
    pub(crate) fn new(
        shared: Arc<Shared>,
        log: Arc<LogFile>,
        file: File,
        mark: File,
        place: (u64, u64),
    ) -> Self {
        let (position, next) = place;
        let sealer = shared.sealer();
        let (announced, group) = (HashSet::new(), Group::new());
        Self { shared, log, file, mark, sealer, announced, position, next, group }
    }

    /// Writes until the queue is closed and empty, or until a write or sync fails.
    pub(crate) fn run(mut self) {
        let _ending = Ending(self.shared.clone());
        self.mark_synced();
        while let Some(work) = self.shared.queue.take(self.shared.config.group_bytes_max) {
            if let Err(error) = self.work(work) {
                tracing::error!(file = %self.log.path.display(), %error, "the journal stops: a write or sync failed");
                self.shared.leave_running(State::Stopped);
                self.group.tell(&self.shared.queue, Some(&AppendError::Stopped));
                return;
            }
        }
        self.shared.leave_running(State::Closed);
    }

    fn work(&mut self, work: Work) -> Result<(), io::Error> {
        let used = self.next > self.log.header.first;
        let over =
            self.position >= self.shared.config.file_bytes || self.shared.is_old(self.log.header.made_ms);
        let rotated = if used && (over || work.rotate) { self.rotate() } else { Ok(()) };
        self.group.begin(self.log.id(), self.position, self.next);
        for item in work.items {
            self.enter(item);
        }
        match rotated.and_then(|()| self.commit()) {
            Ok(()) => self.group.tell(&self.shared.queue, None),
            Err(Failure::Full) => {
                // Key frames of this group are gone too; those that are durable are written once more.
                self.announced.clear();
                self.group.tell(&self.shared.queue, Some(&AppendError::Full));
            }
            Err(Failure::Stop(error)) => return Err(error),
        }
        Ok(())
    }

    /// Puts an item's frames into the group, with its key frame in front where that is not durable yet.
    fn enter(&mut self, item: Item) {
        let Item { count, bytes, .. } = item;
        let item = match self.sealed_for_this_file(item) {
            Ok(item) => item,
            Err((item, error)) => {
                self.shared.queue.release(bytes);
                return item.waiter.tell(Err(error));
            }
        };
        let slot = item.slot.number;
        if self.announced.insert(slot) {
            self.group.add_key(slot, &item.slot.frame);
        }
        self.group.add_records(slot, count, &item.body, item.body_crc);
        self.group.add_waiter(item.waiter, count, bytes);
    }

    /// Callers seal for the file that is open when they come, and under the workspace's key of then; where either has
    /// changed since, seals again. So no key frame is written under a key that was replaced before.
    fn sealed_for_this_file(&self, mut item: Item) -> Result<Item, (Item, AppendError)> {
        let slot = &item.slot;
        if Arc::ptr_eq(&item.sealer, &self.sealer)
            && (self.announced.contains(&slot.number) || self.sealer.is_present(slot))
        {
            return Ok(item);
        }
        let slot = match self.sealer.slot(item.slot.frame.workspace) {
            Ok(slot) => slot,
            Err(error) => return Err((item, error)),
        };
        let Some(plain) = item.sealer.open(&item.slot, item.count, &item.body) else {
            return Err((item, AppendError::Encoding));
        };
        item.body = self.sealer.seal(&slot, item.count, &plain);
        item.body_crc = crc32c::crc32c(&item.body);
        (item.sealer, item.slot) = (self.sealer.clone(), slot);
        Ok(item)
    }

    fn commit(&mut self) -> Result<(), Failure> {
        if self.group.is_empty() {
            return Ok(());
        }
        let disk = &self.shared.config.disk;
        if let Err(error) = disk.write(&self.file, &self.group.buffer, self.position) {
            return Err(self.take_back(error));
        }
        disk.sync(&self.file).map_err(Failure::Stop)?;
        for (position, header, key) in self.group.frames() {
            self.log.enter(position, &header, key);
        }
        let counters = &self.shared.counters;
        counters.records.fetch_add(self.group.records(), Ordering::Relaxed);
        counters.bytes.fetch_add(self.group.buffer.len() as u64, Ordering::Relaxed);
        counters.syncs.fetch_add(1, Ordering::Relaxed);
        self.position = self.group.end_position();
        self.next = self.group.next();
        self.mark_synced();
        self.shared.grow(self.next);
        Ok(())
    }

    /// After a failed write: cuts off what was written. Nothing of it was synced or shown to anybody.
    fn take_back(&mut self, error: io::Error) -> Failure {
        if !is_full(&error) {
            return Failure::Stop(error);
        }
        tracing::warn!(file = %self.log.path.display(), %error, "no space for the journal");
        match self.shared.config.disk.truncate(&self.file, self.position) {
            Ok(()) => Failure::Full,
            Err(error) => Failure::Stop(error),
        }
    }

    /// Goes on in a new file. All of the old one is durable.
    fn rotate(&mut self) -> Result<(), Failure> {
        let made_ms = self.shared.clock.now_ms().max(self.log.header.made_ms);
        let header = FileHeader { id: FileId(stdx::random_array()), first: self.next, made_ms };
        let path = self.shared.dir.join(file_name(self.next));
        self.file = match make_file(&*self.shared.config.disk, &path, &header) {
            Err(error) if is_full(&error) => return Err(Failure::Full),
            result => result.map_err(Failure::Stop)?,
        };
        tracing::debug!(file = %path.display(), "next journal file");
        self.log = Arc::new(LogFile::new(path, header, Some(Index::new(self.next))));
        self.sealer = Arc::new(Sealer::new(header.id, self.shared.keys.clone(), 0));
        self.announced.clear();
        self.position = FILE_HEADER_BYTES as u64;
        // First, so that whoever finds the old file closed finds the mark on the new one.
        self.mark_synced();
        self.shared.files.push(self.log.clone());
        self.shared.set_sealer(self.sealer.clone());
        // For those who wait for the old file to be closed.
        self.shared.grow(self.next);
        Ok(())
    }

    /// Notes how much is durable. Should this fail, an older note stands, which is true as well.
    fn mark_synced(&self) {
        let mark = Synced { id: self.log.id(), first: self.log.header.first, length: self.position };
        if let Err(error) = self.mark.write_all_at(&mark.encode(), 0) {
            tracing::debug!(%error, "the synced mark of the journal lags");
        }
    }
}

/// Makes a journal file and opens it.
pub(crate) fn make_file(disk: &dyn Disk, path: &Path, header: &FileHeader) -> io::Result<File> {
    disk.make(path, &header.encode())?;
    OpenOptions::new().read(true).write(true).open(path)
}

fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// However the thread ends, nobody waits for it in vain.
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        let Shared { queue, .. } = &*self.0;
        queue.close();
        if std::thread::panicking() {
            self.0.leave_running(State::Stopped);
        }
        while let Some(work) = queue.take(usize::MAX) {
            for item in work.items {
                queue.release(item.bytes);
                item.waiter.tell(Err(AppendError::Stopped));
            }
        }
    }
}
