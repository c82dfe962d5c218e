//! How many people came back.

use serde::Serialize;

use super::behaviour::{Step, read_count};
use crate::condition::{Condition, read_conditions};
use crate::invalid::Invalid;
use crate::range::{INTERVALS, Interval, Range};
use crate::read::{Node, Object};

/// The most periods of a retention; more are refused.
pub const PERIODS_MAX: u64 = 366;

/// How many people came back. Answer: `start`, `offset`, `people`, `share`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Retention {
    /// What begins it: a person's first one in the range.
    pub start: Step,
    /// What counts as coming back.
    #[serde(rename = "return")]
    pub back: Step,
    /// How finely.
    pub interval: Interval,
    /// How many intervals after the start are looked at.
    pub periods: u32,
    /// When it began.
    pub range: Range,
    /// What must hold of every event that counts.
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// When coming back counts.
    #[serde(skip_serializing_if = "is_default")]
    pub returned: Returned,
    /// From where intervals are counted.
    #[serde(skip_serializing_if = "is_default")]
    pub intervals: Intervals,
    /// The last offsets of groups of intervals, ascending; each interval by itself if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub brackets: Vec<u32>,
}

/// When coming back counts for an interval.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Returned {
    /// In it.
    #[default]
    On,
    /// In it or at any later time.
    OnOrAfter,
}

/// From where intervals are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Intervals {
    /// As the calendar has them: the day after the start's day begins at midnight.
    #[default]
    Calendar,
    /// From the start itself: 24 hours after it the first day has passed.
    Rolling,
}

const RETURNED: [(&str, Returned); 2] = [("on", Returned::On), ("on_or_after", Returned::OnOrAfter)];
const INTERVALS_FROM: [(&str, Intervals); 2] =
    [("calendar", Intervals::Calendar), ("rolling", Intervals::Rolling)];
const FIELDS: [&str; 10] =
    ["kind", "start", "return", "interval", "periods", "range", "where", "returned", "intervals", "brackets"];

impl Retention {
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&FIELDS)?;
        let interval = object.optional("interval").map(|node| node.choice(&INTERVALS)).transpose()?;
        let returned = object.optional("returned").map(|node| node.choice(&RETURNED)).transpose()?;
        let intervals = object.optional("intervals").map(|node| node.choice(&INTERVALS_FROM)).transpose()?;
        let brackets = read_brackets(&object)?;
        let periods = match (brackets.last(), object.optional("periods")) {
            (Some(_), Some(node)) => {
                return Err(node.wrong("stands beside `brackets`", "leave one of the two out"));
            }
            (Some(last), None) => *last,
            (None, _) => read_count(&object, "periods", 12, PERIODS_MAX)?,
        };
        Ok(Self {
            start: Step::read(&object.required("start", "{\"event\":\"Signed Up\"}")?)?,
            back: Step::read(&object.required("return", "{\"event\":\"*\"}")?)?,
            interval: interval.unwrap_or(Interval::Week),
            periods,
            range: Range::read(&object)?,
            conditions: read_conditions(&object)?,
            returned: returned.unwrap_or_default(),
            intervals: intervals.unwrap_or_default(),
            brackets,
        })
    }

    /// The first and last offset of every column of the answer after the first.
    pub fn offsets(&self) -> Vec<(u32, u32)> {
        if self.brackets.is_empty() {
            return (1..=self.periods).map(|offset| (offset, offset)).collect();
        }
        let firsts = std::iter::once(1).chain(self.brackets.iter().map(|last| last + 1));
        firsts.zip(self.brackets.iter().copied()).collect()
    }
}

fn read_brackets(object: &Object<'_>) -> Result<Vec<u32>, Invalid> {
    let Some(node) = object.optional("brackets") else { return Ok(Vec::new()) };
    let mut ends: Vec<u32> = Vec::new();
    for node in node.list(1..=usize::try_from(PERIODS_MAX).unwrap_or(usize::MAX))? {
        let end = u32::try_from(node.integer(1..=PERIODS_MAX)?).unwrap_or(u32::MAX);
        if ends.last().is_some_and(|before| *before >= end) {
            return Err(node.wrong("is not greater than the one before", "write them ascending: [1,3,7]"));
        }
        ends.push(end);
    }
    Ok(ends)
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
