//! The plain meaning of a retention: the calendar is asked for every interval of every person.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::history::{histories, is};
use super::{PlainRow, Traits, time_text, value};
use crate::kinds::{Intervals, Retention, Returned};
use crate::range::{Span, zoned};
use crate::{Answer, Column, ColumnType, Invalid, Stats};

/// Answers a retention over `rows`, which stand in the order in which they arrived.
///
/// # Errors
/// [`Invalid`] when the range is empty or too long.
pub fn retention(
    rows: &[PlainRow],
    retention: &Retention,
    zone: &TimeZone,
    traits: Traits<'_>,
) -> Result<Answer, Invalid> {
    let span = retention.range.span(zone)?;
    let mut began: BTreeMap<i64, u64> = BTreeMap::new();
    let mut back: BTreeMap<(i64, u32), u64> = BTreeMap::new();
    for history in histories(rows, &retention.conditions, traits).values() {
        let first = history.iter().find(|past| {
            past.at.0 >= span.from_ms && past.at.0 < span.to_ms && is(past.row, &retention.start, traits)
        });
        let Some(first_ms) = first.map(|past| past.at.0) else { continue };
        let start = retention.interval.start(&zoned(first_ms, zone)?)?.timestamp().as_millisecond();
        *began.entry(start).or_default() += 1;
        let times =
            || history.iter().filter(|past| is(past.row, &retention.back, traits)).map(|past| past.at.0);
        for (first, last) in retention.offsets() {
            let from_ms = beginning(retention, first_ms, first, zone)?;
            let to_ms = match retention.returned {
                Returned::On => beginning(retention, first_ms, last + 1, zone)?,
                Returned::OnOrAfter => i64::MAX,
            };
            if times().any(|time| time >= from_ms && time < to_ms) {
                *back.entry((start, last)).or_default() += 1;
            }
        }
    }
    let mut table = Vec::new();
    for start in retention.interval.starts(span, zone)? {
        let size = began.get(&start).copied().unwrap_or_default();
        let row = |offset: u32, people: u64| {
            let share = if size == 0 { Value::Null } else { value::number(people as f64 / size as f64) };
            vec![Value::from(time_text(start)), Value::from(offset), Value::from(people), share]
        };
        table.push(row(0, size));
        table.extend(
            retention
                .offsets()
                .into_iter()
                .map(|(_, last)| row(last, back.get(&(start, last)).copied().unwrap_or_default())),
        );
    }
    let stats = Stats { rows_read: rows.len() as u64, ..Stats::default() };
    Ok(Answer { columns: retention_columns(), rows: table, stats })
}

/// The heads of a retention's answer.
pub fn retention_columns() -> Vec<Column> {
    vec![
        Column::new("start", ColumnType::Time),
        Column::new("offset", ColumnType::Integer),
        Column::new("people", ColumnType::Integer),
        Column::new("share", ColumnType::Number),
    ]
}

/// When the interval `offset` of somebody begins who began at `first_ms`.
fn beginning(retention: &Retention, first_ms: i64, offset: u32, zone: &TimeZone) -> Result<i64, Invalid> {
    if retention.intervals == Intervals::Rolling {
        return retention.interval.after(first_ms, offset, zone);
    }
    let own = Span { from_ms: first_ms, to_ms: first_ms + 1 };
    let starts = retention.interval.starts_and(own, offset, zone)?;
    Ok(starts.last().copied().unwrap_or_default())
}
