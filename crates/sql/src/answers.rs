//! Rows of SQLite as an answer.

use std::collections::HashSet;

use question::{Column, ColumnType, Invalid};
use rusqlite::Statement;
use rusqlite::types::ValueRef;
use serde_json::Value;

use crate::asking::Limits;

/// Why there is no answer.
pub(crate) enum Ended {
    /// It would be too large.
    Invalid(Invalid),
    /// SQLite stopped.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Ended {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Runs a statement to its end.
pub(crate) fn table(
    statement: &mut Statement<'_>,
    limits: Limits,
) -> Result<(Vec<Column>, Vec<Vec<Value>>), Ended> {
    let names = distinct(statement.column_names());
    let mut kinds = vec![None; names.len()];
    let (mut table, mut bytes): (Vec<Vec<Value>>, usize) = (Vec::new(), 0);
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if table.len() >= limits.rows {
            let problem = format!("answers more than {} rows, which is the most", limits.rows);
            return Err(Ended::Invalid(Invalid::new("/sql", problem, "group them, or add `limit 1000`")));
        }
        let mut values = Vec::with_capacity(names.len());
        for (column, kind) in kinds.iter_mut().enumerate() {
            let found = row.get_ref(column)?;
            *kind = seen(*kind, found);
            let value = value(found);
            bytes += 8 + value.as_str().map_or(0, str::len);
            values.push(value);
        }
        if bytes > limits.answer_bytes {
            let mebibytes = limits.answer_bytes / (1024 * 1024);
            let problem = format!("answers more than {mebibytes} MiB, which is the most");
            let fix = "take single properties (properties ->> 'country') instead of all, or fewer rows";
            return Err(Ended::Invalid(Invalid::new("/sql", problem, fix)));
        }
        table.push(values);
    }
    let columns = names.into_iter().zip(kinds);
    Ok((columns.map(|(name, kind)| Column::new(name, kind.unwrap_or(ColumnType::Value))).collect(), table))
}

/// The names of columns; one that stands twice gets a number.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut known: HashSet<String> = HashSet::new();
    let mut free = |name: &str| {
        let numbered = (2_u32..).map(|number| format!("{name} ({number})"));
        let found = std::iter::once(name.to_owned()).chain(numbered).find(|name| !known.contains(name));
        let found = found.unwrap_or_default();
        known.insert(found.clone());
        found
    };
    names.map(&mut free).collect()
}

/// What a column holds, with one more value.
fn seen(kind: Option<ColumnType>, value: ValueRef<'_>) -> Option<ColumnType> {
    let next = match value {
        ValueRef::Null => return kind,
        ValueRef::Integer(_) => ColumnType::Integer,
        ValueRef::Real(_) => ColumnType::Number,
        ValueRef::Text(_) | ValueRef::Blob(_) => ColumnType::Text,
    };
    Some(match (kind, next) {
        (None, next) => next,
        (Some(kind), next) if kind == next => kind,
        (Some(ColumnType::Integer | ColumnType::Number), ColumnType::Integer | ColumnType::Number) => {
            ColumnType::Number
        }
        _ => ColumnType::Value,
    })
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        // What is no finite number has no place in JSON.
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned().into(),
    }
}
