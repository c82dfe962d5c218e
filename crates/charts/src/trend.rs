//! A trend's rows as series.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use question::Trend;
use serde_json::Value;

use crate::Series;

/// What the columns of a trend's answer are: the time, one for each field that it is split by, one for each event, one for each
/// formula; where it is compared with the period before, events and formulas once more.
#[derive(Clone, Copy, Default, Debug)]
pub struct Parts {
    /// How many fields.
    pub by: usize,
    /// How many events.
    pub events: usize,
    /// How many formulas.
    pub formulas: usize,
    /// Whether the period before stands beside.
    pub compared: bool,
}

/// A trend's answer as lines.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Lines {
    /// The starts of the intervals.
    pub times: Vec<Timestamp>,
    /// One for each column of numbers and group, those that are drawn first, and of each kind the greatest first.
    pub series: Vec<Series>,
    /// How many of them are drawn: where there are formulas, these alone, since what they are made of is of another size.
    pub drawn: usize,
    /// The same in the period before, in the same order; none where nothing is compared.
    pub before: Vec<Series>,
}

impl From<&Trend> for Parts {
    fn from(trend: &Trend) -> Self {
        let (by, events, formulas) = (trend.by.len(), trend.events.len(), trend.formulas.len());
        Self { by, events, formulas, compared: trend.compare.is_some() }
    }
}

impl Lines {
    /// The lines of a trend's answer.
    pub fn new(columns: &[String], rows: &[Vec<Value>], parts: Parts) -> Self {
        let first = 1 + parts.by;
        let names =
            |from: usize, count: usize| columns.get(first + from..first + from + count).unwrap_or_default();
        let (events, formulas) = (names(0, parts.events), names(parts.events, parts.formulas));
        let alone = parts.events + parts.formulas == 1;
        let read = |names: &[String], from: usize| labelled((names, alone), rows, (parts.by, first + from));
        let (times, mut series) = read(formulas, parts.events);
        let (_, of_events) = read(events, 0);
        let drawn = if formulas.is_empty() { of_events.len() } else { series.len() };
        series.extend(of_events);
        let mut before = Vec::new();
        if parts.compared {
            let width = parts.events + parts.formulas;
            let (_, mut found) = read(events, width);
            found.extend(read(formulas, width + parts.events).1);
            let like = |series: &Series| found.iter().find(|found| found.label == series.label).cloned();
            before = series.iter().map(|series| like(series).unwrap_or_else(|| series.clone())).collect();
        }
        Self { times, series, drawn, before }
    }

    /// The lines that are drawn.
    pub fn drawn(&self) -> &[Series] {
        self.series.get(..self.drawn).unwrap_or_default()
    }

    /// The same lines in the period before.
    pub fn drawn_before(&self) -> &[Series] {
        self.before.get(..self.drawn).unwrap_or_default()
    }
}

/// The starts of the intervals, and the columns called `events`, from the place `at`, as series by group, the greatest first; where
/// there is no other column, they are called like their groups alone.
fn labelled(
    (events, alone): (&[String], bool),
    rows: &[Vec<Value>],
    (groups, at): (usize, usize),
) -> (Vec<Timestamp>, Vec<Series>) {
    let instant = |row: &[Value]| row.first().and_then(Value::as_str).and_then(|text| text.parse().ok());
    let mut times: Vec<Timestamp> = rows.iter().filter_map(|row| instant(row)).collect();
    times.sort_unstable();
    times.dedup();
    let mut series: Vec<Series> = Vec::new();
    for row in rows {
        let Some(place) = instant(row).and_then(|at| times.binary_search(&at).ok()) else { continue };
        let group =
            row.get(1..1 + groups).unwrap_or_default().iter().map(group_word).collect::<Vec<_>>().join(" · ");
        for (event, value) in events.iter().zip(row.get(at..).unwrap_or_default()) {
            let label = match (group.is_empty(), alone) {
                (true, _) => event.clone(),
                (false, true) => group.clone(),
                (false, false) => format!("{event} · {group}"),
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
    (times, series)
}

/// A value of a group, as words.
pub fn group_word(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "(empty)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Null => "(none)".to_owned(),
        other => other.to_string(),
    }
}

/// The start of an interval as a place on an axis.
pub fn place_word(interval: &str, at: Timestamp, zone: &TimeZone) -> String {
    let format = match interval {
        "hour" => "%-d %b %H:%M",
        "month" => "%b %Y",
        _ => "%-d %b",
    };
    at.to_zoned(zone.clone()).strftime(format).to_string()
}

/// Where what was noted at days stands among the starts of intervals, ascending: the place, and the words. What lies before the
/// first or behind the last one is left out.
pub fn noted(times: &[Timestamp], zone: &TimeZone, notes: &[(Date, String)]) -> Vec<(usize, String)> {
    let days: Vec<Date> = times.iter().map(|at| at.to_zoned(zone.clone()).date()).collect();
    let whole = |one: Date, other: Date| other.since(one).map_or(0, |span| span.get_days());
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Vec::new() };
    let step = days.get(1).map_or(1, |second| whole(*first, *second).max(1));
    let fits = |day: Date| *first <= day && whole(*last, day) < step;
    notes
        .iter()
        .filter(|(day, _)| fits(*day))
        .map(|(day, words)| (days.partition_point(|start| start <= day).saturating_sub(1), words.clone()))
        .collect()
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
        let parts = Parts { by: 1, events: 1, ..Parts::default() };
        let lines = Lines::new(&columns, &rows, parts);
        assert_eq!((lines.times.len(), lines.drawn), (2, 2));
        assert_eq!(
            lines.series,
            [
                Series { label: "(none)".to_owned(), values: vec![None, Some(9.5)] },
                Series { label: "DE".to_owned(), values: vec![Some(3.0), Some(4.0)] },
            ]
        );
        assert!(Lines::new(&columns, &[vec![json!("not a time")]], parts).series.is_empty());
        assert!(Lines::new(&[], &[vec![]], Parts { by: 3, ..parts }).series.is_empty());
    }

    #[test]
    fn formulas_are_drawn_alone_and_the_period_before_stands_in_the_same_order() {
        let columns = ["time", "country", "A", "Each", "A (previous)", "Each (previous)"].map(str::to_owned);
        let row = |country: &str, numbers: [i64; 4]| {
            let mut row = vec![json!("2026-10-01T00:00:00Z"), json!(country)];
            row.extend(numbers.map(|number| json!(number)));
            row
        };
        let rows = [row("DE", [10, 1, 11, 2]), row("FR", [20, 3, 5, 4])];
        let parts = Parts { by: 1, events: 1, formulas: 1, compared: true };
        let lines = Lines::new(&columns, &rows, parts);
        let told = |series: &[Series]| -> Vec<(String, f64)> {
            series.iter().map(|series| (series.label.clone(), series.total())).collect()
        };
        let of = |label: &str, total: f64| (label.to_owned(), total);
        assert_eq!(told(lines.drawn()), [of("Each · FR", 3.0), of("Each · DE", 1.0)]);
        assert_eq!(told(lines.drawn_before()), [of("Each · FR", 4.0), of("Each · DE", 2.0)]);
        assert_eq!(told(&lines.before)[2..], [of("A · FR", 5.0), of("A · DE", 11.0)]);
        let alone = Lines::new(&columns[..3], &rows, Parts { formulas: 0, compared: false, ..parts });
        assert_eq!((told(&alone.series)[0].clone(), alone.drawn, alone.before), (of("FR", 20.0), 2, vec![]));
    }

    #[test]
    fn what_was_noted_stands_at_its_interval_or_nowhere() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let weeks = ["2026-10-05T00:00:00Z", "2026-10-12T00:00:00Z", "2026-10-19T00:00:00Z"].map(at);
        let notes: Vec<(Date, String)> =
            ["2026-10-04", "2026-10-05", "2026-10-14", "2026-10-25", "2026-10-26"]
                .map(|day| (day.parse().unwrap(), day.to_owned()))
                .into();
        let found = noted(&weeks, &TimeZone::UTC, &notes);
        let places: Vec<usize> = found.iter().map(|(place, _)| *place).collect();
        assert_eq!(places, [0, 1, 2]);
        let day = [at("2026-10-05T00:00:00Z")];
        assert_eq!(noted(&day, &TimeZone::UTC, &notes).len(), 1);
        assert_eq!(noted(&[], &TimeZone::UTC, &notes), []);
    }
}
