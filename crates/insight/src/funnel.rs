//! Funnels: every person's attempts, the deepest of which counts.
//!
//! Modules in reading order: `attempt` (one person), `held` (properties that stay the same), `tally` (what is
//! counted), [`behind`] (who is behind a number).

mod attempt;
pub(crate) mod behind;
mod held;
mod tally;

use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::{Answer, AskError, Funnel, FunnelSelect, Stats, Who, plain};
use store::{Block, Happened, Needs, Scan, View, Walker};

use crate::groups::{GROUPS_MAX, Groups};
use crate::reading::Reading;
use crate::steps::{Steps, names_of, names_the_house};
use crate::walks::{Ended, Share, walk};
use attempt::{EXCLUDED, Mark, Rules, Search};
use held::Held;
use tally::Tally;

/// Answers a funnel.
pub(crate) fn answer(
    view: &View,
    funnel: &Funnel,
    zone: &TimeZone,
    who: (WorkspaceId, &dyn Who),
) -> Result<Answer, AskError> {
    let span = funnel.range.span(zone)?;
    let mut reading = Reading::new(who);
    reading.conditions(&funnel.conditions);
    reading.steps(funnel.steps.iter().chain(&funnel.exclude));
    reading.fields(&funnel.by);
    for name in &funnel.hold {
        reading.property(name);
    }
    let names = funnel.steps.iter().chain(&funnel.exclude).map(|step| step.event.as_str());
    let strict = funnel.order == question::Order::Strict;
    let scan = Scan {
        from_ms: span.from_ms,
        // The last step may be as late as that, itself included.
        to_ms: span.to_ms.saturating_add(funnel.within.ms),
        // For a strict funnel it matters that something else happened.
        events: if strict { None } else { names_of(names.clone()) },
        house: names_the_house(names),
        properties: reading.properties.clone(),
        needs: Needs { each: reading.traits, ..Needs::default() },
    };
    let rules = Rules { order: funnel.order, steps: funnel.steps.len(), within_ms: funnel.within.ms, span };
    let make = || Fold::new(funnel, &reading, rules);
    let (fold, stats) = walk(view, &scan, &make)?;
    let (rows, others) = fold.tally.finish(funnel, &fold.groups);
    let stats = Stats {
        rows_read: stats.rows_read,
        other_groups: others.0,
        other_rows: others.1,
        ..Stats::default()
    };
    Ok(Answer { columns: plain::funnel_columns(funnel), rows, stats })
}

/// Attempts counted in one share.
struct Fold<'a> {
    steps: Steps<'a>,
    groups: Groups<'a>,
    /// Whether there is more than one group.
    grouped: bool,
    /// Groups of the block at hand, here for their memory.
    room: Vec<u32>,
    held: Option<Held>,
    search: Search,
    tally: Tally,
    /// Bits of steps that an attempt may begin with.
    begins: u32,
    /// Whether events that are no step matter.
    all: bool,
}

impl<'a> Fold<'a> {
    fn new(funnel: &'a Funnel, reading: &Reading<'a>, rules: Rules) -> Self {
        let any = funnel.order == question::Order::Any;
        let columns = funnel.hold.iter().map(|name| reading.column(name));
        let times = funnel.select == FunnelSelect::Times;
        Self {
            // The events that end attempts stand behind the steps.
            steps: Steps::new(funnel.steps.iter().chain(&funnel.exclude), &funnel.conditions, reading),
            groups: Groups::open(reading.dimensions(&funnel.by), GROUPS_MAX),
            grouped: !funnel.by.is_empty(),
            room: Vec::new(),
            held: (!funnel.hold.is_empty()).then(|| Held::new(columns.collect())),
            search: Search::new(rules),
            tally: if times { Tally::of_times(rules.steps) } else { Tally::of_steps(rules.steps) },
            begins: if any { rules.step_bits() } else { 1 },
            all: funnel.order == question::Order::Strict,
        }
    }
}

impl Walker for Fold<'_> {
    type Mark = Mark;
    type Error = Ended;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, Mark)>) -> Result<(), Ended> {
        let (rows, bits) = self.steps.mark(block)?;
        let step_bits = self.search.rules.step_bits();
        keep.extend(rows.iter().zip(bits).filter(|(_, bits)| self.all || **bits != 0).map(|(row, bits)| {
            let excluded = if bits & !step_bits == 0 { 0 } else { EXCLUDED };
            (*row, Mark { bits: bits & step_bits | excluded, ..Mark::default() })
        }));
        if let Some(held) = &self.held {
            held.mark(block, keep);
        }
        if !self.grouped {
            return Ok(());
        }
        let is_begin = |mark: &Mark| mark.bits & self.begins != 0;
        let begins: Vec<u32> = keep.iter().filter(|(_, mark)| is_begin(mark)).map(|(row, _)| *row).collect();
        self.groups.assign(block, &begins, &mut self.room)?;
        let mut groups = self.room.iter();
        for (_, mark) in keep.iter_mut().filter(|(_, mark)| is_begin(mark)) {
            mark.group = groups.next().copied().unwrap_or_default();
        }
        Ok(())
    }

    fn person(&mut self, _person: u32, events: &[Happened<Mark>]) -> Result<(), Ended> {
        let best = match &mut self.held {
            None => self.search.best(events),
            Some(held) => held.histories(events).fold(None, |best, (history, places)| {
                let mut found = self.search.best(history);
                if let Some(attempt) = &mut found {
                    attempt.begin = places.get(attempt.begin as usize).copied().unwrap_or_default();
                }
                if found.is_some() && (best.is_none() || found > best) { found } else { best }
            }),
        };
        if let Some(best) = best {
            self.tally.add(&best)?;
        }
        Ok(())
    }
}

impl Share for Fold<'_> {
    fn merge(&mut self, other: Self) -> Result<(), Ended> {
        let map: Vec<u32> = other.groups.keys().iter().map(|key| self.groups.number(key)).collect();
        Ok(self.tally.merge(other.tally, &map)?)
    }
}
