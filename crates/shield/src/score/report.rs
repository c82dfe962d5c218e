//! The sums of a scoring, as data, as a table, as JSON.

use std::collections::BTreeMap;
use std::fmt;

use model::Sensitivity;
use serde::Serialize;

use super::Answer;

/// What a scoring found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// How many cases.
    pub cases: usize,
    /// The share of sensitive values found under any class.
    pub stopped: f64,
    /// The same for secrets.
    pub stopped_secrets: f64,
    /// The same for personal values.
    pub stopped_personal: f64,
    /// Of the values hit, the share that is sensitive.
    pub precision: f64,
    /// The share of benign values hit.
    pub benign_hit: f64,
    /// F1 over all classes together, right class only.
    pub micro_f1: f64,
    /// By class.
    pub classes: Vec<Row>,
    /// By context: the share stopped, or for benign contexts the share hit.
    pub contexts: Vec<Row>,
    /// How long a value took, in nanoseconds: the shield alone, each case once, without reading the file.
    pub nanoseconds_per_value: f64,
    /// What was counted for it.
    pub time: &'static str,
}

/// One class or context.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row {
    /// Its name; benign contexts begin with `benign `.
    pub name: String,
    /// How many cases are of it.
    pub cases: usize,
    /// How many of them were found under any class.
    pub hit: usize,
    /// How many were found under the right class.
    pub right: usize,
    /// How many cases were given this class.
    pub given: usize,
}

impl Row {
    /// The share found under any class.
    pub fn stopped(&self) -> f64 {
        share(self.hit, self.cases)
    }

    /// Of those given this class, the share that has it.
    pub fn precision(&self) -> f64 {
        share(self.right, self.given)
    }

    /// Of those that have this class, the share given it.
    pub fn recall(&self) -> f64 {
        share(self.right, self.cases)
    }

    /// The harmonic mean of both.
    pub fn f1(&self) -> f64 {
        share(2 * self.right, self.given + self.cases)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of cases")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl Report {
    pub(super) fn of(answers: &[Answer], nanoseconds_per_value: f64) -> Self {
        let mut classes: BTreeMap<&str, Row> = BTreeMap::new();
        let mut contexts: BTreeMap<String, Row> = BTreeMap::new();
        for answer in answers {
            let is_hit = usize::from(answer.given.is_some());
            let is_right = usize::from(answer.given.is_some() && answer.given == answer.wanted);
            if let Some(wanted) = answer.wanted {
                let row = classes.entry(wanted.as_str()).or_default();
                row.cases += 1;
                row.hit += is_hit;
                row.right += is_right;
            }
            if let Some(given) = answer.given {
                classes.entry(given.as_str()).or_default().given += 1;
            }
            let prefix = if answer.wanted.is_none() { "benign " } else { "" };
            let row = contexts.entry(format!("{prefix}{}", answer.ctx)).or_default();
            row.cases += 1;
            row.hit += is_hit;
            row.right += is_right;
        }
        let sensitive = |want: Option<Sensitivity>| {
            let all = answers.iter().filter(|a| {
                a.wanted.is_some_and(|class| want.is_none_or(|want| class.sensitivity() == want))
            });
            let (cases, hit) = all.fold((0, 0), |(n, hit), a| (n + 1, hit + usize::from(a.given.is_some())));
            share(hit, cases)
        };
        let given = answers.iter().filter(|a| a.given.is_some()).count();
        let benign = answers.iter().filter(|a| a.wanted.is_none()).count();
        let benign_hit = answers.iter().filter(|a| a.wanted.is_none() && a.given.is_some()).count();
        let right = answers.iter().filter(|a| a.given.is_some() && a.given == a.wanted).count();
        Self {
            cases: answers.len(),
            stopped: sensitive(None),
            stopped_secrets: sensitive(Some(Sensitivity::Secret)),
            stopped_personal: sensitive(Some(Sensitivity::Personal)),
            precision: share(given - benign_hit, given),
            benign_hit: share(benign_hit, benign),
            micro_f1: share(2 * right, given + answers.len() - benign),
            classes: named(classes.into_iter().map(|(name, row)| (name.to_owned(), row))),
            contexts: named(contexts.into_iter()),
            nanoseconds_per_value,
            time: super::clock::COUNTED,
        }
    }

    /// The report as one JSON object.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

fn named(rows: impl Iterator<Item = (String, Row)>) -> Vec<Row> {
    rows.map(|(name, row)| Row { name, ..row }).collect()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "cases {}  stopped {:.4} (secrets {:.4}, personal {:.4})",
            self.cases, self.stopped, self.stopped_secrets, self.stopped_personal
        )?;
        writeln!(
            f,
            "precision {:.4}  benign hit {:.4}  micro F1 {:.4}",
            self.precision, self.benign_hit, self.micro_f1
        )?;
        writeln!(
            f,
            "{:.0} ns a value, each judged once ({}; the shield alone, without reading the file)",
            self.nanoseconds_per_value, self.time
        )?;
        writeln!(
            f,
            "{:<24}{:>7}{:>10}{:>11}{:>9}{:>9}",
            "class", "cases", "stopped", "precision", "recall", "F1"
        )?;
        for row in &self.classes {
            writeln!(
                f,
                "{:<24}{:>7}{:>10.4}{:>11.4}{:>9.4}{:>9.4}",
                row.name,
                row.cases,
                row.stopped(),
                row.precision(),
                row.recall(),
                row.f1()
            )?;
        }
        writeln!(f, "{:<24}{:>7}{:>10}", "context", "cases", "hit")?;
        for row in &self.contexts {
            writeln!(f, "{:<24}{:>7}{:>10.4}", row.name, row.cases, row.stopped())?;
        }
        Ok(())
    }
}
