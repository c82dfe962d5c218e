//! `GET …/workspaces/{w}/catalogue`: which events and properties there are to ask about.

use axum::Json;
use axum::extract::State;
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::AskQuestion;
use serde::Serialize;
use service::listing::{Carrier, Listing, PropertyListing};
use store::EventSummary;

use crate::state::ApiState;
use crate::view::instant;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console).get("/api/v1/workspaces/{w}/catalogue", show)
}

#[derive(Serialize)]
struct CatalogueView {
    events: Vec<EventView>,
    events_left_out: usize,
    properties: Vec<PropertyView>,
    properties_left_out: usize,
}

#[derive(Serialize)]
struct EventView {
    name: String,
    count: u64,
    first: String,
    last: String,
}

#[derive(Serialize)]
struct PropertyView {
    name: String,
    /// Whether it is found in `context` only.
    context: bool,
    count: u64,
    types: TypesView,
    events: Vec<CarrierView>,
    first_received: Option<String>,
    last_received: Option<String>,
}

/// How many values are of which type.
#[derive(Serialize)]
struct TypesView {
    booleans: u64,
    integers: u64,
    numbers: u64,
    texts: u64,
    lists: u64,
}

#[derive(Serialize)]
struct CarrierView {
    event: String,
    count: u64,
    first_received: String,
    last_received: String,
}

async fn show(
    may: Permit<AskQuestion>,
    State(state): State<ApiState>,
) -> Result<Json<CatalogueView>, Problem> {
    let workspace = may.workspace()?;
    let found = blocking(move || state.services.listing(may.granted(), workspace)).await?;
    Ok(Json(found.into()))
}

impl From<Listing> for CatalogueView {
    fn from(listing: Listing) -> Self {
        Self {
            events: listing.events.into_iter().map(EventView::from).collect(),
            events_left_out: listing.events_left_out,
            properties: listing.properties.into_iter().map(PropertyView::from).collect(),
            properties_left_out: listing.properties_left_out,
        }
    }
}

impl From<EventSummary> for EventView {
    fn from(event: EventSummary) -> Self {
        let EventSummary { name, count, first_ms, last_ms } = event;
        Self { name, count, first: instant(first_ms), last: instant(last_ms) }
    }
}

impl From<PropertyListing> for PropertyView {
    fn from(property: PropertyListing) -> Self {
        let PropertyListing { summary, events, seen_ms } = property;
        let kinds = summary.kinds;
        Self {
            name: summary.name,
            context: summary.context,
            count: summary.count,
            types: TypesView {
                booleans: kinds.bools,
                integers: kinds.ints,
                numbers: kinds.floats,
                texts: kinds.texts,
                lists: kinds.lists,
            },
            events: events
                .into_iter()
                .map(|Carrier { event, values, seen_ms: (first, last) }| CarrierView {
                    event,
                    count: values,
                    first_received: instant(first),
                    last_received: instant(last),
                })
                .collect(),
            first_received: seen_ms.map(|(first, _)| instant(first)),
            last_received: seen_ms.map(|(_, last)| instant(last)),
        }
    }
}
