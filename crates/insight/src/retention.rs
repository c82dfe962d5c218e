//! Retention: who began when, and in which of the intervals after that each came back.
//!
//! Modules in reading order: `seen` (by the calendar, without order), [`behind`] (who is behind a number).

pub(crate) mod behind;
mod seen;

use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::kinds::ANY_EVENT;
use question::{Answer, AskError, Intervals, Invalid, Retention, Returned, Span, Stats, Step, Who, plain};
use serde_json::Value as Json;
use store::{Block, Happened, Needs, Scan, View, Walker};

use crate::edges::Edges;
use crate::item::number;
use crate::reading::Reading;
use crate::steps::{Steps, names_of, names_the_house, reads_any_event};
use crate::walks::{Ended, Share, walk};

/// The most rows of an answer; longer ones are refused.
const ROWS_MAX: usize = 100_000;
/// Bits of a mark.
const START: u32 = 1;
const BACK: u32 = 2;

/// Answers a retention.
pub(crate) fn answer(
    view: &View,
    retention: &Retention,
    zone: &TimeZone,
    who: (WorkspaceId, &dyn Who),
) -> Result<Answer, AskError> {
    let span = retention.range.span(zone)?;
    let plan = Plan::new(retention, span, zone)?;
    let mut reading = Reading::new(who);
    reading.conditions(&retention.conditions);
    reading.steps([&retention.start, &retention.back]);
    let by_bits = retention.intervals == Intervals::Calendar && seen::takes(&plan);
    let scan = plan.scan(&reading, !by_bits)?;
    let (counts, stats) = if by_bits {
        seen::count(view, &scan, &plan, &reading)?
    } else {
        let (fold, stats) = walk(view, &scan, &|| Fold::new(&plan, &reading))?;
        (fold.counts, stats)
    };
    let stats = Stats { rows_read: stats.rows_read, rows_counted: stats.rows_counted, ..Stats::default() };
    Ok(Answer { columns: plain::retention_columns(), rows: counts.rows(), stats })
}

/// What is counted when.
struct Plan<'a> {
    retention: &'a Retention,
    zone: &'a TimeZone,
    span: Span,
    /// Where the intervals begin: those of the range, and as many behind them as are looked at.
    edges: Edges,
    /// How many of them are in the range.
    starts: usize,
    /// The first and last offset of each column.
    offsets: Vec<(u32, u32)>,
}

impl<'a> Plan<'a> {
    fn new(retention: &'a Retention, span: Span, zone: &'a TimeZone) -> Result<Self, AskError> {
        let edges = retention.interval.starts_and(span, retention.periods + 1, zone)?;
        let starts = edges.len() - (retention.periods as usize + 1).min(edges.len());
        let offsets = retention.offsets();
        if starts * (offsets.len() + 1) > ROWS_MAX {
            return Err(AskError::TooLarge {
                problem: format!("{starts} starts and {} offsets make too many rows", offsets.len() + 1),
                fix: format!("shorten the range or take fewer periods: at most {ROWS_MAX} rows"),
            });
        }
        Ok(Self { retention, zone, span, edges: Edges::new(edges), starts, offsets })
    }

    fn steps(&self) -> impl Iterator<Item = &'a Step> {
        [&self.retention.start, &self.retention.back].into_iter()
    }

    /// Whether it is enough to know between which edges somebody did something.
    fn by_presence(&self, reading: &Reading<'_>) -> bool {
        self.retention.conditions.is_empty()
            && self.steps().all(|step| step.conditions.is_empty())
            && reading.properties.is_empty()
            && !reading.traits
    }

    /// The events that are looked for, each once, with its bits.
    fn events(&self) -> impl Iterator<Item = (&'a str, u32)> {
        let (start, back) = (self.retention.start.event.as_str(), self.retention.back.event.as_str());
        let both = (start == back).then_some((start, START | BACK));
        let each = (start != back).then_some([(start, START), (back, BACK)]);
        both.into_iter().chain(each.into_iter().flatten())
    }

    /// What is read for one event, where it is enough to know between which edges somebody did it.
    fn scan_of(&self, event: &str, reading: &Reading<'_>) -> Result<Scan, Invalid> {
        let mut edges_ms = self.edges.all().to_vec();
        // Beyond it nobody begins, which may be within an interval.
        let place = edges_ms.partition_point(|edge| *edge < self.span.to_ms);
        edges_ms.insert(place, self.span.to_ms);
        let names = std::iter::once(event);
        let mut scan = self.scan(reading, false)?;
        scan.events = names_of(names.clone());
        scan.house = names_the_house(names);
        scan.needs.events = event != ANY_EVENT;
        scan.needs.edges_ms = Some(edges_ms);
        Ok(scan)
    }

    /// What is read; whose each row is only where `each` says so, or traits decide.
    fn scan(&self, reading: &Reading<'_>, each: bool) -> Result<Scan, Invalid> {
        let names = [self.retention.start.event.as_str(), self.retention.back.event.as_str()];
        Ok(Scan {
            from_ms: self.span.from_ms,
            to_ms: self.end_ms()?,
            events: names_of(names.into_iter()),
            house: names_the_house(names.into_iter()),
            properties: reading.properties.clone(),
            needs: Needs {
                each: reading.traits || each,
                events: !reads_any_event(self.steps()),
                ..Needs::default()
            },
        })
    }

    /// The instant from which on nothing matters.
    fn end_ms(&self) -> Result<i64, Invalid> {
        let retention = self.retention;
        match (retention.returned, retention.intervals) {
            (Returned::OnOrAfter, _) => Ok(i64::MAX),
            (Returned::On, Intervals::Calendar) => {
                Ok(self.edges.all().last().copied().unwrap_or(i64::MAX).max(self.span.to_ms))
            }
            // A month may be cut at its end for one day and not for the next, so one more is read.
            (Returned::On, Intervals::Rolling) => {
                retention.interval.after(self.span.to_ms, retention.periods + 2, self.zone)
            }
        }
    }

    /// When the interval `offset` of somebody begins who began at `first_ms`, in interval `start`.
    fn beginning(&self, start: usize, first_ms: i64, offset: u32) -> Result<i64, Invalid> {
        match self.retention.intervals {
            Intervals::Calendar => {
                Ok(self.edges.all().get(start + offset as usize).copied().unwrap_or(i64::MAX))
            }
            Intervals::Rolling => self.retention.interval.after(first_ms, offset, self.zone),
        }
    }
}

/// How many people: for every start first those who began, then those who came back by offset.
struct Counts<'a> {
    plan: &'a Plan<'a>,
    counts: Vec<u64>,
}

impl<'a> Counts<'a> {
    fn new(plan: &'a Plan<'a>) -> Self {
        Self { plan, counts: vec![0; plan.starts * (plan.offsets.len() + 1)] }
    }

    fn count(&mut self, start: usize, column: usize) {
        if let Some(count) = self.counts.get_mut(start * (self.plan.offsets.len() + 1) + column) {
            *count += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
    }

    /// The table, with a row for every start and offset.
    fn rows(&self) -> Vec<Vec<Json>> {
        let width = self.plan.offsets.len() + 1;
        let offsets = || std::iter::once(0).chain(self.plan.offsets.iter().map(|(_, last)| *last));
        let row = |start: i64, size: u64, (offset, people): (u32, &u64)| {
            let share = if size == 0 { Json::Null } else { number(*people as f64 / size as f64) };
            vec![Json::from(plain::time_text(start)), Json::from(offset), Json::from(*people), share]
        };
        let mut rows = Vec::with_capacity(self.counts.len());
        for (start, counts) in self.plan.edges.all().iter().zip(self.counts.chunks(width)) {
            let size = counts.first().copied().unwrap_or_default();
            rows.extend(offsets().zip(counts).map(|cell| row(*start, size, cell)));
        }
        rows
    }
}

/// People counted in one share, one by one.
struct Fold<'a> {
    plan: &'a Plan<'a>,
    steps: Steps<'a>,
    counts: Counts<'a>,
}

impl<'a> Fold<'a> {
    fn new(plan: &'a Plan<'a>, reading: &Reading<'a>) -> Self {
        let steps = Steps::new(plan.steps(), &plan.retention.conditions, reading);
        Self { plan, steps, counts: Counts::new(plan) }
    }

    /// Counts for each column in which one came back; `times` ascend.
    fn count_back(
        &mut self,
        (start, first_ms): (usize, i64),
        times: impl Iterator<Item = i64>,
    ) -> Result<(), AskError> {
        let plan = self.plan;
        let mut times = times.peekable();
        for (column, (first, last)) in (1..).zip(&plan.offsets) {
            let from_ms = plan.beginning(start, first_ms, *first)?;
            while times.next_if(|time| *time < from_ms).is_some() {}
            let Some(time) = times.peek() else { break };
            if *time < plan.beginning(start, first_ms, last + 1)? {
                self.counts.count(start, column);
            }
        }
        Ok(())
    }

    /// Counts for each column that begins before one came back for the last time.
    fn count_until(&mut self, (start, first_ms): (usize, i64), last_ms: i64) -> Result<(), AskError> {
        let plan = self.plan;
        for (column, (first, _)) in (1..).zip(&plan.offsets) {
            if plan.beginning(start, first_ms, *first)? > last_ms {
                break;
            }
            self.counts.count(start, column);
        }
        Ok(())
    }
}

impl Walker for Fold<'_> {
    type Mark = u32;
    type Error = Ended;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, u32)>) -> Result<(), Ended> {
        let (rows, bits) = self.steps.mark(block)?;
        let marked = rows.iter().copied().zip(bits.iter().copied()).filter(|(_, bits)| *bits != 0);
        if self.plan.retention.intervals == Intervals::Rolling {
            keep.extend(marked);
            return Ok(());
        }
        // By the calendar only the interval of an event matters, and nobody comes back in the one of the start: of
        // the same events one after the other the first is enough.
        let mut before = None;
        keep.extend(marked.filter(|(row, bits)| {
            let person = block.people().get(*row as usize).copied().unwrap_or_default();
            let time_ms = block.times().get(*row as usize).copied().unwrap_or_default();
            let may_begin = time_ms < self.plan.span.to_ms;
            let class = Some((person, self.plan.edges.interval(time_ms), may_begin, *bits));
            std::mem::replace(&mut before, class) != class
        }));
        Ok(())
    }

    fn person(&mut self, _person: u32, events: &[Happened<u32>]) -> Result<(), Ended> {
        let span = self.plan.span;
        let first = events.iter().position(|event| event.mark & START != 0 && event.time_ms < span.to_ms);
        let Some((first, rest)) = first.and_then(|place| events.get(place..)?.split_first()) else {
            return Ok(());
        };
        let first_ms = first.time_ms;
        let start = (self.plan.edges.interval(first_ms) as usize).min(self.plan.starts.saturating_sub(1));
        self.counts.count(start, 0);
        let mut times = rest.iter().filter(|event| event.mark & BACK != 0).map(|event| event.time_ms);
        match self.plan.retention.returned {
            Returned::On => self.count_back((start, first_ms), times)?,
            Returned::OnOrAfter => {
                if let Some(last_ms) = times.next_back() {
                    self.count_until((start, first_ms), last_ms)?;
                }
            }
        }
        Ok(())
    }
}

impl Share for Fold<'_> {
    fn merge(&mut self, other: Self) -> Result<(), Ended> {
        self.counts.merge(&other.counts);
        Ok(())
    }
}
