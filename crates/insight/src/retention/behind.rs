//! Who began in one interval and came back at one offset.

use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::{AskError, Invalid, Retention, Returned, Who};
use store::{Block, Happened, View, Walker};

use super::{BACK, Plan, START};
use crate::behind::{Crowd, no_interval};
use crate::reading::Reading;
use crate::steps::Steps;
use crate::walks::{Ended, Share, walk};

/// Whoever began in the interval that begins then and came back at that offset; at 0, whoever began.
pub(crate) fn crowd(
    view: &View,
    retention: &Retention,
    (start_ms, offset): (i64, u32),
    zone: &TimeZone,
    who: (WorkspaceId, &dyn Who),
) -> Result<Crowd, AskError> {
    let plan = Plan::new(retention, retention.range.span(zone)?, zone)?;
    let starts = plan.edges.all().get(..plan.starts).unwrap_or_default();
    let start = starts.iter().position(|start| *start == start_ms).ok_or_else(|| no_interval("start"))?;
    let offsets = plan.offsets.iter().find(|(_, last)| *last == offset).copied();
    if offsets.is_none() && offset != 0 {
        return Err(Invalid::new("/of/offset", "is no offset of the answer", "take one of the answer").into());
    }
    let mut reading = Reading::new(who);
    reading.conditions(&retention.conditions);
    reading.steps([&retention.start, &retention.back]);
    let scan = plan.scan(&reading, true)?;
    let make = || Gather {
        plan: &plan,
        steps: Steps::new(plan.steps(), &retention.conditions, &reading),
        start,
        offsets,
        crowd: Crowd::default(),
    };
    let (gather, _) = walk(view, &scan, &make)?;
    Ok(gather.crowd)
}

/// People gathered in one share.
struct Gather<'a> {
    plan: &'a Plan<'a>,
    steps: Steps<'a>,
    /// The place of the interval in which they began.
    start: usize,
    /// The first and the last offset of the column; `None` for those who began.
    offsets: Option<(u32, u32)>,
    crowd: Crowd,
}

impl Walker for Gather<'_> {
    type Mark = u32;
    type Error = Ended;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, u32)>) -> Result<(), Ended> {
        let (rows, bits) = self.steps.mark(block)?;
        keep.extend(rows.iter().copied().zip(bits.iter().copied()).filter(|(_, bits)| *bits != 0));
        Ok(())
    }

    fn person(&mut self, person: u32, events: &[Happened<u32>]) -> Result<(), Ended> {
        let plan = self.plan;
        let begins = |event: &Happened<u32>| event.mark & START != 0 && event.time_ms < plan.span.to_ms;
        let Some(place) = events.iter().position(begins) else { return Ok(()) };
        let Some((first, rest)) = events.get(place..).and_then(<[_]>::split_first) else { return Ok(()) };
        let start = (plan.edges.interval(first.time_ms) as usize).min(plan.starts.saturating_sub(1));
        if start != self.start {
            return Ok(());
        }
        let Some((from, last)) = self.offsets else {
            self.crowd.add(person);
            return Ok(());
        };
        let from_ms = plan.beginning(start, first.time_ms, from).map_err(AskError::from)?;
        let to_ms = match plan.retention.returned {
            Returned::On => plan.beginning(start, first.time_ms, last + 1).map_err(AskError::from)?,
            Returned::OnOrAfter => i64::MAX,
        };
        let mut times = rest.iter().filter(|event| event.mark & BACK != 0).map(|event| event.time_ms);
        if times.any(|time| time >= from_ms && time < to_ms) {
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
