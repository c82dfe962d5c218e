//! Who did an event of a trend in one interval, in one group.

use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::{AskError, Invalid, Step, Trend, Who};
use serde_json::Value as Json;
use store::{Needs, Scan, View};

use crate::behind::{Crowd, key_of, no_interval};
use crate::groups::Groups;
use crate::reading::Reading;
use crate::steps::{Steps, names_of, names_the_house};
use crate::walks::Ended;

/// The number of the only group that is looked for.
const THE_GROUP: u32 = 0;

/// Whoever did the event in the interval that begins then.
pub(crate) fn crowd(
    view: &View,
    trend: &Trend,
    (time_ms, event, group): (i64, usize, &[Json]),
    zone: &TimeZone,
    who: (WorkspaceId, &dyn Who),
) -> Result<Crowd, AskError> {
    let span = trend.range.span(zone)?;
    let starts = trend.interval.starts(span, zone)?;
    let place = starts.iter().position(|start| *start == time_ms).ok_or_else(|| no_interval("time"))?;
    let Some(event) = trend.events.get(event) else {
        return Err(Invalid::new("/of/event", "is no event of the question", "count them from 0").into());
    };
    let step = Step { event: event.event.clone(), conditions: Vec::new() };
    let mut reading = Reading::new(who);
    reading.conditions(&trend.conditions);
    reading.fields(&trend.by);
    let names = std::iter::once(step.event.as_str());
    let scan = Scan {
        from_ms: time_ms.max(span.from_ms),
        to_ms: starts.get(place + 1).copied().unwrap_or(i64::MAX).min(span.to_ms),
        events: names_of(names.clone()),
        house: names_the_house(names),
        properties: reading.properties.clone(),
        needs: Needs::default(),
    };
    let mut steps = Steps::new(std::iter::once(&step), &trend.conditions, &reading);
    let mut groups = Groups::only(reading.dimensions(&trend.by), &[key_of(group)]);
    let (mut crowd, mut own, mut of_own) = (Crowd::default(), Vec::new(), Vec::new());
    let scanned = view.scan(&scan, &mut |block| {
        let (rows, bits) = steps.mark(block)?;
        own.clear();
        own.extend(rows.iter().zip(bits).filter(|(_, bits)| **bits != 0).map(|(row, _)| *row));
        groups.assign(block, &own, &mut of_own)?;
        for (row, _) in own.iter().zip(&of_own).filter(|(_, group)| **group == THE_GROUP) {
            if let Some(person) = block.people().get(*row as usize) {
                crowd.add(*person);
            }
        }
        Ok::<(), Ended>(())
    });
    scanned.map_err(|ended| ended.0)?;
    Ok(crowd)
}
