//! How much of something happened over time.

use serde::Serialize;

use super::read_event;
use crate::condition::{Condition, FIELD_BYTES_MAX, Field, read_conditions};
use crate::invalid::Invalid;
use crate::range::{INTERVALS, Interval, Range};
use crate::read::{Node, Object};

/// The most events in one trend; more are refused.
pub const EVENTS_MAX: usize = 10;
/// The most fields to group by; more are refused.
pub const BY_MAX: usize = 3;

/// How much of something happened over time. Answer: `time`, a column per `by`, a column per event.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Trend {
    /// What is measured, a column each.
    pub events: Vec<TrendEvent>,
    /// From when to when.
    pub range: Range,
    /// How finely; a day if not said.
    pub interval: Interval,
    /// Fields to group by.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "by_names")]
    pub by: Vec<Field>,
    /// What must hold of every event that counts.
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

/// An event and what is measured of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TrendEvent {
    /// The event's name, or `*` for any.
    pub event: String,
    /// What is measured.
    pub measure: Measure,
    /// Of which property, where the measure needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
}

/// What is measured of the events in an interval.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// How many events.
    #[default]
    Count,
    /// How many different people.
    People,
    /// The sum of the property's numbers; 0 of nothing.
    Sum,
    /// Their mean; null of nothing.
    Avg,
    /// The least; null of nothing.
    Min,
    /// The greatest; null of nothing.
    Max,
    /// The least number that at least half of the numbers do not exceed; null of nothing.
    P50,
    /// Likewise for nine tenths.
    P90,
    /// Likewise for ninety-nine hundredths.
    P99,
    /// How many different values the property has.
    CountDistinct,
}

const MEASURES: [(&str, Measure); 10] = [
    ("count", Measure::Count),
    ("people", Measure::People),
    ("sum", Measure::Sum),
    ("avg", Measure::Avg),
    ("min", Measure::Min),
    ("max", Measure::Max),
    ("p50", Measure::P50),
    ("p90", Measure::P90),
    ("p99", Measure::P99),
    ("count_distinct", Measure::CountDistinct),
];

impl Trend {
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&["kind", "events", "range", "interval", "by", "where"])?;
        let events = object.required("events", "[{\"event\":\"Order Completed\"}]")?;
        let interval = object.optional("interval").map(|node| node.choice(&INTERVALS)).transpose()?;
        Ok(Self {
            events: events.list(1..=EVENTS_MAX)?.iter().map(TrendEvent::read).collect::<Result<_, _>>()?,
            range: Range::read(&object)?,
            interval: interval.unwrap_or_default(),
            by: read_by(&object)?,
            conditions: read_conditions(&object)?,
        })
    }

    /// The names of the event columns: the event's name, with the measure where one event stands twice.
    pub fn event_columns(&self) -> Vec<String> {
        let alone =
            |event: &TrendEvent| self.events.iter().filter(|other| other.event == event.event).count() == 1;
        let name = |event: &TrendEvent| match &event.property {
            _ if alone(event) => event.event.clone(),
            Some(property) => format!("{} ({} {property})", event.event, event.measure.as_str()),
            None => format!("{} ({})", event.event, event.measure.as_str()),
        };
        self.events.iter().map(name).collect()
    }
}

impl TrendEvent {
    fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&["event", "measure", "property"])?;
        let measure = object.optional("measure").map(|node| node.choice(&MEASURES)).transpose()?;
        let measure = measure.unwrap_or_default();
        let property = match (measure.needs_property(), object.optional("property")) {
            (true, None) => {
                let problem = format!("is missing, and the measure `{}` needs it", measure.as_str());
                return Err(Invalid::new(
                    &format!("{}/property", node.pointer),
                    problem,
                    "write \"property\":\"revenue\"",
                ));
            }
            (false, Some(given)) => {
                let problem = format!("is not used by the measure `{}`", measure.as_str());
                return Err(given.wrong(problem, "leave it out, or take a measure such as `sum`"));
            }
            (_, given) => given.map(|node| node.text(FIELD_BYTES_MAX).map(str::to_owned)).transpose()?,
        };
        Ok(Self { event: read_event(&object)?, measure, property })
    }
}

impl Measure {
    /// The name in questions.
    pub fn as_str(self) -> &'static str {
        MEASURES.iter().find(|(_, measure)| *measure == self).map_or("count", |(name, _)| *name)
    }

    /// Whether it is the measure of a property.
    pub fn needs_property(self) -> bool {
        !matches!(self, Self::Count | Self::People)
    }
}

pub(super) fn read_by(object: &Object<'_>) -> Result<Vec<Field>, Invalid> {
    let Some(node) = object.optional("by") else { return Ok(Vec::new()) };
    let mut fields = Vec::new();
    for node in node.list(0..=BY_MAX)? {
        let field = Field::from_name(node.text(FIELD_BYTES_MAX)?);
        if fields.contains(&field) {
            return Err(node.wrong("stands twice", "name each field once"));
        }
        fields.push(field);
    }
    Ok(fields)
}

pub(super) fn by_names<S: serde::Serializer>(by: &[Field], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(by.iter().map(Field::name))
}
