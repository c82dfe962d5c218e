//! Paths and how many took them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use hashbrown::HashMap;
use question::kinds::OTHERS;
use question::{AskError, Flow};
use serde_json::Value as Json;

/// The most steps of a path; the reader of questions refuses more.
pub(super) const DEPTH_MAX: usize = 6;
/// The most different paths that are counted; questions with more are refused.
const PATHS_MAX: usize = 500_000;
/// In the place of an event: the session has ended.
pub(super) const END: u32 = u32::MAX;
/// In the place of an event: one that its step does not keep apart.
const OTHER: u32 = u32::MAX - 1;

/// The numbers of the events of a path.
pub(super) type Path = [u32; DEPTH_MAX];

/// What is counted.
pub(super) enum Paths<'a> {
    /// For each step how many paths have which event there.
    Names([BTreeMap<u32, u64>; DEPTH_MAX]),
    /// Paths.
    Paths {
        /// The names that each step keeps apart; all if `None`.
        kept: Option<&'a [Vec<String>]>,
        /// The same by number, for each name that came so far.
        is_kept: Vec<Vec<bool>>,
        /// As long as paths are packed so tight that each can have its place.
        dense: Option<Dense>,
        /// By packed path.
        counts: HashMap<u64, Count>,
        /// Those that cannot be packed.
        wide: HashMap<Path, Count>,
    },
}

/// Counts by packed path, of so many bits a step.
pub(super) struct Dense {
    step_bits: u32,
    cells: Vec<Cell>,
}

/// A table of more paths would not stay in the cache.
const DENSE_BITS_MAX: u32 = 18;

/// As [`Count`], in little room.
#[derive(Clone, Copy, Default)]
struct Cell {
    count: u64,
    people: u32,
    last: u32,
}

/// Bits of a step in a packed path, which holds the first step in its lowest bits. 0 is the end of the session and
/// 1 an event that is not kept apart, so that what stands behind the end is 0 too.
const STEP_BITS: u32 = 10;
/// The greatest number of an event that can be packed.
const PACKED_EVENT_MAX: u32 = (1 << STEP_BITS) - 3;

/// The packed path of these events; `None` where one has too great a number.
fn packed(path: &Path) -> Option<u64> {
    path.iter().rev().try_fold(0, |whole, event| Some(whole << STEP_BITS | packed_event(*event)?))
}

fn packed_event(event: u32) -> Option<u64> {
    match event {
        END => Some(0),
        OTHER => Some(1),
        event => (event <= PACKED_EVENT_MAX).then(|| u64::from(event) + 2),
    }
}

fn unpacked(packed: u64, step_bits: u32) -> Path {
    let mut path = [END; DEPTH_MAX];
    for (step, slot) in (0_u32..).zip(&mut path) {
        let rest = packed.checked_shr(step * step_bits).unwrap_or_default();
        *slot = match (rest & ((1 << step_bits) - 1)) as u32 {
            0 => END,
            1 => OTHER,
            event => event - 2,
        };
    }
    path
}

/// The paths of so many steps that begin with each of the events of somebody, packed, made one from the other.
pub(super) struct Rolling {
    step_bits: u32,
    mask: u64,
    path: u64,
}

impl Rolling {
    pub(super) fn new(depth: u32, step_bits: u32) -> Self {
        Self { step_bits, mask: (1 << (depth * step_bits)) - 1, path: 0 }
    }

    /// The path that begins with `event` and goes on, if it does, with the one before. Events have such numbers
    /// that they can be packed.
    pub(super) fn next(&mut self, event: u32, goes_on: bool) -> u64 {
        let rest = if goes_on { self.path << self.step_bits } else { 0 };
        self.path = (rest | (u64::from(event) + 2)) & self.mask;
        self.path
    }
}

/// How many times a path was taken, and by how many people.
#[derive(Clone, Copy, Default)]
pub(super) struct Count {
    count: u64,
    people: u64,
    /// Who took it last, and one more, so that 0 is nobody.
    last: u64,
}

impl Count {
    fn add(&mut self, person: u32) {
        let person = u64::from(person) + 1;
        self.count += 1;
        self.people += u64::from(self.last != person);
        self.last = person;
    }
}

impl Cell {
    fn add(&mut self, person: u32) {
        let person = person.saturating_add(1);
        self.count += 1;
        self.people += u32::from(self.last != person);
        self.last = person;
    }
}

impl<'a> Paths<'a> {
    pub(super) fn of_names() -> Self {
        Self::Names(Default::default())
    }

    pub(super) fn of_paths(kept: Option<&'a [Vec<String>]>) -> Self {
        let is_kept = vec![Vec::new(); kept.map_or(0, <[_]>::len)];
        Self::Paths { kept, is_kept, dense: None, counts: HashMap::default(), wide: HashMap::default() }
    }

    /// Takes up the names of events that came newly, in the order of their numbers.
    pub(super) fn learn(&mut self, names: &[String]) {
        if let Self::Paths { kept: Some(kept), is_kept, .. } = self {
            for (kept, is_kept) in kept.iter().zip(is_kept) {
                is_kept.extend(names.iter().map(|name| kept.contains(name)));
            }
        }
    }

    /// What stands for an event at a step.
    pub(super) fn named(&self, step: usize, event: u32) -> u32 {
        match self {
            Self::Paths { kept: Some(_), is_kept, .. } => {
                let is_kept = is_kept.get(step).and_then(|is_kept| is_kept.get(event as usize));
                if is_kept.copied().unwrap_or_default() { event } else { OTHER }
            }
            _ => event,
        }
    }

    /// Takes in a path of `person`. All of a person's come one after the other.
    pub(super) fn add(&mut self, person: u32, path: Path) -> Result<(), AskError> {
        match self {
            Self::Names(steps) => {
                for (step, event) in steps.iter_mut().zip(path).filter(|(_, event)| *event != END) {
                    *step.entry(event).or_default() += 1;
                }
                Ok(())
            }
            Self::Paths { counts, wide, .. } => {
                let count = match packed(&path) {
                    Some(path) => counts.entry(path).or_default(),
                    None => wide.entry(path).or_default(),
                };
                count.add(person);
                bounded(counts.len() + wide.len())
            }
        }
    }

    /// How many bits of a packed path a step takes, where events have numbers below `events`; `None` where paths cannot
    /// be taken in packed. Asked before each person.
    pub(super) fn step_bits(&mut self, events: usize, depth: u32) -> Option<u32> {
        let Self::Paths { kept: None, dense, .. } = self else { return None };
        let now = dense.as_ref().map(|dense| dense.step_bits);
        let step_bits = usize::BITS - (events + 1).leading_zeros();
        if step_bits * depth > DENSE_BITS_MAX {
            self.settle();
            return (events <= PACKED_EVENT_MAX as usize + 1).then_some(STEP_BITS);
        }
        if now != Some(step_bits) {
            self.settle();
            if let Self::Paths { dense, .. } = self {
                let cells = vec![Cell::default(); 1 << (step_bits * depth)];
                *dense = Some(Dense { step_bits, cells });
            }
        }
        Some(step_bits)
    }

    /// As [`Paths::add`], with a path packed as [`Paths::step_bits`] said.
    pub(super) fn add_packed(&mut self, person: u32, path: u64) -> Result<(), AskError> {
        match self {
            Self::Paths { dense: Some(dense), .. } => {
                if let Some(cell) = dense.cells.get_mut(path as usize) {
                    cell.add(person);
                }
                Ok(())
            }
            Self::Paths { counts, wide, .. } => {
                counts.entry(path).or_default().add(person);
                bounded(counts.len() + wide.len())
            }
            Self::Names(_) => Ok(()),
        }
    }

    /// Takes in what another share has, if it counted everything at the same places.
    fn merge_dense(&mut self, other: &Self, map: &[u32]) -> bool {
        let (Self::Paths { dense: Some(dense), .. }, Self::Paths { dense: Some(more), counts, wide, .. }) =
            (self, other)
        else {
            return false;
        };
        let same = dense.step_bits == more.step_bits && (0..).zip(map).all(|(event, moved)| event == *moved);
        if !same || !counts.is_empty() || !wide.is_empty() {
            return false;
        }
        for (cell, more) in dense.cells.iter_mut().zip(&more.cells) {
            cell.count += more.count;
            cell.people += more.people;
        }
        true
    }

    /// Moves what was counted by place to where everything is counted.
    fn settle(&mut self) {
        let Self::Paths { dense, counts, wide, .. } = self else { return };
        let Some(Dense { step_bits, cells }) = dense.take() else { return };
        for (path, cell) in (0_u64..).zip(cells).filter(|(_, cell)| cell.count > 0) {
            let path = unpacked(path, step_bits);
            let count = match packed(&path) {
                Some(path) => counts.entry(path).or_default(),
                None => wide.entry(path).or_default(),
            };
            // Nobody's paths are counted in both.
            count.count += cell.count;
            count.people += u64::from(cell.people);
        }
    }

    /// Takes in what another share has counted, whose event `n` is event `map[n]` here.
    pub(super) fn merge(&mut self, mut other: Self, map: &[u32]) -> Result<(), AskError> {
        if self.merge_dense(&other, map) {
            return Ok(());
        }
        self.settle();
        other.settle();
        let moved = |event: u32| map.get(event as usize).copied().unwrap_or(event);
        match (self, other) {
            (Self::Names(steps), Self::Names(others)) => {
                for (step, other) in steps.iter_mut().zip(others) {
                    for (event, more) in other {
                        *step.entry(moved(event)).or_default() += more;
                    }
                }
                Ok(())
            }
            (Self::Paths { counts, wide, .. }, Self::Paths { counts: others, wide: wide_others, .. }) => {
                let others = others.into_iter().map(|(path, more)| (unpacked(path, STEP_BITS), more));
                let others = others.chain(wide_others);
                for (path, more) in others {
                    let path = path.map(moved);
                    let count = match packed(&path) {
                        Some(path) => counts.entry(path).or_default(),
                        None => wide.entry(path).or_default(),
                    };
                    count.count += more.count;
                    count.people += more.people;
                }
                bounded(counts.len() + wide.len())
            }
            // Both were made for the same pass.
            _ => Ok(()),
        }
    }

    pub(super) fn names_by_step(self) -> Vec<BTreeMap<u32, u64>> {
        match self {
            Self::Names(steps) => steps.into(),
            Self::Paths { .. } => Vec::new(),
        }
    }

    /// The rows of the most frequent paths, and how many paths and times there are beside them.
    pub(super) fn finish(mut self, names: &[String], flow: &Flow) -> (Vec<Vec<Json>>, (u64, u64)) {
        self.settle();
        let Self::Paths { counts, wide, .. } = self else { return (Vec::new(), (0, 0)) };
        let mut counts: Vec<(Path, Count)> =
            counts.into_iter().map(|(path, count)| (unpacked(path, STEP_BITS), count)).chain(wide).collect();
        let all = (counts.len() as u64, counts.iter().map(|(_, count)| count.count).sum::<u64>());
        // Names are looked at of those alone that are as frequent as the last that is shown.
        let top = flow.top as usize;
        if top > 0 && top < counts.len() {
            let (_, (_, last), _) =
                counts.select_nth_unstable_by_key(top - 1, |(_, count)| Reverse(count.count));
            let least = last.count;
            counts.retain(|(_, count)| count.count >= least);
        }
        let name = |event: &u32| match *event {
            END => None,
            OTHER => Some(OTHERS),
            event => names.get(event as usize).map(String::as_str),
        };
        let mut ranked: Vec<(Vec<Option<&str>>, Count)> = counts
            .iter()
            .map(|(path, count)| (path.iter().take(flow.depth as usize).map(name).collect(), *count))
            .collect();
        ranked.sort_unstable_by(|a, b| b.1.count.cmp(&a.1.count).then_with(|| a.0.cmp(&b.0)));
        ranked.truncate(top);
        let shown = (ranked.len() as u64, ranked.iter().map(|(_, count)| count.count).sum::<u64>());
        let row = |(path, count): (Vec<Option<&str>>, Count)| {
            let mut row: Vec<Json> = path.into_iter().map(Json::from).collect();
            row.extend([Json::from(count.people), Json::from(count.count)]);
            row
        };
        let beside = (all.0 - shown.0, all.1 - shown.1);
        (ranked.into_iter().map(row).collect(), beside)
    }
}

fn bounded(count: usize) -> Result<(), AskError> {
    if count <= PATHS_MAX {
        return Ok(());
    }
    Err(AskError::TooLarge {
        problem: format!("there are more than {PATHS_MAX} different paths"),
        fix: "take a smaller `depth`, or keep fewer `names` apart".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_path_is_unpacked_as_it_was(
            events in proptest::collection::vec(prop_oneof![8 => 0..=PACKED_EVENT_MAX, 1 => Just(OTHER), 1 => Just(END)], DEPTH_MAX),
            large in PACKED_EVENT_MAX + 1..OTHER,
        ) {
            let mut path: Path = events.try_into().unwrap();
            prop_assert_eq!(packed(&path).map(|path| unpacked(path, STEP_BITS)), Some(path));
            path[3] = large;
            prop_assert_eq!(packed(&path), None);
        }

        #[test]
        fn paths_made_one_from_the_other_are_those_packed_one_by_one(
            events in proptest::collection::vec((0..=PACKED_EVENT_MAX, any::<bool>()), 1..20),
            depth in 1..=6_u32,
            step_bits in prop_oneof![Just(3), Just(STEP_BITS)],
        ) {
            let mut rolling = Rolling::new(depth, step_bits);
            let events: Vec<(u32, bool)> =
                events.into_iter().map(|(event, goes_on)| (event % ((1 << step_bits) - 2), goes_on)).collect();
            for (place, (event, goes_on)) in events.iter().enumerate() {
                let mut path = [END; DEPTH_MAX];
                let behind = events[..=place].iter().rev();
                let mut open = true;
                for (slot, (event, goes_on)) in path.iter_mut().zip(behind).take(depth as usize) {
                    if open {
                        *slot = *event;
                    }
                    open &= *goes_on;
                }
                prop_assert_eq!(unpacked(rolling.next(*event, *goes_on && place > 0), step_bits), path);
            }
        }
    }
}
