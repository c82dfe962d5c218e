//! Steps over columns: which rows are which.

use question::kinds::{ANY_EVENT, is_wanted};
use question::{AskError, Condition, Step};
use store::Block;

use crate::condition::Conditions;
use crate::reading::Reading;

/// The events that a scan must read for these names; all of them if any event will do.
pub(crate) fn names_of<'n>(names: impl Iterator<Item = &'n str> + Clone) -> Option<Vec<String>> {
    if names.clone().any(|name| name == ANY_EVENT) {
        return None;
    }
    let mut list: Vec<String> = names.map(str::to_owned).collect();
    list.sort();
    list.dedup();
    Some(list)
}

/// Tells for every row which of up to 32 steps it is: a bit each.
pub(crate) struct Steps<'a> {
    /// What must hold of every row.
    common: Conditions<'a>,
    steps: Vec<(&'a str, Conditions<'a>)>,
    /// For every event name of the scan, which steps it may be.
    bits: Vec<u32>,
}

impl<'a> Steps<'a> {
    pub(crate) fn new(
        steps: impl Iterator<Item = &'a Step>,
        common: &'a [Condition],
        reading: &Reading<'a>,
    ) -> Self {
        let step = |step: &'a Step| (step.event.as_str(), Conditions::new(&step.conditions, reading));
        Self { common: Conditions::new(common, reading), steps: steps.map(step).collect(), bits: Vec::new() }
    }

    /// The rows that count, and the bits of each.
    pub(crate) fn mark(&mut self, block: &Block<'_>) -> Result<(Vec<u32>, Vec<u32>), AskError> {
        let mut rows = block.rows().to_vec();
        self.common.retain(block, &mut rows)?;
        for name in block.names().iter().skip(self.bits.len()) {
            let is = |(place, (event, _)): (u32, &(&str, _))| u32::from(is_wanted(event, name)) << place;
            self.bits.push((0_u32..).zip(&self.steps).map(is).sum());
        }
        let events = block.events();
        let bits_of = |row: &u32| {
            let event = events.get(*row as usize).copied().unwrap_or_default();
            self.bits.get(event as usize).copied().unwrap_or_default()
        };
        let mut bits: Vec<u32> = rows.iter().map(bits_of).collect();
        for (place, (_, conditions)) in self.steps.iter_mut().enumerate() {
            if conditions.is_empty() {
                continue;
            }
            let step = 1_u32 << place;
            let candidates = || rows.iter().zip(&bits).filter(|(_, bits)| **bits & step != 0);
            let mut fitting: Vec<u32> = candidates().map(|(row, _)| *row).collect();
            conditions.retain(block, &mut fitting)?;
            let mut fitting = fitting.into_iter().peekable();
            for (row, bits) in rows.iter().zip(&mut bits).filter(|(_, bits)| **bits & step != 0) {
                if fitting.next_if_eq(row).is_none() {
                    *bits &= !step;
                }
            }
        }
        Ok((rows, bits))
    }
}
