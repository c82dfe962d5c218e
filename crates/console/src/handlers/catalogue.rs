//! The catalogue of events and properties.

use axum::extract::{Query, State};
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::AskQuestion;
use serde::Deserialize;
use service::ServiceError;
use service::listing::{Listing, PropertyListing};
use store::Kinds;

use super::inside::{Inside, instant};
use super::reply::Page;
use crate::frame::Section;
use crate::pages::catalogue::{self, CatalogueView, EventRow, PropertyRow};
use crate::state::ConsoleState;

/// How many events, and how many properties, the page shows.
const ROWS_MAX: usize = 500;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console).get("/w/{w}/catalogue", show)
}

#[derive(Deserialize)]
struct Asked {
    /// Whose properties are shown.
    #[serde(default)]
    event: String,
}

async fn show(
    may: Permit<AskQuestion>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Query(asked): Query<Asked>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let frame = inside.frame(services, Section::Questions)?;
        let listing = services.listing(may.granted(), workspace)?;
        Ok::<_, ServiceError>(Page(catalogue::page(&frame, &view(listing, asked.event))))
    })
    .await
}

fn view(listing: Listing, event: String) -> CatalogueView {
    let event = listing.events.iter().any(|known| known.name == event).then_some(event);
    let known = |property: PropertyListing| match &event {
        Some(event) => of_event(&property, event),
        None => Some(of_all(property)),
    };
    let mut properties: Vec<PropertyRow> = listing.properties.into_iter().filter_map(known).collect();
    properties.sort_by(|a, b| b.values.cmp(&a.values).then_with(|| a.name.cmp(&b.name)));
    let left_out = if event.is_some() { 0 } else { listing.properties_left_out };
    let properties_more = properties.len().saturating_sub(ROWS_MAX) + left_out;
    properties.truncate(ROWS_MAX);
    let events_more = listing.events.len().saturating_sub(ROWS_MAX) + listing.events_left_out;
    let events = listing.events.into_iter().take(ROWS_MAX);
    let row = |event: store::EventSummary| EventRow {
        name: event.name,
        count: event.count,
        first: instant(event.first_ms),
        last: instant(event.last_ms),
    };
    CatalogueView { events: events.map(row).collect(), events_more, event, properties, properties_more }
}

/// As it came with one event; nothing where it did not.
fn of_event(property: &PropertyListing, event: &str) -> Option<PropertyRow> {
    let carrier = property.events.iter().find(|carrier| carrier.event == event)?;
    let (first, last) = carrier.seen_ms;
    Some(PropertyRow {
        name: property.summary.name.clone(),
        types: types(&property.summary.kinds),
        values: carrier.values,
        carriers: None,
        seen: Some((instant(first), instant(last))),
    })
}

fn of_all(property: PropertyListing) -> PropertyRow {
    PropertyRow {
        types: types(&property.summary.kinds),
        values: property.summary.count,
        carriers: (!property.events.is_empty()).then_some(property.events.len()),
        seen: property.seen_ms.map(|(first, last)| (instant(first), instant(last))),
        name: property.summary.name,
    }
}

/// The kinds of value, the most frequent first.
fn types(kinds: &Kinds) -> String {
    let mut types = [
        ("true or false", kinds.bools),
        ("whole number", kinds.ints),
        ("number", kinds.floats),
        ("text", kinds.texts),
        ("list", kinds.lists),
    ];
    types.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    types.iter().filter(|(_, count)| *count > 0).map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}
