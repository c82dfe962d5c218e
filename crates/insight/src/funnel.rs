//! Funnels: every person's attempts, the deepest of which counts.
//!
//! Modules in reading order: `attempt` (one person), `held` (what stays the same within one), `tally` (what is
//! counted), [`behind`] (who is behind a number).

mod attempt;
pub(crate) mod behind;
mod held;
mod tally;

use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::{Answer, AskError, Funnel, FunnelSelect, Order, Span, Stats, Who, plain};
use store::{Block, Happened, Needs, Scan, View, Walker};

use crate::groups::{GROUPS_MAX, Groups};
use crate::reading::Reading;
use crate::sessions;
use crate::steps::{Steps, names_of, names_the_house};
use crate::walks::{Ended, Share, walk};
use attempt::{Attempt, EXCLUDED, Mark, Rules, Search};
use held::{Held, HeldFold};
use tally::Tally;

/// Answers a funnel.
pub(crate) fn answer(
    view: &View,
    funnel: &Funnel,
    zone: &TimeZone,
    who: (WorkspaceId, &dyn Who),
) -> Result<Answer, AskError> {
    let span = funnel.range.span(zone)?;
    let reading = reading(funnel, who);
    let rules = Rules::new(funnel, span);
    let scan = scan(funnel, span, &reading);
    let make = || Fold::new(funnel, &reading, rules);
    let (fold, stats) = if funnel.hold.is_empty() && funnel.pause_ms().is_none() {
        walk(view, &scan, &make)?
    } else {
        let (held, stats) = walk(view, &scan, &|| HeldFold::new(make(), Held::new(funnel, &reading)))?;
        (held.fold, stats)
    };
    let (rows, others) = fold.tally.finish(funnel, &fold.groups);
    let stats = Stats {
        rows_read: stats.rows_read,
        other_groups: others.0,
        other_rows: others.1,
        ..Stats::default()
    };
    Ok(Answer { columns: plain::funnel_columns(funnel), rows, stats })
}

/// What a funnel reads of events and people.
fn reading<'a>(funnel: &Funnel, who: (WorkspaceId, &'a dyn Who)) -> Reading<'a> {
    let mut reading = Reading::new(who);
    reading.conditions(&funnel.conditions);
    reading.steps(funnel.steps.iter().chain(&funnel.exclude));
    reading.fields(&funnel.by);
    for name in &funnel.hold {
        reading.property(name);
    }
    reading
}

/// Which events a funnel reads.
fn scan(funnel: &Funnel, span: Span, reading: &Reading<'_>) -> Scan {
    if funnel.pause_ms().is_some() {
        // What is no step holds a session together too.
        return sessions::scan(span, reading);
    }
    let names = funnel.steps.iter().chain(&funnel.exclude).map(|step| step.event.as_str());
    Scan {
        from_ms: span.from_ms,
        // The last step may be as late as that, itself included.
        to_ms: span.to_ms.saturating_add(funnel.within.ms()),
        // For a strict funnel it matters that something else happened.
        events: if funnel.order == Order::Strict { None } else { names_of(names.clone()) },
        house: names_the_house(names),
        properties: reading.properties.clone(),
        needs: Needs { each: reading.traits, ..Needs::default() },
    }
}

impl Rules {
    fn new(funnel: &Funnel, span: Span) -> Self {
        Self { order: funnel.order, steps: funnel.steps.len(), within_ms: funnel.within.ms(), span }
    }
}

/// Whether events that are no step matter: between steps, or since they hold a session together.
fn all_matter(funnel: &Funnel) -> bool {
    funnel.order == Order::Strict || funnel.pause_ms().is_some()
}

/// Attempts counted in one share.
struct Fold<'a> {
    steps: Steps<'a>,
    groups: Groups<'a>,
    /// Whether there is more than one group.
    grouped: bool,
    /// Rows of the block at hand that attempts may begin with, and their groups; here for their memory.
    begun: Vec<u32>,
    room: Vec<u32>,
    search: Search,
    tally: Tally,
    /// Bits of steps that an attempt may begin with.
    begins: u32,
    /// Whether events that are no step matter.
    all: bool,
}

impl<'a> Fold<'a> {
    fn new(funnel: &'a Funnel, reading: &Reading<'a>, rules: Rules) -> Self {
        let any = funnel.order == Order::Any;
        let times = funnel.select == FunnelSelect::Times;
        Self {
            // The events that end attempts stand behind the steps.
            steps: Steps::new(funnel.steps.iter().chain(&funnel.exclude), &funnel.conditions, reading),
            groups: Groups::open(reading.dimensions(&funnel.by), GROUPS_MAX),
            grouped: !funnel.by.is_empty(),
            begun: Vec::new(),
            room: Vec::new(),
            search: Search::new(rules),
            tally: if times { Tally::of_times(rules.steps) } else { Tally::of_steps(rules.steps) },
            begins: if any { rules.step_bits() } else { 1 },
            all: all_matter(funnel),
        }
    }

    /// Puts the rows that count into `keep`, with what they are.
    fn find(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, Mark)>) -> Result<(), Ended> {
        let (rows, bits) = self.steps.mark(block)?;
        let step_bits = self.search.rules.step_bits();
        let mark = |bits: &u32| {
            let excluded = if bits & !step_bits == 0 { 0 } else { EXCLUDED };
            Mark { bits: bits & step_bits | excluded, group: 0 }
        };
        let marked = rows.iter().zip(bits).map(|(row, bits)| (*row, mark(bits)));
        // Mostly every row is a step, and what need not be decided for each is many times as fast.
        if self.all || bits.iter().min().is_some_and(|least| *least > 0) {
            keep.extend(marked);
        } else {
            keep.extend(marked.filter(|(_, mark)| mark.bits != 0));
        }
        Ok(())
    }

    /// Puts rows into the groups of attempts that begin with them.
    fn group(&mut self, block: &Block<'_>, keep: &mut [(u32, Mark)]) -> Result<(), Ended> {
        if !self.grouped {
            return Ok(());
        }
        let is_begin = |mark: &Mark| mark.bits & self.begins != 0;
        // Without a branch, here and below: which these are cannot be foreseen.
        self.begun.resize(keep.len() + 1, 0);
        let mut count = 0;
        for (row, mark) in keep.iter() {
            if let Some(slot) = self.begun.get_mut(count) {
                *slot = *row;
            }
            count += usize::from(is_begin(mark));
        }
        self.begun.truncate(count);
        self.groups.assign(block, &self.begun, &mut self.room)?;
        let mut next = 0;
        for (_, mark) in keep {
            mark.group = self.room.get(next).copied().unwrap_or_default();
            next += usize::from(is_begin(mark));
        }
        Ok(())
    }

    fn count(&mut self, best: Option<Attempt>) -> Result<(), Ended> {
        Ok(best.map_or(Ok(()), |best| self.tally.add(&best))?)
    }
}

impl Walker for Fold<'_> {
    type Mark = Mark;
    type Error = Ended;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, Mark)>) -> Result<(), Ended> {
        self.find(block, keep)?;
        self.group(block, keep)
    }

    fn person(&mut self, _person: u32, events: &[Happened<Mark>]) -> Result<(), Ended> {
        let best = self.search.best(events);
        self.count(best)
    }
}

impl Share for Fold<'_> {
    fn merge(&mut self, other: Self) -> Result<(), Ended> {
        let map = self.groups.take_in(&other.groups);
        Ok(self.tally.merge(other.tally, &map)?)
    }
}
