//! Who is whom among the codes in stored rows, and who was erased. Rows are never rewritten for a merge, so that one can be
//! undone. Into whom a code was merged is what an order said last of that code. Where orders crossed on their way, two codes may
//! for a moment each be part of the other: they are one then, and the order that says how it stands is already on its way.

use std::collections::BTreeMap;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::tail::block::Note;

/// Merges and erasures so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Remap {
    /// Into whom each code was merged.
    parents: HashMap<u32, u32, FixedState>,
    /// Who stands for a code that is not its own survivor, and the other way round: both follow from `parents`.
    survivors: HashMap<u32, u32, FixedState>,
    members: HashMap<u32, Vec<u32>, FixedState>,
    erased: BTreeMap<u32, u64>,
    log: RemapLog,
}

/// What the manifest keeps of it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct RemapLog {
    /// Merges that hold, `(from, into)`: each code is merged away once at most.
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
            Note::Part { person } => self.part(person),
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

    /// The greatest code that stands for another one; 0 if none does.
    pub(crate) fn last_survivor(&self) -> u32 {
        self.members.keys().copied().max().unwrap_or_default()
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
        if from == into || self.parents.get(&from) == Some(&into) {
            return;
        }
        let before = self.parents.insert(from, into);
        if before.is_some() {
            self.log.merges.retain(|(gone, _)| *gone != from);
        }
        self.log.merges.push((from, into));
        let root = self.survivor(into);
        if before.is_some() || root == from {
            return self.find_survivors();
        }
        let mut moved = self.members.remove(&from).unwrap_or_default();
        moved.push(from);
        for code in &moved {
            self.survivors.insert(*code, root);
        }
        self.members.entry(root).or_default().extend(moved);
    }

    /// A merged code is one of its own again, with those who were merged into it.
    fn part(&mut self, person: u32) {
        if self.parents.remove(&person).is_some() {
            self.log.merges.retain(|(from, _)| *from != person);
            self.find_survivors();
        }
    }

    /// Follows every code to its end. Of codes that are part of each other, the least stands for all.
    fn find_survivors(&mut self) {
        let mut ends: HashMap<u32, u32, FixedState> = HashMap::default();
        for code in self.parents.keys() {
            let (mut way, mut at) = (Vec::new(), *code);
            let end = loop {
                if let Some(end) = ends.get(&at) {
                    break *end;
                }
                if let Some(begin) = way.iter().position(|known| *known == at) {
                    break way.iter().skip(begin).copied().min().unwrap_or(at);
                }
                way.push(at);
                match self.parents.get(&at) {
                    Some(into) => at = *into,
                    None => break at,
                }
            };
            ends.extend(way.into_iter().map(|code| (code, end)));
        }
        self.survivors.clear();
        self.members.clear();
        for (code, end) in ends.into_iter().filter(|(code, end)| code != end) {
            self.survivors.insert(code, end);
            self.members.entry(end).or_default().push(code);
        }
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
        for (from, into) in [(1, 2), (2, 3), (5, 1), (3, 3), (1, 2)] {
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
    #[test]
    fn who_is_parted_takes_along_whom_they_had() {
        let mut remap = Remap::default();
        for (from, into) in [(1, 2), (4, 1), (2, 3), (5, 2)] {
            remap.apply(10, Note::Merge { into, from });
        }
        let codes = |remap: &Remap, code| {
            let mut codes = remap.codes_of(code);
            codes.sort_unstable();
            codes
        };
        assert_eq!(codes(&remap, 4), [1, 2, 3, 4, 5]);
        remap.apply(20, Note::Part { person: 1 });
        remap.apply(21, Note::Part { person: 1 });
        for remap in [remap.clone(), Remap::from_log(remap.log())] {
            assert_eq!(codes(&remap, 4), [1, 4]);
            assert_eq!(codes(&remap, 5), [2, 3, 5]);
            assert_eq!([1, 2, 3, 4, 5].map(|code| remap.survivor(code)), [1, 3, 3, 1, 3]);
        }
        // What is said last of a code counts, also where it was merged into somebody else before.
        remap.apply(30, Note::Merge { into: 7, from: 2 });
        assert_eq!(codes(&remap, 5), [2, 5, 7]);
        assert_eq!(codes(&remap, 3), [3]);
        remap.apply(31, Note::Merge { into: 5, from: 7 });
        assert_eq!(codes(&remap, 7), [2, 5, 7], "part of each other, for a moment");
        remap.apply(32, Note::Part { person: 2 });
        assert_eq!([2, 5, 7].map(|code| remap.survivor(code)), [2, 2, 2]);
        remap.apply(33, Note::Part { person: 5 });
        assert_eq!([2, 5, 7].map(|code| remap.survivor(code)), [2, 5, 5]);
    }

    #[test]
    fn orders_told_again_from_any_place_change_nothing() {
        let notes = [
            Note::Merge { into: 2, from: 1 },
            Note::Merge { into: 3, from: 2 },
            Note::Part { person: 2 },
            Note::Merge { into: 1, from: 4 },
            Note::Part { person: 1 },
            Note::Merge { into: 2, from: 1 },
        ];
        let mut once = Remap::default();
        notes.iter().for_each(|note| once.apply(1, *note));
        for begin in 0..notes.len() {
            let mut again = Remap::from_log(once.log());
            notes.iter().skip(begin).for_each(|note| again.apply(1, *note));
            for code in 1..=4 {
                assert_eq!(again.survivor(code), once.survivor(code), "from {begin}, of {code}");
            }
        }
    }
}
