//! Two databases that know nothing of this one, by the scripts of `tests/questions`.
#![allow(dead_code, reason = "every user needs a part")]

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// The rows that a statement gives in DuckDB.
pub fn duckdb(sql: &str) -> Value {
    asked("answer.py", &json!({ "zone": "UTC", "sql": sql }))
}

/// The rows that a statement gives in ClickHouse's engine.
pub fn clickhouse(sql: &str) -> Value {
    asked("clickhouse.py", &json!(sql))
}

fn asked(script: &str, line: &Value) -> Value {
    let python = std::env::var("HOLDFAST_TEST_DUCKDB_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let path = format!("{}/../../tests/questions/{script}", env!("CARGO_MANIFEST_DIR"));
    let mut child = Command::new(&python)
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{python}: {error}; see tests/questions/README.md"));
    writeln!(child.stdin.take().unwrap(), "{line}").unwrap();
    let said = child.wait_with_output().unwrap();
    serde_json::from_slice(&said.stdout)
        .unwrap_or_else(|_| panic!("no answer (is it installed? see tests/questions/README.md) to {line}"))
}
