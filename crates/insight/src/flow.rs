//! Flows: the paths that begin, or end, with an event, and how many took each.
//!
//! Modules in reading order: `paths` (what is counted), [`behind`] (who is behind a number).

pub(crate) mod behind;
mod paths;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::{Answer, AskError, Direction, Flow, Span, Stats, Who, plain};
use store::{Block, Happened, Needs, Scan, View, Walker};

use crate::reading::Reading;
use crate::steps::{Steps, names_the_house};
use crate::walks::{Ended, Share, walk};
use paths::{END, Path, Paths, Rolling};

/// Answers a flow.
pub(crate) fn answer(
    view: &View,
    flow: &Flow,
    zone: &TimeZone,
    who: (WorkspaceId, &dyn Who),
) -> Result<Answer, AskError> {
    let span = flow.range.span(zone)?;
    let reading = reading(flow, who);
    let scan = scan(flow, span, &reading);
    let kept = kept_names(view, (flow, span), &scan, &reading)?;
    let make = || Fold::new(flow, span, &reading, Paths::of_paths(kept.as_deref()));
    let (fold, stats) = walk(view, &scan, &make)?;
    let (rows, others) = fold.paths.finish(&fold.names, flow);
    let stats = Stats {
        rows_read: stats.rows_read,
        other_groups: others.0,
        other_rows: others.1,
        ..Stats::default()
    };
    Ok(Answer { columns: plain::flow_columns(flow), rows, stats })
}

/// Keeps which event each row is that counts, and whether paths begin with it.
fn marked(steps: &mut Steps<'_>, block: &Block<'_>, keep: &mut Vec<(u32, Mark)>) -> Result<(), Ended> {
    let (rows, bits) = steps.mark(block)?;
    keep.extend(rows.iter().zip(bits).map(|(row, bits)| {
        let event = block.events().get(*row as usize).copied().unwrap_or_default();
        (*row, Mark { event, start: *bits != 0 })
    }));
    Ok(())
}

/// What a flow reads of events and people.
fn reading<'a>(flow: &Flow, who: (WorkspaceId, &'a dyn Who)) -> Reading<'a> {
    let mut reading = Reading::new(who);
    reading.conditions(&flow.conditions);
    reading.steps([&flow.start]);
    reading
}

/// Which events a flow reads.
fn scan(flow: &Flow, span: Span, reading: &Reading<'_>) -> Scan {
    let reach = flow.session.ms.saturating_mul(i64::from(flow.depth));
    let (before, after) = match flow.direction {
        Direction::Forward => (0, reach),
        Direction::Back => (reach, 0),
    };
    Scan {
        from_ms: span.from_ms.saturating_sub(before),
        to_ms: span.to_ms.saturating_add(after),
        events: None,
        house: names_the_house([flow.start.event.as_str()].into_iter()),
        properties: reading.properties.clone(),
        needs: Needs { each: reading.traits, ..Needs::default() },
    }
}

/// Which names each step keeps apart, which is known only when all paths have been seen; all if `None`.
fn kept_names(
    view: &View,
    (flow, span): (&Flow, Span),
    scan: &Scan,
    reading: &Reading<'_>,
) -> Result<Option<Vec<Vec<String>>>, AskError> {
    let Some(names) = flow.names else { return Ok(None) };
    let make = || Fold::new(flow, span, reading, Paths::of_names());
    Ok(Some(walk(view, scan, &make)?.0.kept_names(names as usize)))
}

/// Paths counted in one share.
struct Fold<'a> {
    flow: &'a Flow,
    span: Span,
    steps: Steps<'a>,
    /// Event names by number.
    names: Vec<String>,
    paths: Paths<'a>,
}

/// What is remembered of an event.
#[derive(Clone, Copy, Default)]
struct Mark {
    event: u32,
    start: bool,
}

impl<'a> Fold<'a> {
    fn new(flow: &'a Flow, span: Span, reading: &Reading<'a>, paths: Paths<'a>) -> Self {
        let steps = Steps::new(std::iter::once(&flow.start), &flow.conditions, reading);
        Self { flow, span, steps, names: Vec::new(), paths }
    }

    /// For each step the names that most paths have there.
    fn kept_names(self, names: usize) -> Vec<Vec<String>> {
        let name = |(event, count): (u32, u64)| Some((self.names.get(event as usize)?.clone(), count));
        let step = |counts: BTreeMap<u32, u64>| {
            let mut ranked: Vec<(String, u64)> = counts.into_iter().filter_map(name).collect();
            ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            ranked.into_iter().take(names).map(|(name, _)| name).collect()
        };
        self.paths.names_by_step().into_iter().map(step).collect()
    }

    /// Takes in the paths of all events; they come so that each path goes on with the one before.
    fn roll<'e>(
        &mut self,
        (person, step_bits): (u32, u32),
        events: impl Iterator<Item = &'e Happened<Mark>>,
    ) -> Result<(), Ended> {
        let mut rolling = Rolling::new(self.flow.depth, step_bits);
        let mut before: Option<i64> = None;
        for event in events {
            let goes_on = before.is_some_and(|before| (event.time_ms - before).abs() <= self.flow.session.ms);
            before = Some(event.time_ms);
            let path = rolling.next(event.mark.event, goes_on);
            let within = event.time_ms >= self.span.from_ms && event.time_ms < self.span.to_ms;
            if within && event.mark.start {
                self.paths.add_packed(person, path)?;
            }
        }
        Ok(())
    }

    /// The path of the event at `place`.
    fn path(&self, events: &[Happened<Mark>], place: usize) -> Path {
        let mut path = [END; paths::DEPTH_MAX];
        let mut before = events.get(place).map_or(0, |event| event.time_ms);
        for (step, slot) in path.iter_mut().enumerate().take(self.flow.depth as usize) {
            let place = match self.flow.direction {
                Direction::Forward => Some(place + step),
                Direction::Back => place.checked_sub(step),
            };
            let Some(event) = place.and_then(|place| events.get(place)) else { break };
            if (event.time_ms - before).abs() > self.flow.session.ms {
                break;
            }
            before = event.time_ms;
            *slot = self.paths.named(step, event.mark.event);
        }
        path
    }
}

impl Walker for Fold<'_> {
    type Mark = Mark;
    type Error = Ended;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, Mark)>) -> Result<(), Ended> {
        let new = block.names().get(self.names.len()..).unwrap_or_default();
        self.names.extend_from_slice(new);
        self.paths.learn(new);
        marked(&mut self.steps, block, keep)
    }

    fn person(&mut self, person: u32, events: &[Happened<Mark>]) -> Result<(), Ended> {
        if let Some(step_bits) = self.paths.step_bits(self.names.len(), self.flow.depth) {
            return match self.flow.direction {
                Direction::Forward => self.roll((person, step_bits), events.iter().rev()),
                Direction::Back => self.roll((person, step_bits), events.iter()),
            };
        }
        for (place, event) in events.iter().enumerate() {
            let within = event.time_ms >= self.span.from_ms && event.time_ms < self.span.to_ms;
            if within && event.mark.start {
                let path = self.path(events, place);
                self.paths.add(person, path)?;
            }
        }
        Ok(())
    }
}

impl Share for Fold<'_> {
    fn merge(&mut self, other: Self) -> Result<(), Ended> {
        let number = |name: &String| {
            let known = self.names.iter().position(|known| known == name).unwrap_or_else(|| {
                self.names.push(name.clone());
                self.names.len() - 1
            });
            u32::try_from(known).unwrap_or(END)
        };
        let map: Vec<u32> = other.names.iter().map(number).collect();
        Ok(self.paths.merge(other.paths, &map)?)
    }
}
