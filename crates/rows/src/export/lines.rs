//! Rows as text: CSV that no spreadsheet calculates, or a JSON object a line.

use guard::grants::Format;
use jiff::Timestamp;
use people::{Opened, OpenedTrait};
use serde_json::{Map, Value};

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
        Value::String(text) => quoted(&disarmed(text)),
        other => quoted(&other.to_string()),
    }
}

/// A text that a spreadsheet would take for a formula is made one that it shows.
fn disarmed(text: &str) -> String {
    let first = text.trim_start_matches([' ', '\u{feff}', '\u{a0}']).chars().next();
    match first {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            format!("'{text}")
        }
        _ => text.to_owned(),
    }
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\r', '\n', ';', '\t']) || text != text.trim() {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
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
    fn no_cell_is_a_formula_and_every_cell_stays_one() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("+44 20 7946 0958", "'+44 20 7946 0958"),
            (" =cmd|' /C calc'!A0", "' =cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\"'\t=1\""),
            ("＝1", "'＝1"),
            ("-2", "'-2"),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("two\nlines", "\"two\nlines\""),
            ("plain", "plain"),
        ];
        for (text, wanted) in cases {
            assert_eq!(csv(&Value::from(text)), wanted, "{text:?}");
        }
        assert_eq!(csv(&Value::from(-2)), "-2", "a number is no text");
        assert_eq!(csv(&Value::Null), "");
    }
}
