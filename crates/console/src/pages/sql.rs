//! Free SQL: the statement, the columns there are, and the answer as a table.

use jiff::Timestamp;
use maud::{Markup, html};
use question::ColumnType;
use serde_json::Value;

use crate::components::behaviour::kinds;
use crate::components::{form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// The kind's name in addresses and in questions.
pub const KIND: &str = "sql";

/// The most rows that are drawn; the answer may have more.
const ROWS_DRAWN: usize = 1_000;

/// Statements to begin with, each with what it tells.
const EXAMPLES: [(&str, &str); 3] = [
    (
        "The most frequent events",
        "select event, count(*) as events\nfrom events\ngroup by 1\norder by 2 desc",
    ),
    (
        "Orders by day and country",
        "select date(time) as day, properties ->> 'country' as country, count(*) as orders\nfrom events\nwhere event = 'Order Completed' and time >= date('now', '-30 days')\ngroup by 1, 2\norder by 1, 3 desc\nlimit 50",
    ),
    (
        "Days between a person's events",
        "with gaps as (\n  select time_ms - lag(time_ms) over (partition by person order by time_ms) as gap\n  from events\n  where event = 'Order Completed' and person is not null\n)\nselect count(gap) as pairs, round(avg(gap) / 86400000.0, 1) as days\nfrom gaps",
    ),
];

/// Tables with their columns, and what each is.
pub type Tables = &'static [(&'static str, &'static [(&'static str, &'static str)])];

/// What the page shows.
pub struct SqlView {
    /// The statement as it was typed.
    pub statement: String,
    /// What can be read.
    pub tables: Tables,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a statement.
pub enum Outcome {
    /// There is none yet.
    Unasked,
    /// It cannot be answered so, and how to mend it.
    Wrong(String),
    /// The answer.
    Answered(TableView),
}

/// An answer.
pub struct TableView {
    /// Its columns.
    pub columns: Vec<(String, ColumnType)>,
    /// Its rows.
    pub rows: Vec<Vec<Value>>,
    /// Rows looked at.
    pub rows_read: u64,
    /// Milliseconds it took.
    pub ms: u64,
    /// When the newest event in it had arrived.
    pub fresh: Option<Timestamp>,
}

/// The page.
pub fn page(frame: &Frame, view: &SqlView) -> Markup {
    let head = layout::Head { title: "SQL", beside: Some(stats(frame, view)), acts: None };
    layout::page(
        frame,
        &head,
        &html! {
            div.stack {
                (kinds(frame, Some(KIND)))
                div.two {
                    (statement(frame, view))
                    (columns(view.tables))
                }
                @match &view.outcome {
                    Outcome::Unasked => (examples(frame)),
                    Outcome::Wrong(_) => {},
                    Outcome::Answered(answer) => (answered(answer)),
                }
            }
        },
    )
}

fn stats(frame: &Frame, view: &SqlView) -> Markup {
    html! {
        @if let Outcome::Answered(answer) = &view.outcome {
            (number::count(answer.rows.len() as u64, "row")) " from " (number::whole(answer.rows_read)) " read in " (answer.ms) " ms"
            @if let Some(fresh) = answer.fresh { " · fresh to " (time::ago(frame, fresh)) }
            " · "
        }
        "UTC"
    }
}

fn statement(frame: &Frame, view: &SqlView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let wrong = match &view.outcome {
        Outcome::Wrong(how) => Some(how),
        _ => None,
    };
    let described = if wrong.is_some() { "sql-hint sql-wrong" } else { "sql-hint" };
    html! {
        section.panel {
            (form::post(frame, &paths::questions_of(workspace.id, KIND), "fields wide", &html! {
                div.field {
                    label for="sql" { "Statement" }
                    span.hint id="sql-hint" { "One select; window and JSON functions are there, and docs/questions.md names the dialect. Nobody is named, and nothing can be changed. An answer that reads more than events and their times counts as people shown: its rows, or its text where that is long." }
                    textarea.input.code id="sql" name="sql" rows="12" spellcheck="false" autocapitalize="off" required
                        aria-invalid=[wrong.map(|_| "true")] aria-describedby=(described) { (view.statement) }
                    @if let Some(wrong) = wrong { span.wrong id="sql-wrong" role="alert" { (wrong) } }
                }
                div { (form::go("Ask")) }
            }))
        }
    }
}

fn columns(tables: Tables) -> Markup {
    html! {
        section.panel.stack-s {
            h2 { "Columns" }
            @for (name, columns) in tables {
                h3 { code { (name) } }
                dl.facts { @for (column, what) in *columns { dt { code { (column) } } dd.small { (what) } } }
            }
        }
    }
}

fn examples(frame: &Frame) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    html! {
        section.panel.stack {
            h2 { "Statements to begin with" }
            @for (title, statement) in EXAMPLES {
                div.stack-s {
                    h3 { (title) }
                    pre.code tabindex="0" { (statement) }
                    (form::post(frame, &paths::questions_of(workspace.id, KIND), "", &html! {
                        input type="hidden" name="sql" value=(statement);
                        button.btn.small aria-label={ "Ask: " (title) } { "Ask this" }
                    }))
                }
            }
        }
    }
}

fn answered(answer: &TableView) -> Markup {
    if answer.rows.is_empty() {
        let text = "The statement is right, and nothing fits it: look at its conditions.";
        let empty = notice::Empty { title: "No rows", text, action: None, line: None };
        return html! { div.panel.flush { (notice::empty(&empty)) } };
    }
    let is_number = |kind: ColumnType| matches!(kind, ColumnType::Integer | ColumnType::Number);
    let columns: Vec<table::Column<'_>> = answer
        .columns
        .iter()
        .map(|(name, kind)| if is_number(*kind) { table::numbers(name) } else { table::words(name) })
        .collect();
    html! {
        div.panel.flush {
            (table::tall("The answer", &columns, &html! {
                @for row in answer.rows.iter().take(ROWS_DRAWN) {
                    tr { @for (value, (_, kind)) in row.iter().zip(&answer.columns) { td class=[is_number(*kind).then_some("n")] { (cell(value)) } } }
                }
            }))
        }
        @if answer.rows.len() > ROWS_DRAWN {
            p.soft.small { "The first " (number::whole(ROWS_DRAWN as u64)) " rows are drawn; " code { "holdfast query --sql" } " gives all." }
        }
    }
}

fn cell(value: &Value) -> Markup {
    match value {
        Value::Null => html! { span.soft { "null" } },
        Value::String(text) => html! { (text) },
        other => html! { (other.to_string()) },
    }
}
