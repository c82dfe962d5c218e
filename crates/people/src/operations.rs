//! Operations on traits: what an event changes about a trait's value instead of replacing it. They stand
//! among the traits under reserved names, each with an object of names and values below it:
//! `{"$add":{"visits":1},"$unset":{"plan":null}}`.
//!
//! | operation | the trait becomes |
//! |---|---|
//! | `$set_once` | the value, if there was none |
//! | `$add` | the sum; of nothing, the number |
//! | `$append` | the list with the value at its end; of nothing, a list of it |
//! | `$union` | the list with those values at its end that it lacked |
//! | `$remove` | the list without the value |
//! | `$unset` | nothing |
//!
//! Operations take effect in the order of the journal, whatever times their events bear: a sum has no latest
//! summand. An entry takes effect once, since a repeated one is known by its message id before. What an
//! operation does not fit (a sum of texts) is counted as beyond a limit, and changes nothing.

use std::borrow::Cow;

use model::{EventRecord, PersonCode};
use serde_json::{Number, Value};

use crate::batch::{Batch, Room};
use crate::error::PeopleError;
use crate::traits::{NO_VALUE, TRAIT, TRAIT_BYTES_MAX, TRAITS_MAX, TraitRow};

/// What is done to a trait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operation {
    SetOnce,
    Add,
    Append,
    Union,
    Remove,
    Unset,
}

impl Operation {
    const ALL: [Self; 6] = [Self::SetOnce, Self::Add, Self::Append, Self::Union, Self::Remove, Self::Unset];

    /// The reserved name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::SetOnce => "$set_once",
            Self::Add => "$add",
            Self::Append => "$append",
            Self::Union => "$union",
            Self::Remove => "$remove",
            Self::Unset => "$unset",
        }
    }

    /// The operation of that name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.as_str() == name)
    }

    /// Whether a sealed value's name, such as `$set_once.email`, stands below an operation.
    pub(crate) fn is_above(sealed: &str) -> bool {
        sealed.split_once('.').is_some_and(|(first, _)| Self::of(first).is_some())
    }

    /// What the present value (`None`: there is none) becomes; nothing where it stays as it is.
    ///
    /// # Errors
    /// The operation does not fit the values.
    pub(crate) fn apply(self, present: Option<&Value>, given: &Value) -> Result<Option<Value>, Unfit> {
        let list = || match present {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) => Ok(list.clone()),
            Some(_) => Err(Unfit),
        };
        match self {
            Self::SetOnce => Ok(present.is_none().then(|| given.clone())),
            Self::Add => match (present, given) {
                (None, Value::Number(_)) => Ok(Some(given.clone())),
                (Some(Value::Number(present)), Value::Number(given)) => {
                    sum(present, given).map(|sum| Some(Value::Number(sum))).ok_or(Unfit)
                }
                _ => Err(Unfit),
            },
            Self::Append => {
                let mut list = list()?;
                list.push(given.clone());
                Ok(Some(Value::Array(list)))
            }
            Self::Union => {
                let mut list = list()?;
                let before = list.len();
                let given = match given {
                    Value::Array(given) => given.as_slice(),
                    only => std::slice::from_ref(only),
                };
                for value in given {
                    if !list.contains(value) {
                        list.push(value.clone());
                    }
                }
                Ok((list.len() > before).then_some(Value::Array(list)))
            }
            Self::Remove => {
                let mut list = list()?;
                let before = list.len();
                list.retain(|value| value != given);
                Ok((list.len() < before).then_some(Value::Array(list)))
            }
            Self::Unset => Ok(present.is_some().then_some(Value::Null)),
        }
    }

    /// The same on values as they are stored and sent; a `null` is no value.
    ///
    /// # Errors
    /// The operation does not fit the values, or what came of it is longer than a trait may be.
    pub(crate) fn apply_json(self, present: Option<&str>, given: &str) -> Result<Option<String>, Unfit> {
        let read = |text: &str| serde_json::from_str::<Value>(text).map_err(|_| Unfit);
        let present = present.map(read).transpose()?.filter(|value| !value.is_null());
        let Some(value) = self.apply(present.as_ref(), &read(given)?)? else { return Ok(None) };
        let text = value.to_string();
        if text.len() > TRAIT_BYTES_MAX { Err(Unfit) } else { Ok(Some(text)) }
    }
}

/// The operation and the values do not go together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Unfit;

/// Whole numbers are added exactly; nothing where no number is the sum.
fn sum(one: &Number, other: &Number) -> Option<Number> {
    if let (Some(one), Some(other)) = (one.as_i64(), other.as_i64())
        && let Some(sum) = one.checked_add(other)
    {
        return Some(sum.into());
    }
    Number::from_f64(one.as_f64()? + other.as_f64()?)
}

/// The names and values below an operation. `$unset` may be a list of names as well.
pub(crate) fn below(operation: Operation, raw: &str) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
    let mut members = Vec::new();
    let read = |members: &mut Vec<(Cow<'_, str>, Cow<'_, str>)>| -> Result<(), sonic_rs::Error> {
        if operation == Operation::Unset && raw.trim_start().starts_with('[') {
            let names: Vec<String> = sonic_rs::from_str(raw)?;
            members.extend(names.into_iter().map(|name| (Cow::Owned(name), Cow::Borrowed(NO_VALUE))));
        }
        Ok(())
    };
    if read(&mut members).is_err() || !members.is_empty() {
        return members;
    }
    for member in sonic_rs::to_object_iter(raw) {
        let Ok((name, value)) = member else { return Vec::new() };
        members.push((Cow::Owned(name.to_string()), Cow::Owned(value.as_raw_str().to_owned())));
    }
    members
}

impl Batch<'_> {
    /// Carries out one operation of an event on each trait that it names.
    pub(crate) fn operate(
        &mut self,
        room: &Room,
        person: PersonCode,
        (operation, raw): (Operation, &str),
        event: &EventRecord,
    ) -> Result<(), PeopleError> {
        let members = below(operation, raw);
        for (name, given) in members.iter().take(TRAITS_MAX) {
            if !is_name(name) {
                self.count_overflow(room, person, TRAIT)?;
                continue;
            }
            match operation {
                Operation::Unset => self.write_plain(room, person, name, NO_VALUE, event)?,
                Operation::SetOnce => self.set_once(room, person, (name, given), event)?,
                _ => self.change(room, person, operation, (name, given), event)?,
            }
        }
        for _ in members.iter().skip(TRAITS_MAX) {
            self.count_overflow(room, person, TRAIT)?;
        }
        Ok(())
    }

    /// Sets a trait that has no value yet, and the sealed values in it.
    fn set_once(
        &mut self,
        room: &Room,
        person: PersonCode,
        (name, given): (&str, &str),
        event: &EventRecord,
    ) -> Result<(), PeopleError> {
        if self.present(room, person, name)?.is_some_and(|row| row.plain.as_deref() != Some(NO_VALUE)) {
            return Ok(());
        }
        let prefix = format!("{}.", Operation::SetOnce.as_str());
        let mut is_sealed = false;
        for sealed in &event.sealed {
            let Some(own) = sealed.name.strip_prefix(&prefix) else { continue };
            let is_inside = own.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
            if own == name || is_inside {
                is_sealed |= own == name;
                let sealed = model::SealedValue { name: own.to_owned(), ..sealed.clone() };
                self.write_sealed_within_limits(room, person, &sealed, event)?;
            }
        }
        if is_sealed {
            return Ok(());
        }
        if given.len() > TRAIT_BYTES_MAX {
            return self.count_overflow(room, person, TRAIT);
        }
        self.write_plain_only(room, person, name, given, event)?;
        Ok(())
    }

    /// Changes a plain trait. A personal value has no place in a list: it is not kept, and counted.
    fn change(
        &mut self,
        room: &Room,
        person: PersonCode,
        operation: Operation,
        (name, given): (&str, &str),
        event: &EventRecord,
    ) -> Result<(), PeopleError> {
        let own = format!("{}.{name}", operation.as_str());
        let is_inside = |sealed: &str| {
            sealed.strip_prefix(&own).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let earlier = self.present(room, person, name)?;
        let is_sealed = earlier.as_ref().is_some_and(|earlier| earlier.class.is_some());
        if is_sealed || event.sealed.iter().any(|sealed| is_inside(&sealed.name)) {
            return self.count_overflow(room, person, TRAIT);
        }
        let present = earlier.as_ref().and_then(|earlier| earlier.plain.as_deref());
        match operation.apply_json(present, given) {
            Ok(Some(plain)) => {
                let time_ms =
                    earlier.as_ref().map_or(event.time_ms, |earlier| earlier.time_ms.max(event.time_ms));
                let Some((no, _)) = self.place(room, person, name, time_ms)? else { return Ok(()) };
                let name = name.to_owned();
                let row = TraitRow { no, name, time_ms, plain: Some(plain), class: None, hash: None };
                self.put_trait(room, person, &row)?;
                self.remember(room, person, (earlier.as_ref(), &row), event)
            }
            Ok(None) => Ok(()),
            Err(Unfit) => self.count_overflow(room, person, TRAIT),
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= model::limits::NAME_BYTES_MAX && Operation::of(name).is_none()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn check(
        operation: Operation,
        present: Option<Value>,
        given: Value,
        expected: Result<Option<Value>, Unfit>,
    ) {
        assert_eq!(operation.apply(present.as_ref(), &given), expected, "{operation:?} {present:?} {given}");
    }

    #[test]
    fn operations_do_what_their_table_says() {
        use Operation::{Add, Append, Remove, SetOnce, Union, Unset};
        for (operation, present, given, expected) in [
            (SetOnce, None, json!("a"), Ok(Some(json!("a")))),
            (SetOnce, Some(json!("b")), json!("a"), Ok(None)),
            (Add, None, json!(2), Ok(Some(json!(2)))),
            (Add, Some(json!(40)), json!(2), Ok(Some(json!(42)))),
            (Add, Some(json!(1.5)), json!(-1), Ok(Some(json!(0.5)))),
            (Add, Some(json!(i64::MAX)), json!(1), Ok(Some(json!(9.223_372_036_854_776e18)))),
            (Add, Some(json!("40")), json!(2), Err(Unfit)),
            (Add, None, json!("2"), Err(Unfit)),
            (Append, None, json!("a"), Ok(Some(json!(["a"])))),
            (Append, Some(json!(["a"])), json!("a"), Ok(Some(json!(["a", "a"])))),
            (Append, Some(json!("a")), json!("b"), Err(Unfit)),
            (Union, None, json!(["a", "a"]), Ok(Some(json!(["a"])))),
            (Union, Some(json!(["a"])), json!(["b", "a"]), Ok(Some(json!(["a", "b"])))),
            (Union, Some(json!(["a"])), json!("a"), Ok(None)),
            (Union, Some(json!(7)), json!(["a"]), Err(Unfit)),
            (Remove, Some(json!(["a", "b", "a"])), json!("a"), Ok(Some(json!(["b"])))),
            (Remove, Some(json!(["b"])), json!("a"), Ok(None)),
            (Remove, None, json!("a"), Ok(None)),
            (Remove, Some(json!({})), json!("a"), Err(Unfit)),
            (Unset, Some(json!(1)), json!(null), Ok(Some(json!(null)))),
            (Unset, None, json!(null), Ok(None)),
        ] {
            check(operation, present, given, expected);
        }
    }

    #[test]
    fn names_stand_below_an_operation() {
        let names = |operation, raw| {
            below(operation, raw).into_iter().map(|(name, _)| name.into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(Operation::Unset, r#"["a","b"]"#), ["a", "b"]);
        assert_eq!(names(Operation::Unset, r#"{"a":null}"#), ["a"]);
        assert_eq!(names(Operation::Add, r#"{"a":1,"b.c":2}"#), ["a", "b.c"]);
        for raw in ["[]", "[1]", "7", "\"x\"", "{", ""] {
            assert!(
                names(Operation::Unset, raw).is_empty() && names(Operation::Add, raw).is_empty(),
                "{raw}"
            );
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let plain = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[a-c]{0,2}".prop_map(Value::from),
        ];
        prop_oneof![3 => plain.clone(), 1 => prop::collection::vec(plain, 0..4).prop_map(Value::from)]
    }

    proptest! {
        #[test]
        fn some_operations_change_nothing_the_second_time(present in prop::option::of(value()), given in value()) {
            for operation in [Operation::SetOnce, Operation::Union, Operation::Remove] {
                if let Ok(Some(once)) = operation.apply(present.as_ref(), &given) {
                    prop_assert_eq!(operation.apply(Some(&once), &given), Ok(None));
                }
            }
        }

        #[test]
        fn sums_do_not_depend_on_their_order(one in -1_000_000_i64..1_000_000, other in -1_000_000_i64..1_000_000) {
            let add = |first: i64, second: i64| {
                let sum = Operation::Add.apply(None, &json!(first)).unwrap();
                Operation::Add.apply(sum.as_ref(), &json!(second)).unwrap()
            };
            prop_assert_eq!(add(one, other), add(other, one));
        }

        #[test]
        fn any_texts_are_answered(present in ".{0,40}", given in ".{0,40}") {
            for operation in Operation::ALL {
                let _ = operation.apply_json(Some(&present), &given);
                let _ = below(operation, &given);
            }
        }
    }
}
