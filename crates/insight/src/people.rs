//! People: who did or is something.

use model::WorkspaceId;
use question::{
    Answer, AskError, Audience, Condition, Did, Field, Invalid, People, Select, Stats, Who, plain,
};
use serde_json::Value as Json;
use store::{Block, Happened, Needs, Scan, View, Walker};

use crate::condition::holds;
use crate::reading::Reading;
use crate::steps::{Steps, names_of, names_the_house};
use crate::traits::TraitOf;
use crate::walks::{Ended, Share, walk};

/// The most `did` and the most traits in one question; more are refused.
const PARTS_MAX: usize = 32;

/// Answers how many people there are, as it is at `now_ms`.
pub(crate) fn answer(
    view: &View,
    people: &People,
    now_ms: i64,
    who: (WorkspaceId, &dyn Who),
) -> Result<Answer, AskError> {
    if people.select == Select::People {
        let fix = "ask for the count; the people themselves are read one by one under /people, by whom that is granted";
        return Err(Invalid::new("/select", "does not list people in this release", fix).into());
    }
    let mut parts = Parts { dids: Vec::new(), traits: Vec::new() };
    let rule = parts.rule(&people.who);
    if parts.dids.len() > PARTS_MAX || parts.traits.len() > PARTS_MAX {
        let problem = format!("has more than {PARTS_MAX} `did`, or more than {PARTS_MAX} traits");
        return Err(Invalid::new("/who", problem, "ask in two questions").into());
    }
    let mut reading = Reading::new(who);
    reading.steps(parts.dids.iter().map(|did| &did.did));
    let since = |did: &Did| did.within.map_or(i64::MIN, |within| now_ms.saturating_sub(within.ms));
    let times: Vec<i64> = parts.dids.iter().map(|did| since(did)).collect();
    // Of a time only that matters, and no order.
    let mut edges = times.clone();
    edges.sort_unstable();
    // Those who did nothing of all that are of no interest, unless they may be in it too.
    let everybody = rule.without_events() != Some(false);
    let names = parts.dids.iter().map(|did| did.did.event.as_str());
    let scan = Scan {
        from_ms: if everybody { i64::MIN } else { times.iter().copied().min().unwrap_or(i64::MIN) },
        to_ms: i64::MAX,
        events: if everybody { None } else { names_of(names.clone()) },
        house: names_the_house(names),
        properties: reading.properties.clone(),
        needs: Needs { edges_ms: Some(edges), ..Needs::default() },
    };
    let make = || Fold {
        steps: Steps::new(parts.dids.iter().map(|did| &did.did), &[], &reading),
        traits: parts.traits.iter().map(|(condition, name)| (*condition, TraitOf::new(who, name))).collect(),
        since: &times,
        rule: &rule,
        everybody,
        counts: vec![0; parts.dids.len()],
        found: 0,
    };
    let (fold, stats) = walk(view, &scan, &make)?;
    let stats = Stats { rows_read: stats.rows_read, ..Stats::default() };
    Ok(Answer { columns: plain::people_columns(), rows: vec![vec![Json::from(fold.found)]], stats })
}

/// What a question asks of everybody.
struct Parts<'a> {
    dids: Vec<&'a Did>,
    traits: Vec<(&'a Condition, &'a str)>,
}

/// A set of people, whose parts are numbered.
enum Rule<'a> {
    All(Vec<Rule<'a>>),
    Any(Vec<Rule<'a>>),
    Not(Box<Rule<'a>>),
    Did(usize, &'a Did),
    Is(usize),
}

impl<'a> Parts<'a> {
    fn rule(&mut self, audience: &'a Audience) -> Rule<'a> {
        match audience {
            Audience::All { all } => Rule::All(all.iter().map(|part| self.rule(part)).collect()),
            Audience::Any { any } => Rule::Any(any.iter().map(|part| self.rule(part)).collect()),
            Audience::Not { not } => Rule::Not(Box::new(self.rule(not))),
            Audience::Did(did) => {
                self.dids.push(did);
                Rule::Did(self.dids.len() - 1, did)
            }
            Audience::Is(condition) => {
                let (Field::Trait(name) | Field::Property(name)) = &condition.field;
                self.traits.push((condition, name));
                Rule::Is(self.traits.len() - 1)
            }
        }
    }
}

impl Rule<'_> {
    /// Whether somebody is in it who did none of it; `None` where traits decide.
    fn without_events(&self) -> Option<bool> {
        self.holds(&|_, did| Some(did.times.gte == 0), &|_| None)
    }

    /// Whether somebody is in it; `None` where a part is not known that decides.
    fn holds(
        &self,
        did: &dyn Fn(usize, &Did) -> Option<bool>,
        is: &dyn Fn(usize) -> Option<bool>,
    ) -> Option<bool> {
        let known = |parts: &[Self]| parts.iter().map(|part| part.holds(did, is)).collect::<Vec<_>>();
        match self {
            Self::All(parts) => decided(&known(parts), false),
            Self::Any(parts) => decided(&known(parts), true),
            Self::Not(part) => part.holds(did, is).map(|holds| !holds),
            Self::Did(index, part) => did(*index, part),
            Self::Is(index) => is(*index),
        }
    }
}

/// What parts come to of which one that is `by` decides; `None` where one that is not known does.
pub(crate) fn decided(parts: &[Option<bool>], by: bool) -> Option<bool> {
    match (parts.contains(&Some(by)), parts.contains(&None)) {
        (true, _) => Some(by),
        (false, true) => None,
        (false, false) => Some(!by),
    }
}

/// People counted in one share.
struct Fold<'a> {
    steps: Steps<'a>,
    traits: Vec<(&'a Condition, TraitOf<'a, bool>)>,
    /// For each `did` from when on it counts.
    since: &'a [i64],
    rule: &'a Rule<'a>,
    everybody: bool,
    /// For each `did` how often the person at hand did it.
    counts: Vec<u32>,
    found: u64,
}

impl Walker for Fold<'_> {
    type Mark = u32;
    type Error = Ended;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, u32)>) -> Result<(), Ended> {
        let person = |row: u32| block.people().get(row as usize).copied().unwrap_or_default();
        let people = || block.rows().iter().map(|row| person(*row));
        for (condition, traits) in &mut self.traits {
            traits.learn(people(), &mut |item| Ok(holds(condition, item)))?;
        }
        let (rows, bits) = self.steps.mark(block)?;
        let mut before = None;
        let everybody = self.everybody;
        let pairs = rows.iter().copied().zip(bits.iter().copied());
        keep.extend(pairs.filter(|(row, bits)| {
            // Of somebody who did nothing of all that it is enough to know that there are events.
            let new = everybody && before.replace(person(*row)) != Some(person(*row));
            *bits != 0 || new
        }));
        Ok(())
    }

    fn person(&mut self, person: u32, events: &[Happened<u32>]) -> Result<(), Ended> {
        for (index, (count, since_ms)) in self.counts.iter_mut().zip(self.since).enumerate() {
            let did = |event: &&Happened<u32>| event.mark >> index & 1 != 0 && event.time_ms >= *since_ms;
            *count = u32::try_from(events.iter().filter(did).count()).unwrap_or(u32::MAX);
        }
        let did = |index: usize, did: &Did| {
            let count = self.counts.get(index).copied().unwrap_or_default();
            Some(count >= did.times.gte && did.times.lte.is_none_or(|most| count <= most))
        };
        let is = |index: usize| self.traits.get(index).and_then(|(_, traits)| traits.get(person));
        self.found += u64::from(self.rule.holds(&did, &is) == Some(true));
        Ok(())
    }
}

impl Share for Fold<'_> {
    fn merge(&mut self, other: Self) -> Result<(), Ended> {
        self.found += other.found;
        Ok(())
    }
}
