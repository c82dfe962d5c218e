//! Folding blocks of rows into cells.

use question::AskError;
use question::kinds::is_wanted;
use serde_json::Value as Json;
use store::Block;

use super::plan::Plan;
use super::tally::Tally;
use crate::condition::Conditions;
use crate::groups::{GroupError, Groups, NO_GROUP};
use crate::item::Canonical;

/// Why folding ended early.
pub(super) enum FoldError {
    /// More groups came than are counted at once.
    TooManyGroups,
    /// There is no answer.
    Ask(AskError),
}

impl FoldError {
    pub(super) fn into_ask(self, too_many: impl FnOnce() -> AskError) -> AskError {
        match self {
            Self::TooManyGroups => too_many(),
            Self::Ask(error) => error,
        }
    }
}

impl From<GroupError> for FoldError {
    fn from(error: GroupError) -> Self {
        match error {
            GroupError::TooMany => Self::TooManyGroups,
            GroupError::Ask(error) => Self::Ask(error),
        }
    }
}

impl From<AskError> for FoldError {
    fn from(error: AskError) -> Self {
        Self::Ask(error)
    }
}

/// Counts in the making.
pub(super) struct Fold<'a> {
    plan: &'a Plan<'a>,
    conditions: Conditions<'a>,
    groups: Groups<'a>,
    /// Rows of each group, counted once for every event of the trend that they are.
    rows: Vec<u64>,
    /// One for every event of the trend; none while only groups are counted.
    tallies: Vec<Tally>,
    /// For every event name of the scan, which events of the trend it is.
    wanted: Vec<Vec<bool>>,
}

impl<'a> Fold<'a> {
    /// Takes up groups as they come, as long as there are at most `limit`.
    pub(super) fn open(plan: &'a Plan<'a>, limit: usize) -> Self {
        let tallies = plan.trend.events.iter().map(|event| Tally::new(plan, event)).collect();
        Self::new(plan, Groups::open(plan.reading.dimensions(&plan.trend.by), limit), tallies)
    }

    /// Only counts the rows of groups.
    pub(super) fn counting(plan: &'a Plan<'a>, limit: usize) -> Self {
        Self::new(plan, Groups::open(plan.reading.dimensions(&plan.trend.by), limit), Vec::new())
    }

    /// Looks at these groups alone.
    pub(super) fn only(plan: &'a Plan<'a>, keys: &[Vec<Canonical>]) -> Self {
        let tallies = plan.trend.events.iter().map(|event| Tally::new(plan, event)).collect();
        Self::new(plan, Groups::only(plan.reading.dimensions(&plan.trend.by), keys), tallies)
    }

    fn new(plan: &'a Plan<'a>, groups: Groups<'a>, tallies: Vec<Tally>) -> Self {
        Self {
            conditions: Conditions::new(&plan.trend.conditions, &plan.reading),
            rows: vec![0; groups.len()],
            wanted: Vec::new(),
            plan,
            groups,
            tallies,
        }
    }

    /// Takes in a block.
    pub(super) fn block(&mut self, block: &Block<'_>) -> Result<(), FoldError> {
        let mut rows = block.rows().to_vec();
        self.conditions.retain(block, &mut rows)?;
        if rows.is_empty() {
            return Ok(());
        }
        let groups = self.groups.assign(block, &rows)?;
        self.rows.resize(self.groups.len(), 0);
        self.learn_names(block.names());
        for (row, group) in rows.iter().zip(&groups) {
            let event = block.events().get(*row as usize).copied().unwrap_or_default();
            let times =
                self.wanted.get(event as usize).map_or(0, |wanted| wanted.iter().filter(|is| **is).count());
            if let Some(count) = self.rows.get_mut(*group as usize) {
                *count += times as u64;
            }
        }
        if self.tallies.is_empty() {
            return Ok(());
        }
        let cells = self.cells(block, &rows, &groups);
        let cell_count = self.groups.len() * self.plan.starts.len();
        for (index, tally) in self.tallies.iter_mut().enumerate() {
            let is_wanted = |row: u32| {
                let event = block.events().get(row as usize).copied().unwrap_or_default();
                self.wanted
                    .get(event as usize)
                    .and_then(|wanted| wanted.get(index))
                    .copied()
                    .unwrap_or_default()
            };
            let pairs = rows.iter().copied().zip(cells.iter().copied());
            let pairs = pairs.filter(|(row, cell)| *cell != NO_GROUP && is_wanted(*row));
            tally.add(block, pairs, cell_count)?;
        }
        Ok(())
    }

    fn learn_names(&mut self, names: &[String]) {
        for name in names.iter().skip(self.wanted.len()) {
            let events = self.plan.trend.events.iter();
            self.wanted.push(events.map(|event| is_wanted(&event.event, name)).collect());
        }
    }

    /// The cell of each row: its group's first, and on by its interval.
    fn cells(&self, block: &Block<'_>, rows: &[u32], groups: &[u32]) -> Vec<u32> {
        let starts = &self.plan.starts;
        let intervals = u32::try_from(starts.len()).unwrap_or(u32::MAX);
        // Rows of a person follow each other by time, so that most fall into the interval of the one before.
        let mut interval = (0_u32, i64::MAX, i64::MIN);
        let cell = |(row, group): (&u32, &u32)| {
            if *group == NO_GROUP {
                return NO_GROUP;
            }
            let time = block.times().get(*row as usize).copied().unwrap_or_default();
            if time < interval.1 || time >= interval.2 {
                let index = starts.partition_point(|start| *start <= time).saturating_sub(1);
                let from = starts.get(index).copied().unwrap_or_default();
                let to = starts.get(index + 1).copied().unwrap_or(i64::MAX);
                interval = (u32::try_from(index).unwrap_or_default(), from, to);
            }
            group * intervals + interval.0
        };
        rows.iter().zip(groups).map(cell).collect()
    }

    /// Takes in what another fold has counted.
    pub(super) fn merge(&mut self, other: Self) -> Result<(), FoldError> {
        let intervals = u32::try_from(self.plan.starts.len()).unwrap_or(u32::MAX);
        let map: Vec<u32> = other.groups.keys().iter().map(|key| self.groups.number(key)).collect();
        self.rows.resize(self.groups.len(), 0);
        for (group, rows) in map.iter().zip(&other.rows) {
            if let Some(count) = self.rows.get_mut(*group as usize) {
                *count += rows;
            }
        }
        let moved = |cell: u32| {
            let group = map.get((cell / intervals) as usize).copied().unwrap_or_default();
            group * intervals + cell % intervals
        };
        let cell_count = self.groups.len() * self.plan.starts.len();
        for (tally, other) in self.tallies.iter_mut().zip(other.tallies) {
            tally.merge(other, &moved, cell_count)?;
        }
        Ok(())
    }

    /// The groups and how many rows each has; groups without rows only where there is no `by`.
    pub(super) fn ranks(&self) -> Vec<(Vec<Canonical>, u64)> {
        let counted = self.groups.keys().into_iter().zip(self.rows.iter().copied());
        counted.filter(|(_, rows)| *rows > 0 || self.plan.trend.by.is_empty()).collect()
    }

    /// The number of a group.
    pub(super) fn group(&mut self, key: &[Canonical]) -> usize {
        self.groups.number(key) as usize
    }

    /// For every event, the values of all intervals of `groups`, one group behind the other.
    pub(super) fn finish(self, groups: &[usize]) -> Result<Vec<Vec<Json>>, AskError> {
        let intervals = self.plan.starts.len();
        let cells: Vec<usize> = groups
            .iter()
            .flat_map(|group| (0..intervals).map(move |interval| group * intervals + interval))
            .collect();
        let cell_count = self.groups.len() * intervals;
        self.tallies.into_iter().map(|tally| tally.finish(&cells, cell_count)).collect()
    }
}
