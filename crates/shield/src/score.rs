//! How well the shield judges labelled cases: precision, recall and F1 by class, the share stopped by
//! class and context, the share of benign values hit, the time a value takes.

pub mod clock;
mod report;

use std::borrow::Cow;

use model::Class;
use serde::Deserialize;

use crate::{Case, Shield};

pub use report::{Report, Row};

/// A case whose class is known.
#[derive(Deserialize)]
struct Labelled<'a> {
    #[serde(borrow)]
    label: Cow<'a, str>,
    #[serde(borrow, default)]
    ctx: Cow<'a, str>,
}

/// A line could not be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line} is not a labelled case: want a JSON object with label, key and value")]
pub struct ScoreError {
    /// Its number, from 1.
    pub line: usize,
}

/// The answer for one case, for `shield score` and for finding what went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The class it has, `None` for benign.
    pub wanted: Option<Class>,
    /// The class the shield gave it.
    pub given: Option<Class>,
    /// The context it stands in.
    pub ctx: String,
    /// The case's id.
    pub id: String,
}

/// Judges every line of labelled JSONL.
///
/// # Errors
/// A line is no labelled case.
pub fn answers(shield: &Shield, lines: &str) -> Result<(Vec<Answer>, f64), ScoreError> {
    let mut cases = Vec::new();
    for (number, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let unreadable = |_| ScoreError { line: number + 1 };
        let case: Case<'_> = serde_json::from_str(line).map_err(unreadable)?;
        let label: Labelled<'_> = serde_json::from_str(line).map_err(unreadable)?;
        let wanted = match label.label.as_ref() {
            "benign" => None,
            name => Some(Class::from_name(name).ok_or(ScoreError { line: number + 1 })?),
        };
        cases.push((case, wanted, label.ctx.into_owned()));
    }
    let mut given: Vec<Option<Class>> = Vec::with_capacity(cases.len());
    let taken = clock::taken(|| given.extend(cases.iter().map(|(case, ..)| shield.classify(case))));
    #[expect(clippy::cast_precision_loss, reason = "a time per value needs no more")]
    let nanoseconds = taken.as_nanos() as f64 / cases.len().max(1) as f64;
    let answers = cases.into_iter().zip(given);
    let answers =
        answers.map(|((case, wanted, ctx), given)| Answer { wanted, given, ctx, id: case.id.into_owned() });
    Ok((answers.collect(), nanoseconds))
}

/// Judges labelled JSONL and sums up.
///
/// # Errors
/// A line is no labelled case.
pub fn score(shield: &Shield, lines: &str) -> Result<Report, ScoreError> {
    let (answers, nanoseconds) = answers(shield, lines)?;
    Ok(Report::of(&answers, nanoseconds))
}
