//! Traits that are worked out from what people did: the value of each, and when a window ends that may change it.

use std::collections::HashMap;

use model::{PersonCode, WorkspaceId};
use question::kinds::TEXT_BYTES_MAX;
use question::{AskError, Computed, Who, Worked};
use serde_json::Value;
use store::{Block, Happened, Needs, Scan, View, Walker};

use super::{STEPS_MAX, Whom};
use crate::item::{Canonical, Item, number};
use crate::reading::Reading;
use crate::steps::{Steps, names_of, names_the_house};
use crate::walks::Ended;

/// Windows that end are looked at together, at full minutes.
const LOOK_EVERY_MS: i64 = 60_000;

/// What is the case of one person.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Amount {
    /// The value; nothing where they did nothing that counts.
    pub value: Option<Value>,
    /// When it is to be worked out again though nothing happened, milliseconds since 1970, UTC: the full minute after a window ends.
    pub next_ms: Option<i64>,
}

/// What is told of each: the trait's place in the list, the person, what is the case.
pub type TellAmount<'t> = &'t mut dyn FnMut(usize, PersonCode, Amount);

/// Works out each of `traits` as it is at `now_ms`.
///
/// # Errors
/// As a question's.
pub fn work_out(
    view: &View,
    traits: &[&Computed],
    now_ms: i64,
    who: (WorkspaceId, &dyn Who),
    whom: &Whom<'_>,
    tell: TellAmount<'_>,
) -> Result<(), AskError> {
    for (group, first) in traits.chunks(STEPS_MAX).zip((0..).step_by(STEPS_MAX)) {
        let mut each =
            |index: usize, person: u32, amount: Amount| tell(first + index, PersonCode(person), amount);
        walk(view, group, now_ms, who, whom, &mut each)?;
    }
    Ok(())
}

fn walk(
    view: &View,
    traits: &[&Computed],
    now_ms: i64,
    who: (WorkspaceId, &dyn Who),
    whom: &Whom<'_>,
    each: &mut dyn FnMut(usize, u32, Amount),
) -> Result<(), AskError> {
    let steps = || traits.iter().map(|computed| &computed.step);
    let mut reading = Reading::new(who);
    reading.steps(steps());
    traits.iter().filter_map(|computed| computed.property.as_deref()).for_each(|name| reading.property(name));
    let scan = Scan {
        from_ms: i64::MIN,
        to_ms: i64::MAX,
        events: names_of(steps().map(|step| step.event.as_str())),
        house: names_the_house(steps().map(|step| step.event.as_str())),
        properties: reading.properties.clone(),
        needs: Needs::default(),
    };
    let mut columns: Vec<usize> =
        traits.iter().filter_map(|computed| Some(reading.column(computed.property.as_deref()?))).collect();
    columns.sort_unstable();
    columns.dedup();
    let place = |computed: &Computed| {
        let column = reading.column(computed.property.as_deref()?);
        columns.iter().position(|other| *other == column)
    };
    let mut fold = Fold {
        steps: Steps::new(steps(), &[], &reading),
        rules: traits.iter().map(|computed| Rule::new(computed, place(computed), now_ms)).collect(),
        values: Vec::new(),
        free: Vec::new(),
        columns,
        each,
        seen: Vec::new(),
    };
    match whom {
        Whom::Within(range) => {
            view.walk(&scan, range.clone(), &mut fold).map_err(|ended| ended.0)?;
        }
        Whom::These(people) => {
            view.visit(&scan, people, &mut fold).map_err(|ended| ended.0)?;
            fold.seen.sort_unstable();
            let idle = people.iter().filter(|person| fold.seen.binary_search(&person.0).is_err());
            for person in idle {
                (0..traits.len()).for_each(|index| (fold.each)(index, person.0, Amount::default()));
            }
        }
    }
    Ok(())
}

/// What is made of the events with one bit.
struct Rule {
    measure: Worked,
    /// Which of the values that are kept of an event.
    place: Option<usize>,
    since_ms: i64,
    within_ms: Option<i64>,
}

/// An event: which traits it counts for, and where its values are kept until its person is complete.
#[derive(Clone, Copy, Default)]
struct Mark {
    bits: u32,
    at: u32,
}

struct Fold<'a, 'e> {
    steps: Steps<'a>,
    rules: Vec<Rule>,
    /// The columns whose values are kept.
    columns: Vec<usize>,
    /// So many of each event as there are columns.
    values: Vec<Canonical>,
    /// Places in `values` that are free again.
    free: Vec<u32>,
    each: &'e mut dyn FnMut(usize, u32, Amount),
    seen: Vec<u32>,
}

impl Fold<'_, '_> {
    /// Keeps the values of a row, and says where.
    fn keep(
        values: &mut Vec<Canonical>,
        free: &mut Vec<u32>,
        columns: &[usize],
        block: &Block<'_>,
        row: u32,
    ) -> u32 {
        if columns.is_empty() {
            return 0;
        }
        let width = columns.len();
        let at = free.pop().unwrap_or_else(|| {
            let at = values.len() / width;
            values.resize(values.len() + width, Canonical::Absent);
            u32::try_from(at).unwrap_or(u32::MAX)
        });
        let places = values.iter_mut().skip(at as usize * width).take(width);
        for (place, column) in places.zip(columns) {
            *place = single(&Item::from_column(block.column(*column).get(row as usize)));
        }
        at
    }

    fn amount(&self, index: usize, rule: &Rule, events: &[Happened<Mark>]) -> Amount {
        let counted =
            |event: &&Happened<Mark>| event.mark.bits >> index & 1 != 0 && event.time_ms >= rule.since_ms;
        let done: Vec<(i64, &Canonical)> = events
            .iter()
            .filter(counted)
            .filter_map(|event| {
                let value = match rule.place {
                    Some(place) => self.values.get(event.mark.at as usize * self.columns.len() + place)?,
                    None => &Canonical::Bool(true),
                };
                rule.takes(value).then_some((event.time_ms, value))
            })
            .collect();
        let turning = if rule.measure == Worked::Last { done.last() } else { done.first() };
        let next_ms = turning.zip(rule.within_ms).map(|((time_ms, _), within_ms)| {
            let ends_ms = time_ms.saturating_add(within_ms).saturating_add(1);
            ends_ms.saturating_add(LOOK_EVERY_MS - 1).div_euclid(LOOK_EVERY_MS).saturating_mul(LOOK_EVERY_MS)
        });
        Amount { value: rule.worked_out(&done), next_ms }
    }
}

impl Rule {
    fn new(computed: &Computed, place: Option<usize>, now_ms: i64) -> Self {
        let within_ms = computed.within.map(|within| within.ms);
        let since_ms = within_ms.map_or(i64::MIN, |within_ms| now_ms.saturating_sub(within_ms));
        Self { measure: computed.measure, place, since_ms, within_ms }
    }

    fn takes(&self, value: &Canonical) -> bool {
        match self.measure {
            Worked::Count => true,
            Worked::Sum | Worked::Min | Worked::Max => {
                matches!(value, Canonical::Int(_) | Canonical::Float(_))
            }
            Worked::First | Worked::Last | Worked::MostFrequent => *value != Canonical::Absent,
        }
    }

    fn worked_out(&self, done: &[(i64, &Canonical)]) -> Option<Value> {
        let numbers = || done.iter().map(|(_, value)| number_of(value));
        let last = done.last()?;
        match self.measure {
            Worked::Count => Some(done.len().into()),
            Worked::Sum => Some(sum(done)),
            Worked::Min => numbers().min_by(f64::total_cmp).map(number),
            Worked::Max => numbers().max_by(f64::total_cmp).map(number),
            Worked::First => done.first().map(|(_, value)| value.to_json()),
            Worked::Last => Some(last.1.to_json()),
            Worked::MostFrequent => most_frequent(done),
        }
    }
}

fn number_of(value: &Canonical) -> f64 {
    match value {
        Canonical::Int(number) => *number as f64,
        Canonical::Float(bits) => f64::from_bits(*bits),
        Canonical::Absent | Canonical::Bool(_) | Canonical::Text(_) => 0.0,
    }
}

/// Whole numbers are added exactly, apart from what has a fraction.
fn sum(done: &[(i64, &Canonical)]) -> Value {
    let (mut whole, mut rest) = (0_i128, 0.0);
    for (_, value) in done {
        match value {
            Canonical::Int(number) => whole += i128::from(*number),
            other => rest += number_of(other),
        }
    }
    let sum = number(whole as f64 + rest);
    if rest == 0.0 { i64::try_from(whole).map_or(sum, Value::from) } else { sum }
}

/// Of several that are as frequent, the one that was there last.
fn most_frequent(done: &[(i64, &Canonical)]) -> Option<Value> {
    let mut counts: HashMap<&Canonical, (usize, usize)> = HashMap::new();
    for (place, (_, value)) in done.iter().enumerate() {
        let count = counts.entry(*value).or_default();
        *count = (count.0 + 1, place);
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(value, _)| value.to_json())
}

/// A value that is a single one; lists and long texts are none.
fn single(item: &Item<'_>) -> Canonical {
    match item {
        Item::List(_) => Canonical::Absent,
        Item::Text(text) if text.len() > TEXT_BYTES_MAX => Canonical::Absent,
        item => item.canonical(),
    }
}

impl Walker for Fold<'_, '_> {
    type Mark = Mark;
    type Error = Ended;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, Mark)>) -> Result<(), Ended> {
        let Self { steps, values, free, columns, .. } = self;
        let (rows, bits) = steps.mark(block)?;
        for (row, bits) in rows.iter().zip(bits).filter(|(_, bits)| **bits != 0) {
            let at = Self::keep(values, free, columns, block, *row);
            keep.push((*row, Mark { bits: *bits, at }));
        }
        Ok(())
    }

    fn person(&mut self, person: u32, events: &[Happened<Mark>]) -> Result<(), Ended> {
        self.seen.push(person);
        for index in 0..self.rules.len() {
            let Some(rule) = self.rules.get(index) else { continue };
            let amount = self.amount(index, rule, events);
            (self.each)(index, person, amount);
        }
        if !self.columns.is_empty() {
            self.free.extend(events.iter().map(|event| event.mark.at));
        }
        Ok(())
    }
}
