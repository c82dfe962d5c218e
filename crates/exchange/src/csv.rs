//! An answer as CSV (RFC 4180), of which no cell is a formula to a spreadsheet.

use question::Answer;
use serde_json::Value;

/// The answer, its columns' names first; null is an empty cell.
pub fn answer_csv(answer: &Answer) -> String {
    let line = |cells: Vec<String>| format!("{}\r\n", cells.join(","));
    let cell = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => stdx::csv::text(text),
        other => stdx::csv::quoted(&other.to_string()),
    };
    let mut out = line(answer.columns.iter().map(|column| stdx::csv::text(&column.name)).collect());
    for row in &answer.rows {
        out.push_str(&line(row.iter().map(cell).collect()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_of_an_answer_is_a_formula() {
        let answer: Answer = serde_json::from_value(serde_json::json!({
            "columns": [{"name": "plan, now", "type": "value"}, {"name": "=Order", "type": "number"}],
            "rows": [["=1+1", -2.5], [null, 3], [true, null]],
            "stats": {"rows_read": 15, "ms": 1}
        }))
        .unwrap();
        assert_eq!(answer_csv(&answer), "\"plan, now\",'=Order\r\n'=1+1,-2.5\r\n,3\r\ntrue,\r\n");
    }
}
