//! The answers: a picture, and a table that says the same.

use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::TableView;
use crate::charts::flow::{FlowChart, flow};
use crate::charts::grid::{COLUMNS_MAX, Grid, ROWS_MAX, grid};
use crate::charts::sparkline::key;
use crate::charts::steps::{StepsChart, steps};
use crate::charts::trend::group_word;
use crate::charts::{SERIES_MAX, Series};
use crate::components::behaviour_form::{BehaviourForm, Kind};
use crate::components::behind::{Behind, counted, form as leading};
use crate::components::number::took;
use crate::components::{facts, notice, number, table, time};
use crate::frame::Frame;

/// A picture and a table.
pub(super) fn answered(frame: &Frame, form: &BehaviourForm, answer: &TableView) -> Markup {
    match form.kind {
        Kind::Funnel if form.chosen("select") == "times" => times(form, answer),
        Kind::Funnel => funnel(form, answer),
        Kind::Retention => retention(frame, form, answer),
        Kind::Flow => flows(form, answer),
        Kind::Sessions => super::sessions::sessions(frame, form, answer),
        Kind::People => people(answer),
    }
}

pub(super) fn nothing() -> Markup {
    let text = "Widen the range, or take a step or a condition away.";
    html! { div.panel.flush { (notice::empty(&notice::Empty { title: "Nobody fits", text, action: None, line: None })) } }
}

pub(super) fn integer(row: &[Value], place: usize) -> u64 {
    row.get(place).and_then(Value::as_u64).unwrap_or_default()
}

/// The group that a row is of.
pub(super) fn group(form: &BehaviourForm, row: &[Value]) -> String {
    let values = row.get(..form.by.len()).unwrap_or_default();
    if values.is_empty() {
        "All".to_owned()
    } else {
        values.iter().map(group_word).collect::<Vec<_>>().join(" · ")
    }
}

fn funnel(form: &BehaviourForm, answer: &TableView) -> Markup {
    let by = form.by.len();
    let groups: Vec<&[Vec<Value>]> = answer.rows.chunks(form.events.len().max(1)).collect();
    let series: Vec<Series> = groups
        .iter()
        .map(|rows| Series {
            label: rows.first().map(|row| group(form, row)).unwrap_or_default(),
            values: rows.iter().map(|row| Some(integer(row, by + 1) as f64)).collect(),
        })
        .collect();
    if series.iter().all(|series| series.total() == 0.0) {
        return nothing();
    }
    let names: Vec<String> = if form.chosen("order") == "any" {
        (1..=form.events.len()).map(|step| format!("{step} of {}", form.events.len())).collect()
    } else {
        form.events.clone()
    };
    let title = format!("Of people who {}", form.events.join(", then "));
    let description = series
        .iter()
        .take(SERIES_MAX)
        .map(|series| {
            let counts: Vec<String> =
                series.values.iter().flatten().map(|count| number::plain(*count)).collect();
            format!("{}: {}", series.label, counts.join(", "))
        })
        .collect::<Vec<_>>()
        .join("; ");
    html! {
        div.panel {
            (steps(&StepsChart { id: "funnel", title: &title, description: &description, steps: &names, series: &series }))
            @if series.len() > SERIES_MAX { p.soft.small { (SERIES_MAX) " of " (series.len()) " groups drawn; the table has all." } }
            @if answer.others > 0 { p.soft.small { (number::count(answer.others, "smaller group")) " not shown." } }
        }
        div.panel.flush { (funnel_table(form, &names, (&groups, &series), answer.behind.as_ref())) }
        (leading(answer.behind.as_ref()))
    }
}

fn funnel_table(
    form: &BehaviourForm,
    names: &[String],
    (groups, series): (&[&[Vec<Value>]], &[Series]),
    behind: Option<&Behind>,
) -> Markup {
    let by = form.by.len();
    let columns = [
        table::words("Step"),
        table::numbers("People"),
        table::numbers("Stopped before"),
        table::numbers("Of the first step"),
        table::numbers("Of the step before"),
        table::numbers("Median time since"),
    ];
    table::table(
        "The steps",
        &columns,
        &html! {
            @for (place, (rows, series)) in groups.iter().zip(series).enumerate() {
                @let first = rows.first().map_or(0, |row| integer(row, by + 1));
                @for (step, row) in rows.iter().enumerate() {
                    @let count = integer(row, by + 1);
                    @let before = if step == 0 { count } else { integer(&rows[step - 1], by + 1) };
                    tr {
                        th scope="row" {
                            @if place < SERIES_MAX { (key(place)) }
                            @if by > 0 { (series.label) " · " }
                            (names.get(step).map_or("", String::as_str))
                        }
                        @let of = |reached: bool| json!({ "step": step + 1, "reached": reached, "group": row.get(..by) });
                        td.n { strong { (counted(behind, count, || of(true))) } }
                        td.n { @if step == 0 { "–" } @else { (counted(behind, before.saturating_sub(count), || of(false))) } }
                        td.n { (share(count, first)) }
                        td.n { (share(count, before)) }
                        td.n { (row.get(by + 2).and_then(Value::as_f64).map_or("–".to_owned(), took)) }
                    }
                }
            }
        },
    )
}

fn times(form: &BehaviourForm, answer: &TableView) -> Markup {
    let by = form.by.len();
    let most = answer.rows.iter().map(|row| integer(row, by + 2)).max().unwrap_or_default();
    if most == 0 {
        return nothing();
    }
    let columns = [table::words("From first to last step"), table::numbers("People"), table::words("")];
    html! {
        div.panel.flush {
            (table::table("How long it took", &columns, &html! {
                @for row in answer.rows.iter().filter(|row| integer(row, by + 2) > 0) {
                    @let count = integer(row, by + 2);
                    tr {
                        th scope="row" {
                            @if by > 0 { (group(form, row)) " · " }
                            (took(integer(row, by) as f64)) @if let Some(to) = row.get(by + 1).and_then(Value::as_f64) { " to " (took(to)) } @else { " and more" }
                        }
                        td.n { (number::whole(count)) }
                        td.wide { (crate::charts::bar::bar(count, most, 0)) }
                    }
                }
            }))
        }
    }
}

fn retention(frame: &Frame, form: &BehaviourForm, answer: &TableView) -> Markup {
    let mut starts: Vec<(Timestamp, Vec<&Vec<Value>>)> = Vec::new();
    for row in &answer.rows {
        let Some(start) = row.first().and_then(Value::as_str).and_then(|text| text.parse().ok()) else {
            continue;
        };
        match starts.last_mut().filter(|(known, _)| *known == start) {
            Some((_, rows)) => rows.push(row),
            None => starts.push((start, vec![row])),
        }
    }
    let size = |rows: &[&Vec<Value>]| rows.first().map_or(0, |row| integer(row, 2));
    // Starts without people say nothing.
    starts.retain(|(_, rows)| size(rows) > 0);
    let Some((_, first)) = starts.first() else { return nothing() };
    let heads: Vec<String> = first.iter().map(|row| integer(row, 1).to_string()).collect();
    let rows: Vec<(String, Vec<Option<f64>>)> = starts
        .iter()
        .map(|(start, rows)| {
            (
                time::day_words(frame, *start),
                rows.iter().map(|row| row.get(3).and_then(Value::as_f64)).collect(),
            )
        })
        .collect();
    let event = form.events.first().map_or("", String::as_str);
    let unit = form.chosen("interval");
    let title = format!("Of people who {event}, how many came back by {unit}");
    let people: u64 = starts.iter().map(|(_, rows)| size(rows)).sum();
    let description = format!(
        "{} in {}.",
        number::count(people, "person").replace("persons", "people"),
        number::count(starts.len() as u64, "start")
    );
    let mut columns = vec![table::words("From"), table::numbers("People")];
    columns.extend(heads.iter().skip(1).map(|head| table::numbers(head)));
    html! {
        div.panel {
            (grid(&Grid { id: "retention", title: &title, description: &description, columns: &heads, rows: &rows }))
            @if rows.len() > ROWS_MAX || heads.len() > COLUMNS_MAX { p.soft.small { "Not all is drawn; the table has all." } }
            p.soft.small { "Columns are " (unit) "s after the first " (event) ". Those that have not passed yet are not complete." }
        }
        div.panel.flush {
            (table::tall("People who came back", &columns, &html! {
                @for (start, rows) in &starts {
                    tr {
                        th.nw scope="row" { (time::day_words(frame, *start)) }
                        @for row in rows { td.n { (counted(answer.behind.as_ref(), integer(row, 2), || json!({ "start": row.first(), "offset": row.get(1) }))) } }
                    }
                }
            }))
        }
        (leading(answer.behind.as_ref()))
    }
}

fn flows(form: &BehaviourForm, answer: &TableView) -> Markup {
    let back = form.chosen("direction") == "back";
    let paths: Vec<Path<'_>> = answer.rows.iter().filter_map(|row| path(row, back)).collect();
    if paths.is_empty() {
        return nothing();
    }
    let event = form.events.first().map_or("", String::as_str);
    let title = format!("What people did {} {event}", if back { "before" } else { "after" });
    let drawn: Vec<(Vec<Option<String>>, u64)> =
        paths.iter().map(|path| (path.words.clone(), path.count)).collect();
    let words = |path: &[Option<String>]| path.iter().flatten().cloned().collect::<Vec<_>>().join(" › ");
    let description = paths
        .iter()
        .take(3)
        .map(|path| format!("{}: {}", words(&path.words), number::whole(path.count)))
        .collect::<Vec<_>>()
        .join("; ");
    let columns = [table::words("Path"), table::numbers("Times"), table::numbers("People")];
    html! {
        div.panel {
            (flow(&FlowChart { id: "flow", title: &title, description: &description, paths: &drawn }))
            @if answer.others > 0 { p.soft.small { "The most frequent paths; " (number::count(answer.others, "other")) " not shown." } }
        }
        div.panel.flush {
            (table::tall("The paths", &columns, &html! {
                @for path in &paths {
                    tr {
                        th scope="row" { (words(&path.words)) }
                        td.n { (number::whole(path.count)) }
                        td.n { (counted(answer.behind.as_ref(), path.people, || json!({ "path": path.told }))) }
                    }
                }
            }))
        }
        (leading(answer.behind.as_ref()))
    }
}

/// A row of a flow.
struct Path<'a> {
    /// As the answer has it.
    told: &'a [Value],
    /// In the order of time.
    words: Vec<Option<String>>,
    people: u64,
    count: u64,
}

fn path(row: &[Value], back: bool) -> Option<Path<'_>> {
    let (told, counts) = row.split_at_checked(row.len().checked_sub(2)?)?;
    let word = |name: &Value| name.as_str().map(|name| step_word(name).to_owned());
    let mut words: Vec<Option<String>> = told.iter().map(word).collect();
    if back {
        words.reverse();
    }
    Some(Path { told, words, people: integer(counts, 0), count: integer(counts, 1) })
}

fn step_word(name: &str) -> &str {
    if name == "…" { "something else" } else { name }
}

fn people(answer: &TableView) -> Markup {
    let count = answer.rows.first().map_or(0, |row| integer(row, 0));
    html! {
        div.panel {
            div.figures { (facts::figure(&number::whole(count), if count == 1 { "person" } else { "people" })) }
            p.soft.small { "A count and nobody's name: who they are is told under People, one by one." }
        }
    }
}

fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_owned() } else { number::percent(part as f64 / whole as f64) }
}
