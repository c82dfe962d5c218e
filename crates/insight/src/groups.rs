//! Groups: the combinations of the values of `by`, numbered as they come.

use std::cmp::Reverse;
use std::sync::Arc;

use hashbrown::HashMap;
use question::AskError;
use question::plain::GROUPS_SHOWN;
use serde_json::Value as Json;
use store::{Block, Column, Data, Words};

use crate::item::{Canonical, Item};
use crate::traits::TraitOf;

/// The most groups that are told apart while counting; questions with more are refused.
pub(crate) const GROUPS_MAX: usize = 200_000;
/// The most fields to group by; the reader of questions refuses more.
const FIELDS_MAX: usize = 3;
/// The number of rows that are in none of the groups looked for.
pub(crate) const NO_GROUP: u32 = u32::MAX;

/// Why rows could not be grouped.
pub(crate) enum GroupError {
    /// There are more groups than allowed.
    TooMany,
    /// Traits could not be had.
    Ask(AskError),
}

/// Groups by number.
pub(crate) struct Groups<'a> {
    dimensions: Vec<Dimension<'a>>,
    numbers: HashMap<[u32; FIELDS_MAX], u32>,
    list: Vec<[u32; FIELDS_MAX]>,
    /// Where there is one field: the group of each of its values, as far as it was looked for.
    of_value: Vec<u32>,
    /// How many groups there may be; none are added if this is 0.
    limit: usize,
}

/// A dictionary is small if there are so many times as many rows.
const WORDS_FEW: usize = 4;
/// In the place of the group of a value that was not looked for yet.
const UNKNOWN: u32 = u32::MAX - 1;

/// One field of `by`.
pub(crate) struct Dimension<'a> {
    source: Source<'a>,
    values: Values,
}

enum Source<'a> {
    /// A column of the scan, with the numbers of the words of the dictionary seen last.
    Column(usize, Option<(Arc<Words>, Vec<u32>)>),
    Trait(TraitOf<'a, u32>),
}

impl<'a> Dimension<'a> {
    pub(crate) fn column(index: usize) -> Self {
        Self { source: Source::Column(index, None), values: Values::default() }
    }

    pub(crate) fn of_trait(values: TraitOf<'a, u32>) -> Self {
        Self { source: Source::Trait(values), values: Values::default() }
    }

    /// Puts the numbers of the values of `rows` into `numbers`.
    fn numbers(&mut self, block: &Block<'_>, rows: &[u32], numbers: &mut Vec<u32>) -> Result<(), AskError> {
        let values = &mut self.values;
        numbers.clear();
        match &mut self.source {
            Source::Column(index, words) => {
                column_numbers(block.column(*index), words, values, (rows, numbers));
            }
            Source::Trait(traits) => {
                let people = || rows.iter().filter_map(|row| block.people().get(*row as usize).copied());
                traits.learn(people(), &mut |item| Ok(values.number(item)))?;
                numbers.extend(people().map(|person| traits.get(person).unwrap_or(NO_GROUP)));
            }
        }
        Ok(())
    }
}

/// The numbers of the words of a dictionary, as far as rows had them.
fn remembered<'k>(
    known: &'k mut Option<(Arc<Words>, Vec<u32>)>,
    words: &Arc<Words>,
) -> Option<&'k mut (Arc<Words>, Vec<u32>)> {
    if !known.as_ref().is_some_and(|(known, _)| Arc::ptr_eq(known, words)) {
        // Not numbered at once: words that no row has must not become values.
        *known = Some((words.clone(), vec![NO_GROUP; words.len()]));
    }
    known.as_mut()
}

fn column_numbers(
    column: &Column,
    known: &mut Option<(Arc<Words>, Vec<u32>)>,
    values: &mut Values,
    (rows, numbers): (&[u32], &mut Vec<u32>),
) {
    let Data::Codes(codes, words) = column.data() else {
        let value = |row: &u32| values.number(&Item::from_column(column.get(*row as usize)));
        numbers.extend(rows.iter().map(value));
        return;
    };
    let Some((_, of_code)) = remembered(known, words) else { return };
    let code_of = |row: u32| codes.get(row as usize).copied().unwrap_or_default();
    let is_there = |row: u32| {
        column.present().is_none_or(|present| present.get(row as usize).copied().unwrap_or_default())
    };
    let mut number = |code: u32, values: &mut Values| match of_code.get_mut(code as usize) {
        Some(number) if *number != NO_GROUP => *number,
        Some(number) => {
            *number = values.number(&Item::from_column(words.get(code)));
            *number
        }
        None => NO_GROUP,
    };
    if column.present().is_none() {
        numbers.extend(rows.iter().map(|row| number(code_of(*row), values)));
        return;
    }
    let absent = values.number(&Item::Absent);
    let value = |row: &u32| if is_there(*row) { number(code_of(*row), values) } else { absent };
    numbers.extend(rows.iter().map(value));
}

impl<'a> Groups<'a> {
    /// At most `limit` groups, taken up as they come.
    pub(crate) fn open(dimensions: Vec<Dimension<'a>>, limit: usize) -> Self {
        let mut groups =
            Self { dimensions, numbers: HashMap::default(), list: Vec::new(), of_value: Vec::new(), limit };
        if groups.dimensions.is_empty() {
            groups.numbers.insert([0; FIELDS_MAX], 0);
            groups.list.push([0; FIELDS_MAX]);
        }
        groups
    }

    /// These groups and no others.
    pub(crate) fn only(dimensions: Vec<Dimension<'a>>, keys: &[Vec<Canonical>]) -> Self {
        let mut groups = Self::open(dimensions, usize::MAX);
        for key in keys {
            groups.number(key);
        }
        groups.limit = 0;
        groups
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether some rows may be in none of the groups.
    pub(crate) fn is_closed(&self) -> bool {
        self.limit == 0
    }

    /// Puts the group of each of `rows` into `groups`.
    pub(crate) fn assign(
        &mut self,
        block: &Block<'_>,
        rows: &[u32],
        groups: &mut Vec<u32>,
    ) -> Result<(), GroupError> {
        groups.clear();
        match self.dimensions.as_mut_slice() {
            [] => {
                groups.resize(rows.len(), 0);
                Ok(())
            }
            [dimension] => {
                dimension.numbers(block, rows, groups).map_err(GroupError::Ask)?;
                self.assign_values(groups)
            }
            _ => self.assign_keys(block, rows, groups),
        }
    }

    /// Counts `rows` by group without looking at each of them more than once, where that is possible: by one column
    /// with few words. `None` where it is not.
    pub(crate) fn count(
        &mut self,
        block: &Block<'_>,
        rows: &[u32],
    ) -> Result<Option<Vec<(u32, u64)>>, GroupError> {
        let [dimension] = self.dimensions.as_mut_slice() else { return Ok(None) };
        let Source::Column(index, known) = &mut dimension.source else { return Ok(None) };
        let column = block.column(*index);
        let (Data::Codes(codes, words), None) = (column.data(), column.present()) else { return Ok(None) };
        if words.len() * WORDS_FEW > rows.len() {
            return Ok(None);
        }
        let mut of_code = vec![0_u64; words.len()];
        let mut count = |code: u32| {
            if let Some(count) = of_code.get_mut(code as usize) {
                *count += 1;
            }
        };
        if rows.len() == codes.len() {
            codes.iter().for_each(|code| count(*code));
        } else {
            rows.iter().filter_map(|row| codes.get(*row as usize)).for_each(|code| count(*code));
        }
        let Some((_, numbers)) = remembered(known, words) else { return Ok(None) };
        let mut counts = Vec::new();
        for ((code, count), number) in
            (0_u32..).zip(of_code).zip(numbers).filter(|((_, count), _)| *count > 0)
        {
            if *number == NO_GROUP {
                *number = dimension.values.next(&Item::from_column(words.get(code)));
            }
            counts.push((*number, count));
        }
        for (number, _) in &mut counts {
            self.assign_values(std::slice::from_mut(number))?;
        }
        Ok(Some(counts))
    }

    /// The group of rows whose one field has this word, or has no value.
    pub(crate) fn of_word(&mut self, word: Option<(&Arc<Words>, u32)>) -> Result<u32, GroupError> {
        let [dimension] = self.dimensions.as_mut_slice() else { return Ok(0) };
        let mut number = match (&mut dimension.source, word) {
            (Source::Column(_, known), Some((words, code))) => {
                let of_code =
                    remembered(known, words).and_then(|(_, of_code)| of_code.get_mut(code as usize));
                match of_code {
                    Some(number) if *number != NO_GROUP => *number,
                    Some(number) => {
                        *number = dimension.values.next(&Item::from_column(words.get(code)));
                        *number
                    }
                    None => dimension.values.number(&Item::Absent),
                }
            }
            _ => dimension.values.number(&Item::Absent),
        };
        self.assign_values(std::slice::from_mut(&mut number))?;
        Ok(number)
    }

    /// Where there is one field: puts groups in the place of the numbers of its values.
    fn assign_values(&mut self, numbers: &mut [u32]) -> Result<(), GroupError> {
        let values = self.dimensions.first().map_or(0, |dimension| dimension.values.len());
        self.of_value.resize(values, UNKNOWN);
        for number in numbers {
            *number = match self.of_value.get(*number as usize) {
                Some(group) if *group != UNKNOWN => *group,
                _ => {
                    let mut key = [0; FIELDS_MAX];
                    if let Some(slot) = key.first_mut() {
                        *slot = *number;
                    }
                    let group = self.find(key)?;
                    if let Some(known) = self.of_value.get_mut(*number as usize) {
                        *known = group;
                    }
                    group
                }
            };
        }
        Ok(())
    }

    fn assign_keys(
        &mut self,
        block: &Block<'_>,
        rows: &[u32],
        groups: &mut Vec<u32>,
    ) -> Result<(), GroupError> {
        let mut keys = vec![[0; FIELDS_MAX]; rows.len()];
        let mut numbers = Vec::new();
        for (index, dimension) in self.dimensions.iter_mut().enumerate() {
            dimension.numbers(block, rows, &mut numbers).map_err(GroupError::Ask)?;
            for (key, number) in keys.iter_mut().zip(&numbers) {
                if let Some(slot) = key.get_mut(index) {
                    *slot = *number;
                }
            }
        }
        let mut before = ([u32::MAX; FIELDS_MAX], NO_GROUP);
        for key in keys {
            // Rows of one person follow each other, and mostly fall into one group.
            if key != before.0 {
                before = (key, self.find(key)?);
            }
            groups.push(before.1);
        }
        Ok(())
    }

    fn find(&mut self, key: [u32; FIELDS_MAX]) -> Result<u32, GroupError> {
        if let Some(number) = self.numbers.get(&key) {
            return Ok(*number);
        }
        if self.limit == 0 {
            return Ok(NO_GROUP);
        }
        if self.list.len() >= self.limit {
            return Err(GroupError::TooMany);
        }
        Ok(self.add(key))
    }

    fn add(&mut self, key: [u32; FIELDS_MAX]) -> u32 {
        let number = u32::try_from(self.list.len()).unwrap_or(NO_GROUP);
        self.numbers.insert(key, number);
        self.list.push(key);
        number
    }

    /// The number of a group, which is added if it is new.
    pub(crate) fn number(&mut self, key: &[Canonical]) -> u32 {
        let mut numbers = [0; FIELDS_MAX];
        for ((slot, dimension), value) in numbers.iter_mut().zip(&mut self.dimensions).zip(key) {
            *slot = dimension.values.of(value);
        }
        match self.numbers.get(&numbers) {
            Some(number) => *number,
            None => self.add(numbers),
        }
    }

    /// Takes in all groups of another; the number here of each.
    pub(crate) fn take_in(&mut self, other: &Self) -> Vec<u32> {
        let dimensions = self.dimensions.iter_mut().zip(&other.dimensions);
        let values: Vec<Vec<u32>> = dimensions
            .map(|(own, other)| other.values.list.iter().map(|value| own.values.of(value)).collect())
            .collect();
        let number_of = |numbers: &[u32; FIELDS_MAX]| {
            let mut own = [0; FIELDS_MAX];
            for ((slot, values), number) in own.iter_mut().zip(&values).zip(numbers) {
                *slot = values.get(*number as usize).copied().unwrap_or_default();
            }
            own
        };
        let keys: Vec<[u32; FIELDS_MAX]> = other.list.iter().map(number_of).collect();
        keys.into_iter()
            .map(|key| match self.numbers.get(&key) {
                Some(number) => *number,
                None => self.add(key),
            })
            .collect()
    }

    /// The values of a group.
    fn key(&self, group: u32) -> Vec<Canonical> {
        let numbers = self.list.get(group as usize).into_iter().flatten();
        let values = self.dimensions.iter().zip(numbers);
        values.map(|(dimension, number)| dimension.values.get(*number)).collect()
    }

    /// The largest of groups that are counted: as many as are shown, largest first and, where two are equally large, by their values.
    pub(crate) fn largest(&self, counted: impl Iterator<Item = (u32, u64)>) -> Largest {
        let mut counted: Vec<(u32, u64)> = counted.collect();
        let (groups, rows): (usize, u64) = (counted.len(), counted.iter().map(|(_, rows)| rows).sum());
        if groups > GROUPS_SHOWN {
            // The values of smaller ones need not be looked at.
            let (_, last, _) =
                counted.select_nth_unstable_by_key(GROUPS_SHOWN - 1, |(_, rows)| Reverse(*rows));
            let least = last.1;
            counted.retain(|(_, rows)| *rows >= least);
        }
        let keyed = counted.into_iter().map(|(group, rows)| (group, self.key(group), rows));
        let mut shown: Vec<(u32, Vec<Canonical>, u64)> = keyed.collect();
        shown.sort_by_cached_key(|(_, key, rows)| (Reverse(*rows), key_text(key)));
        shown.truncate(GROUPS_SHOWN);
        let shown_rows: u64 = shown.iter().map(|(_, _, rows)| rows).sum();
        let others = (groups.saturating_sub(shown.len()) as u64, rows.saturating_sub(shown_rows));
        Largest { shown, others }
    }
}

/// The groups that are shown.
pub(crate) struct Largest {
    /// The number of each, its values, and how many rows it has.
    pub(crate) shown: Vec<(u32, Vec<Canonical>, u64)>,
    /// How many others there are, and how many rows these have.
    pub(crate) others: (u64, u64),
}

/// Values by number.
#[derive(Default)]
pub(crate) struct Values {
    texts: HashMap<Box<str>, u32>,
    others: HashMap<Canonical, u32>,
    list: Vec<Canonical>,
    /// Of each value the one that was asked for after it, and which was asked for last.
    followers: Vec<u32>,
    last: u32,
}

impl Values {
    /// As [`Values::number`], for the words of a dictionary in their order: the word after the one before is mostly the one that
    /// came after it in another chunk, and then nothing has to be looked up.
    fn next(&mut self, item: &Item<'_>) -> u32 {
        let follower = self.followers.get(self.last as usize).copied().unwrap_or(NO_GROUP);
        let number = match (self.list.get(follower as usize), item) {
            (Some(Canonical::Text(known)), Item::Text(text)) if **known == **text => follower,
            _ => self.number(item),
        };
        if number != follower {
            self.followers.resize(self.list.len(), NO_GROUP);
            if let Some(slot) = self.followers.get_mut(self.last as usize) {
                *slot = number;
            }
        }
        self.last = number;
        number
    }

    pub(crate) fn number(&mut self, item: &Item<'_>) -> u32 {
        match item {
            Item::Text(text) | Item::List(text) => match self.texts.get(*text) {
                Some(number) => *number,
                None => self.add(item.canonical()),
            },
            other => self.of(&other.canonical()),
        }
    }

    pub(crate) fn of(&mut self, value: &Canonical) -> u32 {
        let known = match value {
            Canonical::Text(text) => self.texts.get(text),
            other => self.others.get(other),
        };
        match known {
            Some(number) => *number,
            None => self.add(value.clone()),
        }
    }

    fn add(&mut self, value: Canonical) -> u32 {
        let number = u32::try_from(self.list.len()).unwrap_or(NO_GROUP);
        match &value {
            Canonical::Text(text) => self.texts.insert(text.clone(), number),
            other => self.others.insert(other.clone(), number),
        };
        self.list.push(value);
        number
    }

    pub(crate) fn get(&self, number: u32) -> Canonical {
        self.list.get(number as usize).cloned().unwrap_or(Canonical::Absent)
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }
}

/// What a group is ordered by where two are equally large.
fn key_text(key: &[Canonical]) -> String {
    Json::Array(key.iter().map(Canonical::to_json).collect()).to_string()
}
