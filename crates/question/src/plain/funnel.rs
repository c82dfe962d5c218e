//! The plain meaning of a funnel: every attempt of every person is gone through by itself.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::history::{Past, histories, is};
use super::sessions::told_apart;
use super::{GROUPS_SHOWN, Group, PlainRow, Traits, group_value, lookup, value};
use crate::kinds::{Funnel, FunnelSelect, Order};
use crate::range::Span;
use crate::{Answer, Column, ColumnType, Invalid, Stats};

/// Where the brackets of times to come through begin, in seconds.
pub const TIMES_FROM_S: [i64; 21] = [
    0, 1, 10, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 172_800, 259_200, 604_800,
    1_209_600, 2_592_000, 5_184_000, 7_776_000, 15_552_000,
];

/// One way through the steps, as far as it came.
struct Attempt<'a> {
    begin: Past<'a>,
    times: Vec<i64>,
}

/// Answers a funnel over `rows`, which stand in the order in which they arrived.
///
/// # Errors
/// [`Invalid`] when the range is empty.
pub fn funnel(
    rows: &[PlainRow],
    funnel: &Funnel,
    zone: &TimeZone,
    traits: Traits<'_>,
) -> Result<Answer, Invalid> {
    let span = funnel.range.span(zone)?;
    let mut groups: BTreeMap<String, (Group, Vec<Vec<i64>>)> = BTreeMap::new();
    if funnel.by.is_empty() {
        groups.insert("[]".to_owned(), (Vec::new(), Vec::new()));
    }
    for parts in parts(rows, funnel, span, traits).values() {
        let mut best: Option<Attempt<'_>> = None;
        for part in parts.iter().flat_map(|part| held(part, &funnel.hold)) {
            for begin in 0..part.len() {
                let Some(attempt) = attempt(part.get(begin..).unwrap_or_default(), funnel, span, traits)
                else {
                    continue;
                };
                let better = best.as_ref().is_none_or(|best| {
                    (attempt.times.len(), std::cmp::Reverse(attempt.begin.at))
                        > (best.times.len(), std::cmp::Reverse(best.begin.at))
                });
                if better {
                    best = Some(attempt);
                }
            }
        }
        if let Some(best) = best {
            let group: Group =
                funnel.by.iter().map(|field| group_value(best.begin.row, field, traits)).collect();
            let key = Value::Array(group.clone()).to_string();
            groups.entry(key).or_insert_with(|| (group, Vec::new())).1.push(best.times);
        }
    }
    let mut ranked: Vec<(String, Group, Vec<Vec<i64>>)> =
        groups.into_iter().map(|(key, (group, attempts))| (key, group, attempts)).collect();
    ranked.sort_by(|a, b| b.2.len().cmp(&a.2.len()).then_with(|| a.0.cmp(&b.0)));
    let others = ranked.split_off(ranked.len().min(GROUPS_SHOWN));
    let stats = Stats {
        rows_read: rows.len() as u64,
        other_groups: others.len() as u64,
        other_rows: others.iter().map(|(_, _, attempts)| attempts.len() as u64).sum(),
        ..Stats::default()
    };
    let rows = ranked.iter().flat_map(|(_, group, attempts)| match funnel.select {
        FunnelSelect::Steps => steps(funnel, group, attempts),
        FunnelSelect::Times => times(funnel, group, attempts),
    });
    Ok(Answer { columns: funnel_columns(funnel), rows: rows.collect(), stats })
}

/// The heads of a funnel's answer.
pub fn funnel_columns(funnel: &Funnel) -> Vec<Column> {
    let by = funnel.by.iter().map(|field| Column::new(field.name(), ColumnType::Value));
    let told: &[(&str, ColumnType)] = match funnel.select {
        FunnelSelect::Steps => &[
            ("step", ColumnType::Integer),
            ("people", ColumnType::Integer),
            ("median_s", ColumnType::Number),
        ],
        FunnelSelect::Times => {
            &[("from_s", ColumnType::Integer), ("to_s", ColumnType::Integer), ("people", ColumnType::Integer)]
        }
    };
    by.chain(told.iter().map(|(name, kind)| Column::new(*name, *kind))).collect()
}

/// Of every person what attempts lie in: their history, or each of their sessions.
fn parts<'a>(
    rows: &'a [PlainRow],
    funnel: &Funnel,
    span: Span,
    traits: Traits<'_>,
) -> BTreeMap<u32, Vec<Vec<Past<'a>>>> {
    match funnel.pause_ms() {
        Some(pause_ms) => told_apart(rows, &funnel.conditions, (span, pause_ms), traits),
        None => {
            let whole = |(person, history)| (person, vec![history]);
            histories(rows, &funnel.conditions, traits).into_iter().map(whole).collect()
        }
    }
}

/// A history for every combination of values of the properties that are held; events that lack one are out.
fn held<'a>(history: &[Past<'a>], names: &[String]) -> Vec<Vec<Past<'a>>> {
    let mut parts: BTreeMap<String, Vec<Past<'a>>> = BTreeMap::new();
    for past in history {
        let values: Option<Vec<Value>> =
            names.iter().map(|name| lookup(past.row, name).map(|found| value::normal(&found))).collect();
        if let Some(values) = values {
            parts.entry(Value::Array(values).to_string()).or_default().push(*past);
        }
    }
    parts.into_values().collect()
}

/// How far one comes who begins with the first event of `history`; `None` if that is no beginning.
fn attempt<'a>(history: &[Past<'a>], funnel: &Funnel, span: Span, traits: Traits<'_>) -> Option<Attempt<'a>> {
    let begin = *history.first()?;
    if begin.at.0 < span.from_ms || begin.at.0 >= span.to_ms {
        return None;
    }
    let mut open: Vec<bool> = vec![true; funnel.steps.len()];
    let mut times = Vec::new();
    for (place, past) in history.iter().enumerate() {
        let excluded = || funnel.exclude.iter().any(|step| is(past.row, step, traits));
        if past.at.0 - begin.at.0 > funnel.within.ms() || place > 0 && excluded() {
            break;
        }
        let taken = match funnel.order {
            Order::Any => (0..open.len()).find(|step| {
                open.get(*step).copied().unwrap_or_default()
                    && funnel.steps.get(*step).is_some_and(|step| is(past.row, step, traits))
            }),
            Order::Ordered | Order::Strict => {
                funnel.steps.get(times.len()).filter(|step| is(past.row, step, traits)).map(|_| times.len())
            }
        };
        match taken.and_then(|step| open.get_mut(step)) {
            Some(step) => {
                *step = false;
                times.push(past.at.0);
            }
            None if place == 0 => return None,
            None if funnel.order == Order::Strict => break,
            None => {}
        }
        if times.len() == funnel.steps.len() {
            break;
        }
    }
    Some(Attempt { begin, times })
}

fn steps(funnel: &Funnel, group: &Group, attempts: &[Vec<i64>]) -> Vec<Vec<Value>> {
    let row = |step: usize| {
        let reached: Vec<&Vec<i64>> = attempts.iter().filter(|times| times.len() > step).collect();
        let mut took: Vec<i64> = reached
            .iter()
            .filter_map(|times| Some(times.get(step)? - times.get(step.checked_sub(1)?)?))
            .collect();
        took.sort_unstable();
        let median = took.get((took.len().max(1) - 1) / 2);
        let median = median.map_or(Value::Null, |ms| value::number(*ms as f64 / 1_000.0));
        let mut row = group.clone();
        row.extend([Value::from(step + 1), Value::from(reached.len()), median]);
        row
    };
    (0..funnel.steps.len()).map(row).collect()
}

fn times(funnel: &Funnel, group: &Group, attempts: &[Vec<i64>]) -> Vec<Vec<Value>> {
    let through = attempts.iter().filter(|times| times.len() == funnel.steps.len());
    let took: Vec<i64> =
        through.filter_map(|times| Some(times.last()?.checked_sub(*times.first()?)? / 1_000)).collect();
    let brackets = TIMES_FROM_S.iter().enumerate().filter(|(_, from)| **from * 1_000 <= funnel.within.ms());
    let row = |(place, from): (usize, &i64)| {
        let to = TIMES_FROM_S.get(place + 1);
        let people = took.iter().filter(|took| *took >= from && to.is_none_or(|to| *took < to)).count();
        let mut row = group.clone();
        row.extend([Value::from(*from), to.map_or(Value::Null, |to| Value::from(*to)), Value::from(people)]);
        row
    };
    brackets.map(row).collect()
}
