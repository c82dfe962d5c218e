//! DuckDB as a second opinion: the same events, the same questions in SQL.
#![allow(dead_code, reason = "the parts are used by one test file")]

pub mod data;
pub mod questions;
pub mod sql;
pub mod trends;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A program that answers SQL.
pub struct Peer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    zone: String,
}

impl Peer {
    pub fn start(zone: &str) -> Self {
        let python = std::env::var("HOLDFAST_TEST_DUCKDB_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/questions/answer.py");
        let mut child = Command::new(&python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{python}: {error}; see tests/questions/README.md"));
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, input, output, zone: zone.to_owned() }
    }

    /// The rows that a statement gives.
    pub fn rows(&mut self, sql: &str) -> Vec<Vec<Value>> {
        writeln!(self.input, "{}", json!({ "zone": self.zone, "sql": sql })).expect("DuckDB listens");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("DuckDB answers");
        serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("no answer (is DuckDB there? see tests/questions/README.md) to {sql}"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A number that looks random.
#[derive(Clone)]
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }

    pub fn chance(&mut self, hundredths: u64) -> bool {
        self.below(100) < hundredths
    }
}
