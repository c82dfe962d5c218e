//! The plain meaning of traits that are worked out from what somebody did.

use std::collections::BTreeMap;

use serde_json::Value;

use super::history::{histories, is};
use super::{PlainRow, Traits, lookup, same, sums, value};
use crate::kinds::{Computed, TEXT_BYTES_MAX, Worked};

/// The value of everybody who has one, by person, as it is at `now_ms`.
pub fn computed(
    rows: &[PlainRow],
    computed: &Computed,
    now_ms: i64,
    traits: Traits<'_>,
) -> BTreeMap<u32, Value> {
    let since_ms = computed.within.map_or(i64::MIN, |within| now_ms.saturating_sub(within.ms));
    let mut found = BTreeMap::new();
    for (person, history) in histories(rows, &[], traits) {
        let done: Vec<&PlainRow> = history
            .iter()
            .filter(|past| past.at.0 >= since_ms && is(past.row, &computed.step, traits))
            .map(|past| past.row)
            .collect();
        if let Some(value) = worked_out(&done, computed) {
            found.insert(person, value);
        }
    }
    found
}

fn worked_out(done: &[&PlainRow], computed: &Computed) -> Option<Value> {
    let property = computed.property.as_deref().unwrap_or_default();
    let singles: Vec<Value> = done.iter().filter_map(|row| lookup(row, property)).filter(is_single).collect();
    let mut numbers: Vec<f64> = singles.iter().filter_map(Value::as_f64).collect();
    numbers.sort_by(f64::total_cmp);
    let shown = |value: &Value| value::normal(value);
    match computed.measure {
        Worked::Count => (!done.is_empty()).then(|| done.len().into()),
        Worked::Sum if numbers.is_empty() => None,
        Worked::Sum => {
            let (whole, rest) = sums(singles.iter().map(value::normal));
            let sum = value::number(whole as f64 + rest);
            Some(if rest == 0.0 { i64::try_from(whole).map_or(sum, Value::from) } else { sum })
        }
        Worked::Min => numbers.first().map(|number| value::number(*number)),
        Worked::Max => numbers.last().map(|number| value::number(*number)),
        Worked::First => singles.first().map(shown),
        Worked::Last => singles.last().map(shown),
        Worked::MostFrequent => {
            let often = |value: &Value| singles.iter().filter(|other| same(other, value)).count();
            // The last of those that are equal is taken.
            singles.iter().max_by_key(|value| often(value)).map(shown)
        }
    }
}

fn is_single(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() <= TEXT_BYTES_MAX,
        Value::Number(_) | Value::Bool(_) => true,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}
