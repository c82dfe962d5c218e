//! An answer as a file: links to the API, which asks once more.

use maud::{Markup, html};
use serde_json::Value;

use crate::frame::Frame;
use crate::paths;

/// The links below an answer.
pub fn files(frame: &Frame, question: &Value) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let text = question.to_string();
    let link = |format: &'static str| {
        paths::with_query(&paths::answer_file(workspace.id), &[("question", &text), ("format", format)])
    };
    html! {
        div.row.tight {
            span.soft.small { "The answer as a file:" }
            a.btn.small href=(link("csv")) download="answer.csv" { "CSV" }
            a.btn.small href=(link("parquet")) download="answer.parquet" { "Parquet" }
            a.btn.small href=(link("arrow")) download="answer.arrow" { "Arrow" }
        }
    }
}
