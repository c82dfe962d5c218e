//! The journal's face.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use keys::KeyDirectory;
use model::{Entry, Offset, WorkspaceId};
use parking_lot::Mutex;
use stdx::Clock;

use crate::append::{Appended, Record};
use crate::config::Config;
use crate::error::{AppendError, JournalError};
use crate::recover::{self, Recovery};
use crate::retain::Retained;
use crate::rewrite::{Change, FileMark, Rewritten};
use crate::shared::{Shared, State};

/// The log. Cheap to clone; when the last clone goes, what is queued is written and the thread ends.
#[derive(Clone)]
pub struct Journal(Arc<Owner>);

struct Owner {
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// What the journal has done since it was opened, and what waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stats {
    /// Records made durable.
    pub records: u64,
    /// Bytes made durable.
    pub bytes: u64,
    /// Syncs that this took.
    pub syncs: u64,
    /// Bytes that wait or are being written.
    pub queued_bytes: usize,
}

impl Journal {
    /// Opens the journal in `dir`, or begins one. A tail that never became durable is cut off and told.
    ///
    /// # Errors
    /// When files cannot be read, are damaged or lost acknowledged records.
    pub fn open(
        dir: &Path,
        keys: KeyDirectory,
        clock: Clock,
        config: Config,
    ) -> Result<(Self, Recovery), JournalError> {
        let (shared, writer, recovery) = recover::open(dir, keys, clock, config)?;
        let thread = thread::Builder::new().name("journal".to_owned());
        let writer = thread.spawn(move || writer.run()).map_err(JournalError::Thread)?;
        Ok((Self(Arc::new(Owner { shared, writer: Mutex::new(Some(writer)) })), recovery))
    }

    /// Appends the records of one workspace, all or none, and returns when they are durable.
    /// A caller who stops waiting does not take them back.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub async fn append(
        &self,
        workspace: WorkspaceId,
        records: Vec<Record>,
    ) -> Result<Appended, AppendError> {
        self.0.shared.append(workspace, &records).await
    }

    /// As [`Journal::append`], for threads that may block.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub fn append_blocking(
        &self,
        workspace: WorkspaceId,
        records: Vec<Record>,
    ) -> Result<Appended, AppendError> {
        self.0.shared.append_blocking(workspace, &records)
    }

    /// Durable entries from `from` on, about `bytes_max` of them but at least one; none at the end.
    ///
    /// # Errors
    /// When they are gone ([`JournalError::Dropped`]), never were, do not open, or are damaged.
    pub fn read(&self, from: Offset, bytes_max: usize) -> Result<Vec<Entry>, JournalError> {
        self.0.shared.read(from, bytes_max)
    }

    /// The number that the next record gets.
    pub fn end(&self) -> Offset {
        self.0.shared.end()
    }

    /// The number of the first record that is kept.
    pub fn begin(&self) -> Offset {
        Offset(self.0.shared.files.begin())
    }

    /// Waits until the journal has durable records from `offset` on, and says whether it has.
    /// Returns at once when the journal is closed or has stopped, since nothing more comes: a follower
    /// that gets `false` asks [`Journal::is_running`] before it waits again.
    pub fn wait_past(&self, offset: Offset, timeout: Duration) -> bool {
        self.0.shared.wait_past(offset, timeout)
    }

    /// Drops the files that hold nothing from `older_than_ms` or later and nothing from `keep_from` on, the
    /// oldest first; their keys go with them. The open file stays; when it is too old it is followed
    /// by a new one, so that a later call can drop it.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn retain(&self, older_than_ms: i64, keep_from: Offset) -> Result<Retained, JournalError> {
        self.0.shared.retain(older_than_ms, keep_from)
    }

    /// Closes the open file if it holds records before `end`, and names the closed files in order.
    ///
    /// # Errors
    /// When the journal is not running or no new file can be begun.
    pub fn close_before(&self, end: Offset) -> Result<Vec<FileMark>, JournalError> {
        self.0.shared.close_before(end)
    }

    /// Asks `change` about every record of `workspace` in the closed file that begins at `first`, and changes
    /// nothing: how many would be another.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn survey(
        &self,
        first: Offset,
        workspace: WorkspaceId,
        change: &mut Change<'_>,
    ) -> Result<Rewritten, JournalError> {
        self.0.shared.survey(first, workspace, change)
    }

    /// Asks `change` about every record of `workspace` in the closed file that begins at `first`; if any is to
    /// change, the file is written anew and takes the old one's place, whose keys are destroyed. `change` is asked
    /// up to twice about a record. Nothing happens when retention has taken the file.
    ///
    /// # Errors
    /// When the file is damaged or cannot be written; it is then as it was.
    pub fn rewrite(
        &self,
        first: Offset,
        workspace: WorkspaceId,
        change: &mut Change<'_>,
    ) -> Result<Rewritten, JournalError> {
        self.0.shared.rewrite(first, workspace, change)
    }

    /// Closes the open file and names, in order, the closed ones in which something of `workspace` is still sealed under an
    /// older key of it.
    ///
    /// # Errors
    /// When the journal is not running, no new file can be begun, or a file is damaged.
    pub fn behind(&self, workspace: WorkspaceId) -> Result<Vec<FileMark>, JournalError> {
        self.0.shared.behind(workspace)
    }

    /// Writes the closed file that begins at `first` anew, the same records under file keys of now, and destroys the old ones.
    /// Nothing happens when retention has taken the file.
    ///
    /// # Errors
    /// When the file is damaged or cannot be written; it is then as it was.
    pub fn renew(&self, first: Offset, workspace: WorkspaceId) -> Result<Rewritten, JournalError> {
        self.0.shared.renew(first, workspace)
    }

    /// Refuses further records, writes what is queued, and ends the thread.
    pub fn close(&self) {
        self.0.close();
    }

    /// Resolves when a write or sync has failed. The process should then exit with a code of its own
    /// and start anew; until then every append is refused and reading goes on.
    pub async fn stopped(&self) {
        let mut state = self.0.shared.state.subscribe();
        if state.wait_for(|state| *state == State::Stopped).await.is_err() {
            std::future::pending().await
        }
    }

    /// Whether records are still taken.
    pub fn is_running(&self) -> bool {
        *self.0.shared.state.borrow() == State::Running
    }

    /// Whether a write or sync has failed.
    pub fn is_stopped(&self) -> bool {
        *self.0.shared.state.borrow() == State::Stopped
    }

    /// The files in order, for backups: all but the last are final, the last one grows.
    pub fn files(&self) -> Vec<PathBuf> {
        self.0.shared.files.all().iter().map(|file| file.path.clone()).collect()
    }

    /// What has been done and what waits.
    pub fn stats(&self) -> Stats {
        let Shared { counters, queue, .. } = &*self.0.shared;
        Stats {
            records: counters.records.load(Ordering::Relaxed),
            bytes: counters.bytes.load(Ordering::Relaxed),
            syncs: counters.syncs.load(Ordering::Relaxed),
            queued_bytes: queue.bytes(),
        }
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("dir", &self.0.shared.dir).field("end", &self.end()).finish()
    }
}

impl Owner {
    fn close(&self) {
        self.shared.queue.close();
        self.shared.leave_running(State::Closed);
        if let Some(writer) = self.writer.lock().take() {
            // A writer that did not end well has said `Stopped`.
            drop(writer.join());
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.close();
    }
}
