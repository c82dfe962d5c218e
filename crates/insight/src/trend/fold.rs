//! Folding blocks of rows into cells.

use question::AskError;
use question::kinds::is_wanted;
use serde_json::Value as Json;
use store::{Block, Counts, Hours};

use super::plan::Plan;
use super::tally::Tally;
use crate::condition::Conditions;
use crate::groups::{GroupError, Groups, Largest, NO_GROUP};
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
    /// For every event of the trend, which event names of the scan are it.
    wanted: Vec<Wanted>,
    room: Room,
}

/// Which event names of the scan are one event of the trend.
#[derive(Clone, Default)]
struct Wanted {
    names: Vec<bool>,
    /// Whether all are that came so far.
    all: bool,
}

impl Wanted {
    fn has(&self, block: &Block<'_>, row: u32) -> bool {
        let event = block.events().get(row as usize).copied().unwrap_or_default();
        self.names.get(event as usize).copied().unwrap_or_default()
    }
}

/// What is made of the block at hand, here for its memory.
#[derive(Default)]
struct Room {
    rows: Vec<u32>,
    groups: Vec<u32>,
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
            wanted: vec![Wanted::default(); plan.trend.events.len()],
            room: Room::default(),
            plan,
            groups,
            tallies,
        }
    }

    /// Takes in a block.
    pub(super) fn block(&mut self, block: &Block<'_>) -> Result<(), FoldError> {
        self.learn_names(block.names());
        let mut fitting = std::mem::take(&mut self.room.rows);
        let rows = if self.conditions.is_empty() {
            block.rows()
        } else {
            fitting.clear();
            fitting.extend_from_slice(block.rows());
            self.conditions.retain(block, &mut fitting)?;
            &fitting
        };
        let counted = if rows.is_empty() { Ok(()) } else { self.rows(block, rows) };
        self.room.rows = fitting;
        counted
    }

    /// Counts `rows` of a block.
    fn rows(&mut self, block: &Block<'_>, rows: &[u32]) -> Result<(), FoldError> {
        if let Some(interval) = self.plan.starts.one_interval(block.span_ms())
            && self.wanted.iter().all(|wanted| wanted.all)
            && self.tallies.iter().all(Tally::is_count)
            && let Some(counts) = self.groups.count(block, rows)?
        {
            self.add_counts(interval, &counts);
            return Ok(());
        }
        if self.plan.by_runs {
            for count in &mut self.rows {
                *count += rows.len() as u64;
            }
            for tally in &mut self.tallies {
                tally.add_runs(block, rows, &self.plan.starts)?;
            }
            return Ok(());
        }
        let mut groups = std::mem::take(&mut self.room.groups);
        self.groups.assign(block, rows, &mut groups)?;
        self.rows.resize(self.groups.len(), 0);
        self.count_rows(block, rows, &groups);
        if !self.tallies.is_empty() {
            self.to_cells(block, rows, &mut groups);
            let cell_count = self.groups.len() * self.plan.starts.all().len();
            for (tally, wanted) in self.tallies.iter_mut().zip(&self.wanted) {
                let pairs = rows.iter().copied().zip(groups.iter().copied());
                if wanted.all && !self.groups.is_closed() {
                    tally.add(block, pairs, cell_count)?;
                } else {
                    let is = |(row, cell): &(u32, u32)| *cell != NO_GROUP && wanted.has(block, *row);
                    tally.add(block, pairs.filter(is), cell_count)?;
                }
            }
        }
        self.room.groups = groups;
        Ok(())
    }

    /// Takes in what a chunk has counted.
    pub(super) fn counts(&mut self, counts: &Counts<'_>) -> Result<(), FoldError> {
        self.learn_names(counts.names());
        let intervals = u32::try_from(self.plan.starts.all().len()).unwrap_or(u32::MAX);
        for cell in counts.cells() {
            let group = self.groups.of_word(counts.words().zip(cell.word))?;
            if group == NO_GROUP {
                continue;
            }
            self.rows.resize(self.groups.len(), 0);
            let is = |wanted: &&Wanted| wanted.names.get(cell.event as usize) == Some(&true);
            let times = self.wanted.iter().filter(is).count() as u64;
            if let Some(rows) = self.rows.get_mut(group as usize) {
                *rows += cell.rows * times;
            }
            let interval = self.plan.starts.interval(cell.time_ms);
            for (tally, _) in self.tallies.iter_mut().zip(&self.wanted).filter(|(_, wanted)| is(wanted)) {
                tally.add_count(group * intervals + interval, cell.rows);
            }
        }
        Ok(())
    }

    /// Takes in what a chunk lists of who did it in which hours, where no more is asked.
    pub(super) fn hours(&mut self, hours: &Hours<'_>) -> Result<(), FoldError> {
        let interval = |time: &Option<i64>| time.map(|ms| self.plan.starts.interval(ms));
        let intervals: Vec<Option<u32>> = hours.times().iter().map(interval).collect();
        for tally in &mut self.tallies {
            tally.add_hours(hours, &intervals)?;
        }
        Ok(())
    }

    /// Takes in how many rows of one interval there are of each group.
    fn add_counts(&mut self, interval: u32, counts: &[(u32, u64)]) {
        let intervals = u32::try_from(self.plan.starts.all().len()).unwrap_or(u32::MAX);
        let times = self.wanted.len() as u64;
        self.rows.resize(self.groups.len(), 0);
        for (group, count) in counts.iter().filter(|(group, _)| *group != NO_GROUP) {
            if let Some(rows) = self.rows.get_mut(*group as usize) {
                *rows += count * times;
            }
            for tally in &mut self.tallies {
                tally.add_count(*group * intervals + interval, *count);
            }
        }
    }

    /// Counts the rows of every group, once for every event of the trend that they are.
    fn count_rows(&mut self, block: &Block<'_>, rows: &[u32], groups: &[u32]) {
        let times = self.wanted.iter().filter(|wanted| wanted.all).count() as u64;
        if let [one] = self.rows.as_mut_slice()
            && !self.groups.is_closed()
        {
            *one += times * rows.len() as u64;
        } else {
            for group in groups {
                if let Some(count) = self.rows.get_mut(*group as usize) {
                    *count += times;
                }
            }
        }
        for wanted in self.wanted.iter().filter(|wanted| !wanted.all) {
            for (row, group) in rows.iter().zip(groups) {
                if let Some(count) = self.rows.get_mut(*group as usize) {
                    *count += u64::from(wanted.has(block, *row));
                }
            }
        }
    }

    fn learn_names(&mut self, names: &[String]) {
        for (event, wanted) in self.plan.trend.events.iter().zip(&mut self.wanted) {
            for name in names.iter().skip(wanted.names.len()) {
                wanted.names.push(is_wanted(&event.event, name));
            }
            wanted.all = wanted.names.iter().all(|is| *is);
        }
    }

    /// Puts the cell of each row in the place of its group: the group's first, and on by its interval.
    fn to_cells(&self, block: &Block<'_>, rows: &[u32], groups: &mut [u32]) {
        let starts = &self.plan.starts;
        let intervals = u32::try_from(starts.all().len()).unwrap_or(u32::MAX);
        if let Some(interval) = starts.one_interval(block.span_ms()) {
            for group in groups.iter_mut().filter(|group| **group != NO_GROUP) {
                *group = *group * intervals + interval;
            }
            return;
        }
        for (row, group) in rows.iter().zip(groups) {
            let time = block.times().get(*row as usize).copied().unwrap_or_default();
            if *group != NO_GROUP {
                *group = *group * intervals + starts.interval(time);
            }
        }
    }

    /// Takes in what another fold has counted.
    pub(super) fn merge(&mut self, other: Self) -> Result<(), FoldError> {
        let intervals = u32::try_from(self.plan.starts.all().len()).unwrap_or(u32::MAX);
        let map = self.groups.take_in(&other.groups);
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
        let cell_count = self.groups.len() * self.plan.starts.all().len();
        for (tally, other) in self.tallies.iter_mut().zip(other.tallies) {
            tally.merge(other, &moved, cell_count)?;
        }
        Ok(())
    }

    /// The largest groups; those without rows only where there is no `by`.
    pub(super) fn largest(&self) -> Largest {
        let counted = (0_u32..).zip(self.rows.iter().copied());
        self.groups.largest(counted.filter(|(_, rows)| *rows > 0 || self.plan.trend.by.is_empty()))
    }

    /// The number of a group.
    pub(super) fn group(&mut self, key: &[Canonical]) -> u32 {
        self.groups.number(key)
    }

    /// For every event, the values of all intervals of `groups`, one group behind the other.
    pub(super) fn finish(self, groups: &[u32]) -> Result<Vec<Vec<Json>>, AskError> {
        let intervals = self.plan.starts.all().len();
        let cells: Vec<usize> = groups
            .iter()
            .flat_map(|group| (0..intervals).map(move |interval| *group as usize * intervals + interval))
            .collect();
        let cell_count = self.groups.len() * intervals;
        self.tallies.into_iter().map(|tally| tally.finish(&cells, cell_count)).collect()
    }
}
