//! Who reached a step of a funnel, or reached the one before and not this one.

use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::{AskError, Funnel, Who};
use serde_json::Value as Json;
use store::{Block, Happened, View, Walker};

use super::attempt::{EXCLUDED, Mark, Rules, Search};
use super::held::{Held, HeldMark};
use super::{all_matter, reading, scan};
use crate::behind::{Crowd, key_of};
use crate::groups::Groups;
use crate::reading::Reading;
use crate::steps::Steps;
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
    let reading = reading(funnel, who);
    let (rules, scan) = (Rules::new(funnel, span), scan(funnel, span, &reading));
    let (gather, _) = walk(view, &scan, &|| Gather::new((funnel, of, group), &reading, rules))?;
    Ok(gather.crowd)
}

/// People gathered in one share.
struct Gather<'a> {
    funnel: &'a Funnel,
    of: (usize, bool),
    steps: Steps<'a>,
    groups: Groups<'a>,
    held: Held,
    search: Search,
    crowd: Crowd,
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
            held: Held::new(funnel, reading),
            search: Search::new(rules),
            crowd: Crowd::default(),
        }
    }
}

impl Walker for Gather<'_> {
    type Mark = HeldMark;
    type Error = Ended;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, HeldMark)>) -> Result<(), Ended> {
        let step_bits = self.search.rules.step_bits();
        let all = all_matter(self.funnel);
        let (rows, bits) = self.steps.mark(block)?;
        let counts = rows.iter().zip(bits).filter(|(_, bits)| all || **bits != 0);
        let mut marked: Vec<(u32, Mark)> = counts
            .map(|(row, bits)| {
                let excluded = if bits & !step_bits == 0 { 0 } else { EXCLUDED };
                (*row, Mark { bits: bits & step_bits | excluded, ..Mark::default() })
            })
            .collect();
        let values = self.held.take_out(block, &mut marked);
        keep.extend(marked.into_iter().zip(values).map(|((row, mark), values)| (row, (mark, values))));
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
        let Some(best) = self.held.best(&mut self.search, events).filter(|best| best.group == THE_GROUP)
        else {
            return Ok(());
        };
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
