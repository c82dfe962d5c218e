//! What is written as an answer is read back by DuckDB and by ClickHouse's engine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod support;

use std::fs::File;
use std::path::Path;

use exchange::{ExchangeError, write_arrow, write_parquet};
use question::Answer;
use serde_json::{Value, json};
use support::{clickhouse, duckdb};

fn answer() -> Answer {
    serde_json::from_value(json!({
        "columns": [{"name": "time", "type": "time"}, {"name": "plan", "type": "value"}, {"name": "Order \"x\"", "type": "integer"},
            {"name": "share", "type": "number"}, {"name": "step", "type": "text"}],
        "rows": [["2025-03-01T00:00:00Z", "pro", 12, 0.5, "Signed Up"], ["2025-03-02T00:00:00Z", null, 0, null, "x"],
            ["2025-03-03T00:00:00Z", 7, -3, 2, ""], ["2025-03-04T00:00:00Z", true, 1, 1.25, "ü"]],
        "stats": {"rows_read": 15, "ms": 1}
    }))
    .unwrap()
}

/// Its rows, with what each engine says of the type of a time.
fn expected(kind: &str) -> Value {
    json!([
        [1_740_787_200_000_i64, "pro", 12, 0.75, "Signed Up", kind],
        [1_740_873_600_000_i64, null, 0, null, "x", kind],
        [1_740_960_000_000_i64, "7", -3, 2.25, "", kind],
        [1_741_046_400_000_i64, "true", 1, 1.5, "ü", kind]
    ])
}

fn nothing() -> Answer {
    Answer { rows: Vec::new(), ..answer() }
}

fn in_clickhouse(path: &Path, format: &str) -> Value {
    let sql = format!(
        "select toUnixTimestamp64Milli(assumeNotNull(time)), plan, `Order \"x\"`, share + 0.25, step, toTypeName(time)
            from file('{}', '{format}') settings output_format_json_quote_64bit_integers = 0",
        path.display()
    );
    clickhouse(&sql)
}

#[test]
fn parquet_is_read_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answer.parquet");
    let sql = format!(
        "select epoch_ms(time), plan, \"Order \"\"x\"\"\", share + 0.25, step, typeof(time) from '{}'",
        path.display()
    );
    write_parquet(&answer(), File::create(&path).unwrap()).unwrap();
    assert_eq!(duckdb(&sql), expected("TIMESTAMP WITH TIME ZONE"));
    assert_eq!(in_clickhouse(&path, "Parquet"), expected("Nullable(DateTime64(3, 'UTC'))"));
    write_parquet(&nothing(), File::create(&path).unwrap()).unwrap();
    assert_eq!(duckdb(&sql), json!([]));
    assert_eq!(in_clickhouse(&path, "Parquet"), json!([]));
}

#[test]
fn arrow_is_read_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answer.arrow");
    write_arrow(&answer(), File::create(&path).unwrap()).unwrap();
    assert_eq!(in_clickhouse(&path, "Arrow"), expected("Nullable(DateTime64(3, 'UTC'))"));
    write_arrow(&nothing(), File::create(&path).unwrap()).unwrap();
    assert_eq!(in_clickhouse(&path, "Arrow"), json!([]));
}

#[test]
fn a_row_that_does_not_fit_is_an_error_and_no_file() {
    let wrong = Answer { rows: vec![vec![json!("yesterday")]], ..answer() };
    assert!(matches!(write_parquet(&wrong, Vec::new()), Err(ExchangeError::Write(_))));
    assert!(matches!(write_arrow(&wrong, Vec::new()), Err(ExchangeError::Write(_))));
}
