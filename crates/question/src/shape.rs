//! What is worked out of a trend's numbers, and not of events: the period before beside the one asked for, running totals,
//! rolling means, formulas. Pure: a table in, a table out, the same for whoever answers.
//!
//! In this order: the period before stands beside; then running totals or rolling means take the place of each event's
//! numbers; then formulas are worked out of what stands there.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::kinds::{Measure, Show, Trend};
use crate::plain::{number, time_text};
use crate::range::Span;
use crate::{Answer, Column, ColumnType};

/// What stands behind the name of a column of the period before.
pub const PREVIOUS: &str = " (previous)";

/// The answer to a trend, out of what its events come to, and of what the same came to in the period before.
pub fn worked_out(trend: &Trend, now: Answer, before: Option<(Span, Answer)>) -> Answer {
    let answer = match before {
        Some((span, before)) => beside(trend, now, (span, before)),
        None => now,
    };
    shaped(trend, answer)
}

/// Puts the numbers of `before` beside those of `now`, of each group the first interval beside the first. Where there are
/// fewer intervals in `before`, there is null; what it has more is left out.
fn beside(trend: &Trend, mut now: Answer, (span, before): (Span, Answer)) -> Answer {
    let first = 1 + trend.by.len();
    let heads: Vec<Column> = now.columns.iter().skip(first).map(previous).collect();
    let earlier = groups(&before.rows, first);
    for (group, rows) in groups(&now.rows, first) {
        let earlier = earlier.get(&group).map_or(&[][..], Vec::as_slice);
        for (place, row) in rows.into_iter().enumerate() {
            let other = earlier.get(place).and_then(|row| before.rows.get(*row));
            let cells = |column| other.and_then(|row| row.get(column)).cloned().unwrap_or_default();
            if let Some(row) = now.rows.get_mut(row) {
                row.extend((first..first + heads.len()).map(cells));
            }
        }
    }
    now.columns.extend(heads);
    now.stats.rows_read += before.stats.rows_read;
    now.stats.rows_counted += before.stats.rows_counted;
    now.stats.previous_from = Some(time_text(span.from_ms));
    now.stats.previous_to = Some(time_text(span.to_ms));
    now
}

fn previous(column: &Column) -> Column {
    Column::new(format!("{}{PREVIOUS}", column.name), column.kind)
}

/// The same table with running totals or rolling means, and formulas. Takes the answer to [`Trend::bare`].
pub fn shaped(trend: &Trend, mut answer: Answer) -> Answer {
    let (first, events) = (1 + trend.by.len(), trend.events.len());
    if trend.show == Show::Cumulative || trend.rolling.is_some() {
        for (_, rows) in groups(&answer.rows, first) {
            for column in first..answer.columns.len() {
                let measure =
                    trend.events.get((column - first) % events).map_or(Measure::Count, |event| event.measure);
                over_time(trend, measure, (&mut answer.rows, &rows), column);
            }
        }
    }
    if trend.rolling.is_some() {
        answer.columns.iter_mut().skip(first).for_each(|column| column.kind = ColumnType::Number);
    }
    if !trend.formulas.is_empty() {
        add_formulas(trend, &mut answer);
    }
    answer
}

/// Each formula behind the events of its period.
fn add_formulas(trend: &Trend, answer: &mut Answer) {
    let (first, events) = (1 + trend.by.len(), trend.events.len());
    let heads = answer.columns.split_off(first.min(answer.columns.len()));
    for (period, heads) in heads.chunks(events).enumerate() {
        answer.columns.extend_from_slice(heads);
        let formulas = trend.formulas.iter().map(|formula| Column::new(&formula.name, ColumnType::Number));
        answer.columns.extend(formulas.map(|column| if period == 0 { column } else { previous(&column) }));
    }
    for row in &mut answer.rows {
        let cells = row.split_off(first.min(row.len()));
        for cells in cells.chunks(events) {
            row.extend_from_slice(cells);
            row.extend(trend.formulas.iter().map(|formula| formula.value(cells)));
        }
    }
}

/// Puts running totals or rolling means in the place of a column's numbers in `places`, which are one group's rows.
fn over_time(trend: &Trend, measure: Measure, (rows, places): (&mut [Vec<Value>], &[usize]), column: usize) {
    let cell = |row: &usize| rows.get(*row).and_then(|row| row.get(column)).cloned().unwrap_or_default();
    let values: Vec<Value> = places.iter().map(cell).collect();
    let shown = match trend.rolling {
        Some(length) => rolling(&values, length as usize, measure.may_be_nothing()),
        None => running(&values),
    };
    for (row, value) in places.iter().zip(shown) {
        if let Some(cell) = rows.get_mut(*row).and_then(|row| row.get_mut(column)) {
            *cell = value;
        }
    }
}

/// The sum of each value and all before; null from the first one on that is not known.
fn running(values: &[Value]) -> Vec<Value> {
    let mut sum = Value::from(0);
    let mut add = |value: &Value| {
        let whole = sum.as_i64().zip(value.as_i64()).and_then(|(a, b)| a.checked_add(b));
        let any = || sum.as_f64().zip(value.as_f64()).map_or(Value::Null, |(a, b)| number(a + b));
        sum = whole.map_or_else(any, Value::from);
        sum.clone()
    };
    values.iter().map(&mut add).collect()
}

/// The mean of each value and of those before, `length` of them; null where there are not so many. Where a value may be
/// nothing, it is the mean of the others; where it may not, one that is not known makes the mean unknown.
fn rolling(values: &[Value], length: usize, gaps: bool) -> Vec<Value> {
    let mean = |end: usize| {
        let window = values.get((end + 1).checked_sub(length)?..=end)?;
        let numbers: Vec<f64> = window.iter().filter_map(Value::as_f64).collect();
        let known = !numbers.is_empty() && (gaps || numbers.len() == length);
        known.then(|| number(numbers.iter().sum::<f64>() / numbers.len() as f64))
    };
    (0..values.len()).map(|end| mean(end).unwrap_or_default()).collect()
}

/// The rows of each group, in the order of time in which they stand.
fn groups(rows: &[Vec<Value>], first: usize) -> BTreeMap<String, Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        let group = Value::Array(row.get(1..first).unwrap_or_default().to_vec()).to_string();
        groups.entry(group).or_default().push(place);
    }
    groups
}
