//! Columns to sealed blocks: how each is written, and where it lies.

use std::ops::Range;

use keys::Key;

use super::Gathered;
use crate::chunk::STRIPE_ROWS;
use crate::chunk::directory::{BlockRef, ColumnEntry, Family, Shape};
use crate::chunk::pack::{Cell, Packing};
use crate::codec::{BLOCK_BYTES_MAX, Texts};
use crate::error::StoreError;
use crate::intern::Interner;

/// Seals blocks one behind the other.
pub(super) struct Blocks<'a> {
    pub(super) key: &'a Key,
    pub(super) chunk: u128,
    pub(super) bytes: Vec<u8>,
    pub(super) number: u32,
}

/// What a block is sealed with, so that it opens at its own place only.
pub(crate) fn block_aad(chunk: u128, number: u32) -> [u8; 20] {
    let mut aad = [0; 20];
    let (head, tail) = aad.split_at_mut(16);
    head.copy_from_slice(&chunk.to_le_bytes());
    tail.copy_from_slice(&number.to_le_bytes());
    aad
}

impl Blocks<'_> {
    pub(super) fn put(&mut self, packed: &[u8]) -> Result<BlockRef, StoreError> {
        let at = self.bytes.len() as u64;
        self.key.seal_onto(&mut self.bytes, &block_aad(self.chunk, self.number), packed);
        let too_large = StoreError::TooLarge { what: "a column of a stripe", max: BLOCK_BYTES_MAX as u64 };
        let bytes = self.bytes.len() as u64 - at;
        let bytes =
            u32::try_from(bytes).ok().filter(|bytes| *bytes as usize <= BLOCK_BYTES_MAX).ok_or(too_large)?;
        let block = BlockRef { number: self.number, at, bytes };
        self.number += 1;
        Ok(block)
    }
}

/// The shape that holds every value exactly; values of several kinds become JSON texts.
pub(super) fn settle(column: Gathered) -> Result<(Shape, Gathered), StoreError> {
    let kinds = column.kinds;
    let total = kinds.total();
    let shape = match () {
        () if kinds.bools == total => Shape::Bools,
        () if kinds.ints == total && has_runs(&column.cells) => Shape::Runs,
        () if kinds.ints == total => Shape::Ints,
        () if kinds.ints + kinds.floats == total && !column.large_int => Shape::Floats,
        () if kinds.texts == total => return Ok((Shape::Texts, sorted(column)?)),
        () if kinds.lists == total => Shape::Json,
        () => {
            let mut words = Interner::default();
            let mut cells = Vec::with_capacity(column.cells.len());
            for cell in &column.cells {
                let mut raw = String::new();
                column.value(*cell).write_json(&mut raw);
                cells.push(Cell::Json(words.number(&raw)?));
            }
            return Ok((Shape::Json, Gathered { cells, words, ..column }));
        }
    };
    Ok((shape, column))
}

/// The same texts, with the words in order: whoever reads dictionaries of several chunks finds the same words one after the other.
fn sorted(column: Gathered) -> Result<Gathered, StoreError> {
    if !is_coded(&column) {
        return Ok(column);
    }
    let before = column.words.texts();
    let mut order: Vec<u32> = (0..u32::try_from(before.len()).unwrap_or(u32::MAX)).collect();
    order.sort_unstable_by_key(|word| before.get(*word as usize));
    let mut words = Interner::default();
    let mut moved = vec![0; order.len()];
    for word in order {
        let number = words.number(before.get(word as usize))?;
        if let Some(slot) = moved.get_mut(word as usize) {
            *slot = number;
        }
    }
    let moved = |cell: &Cell| match cell {
        Cell::Text(word) => Cell::Text(moved.get(*word as usize).copied().unwrap_or_default()),
        other => *other,
    };
    let cells = column.cells.iter().map(moved).collect();
    Ok(Gathered { cells, words, ..column })
}

/// Whether a dictionary pays: words come back. Else it would only be read beside the codes.
fn is_coded(column: &Gathered) -> bool {
    column.words.texts().len() * 2 <= column.cells.len().max(2)
}

/// Whether most values are the one before.
fn has_runs(cells: &[Cell]) -> bool {
    cells.chunk_by(|a, b| a == b).count() * 3 <= cells.len()
}

/// Packs and seals a column; `offsets` are the places in the journal of all rows of the chunk.
pub(super) fn put_column(
    blocks: &mut Blocks<'_>,
    (family, path, shape): (Family, &str, Shape),
    column: &Gathered,
    offsets: &[i64],
) -> Result<ColumnEntry, StoreError> {
    let words: &Texts = column.words.texts();
    let has_words = matches!(shape, Shape::Texts | Shape::Json) && family != Family::Fixed;
    let coded = has_words && is_coded(column);
    let shape =
        if coded && shape == Shape::Texts && has_runs(&column.cells) { Shape::TextRuns } else { shape };
    let packing = Packing { family, path, shape, coded, words, offsets };
    let words = if coded { Some(blocks.put(&packing.words_block())?) } else { None };
    let mut refs = Vec::new();
    for range in stripe_ranges(offsets.len()) {
        let within = |row: usize| column.rows.partition_point(|at| (*at as usize) < row);
        let cells = within(range.start)..within(range.end);
        let base = u32::try_from(range.start).unwrap_or(u32::MAX);
        let local: Vec<u32> =
            column.rows.get(cells.clone()).unwrap_or_default().iter().map(|row| row - base).collect();
        let packed = packing.block(&local, column.cells.get(cells).unwrap_or_default(), range.len());
        refs.push(match packed {
            Some(packed) => blocks.put(&packed)?,
            None => BlockRef::default(),
        });
    }
    Ok(ColumnEntry { family, path: path.to_owned(), shape, kinds: column.kinds, words, blocks: refs })
}

pub(super) fn stripe_ranges(rows: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(STRIPE_ROWS).map(move |start| start..(start + STRIPE_ROWS).min(rows))
}
