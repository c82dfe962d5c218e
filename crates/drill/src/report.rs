//! What a drill shows: a row a step, as a table, as JSON, as a page.

use std::fmt;

use serde::Serialize;

/// One step as it was played.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Step {
    /// Which drill.
    pub drill: &'static str,
    /// Which step of it.
    pub step: &'static str,
    /// What the attacker or the mishap did.
    pub tried: String,
    /// What happened.
    pub outcome: String,
    /// What was measured.
    pub figure: String,
    /// What it has to be.
    pub goal: String,
    /// Whether the control held.
    pub passed: bool,
}

/// All steps of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// In the order in which they were played.
    pub steps: Vec<Step>,
}

impl Report {
    /// How many held.
    pub fn passed(&self) -> usize {
        self.steps.iter().filter(|step| step.passed).count()
    }

    /// How many did not.
    pub fn failed(&self) -> usize {
        self.steps.len() - self.passed()
    }

    /// A page that stands alone, for whoever has to be shown.
    pub fn html(&self) -> String {
        let mut page = String::from(PAGE_HEAD);
        page.push_str(&format!("<p class=\"sum\">{} passed, {} failed</p>\n", self.passed(), self.failed()));
        page.push_str("<table>\n<tr><th></th><th>Step</th><th>Tried</th><th>Happened</th><th>Figure</th><th>Goal</th></tr>\n");
        for step in &self.steps {
            let (class, word) = if step.passed { ("held", "held") } else { ("breach", "BREACH") };
            page.push_str(&format!("<tr class=\"{class}\"><td>{word}</td>"));
            for cell in [
                &format!("{} / {}", step.drill, step.step),
                &step.tried,
                &step.outcome,
                &step.figure,
                &step.goal,
            ] {
                page.push_str("<td>");
                page.push_str(&escaped(cell));
                page.push_str("</td>");
            }
            page.push_str("</tr>\n");
        }
        page.push_str("</table>\n");
        page
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            let word = if step.passed { "held  " } else { "BREACH" };
            writeln!(f, "{word} {} / {}", step.drill, step.step)?;
            writeln!(f, "       tried   {}", step.tried)?;
            writeln!(f, "       outcome {}", step.outcome)?;
            writeln!(f, "       figure  {}   (goal: {})", step.figure, step.goal)?;
        }
        writeln!(f, "{} passed, {} failed", self.passed(), self.failed())
    }
}

const PAGE_HEAD: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Holdfast drill</title>\n\
<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1b1f24;background:#fff}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.5rem .75rem;border-bottom:1px solid #d8dee4}\
.held td:first-child{color:#116329}.breach td:first-child{color:#a40e26;font-weight:700}.sum{font-size:1.25rem}</style>\n<h1>Holdfast drill</h1>\n";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::{Report, Step};

    fn step(passed: bool) -> Step {
        let text = |text: &str| text.to_owned();
        Step {
            drill: "d",
            step: "s",
            tried: text("<script>"),
            outcome: text("o"),
            figure: text("0"),
            goal: text("0"),
            passed,
        }
    }

    #[test]
    fn a_report_counts_and_escapes() {
        let report = Report { steps: vec![step(true), step(false)] };
        assert_eq!((report.passed(), report.failed()), (1, 1));
        assert!(report.to_string().ends_with("1 passed, 1 failed\n"));
        assert!(report.html().contains("&lt;script&gt;") && !report.html().contains("<script>"));
    }
}
