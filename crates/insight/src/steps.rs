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

/// Whether events of the house are among those that are asked for: only where they are asked for by name.
pub(crate) fn names_the_house<'n>(mut names: impl Iterator<Item = &'n str>) -> bool {
    names.any(model::event::is_of_the_house)
}

/// Whether it makes no difference to any of `steps` which event a row is.
pub(crate) fn reads_any_event<'s>(steps: impl IntoIterator<Item = &'s Step>) -> bool {
    steps.into_iter().all(|step| step.event == ANY_EVENT)
}

/// Tells for every row which of up to 32 steps it is: a bit each.
pub(crate) struct Steps<'a> {
    /// What must hold of every row.
    common: Conditions<'a>,
    steps: Vec<(&'a str, Conditions<'a>)>,
    /// Whether all steps are any event.
    any_event: bool,
    /// For every event name of the scan, which steps it may be.
    of_name: Vec<u32>,
    /// The rows and bits of the block at hand, here for their memory.
    rows: Vec<u32>,
    bits: Vec<u32>,
}

impl<'a> Steps<'a> {
    pub(crate) fn new(
        steps: impl Iterator<Item = &'a Step>,
        common: &'a [Condition],
        reading: &Reading<'a>,
    ) -> Self {
        let step = |step: &'a Step| (step.event.as_str(), Conditions::new(&step.conditions, reading));
        let steps: Vec<(&'a str, Conditions<'a>)> = steps.map(step).collect();
        Self {
            common: Conditions::new(common, reading),
            any_event: steps.iter().all(|(event, _)| *event == ANY_EVENT),
            steps,
            of_name: Vec::new(),
            rows: Vec::new(),
            bits: Vec::new(),
        }
    }

    /// The rows that count, and the bits of each.
    pub(crate) fn mark<'s>(&'s mut self, block: &Block<'s>) -> Result<(&'s [u32], &'s [u32]), AskError> {
        let mut fitting = std::mem::take(&mut self.rows);
        let filtered = !self.common.is_empty();
        if filtered {
            fitting.clear();
            fitting.extend_from_slice(block.rows());
            self.common.retain(block, &mut fitting)?;
        }
        self.rows = fitting;
        self.learn_names(block.names());
        let rows = if filtered { self.rows.as_slice() } else { block.rows() };
        let events = block.events();
        let bits_of = |row: &u32| {
            let event = events.get(*row as usize).copied().unwrap_or_default();
            self.of_name.get(event as usize).copied().unwrap_or_default()
        };
        self.bits.clear();
        match self.of_name.first() {
            // Which event it is makes no difference, and may not have been read.
            Some(bits) if self.any_event => self.bits.resize(rows.len(), *bits),
            _ => self.bits.extend(rows.iter().map(bits_of)),
        }
        for (place, (_, conditions)) in self.steps.iter_mut().enumerate() {
            if conditions.is_empty() {
                continue;
            }
            let step = 1_u32 << place;
            let candidates = || rows.iter().zip(&self.bits).filter(|(_, bits)| **bits & step != 0);
            let mut fitting: Vec<u32> = candidates().map(|(row, _)| *row).collect();
            conditions.retain(block, &mut fitting)?;
            let mut fitting = fitting.into_iter().peekable();
            for (row, bits) in rows.iter().zip(&mut self.bits).filter(|(_, bits)| **bits & step != 0) {
                if fitting.next_if_eq(row).is_none() {
                    *bits &= !step;
                }
            }
        }
        Ok((rows, &self.bits))
    }

    fn learn_names(&mut self, names: &[String]) {
        for name in names.iter().skip(self.of_name.len()) {
            let is = |(place, (event, _)): (u32, &(&str, _))| u32::from(is_wanted(event, name)) << place;
            self.of_name.push((0_u32..).zip(&self.steps).map(is).sum());
        }
    }
}
