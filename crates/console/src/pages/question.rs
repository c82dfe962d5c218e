//! A question as a sentence, its answer as a chart and a table, and what it cost.

use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::Value;

use crate::charts::line::{LineChart, line};
use crate::charts::sparkline::{key, sparkline};
use crate::charts::{SERIES_MAX, Series};
use crate::components::behaviour::kinds;
use crate::components::question::{Choices, sentence};
use crate::components::trend_form::TrendForm;
use crate::components::{copy, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct QuestionView {
    /// The question as it stands in the sentence.
    pub form: TrendForm,
    /// What can be chosen.
    pub choices: Choices,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a question.
pub enum Outcome {
    /// Nothing was asked yet.
    Unasked,
    /// It cannot be asked so: which field, and how to mend it.
    Wrong(String),
    /// The answer.
    Answered(AnswerView),
}

/// An answer, one series for each event and group.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerView {
    /// The starts of the intervals.
    pub times: Vec<Timestamp>,
    /// The series, greatest first.
    pub series: Vec<Series>,
    /// Events read.
    pub rows_read: u64,
    /// Events that were counted when they were stored.
    pub rows_counted: u64,
    /// Milliseconds it took.
    pub ms: u64,
    /// When the newest event in it had arrived.
    pub fresh: Option<Timestamp>,
}

impl AnswerView {
    /// A trend's table as series: columns are `time`, the groups, one for each event.
    pub fn from_rows(columns: &[String], rows: &[Vec<Value>], groups: usize) -> Self {
        let instant = |row: &[Value]| row.first().and_then(Value::as_str).and_then(|text| text.parse().ok());
        let mut times: Vec<Timestamp> = rows.iter().filter_map(|row| instant(row)).collect();
        times.sort_unstable();
        times.dedup();
        let events = columns.get(1 + groups..).unwrap_or_default();
        let mut series: Vec<Series> = Vec::new();
        for row in rows {
            let Some(place) = instant(row).and_then(|at| times.binary_search(&at).ok()) else { continue };
            let group = row
                .get(1..1 + groups)
                .unwrap_or_default()
                .iter()
                .map(group_word)
                .collect::<Vec<_>>()
                .join(" · ");
            for (event, value) in events.iter().zip(row.get(1 + groups..).unwrap_or_default()) {
                let label = match (group.is_empty(), events.len()) {
                    (true, _) => event.clone(),
                    (false, 1) => group.clone(),
                    (false, _) => format!("{event} · {group}"),
                };
                let index = series.iter().position(|series| series.label == label).unwrap_or_else(|| {
                    series.push(Series { label, values: vec![None; times.len()] });
                    series.len() - 1
                });
                if let Some(cell) = series.get_mut(index).and_then(|series| series.values.get_mut(place)) {
                    *cell = value.as_f64();
                }
            }
        }
        series.sort_by(|a, b| b.total().total_cmp(&a.total()));
        Self { times, series, rows_read: 0, rows_counted: 0, ms: 0, fresh: None }
    }
}

/// A value of a group, as words.
pub(super) fn group_word(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "(empty)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Null => "(none)".to_owned(),
        other => other.to_string(),
    }
}

/// The page.
pub fn page(frame: &Frame, view: &QuestionView) -> Markup {
    let asked: Vec<&str> = view.form.events.iter().map(|part| part.event.as_str()).collect();
    let title = if asked.is_empty() { "Questions".to_owned() } else { asked.join(" and ") };
    let head = layout::Head { title: &title, beside: Some(stats(frame, view)), acts: None };
    layout::page(
        frame,
        &head,
        &html! {
            div.stack {
                (kinds(frame, None))
                (sentence(frame, &view.form, &view.choices))
                @match &view.outcome {
                    Outcome::Unasked => (unasked(frame, view)),
                    Outcome::Wrong(how) => (notice::bad("This cannot be asked", &html! { (how) })),
                    Outcome::Answered(answer) => (answered(frame, view, answer)),
                }
            }
        },
    )
}

fn stats(frame: &Frame, view: &QuestionView) -> Markup {
    html! {
        @if let Outcome::Answered(answer) = &view.outcome {
            (number::count(answer.rows_read, "event")) " read"
            @if answer.rows_counted > 0 { ", " (number::whole(answer.rows_counted)) " counted before" }
            " in " (answer.ms) " ms"
            @if let Some(fresh) = answer.fresh { " · fresh to " (time::ago(frame, fresh)) }
            " · "
        }
        (time::zone_name(frame))
    }
}

fn unasked(frame: &Frame, view: &QuestionView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let first = view
        .choices
        .events
        .first()
        .map(|event| paths::with_query(&paths::questions(workspace.id), &[("event", event)]));
    html! {
        div.panel.flush {
            (notice::empty(&notice::Empty {
                title: "Ask how often something happens",
                text: "Choose an event in the sentence above. Every part of it can be changed in place, and the address is the question: send it to somebody.",
                action: first.as_deref().map(|href| (href, "Ask about the most frequent event")),
                line: None,
            }))
        }
    }
}

fn answered(frame: &Frame, view: &QuestionView, answer: &AnswerView) -> Markup {
    let places: Vec<String> =
        answer.times.iter().map(|at| place_word(frame, &view.form.interval, *at)).collect();
    let title = view.form.events.iter().map(|part| part.event.as_str()).collect::<Vec<_>>().join(", ");
    let description = format!(
        "{} by {} from {} to {}: {}.",
        title,
        view.form.interval,
        view.form.from,
        view.form.to,
        answer
            .series
            .iter()
            .take(SERIES_MAX)
            .map(|series| format!("{} {}", series.label, number::plain(series.total())))
            .collect::<Vec<_>>()
            .join(", ")
    );
    html! {
        @if answer.series.is_empty() {
            div.panel.flush {
                (notice::empty(&notice::Empty { title: "No event fits", text: "Widen the range or take a condition away.", action: None, line: None }))
            }
        } @else {
            div.panel {
                (line(&LineChart { id: "trend", title: &title, description: &description, places: &places, series: &answer.series }))
                @if answer.series.len() > SERIES_MAX { p.soft.small { (SERIES_MAX) " of " (answer.series.len()) " lines drawn; the table has all." } }
            }
            div.panel.flush { (totals(answer, summable(&view.form))) }
            details.fold { summary { "All " (places.len()) " rows" } div.panel.flush { (all_rows(&places, answer)) } }
        }
        details.fold { summary { "JSON of the question" } (as_json(view)) }
    }
}

fn summable(form: &TrendForm) -> bool {
    form.events.iter().all(|part| matches!(part.measure.as_str(), "count" | "sum"))
}

/// One row a series: it is the legend, too. A sum of averages or of people by day would say something wrong.
fn totals(answer: &AnswerView, summable: bool) -> Markup {
    let last = |series: &Series| series.values.last().copied().flatten();
    let mean = |series: &Series| series.total() / series.values.iter().flatten().count().max(1) as f64;
    let mut columns = vec![table::words("Line"), table::words("Run")];
    if summable {
        columns.push(table::numbers("In all"));
    }
    columns.extend([
        table::numbers("Mean"),
        table::numbers("Least"),
        table::numbers("Greatest"),
        table::numbers("Last"),
    ]);
    table::table(
        "The lines",
        &columns,
        &html! {
            @for (index, series) in answer.series.iter().enumerate() {
                @let drawn = index < SERIES_MAX;
                @let present = || series.values.iter().flatten().copied();
                tr {
                    th scope="row" { @if drawn { (key(index)) } (series.label) }
                    td { @if drawn { (sparkline(series, index)) } }
                    @if summable { td.n { strong { (number::plain(series.total())) } } }
                    td.n { (number::plain(mean(series))) }
                    td.n { (number::plain(present().fold(f64::NAN, f64::min))) }
                    td.n { (number::plain(present().fold(f64::NAN, f64::max))) }
                    td.n { (last(series).map_or("–".to_owned(), number::plain)) }
                }
            }
        },
    )
}

fn all_rows(places: &[String], answer: &AnswerView) -> Markup {
    let mut columns = vec![table::words("From")];
    columns.extend(answer.series.iter().map(|series| table::numbers(&series.label)));
    table::tall(
        "All rows",
        &columns,
        &html! {
            @for (place, words) in places.iter().enumerate() {
                tr {
                    th.nw scope="row" { (words) }
                    @for series in &answer.series {
                        td.n { (series.values.get(place).copied().flatten().map_or("–".to_owned(), number::plain)) }
                    }
                }
            }
        },
    )
}

fn as_json(view: &QuestionView) -> Markup {
    let json = serde_json::to_string_pretty(&view.form.to_json()).unwrap_or_default();
    html! {
        div.stack-s {
            (copy::copy_box("question-json", &json))
            p.soft.small { "Saved as " code { "question.json" } ": " code { "holdfast query --server URL question.json" } }
        }
    }
}

/// An interval on an axis.
pub(super) fn place_word(frame: &Frame, interval: &str, at: Timestamp) -> String {
    let format = match interval {
        "hour" => "%-d %b %H:%M",
        "month" => "%b %Y",
        _ => "%-d %b",
    };
    at.to_zoned(frame.zone.clone()).strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_become_series_with_gaps_where_nothing_was() {
        let columns: Vec<String> = ["time", "country", "Order Completed"].map(str::to_owned).to_vec();
        let rows = [
            vec![json!("2026-10-01T00:00:00Z"), json!("DE"), json!(3)],
            vec![json!("2026-10-02T00:00:00Z"), json!("DE"), json!(4)],
            vec![json!("2026-10-02T00:00:00Z"), json!(null), json!(9.5)],
        ];
        let answer = AnswerView::from_rows(&columns, &rows, 1);
        assert_eq!(answer.times.len(), 2);
        assert_eq!(
            answer.series,
            [
                Series { label: "(none)".to_owned(), values: vec![None, Some(9.5)] },
                Series { label: "DE".to_owned(), values: vec![Some(3.0), Some(4.0)] },
            ]
        );
        assert!(AnswerView::from_rows(&columns, &[vec![json!("not a time")]], 1).series.is_empty());
        assert!(AnswerView::from_rows(&[], &[vec![]], 3).series.is_empty());
    }
}
