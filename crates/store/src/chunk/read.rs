//! An open chunk: its directory in memory, its blocks read when asked for.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use keys::{Key, Seal};
use model::WorkspaceId;

use super::STRIPE_ROWS;
use super::build::block_aad;
use super::column::{Column, Data, Form, Words};
use super::directory::{BlockRef, ColumnEntry, Directory, Fixed};
use super::file::{HEADER_BYTES_MAX, Header, VERSION, open};
use crate::error::StoreError;

/// A chunk that is part of the archive.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) path: PathBuf,
    pub(crate) header: Header,
    pub(crate) directory: Directory,
    key: Key,
    blocks_at: u64,
    /// Set when a newer chunk has replaced it: the last reader removes the file.
    doomed: AtomicBool,
}

impl Chunk {
    /// Opens and checks the file's head.
    pub(crate) fn open(path: &Path, workspace: WorkspaceId, seal: &Seal) -> Result<Self, StoreError> {
        let io = StoreError::io(path);
        let read = || -> std::io::Result<(File, Vec<u8>, u64)> {
            let file = File::open(path)?;
            let length = file.metadata()?.len();
            let mut head = vec![0; HEADER_BYTES_MAX.min(usize::try_from(length).unwrap_or(HEADER_BYTES_MAX))];
            file.read_exact_at(&mut head, 0)?;
            Ok((file, head, length))
        };
        let (file, head, length) = read().map_err(io)?;
        let (header, head_bytes) = Header::read(&head).map_err(|what| StoreError::damaged(path, what))?;
        if header.version > VERSION {
            return Err(StoreError::Version {
                path: path.to_owned(),
                version: header.version,
                known: VERSION,
            });
        }
        if header.workspace != workspace {
            return Err(StoreError::damaged(path, "it belongs to another workspace"));
        }
        let blocks_at = head_bytes as u64 + u64::from(header.directory_bytes);
        if blocks_at.checked_add(header.blocks_bytes) != Some(length) {
            return Err(StoreError::damaged(path, "length"));
        }
        let mut sealed = vec![0; header.directory_bytes as usize];
        file.read_exact_at(&mut sealed, head_bytes as u64).map_err(StoreError::io(path))?;
        let head = head.get(..head_bytes).unwrap_or_default();
        let (key, directory) = open(path, seal, (&header, head), &sealed)?;
        let chunk =
            Self { path: path.to_owned(), header, directory, key, blocks_at, doomed: AtomicBool::new(false) };
        chunk.check()?;
        Ok(chunk)
    }

    /// Whether the directory fits itself, so that later reading needs no second thought.
    fn check(&self) -> Result<(), StoreError> {
        let directory = &self.directory;
        let rows: u64 = directory.stripes.iter().map(|stripe| u64::from(stripe.rows)).sum();
        let fixed = Fixed::ALL.iter().enumerate().all(|(index, (_, name, _))| {
            directory.columns.get(index).is_some_and(|column| column.path == *name)
        });
        let small = directory.stripes.iter().all(|stripe| stripe.rows as usize <= STRIPE_ROWS);
        let whole = directory.columns.iter().all(|column| column.blocks.len() == directory.stripes.len());
        if rows == u64::from(self.header.rows) && fixed && small && whole {
            Ok(())
        } else {
            Err(StoreError::damaged(&self.path, "directory"))
        }
    }

    pub(crate) fn reader(self: &Arc<Self>) -> Result<Reader, StoreError> {
        let file = File::open(&self.path).map_err(StoreError::io(&self.path))?;
        Ok(Reader { chunk: self.clone(), file })
    }

    /// Marks the file for removal once nobody reads it any more.
    pub(crate) fn doom(&self) {
        self.doomed.store(true, Ordering::SeqCst);
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        if self.doomed.load(Ordering::SeqCst) {
            // Its key stands before the blocks. What is left over is removed when the archive is opened next.
            if let Err(error) = stdx::files::shred(&self.path, self.blocks_at) {
                tracing::warn!(path = %self.path.display(), %error, "a replaced chunk could not be removed");
            }
        }
    }
}

/// A chunk with its file open.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) chunk: Arc<Chunk>,
    file: File,
}

impl Reader {
    /// One of the columns that every chunk has.
    pub(crate) fn fixed(&self, fixed: Fixed, stripe: usize) -> Result<Column, StoreError> {
        let entry = self.chunk.directory.columns.get(fixed as usize);
        let entry = entry.ok_or_else(|| self.damaged("directory"))?;
        self.column(entry, None, stripe, Form::Raw)
    }

    /// A fixed column of whole numbers.
    pub(crate) fn numbers(&self, fixed: Fixed, stripe: usize) -> Result<Vec<i64>, StoreError> {
        match self.fixed(fixed, stripe)?.into_data() {
            Data::Ints(numbers) => Ok(numbers),
            _ => Err(self.damaged("a fixed column")),
        }
    }

    /// A column of a stripe.
    pub(crate) fn column(
        &self,
        entry: &ColumnEntry,
        words: Option<&Arc<Words>>,
        stripe: usize,
        form: Form,
    ) -> Result<Column, StoreError> {
        let block = entry.blocks.get(stripe).copied().unwrap_or_default();
        if block.bytes == 0 {
            return Ok(Column::default());
        }
        let rows = self.chunk.directory.stripes.get(stripe).map_or(0, |stripe| stripe.rows as usize);
        let packed = self.block(block)?;
        Column::read(&packed, entry.shape, words, rows, form).ok_or_else(|| self.damaged("a column"))
    }

    /// The dictionary of a column, if it has one.
    pub(crate) fn words(&self, entry: &ColumnEntry, form: Form) -> Result<Option<Arc<Words>>, StoreError> {
        let Some(block) = entry.words else { return Ok(None) };
        let packed = self.block(block)?;
        let words = Words::read(&packed, entry.shape, form).ok_or_else(|| self.damaged("a dictionary"))?;
        Ok(Some(Arc::new(words)))
    }

    pub(crate) fn block(&self, block: BlockRef) -> Result<Vec<u8>, StoreError> {
        let end = block.at.checked_add(u64::from(block.bytes));
        if end.is_none_or(|end| end > self.chunk.header.blocks_bytes) {
            return Err(self.damaged("a block's place"));
        }
        let mut sealed = vec![0; block.bytes as usize];
        let read = self.file.read_exact_at(&mut sealed, self.chunk.blocks_at + block.at);
        read.map_err(StoreError::io(&self.chunk.path))?;
        let aad = block_aad(self.chunk.header.chunk, block.number);
        self.chunk.key.open(&aad, &sealed).map_err(|_| self.damaged("a block"))
    }

    pub(crate) fn damaged(&self, what: &'static str) -> StoreError {
        StoreError::damaged(&self.chunk.path, what)
    }
}
