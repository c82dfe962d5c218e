//! Texts numbered in the order in which they first come.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::codec::Texts;
use crate::error::StoreError;

/// Texts numbered in the order in which they first come.
#[derive(Clone, Default, Debug)]
pub(crate) struct Interner {
    texts: Texts,
    numbers: HashTable<u32>,
    last: u32,
    state: FixedState,
}

impl Interner {
    /// The number of `text`, a new one if it was not seen before.
    pub(crate) fn number(&mut self, text: &str) -> Result<u32, StoreError> {
        // Rows of one person follow each other, and mostly say the same.
        if !self.texts.is_empty() && self.texts.get(self.last as usize) == text {
            return Ok(self.last);
        }
        self.last = self.find_or_add(text)?;
        Ok(self.last)
    }

    /// A number of its own for `text`, without looking for it: every text gets one.
    pub(crate) fn append(&mut self, text: &str) -> Result<u32, StoreError> {
        let too_large = StoreError::TooLarge { what: "the text of a column", max: u64::from(u32::MAX) };
        self.texts.push(text).ok_or(too_large)
    }

    fn find_or_add(&mut self, text: &str) -> Result<u32, StoreError> {
        let hash = self.state.hash_one(text);
        if let Some(number) = self.numbers.find(hash, |number| self.texts.get(*number as usize) == text) {
            return Ok(*number);
        }
        let number = self.append(text)?;
        let Self { texts, numbers, state, .. } = self;
        numbers.insert_unique(hash, number, |number| state.hash_one(texts.get(*number as usize)));
        Ok(number)
    }

    pub(crate) fn texts(&self) -> &Texts {
        &self.texts
    }

    pub(crate) fn into_texts(self) -> Texts {
        self.texts
    }
}
