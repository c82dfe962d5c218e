//! The plain meaning of sessions: every person's events, cut where a pause is too long.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use model::event::is_of_the_house;
use serde_json::Value;

use super::history::{Past, histories};
use super::{GROUPS_SHOWN, Group, PlainRow, Traits, group_value, time_text, value};
use crate::kinds::Sessions;
use crate::range::{Span, zoned};
use crate::{Answer, Column, ColumnType, Condition, Invalid, Stats};

/// The sessions of every person: what they did in `span`, and of which all of `conditions` hold, cut where a pause is longer
/// than `pause_ms`. What the house tells of them is nothing that they did.
pub(super) fn told_apart<'a>(
    rows: &'a [PlainRow],
    conditions: &[Condition],
    (span, pause_ms): (Span, i64),
    traits: Traits<'_>,
) -> BTreeMap<u32, Vec<Vec<Past<'a>>>> {
    let cut = |(person, mut history): (u32, Vec<Past<'a>>)| {
        history.retain(|past| {
            past.at.0 >= span.from_ms && past.at.0 < span.to_ms && !is_of_the_house(&past.row.event)
        });
        let sessions = history.chunk_by(|before, next| next.at.0 - before.at.0 <= pause_ms);
        (person, sessions.map(<[_]>::to_vec).collect())
    };
    histories(rows, conditions, traits).into_iter().map(cut).collect()
}

/// What is counted of the sessions that begin in an interval, in one group.
#[derive(Default)]
struct Cell {
    sessions: u64,
    people: BTreeSet<u32>,
    events: u64,
    length_ms: i64,
    bounced: u64,
}

/// Answers for the sessions in `rows`, which stand in the order in which they arrived.
///
/// # Errors
/// [`Invalid`] when the range is empty or too long.
pub fn sessions(
    rows: &[PlainRow],
    question: &Sessions,
    zone: &TimeZone,
    traits: Traits<'_>,
) -> Result<Answer, Invalid> {
    let span = question.range.span(zone)?;
    let starts = question.interval.starts(span, zone)?;
    let mut groups: BTreeMap<String, (Group, u64)> = BTreeMap::new();
    let mut cells: BTreeMap<(i64, String), Cell> = BTreeMap::new();
    if question.by.is_empty() {
        groups.entry("[]".to_owned()).or_default();
    }
    for (person, sessions) in told_apart(rows, &question.conditions, (span, question.session.ms), traits) {
        for session in &sessions {
            let (Some(first), Some(last)) = (session.first(), session.last()) else { continue };
            let at = question.interval.start(&zoned(first.at.0, zone)?)?.timestamp().as_millisecond();
            let group: Group =
                question.by.iter().map(|field| group_value(first.row, field, traits)).collect();
            let key = Value::Array(group.clone()).to_string();
            groups.entry(key.clone()).or_insert((group, 0)).1 += 1;
            let cell = cells.entry((at, key)).or_default();
            cell.sessions += 1;
            cell.people.insert(person);
            cell.events += session.len() as u64;
            cell.length_ms += last.at.0 - first.at.0;
            cell.bounced += u64::from(session.len() == 1);
        }
    }
    let mut ranked: Vec<(String, Group, u64)> =
        groups.into_iter().map(|(key, (group, count))| (key, group, count)).collect();
    ranked.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    let others = ranked.split_off(ranked.len().min(GROUPS_SHOWN));
    let mut answer =
        Answer { columns: sessions_columns(question), rows: Vec::new(), stats: Stats::default() };
    answer.stats.rows_read = rows.len() as u64;
    answer.stats.other_groups = others.len() as u64;
    answer.stats.other_rows = others.iter().map(|(_, _, count)| count).sum();
    for start in starts {
        for (key, group, _) in &ranked {
            let mut row = vec![Value::from(time_text(start))];
            row.extend(group.iter().cloned());
            row.extend(numbers(cells.get(&(start, key.clone())).unwrap_or(&Cell::default())));
            answer.rows.push(row);
        }
    }
    Ok(answer)
}

/// The heads of the answer.
pub fn sessions_columns(question: &Sessions) -> Vec<Column> {
    let mut columns = vec![Column::new("time", ColumnType::Time)];
    columns.extend(question.by.iter().map(|field| Column::new(field.name(), ColumnType::Value)));
    columns.extend(["sessions", "people"].map(|name| Column::new(name, ColumnType::Integer)));
    let means = ["events_per_session", "length_s", "bounced"];
    columns.extend(means.map(|name| Column::new(name, ColumnType::Number)));
    columns
}

/// Counts and means; no means of nothing.
fn numbers(cell: &Cell) -> [Value; 5] {
    let mean = |all: f64| match cell.sessions {
        0 => Value::Null,
        sessions => value::number(all / sessions as f64),
    };
    [
        cell.sessions.into(),
        cell.people.len().into(),
        mean(cell.events as f64),
        mean(cell.length_ms as f64 / 1_000.0),
        mean(cell.bounced as f64),
    ]
}
