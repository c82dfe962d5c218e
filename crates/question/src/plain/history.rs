//! What each person did, in order.

use std::collections::BTreeMap;

use model::PersonCode;

use super::{PlainRow, Traits, holds};
use crate::Condition;
use crate::kinds::{Step, is_wanted};

/// An event of a history.
#[derive(Clone, Copy)]
pub(super) struct Past<'a> {
    /// When, and in which place it arrived: what histories are ordered by.
    pub(super) at: (i64, usize),
    pub(super) row: &'a PlainRow,
}

/// The events of every person of which all of `conditions` hold, by time and, at the same time, by arrival.
pub(super) fn histories<'a>(
    rows: &'a [PlainRow],
    conditions: &[Condition],
    traits: Traits<'_>,
) -> BTreeMap<u32, Vec<Past<'a>>> {
    let mut histories: BTreeMap<u32, Vec<Past<'a>>> = BTreeMap::new();
    for (arrival, row) in rows.iter().enumerate() {
        let counts = conditions.iter().all(|condition| holds(row, condition, traits));
        if counts && row.person != PersonCode::NOBODY.0 {
            histories.entry(row.person).or_default().push(Past { at: (row.time_ms, arrival), row });
        }
    }
    for history in histories.values_mut() {
        history.sort_by_key(|past| past.at);
    }
    histories
}

/// Whether an event is a step.
pub(super) fn is(row: &PlainRow, step: &Step, traits: Traits<'_>) -> bool {
    is_wanted(&step.event, &row.event)
        && step.conditions.iter().all(|condition| holds(row, condition, traits))
}
