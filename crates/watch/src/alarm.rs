//! Alarms as they are kept and shown: where, what kind, who sent it, how often and when; never a value.

use model::{SourceId, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::drift::Suspicion;

/// A property began to look different.
#[derive(Clone, PartialEq, Debug)]
pub struct Alarm {
    /// Its number.
    pub id: i64,
    /// Whose property.
    pub workspace: WorkspaceId,
    /// The event's name; `*` for the context of all.
    pub event: String,
    /// Where in it, for example `properties.label`.
    pub path: String,
    /// What is suspected.
    pub suspicion: Suspicion,
    /// How many values the property had when the alarm was raised.
    pub values: u64,
    /// How many suspect ones came since the suspicion arose.
    pub count: u64,
    /// Where they came from, most first.
    pub places: Vec<AlarmPlace>,
    /// The first suspect value, milliseconds since 1970, UTC.
    pub first_ms: i64,
    /// The last one.
    pub last_ms: i64,
    /// When the alarm was raised.
    pub raised_ms: i64,
    /// When somebody settled it.
    pub settled: Option<Settled>,
    /// In how many events the property is new, for [`Suspicion::Spread`].
    pub events: u64,
    /// And in how many sources.
    pub sources: u64,
}

impl Alarm {
    /// Whether values of the property should be kept nowhere until somebody has looked: something captured them
    /// automatically, so nobody decided to send them.
    pub fn calls_for_removal(&self) -> bool {
        // Marks are what the shield took out already.
        self.suspicion != Suspicion::Marks
            && self.suspicion != Suspicion::FreeText
            && self.places.iter().any(|place| place.automatic)
    }

    /// Whether it is about a property wherever it stands, not about one event's.
    pub fn is_of_all_events(&self) -> bool {
        self.suspicion == Suspicion::Spread
    }

    /// The library and the version that sent most of it, where both are known: what an advisory can stop.
    pub fn culprit(&self) -> Option<&AlarmPlace> {
        self.places.first().filter(|place| !place.sdk.is_empty() && !place.sdk_version.is_empty())
    }

    /// The name of the shield rule that removes them meanwhile.
    pub fn rule_name(&self) -> String {
        format!("alarm-{}", self.id)
    }
}

/// Where suspect values came from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AlarmPlace {
    /// Which source.
    pub source: SourceId,
    /// The library.
    pub sdk: String,
    /// Its version.
    pub sdk_version: String,
    /// Whether it captured them automatically.
    pub automatic: bool,
    /// The page's path with ids taken out; empty where none is known.
    pub page: String,
    /// How many.
    pub count: u64,
    /// The first, milliseconds since 1970, UTC.
    pub first_ms: i64,
    /// The last.
    pub last_ms: i64,
}

/// How an alarm ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settled {
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// What it was.
    pub verdict: Verdict,
    /// Who said so.
    pub by: String,
}

/// What an alarm turned out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The property is meant to carry this; it is learned as usual.
    Usual,
    /// Something leaked; what came since is not learned.
    Leak,
}

impl Verdict {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Leak => "leak",
        }
    }

    /// The verdict of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Usual, Self::Leak].into_iter().find(|verdict| verdict.as_str() == name)
    }
}
