//! What a trend reads, and into which intervals it is cut.

use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::kinds::ANY_EVENT;
use question::{AskError, Field, Measure, Trend, Who};
use store::{Needs, Scan};

use crate::edges::Edges;
use crate::reading::Reading;
use crate::steps::{names_of, names_the_house};

/// What a trend reads.
pub(super) struct Plan<'a> {
    pub(super) trend: &'a Trend,
    pub(super) scan: Scan,
    /// Where each interval starts.
    pub(super) starts: Edges,
    pub(super) reading: Reading<'a>,
    /// Whether it is enough to know how many rows there are by event, interval and the one property of `by`.
    pub(super) only_counts: bool,
    /// Whether only people are counted, of one event and in one group.
    pub(super) by_runs: bool,
    /// Whether it is enough for that to know in which hours they did it.
    pub(super) by_hours: bool,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        trend: &'a Trend,
        zone: &TimeZone,
        who: (WorkspaceId, &'a dyn Who),
    ) -> Result<Self, AskError> {
        let span = trend.range.span(zone)?;
        let mut reading = Reading::new(who);
        reading.conditions(&trend.conditions);
        reading.fields(&trend.by);
        for name in trend.events.iter().filter_map(|event| event.property.as_deref()) {
            reading.property(name);
        }
        let starts = trend.interval.starts(span, zone)?;
        let counts_people = trend.events.iter().any(|event| event.measure == Measure::People);
        let by_runs = counts_people && trend.events.len() == 1 && trend.by.is_empty();
        let needs = Needs {
            people: reading.traits || counts_people,
            each: reading.traits || !by_runs,
            events: trend.events.iter().any(|event| event.event != ANY_EVENT),
            edges_ms: Some(starts.clone()),
        };
        let scan = Scan {
            from_ms: span.from_ms,
            to_ms: span.to_ms,
            events: names_of(trend.events.iter().map(|event| event.event.as_str())),
            house: names_the_house(trend.events.iter().map(|event| event.event.as_str())),
            properties: reading.properties.clone(),
            needs,
        };
        let only_counts = trend.events.iter().all(|event| event.measure == Measure::Count)
            && trend.conditions.is_empty()
            && matches!(trend.by.as_slice(), [] | [Field::Property(_)])
            && scan.properties.len() == trend.by.len();
        let by_hours = by_runs && trend.conditions.is_empty() && scan.properties.is_empty();
        Ok(Self { trend, scan, starts: Edges::new(starts), reading, only_counts, by_runs, by_hours })
    }
}
