//! Who was touched by what arrived, and is to be judged anew: bounded, and only in memory, since the resolving pass begins
//! again where the segments are after a crash.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use model::{PersonCode, WorkspaceId};

/// The most people who wait; where more are touched of a workspace, its segments are filled anew.
pub(crate) const WAITING_MAX: usize = 200_000;
/// The most people of whom it is remembered that they were judged since the start.
const KNOWN_MAX: usize = 1_000_000;

/// What touched somebody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Cause {
    /// An event that a condition counts, by its name.
    Event(String),
    /// A trait that may have changed.
    Trait,
    /// They may have agreed to something, or no longer.
    Consent,
    /// A group of theirs may have changed, or they belong to another one.
    Group,
    /// Two people became one.
    Merge,
    /// Two people are two again.
    Unmerge,
    /// They were put on a list that a condition names, or taken off.
    List,
    /// The first event of somebody.
    First,
}

impl Cause {
    /// The words kept beside a membership and told in the event.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Event(name) => format!("event: {name}"),
            Self::Trait => "traits".to_owned(),
            Self::Consent => "consent".to_owned(),
            Self::Group => "group".to_owned(),
            Self::Merge => "merge".to_owned(),
            Self::Unmerge => "unmerge".to_owned(),
            Self::List => "a list".to_owned(),
            Self::First => "first event".to_owned(),
        }
    }
}

/// Those who wait.
#[derive(Default, Debug)]
pub(crate) struct Pending {
    people: HashMap<(WorkspaceId, PersonCode), Cause>,
    known: HashSet<(WorkspaceId, PersonCode)>,
    /// Groups may have changed whose members are to be judged.
    pub(crate) groups: bool,
    /// Whose segments are to be filled anew.
    refill: HashSet<WorkspaceId>,
    /// The first place in the journal that nobody here was touched by yet.
    pub(crate) through: u64,
}

impl Pending {
    /// Somebody is to be judged; the last cause is told.
    pub(crate) fn touch(&mut self, workspace: WorkspaceId, person: PersonCode, cause: Cause) {
        if self.refill.contains(&workspace) {
            return;
        }
        let full = self.people.len() >= WAITING_MAX;
        match self.people.entry((workspace, person)) {
            // Two people having become one matters to how rows are put together, whatever came after.
            Entry::Occupied(mut entry) if *entry.get() != Cause::Merge => {
                entry.insert(cause);
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(_) if full => {
                self.people.retain(|(other, _), _| *other != workspace);
                self.refill.insert(workspace);
            }
            Entry::Vacant(entry) => {
                entry.insert(cause);
            }
        }
    }

    /// Somebody had an event that nothing counts: judged once, since they are there now.
    pub(crate) fn seen(&mut self, workspace: WorkspaceId, person: PersonCode) {
        if self.known.len() >= KNOWN_MAX {
            self.known.clear();
        }
        if self.known.insert((workspace, person)) && !self.people.contains_key(&(workspace, person)) {
            self.touch(workspace, person, Cause::First);
        }
    }

    /// Everybody of a workspace is to be judged.
    pub(crate) fn refill(&mut self, workspace: WorkspaceId) {
        self.people.retain(|(other, _), _| *other != workspace);
        self.refill.insert(workspace);
    }

    pub(crate) fn take_refills(&mut self) -> Vec<WorkspaceId> {
        self.refill.drain().collect()
    }

    /// At most `most` people of one workspace.
    pub(crate) fn take(&mut self, most: usize) -> Option<(WorkspaceId, Vec<(PersonCode, Cause)>)> {
        let workspace = self.people.keys().next()?.0;
        let some: Vec<_> =
            self.people.keys().filter(|(other, _)| *other == workspace).take(most).copied().collect();
        let mut taken: Vec<_> =
            some.into_iter().filter_map(|key| self.people.remove(&key).map(|cause| (key.1, cause))).collect();
        taken.sort_unstable_by_key(|(person, _)| *person);
        Some((workspace, taken))
    }

    /// Puts back who could not be judged, unless they were touched again.
    pub(crate) fn put_back(&mut self, workspace: WorkspaceId, people: Vec<(PersonCode, Cause)>) {
        for (person, cause) in people {
            self.people.entry((workspace, person)).or_insert(cause);
        }
    }

    /// Whether those who wait are few, and nothing else does.
    pub(crate) fn are_few(&self, many: usize) -> bool {
        self.people.len() < many && self.refill.is_empty()
    }

    /// How many people wait.
    pub(crate) fn waiting(&self) -> usize {
        self.people.len()
    }

    /// Whether there is nothing to do. Groups are known to the database, too, so they keep no place in the log back.
    pub(crate) fn is_idle(&self) -> bool {
        self.is_empty() && !self.groups
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.people.is_empty() && self.refill.is_empty()
    }
}
