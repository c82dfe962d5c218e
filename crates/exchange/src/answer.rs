//! An answer's columns, each of one type: numbers and names, never people.

use jiff::Timestamp;
use question::Answer;
use question::answer::{Column, ColumnType};
use serde_json::Value;

use crate::error::ExchangeError;

/// What a column holds, a cell a row; null where there is none. Times are milliseconds since 1970 in UTC. Of a column that
/// may hold values of several kinds, each is its text.
pub(crate) enum Cells {
    Times(Vec<Option<i64>>),
    Integers(Vec<Option<i64>>),
    Numbers(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
}

/// The answer's columns in order, as far as its rows fit them.
pub(crate) fn columns(answer: &Answer) -> impl Iterator<Item = Result<(&Column, Cells), ExchangeError>> {
    answer.columns.iter().enumerate().map(|(index, column)| Ok((column, cells(answer, index, column.kind)?)))
}

fn cells(answer: &Answer, index: usize, kind: ColumnType) -> Result<Cells, ExchangeError> {
    Ok(match kind {
        ColumnType::Time => Cells::Times(each(answer, index, |cell| {
            let time: Timestamp = cell.as_str()?.parse().ok()?;
            Some(time.as_millisecond())
        })?),
        ColumnType::Integer => Cells::Integers(each(answer, index, Value::as_i64)?),
        ColumnType::Number => Cells::Numbers(each(answer, index, Value::as_f64)?),
        ColumnType::Text | ColumnType::Value => Cells::Texts(each(answer, index, |cell| {
            Some(cell.as_str().map_or_else(|| cell.to_string(), str::to_owned))
        })?),
    })
}

fn each<T>(
    answer: &Answer,
    index: usize,
    of: impl Fn(&Value) -> Option<T>,
) -> Result<Vec<Option<T>>, ExchangeError> {
    let cell = |row: &Vec<Value>| match row.get(index) {
        None | Some(Value::Null) => Ok(None),
        Some(cell) => match of(cell) {
            Some(value) => Ok(Some(value)),
            None => Err(ExchangeError::Write("a value is not of its column's type".to_owned())),
        },
    };
    answer.rows.iter().map(cell).collect()
}
