//! Retention: whole files go, the oldest first.

use model::Offset;

use crate::error::JournalError;
use crate::shared::Shared;

/// What retention has done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retained {
    /// Files that are gone.
    pub files: usize,
    /// Bytes that they had.
    pub bytes: u64,
    /// The number of the first record that is kept.
    pub begin: Offset,
}

impl Shared {
    pub(crate) fn retain(&self, older_than_ms: i64, keep_from: Offset) -> Result<Retained, JournalError> {
        let files = self.files.all();
        let mut retained = Retained { files: 0, bytes: 0, begin: Offset(0) };
        for (file, next) in files.iter().zip(files.iter().skip(1)) {
            // The next file was made after the last write to this one.
            if next.header.made_ms > older_than_ms || next.header.first > keep_from.0 {
                break;
            }
            let Some(bytes) = self.files.remove_first(file).map_err(JournalError::io(&file.path))? else {
                break;
            };
            stdx::files::sync_parent(&file.path).map_err(JournalError::io(&self.dir))?;
            retained.files += 1;
            retained.bytes += bytes;
        }
        if files
            .last()
            .is_some_and(|open| open.header.first < self.end().0 && self.is_old(open.header.made_ms))
        {
            self.queue.want_rotation();
        }
        retained.begin = Offset(self.files.begin());
        Ok(retained)
    }

    /// Whether a file made at `made_ms` should be followed by a new one.
    pub(crate) fn is_old(&self, made_ms: i64) -> bool {
        self.clock.now_ms().saturating_sub(made_ms) >= self.config.file_age_ms
    }
}
