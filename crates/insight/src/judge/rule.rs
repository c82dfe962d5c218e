//! An audience whose parts are numbered, and what it says of one person.

use question::{Audience, Condition, Did, Step};
use store::Happened;

use crate::people::decided;

/// What is the case of one person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Whether they are in it.
    pub is_in: bool,
    /// The first instant at which a window ends and something may be otherwise though nothing happened, milliseconds
    /// since 1970, UTC.
    pub next_ms: Option<i64>,
}

/// What is the case of one part, in the shape of the audience.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// Whether it holds.
    pub met: bool,
    /// How often it was done, of a part that counts.
    pub counted: Option<u32>,
    /// What it is made of.
    pub parts: Vec<Told>,
}

/// What is known of one person.
pub(super) struct Past<'p> {
    /// By time; the marks say which steps each is.
    pub(super) events: &'p [Happened<u32>],
    /// Whether the trait of that number fits.
    pub(super) is: &'p dyn Fn(usize) -> bool,
}

/// An audience over numbered steps and traits.
pub(super) enum Rule {
    All(Vec<Rule>),
    Any(Vec<Rule>),
    Not(Box<Rule>),
    Did { step: usize, gte: u32, lte: Option<u32>, since_ms: i64, within_ms: Option<i64> },
    Is(usize),
}

impl Rule {
    pub(super) fn new<'a>(
        audience: &'a Audience,
        now_ms: i64,
        steps: &mut Vec<&'a Step>,
        traits: &mut Vec<&'a Condition>,
    ) -> Self {
        let mut many = |parts: &'a [Audience]| -> Vec<Self> {
            parts.iter().map(|part| Self::new(part, now_ms, steps, traits)).collect()
        };
        match audience {
            Audience::All { all } => Self::All(many(all)),
            Audience::Any { any } => Self::Any(many(any)),
            Audience::Not { not } => Self::Not(Box::new(Self::new(not, now_ms, steps, traits))),
            Audience::Did(Did { did, times, within }) => Self::Did {
                step: number(steps, did),
                gte: times.gte,
                lte: times.lte,
                since_ms: within.map_or(i64::MIN, |within| now_ms.saturating_sub(within.ms)),
                within_ms: within.map(|within| within.ms),
            },
            Audience::Is(condition) => Self::Is(number(traits, condition)),
        }
    }

    /// Whether somebody may be in it who did none of it.
    pub(super) fn may_hold_of_idle(&self) -> bool {
        self.of_idle() != Some(false)
    }

    fn of_idle(&self) -> Option<bool> {
        match self {
            Self::All(parts) => decided(parts.iter().map(Self::of_idle), false),
            Self::Any(parts) => decided(parts.iter().map(Self::of_idle), true),
            Self::Not(part) => part.of_idle().map(|holds| !holds),
            Self::Did { gte, .. } => Some(*gte == 0),
            Self::Is(_) => None,
        }
    }

    pub(super) fn verdict(&self, past: &Past<'_>) -> Verdict {
        let mut next_ms = None;
        let is_in = self.holds(past, &mut next_ms);
        Verdict { is_in, next_ms }
    }

    fn holds(&self, past: &Past<'_>, next_ms: &mut Option<i64>) -> bool {
        // Every part is asked, also where one decides already: each may have a window that ends.
        match self {
            Self::All(parts) => {
                let mut all = true;
                parts.iter().for_each(|part| all &= part.holds(past, next_ms));
                all
            }
            Self::Any(parts) => {
                let mut any = false;
                parts.iter().for_each(|part| any |= part.holds(past, next_ms));
                any
            }
            Self::Not(part) => !part.holds(past, next_ms),
            Self::Did { .. } => {
                let (count, met) = self.count(past);
                if let Some(ends_ms) = self.ends(past, count) {
                    *next_ms = Some(next_ms.map_or(ends_ms, |known| known.min(ends_ms)));
                }
                met
            }
            Self::Is(index) => (past.is)(*index),
        }
    }

    pub(super) fn told(&self, past: &Past<'_>) -> Told {
        let parts: Vec<Told> = match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(|part| part.told(past)).collect(),
            Self::Not(part) => vec![part.told(past)],
            Self::Did { .. } | Self::Is(_) => Vec::new(),
        };
        let met = match self {
            Self::All(_) => parts.iter().all(|part| part.met),
            Self::Any(_) => parts.iter().any(|part| part.met),
            Self::Not(_) => !parts.iter().any(|part| part.met),
            Self::Did { .. } => self.count(past).1,
            Self::Is(index) => (past.is)(*index),
        };
        let counted = matches!(self, Self::Did { .. }).then(|| self.count(past).0);
        Told { met, counted, parts }
    }

    fn done<'p>(&self, past: &Past<'p>) -> impl Iterator<Item = &'p Happened<u32>> {
        let (step, since_ms) = match self {
            Self::Did { step, since_ms, .. } => (*step, *since_ms),
            _ => (0, i64::MAX),
        };
        let events: &'p [Happened<u32>] = past.events;
        events.iter().filter(move |event| event.mark >> step & 1 != 0 && event.time_ms >= since_ms)
    }

    fn count(&self, past: &Past<'_>) -> (u32, bool) {
        let Self::Did { gte, lte, .. } = self else { return (0, false) };
        let count = u32::try_from(self.done(past).count()).unwrap_or(u32::MAX);
        (count, count >= *gte && lte.is_none_or(|most| count <= most))
    }

    /// When so many have left the window that it holds no more, or holds again.
    fn ends(&self, past: &Past<'_>, count: u32) -> Option<i64> {
        let Self::Did { gte, lte, within_ms: Some(within_ms), .. } = self else { return None };
        let turning = match lte {
            // Too many: it holds once only `most` are left.
            Some(most) if count > *most => count - most,
            // So many must stay: it holds no more once one of them has left.
            _ if *gte > 0 && count >= *gte => count - gte + 1,
            _ => return None,
        };
        let leaves = self.done(past).nth(turning as usize - 1)?;
        Some(leaves.time_ms.saturating_add(*within_ms).saturating_add(1))
    }
}

/// The number of a part, which is entered if it is a new one.
fn number<'a, T: PartialEq>(known: &mut Vec<&'a T>, one: &'a T) -> usize {
    known.iter().position(|other| *other == one).unwrap_or_else(|| {
        known.push(one);
        known.len() - 1
    })
}
