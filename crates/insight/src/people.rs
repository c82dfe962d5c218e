//! People: who did or is something.
//!
//! Modules in reading order: `fold` (what is counted of each).

mod fold;

use model::WorkspaceId;
use question::{
    Answer, AskError, Audience, Condition, Did, Field, Invalid, People, Select, Stats, Who, plain,
};
use serde_json::Value as Json;
use store::{Needs, Scan, View};

use crate::reading::Reading;
use crate::steps::{names_of, names_the_house};
use crate::walks::by_bands;
use fold::Fold;

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
    let plan = Plan::new(people, now_ms, who)?;
    let (fold, stats) = by_bands(view, fold::people_at_once(&plan), &|| Fold::new(view, &plan))?;
    let stats = Stats { rows_read: stats.rows_read, ..Stats::default() };
    Ok(Answer { columns: plain::people_columns(), rows: vec![vec![Json::from(fold.found)]], stats })
}

/// What is asked of whom.
struct Plan<'a> {
    dids: Vec<&'a Did>,
    /// For each `did` from when on it counts.
    since: Vec<i64>,
    traits: Vec<(&'a Condition, &'a str)>,
    rule: Rule<'a>,
    /// Whether those may be in it who did nothing of all that.
    everybody: bool,
    reading: Reading<'a>,
}

impl<'a> Plan<'a> {
    fn new(people: &'a People, now_ms: i64, who: (WorkspaceId, &'a dyn Who)) -> Result<Self, AskError> {
        let mut parts = Parts { dids: Vec::new(), traits: Vec::new() };
        let rule = parts.rule(&people.who);
        let Parts { dids, traits } = parts;
        if dids.len() > PARTS_MAX || traits.len() > PARTS_MAX {
            let problem = format!("has more than {PARTS_MAX} `did`, or more than {PARTS_MAX} traits");
            return Err(Invalid::new("/who", problem, "ask in two questions").into());
        }
        let mut reading = Reading::new(who);
        reading.steps(dids.iter().map(|did| &did.did));
        let since = |did: &&Did| did.within.map_or(i64::MIN, |within| now_ms.saturating_sub(within.ms));
        let since = dids.iter().map(since).collect();
        let everybody = rule.without_events() != Some(false);
        Ok(Self { dids, since, traits, rule, everybody, reading })
    }

    /// What is read for some of the `did`.
    fn scan(&self, wanted: &[usize], everybody: bool) -> Scan {
        let names = |index: &usize| self.dids.get(*index).map(|did| did.did.event.as_str());
        // Of a time only that matters, and no order.
        let mut edges: Vec<i64> = wanted.iter().filter_map(|index| self.since.get(*index).copied()).collect();
        edges.sort_unstable();
        Scan {
            from_ms: edges.first().copied().filter(|_| !everybody).unwrap_or(i64::MIN),
            to_ms: i64::MAX,
            events: if everybody { None } else { names_of(wanted.iter().filter_map(names)) },
            house: names_the_house(self.dids.iter().map(|did| did.did.event.as_str())),
            properties: self.reading.properties.clone(),
            needs: Needs {
                people: true,
                each: self.reading.traits,
                events: !wanted.is_empty(),
                edges_ms: Some(edges),
            },
        }
    }
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
        match self {
            Self::All(parts) => decided(parts.iter().map(|part| part.holds(did, is)), false),
            Self::Any(parts) => decided(parts.iter().map(|part| part.holds(did, is)), true),
            Self::Not(part) => part.holds(did, is).map(|holds| !holds),
            Self::Did(index, part) => did(*index, part),
            Self::Is(index) => is(*index),
        }
    }
}

/// What parts come to of which one that is `by` decides; `None` where one that is not known does.
pub(crate) fn decided(parts: impl Iterator<Item = Option<bool>>, by: bool) -> Option<bool> {
    let mut all = Some(!by);
    for part in parts {
        match part {
            Some(part) if part == by => return Some(by),
            Some(_) => {}
            None => all = None,
        }
    }
    all
}
