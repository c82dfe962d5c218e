//! What a value of a row is, and when a condition holds.

use std::cmp::Ordering;

use serde_json::Value;

use super::{PlainRow, Traits};
use crate::{Condition, Field, Op};

/// The value of a property of `row`: from `properties`, else from `context`.
///
/// Nested names are joined by dots. Where several spell the same (`{"a":{"b":1},"a.b":2}`), the one nested
/// most in the earliest part counts. Objects and nulls are no values.
pub fn lookup(row: &PlainRow, name: &str) -> Option<Value> {
    within(&row.properties, name).or_else(|| within(&row.context, name))
}

fn within(object: &Value, name: &str) -> Option<Value> {
    let object = object.as_object()?;
    // Split at every dot, the shortest first part first.
    for (at, _) in name.match_indices('.') {
        let (head, tail) = (name.get(..at)?, name.get(at + 1..)?);
        if let Some(found) = object.get(head).and_then(|inner| within(inner, tail)) {
            return Some(found);
        }
    }
    object.get(name).filter(|value| !value.is_null() && !value.is_object()).cloned()
}

pub(super) fn field(row: &PlainRow, field: &Field, traits: Traits<'_>) -> Option<Value> {
    match field {
        Field::Property(name) => lookup(row, name),
        Field::Trait(name) => traits(row.person, name).filter(|value| !value.is_null() && !value.is_object()),
    }
}

/// Whether two values are the same: numbers by value.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(_), Value::Number(_)) => compare(a, b) == Some(Ordering::Equal),
        _ => a == b,
    }
}

/// Whether `condition` holds of `row`.
pub fn holds(row: &PlainRow, condition: &Condition, traits: Traits<'_>) -> bool {
    let value = field(row, &condition.field, traits);
    let wanted = &condition.value;
    let listed =
        |value: &Value| wanted.as_array().is_some_and(|list| list.iter().any(|one| same(value, one)));
    let ordering = || value.as_ref().and_then(|value| compare(value, wanted));
    match condition.op {
        Op::Exists => value.is_some(),
        Op::NotExists => value.is_none(),
        Op::Eq => value.is_some_and(|value| same(&value, wanted)),
        Op::Ne => !value.is_some_and(|value| same(&value, wanted)),
        Op::In => value.is_some_and(|value| listed(&value)),
        Op::NotIn => !value.is_some_and(|value| listed(&value)),
        Op::Gt => ordering() == Some(Ordering::Greater),
        Op::Gte => matches!(ordering(), Some(Ordering::Greater | Ordering::Equal)),
        Op::Lt => ordering() == Some(Ordering::Less),
        Op::Lte => matches!(ordering(), Some(Ordering::Less | Ordering::Equal)),
        Op::Contains => match (&value, wanted) {
            (Some(Value::String(text)), Value::String(part)) => text.contains(part.as_str()),
            (Some(Value::Array(items)), wanted) => items.iter().any(|item| same(item, wanted)),
            _ => false,
        },
        Op::StartsWith => match (&value, wanted) {
            (Some(Value::String(text)), Value::String(start)) => text.starts_with(start.as_str()),
            _ => false,
        },
    }
}

fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
        },
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// A value as groups show it: numbers in one form, lists as their JSON text.
pub(super) fn normal(value: &Value) -> Value {
    match value {
        Value::Number(given) if given.as_i64().is_none() => given.as_f64().map_or(Value::Null, number),
        Value::Array(_) => Value::String(value.to_string()),
        _ => value.clone(),
    }
}

/// A number as answers show it: whole ones without a fraction.
pub(crate) fn number(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= EXACT {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}
