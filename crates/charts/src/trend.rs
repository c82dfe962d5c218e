//! A trend's rows as series.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::Series;

/// The starts of the intervals, and one series for each event and group, greatest first. Columns are `time`, the groups, one
/// for each event.
pub fn series(columns: &[String], rows: &[Vec<Value>], groups: usize) -> (Vec<Timestamp>, Vec<Series>) {
    let instant = |row: &[Value]| row.first().and_then(Value::as_str).and_then(|text| text.parse().ok());
    let mut times: Vec<Timestamp> = rows.iter().filter_map(|row| instant(row)).collect();
    times.sort_unstable();
    times.dedup();
    let events = columns.get(1 + groups..).unwrap_or_default();
    let mut series: Vec<Series> = Vec::new();
    for row in rows {
        let Some(place) = instant(row).and_then(|at| times.binary_search(&at).ok()) else { continue };
        let group =
            row.get(1..1 + groups).unwrap_or_default().iter().map(group_word).collect::<Vec<_>>().join(" · ");
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
        let (times, found) = series(&columns, &rows, 1);
        assert_eq!(times.len(), 2);
        assert_eq!(
            found,
            [
                Series { label: "(none)".to_owned(), values: vec![None, Some(9.5)] },
                Series { label: "DE".to_owned(), values: vec![Some(3.0), Some(4.0)] },
            ]
        );
        assert!(series(&columns, &[vec![json!("not a time")]], 1).1.is_empty());
        assert!(series(&[], &[vec![]], 3).1.is_empty());
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
