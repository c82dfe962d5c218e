//! Which people are in each cell: a bit each, as long as that takes little room; pairs for the rest.

use question::AskError;

use super::at;
use super::pairs::{Pairs, cell_of, pair_of, value_of};

/// The most bytes of bits of one event and thread.
const BITS_BYTES_MAX: usize = 24 << 20;

/// The people of cells, each once in the end.
#[derive(Default)]
pub(super) struct People {
    /// For each cell a bit a person, as far as there was room.
    bits: Vec<Vec<u64>>,
    bytes: usize,
    /// Who came when there was no room.
    others: Pairs,
    /// Who was seen last in each cell: rows come sorted by person, so mostly the same again.
    last: Vec<u32>,
}

impl People {
    pub(super) fn has_cells(&mut self, cells: usize) {
        if self.last.len() < cells {
            self.last.resize(cells, u32::MAX);
            self.bits.resize(cells, Vec::new());
        }
    }

    /// Takes in somebody; `u32::MAX` is nobody.
    pub(super) fn add(&mut self, cell: u32, person: u32) {
        if let Some(last) = self.last.get_mut(cell as usize)
            && *last != person
        {
            *last = person;
            self.set(cell, person);
        }
    }

    fn set(&mut self, cell: u32, person: u32) {
        let (word, bit) = (person as usize / 64, 1_u64 << (person % 64));
        let Some(bits) = self.bits.get_mut(cell as usize) else { return };
        if word >= bits.len() {
            // Doubled, so that people who come one after the other do not each move what is there.
            let length = (word + 1).max(bits.len() * 2);
            let more = (length - bits.len()) * size_of::<u64>();
            if self.bytes + more > BITS_BYTES_MAX {
                self.others.list.push(pair_of(cell, person));
                return;
            }
            self.bytes += more;
            bits.resize(length, 0);
        }
        if let Some(slot) = bits.get_mut(word) {
            *slot |= bit;
        }
    }

    /// Keeps memory within bounds.
    pub(super) fn bound(&mut self) -> Result<(), AskError> {
        self.others.bound()
    }

    /// Takes in the people that were seen elsewhere, where `moved` says which cell is meant.
    pub(super) fn merge(
        &mut self,
        other: Self,
        moved: &dyn Fn(u32) -> u32,
        cells: usize,
    ) -> Result<(), AskError> {
        self.has_cells(cells);
        for (cell, bits) in (0_u32..).zip(other.bits) {
            let cell = moved(cell);
            for (word, mut set) in (0_u32..).zip(bits) {
                while set != 0 {
                    self.set(cell, word * 64 + set.trailing_zeros());
                    set &= set - 1;
                }
            }
            self.bound()?;
        }
        for pair in other.others.list {
            self.set(moved(cell_of(pair)), value_of(pair));
        }
        self.bound()
    }

    /// How many people each cell has.
    pub(super) fn counts(self, cells: usize) -> Vec<u64> {
        let ones = |bits: &Vec<u64>| bits.iter().map(|word| u64::from(word.count_ones())).sum();
        let mut counts: Vec<u64> = self.bits.iter().map(ones).collect();
        counts.resize(cells, 0);
        for pair in self.others.unique() {
            // There may have been room at another time.
            let (cell, person) = (cell_of(pair), value_of(pair));
            let word = self.bits.get(cell as usize).and_then(|bits| bits.get(person as usize / 64));
            if word.is_none_or(|word| word >> (person % 64) & 1 == 0) {
                at(&mut counts, cell, |count| *count += 1);
            }
        }
        counts
    }
}
