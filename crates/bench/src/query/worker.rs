//! Our engine in a process of its own: the archive, the kernels, a question a line in, an answer a line out, with what it
//! took. The other engines speak the same (`peers.py`).

use std::fs::OpenOptions;
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use insight::Insight;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::{PersonCode, WorkspaceId};
use question::{Ask, Question, Who, WhoError};
use serde_json::{Value, json};
use stdx::Clock;

use super::asked::Asked;
use super::fill::{WORKSPACE, open};
use super::shop::END_MS;
use crate::error::BenchError;
use crate::process;

/// Nobody's traits are asked for.
struct Strangers;

impl Who for Strangers {
    fn traits(&self, _: WorkspaceId, _: &str, people: &[PersonCode]) -> Result<Vec<Option<Value>>, WhoError> {
        Ok(vec![None; people.len()])
    }
}

/// Answers questions about the archive in `dir` until there are no more.
///
/// # Errors
/// The archive cannot be opened, or nobody reads the answers. A question that cannot be answered says so in its answer.
pub fn answer_lines(dir: &Path, questions: impl BufRead, mut answers: impl Write) -> Result<(), BenchError> {
    let store = open(dir)?;
    let now = Timestamp::from_millisecond(END_MS).unwrap_or(Timestamp::UNIX_EPOCH);
    let (clock, _) = Clock::manual(now);
    let insight = Insight::new(store, Arc::new(Strangers), Arc::new(|_| Ok(TimeZone::UTC)), clock);
    let ready = json!({"ready": true, "version": env!("CARGO_PKG_VERSION"), "forms": {}});
    let lost = |source| BenchError::File { path: "standard output".into(), source };
    writeln!(answers, "{ready}").and_then(|()| answers.flush()).map_err(lost)?;
    for line in questions.lines() {
        let line = line.map_err(|source| BenchError::File { path: "standard input".into(), source })?;
        let said = answer(&insight, &line).unwrap_or_else(|error| json!({ "error": error }));
        writeln!(answers, "{said}").and_then(|()| answers.flush()).map_err(lost)?;
    }
    Ok(())
}

fn answer(insight: &Insight, line: &str) -> Result<Value, String> {
    let wanted: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let key = wanted.get("ask").and_then(Value::as_str).unwrap_or_default();
    let asked = Asked::named(key).ok_or_else(|| format!("there is no question {key:?}"))?;
    let document = (asked.document)();
    let question = Question::from_value(&document).map_err(|error| error.to_string())?;
    forget_peak();
    let (begun, before) = (Instant::now(), process::cpu_s());
    let answer = insight.ask(WORKSPACE, &question).map_err(|error| error.to_string())?;
    let (wall_s, cpu_s) = (begun.elapsed().as_secs_f64(), process::cpu_s() - before);
    let peak_bytes = process::memory(std::process::id()).map_or(0, |memory| memory.peak_bytes);
    Ok(json!({"wall_s": wall_s, "cpu_s": cpu_s, "peak_bytes": peak_bytes, "rows": asked.rows(&answer)}))
}

/// The kernel counts the most memory anew from here.
fn forget_peak() {
    // Where that is not allowed, the peak is that of the whole process so far: more, never less.
    if let Ok(mut file) = OpenOptions::new().write(true).open("/proc/self/clear_refs") {
        let _ = file.write_all(b"5");
    }
}
