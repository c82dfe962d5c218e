//! What a trend reads, and into which intervals it is cut.

use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::kinds::ANY_EVENT;
use question::{AskError, Condition, Field, Trend, Who};
use store::Scan;

use crate::groups::{Dimension, property};
use crate::traits::TraitOf;

/// What a trend reads.
pub(super) struct Plan<'a> {
    pub(super) trend: &'a Trend,
    pub(super) scan: Scan,
    /// Where each interval starts.
    pub(super) starts: Vec<i64>,
    pub(super) who: (WorkspaceId, &'a dyn Who),
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        trend: &'a Trend,
        zone: &TimeZone,
        who: (WorkspaceId, &'a dyn Who),
    ) -> Result<Self, AskError> {
        let span = trend.range.span(zone)?;
        let mut properties: Vec<String> = Vec::new();
        let fields = trend.conditions.iter().map(|condition| &condition.field).chain(&trend.by);
        let measured = trend.events.iter().filter_map(|event| event.property.as_deref());
        for name in fields.filter_map(property).chain(measured) {
            if !properties.iter().any(|known| known == name) {
                properties.push(name.to_owned());
            }
        }
        let any = trend.events.iter().any(|event| event.event == ANY_EVENT);
        let mut events: Vec<String> = trend.events.iter().map(|event| event.event.clone()).collect();
        events.sort();
        events.dedup();
        let scan =
            Scan { from_ms: span.from_ms, to_ms: span.to_ms, events: (!any).then_some(events), properties };
        Ok(Self { trend, scan, starts: trend.interval.starts(span, zone)?, who })
    }

    /// The column of a property.
    pub(super) fn column(&self, name: &str) -> usize {
        self.scan.properties.iter().position(|known| known == name).unwrap_or(usize::MAX)
    }

    pub(super) fn dimensions(&self) -> Vec<Dimension<'a>> {
        let dimension = |field: &'a Field| match field {
            Field::Property(name) => Dimension::column(self.column(name)),
            Field::Trait(name) => Dimension::of_trait(TraitOf::new(self.who, name)),
        };
        self.trend.by.iter().map(dimension).collect()
    }

    /// The conditions on properties, with their columns.
    pub(super) fn on_properties(&self) -> impl Iterator<Item = (&'a Condition, usize)> {
        let conditions = self.trend.conditions.iter();
        conditions.filter_map(|condition| Some((condition, self.column(property(&condition.field)?))))
    }

    /// The conditions on traits, with their names.
    pub(super) fn on_traits(&self) -> impl Iterator<Item = (&'a Condition, &'a str)> {
        self.trend.conditions.iter().filter_map(|condition| match &condition.field {
            Field::Trait(name) => Some((condition, name.as_str())),
            Field::Property(_) => None,
        })
    }
}
