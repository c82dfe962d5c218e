//! What stands behind the last right frame of the last file: a tail that never became durable, or damage?
//!
//! A crash can leave anything behind the last sync, so such a tail was never acknowledged and is cut off.
//! What was durable once must be there. Two witnesses know what was: the synced mark, and every later
//! frame, which says how much of the file was durable when it was written.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::error::JournalError;
use crate::files::{LogFile, scan};
use crate::format::Synced;
use crate::index::Index;
use crate::recover::Cut;
use crate::walk::Walk;

/// Reads the last file and tells how much behind its right frames must be cut off.
pub(crate) fn examine(
    log: &LogFile,
    file: &File,
    mark: Option<(Synced, &Path)>,
) -> Result<(Index, Option<Cut>), JournalError> {
    let length = file.metadata().map_err(JournalError::io(&log.path))?.len();
    let (index, bad) = scan(log, file, length)?;
    let good = index.length;
    if let Some((mark, mark_path)) = mark.filter(|(mark, _)| mark.id == log.id() && mark.length > good) {
        return Err(match bad {
            Some(what) if length >= mark.length => JournalError::damaged(&log.path, good, what),
            _ => lost(log.path.clone(), mark, mark_path),
        });
    }
    let Some(what) = bad else { return Ok((index, None)) };
    let mut walk = Walk::new(file, log.id(), good, index.end, length);
    if walk.synced_beyond().map_err(JournalError::io(&log.path))? {
        return Err(JournalError::damaged(&log.path, good, what));
    }
    let cut = Cut { file: log.path.clone(), position: good, bytes: length - good };
    Ok((index, Some(cut)))
}

/// Looks for the file that the mark tells of among all files but the last.
pub(crate) fn check_mark(
    files: &[LogFile],
    dir: &Path,
    mark: Synced,
    mark_path: &Path,
) -> Result<(), JournalError> {
    if files.first().is_some_and(|oldest| mark.first < oldest.header.first) {
        // Retention has taken the file since.
        return Ok(());
    }
    let Some(file) = files.iter().find(|file| file.id() == mark.id) else {
        return Err(lost(dir.join(crate::files::file_name(mark.first)), mark, mark_path));
    };
    let length = std::fs::metadata(&file.path).map_err(JournalError::io(&file.path))?.len();
    if length < mark.length {
        return Err(lost(file.path.clone(), mark, mark_path));
    }
    Ok(())
}

fn lost(path: PathBuf, mark: Synced, mark_path: &Path) -> JournalError {
    JournalError::Lost { path, length: mark.length, mark: mark_path.to_owned() }
}
