//! A question as a sentence, its answer as a chart and a table, and what it cost.

use ::question::shape::PREVIOUS;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};

use crate::charts::line::{LineChart, line};
use crate::charts::sparkline::{key, sparkline};
use crate::charts::trend::{self, Lines};
use crate::charts::{SERIES_MAX, Series, tile};
use crate::components::answer_file::files;
use crate::components::behaviour::kinds;
use crate::components::behind::{Points, points};
use crate::components::keep::{Kept, keep};
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
    /// What is noted at days.
    pub notes: Vec<(Date, String)>,
    /// Where the question may be kept, if the viewer may keep it.
    pub keep: Option<Vec<Kept>>,
    /// The numbers that lead to people, if the viewer may list people.
    pub points: Option<Points>,
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

/// An answer, one line for each event, formula and group.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerView {
    /// The lines.
    pub lines: Lines,
    /// Events read.
    pub rows_read: u64,
    /// Events that were counted when they were stored.
    pub rows_counted: u64,
    /// Milliseconds it took.
    pub ms: u64,
    /// When the newest event in it had arrived.
    pub fresh: Option<Timestamp>,
    /// The first and the last instant of the period that stands beside.
    pub previous: Option<(Timestamp, Timestamp)>,
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
    let (lines, drawn) = (&answer.lines, answer.lines.drawn());
    let places: Vec<String> =
        lines.times.iter().map(|at| trend::place_word(&view.form.interval, *at, &frame.zone)).collect();
    let title = view.form.events.iter().map(|part| part.event.as_str()).collect::<Vec<_>>().join(", ");
    let notes = trend::noted(&lines.times, &frame.zone, &view.notes);
    let description = format!(
        "{} by {} from {} to {}: {}.",
        title,
        view.form.interval,
        view.form.from,
        view.form.to,
        drawn
            .iter()
            .take(SERIES_MAX)
            .map(|series| format!("{} {}", series.label, number::plain(series.total())))
            .collect::<Vec<_>>()
            .join(", ")
    );
    html! {
        @if lines.series.is_empty() {
            div.panel.flush {
                (notice::empty(&notice::Empty { title: "No event fits", text: "Widen the range or take a condition away.", action: None, line: None }))
            }
        } @else {
            div.panel {
                (line(&LineChart { id: "trend", title: &title, description: &description, places: &places, series: drawn, before: lines.drawn_before(), notes: &notes }))
                (tile::listed(&places, &notes))
                @if let Some((from, to)) = answer.previous { p.soft.small { "Dashed: the period before, " (day(frame, from)) " to " (day(frame, to)) "." } }
                @if drawn.len() > SERIES_MAX { p.soft.small { (SERIES_MAX) " of " (drawn.len()) " lines drawn; the table has all." } }
            }
            div.panel.flush { (totals(lines, &view.form)) }
            details.fold { summary { "All " (places.len()) " rows" } div.panel.flush { (all_rows(&places, lines)) } }
            @if let Some(found) = &view.points {
                details.fold { summary { "People behind the numbers" } (points(found, |at| trend::place_word(&view.form.interval, at, &frame.zone))) }
            }
        }
        (files(frame, &view.form.to_json()))
        (keep(frame, view.keep.as_deref(), &title, &view.form.to_json()))
        details.fold { summary { "JSON of the question" } (as_json(view)) }
    }
}

fn day(frame: &Frame, at: Timestamp) -> String {
    at.to_zoned(frame.zone.clone()).strftime("%-d %b %Y").to_string()
}

/// One row a line: it is the legend, too. A sum of averages or of people by day would say something wrong.
fn totals(lines: &Lines, form: &TrendForm) -> Markup {
    let in_all = form.adds_up() && form.show.is_empty();
    let last = |series: &Series| series.values.last().copied().flatten();
    let mean = |series: &Series| series.total() / series.values.iter().flatten().count().max(1) as f64;
    // The one number by which a line is compared with itself in the period before.
    let whole = |series: &Series| match form.show.is_empty() {
        true if in_all => series.total(),
        true => mean(series),
        false => last(series).unwrap_or(f64::NAN),
    };
    let mut columns = vec![table::words("Line"), table::words("Run")];
    if in_all {
        columns.push(table::numbers("In all"));
    }
    columns.extend([
        table::numbers("Mean"),
        table::numbers("Least"),
        table::numbers("Greatest"),
        table::numbers("Last"),
    ]);
    if !lines.before.is_empty() {
        columns.push(table::numbers(match form.show.is_empty() {
            true if in_all => "In all before",
            true => "Mean before",
            false => "Last before",
        }));
        columns.push(table::numbers("Change"));
    }
    table::table(
        "The lines",
        &columns,
        &html! {
            @for (index, series) in lines.series.iter().enumerate() {
                @let drawn = index < SERIES_MAX.min(lines.drawn);
                @let present = || series.values.iter().flatten().copied();
                tr {
                    th scope="row" { @if drawn { (key(index)) } (series.label) }
                    td { @if drawn { (sparkline(series, index)) } }
                    @if in_all { td.n { strong { (number::plain(series.total())) } } }
                    td.n { (number::plain(mean(series))) }
                    td.n { (number::plain(present().fold(f64::NAN, f64::min))) }
                    td.n { (number::plain(present().fold(f64::NAN, f64::max))) }
                    td.n { (last(series).map_or("–".to_owned(), number::plain)) }
                    @if let Some(before) = lines.before.get(index) {
                        td.n { (number::plain(whole(before))) }
                        td.n { (change(whole(before), whole(series))) }
                    }
                }
            }
        },
    )
}

/// By how much a number has grown, as a share of what it was.
fn change(before: f64, now: f64) -> String {
    let share = (now - before) / before.abs();
    match share {
        share if !share.is_finite() => "–".to_owned(),
        share if share > 0.0 => format!("+{}", number::percent(share)),
        share if share < 0.0 => format!("−{}", number::percent(-share)),
        _ => number::percent(0.0),
    }
}

fn all_rows(places: &[String], lines: &Lines) -> Markup {
    let before: Vec<String> =
        lines.before.iter().map(|series| format!("{}{PREVIOUS}", series.label)).collect();
    let labels = lines.series.iter().map(|series| &series.label).chain(&before);
    let mut columns = vec![table::words("From")];
    columns.extend(labels.map(|label| table::numbers(label)));
    table::tall(
        "All rows",
        &columns,
        &html! {
            @for (place, words) in places.iter().enumerate() {
                tr {
                    th.nw scope="row" { (words) }
                    @for series in lines.series.iter().chain(&lines.before) {
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
