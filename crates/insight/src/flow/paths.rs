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
        counts: HashMap<Path, Count>,
    },
}

/// How many times a path was taken, and by how many people.
#[derive(Clone, Copy, Default)]
pub(super) struct Count {
    count: u64,
    people: u64,
    /// Who took it last, and one more, so that 0 is nobody.
    last: u64,
}

impl<'a> Paths<'a> {
    pub(super) fn of_names() -> Self {
        Self::Names(Default::default())
    }

    pub(super) fn of_paths(kept: Option<&'a [Vec<String>]>) -> Self {
        let is_kept = vec![Vec::new(); kept.map_or(0, <[_]>::len)];
        Self::Paths { kept, is_kept, counts: HashMap::default() }
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
            Self::Paths { counts, .. } => {
                let count = counts.entry(path).or_default();
                let person = u64::from(person) + 1;
                count.count += 1;
                count.people += u64::from(count.last != person);
                count.last = person;
                bounded(counts.len())
            }
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
            (Self::Paths { counts, .. }, Self::Paths { counts: others, .. }) => {
                for (path, more) in others {
                    let count = counts.entry(path.map(moved)).or_default();
                    count.count += more.count;
                    count.people += more.people;
                }
                bounded(counts.len())
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
        let Self::Paths { counts, .. } = self else { return (Vec::new(), (0, 0)) };
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
