//! What arrives, newest first, and beside it what was refused.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use collect::{Count, RefusalPlace};
use door::{DoorName, Permit, Problem, Routes, blocking};
use model::{PersonId, WorkspaceId};
use policy::actions::{ListSources, ReadEvents, ReadShield, ViewPerson};
use serde::Deserialize;
use service::events::{Page as EventsPage, Wanted};
use service::{ServiceError, Services};

use super::inside::{Also, Inside, instant};
use super::reply::Page;
use super::stream;
use super::view::{SourceNames, event_view, reason_words};
use crate::components::table::Pager;
use crate::frame::Section;
use crate::pages::live::{self, LiveView, RefusalView};
use crate::paths;
use crate::state::ConsoleState;

/// How many events a page has.
const EVENTS_MAX: usize = 50;
/// How many reasons for refusals stand beside them.
const REASONS_MAX: usize = 8;
/// How many event names are offered.
pub(crate) const NAMES_MAX: usize = 200;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console).get("/w/{w}/live", page).get("/w/{w}/live/stream", stream::events)
}

/// The filter, as the address holds it.
#[derive(Default, Deserialize)]
pub(crate) struct LiveQuery {
    #[serde(default)]
    pub(crate) event: String,
    #[serde(default)]
    pub(crate) person: String,
    #[serde(default)]
    after: String,
    /// The stream alone: everything before this place in the journal stands on the page already.
    #[serde(default)]
    pub(crate) since: Option<u64>,
}

/// What else the page shows to those who may see it.
type Extras = (Also<ReadShield>, Also<ViewPerson>, Also<ListSources>);

async fn page(
    may: Permit<ReadEvents>,
    inside: Inside,
    extras: Extras,
    State(state): State<ConsoleState>,
    Query(query): Query<LiveQuery>,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let (shield, people, sources) = extras;
        if let Some(found) = found_by_identifier(services, people.0.as_ref(), workspace, &query)? {
            return Ok(found);
        }
        let frame = inside.frame(services, Section::Live)?;
        let names = SourceNames::read(services, sources.0.as_ref(), workspace)?;
        let catalogue = services.catalogue(may.granted(), workspace);
        let since = services.listed_until();
        let mut page = wanted_events(services, &may, workspace, &query)?;
        // What was stored meanwhile comes by the stream, once.
        page.items.retain(|(event, _)| event.offset.0 < since);
        let refusals = match &shield.0 {
            Some(shield) => Some(services.refusals(shield.granted(), workspace)?),
            None => None,
        };
        let filter = [("event", query.event.as_str()), ("person", query.person.as_str())];
        let here = paths::live(workspace);
        let pager = Pager {
            first: (!query.after.is_empty()).then(|| paths::with_query(&here, &filter)),
            next: page
                .next
                .as_ref()
                .map(|next| paths::with_query(&here, &[filter[0], filter[1], ("after", next)])),
            shown: shown(page.items.len()),
        };
        let view = LiveView {
            events: page.items.into_iter().map(|(event, person)| event_view(event, person, &names)).collect(),
            names: catalogue.events.iter().take(NAMES_MAX).map(|event| event.name.clone()).collect(),
            last_minute: None,
            refusals: refusals.map(|found| {
                found.into_iter().take(REASONS_MAX).map(|refusal| refusal_view(refusal, &names)).collect()
            }),
            pager,
            curl: names.curl_line(&services.about.collect_url),
            event: query.event,
            person: query.person,
            since,
        };
        Ok::<_, ServiceError>(Page(live::page(&frame, &view)).into_response())
    })
    .await
}

/// An identifier that somebody typed leads to the address with the person's id, so that no address keeps it.
fn found_by_identifier(
    services: &Services,
    may: Option<&Permit<ViewPerson>>,
    workspace: WorkspaceId,
    query: &LiveQuery,
) -> Result<Option<Response>, ServiceError> {
    let Some(may) = may.filter(|_| !query.person.is_empty() && query.person.parse::<PersonId>().is_err())
    else {
        return Ok(None);
    };
    let found = services.find_person(may.granted(), workspace, &query.person)?;
    let person = found.map(|id| id.to_string()).unwrap_or_default();
    let path = paths::with_query(&paths::live(workspace), &[("event", &query.event), ("person", &person)]);
    Ok(found.map(|_| Redirect::to(&path).into_response()))
}

fn wanted_events(
    services: &Services,
    may: &Permit<ReadEvents>,
    workspace: WorkspaceId,
    query: &LiveQuery,
) -> Result<EventsPage, ServiceError> {
    let Some(wanted) = wanted(query) else { return Ok(EventsPage { items: Vec::new(), next: None }) };
    match services.events(may.granted(), workspace, &wanted) {
        // Nobody of that id: a filter that nothing fits, not a page that is not there.
        Err(ServiceError::NotFound { .. }) => Ok(EventsPage { items: Vec::new(), next: None }),
        other => other,
    }
}

/// The filter as the services take it; none where nobody can be meant by the person in it.
pub(crate) fn wanted(query: &LiveQuery) -> Option<Wanted> {
    let person = match query.person.as_str() {
        "" => None,
        text => Some(text.parse().ok()?),
    };
    Some(Wanted {
        person,
        event: Some(query.event.clone()).filter(|event| !event.is_empty()),
        after: Some(query.after.clone()).filter(|after| !after.is_empty()),
        limit: EVENTS_MAX,
        ..Wanted::default()
    })
}

fn shown(count: usize) -> String {
    if count == 1 { "1 event".to_owned() } else { format!("{count} events") }
}

fn refusal_view((place, count): (RefusalPlace, Count), names: &SourceNames) -> RefusalView {
    RefusalView {
        source: names.of_refusal(&place),
        reason: reason_words(&place.reason),
        field: place.field.into_owned(),
        count: count.count,
        last: instant(count.last_ms),
    }
}
