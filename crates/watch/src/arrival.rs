//! Properties that are new in a workspace, and the alarm when one comes in many places at once with what looks
//! like secrets. That is what a bad release of an SDK looks like: not one property, but the same one everywhere.

use serde::{Deserialize, Serialize};

use crate::census::DAY_MS;
use crate::shape::Shape;
use crate::sketch::Recent;
use crate::tally::{Tally, speaks};

/// How many new properties of a workspace are followed; the eldest makes room.
const ARRIVALS_MAX: usize = 64;
/// How long a property is new.
pub(crate) const NEW_FOR_MS: i64 = 7 * DAY_MS;
/// How many places are told apart.
const PLACES_MAX: usize = 64;
/// How many events, or sources, make many.
const EVENTS_MIN: usize = 5;
/// As above.
const SOURCES_MIN: usize = 3;

/// A property that is new, by its path, in all events together.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Arrival {
    pub id: u32,
    pub path: String,
    pub begun_ms: i64,
    /// Who sent the last value that speaks for an alarm.
    pub origin: u16,
    pub automatic: bool,
    pub tally: Tally,
    /// Which places had values that speak for an alarm: profiles by their numbers, and sources.
    profiles: Vec<u32>,
    sources: Vec<u128>,
    raised: bool,
    recent: Recent,
}

impl Arrival {
    /// In how many events and sources values came that speak for an alarm.
    pub fn reach(&self) -> (usize, usize) {
        (self.profiles.len(), self.sources.len())
    }

    /// Whether the property has been told of.
    pub fn is_raised(&self) -> bool {
        self.raised
    }

    /// Whether what came looks like something that nobody meant to send.
    pub fn is_suspicious(&self) -> bool {
        self.tally.has_secrets() || (self.automatic && self.tally.is_free_text())
    }

    /// Counts a value; `true` when this is too much in too many places, once.
    fn see(&mut self, value: &Arriving) -> bool {
        let is_mark = matches!(value.shape, Some(Shape::SecretMark | Shape::PersonalMark));
        let was_known = !is_mark && value.shape.is_some() && self.recent.meet(value.hash);
        let shape = if was_known { Some(Shape::Plain) } else { value.shape };
        self.tally.add(shape, value.automatic);
        if !shape.is_some_and(|shape| speaks(shape, value.automatic)) {
            return false;
        }
        (self.origin, self.automatic) = (value.origin, self.automatic || value.automatic);
        if !self.profiles.contains(&value.profile) && self.profiles.len() < PLACES_MAX {
            self.profiles.push(value.profile);
        }
        if !self.sources.contains(&value.source) && self.sources.len() < PLACES_MAX {
            self.sources.push(value.source);
        }
        let many = self.profiles.len() >= EVENTS_MIN || self.sources.len() >= SOURCES_MIN;
        many && !self.raised && self.is_suspicious()
    }
}

/// A value of a new property.
pub(crate) struct Arriving {
    pub profile: u32,
    pub source: u128,
    pub origin: u16,
    pub automatic: bool,
    pub at_ms: i64,
    /// Nothing for what is no text.
    pub shape: Option<Shape>,
    pub hash: u64,
}

/// The new properties of a workspace.
#[derive(Clone, Default, Debug, Serialize, Deserialize)]
pub(crate) struct Arrivals {
    new: Vec<Arrival>,
    next: u32,
    #[serde(skip)]
    pub changed: bool,
}

impl Arrivals {
    /// The number under which a path is followed, if it is new.
    pub fn known(&self, path: &str, at_ms: i64) -> Option<u32> {
        self.new
            .iter()
            .find(|arrival| arrival.path == path && is_new(arrival, at_ms))
            .map(|arrival| arrival.id)
    }

    /// Follows a path from now on.
    pub fn begin(&mut self, path: &str, at_ms: i64) -> u32 {
        self.new.retain(|arrival| is_new(arrival, at_ms));
        if self.new.len() >= ARRIVALS_MAX {
            self.new.remove(0);
        }
        let id = self.next;
        self.next = self.next.wrapping_add(1);
        self.changed = true;
        self.new.push(Arrival {
            id,
            path: path.to_owned(),
            begun_ms: at_ms,
            origin: 0,
            automatic: false,
            tally: Tally::default(),
            profiles: Vec::new(),
            sources: Vec::new(),
            raised: false,
            recent: Recent::default(),
        });
        id
    }

    /// Counts a value of a property that is followed under that number; nothing when it is not new any more. `true`
    /// where an alarm is due.
    pub fn see(&mut self, id: u32, value: &Arriving) -> Option<bool> {
        let arrival = self.new.iter_mut().find(|arrival| arrival.id == id && is_new(arrival, value.at_ms))?;
        self.changed = true;
        Some(arrival.see(value))
    }

    /// The alarm has been raised.
    pub fn raise(&mut self, id: u32) {
        if let Some(arrival) = self.new.iter_mut().find(|arrival| arrival.id == id) {
            arrival.raised = true;
        }
    }

    /// One of them.
    pub fn get(&self, id: u32) -> Option<&Arrival> {
        self.new.iter().find(|arrival| arrival.id == id)
    }

    /// All of them, the eldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Arrival> {
        self.new.iter()
    }

    /// Lets those go whose path is meant.
    pub fn forget(&mut self, is_meant: impl Fn(&str) -> bool) {
        let before = self.new.len();
        self.new.retain(|arrival| !is_meant(&arrival.path));
        self.changed |= self.new.len() != before;
    }
}

fn is_new(arrival: &Arrival, at_ms: i64) -> bool {
    at_ms.saturating_sub(arrival.begun_ms) < NEW_FOR_MS
}
