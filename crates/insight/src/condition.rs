//! Conditions over columns and traits: which rows are left.

use std::cmp::Ordering;
use std::sync::Arc;

use question::{AskError, Condition, Field, Op};
use serde_json::Value as Json;
use store::{Block, Data, Words};

use crate::item::Item;
use crate::reading::Reading;
use crate::traits::TraitOf;

/// Conditions that must all hold.
pub(crate) struct Conditions<'a> {
    filters: Vec<Filter<'a>>,
    on_traits: Vec<(&'a Condition, TraitOf<'a, bool>)>,
}

impl<'a> Conditions<'a> {
    pub(crate) fn new(conditions: &'a [Condition], reading: &Reading<'a>) -> Self {
        let mut all = Self { filters: Vec::new(), on_traits: Vec::new() };
        for condition in conditions {
            match &condition.field {
                Field::Property(name) => all.filters.push(Filter::new(condition, reading.column(name))),
                Field::Trait(name) => all.on_traits.push((condition, TraitOf::new(reading.who, name))),
            }
        }
        all
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.filters.is_empty() && self.on_traits.is_empty()
    }

    /// Takes out of `rows` those that do not fit.
    pub(crate) fn retain(&mut self, block: &Block<'_>, rows: &mut Vec<u32>) -> Result<(), AskError> {
        for filter in &mut self.filters {
            filter.retain(block, rows);
        }
        for (condition, traits) in &mut self.on_traits {
            let person = |row: u32| block.people().get(row as usize).copied().unwrap_or_default();
            traits.learn(rows.iter().map(|row| person(*row)), &mut |item| Ok(holds(condition, item)))?;
            rows.retain(|row| traits.get(person(*row)).unwrap_or_default());
        }
        Ok(())
    }
}

/// A condition on a property, with what a dictionary's words say remembered.
struct Filter<'a> {
    condition: &'a Condition,
    /// The column of the scan.
    column: usize,
    /// Whether each word of the dictionary seen last fits.
    words: Option<(Arc<Words>, Vec<bool>)>,
}

impl<'a> Filter<'a> {
    fn new(condition: &'a Condition, column: usize) -> Self {
        Self { condition, column, words: None }
    }

    /// Takes out of `rows` those that do not fit.
    fn retain(&mut self, block: &Block<'_>, rows: &mut Vec<u32>) {
        let column = block.column(self.column);
        let absent_fits = holds(self.condition, &Item::Absent);
        if let Data::Codes(codes, words) = column.data() {
            let fits = self.words_that_fit(words);
            let present = column.present();
            rows.retain(|row| {
                let row = *row as usize;
                if present.is_some_and(|present| !present.get(row).copied().unwrap_or_default()) {
                    return absent_fits;
                }
                codes.get(row).and_then(|code| fits.get(*code as usize)).copied().unwrap_or_default()
            });
            return;
        }
        rows.retain(|row| holds(self.condition, &Item::from_column(column.get(*row as usize))));
    }

    fn words_that_fit(&mut self, words: &Arc<Words>) -> &[bool] {
        if !self.words.as_ref().is_some_and(|(known, _)| Arc::ptr_eq(known, words)) {
            let count = u32::try_from(words.len()).unwrap_or(u32::MAX);
            let fits =
                (0..count).map(|code| holds(self.condition, &Item::from_column(words.get(code)))).collect();
            self.words = Some((words.clone(), fits));
        }
        self.words.as_ref().map_or(&[], |(_, fits)| fits)
    }
}

/// Whether `condition` holds of a value.
pub(crate) fn holds(condition: &Condition, item: &Item<'_>) -> bool {
    let wanted = &condition.value;
    let listed = || wanted.as_array().is_some_and(|list| list.iter().any(|one| item.same(one)));
    match condition.op {
        Op::Exists => !item.is_absent(),
        Op::NotExists => item.is_absent(),
        Op::Eq => item.same(wanted),
        Op::Ne => !item.same(wanted),
        Op::In => listed(),
        Op::NotIn => !listed(),
        Op::Gt => item.compare(wanted) == Some(Ordering::Greater),
        Op::Gte => item.compare(wanted).is_some_and(Ordering::is_ge),
        Op::Lt => item.compare(wanted) == Some(Ordering::Less),
        Op::Lte => item.compare(wanted).is_some_and(Ordering::is_le),
        Op::Contains => contains(item, wanted),
        Op::StartsWith => match (item, wanted) {
            (Item::Text(text), Json::String(start)) => text.starts_with(start.as_str()),
            _ => false,
        },
    }
}

fn contains(item: &Item<'_>, wanted: &Json) -> bool {
    match (item, wanted) {
        (Item::Text(text), Json::String(part)) => text.contains(part.as_str()),
        (Item::List(raw), wanted) => serde_json::from_str::<Vec<Json>>(raw).is_ok_and(|list| {
            list.iter().any(|element| match element {
                Json::Array(_) | Json::Object(_) => false,
                element => Item::from_json(element, &mut String::new()).same(wanted),
            })
        }),
        _ => false,
    }
}
