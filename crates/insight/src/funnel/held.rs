//! Where all events of an attempt have something in common: the values of properties, or the session that they are in.

use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;
use question::Funnel;
use store::{Block, Happened, Walker};

use super::Fold;
use super::attempt::{Attempt, Mark, Search};
use crate::item::{Canonical, Item};
use crate::reading::Reading;
use crate::sessions::told_apart;
use crate::walks::{Ended, Share};

/// Attempts counted in one share, where properties are held or all is in one session.
pub(super) struct HeldFold<'a> {
    pub(super) fold: Fold<'a>,
    held: Held,
    /// The rows of the block at hand, here for their memory.
    rows: Vec<(u32, Mark)>,
}

/// What is remembered of an event, and what stands for the values of the properties that are held.
pub(super) type HeldMark = (Mark, u64);

impl<'a> HeldFold<'a> {
    pub(super) fn new(fold: Fold<'a>, held: Held) -> Self {
        Self { fold, held, rows: Vec::new() }
    }
}

impl Walker for HeldFold<'_> {
    type Mark = HeldMark;
    type Error = Ended;

    fn mark(&mut self, block: &Block<'_>, keep: &mut Vec<(u32, HeldMark)>) -> Result<(), Ended> {
        let Self { fold, held, rows } = self;
        rows.clear();
        fold.find(block, rows)?;
        let values = held.take_out(block, rows);
        fold.group(block, rows)?;
        keep.extend(rows.iter().zip(values).map(|((row, mark), values)| (*row, (*mark, values))));
        Ok(())
    }

    fn person(&mut self, _person: u32, events: &[Happened<HeldMark>]) -> Result<(), Ended> {
        let Self { fold, held, .. } = self;
        let best = held.best(&mut fold.search, events);
        fold.count(best)
    }
}

impl Share for HeldFold<'_> {
    fn merge(&mut self, other: Self) -> Result<(), Ended> {
        self.fold.merge(other.fold)
    }
}

/// Cuts histories by the values of properties and by sessions.
pub(super) struct Held {
    columns: Vec<usize>,
    /// The longest pause within a session, where attempts lie in one.
    pause_ms: Option<i64>,
    /// Values are compared by 64 bits that nobody can foresee: two of one person are mixed up in less than one
    /// of 10^12 histories with a thousand values.
    hasher: DefaultHashBuilder,
    /// The session of each of the events at hand.
    sessions: Vec<u32>,
    /// The places of the events at hand, by session and values.
    places: Vec<u32>,
    events: Vec<Happened<Mark>>,
}

/// In the place of what stands for values: one of them is not there.
const LACKING: u64 = 0;

impl Held {
    pub(super) fn new(funnel: &Funnel, reading: &Reading<'_>) -> Self {
        Self {
            columns: funnel.hold.iter().map(|name| reading.column(name)).collect(),
            pause_ms: funnel.pause_ms(),
            hasher: DefaultHashBuilder::default(),
            sessions: Vec::new(),
            places: Vec::new(),
            events: Vec::new(),
        }
    }

    /// What stands for the values of each of `rows`. One that lacks a value is taken out; where there are sessions, which it
    /// may hold together, it stays and is no step.
    pub(super) fn take_out(&self, block: &Block<'_>, rows: &mut Vec<(u32, Mark)>) -> Vec<u64> {
        let mut kept = Vec::with_capacity(rows.len());
        rows.retain_mut(|(row, mark)| {
            let values = self
                .columns
                .iter()
                .map(|column| Item::from_column(block.column(*column).get(*row as usize)).canonical());
            let values: Vec<_> = values.collect();
            let lacks = values.contains(&Canonical::Absent);
            if lacks && self.pause_ms.is_none() {
                return false;
            }
            if lacks {
                mark.bits = 0;
            }
            kept.push(if lacks { LACKING } else { self.hasher.hash_one(&values) });
            true
        });
        kept
    }

    /// The attempt that counts: the deepest, and of equally deep ones the first.
    pub(super) fn best(&mut self, search: &mut Search, events: &[Happened<HeldMark>]) -> Option<Attempt> {
        let mut best: Option<Attempt> = None;
        for (history, places) in self.histories(events) {
            let Some(mut found) = search.best(history) else { continue };
            found.begin = places.get(found.begin as usize).copied().unwrap_or_default();
            if best.is_none_or(|best| found > best) {
                best = Some(found);
            }
        }
        best
    }

    /// The events of one session with the same values, each by themselves, and the places that they have among all.
    fn histories(
        &mut self,
        events: &[Happened<HeldMark>],
    ) -> impl Iterator<Item = (&[Happened<Mark>], &[u32])> {
        let event = move |place: u32| events.get(place as usize).copied().unwrap_or_default();
        self.sessions.clear();
        let whole = told_apart(events, self.pause_ms.unwrap_or(i64::MAX));
        for (number, session) in (0_u32..).zip(whole) {
            self.sessions.resize(self.sessions.len() + session.len(), number);
        }
        let sessions = self.sessions.as_slice();
        let part = move |place: u32| {
            (sessions.get(place as usize).copied().unwrap_or_default(), event(place).mark.1)
        };
        self.places.clear();
        self.places.extend((0_u32..).take(events.len()));
        self.places.sort_by_key(|place| part(*place));
        self.events.clear();
        self.events.extend(self.places.iter().map(|place| {
            let Happened { time_ms, mark: (mark, _) } = event(*place);
            Happened { time_ms, mark }
        }));
        let mut rest = self.events.as_slice();
        self.places.chunk_by(move |a, b| part(*a) == part(*b)).map(move |places| {
            let (history, others) = rest.split_at(places.len().min(rest.len()));
            rest = others;
            (history, places)
        })
    }
}
