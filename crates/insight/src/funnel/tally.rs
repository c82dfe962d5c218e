//! What is counted of attempts.

use question::plain::TIMES_FROM_S;
use question::{AskError, Funnel, FunnelSelect};
use serde_json::Value as Json;

use super::attempt::Attempt;
use crate::groups::{Groups, Largest};
use crate::item::{Canonical, number};

/// The most times between steps that medians are taken of; answers with more are refused.
const TIMES_MAX: usize = 8_000_000;

/// Counts by group, in cells of their own for each step or bracket of times.
pub(super) struct Tally {
    steps: usize,
    select: FunnelSelect,
    /// How many cells a group has; the first counts all attempts.
    width: usize,
    counts: Vec<u64>,
    /// Cell and milliseconds since the step before.
    times: Vec<(u32, i64)>,
}

impl Tally {
    pub(super) fn of_steps(steps: usize) -> Self {
        Self { steps, select: FunnelSelect::Steps, width: steps, counts: Vec::new(), times: Vec::new() }
    }

    pub(super) fn of_times(steps: usize) -> Self {
        let width = TIMES_FROM_S.len() + 1;
        Self { steps, select: FunnelSelect::Times, width, counts: Vec::new(), times: Vec::new() }
    }

    pub(super) fn add(&mut self, attempt: &Attempt) -> Result<(), AskError> {
        let first = attempt.group as usize * self.width;
        if self.counts.len() < first + self.width {
            self.counts.resize(first + self.width, 0);
        }
        let times = attempt.times();
        let mut count = |cell: usize| {
            if let Some(count) = self.counts.get_mut(first + cell) {
                *count += 1;
            }
        };
        if self.select == FunnelSelect::Steps {
            (0..times.len()).for_each(&mut count);
            let cells = u32::try_from(first).unwrap_or(u32::MAX)..;
            self.times.extend(cells.skip(1).zip(times.windows(2).filter_map(gap)));
            return bounded(self.times.len());
        }
        count(0);
        if let (true, Some(first), Some(last)) = (times.len() == self.steps, times.first(), times.last()) {
            count(TIMES_FROM_S.partition_point(|from| *from <= (last - first) / 1_000));
        }
        Ok(())
    }

    /// Takes in what another tally has, whose group `n` is group `map[n]` here.
    pub(super) fn merge(&mut self, other: Self, map: &[u32]) -> Result<(), AskError> {
        let moved = |cell: usize| {
            let group = map.get(cell / self.width).copied().unwrap_or_default() as usize;
            group * self.width + cell % self.width
        };
        for (cell, more) in other.counts.iter().enumerate() {
            let cell = moved(cell);
            if self.counts.len() <= cell {
                self.counts.resize(cell + 1, 0);
            }
            if let Some(count) = self.counts.get_mut(cell) {
                *count += more;
            }
        }
        let times = other.times.into_iter().map(|(cell, ms)| {
            let cell = moved(cell as usize);
            (u32::try_from(cell).unwrap_or(u32::MAX), ms)
        });
        self.times.extend(times);
        bounded(self.times.len())
    }

    /// The rows of the largest groups, and how many groups and people there are beside them.
    pub(super) fn finish(mut self, funnel: &Funnel, groups: &Groups<'_>) -> (Vec<Vec<Json>>, (u64, u64)) {
        let began = |group: usize| self.counts.get(group * self.width).copied().unwrap_or_default();
        let counted = (0..groups.len() as u32).map(|group| (group, began(group as usize)));
        let Largest { shown, others } =
            groups.largest(counted.filter(|(_, began)| *began > 0 || funnel.by.is_empty()));
        self.times.sort_unstable_by_key(|(cell, _)| *cell);
        let mut rows = Vec::new();
        for (group, key, _) in &shown {
            let told = match self.select {
                FunnelSelect::Steps => self.told_of_steps(*group as usize),
                FunnelSelect::Times => self.told_of_times(*group as usize, funnel.within.ms()),
            };
            rows.extend(told.into_iter().map(|told| {
                let mut row: Vec<Json> = key.iter().map(Canonical::to_json).collect();
                row.extend(told);
                row
            }));
        }
        (rows, others)
    }

    fn count(&self, cell: usize) -> Json {
        Json::from(self.counts.get(cell).copied().unwrap_or_default())
    }

    fn told_of_steps(&mut self, group: usize) -> Vec<[Json; 3]> {
        let (first, steps) = (group * self.width, self.steps);
        let told = |step: usize| {
            let cell = first + step;
            [Json::from(step + 1), self.count(cell), self.median(cell)]
        };
        (0..steps).map(told).collect()
    }

    fn told_of_times(&self, group: usize, within_ms: i64) -> Vec<[Json; 3]> {
        let first = group * self.width + 1;
        let brackets = TIMES_FROM_S.iter().enumerate().filter(|(_, from)| **from * 1_000 <= within_ms);
        let told = |(place, from): (usize, &i64)| {
            let to = TIMES_FROM_S.get(place + 1).map_or(Json::Null, |to| Json::from(*to));
            [Json::from(*from), to, self.count(first + place)]
        };
        brackets.map(told).collect()
    }

    /// The least time that at least half of the times do not exceed. The times are sorted by cell.
    fn median(&mut self, cell: usize) -> Json {
        let cell = u32::try_from(cell).unwrap_or(u32::MAX);
        let begin = self.times.partition_point(|(other, _)| *other < cell);
        let end = self.times.partition_point(|(other, _)| *other <= cell);
        let times = self.times.get_mut(begin..end).unwrap_or_default();
        if times.is_empty() {
            return Json::Null;
        }
        let (_, (_, ms), _) = times.select_nth_unstable((times.len() - 1) / 2);
        number(*ms as f64 / 1_000.0)
    }
}

fn gap(pair: &[i64]) -> Option<i64> {
    Some(pair.get(1)? - pair.first()?)
}

fn bounded(count: usize) -> Result<(), AskError> {
    if count <= TIMES_MAX {
        return Ok(());
    }
    Err(AskError::TooLarge {
        problem: format!("medians of more than {TIMES_MAX} times between steps are needed"),
        fix: "shorten the range, take fewer steps, or ask with \"select\":\"times\"".to_owned(),
    })
}
