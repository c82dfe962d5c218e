//! Paths and how many took them.

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
        /// By packed path.
        counts: HashMap<u64, Count>,
        /// Those that cannot be packed.
        wide: HashMap<Path, Count>,
    },
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

fn unpacked(packed: u64) -> Path {
    let mut path = [END; DEPTH_MAX];
    for (step, slot) in (0_u32..).zip(&mut path) {
        *slot = match (packed >> (step * STEP_BITS) & ((1 << STEP_BITS) - 1)) as u32 {
            0 => END,
            1 => OTHER,
            event => event - 2,
        };
    }
    path
}

/// The paths of so many steps that begin with each of the events of somebody, packed, made one from the other.
pub(super) struct Rolling {
    mask: u64,
    path: u64,
}

impl Rolling {
    pub(super) fn new(depth: u32) -> Self {
        Self { mask: (1 << (depth * STEP_BITS)) - 1, path: 0 }
    }

    /// The path that begins with `event` and goes on, if it does, with the one before. Events have such numbers
    /// that they can be packed.
    pub(super) fn next(&mut self, event: u32, goes_on: bool) -> u64 {
        let rest = if goes_on { self.path << STEP_BITS } else { 0 };
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

impl<'a> Paths<'a> {
    pub(super) fn of_names() -> Self {
        Self::Names(Default::default())
    }

    pub(super) fn of_paths(kept: Option<&'a [Vec<String>]>) -> Self {
        let is_kept = vec![Vec::new(); kept.map_or(0, <[_]>::len)];
        Self::Paths { kept, is_kept, counts: HashMap::default(), wide: HashMap::default() }
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

    /// Whether packed paths can be taken in, where events have numbers below `events`.
    pub(super) fn takes_packed(&self, events: usize) -> bool {
        matches!(self, Self::Paths { kept: None, .. }) && events <= PACKED_EVENT_MAX as usize + 1
    }

    /// As [`Paths::add`], with a packed path.
    pub(super) fn add_packed(&mut self, person: u32, path: u64) -> Result<(), AskError> {
        match self {
            Self::Paths { counts, wide, .. } => {
                counts.entry(path).or_default().add(person);
                bounded(counts.len() + wide.len())
            }
            Self::Names(_) => Ok(()),
        }
    }

    /// Takes in what another share has counted, whose event `n` is event `map[n]` here.
    pub(super) fn merge(&mut self, other: Self, map: &[u32]) -> Result<(), AskError> {
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
                let others = others.into_iter().map(|(path, more)| (unpacked(path), more)).chain(wide_others);
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
    pub(super) fn finish(self, names: &[String], flow: &Flow) -> (Vec<Vec<Json>>, (u64, u64)) {
        let Self::Paths { counts, wide, .. } = self else { return (Vec::new(), (0, 0)) };
        let counts: Vec<(Path, Count)> =
            counts.into_iter().map(|(path, count)| (unpacked(path), count)).chain(wide).collect();
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
        let others = ranked.split_off(ranked.len().min(flow.top as usize));
        let row = |(path, count): (Vec<Option<&str>>, Count)| {
            let mut row: Vec<Json> = path.into_iter().map(Json::from).collect();
            row.extend([Json::from(count.people), Json::from(count.count)]);
            row
        };
        let beside = (others.len() as u64, others.iter().map(|(_, count)| count.count).sum());
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
            prop_assert_eq!(packed(&path).map(unpacked), Some(path));
            path[3] = large;
            prop_assert_eq!(packed(&path), None);
        }

        #[test]
        fn paths_made_one_from_the_other_are_those_packed_one_by_one(
            events in proptest::collection::vec((0..=PACKED_EVENT_MAX, any::<bool>()), 1..20),
            depth in 1..=6_u32,
        ) {
            let mut rolling = Rolling::new(depth);
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
                prop_assert_eq!(unpacked(rolling.next(*event, *goes_on && place > 0)), path);
            }
        }
    }
}
