//! Judging people by audiences, for segments: who is in each, and when a window ends that may change that.
//!
//! The same reading as a question about people (`people`), person by person: either of a few people, who are all known
//! to have done something, or of everybody in a range of codes who has an event.

mod computed;
mod rule;

use std::ops::RangeInclusive;

use model::{PersonCode, WorkspaceId};
use question::{AskError, Audience, Condition, Field, Step, Who};
use store::{Block, Happened, Needs, Scan, View, Walker};

use crate::condition::holds;
use crate::reading::Reading;
use crate::steps::{Steps, names_of, names_the_house};
use crate::traits::TraitOf;
use crate::walks::Ended;
pub use computed::{Amount, TellAmount, work_out};
use rule::{Past, Rule};
pub use rule::{Told, Verdict};

/// The most different steps of one audience, and the most traits; an audience with more is refused.
pub const STEPS_MAX: usize = 32;

/// Whom to judge.
#[derive(Clone, Debug)]
pub enum Whom<'a> {
    /// These, who are known to have done something; they are all told of.
    These(&'a [PersonCode]),
    /// Whoever has an event and a code in this range.
    Within(RangeInclusive<u32>),
}

/// What is told of each: the audience's place in the list, the person, what is the case.
pub type Tell<'t> = &'t mut dyn FnMut(usize, PersonCode, Verdict);

/// Whether an audience can be judged: not too many different steps and traits.
pub fn fits(audience: &Audience) -> bool {
    let mut group = Group::default();
    group.take(0, audience, 0);
    group.steps.len() <= STEPS_MAX && group.traits.len() <= STEPS_MAX
}

/// Whether somebody may be in it who did nothing of what it counts.
pub fn holds_of_idle(audience: &Audience) -> bool {
    let mut group = Group::default();
    group.take(0, audience, 0);
    group.rules.iter().any(|(_, rule)| rule.may_hold_of_idle())
}

/// Judges people by each of `audiences`, as it is at `now_ms`.
///
/// # Errors
/// As a question's; an audience that does not fit ([`fits`]) is a question too large.
pub fn judge(
    view: &View,
    audiences: &[&Audience],
    now_ms: i64,
    who: (WorkspaceId, &dyn Who),
    whom: &Whom<'_>,
    tell: Tell<'_>,
) -> Result<(), AskError> {
    for group in groups(audiences, now_ms)? {
        let mut each = |person: u32, past: &Past<'_>| {
            for (index, rule) in &group.rules {
                tell(*index, PersonCode(person), rule.verdict(past));
            }
        };
        group.walk(view, who, whom, &mut each)?;
    }
    Ok(())
}

/// Why a person is in an audience or not: every part with what was counted. The person is known to have done something.
///
/// # Errors
/// As [`judge`].
pub fn explain(
    view: &View,
    audience: &Audience,
    now_ms: i64,
    who: (WorkspaceId, &dyn Who),
    person: PersonCode,
) -> Result<Option<Told>, AskError> {
    let mut told = None;
    for group in groups(&[audience], now_ms)? {
        let mut each = |_: u32, past: &Past<'_>| {
            told = group.rules.first().map(|(_, rule)| rule.told(past));
        };
        group.walk(view, who, &Whom::These(&[person]), &mut each)?;
    }
    Ok(told)
}

/// Audiences that are judged in one go.
#[derive(Default)]
struct Group<'a> {
    steps: Vec<&'a Step>,
    traits: Vec<&'a Condition>,
    /// With the place in the list of each.
    rules: Vec<(usize, Rule)>,
}

fn groups<'a>(audiences: &[&'a Audience], now_ms: i64) -> Result<Vec<Group<'a>>, AskError> {
    let mut groups: Vec<Group<'a>> = vec![Group::default()];
    for (index, audience) in audiences.iter().enumerate() {
        if !fits(audience) {
            return Err(AskError::TooLarge {
                problem: format!("more than {STEPS_MAX} different `did`, or more than {STEPS_MAX} traits"),
                fix: "make two segments of it".to_owned(),
            });
        }
        let Some(last) = groups.last_mut() else { continue };
        let before = (last.steps.len(), last.traits.len());
        last.take(index, audience, now_ms);
        if last.steps.len() > STEPS_MAX || last.traits.len() > STEPS_MAX {
            last.steps.truncate(before.0);
            last.traits.truncate(before.1);
            last.rules.pop();
            let mut next = Group::default();
            next.take(index, audience, now_ms);
            groups.push(next);
        }
    }
    Ok(groups)
}

impl<'a> Group<'a> {
    fn take(&mut self, index: usize, audience: &'a Audience, now_ms: i64) {
        let rule = Rule::new(audience, now_ms, &mut self.steps, &mut self.traits);
        self.rules.push((index, rule));
    }

    fn walk(
        &self,
        view: &View,
        who: (WorkspaceId, &dyn Who),
        whom: &Whom<'_>,
        each: &mut dyn FnMut(u32, &Past<'_>),
    ) -> Result<(), AskError> {
        let mut reading = Reading::new(who);
        reading.steps(self.steps.iter().copied());
        let everybody =
            matches!(whom, Whom::Within(_)) && self.rules.iter().any(|(_, rule)| rule.may_hold_of_idle());
        let events = names_of(self.steps.iter().map(|step| step.event.as_str()));
        let scan = Scan {
            from_ms: i64::MIN,
            to_ms: i64::MAX,
            events: if everybody { None } else { events },
            house: names_the_house(self.steps.iter().map(|step| step.event.as_str())),
            properties: reading.properties.clone(),
            needs: Needs::default(),
        };
        let mut fold = Fold {
            steps: Steps::new(self.steps.iter().copied(), &[], &reading),
            traits: self
                .traits
                .iter()
                .map(|condition| (*condition, TraitOf::new(who, name_of(condition))))
                .collect(),
            everybody,
            each,
            seen: Vec::new(),
        };
        let ended = |ended: Ended| ended.0;
        match whom {
            Whom::Within(range) => view.walk(&scan, range.clone(), &mut fold).map_err(ended)?,
            Whom::These(people) => {
                let mut asked: Vec<u32> = people.iter().map(|person| person.0).collect();
                asked.sort_unstable();
                asked.dedup();
                fold.learn(&asked).map_err(ended)?;
                let stats = view.visit(&scan, people, &mut fold).map_err(ended)?;
                let seen = std::mem::take(&mut fold.seen);
                for person in asked.iter().filter(|person| seen.binary_search(person).is_err()) {
                    fold.show(*person, &[]);
                }
                stats
            }
        };
        Ok(())
    }
}

fn name_of(condition: &Condition) -> &str {
    let (Field::Trait(name) | Field::Property(name)) = &condition.field;
    name
}

/// People shown to `each`, one by one.
struct Fold<'a, 'e> {
    steps: Steps<'a>,
    traits: Vec<(&'a Condition, TraitOf<'a, bool>)>,
    everybody: bool,
    each: &'e mut dyn FnMut(u32, &Past<'_>),
    /// Who was shown, by code.
    seen: Vec<u32>,
}

impl Fold<'_, '_> {
    fn learn(&mut self, people: &[u32]) -> Result<(), Ended> {
        for (condition, traits) in &mut self.traits {
            traits.learn(people.iter().copied(), &mut |item| Ok(holds(condition, item)))?;
        }
        Ok(())
    }

    fn show(&mut self, person: u32, events: &[Happened<u32>]) {
        let is = |index: usize| {
            self.traits.get(index).and_then(|(_, traits)| traits.get(person)).unwrap_or_default()
        };
        (self.each)(person, &Past { events, is: &is });
    }
}

impl Walker for Fold<'_, '_> {
    type Mark = u32;
    type Error = Ended;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, u32)>) -> Result<(), Ended> {
        let person = |row: u32| block.people().get(row as usize).copied().unwrap_or_default();
        let people: Vec<u32> = block.rows().iter().map(|row| person(*row)).collect();
        self.learn(&people)?;
        let everybody = self.everybody;
        let (rows, bits) = self.steps.mark(block)?;
        let mut before = None;
        keep.extend(rows.iter().copied().zip(bits.iter().copied()).filter(|(row, bits)| {
            // Of somebody who did nothing of all that it is enough to know that there are events.
            let new = everybody && before.replace(person(*row)) != Some(person(*row));
            *bits != 0 || new
        }));
        Ok(())
    }

    fn person(&mut self, person: u32, events: &[Happened<u32>]) -> Result<(), Ended> {
        self.seen.push(person);
        self.show(person, events);
        Ok(())
    }
}
