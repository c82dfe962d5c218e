//! Who is whom among the codes in stored rows, and who was erased. Rows are never rewritten for a merge.

use std::collections::BTreeMap;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::tail::block::Note;

/// Merges and erasures so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Remap {
    survivors: HashMap<u32, u32, FixedState>,
    members: HashMap<u32, Vec<u32>, FixedState>,
    erased: BTreeMap<u32, u64>,
    log: RemapLog,
}

/// What the manifest keeps of it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct RemapLog {
    /// Merges, `(from, into)`, in order.
    pub(crate) merges: Vec<(u32, u32)>,
    /// Erased codes and the journal offset before which their rows are gone, in order.
    pub(crate) erasures: Vec<(u32, u64)>,
}

impl Remap {
    pub(crate) fn from_log(log: &RemapLog) -> Self {
        let mut remap = Self::default();
        for (from, into) in &log.merges {
            remap.merge(*from, *into);
        }
        for (code, before) in &log.erasures {
            remap.erase_code(*code, *before);
        }
        remap
    }

    pub(crate) fn log(&self) -> &RemapLog {
        &self.log
    }

    pub(crate) fn apply(&mut self, offset: u64, note: Note) {
        match note {
            Note::Merge { into, from } => self.merge(from, into),
            Note::Erase { person } => {
                for code in self.codes_of(person) {
                    self.erase_code(code, offset);
                }
            }
        }
    }

    /// The code that stands for `code` today.
    pub(crate) fn survivor(&self, code: u32) -> u32 {
        self.survivors.get(&code).copied().unwrap_or(code)
    }

    /// Whether any code stands for another.
    pub(crate) fn has_merges(&self) -> bool {
        !self.survivors.is_empty()
    }

    /// All codes of the person that `code` belongs to.
    pub(crate) fn codes_of(&self, code: u32) -> Vec<u32> {
        let survivor = self.survivor(code);
        let mut codes = self.members.get(&survivor).cloned().unwrap_or_default();
        codes.push(survivor);
        codes
    }

    /// The codes that stand for one of `people` today and are not theirs, sorted.
    pub(crate) fn moved_to(&self, people: std::ops::RangeInclusive<u32>) -> Vec<u32> {
        let moved = self.survivors.iter().filter(|(_, survivor)| people.contains(survivor));
        let mut codes: Vec<u32> = moved.map(|(code, _)| *code).collect();
        codes.sort_unstable();
        codes
    }

    /// Whether a row is gone.
    pub(crate) fn is_erased(&self, code: u32, offset: u64) -> bool {
        !self.erased.is_empty() && self.erased.get(&code).is_some_and(|before| offset < *before)
    }

    /// Whether rows of codes from `first` to `last` may be gone.
    pub(crate) fn may_have_erased(&self, first: u32, last: u32) -> bool {
        self.erased.range(first..=last.max(first)).next().is_some()
    }

    /// How many erasures there were; a chunk remembers how many of them it no longer needs.
    pub(crate) fn erasures(&self) -> usize {
        self.log.erasures.len()
    }

    /// The codes erased since the first `since` erasures.
    pub(crate) fn erased_since(&self, since: usize) -> impl Iterator<Item = u32> + Clone {
        self.log.erasures.iter().skip(since).map(|(code, _)| *code)
    }

    fn merge(&mut self, from: u32, into: u32) {
        let (from, into) = (self.survivor(from), self.survivor(into));
        if from == into {
            return;
        }
        let mut moved = self.members.remove(&from).unwrap_or_default();
        moved.push(from);
        for code in &moved {
            self.survivors.insert(*code, into);
        }
        self.members.entry(into).or_default().extend(moved);
        self.log.merges.push((from, into));
    }

    fn erase_code(&mut self, code: u32, before: u64) {
        let known = self.erased.entry(code).or_default();
        if *known < before {
            *known = before;
            self.log.erasures.push((code, before));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_chain_and_an_erasure_takes_every_code() {
        let mut remap = Remap::default();
        for (from, into) in [(1, 2), (2, 3), (5, 1), (3, 3), (1, 3)] {
            remap.apply(10, Note::Merge { into, from });
        }
        assert_eq!([1, 2, 3, 4, 5].map(|code| remap.survivor(code)), [3, 3, 3, 4, 3]);
        let mut codes = remap.codes_of(5);
        codes.sort_unstable();
        assert_eq!(codes, [1, 2, 3, 5]);
        remap.apply(20, Note::Erase { person: 2 });
        let again = Remap::from_log(remap.log());
        for remap in [remap, again] {
            assert!(remap.is_erased(5, 19) && !remap.is_erased(5, 20) && !remap.is_erased(4, 1));
            assert_eq!(remap.survivor(1), 3);
        }
    }
}
