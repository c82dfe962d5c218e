//! An open chunk: its directory in memory, its blocks read when asked for.

use std::cell::RefCell;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use keys::{Key, Seal};
use model::WorkspaceId;

use super::STRIPE_ROWS;
use super::build::block_aad;
use super::column::{Column, Data, Form, Words, read_presence};
use super::counts::{self, Part};
use super::directory::{
    BlockRef, ColumnEntry, Directory, Ends, EventEntry, EventList, Fixed, Prepared, Shape,
};
use super::file::{HEADER_BYTES_MAX, Header, VERSION, open};
use super::lists::{self, HoursList, ListedRow};
use crate::codec::{
    Arrivals, Cursor, get_code_deltas, get_deltas, get_deltas_within, get_folded, get_leaps, get_runs,
    get_translated, unpack_in,
};
use crate::error::StoreError;

/// A chunk that is part of the archive.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) path: PathBuf,
    pub(crate) header: Header,
    pub(crate) directory: Directory,
    pub(crate) ends: Ends,
    pub(crate) prepared: Prepared,
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
        let (key, directory, ends, prepared) = open(path, seal, (&header, head), &sealed)?;
        let doomed = AtomicBool::new(false);
        let path = path.to_owned();
        let chunk = Self { path, header, directory, ends, prepared, key, blocks_at, doomed };
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
        self.reader_with(Memory::default())
    }

    /// A reader that goes on with what another one had.
    pub(crate) fn reader_with(self: &Arc<Self>, memory: Memory) -> Result<Reader, StoreError> {
        let file = File::open(&self.path).map_err(StoreError::io(&self.path))?;
        Ok(Reader { chunk: self.clone(), file, memory: RefCell::new(memory) })
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

/// Room for one block on its way from the file.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    sealed: Vec<u8>,
    packed: Vec<u8>,
    plain: Vec<u8>,
}

/// Room beyond this is given back: few blocks are so large.
const MEMORY_BYTES_MAX: usize = 4 << 20;

/// A chunk with its file open.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) chunk: Arc<Chunk>,
    file: File,
    memory: RefCell<Memory>,
}

impl Reader {
    /// Ends reading, for a reader that goes on with the same memory.
    pub(crate) fn into_memory(self) -> Memory {
        let memory = self.memory.into_inner();
        let bytes = memory.sealed.capacity() + memory.packed.capacity() + memory.plain.capacity();
        if bytes <= MEMORY_BYTES_MAX { memory } else { Memory::default() }
    }

    /// One of the columns that every chunk has.
    pub(crate) fn fixed(&self, fixed: Fixed, stripe: usize) -> Result<Column, StoreError> {
        self.column(self.fixed_entry(fixed)?, None, stripe, Form::Raw)
    }

    /// The ids of messages; `offsets` are the places in the journal of the stripe's rows.
    pub(crate) fn message_ids(&self, stripe: usize, offsets: &[i64]) -> Result<Column, StoreError> {
        let entry = self.fixed_entry(Fixed::MessageId)?;
        if entry.shape != Shape::Ids {
            return self.column(entry, None, stripe, Form::Raw);
        }
        let block = entry.blocks.get(stripe).copied().unwrap_or_default();
        self.plain(block, |plain| Column::ids(plain, offsets))?.ok_or_else(|| self.damaged("a column"))
    }

    fn fixed_entry(&self, fixed: Fixed) -> Result<&ColumnEntry, StoreError> {
        self.chunk.directory.columns.get(fixed as usize).ok_or_else(|| self.damaged("directory"))
    }

    /// A fixed column of whole numbers.
    pub(crate) fn numbers(&self, fixed: Fixed, stripe: usize) -> Result<Vec<i64>, StoreError> {
        let mut numbers = Vec::new();
        match fixed {
            Fixed::Time => self.times(stripe, &mut numbers)?,
            Fixed::Offset => self.offsets(stripe, &mut numbers)?,
            _ => match self.fixed(fixed, stripe)?.into_data() {
                Data::Ints(ints) => numbers = ints,
                _ => return Err(self.damaged("a fixed column")),
            },
        }
        Ok(numbers)
    }

    /// Which event each row of a stripe is: what `of_code` has for the chunk's code, or `unknown`.
    pub(crate) fn events(
        &self,
        stripe: usize,
        of_code: (&[u32], u32),
        events: &mut Vec<u32>,
    ) -> Result<(), StoreError> {
        self.full(Fixed::Event, stripe, |cursor, rows| get_translated(cursor, rows, of_code, events))
    }

    /// Whose each row of a stripe is, as it was stored.
    pub(crate) fn people(&self, stripe: usize, codes: &mut Vec<u32>) -> Result<(), StoreError> {
        codes.clear();
        self.runs(stripe, |code, rows| codes.extend(std::iter::repeat_n(code, rows)))
    }

    /// Whose rows of a stripe follow each other, as they were stored: tells everybody with how many there are.
    pub(crate) fn runs(&self, stripe: usize, mut tell: impl FnMut(u32, usize)) -> Result<(), StoreError> {
        let shape = self.fixed_entry(Fixed::Person)?.shape;
        self.full(Fixed::Person, stripe, |cursor, rows| match shape {
            Shape::Runs => get_runs(cursor, rows, |code, rows| {
                tell(u32::try_from(code).ok()?, rows);
                Some(())
            }),
            _ => {
                let mut codes = Vec::new();
                get_code_deltas(cursor, rows, &mut codes)?;
                for run in codes.chunk_by(|a, b| a == b) {
                    tell(run.first().copied()?, run.len());
                }
                Some(())
            }
        })
    }

    /// The codes of those who did an event, as they were stored, ascending.
    pub(crate) fn doers(&self, code: usize, event: &EventEntry) -> Result<Vec<u32>, StoreError> {
        let list = self.chunk.prepared.lists.events.get(code).copied().unwrap_or_default();
        if !matches!(list, EventList::Bits(_)) {
            return self.codes(event.people, event.people_block);
        }
        let mut hours = HoursList::default();
        self.hours(Some((event, list)), &mut hours)?;
        Ok(hours.people.into_iter().map(|(code, _)| code).collect())
    }

    fn codes(&self, count: u32, block: BlockRef) -> Result<Vec<u32>, StoreError> {
        let mut codes = Vec::new();
        let count = count.min(self.chunk.header.rows) as usize;
        let read = |plain: &[u8]| get_code_deltas(&mut Cursor(plain), count, &mut codes);
        self.plain(block, read)?.ok_or_else(|| self.damaged("the people of an event"))?;
        Ok(codes)
    }

    /// When each row of a stripe happened.
    pub(crate) fn times(&self, stripe: usize, times: &mut Vec<i64>) -> Result<(), StoreError> {
        let span =
            self.chunk.directory.stripes.get(stripe).map_or((0, 0), |stripe| (stripe.min_ms, stripe.max_ms));
        let shape = self.fixed_entry(Fixed::Time)?.shape;
        self.full(Fixed::Time, stripe, |cursor, rows| match shape {
            Shape::Leaps => get_leaps(cursor, rows, span, times),
            _ => get_deltas_within(cursor, rows, span, times),
        })
    }

    /// The place in the journal of each row of a stripe.
    pub(crate) fn offsets(&self, stripe: usize, offsets: &mut Vec<i64>) -> Result<(), StoreError> {
        let (mut times, mut received) = (Vec::new(), Vec::new());
        if self.fixed_entry(Fixed::Offset)?.shape == Shape::Arrivals {
            self.times(stripe, &mut times)?;
            received = self.numbers(Fixed::Received, stripe)?;
        }
        self.offsets_by(stripe, (&times, &received), offsets)
    }

    /// As [`Reader::offsets`], for who has read when the stripe's rows happened and how long after that they were received.
    pub(crate) fn offsets_by(
        &self,
        stripe: usize,
        (times, received): (&[i64], &[i64]),
        offsets: &mut Vec<i64>,
    ) -> Result<(), StoreError> {
        let entry = self.fixed_entry(Fixed::Offset)?;
        if entry.shape != Shape::Arrivals {
            return self.full(Fixed::Offset, stripe, |cursor, rows| get_deltas(cursor, rows, offsets));
        }
        let list = entry.words.ok_or_else(|| self.damaged("directory"))?;
        let rows_max = self.chunk.header.rows as usize;
        let arrivals = self.plain(list, |plain| Arrivals::read(plain, rows_max))?;
        let arrivals = arrivals.ok_or_else(|| self.damaged("a list of arrivals"))?;
        self.full(Fixed::Offset, stripe, |cursor, rows| get_folded(cursor, rows, offsets))?;
        let received = times.iter().zip(received).map(|(time, after)| time.wrapping_add(*after));
        arrivals.add_to(received, offsets);
        Ok(())
    }

    /// A fixed column of which every row has a value.
    fn full(
        &self,
        fixed: Fixed,
        stripe: usize,
        read: impl FnOnce(&mut Cursor<'_>, usize) -> Option<()>,
    ) -> Result<(), StoreError> {
        let block = self.fixed_entry(fixed)?.blocks.get(stripe).copied().unwrap_or_default();
        let rows = self.rows(stripe);
        let column = |plain: &[u8]| {
            let mut cursor = Cursor(plain);
            if read_presence(&mut cursor, rows)?.is_some() {
                return None;
            }
            read(&mut cursor, rows)
        };
        self.plain(block, column)?.ok_or_else(|| self.damaged("a fixed column"))
    }

    fn rows(&self, stripe: usize) -> usize {
        self.chunk.directory.stripes.get(stripe).map_or(0, |stripe| stripe.rows as usize)
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
        let rows = self.rows(stripe);
        let read = |plain: &[u8]| Column::read(plain, entry.shape, words, rows, form);
        self.plain(block, read)?.ok_or_else(|| self.damaged("a column"))
    }

    /// The dictionary of a column, if it has one.
    pub(crate) fn words(&self, entry: &ColumnEntry, form: Form) -> Result<Option<Arc<Words>>, StoreError> {
        let Some(block) = entry.words else { return Ok(None) };
        let words = self.plain(block, |plain| Words::read(plain, entry.shape, form))?;
        Ok(Some(Arc::new(words.ok_or_else(|| self.damaged("a dictionary"))?)))
    }

    /// Shows `visit` parts of a block of counts, as [`counts::read`] does.
    pub(crate) fn counts(
        &self,
        block: BlockRef,
        rows: impl Iterator<Item = Option<u32>>,
        visit: &mut dyn FnMut(usize, &Part) -> bool,
    ) -> Result<u32, StoreError> {
        // No part has more rows than the chunk, whatever its directory says.
        let rows = rows.map(|rows| rows.map(|rows| rows.min(self.chunk.header.rows)));
        // Before version 4 the part of the whole chunk was not there.
        let absent = if self.chunk.header.version < 4 { counts::OWN_WHOLE + 1 } else { 0 };
        let parts = rows.enumerate().skip(absent);
        let read = self.plain(block, |plain| counts::read(plain, parts, visit))?;
        read.ok_or_else(|| self.damaged("counts"))
    }

    /// In which hours who did an event, or anything.
    pub(crate) fn hours(
        &self,
        event: Option<(&EventEntry, EventList)>,
        list: &mut HoursList,
    ) -> Result<(), StoreError> {
        let lists = &self.chunk.prepared.lists;
        let (people, hours, bits) = match event {
            Some((event, EventList::Hours(block))) => ((event.people, event.people_block), block, None),
            Some((_, EventList::Bits(bits))) => ((lists.people, lists.people_block), lists.own, Some(bits)),
            Some(_) | None => ((lists.people, lists.people_block), lists.own, None),
        };
        let codes = self.codes(people.0, people.1)?;
        let read =
            self.plain(hours, |plain| lists::read_hours(plain, &codes, self.chunk.header.rows, list))?;
        read.ok_or_else(|| self.damaged("a list of hours"))?;
        let Some(bits) = bits else { return Ok(()) };
        let read = self.plain(bits, |plain| lists::keep_bits(plain, list))?;
        read.ok_or_else(|| self.damaged("a list of hours"))
    }

    /// Appends the rows that are listed of the event with this code.
    pub(crate) fn listed_rows(
        &self,
        (code, event): (u32, &EventEntry),
        block: BlockRef,
        rows: &mut Vec<ListedRow>,
    ) -> Result<(), StoreError> {
        let codes = self.codes(event.people, event.people_block)?;
        let chunk_rows = self.chunk.header.rows;
        let of = (code, event.rows.min(chunk_rows), chunk_rows);
        let read = self.plain(block, |plain| lists::read_rows(plain, &codes, of, rows))?;
        read.ok_or_else(|| self.damaged("a list of rows"))
    }

    /// Reads and opens a block, for nothing but to see that this can be done.
    pub(crate) fn check_block(&self, block: BlockRef) -> Result<(), StoreError> {
        self.plain(block, |_| Some(())).map(drop)
    }

    /// What `read` makes of a block.
    fn plain<T>(
        &self,
        block: BlockRef,
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        // Nothing that `read` is given reads on, so nobody else has it.
        let memory = &mut *self.memory.try_borrow_mut().map_err(|_| self.damaged("a block"))?;
        self.packed(block, memory)?;
        Ok(unpack_in(&memory.packed, &mut memory.plain).and_then(read))
    }

    /// Reads and opens a block into `memory.packed`.
    fn packed(&self, block: BlockRef, memory: &mut Memory) -> Result<(), StoreError> {
        let end = block.at.checked_add(u64::from(block.bytes));
        if end.is_none_or(|end| end > self.chunk.header.blocks_bytes) {
            return Err(self.damaged("a block's place"));
        }
        memory.sealed.resize(block.bytes as usize, 0);
        let read = self.file.read_exact_at(&mut memory.sealed, self.chunk.blocks_at + block.at);
        read.map_err(StoreError::io(&self.chunk.path))?;
        let aad = block_aad(self.chunk.header.chunk, block.number);
        let opened = self.chunk.key.open_into(&aad, &memory.sealed, &mut memory.packed);
        opened.map_err(|_| self.damaged("a block"))
    }

    pub(crate) fn damaged(&self, what: &'static str) -> StoreError {
        StoreError::damaged(&self.chunk.path, what)
    }
}
