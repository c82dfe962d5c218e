//! Any answer as one picture with the table that says the same: a tile of a dashboard.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use question::{Answer, Interval, Question, Show, Trend};
use serde_json::Value;

use crate::flow::{FlowChart, flow};
use crate::grid::{Grid, grid};
use crate::line::{LineChart, line, small};
use crate::sparkline::{key, sparkline};
use crate::stacked::{StackedChart, stacked};
use crate::steps::{StepsChart, steps};
use crate::trend::{Lines, Parts, group_word, noted, place_word};
use crate::{SERIES_MAX, Series, number, table};

/// How many rows a tile's table shows.
pub const ROWS_MAX: usize = 200;

/// What is drawn.
pub struct Tile<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What it shows.
    pub title: &'a str,
    /// What was asked.
    pub question: &'a Question,
    /// The answer.
    pub answer: &'a Answer,
    /// `line`, `bars`, `number`, `steps`, `grid`, `flow`; anything else is a table alone.
    pub chart: &'a str,
    /// How many thirds of a page it may take.
    pub width: u8,
    /// Where days begin.
    pub zone: &'a TimeZone,
    /// What was noted at days.
    pub notes: &'a [(Date, String)],
}

/// The picture, and its table folded below it.
pub fn drawn(tile: &Tile<'_>) -> Markup {
    if tile.answer.rows.is_empty() {
        return html! { p.soft { "Nothing fits." } };
    }
    let picture = match (tile.question, tile.chart) {
        (Question::Trend(_) | Question::Sessions(_), "line" | "bars" | "number") => Some(over_time(tile)),
        (Question::Funnel(_), "steps") => Some(of_steps(tile)),
        (Question::Retention(_), "grid") => Some(of_returns(tile)),
        (Question::Flow(_), "flow") => Some(of_paths(tile)),
        (_, "number") => Some(count(tile)),
        _ => None,
    };
    html! {
        @match picture {
            Some(picture) => { (picture) details.fold { summary { "Table" } (rows(tile)) } }
            None => (rows(tile)),
        }
        @if tile.answer.stats.other_groups > 0 {
            p.soft.small { "Others: " (number::count(tile.answer.stats.other_groups, "group")) " not shown." }
        }
    }
}

/// The first number of an answer that stands for the whole of it: the sum of a trend that can be summed, else its last
/// value; the people of the last step; how many there are. Nothing where no one number does.
pub fn headline(question: &Question, answer: &Answer) -> Option<f64> {
    match question {
        Question::Trend(trend) => one_number(trend, lines(question, answer).drawn()),
        Question::Sessions(_) => {
            let lines = lines(question, answer);
            (lines.drawn > 0).then(|| lines.drawn().iter().map(Series::total).sum())
        }
        Question::Funnel(funnel) => answer.rows.last()?.get(funnel.by.len() + 1)?.as_f64(),
        Question::People(_) => answer.rows.first()?.first()?.as_f64(),
        Question::Retention(_) | Question::Flow(_) | Question::Sql(_) => None,
    }
}

/// A trend's lines in one number.
fn one_number(trend: &Trend, series: &[Series]) -> Option<f64> {
    let last = |series: &Series| series.values.last().copied().flatten();
    // A running total has added up already.
    let all: Vec<f64> = match adds_up(trend) && trend.show == Show::Interval {
        true => series.iter().map(Series::total).collect(),
        false => series.iter().filter_map(last).collect(),
    };
    // Averages and people of several lines are not one number together.
    let one = adds_up(trend) || all.len() == 1;
    (one && !all.is_empty()).then(|| all.iter().sum())
}

/// Whether what is drawn of a trend adds up over lines and intervals.
fn adds_up(trend: &Trend) -> bool {
    let of_events = trend.formulas.is_empty() && trend.rolling.is_none();
    of_events && trend.events.iter().all(|event| event.measure.adds_up())
}

/// An answer over time as lines. Of sessions how many they are: what is beside has other units, and the table tells it.
fn lines(question: &Question, answer: &Answer) -> Lines {
    let parts = match question {
        Question::Trend(trend) => Parts::from(trend),
        Question::Sessions(sessions) => Parts { by: sessions.by.len(), events: 1, ..Parts::default() },
        _ => return Lines::default(),
    };
    let columns: Vec<String> = answer.columns.iter().map(|column| column.name.clone()).collect();
    Lines::new(&columns, &answer.rows, parts)
}

fn interval(question: &Question) -> &'static str {
    let interval = match question {
        Question::Trend(trend) => trend.interval,
        Question::Sessions(sessions) => sessions.interval,
        _ => Interval::Day,
    };
    match interval {
        Interval::Hour => "hour",
        Interval::Day => "day",
        Interval::Week => "week",
        Interval::Month => "month",
    }
}

fn over_time(tile: &Tile<'_>) -> Markup {
    let lines = lines(tile.question, tile.answer);
    let (times, series, before) = (&lines.times, lines.drawn(), lines.drawn_before());
    let (by, in_all) = match tile.question {
        Question::Trend(trend) => (trend.by.len(), adds_up(trend)),
        Question::Sessions(sessions) => (sessions.by.len(), true),
        _ => return html! {},
    };
    let earlier = match tile.question {
        Question::Trend(trend) => one_number(trend, before),
        _ => None,
    };
    let interval = interval(tile.question);
    let places: Vec<String> = times.iter().map(|at| place_word(interval, *at, tile.zone)).collect();
    let sums: Vec<String> = series
        .iter()
        .take(SERIES_MAX)
        .map(|series| format!("{} {}", series.label, number::plain(series.total())))
        .collect();
    let description = format!("By {interval}: {}.", sums.join(", "));
    let notes = noted(times, tile.zone, tile.notes);
    let (id, title) = (tile.id, tile.title);
    html! {
        @match tile.chart {
            "number" => {
                @if let Some(whole) = headline(tile.question, tile.answer) {
                    div.figures { div.figure { b { (number::plain(whole)) } span { (if in_all { "in all" } else { "last" }) @if let Some(earlier) = earlier { ", before " (number::plain(earlier)) } } } }
                }
                @for (index, series) in series.iter().take(SERIES_MAX).enumerate() { (sparkline(series, index)) }
            }
            "bars" => (stacked(&StackedChart { id, title, description: &description, places: &places, series })),
            _ => {
                @let chart = LineChart { id, title, description: &description, places: &places, series, before, notes: &notes };
                @if tile.width == 1 { (small(&chart)) } @else { (line(&chart)) }
            }
        }
        @if series.len() > 1 || by > 0 {
            p.small.legend { @for (index, series) in series.iter().take(SERIES_MAX).enumerate() { span.nw { (key(index)) (series.label) } " " } }
        }
        @if series.len() > SERIES_MAX { p.soft.small { (SERIES_MAX) " of " (series.len()) " drawn; the table has all." } }
        @if tile.chart == "line" && !before.is_empty() { p.soft.small { "Dashed: the period before." } }
        @if tile.chart != "number" { (listed(&places, &notes)) }
    }
}

/// What was noted, in words: a mark in a picture is not read by everybody.
pub fn listed(places: &[String], notes: &[(usize, String)]) -> Markup {
    html! {
        @if !notes.is_empty() {
            ul.small.notes { @for (place, words) in notes { li { strong { (places.get(*place).map_or("", String::as_str)) } " " (words) } } }
        }
    }
}

/// The rows of each group, which follow one another.
fn grouped(by: usize, answer: &Answer) -> Vec<(String, Vec<&Vec<Value>>)> {
    let mut groups: Vec<(String, Vec<&Vec<Value>>)> = Vec::new();
    for row in &answer.rows {
        let words: Vec<String> = row.iter().take(by).map(group_word).collect();
        let name = if by == 0 { "All".to_owned() } else { words.join(" · ") };
        match groups.last_mut().filter(|(known, _)| *known == name) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((name, vec![row])),
        }
    }
    groups
}

fn of_steps(tile: &Tile<'_>) -> Markup {
    let Question::Funnel(funnel) = tile.question else { return html! {} };
    let by = funnel.by.len();
    let series: Vec<Series> = grouped(by, tile.answer)
        .into_iter()
        .map(|(label, rows)| Series {
            label,
            values: rows.iter().map(|row| row.get(by + 1).and_then(Value::as_f64)).collect(),
        })
        .collect();
    let names: Vec<String> = funnel.steps.iter().map(|step| step.event.clone()).collect();
    let told: Vec<String> = series
        .iter()
        .take(SERIES_MAX)
        .map(|series| {
            let counts: Vec<String> =
                series.values.iter().flatten().map(|count| number::plain(*count)).collect();
            format!("{}: {}", series.label, counts.join(", "))
        })
        .collect();
    html! {
        (steps(&StepsChart { id: tile.id, title: tile.title, description: &told.join("; "), steps: &names, series: &series }))
        @if by > 0 { p.small.legend { @for (index, series) in series.iter().take(SERIES_MAX).enumerate() { span.nw { (key(index)) (series.label) } " " } } }
    }
}

fn of_returns(tile: &Tile<'_>) -> Markup {
    let start = |row: &Vec<Value>| row.first().and_then(Value::as_str).and_then(|text| text.parse().ok());
    let mut found: Vec<(Timestamp, Vec<Option<f64>>)> = Vec::new();
    for row in &tile.answer.rows {
        let (Some(at), share) = (start(row), row.get(3).and_then(Value::as_f64)) else { continue };
        match found.last_mut().filter(|(known, _)| *known == at) {
            Some((_, shares)) => shares.push(share),
            None => found.push((at, vec![share])),
        }
    }
    let most = found.iter().map(|(_, shares)| shares.len()).max().unwrap_or_default();
    let heads: Vec<String> = (0..most).map(|place| place.to_string()).collect();
    let named: Vec<(String, Vec<Option<f64>>)> =
        found.into_iter().map(|(at, shares)| (place_word("day", at, tile.zone), shares)).collect();
    let description = format!("{}.", number::count(named.len() as u64, "start"));
    grid(&Grid { id: tile.id, title: tile.title, description: &description, columns: &heads, rows: &named })
}

fn of_paths(tile: &Tile<'_>) -> Markup {
    let paths: Vec<(Vec<Option<String>>, u64)> = tile
        .answer
        .rows
        .iter()
        .filter_map(|row| {
            let (names, counts) = row.split_at_checked(row.len().checked_sub(2)?)?;
            let names = names.iter().map(|name| name.as_str().map(str::to_owned)).collect();
            Some((names, counts.last()?.as_u64().unwrap_or_default()))
        })
        .collect();
    let description = number::count(paths.len() as u64, "path");
    flow(&FlowChart { id: tile.id, title: tile.title, description: &description, paths: &paths })
}

fn count(tile: &Tile<'_>) -> Markup {
    html! {
        @match headline(tile.question, tile.answer) {
            Some(whole) => div.figures { div.figure { b { (number::plain(whole)) } span { "people" } } },
            None => p.soft { "Fewer than are shown." },
        }
    }
}

fn rows(tile: &Tile<'_>) -> Markup {
    let interval = interval(tile.question);
    let columns: Vec<table::Column<'_>> = tile
        .answer
        .columns
        .iter()
        .enumerate()
        .map(|(place, column)| {
            let number = tile.answer.rows.iter().filter_map(|row| row.get(place)).any(Value::is_number);
            table::Column { label: &column.name, number }
        })
        .collect();
    let cell = |place: usize, value: &Value| match value {
        Value::Null if columns.get(place).is_some_and(|column| column.number) => "–".to_owned(),
        Value::Number(number) => number::plain(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) if place == 0 => match text.parse::<Timestamp>() {
            Ok(at) => place_word(interval, at, tile.zone),
            Err(_) => group_word(value),
        },
        other => group_word(other),
    };
    html! {
        (table::tall(tile.title, &columns, &html! {
            @for row in tile.answer.rows.iter().take(ROWS_MAX) {
                tr {
                    @for (place, value) in row.iter().enumerate() {
                        @if place == 0 { th.nw scope="row" { (cell(place, value)) } }
                        @else if columns.get(place).is_some_and(|column| column.number) { td.n { (cell(place, value)) } }
                        @else { td { (cell(place, value)) } }
                    }
                }
            }
        }))
        @if tile.answer.rows.len() > ROWS_MAX { p.soft.small { (ROWS_MAX) " of " (number::whole(tile.answer.rows.len() as u64)) " rows shown." } }
    }
}
