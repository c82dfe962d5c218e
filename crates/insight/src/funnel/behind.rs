//! Who reached a step of a funnel, or reached the one before and not this one.

use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;
use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::{AskError, Funnel, Order, Who};
use serde_json::Value as Json;
use store::{Block, Happened, Needs, Scan, View, Walker};

use super::attempt::{Attempt, EXCLUDED, Mark, Rules, Search};
use crate::behind::{Crowd, key_of};
use crate::groups::Groups;
use crate::item::{Canonical, Item};
use crate::reading::Reading;
use crate::steps::{Steps, names_of, names_the_house};
use crate::walks::{Ended, Share, walk};

/// The number of the only group that is looked for.
const THE_GROUP: u32 = 0;

/// Whoever reached the step, or dropped off before it, with the attempt that counts.
pub(crate) fn crowd(
    view: &View,
    funnel: &Funnel,
    (of, group): ((usize, bool), &[Json]),
    zone: &TimeZone,
    who: (WorkspaceId, &dyn Who),
) -> Result<Crowd, AskError> {
    let span = funnel.range.span(zone)?;
    let mut reading = Reading::new(who);
    reading.conditions(&funnel.conditions);
    reading.steps(funnel.steps.iter().chain(&funnel.exclude));
    reading.fields(&funnel.by);
    funnel.hold.iter().for_each(|name| reading.property(name));
    let names = funnel.steps.iter().chain(&funnel.exclude).map(|step| step.event.as_str());
    let scan = Scan {
        from_ms: span.from_ms,
        // As the count reads: the last step may be as late as that, and a strict funnel asks for everything.
        to_ms: span.to_ms.saturating_add(funnel.within.ms),
        events: if funnel.order == Order::Strict { None } else { names_of(names.clone()) },
        house: names_the_house(names),
        properties: reading.properties.clone(),
        needs: Needs { each: reading.traits, ..Needs::default() },
    };
    let rules = Rules { order: funnel.order, steps: funnel.steps.len(), within_ms: funnel.within.ms, span };
    let (gather, _) = walk(view, &scan, &|| Gather::new((funnel, of, group), &reading, rules))?;
    Ok(gather.crowd)
}

/// What is remembered of an event, and what stands for the values of the properties that are held.
type HeldMark = (Mark, u64);

/// People gathered in one share.
struct Gather<'a> {
    funnel: &'a Funnel,
    of: (usize, bool),
    steps: Steps<'a>,
    groups: Groups<'a>,
    /// The columns of the properties that are held.
    held: Vec<usize>,
    /// Values are compared by 64 bits that nobody can foresee.
    hasher: DefaultHashBuilder,
    search: Search,
    crowd: Crowd,
    /// The history at hand and the places of its events, here for their memory.
    history: Vec<Happened<Mark>>,
    places: Vec<u32>,
}

impl<'a> Gather<'a> {
    fn new(
        (funnel, of, group): (&'a Funnel, (usize, bool), &[Json]),
        reading: &Reading<'a>,
        rules: Rules,
    ) -> Self {
        Self {
            funnel,
            of,
            // The events that end attempts stand behind the steps.
            steps: Steps::new(funnel.steps.iter().chain(&funnel.exclude), &funnel.conditions, reading),
            groups: Groups::only(reading.dimensions(&funnel.by), &[key_of(group)]),
            held: funnel.hold.iter().map(|name| reading.column(name)).collect(),
            hasher: DefaultHashBuilder::default(),
            search: Search::new(rules),
            crowd: Crowd::default(),
            history: Vec::new(),
            places: Vec::new(),
        }
    }

    /// What stands for the values that are held; `None` where a row lacks one.
    fn values(&self, block: &Block<'_>, row: u32) -> Option<u64> {
        let value = |column: &usize| Item::from_column(block.column(*column).get(row as usize)).canonical();
        let values: Vec<Canonical> = self.held.iter().map(value).collect();
        (!values.contains(&Canonical::Absent)).then(|| self.hasher.hash_one(&values))
    }

    /// The attempt that counts: the deepest, and of equally deep ones the first.
    fn best(&mut self, events: &[Happened<HeldMark>]) -> Option<Attempt> {
        let event = |place: u32| events.get(place as usize).copied().unwrap_or_default();
        let values = |place: u32| event(place).mark.1;
        self.places.clear();
        self.places.extend((0_u32..).take(events.len()));
        self.places.sort_by_key(|place| values(*place));
        let mut best: Option<Attempt> = None;
        for places in self.places.chunk_by(|a, b| values(*a) == values(*b)) {
            self.history.clear();
            self.history.extend(places.iter().map(|place| {
                let Happened { time_ms, mark: (mark, _) } = event(*place);
                Happened { time_ms, mark }
            }));
            let Some(mut found) = self.search.best(&self.history) else { continue };
            found.begin = places.get(found.begin as usize).copied().unwrap_or_default();
            if best.is_none_or(|best| found > best) {
                best = Some(found);
            }
        }
        best
    }
}

impl Walker for Gather<'_> {
    type Mark = HeldMark;
    type Error = Ended;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, HeldMark)>) -> Result<(), Ended> {
        let step_bits = self.search.rules.step_bits();
        let all = self.funnel.order == Order::Strict;
        let (rows, bits) = self.steps.mark(block)?;
        let counts = rows.iter().zip(bits).filter(|(_, bits)| all || **bits != 0);
        let marked: Vec<(u32, u32)> = counts.map(|(row, bits)| (*row, *bits)).collect();
        for (row, bits) in marked {
            let Some(values) = self.values(block, row) else { continue };
            let excluded = if bits & !step_bits == 0 { 0 } else { EXCLUDED };
            keep.push((row, (Mark { bits: bits & step_bits | excluded, ..Mark::default() }, values)));
        }
        if self.funnel.by.is_empty() {
            return Ok(());
        }
        let (rows, mut groups) = (keep.iter().map(|(row, _)| *row).collect::<Vec<u32>>(), Vec::new());
        self.groups.assign(block, &rows, &mut groups)?;
        for ((_, (mark, _)), group) in keep.iter_mut().zip(groups) {
            mark.group = group;
        }
        Ok(())
    }

    fn person(&mut self, person: u32, events: &[Happened<HeldMark>]) -> Result<(), Ended> {
        let (step, reached) = self.of;
        let Some(best) = self.best(events).filter(|best| best.group == THE_GROUP) else { return Ok(()) };
        if if reached { best.depth >= step } else { best.depth + 1 == step } {
            self.crowd.add(person);
        }
        Ok(())
    }
}

impl Share for Gather<'_> {
    fn merge(&mut self, other: Self) -> Result<(), Ended> {
        self.crowd.merge(&other.crowd);
        Ok(())
    }
}
