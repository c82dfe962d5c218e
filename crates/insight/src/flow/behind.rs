//! Who took a path that begins with these steps.

use jiff::tz::TimeZone;
use model::WorkspaceId;
use question::kinds::OTHERS;
use question::{AskError, Direction, Flow, Span, Who};
use store::{Block, Happened, View, Walker};

use super::{Mark, kept_names, marked, reading, scan};
use crate::behind::Crowd;
use crate::reading::Reading;
use crate::steps::Steps;
use crate::walks::{Ended, Share, walk};

/// Whoever took a path whose first steps are these, as the answer names them; `None` where it has ended.
pub(crate) fn crowd(
    view: &View,
    flow: &Flow,
    wanted: &[Option<String>],
    zone: &TimeZone,
    who: (WorkspaceId, &dyn Who),
) -> Result<Crowd, AskError> {
    let span = flow.range.span(zone)?;
    let reading = reading(flow, who);
    let scan = scan(flow, span, &reading);
    let kept = kept_names(view, (flow, span), &scan, &reading)?;
    let make = || Gather::new((flow, span), &reading, (wanted, kept.as_deref()));
    let (gather, _) = walk(view, &scan, &make)?;
    Ok(gather.crowd)
}

/// People gathered in one share.
struct Gather<'a> {
    flow: &'a Flow,
    span: Span,
    steps: Steps<'a>,
    wanted: &'a [Option<String>],
    /// The names that each step keeps apart; all if `None`.
    kept: Option<&'a [Vec<String>]>,
    /// How many event names came so far.
    names: usize,
    /// For each step which of these names are told as the wanted one.
    is: Vec<Vec<bool>>,
    crowd: Crowd,
}

impl<'a> Gather<'a> {
    fn new(
        (flow, span): (&'a Flow, Span),
        reading: &Reading<'a>,
        (wanted, kept): (&'a [Option<String>], Option<&'a [Vec<String>]>),
    ) -> Self {
        let steps = Steps::new(std::iter::once(&flow.start), &flow.conditions, reading);
        let is = vec![Vec::new(); wanted.len()];
        Self { flow, span, steps, wanted, kept, names: 0, is, crowd: Crowd::default() }
    }

    /// Takes up the names of events that came newly.
    fn learn(&mut self, names: &[String]) {
        for (step, (wanted, is)) in self.wanted.iter().zip(&mut self.is).enumerate() {
            let kept = self.kept.map(|kept| kept.get(step).map(Vec::as_slice).unwrap_or_default());
            let told = |name: &String| match kept {
                Some(kept) if !kept.contains(name) => OTHERS == wanted.as_deref().unwrap_or_default(),
                _ => wanted.as_ref() == Some(name),
            };
            is.extend(names.iter().skip(self.names).map(told));
        }
        self.names = names.len();
    }

    /// Whether the path of the event at `place` begins with the wanted steps.
    fn fits(&self, events: &[Happened<Mark>], place: usize) -> bool {
        let mut before = events.get(place).map(|event| event.time_ms);
        for (step, (wanted, is)) in self.wanted.iter().zip(&self.is).enumerate() {
            let place = match self.flow.direction {
                Direction::Forward => Some(place + step),
                Direction::Back => place.checked_sub(step),
            };
            let event = place.and_then(|place| events.get(place)).filter(|event| {
                before.is_some_and(|before| (event.time_ms - before).abs() <= self.flow.session.ms)
            });
            // Behind its end there is nothing.
            before = event.map(|event| event.time_ms);
            let fits = match (event, wanted) {
                (None, None) => true,
                (Some(event), Some(_)) => is.get(event.mark.event as usize).copied().unwrap_or_default(),
                _ => false,
            };
            if !fits {
                return false;
            }
        }
        true
    }
}

impl Walker for Gather<'_> {
    type Mark = Mark;
    type Error = Ended;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, Mark)>) -> Result<(), Ended> {
        self.learn(block.names());
        marked(&mut self.steps, block, keep)
    }

    fn person(&mut self, person: u32, events: &[Happened<Mark>]) -> Result<(), Ended> {
        let begins = |event: &Happened<Mark>| {
            event.mark.start && event.time_ms >= self.span.from_ms && event.time_ms < self.span.to_ms
        };
        let mut places = events.iter().enumerate().filter(|(_, event)| begins(event));
        if places.any(|(place, _)| self.fits(events, place)) {
            self.crowd.add(person);
        }
        Ok(())
    }
}

impl Share for Gather<'_> {
    fn merge(&mut self, other: Self) -> Result<(), Ended> {
        self.crowd.merge(&other.crowd);
        Ok(())
    }
}
