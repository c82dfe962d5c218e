//! Makes a run of ids that come in order.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::header::Header;
use super::{BLOCK_BYTES, BLOCK_IDS, INDEX_BYTES, Run, block_crc, block_position, file_name};
use crate::config::KeyMark;
use crate::error::DedupError;
use crate::filter::Filter;
use crate::seen::{SEEN_BYTES, Seen};

const BUFFER_BYTES: usize = 1 << 20;

/// A run that is being made, beside its place.
pub(crate) struct RunWriter {
    number: u64,
    key: KeyMark,
    path: PathBuf,
    partial: PathBuf,
    out: BufWriter<File>,
    block: Vec<u8>,
    index: Vec<(u128, u64)>,
    filter: Filter,
    count: u64,
    newest_s: u32,
}

impl RunWriter {
    /// Begins the run `number` in `dir`, for at most `count_max` ids.
    pub(crate) fn new(dir: &Path, number: u64, key: KeyMark, count_max: u64) -> Result<Self, DedupError> {
        let path = dir.join(file_name(number));
        let partial = path.with_extension("partial");
        let open =
            OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600).open(&partial);
        let mut out = BufWriter::with_capacity(BUFFER_BYTES, open.map_err(DedupError::io(&partial))?);
        out.seek(SeekFrom::Start(block_position(0))).map_err(DedupError::io(&partial))?;
        let (block, index, filter) = (Vec::with_capacity(BLOCK_BYTES), Vec::new(), Filter::new(count_max));
        Ok(Self { number, key, path, partial, out, block, index, filter, count: 0, newest_s: 0 })
    }

    /// Adds an id that is greater than the one before.
    pub(crate) fn push(&mut self, seen: &Seen) -> Result<(), DedupError> {
        if self.block.is_empty() {
            self.index.push(seen.key());
        }
        seen.encode_onto(&mut self.block);
        self.filter.enter(seen.hash);
        self.count += 1;
        self.newest_s = self.newest_s.max(seen.at_s);
        if self.block.len() == BLOCK_IDS * SEEN_BYTES { self.end_block() } else { Ok(()) }
    }

    fn end_block(&mut self) -> Result<(), DedupError> {
        let ids = u32::try_from(self.block.len() / SEEN_BYTES).unwrap_or(u32::MAX);
        self.block.resize(BLOCK_IDS * SEEN_BYTES, 0);
        self.block.extend_from_slice(&ids.to_le_bytes());
        let crc = block_crc(self.number, self.index.len() as u64 - 1, &self.block);
        self.block.extend_from_slice(&crc.to_le_bytes());
        self.out.write_all(&self.block).map_err(DedupError::io(&self.partial))?;
        self.block.clear();
        Ok(())
    }

    /// Writes what is left, makes the run durable and puts it in its place; `None` when it has no ids.
    pub(crate) fn finish(mut self) -> Result<Option<Run>, DedupError> {
        if !self.block.is_empty() {
            self.end_block()?;
        }
        let failed = || DedupError::io(&self.partial);
        if self.count == 0 {
            fs::remove_file(&self.partial).map_err(failed())?;
            return Ok(None);
        }
        let mut index = Vec::with_capacity(self.index.len() * INDEX_BYTES);
        for (hash, offset) in &self.index {
            index.extend_from_slice(&hash.to_le_bytes());
            index.extend_from_slice(&offset.to_le_bytes());
        }
        self.out.write_all(&index).map_err(failed())?;
        self.out.write_all(self.filter.bytes()).map_err(failed())?;
        let header = Header {
            key: self.key,
            number: self.number,
            count: self.count,
            newest_s: self.newest_s,
            index_crc: crc32c::crc32c(&index),
            filter_crc: crc32c::crc32c(self.filter.bytes()),
            filter_bytes: self.filter.bytes().len() as u64,
        };
        let file = self.out.into_inner().map_err(|error| failed()(error.into_error()))?;
        file.write_all_at(&header.encode(), 0).map_err(failed())?;
        file.sync_all().map_err(failed())?;
        fs::rename(&self.partial, &self.path).map_err(failed())?;
        stdx::files::sync_parent(&self.path).map_err(failed())?;
        let Self { number, path, index, filter, count, newest_s, .. } = self;
        Ok(Some(Run { path, number, count, newest_s, file, index, filter }))
    }
}
