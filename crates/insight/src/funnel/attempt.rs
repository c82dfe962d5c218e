//! The deepest attempt of one person; of equally deep ones the first.

use std::cmp::Ordering;

use question::kinds::STEPS_MAX;
use question::{Order, Span};
use store::Happened;

/// The bit of an event that ends attempts.
pub(super) const EXCLUDED: u32 = 1 << 31;

/// In the place of a place: there is no such event.
const NOWHERE: usize = usize::MAX;

/// What is remembered of an event.
#[derive(Clone, Copy, Default)]
pub(super) struct Mark {
    /// Which steps it is, and whether it ends attempts.
    pub(super) bits: u32,
    /// The group of an attempt that begins with it; without meaning where none can.
    pub(super) group: u32,
}

/// What makes an attempt.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    pub(super) order: Order,
    pub(super) steps: usize,
    pub(super) within_ms: i64,
    /// When it may begin.
    pub(super) span: Span,
}

/// How far an attempt came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Attempt {
    pub(super) depth: usize,
    pub(super) group: u32,
    /// The place of the event that it began with.
    pub(super) begin: u32,
    times: [i64; STEPS_MAX],
}

/// Looks for attempts; keeps its memory from person to person.
pub(super) struct Search {
    pub(super) rules: Rules,
    /// For every step the places of the events that are it.
    places: Vec<Vec<usize>>,
}

impl Rules {
    pub(super) fn step_bits(&self) -> u32 {
        (1 << self.steps) - 1
    }

    fn may_begin(&self, event: &Happened<Mark>, bits: u32) -> bool {
        event.mark.bits & bits != 0 && event.time_ms >= self.span.from_ms && event.time_ms < self.span.to_ms
    }
}

impl Attempt {
    fn begin(place: usize, event: &Happened<Mark>) -> Self {
        let mut times = [0; STEPS_MAX];
        if let Some(first) = times.first_mut() {
            *first = event.time_ms;
        }
        Self { depth: 1, group: event.mark.group, begin: u32::try_from(place).unwrap_or(u32::MAX), times }
    }

    fn step(&mut self, time_ms: i64) {
        if let Some(slot) = self.times.get_mut(self.depth) {
            *slot = time_ms;
        }
        self.depth += 1;
    }

    /// When each step was taken.
    pub(super) fn times(&self) -> &[i64] {
        self.times.get(..self.depth).unwrap_or_default()
    }
}

/// Deeper is greater; of equally deep ones the one that began first.
impl PartialOrd for Attempt {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.depth.cmp(&other.depth).then_with(|| other.begin.cmp(&self.begin)))
    }
}

/// Where the next event that ends attempts is.
struct Fence {
    at: usize,
}

impl Fence {
    /// The place of the first one behind `place`. Asked for ascending places.
    fn behind(&mut self, place: usize, events: &[Happened<Mark>]) -> usize {
        if self.at <= place {
            let rest = events.get(place + 1..).unwrap_or_default();
            let ends = rest.iter().position(|event| event.mark.bits & EXCLUDED != 0);
            self.at = ends.map_or(usize::MAX, |ends| place + 1 + ends);
        }
        self.at
    }
}

impl Search {
    pub(super) fn new(rules: Rules) -> Self {
        Self { rules, places: vec![Vec::new(); rules.steps] }
    }

    /// The deepest attempt; `None` if there was none.
    pub(super) fn best(&mut self, events: &[Happened<Mark>]) -> Option<Attempt> {
        match self.rules.order {
            Order::Ordered => self.ordered(events),
            Order::Strict => self.strict(events),
            Order::Any => self.any(events),
        }
    }

    /// Every step is looked for behind the one before. What is found for a later beginning is never earlier, so
    /// that nothing is looked at twice for one step, and whoever is too early for a step of the last beginning is so
    /// for their own. Only how far an attempt comes is noted; the way of the deepest is gone once more at the end.
    fn ordered(&self, events: &[Happened<Mark>]) -> Option<Attempt> {
        let Rules { steps, within_ms, .. } = self.rules;
        let mut next = [0_usize; STEPS_MAX];
        let mut fence = Fence { at: 0 };
        let (mut depth, mut deepest, mut least_ms) = (0, 0, i64::MIN);
        for (begin, event) in events.iter().enumerate() {
            if event.time_ms < least_ms || !self.rules.may_begin(event, 1) {
                continue;
            }
            let fence = fence.behind(begin, events);
            let (mut taken, mut before) = (1, begin);
            for (step, next) in next.iter_mut().enumerate().take(steps).skip(1) {
                if *next <= before {
                    *next = find(events, before + 1, step);
                }
                let Some(found) = events.get(*next).filter(|_| *next < fence) else { break };
                if found.time_ms - event.time_ms > within_ms {
                    least_ms = found.time_ms - within_ms;
                    break;
                }
                taken += 1;
                before = *next;
            }
            if taken > depth {
                (depth, deepest) = (taken, begin);
            }
            // Nobody comes further when the next step does not come any more.
            if depth == steps || next.get(depth).is_some_and(|next| *next == NOWHERE) {
                break;
            }
        }
        let mut attempt = Attempt::begin(deepest, events.get(deepest).filter(|_| depth > 0)?);
        let mut place = deepest;
        for step in 1..depth {
            place = find(events, place + 1, step);
            attempt.step(events.get(place)?.time_ms);
        }
        Some(attempt)
    }

    /// Every step is the event behind the one before.
    fn strict(&self, events: &[Happened<Mark>]) -> Option<Attempt> {
        let Rules { steps, within_ms, .. } = self.rules;
        let mut best: Option<Attempt> = None;
        for (begin, event) in events.iter().enumerate() {
            if !self.rules.may_begin(event, 1) {
                continue;
            }
            let mut attempt = Attempt::begin(begin, event);
            for (step, next) in events.iter().skip(begin).enumerate().take(steps).skip(1) {
                let bits = next.mark.bits;
                let late = next.time_ms - event.time_ms > within_ms;
                if late || bits & EXCLUDED != 0 || bits >> step & 1 == 0 {
                    break;
                }
                attempt.step(next.time_ms);
            }
            if best.is_none_or(|best| attempt > best) {
                best = Some(attempt);
            }
            if attempt.depth == steps {
                break;
            }
        }
        best
    }

    /// Every event takes the first step that it is and that is still open.
    fn any(&mut self, events: &[Happened<Mark>]) -> Option<Attempt> {
        let Rules { steps, within_ms, .. } = self.rules;
        for (step, places) in self.places.iter_mut().enumerate() {
            places.clear();
            let is = |(_, event): &(usize, &Happened<Mark>)| event.mark.bits >> step & 1 != 0;
            places.extend(events.iter().enumerate().filter(is).map(|(place, _)| place));
        }
        let mut fence = Fence { at: 0 };
        let mut best: Option<Attempt> = None;
        for (begin, event) in events.iter().enumerate() {
            if !self.rules.may_begin(event, self.rules.step_bits()) {
                continue;
            }
            let mut attempt = Attempt::begin(begin, event);
            let fence = fence.behind(begin, events);
            let mut open = self.rules.step_bits();
            open &= !lowest(event.mark.bits & open);
            let mut before = begin;
            while open != 0 {
                let Some(next) = self.next_open(before, open).filter(|next| *next < fence) else { break };
                let Some(taken) = events.get(next) else { break };
                if taken.time_ms - event.time_ms > within_ms {
                    break;
                }
                attempt.step(taken.time_ms);
                open &= !lowest(taken.mark.bits & open);
                before = next;
            }
            if best.is_none_or(|best| attempt > best) {
                best = Some(attempt);
            }
            if attempt.depth == steps {
                break;
            }
        }
        best
    }

    /// The first place behind `before` of one of the open steps.
    fn next_open(&self, before: usize, open: u32) -> Option<usize> {
        let places = self.places.iter().enumerate().filter(|(step, _)| open >> step & 1 != 0);
        places
            .filter_map(|(_, places)| places.get(places.partition_point(|place| *place <= before)).copied())
            .min()
    }
}

/// The first place from `from` on of an event that is the step.
fn find(events: &[Happened<Mark>], from: usize, step: usize) -> usize {
    let rest = events.get(from..).unwrap_or_default();
    rest.iter().position(|event| event.mark.bits >> step & 1 != 0).map_or(NOWHERE, |found| from + found)
}

/// The lowest bit.
fn lowest(bits: u32) -> u32 {
    bits & bits.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Every attempt gone through by itself.
    fn one_by_one(rules: Rules, events: &[Happened<Mark>]) -> Option<Attempt> {
        let mut best: Option<Attempt> = None;
        for (begin, event) in events.iter().enumerate() {
            if !rules.may_begin(event, 1) {
                continue;
            }
            let mut attempt = Attempt::begin(begin, event);
            for next in &events[begin + 1..] {
                let late = next.time_ms - event.time_ms > rules.within_ms;
                if late || next.mark.bits & EXCLUDED != 0 || attempt.depth == rules.steps {
                    break;
                }
                if next.mark.bits >> attempt.depth & 1 != 0 {
                    attempt.step(next.time_ms);
                }
            }
            if best.is_none_or(|best| attempt > best) {
                best = Some(attempt);
            }
        }
        best
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_deepest_attempt_is_the_one_that_all_show(
            steps in 2_usize..6,
            within_ms in 1_i64..12,
            span in (0_i64..20, 1_i64..40),
            // Mostly one step each, some several, some that end attempts.
            happened in vec((0_i64..4, 0_u32..64, 0_u32..6, 0_u32..24), 0..40),
        ) {
            let mut time_ms = 0;
            let event = |(pause, several, one, kind): (i64, u32, u32, u32)| {
                time_ms += pause;
                let bits = if kind < 4 { several } else { 1 << one };
                let bits = bits & ((1 << steps) - 1) | if kind % 12 == 0 { EXCLUDED } else { 0 };
                Happened { time_ms, mark: Mark { bits, group: several } }
            };
            let events: Vec<Happened<Mark>> = happened.into_iter().map(event).collect();
            let span = Span { from_ms: span.0, to_ms: span.0 + span.1 };
            let rules = Rules { order: Order::Ordered, steps, within_ms, span };
            let told = |attempt: Option<Attempt>| {
                attempt.map(|attempt| (attempt.begin, attempt.group, attempt.times().to_vec()))
            };
            prop_assert_eq!(told(Search::new(rules).best(&events)), told(one_by_one(rules, &events)));
        }
    }
}
