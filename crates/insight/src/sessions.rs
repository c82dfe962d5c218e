//! Sessions: everybody's events in order, cut where a pause is too long, and counted where they begin.
//!
//! Modules in reading order: [`behind`] (who is behind a number).

pub(crate) mod behind;

use hashbrown::HashMap;
use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::kinds::ANY_EVENT;
use question::{Answer, AskError, Sessions, Span, Stats, Step, Who, plain};
use serde_json::Value as Json;
use store::{Block, Happened, Needs, Scan, View, Walker};

use crate::edges::Edges;
use crate::groups::{GROUPS_MAX, Groups, Largest};
use crate::item::number;
use crate::reading::Reading;
use crate::steps::Steps;
use crate::walks::{Ended, Share, walk};

/// The most cells (groups and the intervals in which they have sessions); answers with more are refused.
const CELLS_MAX: usize = 1_000_000;

/// The sessions of somebody's events, which stand in order.
pub(crate) fn told_apart<M>(events: &[Happened<M>], pause_ms: i64) -> impl Iterator<Item = &[Happened<M>]> {
    events.chunk_by(move |before, next| next.time_ms - before.time_ms <= pause_ms)
}

/// What is read of the events for sessions in `span`.
pub(crate) fn scan(span: Span, reading: &Reading<'_>) -> Scan {
    Scan {
        from_ms: span.from_ms,
        to_ms: span.to_ms,
        events: None,
        house: false,
        properties: reading.properties.clone(),
        needs: Needs::default(),
    }
}

/// Answers for sessions.
pub(crate) fn answer(
    view: &View,
    question: &Sessions,
    zone: &TimeZone,
    who: (WorkspaceId, &dyn Who),
) -> Result<Answer, AskError> {
    let span = question.range.span(zone)?;
    let edges = Edges::new(question.interval.starts(span, zone)?);
    let mut reading = Reading::new(who);
    reading.conditions(&question.conditions);
    reading.fields(&question.by);
    let any = any_event();
    let make = || Fold {
        question,
        edges: &edges,
        steps: Steps::new(std::iter::once(&any), &question.conditions, &reading),
        groups: Groups::open(reading.dimensions(&question.by), GROUPS_MAX),
        room: Vec::new(),
        counted: Counted::default(),
    };
    let (fold, stats) = walk(view, &scan(span, &reading), &make)?;
    let (rows, others) = fold.finish();
    let stats = Stats {
        rows_read: stats.rows_read,
        other_groups: others.0,
        other_rows: others.1,
        ..Stats::default()
    };
    Ok(Answer { columns: plain::sessions_columns(question), rows, stats })
}

/// The step that everything that people did is.
fn any_event() -> Step {
    Step { event: ANY_EVENT.to_owned(), conditions: Vec::new() }
}

/// What is counted of the sessions that begin in an interval, in one group.
#[derive(Clone, Copy, Default)]
struct Cell {
    sessions: u64,
    people: u64,
    events: u64,
    length_ms: i64,
    bounced: u64,
    /// The person counted last, one higher.
    counted: u64,
}

/// Cells by group and interval.
#[derive(Default)]
struct Counted(HashMap<(u32, u32), Cell>);

impl Counted {
    fn cell(&mut self, place: (u32, u32)) -> Result<&mut Cell, AskError> {
        if self.0.len() >= CELLS_MAX && !self.0.contains_key(&place) {
            return Err(AskError::TooLarge {
                problem: format!("more than {CELLS_MAX} groups and intervals have sessions"),
                fix: "take longer intervals, or group by a property with fewer values".to_owned(),
            });
        }
        Ok(self.0.entry(place).or_default())
    }
}

/// Sessions counted in one share.
struct Fold<'a> {
    question: &'a Sessions,
    edges: &'a Edges,
    steps: Steps<'a>,
    groups: Groups<'a>,
    /// Groups of the block at hand, here for their memory.
    room: Vec<u32>,
    counted: Counted,
}

impl Fold<'_> {
    /// The table: every interval, in it every group shown; and how many groups and sessions there are beside them.
    fn finish(self) -> (Vec<Vec<Json>>, (u64, u64)) {
        let mut sessions = vec![0_u64; self.groups.len()];
        for ((group, _), cell) in &self.counted.0 {
            if let Some(count) = sessions.get_mut(*group as usize) {
                *count += cell.sessions;
            }
        }
        let is_shown = |count: u64| count > 0 || self.question.by.is_empty();
        let counted = (0_u32..).zip(sessions).filter(|(_, count)| is_shown(*count));
        let Largest { shown, others } = self.groups.largest(counted);
        let mut rows = Vec::with_capacity(self.edges.all().len() * shown.len());
        for (interval, start) in (0_u32..).zip(self.edges.all()) {
            for (group, key, _) in &shown {
                let cell = self.counted.0.get(&(*group, interval)).copied().unwrap_or_default();
                let mut row = vec![Json::from(plain::time_text(*start))];
                row.extend(key.iter().map(crate::item::Canonical::to_json));
                row.extend(numbers(&cell));
                rows.push(row);
            }
        }
        (rows, others)
    }
}

/// Counts and means; no means of nothing.
fn numbers(cell: &Cell) -> [Json; 5] {
    let mean = |all: f64| match cell.sessions {
        0 => Json::Null,
        sessions => number(all / sessions as f64),
    };
    [
        cell.sessions.into(),
        cell.people.into(),
        mean(cell.events as f64),
        mean(cell.length_ms as f64 / 1_000.0),
        mean(cell.bounced as f64),
    ]
}

impl Walker for Fold<'_> {
    /// The group that a session would be in that begins here.
    type Mark = u32;
    type Error = Ended;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, u32)>) -> Result<(), Ended> {
        let (rows, _) = self.steps.mark(block)?;
        self.groups.assign(block, rows, &mut self.room)?;
        keep.extend(rows.iter().copied().zip(self.room.iter().copied()));
        Ok(())
    }

    fn person(&mut self, person: u32, events: &[Happened<u32>]) -> Result<(), Ended> {
        for session in told_apart(events, self.question.session.ms) {
            let (Some(first), Some(last)) = (session.first(), session.last()) else { continue };
            let cell = self.counted.cell((first.mark, self.edges.interval(first.time_ms)))?;
            cell.sessions += 1;
            cell.events += session.len() as u64;
            cell.length_ms += last.time_ms - first.time_ms;
            cell.bounced += u64::from(session.len() == 1);
            // A person comes once, so that whoever was counted last is the only one who may come again.
            if cell.counted != u64::from(person) + 1 {
                cell.counted = u64::from(person) + 1;
                cell.people += 1;
            }
        }
        Ok(())
    }
}

impl Share for Fold<'_> {
    fn merge(&mut self, other: Self) -> Result<(), Ended> {
        let map = self.groups.take_in(&other.groups);
        for ((group, interval), theirs) in other.counted.0 {
            let Some(group) = map.get(group as usize) else { continue };
            let cell = self.counted.cell((*group, interval))?;
            cell.sessions += theirs.sessions;
            cell.people += theirs.people;
            cell.events += theirs.events;
            cell.length_ms += theirs.length_ms;
            cell.bounced += theirs.bounced;
        }
        Ok(())
    }
}
