//! People, masked. Their rows come from the row-writer alone.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use model::PersonId;
use policy::actions::{ListPeople, ListSources, ReadEvents, ViewPerson};
use rows::{PersonLine, PersonView as Row, TraitView};
use serde::Deserialize;
use serde_json::Value;
use service::events::Wanted;
use service::{ServiceError, Services};

use super::fields::Fields;
use super::inside::{Also, Inside, instant};
use super::reply::Page;
use super::view::{SourceNames, event_view};
use crate::components::table::Pager;
use crate::frame::Section;
use crate::pages::people::{self, PeopleView, PersonRow};
use crate::pages::person::{self, MergeRow, PersonView, TraitRow};
use crate::paths;
use crate::state::ConsoleState;

/// How many people a page has.
const PEOPLE_MAX: u32 = 50;
/// How many events of a person a page has.
const EVENTS_MAX: usize = 100;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/people", list)
        .post("/w/{w}/people", find)
        .get("/w/{w}/people/{person}", view)
}

#[derive(Default, Deserialize)]
struct PageQuery {
    #[serde(default)]
    after: String,
}

/// Whoever may look at single people finds them here; who may page through them sees the list, too.
async fn list(
    _may: Permit<ViewPerson>,
    inside: Inside,
    extras: (Also<ListPeople>, Also<ListSources>),
    State(state): State<ConsoleState>,
    Query(query): Query<PageQuery>,
) -> Result<Page, Problem> {
    let after = match query.after.as_str() {
        "" => None,
        text => Some(text.parse::<PersonId>().map_err(|_| Problem::not_found())?),
    };
    blocking(move || listed(&state.services, &inside, &extras, after, false)).await
}

async fn find(
    may: Permit<ViewPerson>,
    inside: Inside,
    extras: (Also<ListPeople>, Also<ListSources>),
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || match state.services.find_person(may.granted(), workspace, fields.text("find"))? {
        Some(id) => Ok(Redirect::to(&paths::person(workspace, id)).into_response()),
        None => listed(&state.services, &inside, &extras, None, true).map(Page::into_response),
    })
    .await
}

fn listed(
    services: &Services,
    inside: &Inside,
    (list, sources): &(Also<ListPeople>, Also<ListSources>),
    after: Option<PersonId>,
    missed: bool,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::People)?;
    let workspace =
        frame.workspace.as_ref().map(|badge| badge.id).ok_or(ServiceError::NotFound { what: "workspace" })?;
    let curl =
        SourceNames::read(services, sources.0.as_ref(), workspace)?.curl_line(&services.about.collect_url);
    let view = match &list.0 {
        Some(list) if !missed => {
            let page = services.rows.list(list.granted(), workspace, PEOPLE_MAX, after)?;
            let total = services.people_count(list.granted(), workspace)?;
            let here = paths::people(workspace);
            let pager = Pager {
                first: after.map(|_| here.clone()),
                next: page.next.map(|next| paths::with_query(&here, &[("after", &next.to_string())])),
                shown: format!("{} of {total}", page.lines.len()),
            };
            PeopleView {
                people: page.lines.iter().map(|line| person_row(line)).collect(),
                total: Some(total),
                missed,
                pager,
                curl,
            }
        }
        _ => PeopleView { people: Vec::new(), total: None, missed, pager: Pager::default(), curl },
    };
    Ok(Page(people::page(&frame, &view)))
}

fn person_row(line: &PersonLine) -> PersonRow {
    PersonRow {
        id: line.id,
        identifier: line.identifier.as_ref().map(|found| (words(&found.kind), found.masked.clone())),
        events: line.events,
        first: instant(line.first_seen_ms),
        last: instant(line.last_seen_ms),
    }
}

async fn view(
    may: Permit<ViewPerson>,
    inside: Inside,
    extras: (Also<ReadEvents>, Also<ListSources>),
    State(state): State<ConsoleState>,
    (Path((_, id)), Query(query)): (Path<(String, String)>, Query<PageQuery>),
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    let id: PersonId = id.parse().map_err(|_| Problem::not_found())?;
    blocking(move || {
        let services = &state.services;
        let (events, sources) = extras;
        let frame = inside.frame(services, Section::People)?;
        let found = services.rows.person(may.granted(), workspace, id)?;
        let found = found.ok_or(ServiceError::NotFound { what: "person" })?;
        let names = SourceNames::read(services, sources.0.as_ref(), workspace)?;
        let mut view = person_view(&found);
        if let Some(events) = &events.0 {
            let after = Some(query.after.clone()).filter(|after| !after.is_empty());
            let wanted = Wanted { person: Some(id), limit: EVENTS_MAX, after, ..Wanted::default() };
            let page = services.events(events.granted(), workspace, &wanted)?;
            let here = paths::person(workspace, id);
            view.pager = Pager {
                first: (!query.after.is_empty()).then(|| here.clone()),
                next: page.next.map(|next| paths::with_query(&here, &[("after", &next)])),
                shown: format!("{} of {}", page.items.len(), view.events_total),
            };
            view.events =
                page.items.into_iter().map(|(event, person)| event_view(event, person, &names)).collect();
        }
        Ok::<_, ServiceError>(Page(person::page(&frame, &view)))
    })
    .await
}

fn person_view(row: &Row) -> PersonView {
    PersonView {
        id: row.id,
        identifiers: row.identifiers.iter().map(|found| (words(&found.kind), found.masked.clone())).collect(),
        traits: row.traits.iter().map(trait_row).collect(),
        events_total: row.events,
        first: instant(row.first_seen_ms),
        last: instant(row.last_seen_ms),
        events: Vec::new(),
        merges: row
            .merges
            .iter()
            .map(|merge| MergeRow {
                at: instant(merge.at_ms),
                from: merge.from,
                reason: words(&merge.reason),
            })
            .collect(),
        pager: Pager::default(),
        ledger_entry: None,
    }
}

fn trait_row(kept: &TraitView) -> TraitRow {
    let value = kept.value.as_ref().map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    TraitRow { name: kept.name.clone(), value, class: kept.sealed, set: instant(kept.time_ms) }
}

/// `user_id` is user id.
fn words(code: &str) -> String {
    code.replace('_', " ")
}
