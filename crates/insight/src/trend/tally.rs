//! What is counted of one event, cell by cell.

mod pairs;
mod people;

use model::PersonCode;
use question::{AskError, Measure, TrendEvent};
use serde_json::Value as Json;
use store::{Block, Column, Hours};

use super::plan::Plan;
use crate::edges::Edges;
use crate::groups::Values;
use crate::item::{Item, number};
use pairs::{PAIRS_MAX, Pairs, cell_of, pair_of, value_of};
use people::People;

/// The most numbers that percentiles are taken of; answers with more are refused.
const NUMBERS_MAX: usize = 32_000_000;
/// What is counted of one event.
pub(super) struct Tally {
    measure: Measure,
    column: usize,
    counting: Counting,
}

enum Counting {
    Rows(Vec<u64>),
    People(People),
    Distinct(Pairs, Values),
    Sums(Vec<Sum>),
    Least(Vec<Option<f64>>),
    Greatest(Vec<Option<f64>>),
    /// Cell and number, for percentiles.
    Numbers(Vec<(u32, f64)>),
}

/// A sum and of how many.
#[derive(Clone, Copy, Default)]
struct Sum {
    /// Whole numbers are added exactly.
    whole: i128,
    rest: f64,
    count: u64,
}

impl Tally {
    pub(super) fn new(plan: &Plan<'_>, event: &TrendEvent) -> Self {
        let counting = match event.measure {
            Measure::Count => Counting::Rows(Vec::new()),
            Measure::People => Counting::People(People::default()),
            Measure::CountDistinct => Counting::Distinct(Pairs::default(), Values::default()),
            Measure::Sum | Measure::Avg => Counting::Sums(Vec::new()),
            Measure::Min => Counting::Least(Vec::new()),
            Measure::Max => Counting::Greatest(Vec::new()),
            Measure::P50 | Measure::P90 | Measure::P99 => Counting::Numbers(Vec::new()),
        };
        let column = event.property.as_deref().map_or(usize::MAX, |name| plan.reading.column(name));
        Self { measure: event.measure, column, counting }
    }

    /// Whether only rows are counted.
    pub(super) fn is_count(&self) -> bool {
        matches!(self.counting, Counting::Rows(_))
    }

    /// Takes in so many rows of one cell, where only rows are counted.
    pub(super) fn add_count(&mut self, cell: u32, rows: u64) {
        if let Counting::Rows(counts) = &mut self.counting {
            if counts.len() <= cell as usize {
                counts.resize(cell as usize + 1, 0);
            }
            at(counts, cell, |count| *count += rows);
        }
    }

    /// Takes in pairs of row and cell.
    pub(super) fn add(
        &mut self,
        block: &Block<'_>,
        pairs: impl Iterator<Item = (u32, u32)>,
        cells: usize,
    ) -> Result<(), AskError> {
        let column = block.column(self.column);
        match &mut self.counting {
            Counting::Rows(counts) => {
                counts.resize(cells.max(counts.len()), 0);
                for (_, cell) in pairs {
                    at(counts, cell, |count| *count += 1);
                }
            }
            Counting::People(people) => {
                people.has_cells(cells);
                for (row, cell) in pairs {
                    let person = block.people().get(row as usize).copied().unwrap_or_default();
                    if person != PersonCode::NOBODY.0 {
                        people.add(cell, person);
                    }
                }
                people.bound()?;
            }
            Counting::Distinct(distinct, values) => {
                distinct.last.resize(cells, u32::MAX);
                for (row, cell) in pairs {
                    let item = Item::from_column(column.get(row as usize));
                    if !item.is_absent() {
                        distinct.add(cell, values.number(&item));
                    }
                }
                distinct.bound()?;
                bounded(values.len(), PAIRS_MAX)?;
            }
            Counting::Sums(sums) => {
                sums.resize(cells, Sum::default());
                for (cell, item) in items(column, pairs) {
                    at(sums, cell, |sum| sum.add(&item));
                }
            }
            Counting::Least(least) => keep(least, cells, items(column, pairs), f64::min),
            Counting::Greatest(greatest) => keep(greatest, cells, items(column, pairs), f64::max),
            Counting::Numbers(numbers) => {
                numbers.extend(items(column, pairs).filter_map(|(cell, item)| Some((cell, item.number()?))));
                bounded(numbers.len(), NUMBERS_MAX)?;
            }
        }
        Ok(())
    }

    /// Takes in the people of `rows` by interval, where only people are counted and there is one group.
    pub(super) fn add_runs(
        &mut self,
        block: &Block<'_>,
        rows: &[u32],
        starts: &Edges,
    ) -> Result<(), AskError> {
        let Counting::People(people) = &mut self.counting else { return Ok(()) };
        people.has_cells(starts.all().len());
        block.each_run(rows, |person, range| {
            if person != PersonCode::NOBODY.0 {
                let own = rows.get(range).unwrap_or_default();
                starts.each(block.times_of(own), |interval| people.add(interval, person));
            }
        });
        people.bound()
    }

    /// Takes in people by the interval of each hour in which they did it, where only people are counted and there is one group.
    pub(super) fn add_hours(&mut self, hours: &Hours<'_>, intervals: &[Option<u32>]) -> Result<(), AskError> {
        let Counting::People(people) = &mut self.counting else { return Ok(()) };
        people.has_cells(intervals.iter().flatten().max().map_or(0, |last| *last as usize + 1));
        hours.each(|person, hours| {
            let mut before = None;
            for hour in hours {
                let interval = intervals.get(*hour as usize).copied().flatten();
                if interval != before
                    && let Some(interval) = interval
                    && person != PersonCode::NOBODY.0
                {
                    people.add(interval, person);
                }
                before = interval;
            }
        });
        people.bound()
    }

    /// Takes in what was counted elsewhere, where `moved` says which cell is meant.
    pub(super) fn merge(
        &mut self,
        other: Self,
        moved: &dyn Fn(u32) -> u32,
        cells: usize,
    ) -> Result<(), AskError> {
        match (&mut self.counting, other.counting) {
            (Counting::Rows(counts), Counting::Rows(others)) => {
                counts.resize(cells, 0);
                for (cell, other) in (0_u32..).zip(others) {
                    at(counts, moved(cell), |count| *count += other);
                }
            }
            (Counting::People(people), Counting::People(others)) => {
                people.merge(others, moved, cells)?;
            }
            (Counting::Distinct(distinct, values), Counting::Distinct(others, other_values)) => {
                let numbers: Vec<u32> = (0_u32..)
                    .take(other_values.len())
                    .map(|number| values.of(&other_values.get(number)))
                    .collect();
                let renumbered = others.list.iter().map(|pair| {
                    let number = numbers.get(value_of(*pair) as usize).copied().unwrap_or_default();
                    pair_of(moved(cell_of(*pair)), number)
                });
                distinct.list.extend(renumbered);
                distinct.bound()?;
            }
            (Counting::Sums(sums), Counting::Sums(others)) => {
                sums.resize(cells, Sum::default());
                for (cell, other) in (0_u32..).zip(others) {
                    at(sums, moved(cell), |sum| sum.merge(&other));
                }
            }
            (Counting::Least(least), Counting::Least(others)) => {
                merge_kept(least, cells, others, moved, f64::min)
            }
            (Counting::Greatest(greatest), Counting::Greatest(others)) => {
                merge_kept(greatest, cells, others, moved, f64::max);
            }
            (Counting::Numbers(numbers), Counting::Numbers(others)) => {
                numbers.extend(others.into_iter().map(|(cell, number)| (moved(cell), number)));
                bounded(numbers.len(), NUMBERS_MAX)?;
            }
            // Both were made from the same event.
            _ => {}
        }
        Ok(())
    }

    /// The values of `wanted`, in that order.
    pub(super) fn finish(self, wanted: &[usize], cells: usize) -> Result<Vec<Json>, AskError> {
        let measure = self.measure;
        let values: Vec<Json> = match self.counting {
            Counting::Rows(counts) => counts.into_iter().map(Json::from).collect(),
            Counting::People(people) => people.counts(cells).into_iter().map(Json::from).collect(),
            Counting::Distinct(pairs, _) => pairs.counts(cells).into_iter().map(Json::from).collect(),
            Counting::Sums(sums) => sums.iter().map(|sum| sum.finish(measure)).collect(),
            Counting::Least(kept) | Counting::Greatest(kept) => {
                kept.into_iter().map(|kept| kept.map_or(Json::Null, number)).collect()
            }
            Counting::Numbers(numbers) => percentiles(numbers, measure, cells),
        };
        let nothing = match measure {
            Measure::Count | Measure::People | Measure::CountDistinct | Measure::Sum => Json::from(0),
            _ => Json::Null,
        };
        Ok(wanted.iter().map(|cell| values.get(*cell).cloned().unwrap_or_else(|| nothing.clone())).collect())
    }
}

impl Sum {
    fn add(&mut self, item: &Item<'_>) {
        match item {
            Item::Int(number) => self.whole += i128::from(*number),
            Item::Float(number) => self.rest += number,
            _ => return,
        }
        self.count += 1;
    }

    fn merge(&mut self, other: &Self) {
        self.whole += other.whole;
        self.rest += other.rest;
        self.count += other.count;
    }

    fn finish(&self, measure: Measure) -> Json {
        let sum = self.whole as f64 + self.rest;
        match (measure, self.count) {
            (Measure::Avg, 0) => Json::Null,
            (Measure::Avg, count) => number(sum / count as f64),
            // Exact as long as there are no fractions.
            _ if self.rest == 0.0 => i64::try_from(self.whole).map_or_else(|_| number(sum), Json::from),
            _ => number(sum),
        }
    }
}

fn at<T>(cells: &mut [T], cell: u32, change: impl FnOnce(&mut T)) {
    if let Some(slot) = cells.get_mut(cell as usize) {
        change(slot);
    }
}

fn items<'a>(
    column: &'a Column,
    pairs: impl Iterator<Item = (u32, u32)> + 'a,
) -> impl Iterator<Item = (u32, Item<'a>)> + 'a {
    pairs.map(|(row, cell)| (cell, Item::from_column(column.get(row as usize))))
}

fn keep<'a>(
    kept: &mut Vec<Option<f64>>,
    cells: usize,
    items: impl Iterator<Item = (u32, Item<'a>)>,
    better: fn(f64, f64) -> f64,
) {
    kept.resize(cells, None);
    for (cell, item) in items {
        if let Some(number) = item.number() {
            at(kept, cell, |kept| *kept = Some(kept.map_or(number, |known| better(known, number))));
        }
    }
}

fn merge_kept(
    kept: &mut Vec<Option<f64>>,
    cells: usize,
    others: Vec<Option<f64>>,
    moved: &dyn Fn(u32) -> u32,
    better: fn(f64, f64) -> f64,
) {
    kept.resize(cells, None);
    for (cell, other) in (0_u32..).zip(others) {
        if let Some(number) = other {
            at(kept, moved(cell), |kept| *kept = Some(kept.map_or(number, |known| better(known, number))));
        }
    }
}

/// The least number of each cell that enough of its numbers do not exceed.
fn percentiles(mut numbers: Vec<(u32, f64)>, measure: Measure, cells: usize) -> Vec<Json> {
    let hundredths = match measure {
        Measure::P50 => 50,
        Measure::P90 => 90,
        _ => 99,
    };
    numbers.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.total_cmp(&b.1)));
    let mut values = vec![Json::Null; cells];
    for cell in numbers.chunk_by(|a, b| a.0 == b.0) {
        let rank = (cell.len() * hundredths).div_ceil(100).max(1);
        if let Some((index, found)) = cell.get(rank - 1) {
            at(&mut values, *index, |value| *value = number(*found));
        }
    }
    values
}

fn bounded(count: usize, max: usize) -> Result<(), AskError> {
    if count <= max {
        return Ok(());
    }
    Err(AskError::TooLarge {
        problem: format!("more than {max} values must be told apart"),
        fix: "shorten the range, take a longer interval or group by less".to_owned(),
    })
}
