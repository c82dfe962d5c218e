//! The plain meaning of a flow: every start is followed by itself.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use serde_json::Value;

use super::history::{Past, histories, is};
use super::{PlainRow, Traits};
use crate::kinds::{Direction, Flow, OTHERS};
use crate::{Answer, Column, ColumnType, Invalid, Stats};

type Path = Vec<Option<String>>;

/// Answers a flow over `rows`, which stand in the order in which they arrived.
///
/// # Errors
/// [`Invalid`] when the range is empty.
pub fn flow(rows: &[PlainRow], flow: &Flow, zone: &TimeZone, traits: Traits<'_>) -> Result<Answer, Invalid> {
    let span = flow.range.span(zone)?;
    let mut found: Vec<(u32, Path)> = Vec::new();
    for (person, mut history) in histories(rows, &flow.conditions, traits) {
        if flow.direction == Direction::Back {
            history.reverse();
        }
        for place in 0..history.len() {
            let Some((start, rest)) = history.get(place..).and_then(<[_]>::split_first) else { continue };
            let within = start.at.0 >= span.from_ms && start.at.0 < span.to_ms;
            if within && is(start.row, &flow.start, traits) {
                found.push((person, path(start, rest, flow)));
            }
        }
    }
    keep_names(&mut found, flow);
    let mut counts: BTreeMap<Path, (u64, BTreeSet<u32>)> = BTreeMap::new();
    for (person, path) in found {
        let count = counts.entry(path).or_default();
        count.0 += 1;
        count.1.insert(person);
    }
    let mut ranked: Vec<(Path, u64, usize)> =
        counts.into_iter().map(|(path, (count, people))| (path, count, people.len())).collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let others = ranked.split_off(ranked.len().min(flow.top as usize));
    let stats = Stats {
        rows_read: rows.len() as u64,
        other_groups: others.len() as u64,
        other_rows: others.iter().map(|(_, count, _)| count).sum(),
        ..Stats::default()
    };
    let row = |(path, count, people): (Path, u64, usize)| {
        let mut row: Vec<Value> = path.into_iter().map(Value::from).collect();
        row.extend([Value::from(people), Value::from(count)]);
        row
    };
    Ok(Answer { columns: flow_columns(flow), rows: ranked.into_iter().map(row).collect(), stats })
}

/// The heads of a flow's answer.
pub fn flow_columns(flow: &Flow) -> Vec<Column> {
    let steps = (1..=flow.depth).map(|step| Column::new(format!("path_{step}"), ColumnType::Text));
    let counts = ["people", "count"].map(|name| Column::new(name, ColumnType::Integer));
    steps.chain(counts).collect()
}

/// The events from `start` on as long as the session lasts, and nothing behind its end.
fn path(start: &Past<'_>, rest: &[Past<'_>], flow: &Flow) -> Path {
    let mut path = vec![Some(start.row.event.clone())];
    let mut before = start.at.0;
    for next in rest.iter().take((flow.depth - 1) as usize) {
        if (next.at.0 - before).abs() > flow.session.ms {
            break;
        }
        before = next.at.0;
        path.push(Some(next.row.event.clone()));
    }
    path.resize(flow.depth as usize, None);
    path
}

/// Leaves each step its most frequent names; of equally frequent ones the first in the alphabet.
fn keep_names(found: &mut [(u32, Path)], flow: &Flow) {
    let Some(names) = flow.names else { return };
    for step in 0..flow.depth as usize {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for name in found.iter().filter_map(|(_, path)| path.get(step)?.clone()) {
            *counts.entry(name).or_default() += 1;
        }
        let mut ranked: Vec<(String, u64)> = counts.into_iter().collect();
        ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let kept: BTreeSet<String> = ranked.into_iter().take(names as usize).map(|(name, _)| name).collect();
        for name in found.iter_mut().filter_map(|(_, path)| path.get_mut(step)?.as_mut()) {
            if !kept.contains(name) {
                *name = OTHERS.to_owned();
            }
        }
    }
}
