//! The plain meaning of questions: a row at a time, nothing clever, no limits. Fast interpreters are tested
//! against it on random questions. It reads whole JSON documents and asks the calendar about every row.

mod computed;
mod flow;
mod funnel;
mod history;
mod people;
mod retention;
mod sessions;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use model::PersonCode;
use serde_json::Value;

pub use computed::computed;
pub use flow::{flow, flow_columns};
pub use funnel::{TIMES_FROM_S, funnel, funnel_columns};
pub use people::{people, people_columns};
pub use retention::{retention, retention_columns};
pub use sessions::{sessions, sessions_columns};
pub(crate) use value::number;
pub use value::{holds, lookup, same};

use crate::kinds::{Measure, Trend, TrendEvent, is_wanted};
use crate::range::zoned;
use crate::{Answer, Column, ColumnType, Field, Invalid, Stats, shape};

/// How many groups an answer shows; the rest is said in the stats.
pub const GROUPS_SHOWN: usize = 50;

/// A stored event as the plain meaning sees it.
#[derive(Clone, PartialEq, Debug)]
pub struct PlainRow {
    /// Whose it is, after merges.
    pub person: u32,
    /// When it happened, milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// Its name.
    pub event: String,
    /// A JSON object.
    pub properties: Value,
    /// A JSON object.
    pub context: Value,
}

/// Today's value of a trait of a person.
pub type Traits<'a> = &'a dyn Fn(u32, &str) -> Option<Value>;

type Group = Vec<Value>;
type Cell = (i64, String, usize);

/// Answers a trend over `rows`.
///
/// # Errors
/// [`Invalid`] when the range is empty or too long.
pub fn trend(
    rows: &[PlainRow],
    trend: &Trend,
    zone: &TimeZone,
    traits: Traits<'_>,
) -> Result<Answer, Invalid> {
    let (now, groups) = table(rows, (trend, zone), traits, None)?;
    let Some(before) = trend.before(zone)? else { return Ok(shape::worked_out(trend, now, None)) };
    let span = before.range.span(zone)?;
    let (before, _) = table(rows, (&before, zone), traits, Some(&groups))?;
    Ok(shape::worked_out(trend, now, Some((span, before))))
}

/// What a trend's events come to, and of which groups; of `only` these if they are given.
fn table(
    rows: &[PlainRow],
    (trend, zone): (&Trend, &TimeZone),
    traits: Traits<'_>,
    only: Option<&[Group]>,
) -> Result<(Answer, Vec<Group>), Invalid> {
    let span = trend.range.span(zone)?;
    let starts = trend.interval.starts(span, zone)?;
    let mut groups: BTreeMap<String, (Group, u64)> = BTreeMap::new();
    let mut cells: BTreeMap<Cell, Vec<&PlainRow>> = BTreeMap::new();
    for row in rows {
        let within = row.time_ms >= span.from_ms && row.time_ms < span.to_ms;
        if !within || !trend.conditions.iter().all(|condition| holds(row, condition, traits)) {
            continue;
        }
        let at = trend.interval.start(&zoned(row.time_ms, zone)?)?.timestamp().as_millisecond();
        let group: Group = trend.by.iter().map(|field| group_value(row, field, traits)).collect();
        let key = group_key(&group);
        for (index, event) in trend.events.iter().enumerate() {
            if is_wanted(&event.event, &row.event) {
                groups.entry(key.clone()).or_insert_with(|| (group.clone(), 0)).1 += 1;
                cells.entry((at, key.clone(), index)).or_default().push(row);
            }
        }
    }
    if trend.by.is_empty() {
        groups.entry("[]".to_owned()).or_default();
    }
    let mut ranked: Vec<(String, Group, u64)> =
        groups.into_iter().map(|(key, (group, n))| (key, group, n)).collect();
    ranked.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    if let Some(only) = only {
        ranked = only.iter().map(|group| (group_key(group), group.clone(), 0)).collect();
    }
    let others = ranked.split_off(ranked.len().min(GROUPS_SHOWN));
    let mut answer = Answer { columns: columns(trend), rows: Vec::new(), stats: Stats::default() };
    answer.stats.rows_read = rows.len() as u64;
    answer.stats.other_groups = others.len() as u64;
    answer.stats.other_rows = others.iter().map(|(_, _, n)| n).sum();
    for start in starts {
        for (key, group, _) in &ranked {
            let mut row = vec![Value::from(time_text(start))];
            row.extend(group.iter().cloned());
            for (index, event) in trend.events.iter().enumerate() {
                let cell = cells.get(&(start, key.clone(), index)).map_or(&[][..], Vec::as_slice);
                row.push(measure(cell, event));
            }
            answer.rows.push(row);
        }
    }
    Ok((answer, ranked.into_iter().map(|(_, group, _)| group).collect()))
}

fn group_key(group: &Group) -> String {
    Value::Array(group.clone()).to_string()
}

/// The heads of what a trend's events come to.
pub fn columns(trend: &Trend) -> Vec<Column> {
    let mut columns = vec![Column::new("time", ColumnType::Time)];
    columns.extend(trend.by.iter().map(|field| Column::new(field.name(), ColumnType::Value)));
    for (name, event) in trend.event_columns().into_iter().zip(&trend.events) {
        let kind = match event.measure {
            Measure::Count | Measure::People | Measure::CountDistinct => ColumnType::Integer,
            _ => ColumnType::Number,
        };
        columns.push(Column::new(name, kind));
    }
    columns
}

/// An instant as answers write it.
pub fn time_text(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map(|at| at.to_string()).unwrap_or_default()
}

fn group_value(row: &PlainRow, field: &Field, traits: Traits<'_>) -> Value {
    value::field(row, field, traits).map_or(Value::Null, |value| value::normal(&value))
}

fn measure(rows: &[&PlainRow], event: &TrendEvent) -> Value {
    let property = event.property.as_deref().unwrap_or_default();
    let values = || rows.iter().filter_map(|row| lookup(row, property));
    let mut numbers: Vec<f64> = values().filter_map(|value| value.as_f64()).collect();
    numbers.sort_by(f64::total_cmp);
    let at_least = |hundredths: usize| {
        let rank = (numbers.len() * hundredths).div_ceil(100).max(1);
        numbers.get(rank - 1).map_or(Value::Null, |number| value::number(*number))
    };
    let (whole, rest) = sums(values());
    let sum = whole as f64 + rest;
    match event.measure {
        Measure::Count => rows.len().into(),
        Measure::People => {
            let people = rows.iter().map(|row| row.person).filter(|code| *code != PersonCode::NOBODY.0);
            people.collect::<BTreeSet<_>>().len().into()
        }
        Measure::CountDistinct => {
            values().map(|value| value::normal(&value).to_string()).collect::<BTreeSet<_>>().len().into()
        }
        // Exact as long as there are no fractions.
        Measure::Sum if rest == 0.0 => i64::try_from(whole).map_or_else(|_| value::number(sum), Value::from),
        Measure::Sum => value::number(sum),
        Measure::Avg if numbers.is_empty() => Value::Null,
        Measure::Avg => value::number(sum / numbers.len() as f64),
        Measure::Min => numbers.first().map_or(Value::Null, |number| value::number(*number)),
        Measure::Max => numbers.last().map_or(Value::Null, |number| value::number(*number)),
        Measure::P50 => at_least(50),
        Measure::P90 => at_least(90),
        Measure::P99 => at_least(99),
    }
}

/// Whole numbers are added exactly, apart from what has a fraction.
fn sums(values: impl Iterator<Item = Value>) -> (i128, f64) {
    let (mut whole, mut rest) = (0_i128, 0.0);
    for value in values {
        match (value.as_i64(), value.as_f64()) {
            (Some(number), _) => whole += i128::from(number),
            (None, Some(number)) => rest += number,
            (None, None) => {}
        }
    }
    (whole, rest)
}
