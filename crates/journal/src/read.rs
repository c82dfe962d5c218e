//! Reading for followers: any number of them, from anywhere, each with little memory.

use std::fs::File;
use std::io;
use std::sync::Arc;

use keys::Key;
use model::{Entry, Offset, Stored};

use crate::error::JournalError;
use crate::files::LogFile;
use crate::format::{FrameHeader, record_aad};
use crate::shared::Shared;
use crate::walk::{Step, Walk};

impl Shared {
    pub(crate) fn read(&self, from: Offset, bytes_max: usize) -> Result<Vec<Entry>, JournalError> {
        let end = self.end();
        if from > end {
            return Err(JournalError::Ahead { wanted: from, end });
        }
        if from == end {
            return Ok(Vec::new());
        }
        loop {
            let log = self.files.of(from.0).ok_or_else(|| self.dropped(from))?;
            let read = self.open_and_read(&log, from, bytes_max);
            // A file that was rewritten under the reader has lost its keys: the one in its place is read.
            if read.is_ok() || self.files.of(from.0).is_none_or(|now| Arc::ptr_eq(&now, &log)) {
                return read;
            }
        }
    }

    fn open_and_read(
        &self,
        log: &LogFile,
        from: Offset,
        bytes_max: usize,
    ) -> Result<Vec<Entry>, JournalError> {
        let file = match File::open(&log.path) {
            // Retention may have been here since the list was asked.
            Err(error) if error.kind() == io::ErrorKind::NotFound && from.0 < self.files.begin() => {
                return Err(self.dropped(from));
            }
            result => result.map_err(JournalError::io(&log.path))?,
        };
        self.read_file(log, &file, from.0, bytes_max)
    }

    fn dropped(&self, wanted: Offset) -> JournalError {
        JournalError::Dropped { wanted, begin: Offset(self.files.begin()) }
    }

    fn read_file(
        &self,
        log: &LogFile,
        file: &File,
        from: u64,
        bytes_max: usize,
    ) -> Result<Vec<Entry>, JournalError> {
        // The length in the index is durable; nothing behind it is looked at.
        let (mark, length) = log.with_index(file, |index| (index.mark_before(from), index.length))?;
        let Some(mark) = mark else { return Err(self.dropped(Offset(from))) };
        let mut walk = Walk::new(file, log.id(), mark.position, mark.first, length);
        let mut entries = Vec::new();
        let mut bytes = 0;
        while bytes < bytes_max || entries.is_empty() {
            match walk.step().map_err(JournalError::io(&log.path))? {
                Step::Frame { header, .. } if header.is_key() || header.end() <= from => {}
                Step::Frame { position, header, body } => {
                    let key = self.opened.get(log, file, (header.slot, position), &self.keys)?;
                    let records = decode(log, position, &header, body, &key)?;
                    bytes += body.len();
                    let numbered = (header.first..).map(Offset).zip(records);
                    let wanted = numbered.filter(|(offset, _)| offset.0 >= from);
                    entries.extend(wanted.map(|(offset, record)| Entry { offset, record }));
                }
                Step::End => break,
                Step::Bad { position, what } => return Err(JournalError::damaged(&log.path, position, what)),
            }
        }
        Ok(entries)
    }
}

pub(crate) fn decode(
    log: &LogFile,
    position: u64,
    header: &FrameHeader,
    body: &[u8],
    key: &Key,
) -> Result<Vec<Stored>, JournalError> {
    let aad = record_aad(log.id(), header.slot, header.count);
    let plain = key.open(&aad, body).map_err(|source| JournalError::Sealed {
        path: log.path.clone(),
        position,
        source,
    })?;
    let records: Vec<Stored> = postcard::from_bytes(&plain)
        .map_err(|_| JournalError::damaged(&log.path, position, "records of an unknown layout"))?;
    if u32::try_from(records.len()) != Ok(header.count) {
        return Err(JournalError::damaged(&log.path, position, "another number of records than it says"));
    }
    Ok(records)
}
