//! Rows as text: CSV that no spreadsheet calculates, or a JSON object a line.

use guard::grants::Format;
use jiff::Timestamp;
use people::{Opened, OpenedTrait};
use serde_json::{Map, Value};
use stdx::csv::quoted;

use super::columns::{Column, Columns};

/// The values of a row, in the order of the columns.
pub(crate) struct Cells(Vec<Value>);

impl Cells {
    /// The cells of a row.
    pub fn of(columns: &Columns, row: &Opened) -> Self {
        let cell = |column: &Column| match column {
            Column::Id => Value::String(row.id.to_string()),
            Column::FirstSeen => instant(row.first_seen_ms),
            Column::LastSeen => instant(row.last_seen_ms),
            Column::Events => Value::from(row.events),
            Column::Identifier(at) => text(row.identifiers.get(*at).and_then(Option::as_ref)),
            Column::Trait(at) => match row.traits.get(*at).and_then(Option::as_ref) {
                Some(OpenedTrait::Plain(json)) => serde_json::from_str(json).unwrap_or(Value::Null),
                Some(OpenedTrait::Sealed { value, .. }) => text(Some(value)),
                None => Value::Null,
            },
        };
        Self(columns.columns.iter().map(|(_, column)| cell(column)).collect())
    }
}

/// What stands before the first row.
pub(crate) fn head(format: Format, columns: &Columns) -> Vec<u8> {
    match format {
        Format::Ndjson => Vec::new(),
        Format::Csv => {
            let names: Vec<String> = columns.columns.iter().map(|(name, _)| quoted(name)).collect();
            format!("{}\r\n", names.join(",")).into_bytes()
        }
    }
}

/// A row as a line.
pub(crate) fn line(format: Format, columns: &Columns, Cells(cells): &Cells) -> String {
    match format {
        Format::Csv => {
            let cells: Vec<String> = cells.iter().map(csv).collect();
            format!("{}\r\n", cells.join(","))
        }
        Format::Ndjson => {
            let names = columns.columns.iter().map(|(name, _)| name.clone());
            let object: Map<String, Value> = names.zip(cells.iter().cloned()).collect();
            format!("{}\n", Value::Object(object))
        }
    }
}

fn csv(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => stdx::csv::text(text),
        other => quoted(&other.to_string()),
    }
}

fn instant(ms: i64) -> Value {
    Timestamp::from_millisecond(ms).map_or(Value::Null, |time| Value::String(format!("{time:.3}")))
}

fn text(value: Option<&stdx::Secret<String>>) -> Value {
    value.map_or(Value::Null, |value| Value::String(value.expose().clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_numbers_stay_what_they_are() {
        for (cell, wanted) in [
            (Value::from("=1+1"), "'=1+1"),
            (Value::from("-2"), "'-2"),
            (Value::from(-2), "-2"),
            (Value::Null, ""),
        ] {
            assert_eq!(csv(&cell), wanted, "{cell:?}");
        }
    }
}
