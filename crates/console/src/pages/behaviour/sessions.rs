//! The answer about sessions: how many there were, and a table of how long and how busy they were.

use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::TableView;
use super::answers::{group, integer, nothing};
use crate::charts::line::{LineChart, line};
use crate::charts::sparkline::key;
use crate::charts::trend::place_word;
use crate::charts::{SERIES_MAX, Series};
use crate::components::behaviour_form::BehaviourForm;
use crate::components::behind::{Behind, counted, form as leading};
use crate::components::{number, table};
use crate::frame::Frame;

/// A row of the answer.
struct Row<'a> {
    place: String,
    group: String,
    /// The interval and the groups, as the answer has them.
    at: &'a Value,
    groups: &'a [Value],
    /// From the count of sessions on.
    numbers: &'a [Value],
}

/// A picture of the sessions and a table of all that is known of them.
pub(super) fn sessions(frame: &Frame, form: &BehaviourForm, answer: &TableView) -> Markup {
    let rows: Vec<Row<'_>> = answer.rows.iter().filter_map(|row| read(frame, form, row)).collect();
    let mut places: Vec<String> = rows.iter().map(|row| row.place.clone()).collect();
    places.dedup();
    let mut series: Vec<Series> = Vec::new();
    for row in &rows {
        let count = Some(integer(row.numbers, 0) as f64);
        match series.iter_mut().find(|series| series.label == row.group) {
            Some(series) => series.values.push(count),
            None => series.push(Series { label: row.group.clone(), values: vec![count] }),
        }
    }
    if series.iter().all(|series| series.total() == 0.0) {
        return nothing();
    }
    let told = |series: &Series| format!("{} {}", series.label, number::plain(series.total()));
    let description = series.iter().take(SERIES_MAX).map(told).collect::<Vec<_>>().join(", ");
    html! {
        div.panel {
            (line(&LineChart { id: "sessions", title: "Sessions", description: &description, places: &places, series: &series, before: &[], notes: &[] }))
            @if series.len() > SERIES_MAX { p.soft.small { (SERIES_MAX) " of " (series.len()) " lines drawn; the table has all." } }
            @if answer.others > 0 { p.soft.small { (number::count(answer.others, "smaller group")) " not shown." } }
        }
        div.panel.flush { (rows_of(form, &rows, &series, answer.behind.as_ref())) }
        (leading(answer.behind.as_ref()))
    }
}

fn read<'a>(frame: &Frame, form: &BehaviourForm, row: &'a [Value]) -> Option<Row<'a>> {
    let (at, rest) = row.split_first()?;
    let began: Timestamp = at.as_str()?.parse().ok()?;
    let place = place_word(form.chosen("interval"), began, &frame.zone);
    let (groups, numbers) = rest.split_at_checked(form.by.len())?;
    Some(Row { place, group: group(form, rest), at, groups, numbers })
}

/// Intervals without sessions say nothing.
fn rows_of(form: &BehaviourForm, rows: &[Row<'_>], series: &[Series], behind: Option<&Behind>) -> Markup {
    let mut columns = vec![table::words("From")];
    if !form.by.is_empty() {
        columns.push(table::words("Group"));
    }
    columns
        .extend(["Sessions", "People", "Events a session", "Length", "One event alone"].map(table::numbers));
    let place_of = |group: &str| series.iter().position(|series| series.label == group);
    let number_at = |row: &Row<'_>, place: usize| row.numbers.get(place).and_then(Value::as_f64);
    table::tall(
        "The sessions",
        &columns,
        &html! {
            @for row in rows.iter().filter(|row| integer(row.numbers, 0) > 0) {
                tr {
                    th.nw scope="row" { (row.place) }
                    @if !form.by.is_empty() { td { @if let Some(place) = place_of(&row.group).filter(|place| *place < SERIES_MAX) { (key(place)) } (row.group) } }
                    td.n { strong { (number::whole(integer(row.numbers, 0))) } }
                    td.n { (counted(behind, integer(row.numbers, 1), || json!({ "time": row.at, "group": row.groups }))) }
                    td.n { (number_at(row, 2).map_or("–".to_owned(), number::plain)) }
                    td.n { (number_at(row, 3).map_or("–".to_owned(), number::took)) }
                    td.n { (number_at(row, 4).map_or("–".to_owned(), number::percent)) }
                }
            }
        },
    )
}
