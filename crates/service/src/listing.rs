//! The catalogue as people and programs read it: what the archive counts, with which events carry a property from its profiles.

use std::collections::HashMap;

use guard::Granted;
use model::WorkspaceId;
use model::limits::NAME_BYTES_MAX;
use question::condition::FIELD_BYTES_MAX;
use serde_json::json;
use store::{EventSummary, PropertySummary};
use watch::PropertyView;

use crate::{ServiceError, Services};

/// The most events that are listed: the most frequent ones; how many are left out is said.
pub const EVENTS_MAX: usize = 5_000;
/// The most events that are named with one property: those with most values.
pub const CARRIERS_MAX: usize = 100;

/// What there is to ask about: names and counts, nobody's data.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Listing {
    /// Events, the most frequent first.
    pub events: Vec<EventSummary>,
    /// How many events are left out because there are too many, or because no question can name them.
    pub events_left_out: usize,
    /// Properties, the most frequent first.
    pub properties: Vec<PropertyListing>,
    /// As for events.
    pub properties_left_out: usize,
}

/// A property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PropertyListing {
    /// What the archive counts.
    pub summary: PropertySummary,
    /// The events that carry it, those with most values first; empty for what stands in the context of any event, and
    /// where its profile is not kept.
    pub events: Vec<Carrier>,
    /// When its first and its last value arrived, milliseconds since 1970, UTC, as far as its profiles go back.
    pub seen_ms: Option<(i64, i64)>,
}

/// An event that carries a property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Carrier {
    /// Its name.
    pub event: String,
    /// How many values arrived with it; of a list, how many elements.
    pub values: u64,
    /// When the first and the last of them arrived, milliseconds since 1970, UTC.
    pub seen_ms: (i64, i64),
}

impl Services {
    /// Which events and properties there are, for whoever wants to ask.
    ///
    /// # Errors
    /// The database's, the ledger's.
    pub fn listing(&self, granted: &Granted, workspace: WorkspaceId) -> Result<Listing, ServiceError> {
        self.enter_look(granted, "catalogue.read", "catalogue", json!({}))?;
        let catalogue = self.catalogue(granted, workspace);
        let mut carried = carried(self.watch.profiles(workspace)?);
        let events = catalogue.events.iter().filter(|event| event.name.len() <= NAME_BYTES_MAX);
        let events: Vec<EventSummary> = events.take(EVENTS_MAX).cloned().collect();
        let properties = catalogue.properties.iter().filter(|known| known.name.len() <= FIELD_BYTES_MAX);
        let properties: Vec<PropertyListing> = properties
            .map(|summary| {
                let (events, seen_ms) = carried.remove(&summary.name).unwrap_or_default();
                PropertyListing { summary: summary.clone(), events, seen_ms }
            })
            .collect();
        Ok(Listing {
            events_left_out: catalogue.events.len() - events.len(),
            properties_left_out: catalogue.properties_left_out + catalogue.properties.len()
                - properties.len(),
            events,
            properties,
        })
    }
}

/// By the name that questions use, which events carry a property, and when its first and last value arrived.
type Carried = HashMap<String, (Vec<Carrier>, Option<(i64, i64)>)>;

/// `profiles` come with those with most values first.
fn carried(profiles: Vec<PropertyView>) -> Carried {
    let mut carried = Carried::new();
    for profile in profiles {
        // Of a list the profiles are those of its elements.
        let path = profile.path.split("[]").next().unwrap_or_default();
        let of_any = path.strip_prefix("context.");
        let Some(name) = path.strip_prefix("properties.").or(of_any) else { continue };
        let own = (profile.first_ms, profile.last_ms);
        let (events, seen_ms) = carried.entry(name.to_owned()).or_default();
        *seen_ms = Some(seen_ms.map_or(own, |seen| around(seen, own)));
        if of_any.is_some() {
            continue;
        }
        let values = profile.values - profile.nulls;
        if let Some(known) = events.iter_mut().find(|known| known.event == profile.event) {
            known.values = known.values.max(values);
            known.seen_ms = around(known.seen_ms, own);
        } else if events.len() < CARRIERS_MAX {
            events.push(Carrier { event: profile.event, values, seen_ms: own });
        }
    }
    carried
}

fn around(one: (i64, i64), other: (i64, i64)) -> (i64, i64) {
    (one.0.min(other.0), one.1.max(other.1))
}
