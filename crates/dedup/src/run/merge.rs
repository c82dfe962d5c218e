//! Joins runs into one, with little memory.

use super::write::RunWriter;
use super::{BLOCK_BYTES, Run};
use crate::error::DedupError;
use crate::seen::Seen;

/// How many blocks of each run are read at once.
const READ_BLOCKS: u64 = 64;

/// Puts the ids of `runs` in order into `out`, but those that came before `from_s`.
pub(crate) fn merge(runs: &[Run], from_s: u32, out: &mut RunWriter) -> Result<(), DedupError> {
    let mut readers = Vec::with_capacity(runs.len());
    for run in runs {
        readers.push(Reader::new(run)?);
    }
    // A handful of runs: looking at each head beats a heap.
    while let Some(reader) =
        readers.iter_mut().filter(|reader| reader.head().is_some()).min_by_key(|reader| reader.head())
    {
        if let Some(seen) = reader.pop()?
            && seen.at_s >= from_s
        {
            out.push(&seen)?;
        }
    }
    Ok(())
}

/// Reads a run from its first id to its last.
struct Reader<'r> {
    run: &'r Run,
    next_block: u64,
    ids: std::vec::IntoIter<Seen>,
}

impl<'r> Reader<'r> {
    fn new(run: &'r Run) -> Result<Self, DedupError> {
        let mut reader = Self { run, next_block: 0, ids: Vec::new().into_iter() };
        reader.fill()?;
        Ok(reader)
    }

    fn head(&self) -> Option<Seen> {
        self.ids.as_slice().first().copied()
    }

    fn pop(&mut self) -> Result<Option<Seen>, DedupError> {
        let seen = self.ids.next();
        if self.ids.as_slice().is_empty() {
            self.fill()?;
        }
        Ok(seen)
    }

    fn fill(&mut self) -> Result<(), DedupError> {
        let blocks = READ_BLOCKS.min(self.run.blocks().saturating_sub(self.next_block));
        let mut bytes = vec![0; usize::try_from(blocks).unwrap_or(0) * BLOCK_BYTES];
        self.run.read_blocks(self.next_block, &mut bytes)?;
        let mut ids = Vec::new();
        for (block, bytes) in (self.next_block..).zip(bytes.chunks_exact(BLOCK_BYTES)) {
            ids.extend(self.run.block_ids(block, bytes)?);
        }
        self.next_block += blocks;
        self.ids = ids.into_iter();
        Ok(())
    }
}
