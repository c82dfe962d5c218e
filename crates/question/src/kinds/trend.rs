//! How much of something happened over time.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::formula::{FORMULAS_MAX, Formula};
use super::read_event;
use crate::condition::{Condition, FIELD_BYTES_MAX, Field, read_conditions};
use crate::invalid::Invalid;
use crate::range::{INTERVALS, Interval, Range};
use crate::read::{Node, Object};
use crate::shape::PREVIOUS;

/// The most events in one trend; more are refused.
pub const EVENTS_MAX: usize = 10;
/// The most fields to group by; more are refused.
pub const BY_MAX: usize = 3;
/// The most intervals that a rolling mean is of; more are refused.
pub const ROLLING_MAX: u64 = 1_000;

/// How much of something happened over time. Answer: `time`, a column per `by`, a column per event, a column per formula; where
/// the period before stands beside, once more a column per event and per formula.
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
    /// Columns that are worked out of those of the events.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub formulas: Vec<Formula>,
    /// What stands beside, if anything does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare: Option<Compare>,
    /// Each interval's number, or the sum up to it.
    #[serde(skip_serializing_if = "Show::is_default")]
    pub show: Show,
    /// Of how many intervals each number is the mean, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rolling: Option<u32>,
}

/// What an answer is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// The period of the same length just before.
    Previous,
}

const COMPARES: [(&str, Compare); 1] = [("previous", Compare::Previous)];

/// What each number stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    /// Its interval.
    #[default]
    Interval,
    /// Everything from the beginning of the range to the end of its interval.
    Cumulative,
}

const SHOWS: [(&str, Show); 2] = [("interval", Show::Interval), ("cumulative", Show::Cumulative)];

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
        let object = node.object(&[
            "kind", "events", "range", "interval", "by", "where", "formulas", "compare", "show", "rolling",
        ])?;
        let events = object.required("events", "[{\"event\":\"Order Completed\"}]")?;
        let interval = object.optional("interval").map(|node| node.choice(&INTERVALS)).transpose()?;
        let mut trend = Self {
            events: events.list(1..=EVENTS_MAX)?.iter().map(TrendEvent::read).collect::<Result<_, _>>()?,
            range: Range::read(&object)?,
            interval: interval.unwrap_or_default(),
            by: read_by(&object)?,
            conditions: read_conditions(&object)?,
            formulas: Vec::new(),
            compare: object.optional("compare").map(|node| node.choice(&COMPARES)).transpose()?,
            show: Show::Interval,
            rolling: None,
        };
        trend.read_formulas(&object)?;
        trend.read_show(&object)?;
        Ok(trend)
    }

    fn read_formulas(&mut self, object: &Object<'_>) -> Result<(), Invalid> {
        let Some(list) = object.optional("formulas") else { return Ok(()) };
        let mut names = self.event_columns();
        for node in list.list(0..=FORMULAS_MAX)? {
            let formula = Formula::read(&node, self.events.len())?;
            let plain = formula.name.strip_suffix(PREVIOUS).unwrap_or(&formula.name);
            if names.iter().any(|name| name == plain) {
                let pointer = format!("{}/name", node.pointer);
                return Err(Invalid::new(
                    &pointer,
                    "is the name of another column",
                    "give it one of its own",
                ));
            }
            names.push(formula.name.clone());
            self.formulas.push(formula);
        }
        Ok(())
    }

    fn read_show(&mut self, object: &Object<'_>) -> Result<(), Invalid> {
        if let Some(node) = object.optional("show") {
            self.show = node.choice(&SHOWS)?;
            let unfit = self.events.iter().position(|event| !event.measure.adds_up());
            if let Some(place) = unfit.filter(|_| self.show == Show::Cumulative) {
                let measure = self.events.get(place).map_or(Measure::Count, |event| event.measure);
                let problem = format!(
                    "adds up, and the measure `{}` of event {} does not",
                    measure.as_str(),
                    place + 1
                );
                return Err(node.wrong(problem, "take `count` or `sum`, or leave `show` out"));
            }
        }
        if let Some(node) = object.optional("rolling") {
            if self.show == Show::Cumulative {
                return Err(node.wrong("stands beside running totals", "leave it or `show` out"));
            }
            self.rolling = u32::try_from(node.integer(2..=ROLLING_MAX)?).ok();
        }
        Ok(())
    }

    /// The same question about the period before, where the two are compared.
    ///
    /// # Errors
    /// [`Invalid`] when that begins before 1970.
    pub fn before(&self, zone: &TimeZone) -> Result<Option<Self>, Invalid> {
        let Some(Compare::Previous) = self.compare else { return Ok(None) };
        let range = self.range.before(self.interval, zone)?;
        Ok(Some(Self { range, compare: None, ..self.bare() }))
    }

    /// The same question without formulas, running totals and rolling means: what [`shaped`](crate::shape::shaped) takes.
    pub fn bare(&self) -> Self {
        Self { formulas: Vec::new(), show: Show::Interval, rolling: None, ..self.clone() }
    }

    /// Whether anything is worked out of the events' numbers.
    pub fn is_bare(&self) -> bool {
        self.formulas.is_empty() && self.show == Show::Interval && self.rolling.is_none()
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

impl Show {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Measure {
    /// Whether those of several intervals together are the sum of those of each.
    pub fn adds_up(self) -> bool {
        matches!(self, Self::Count | Self::Sum)
    }

    /// Whether there is none of no events.
    pub fn may_be_nothing(self) -> bool {
        !matches!(self, Self::Count | Self::People | Self::Sum | Self::CountDistinct)
    }

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
