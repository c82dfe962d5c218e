//! `…/workspaces/{w}/people`: profiles, masked, and one value at a time in clear. They come from the row-writer alone.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::header;
use model::PersonId;
use policy::actions::{ListPeople, ReadEvents, RevealTrait, ViewPerson};
use rows::{PersonLine, PersonView, Released};
use serde::Deserialize;
use service::ServiceError;
use service::events::Wanted;

use crate::events::EventView;
use crate::input::{Input, Query};
use crate::state::ApiState;
use crate::view::{List, Page};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/people", list)
        .get("/api/v1/workspaces/{w}/people/{person}", view)
        .get("/api/v1/workspaces/{w}/people/{person}/events", events)
        .post("/api/v1/workspaces/{w}/people/{person}/reveal", reveal)
}

async fn list(
    may: Permit<ListPeople>,
    State(state): State<ApiState>,
    Query(page): Query<Page>,
) -> Result<Json<List<Released<PersonLine>>>, Problem> {
    let workspace = may.workspace()?;
    let after = page
        .after
        .map(|text| {
            text.parse::<PersonId>()
                .map_err(|_| Problem::invalid("after", "use the `next` of the page before"))
        })
        .transpose()?;
    let limit = u32::try_from(page.limit.unwrap_or(50)).unwrap_or(u32::MAX);
    let found = blocking(move || {
        state.services.rows.list(may.granted(), workspace, limit, after).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(List { items: found.lines, next: found.next.map(|id| id.to_string()) }))
}

async fn view(
    may: Permit<ViewPerson>,
    State(state): State<ApiState>,
    Path((_, person)): Path<(String, String)>,
) -> Result<Json<Released<PersonView>>, Problem> {
    let workspace = may.workspace()?;
    let id: PersonId = person.parse().map_err(|_| Problem::not_found())?;
    let found = blocking(move || {
        state.services.rows.person(may.granted(), workspace, id).map_err(ServiceError::from)
    })
    .await?;
    found.map(Json).ok_or_else(Problem::not_found)
}

async fn events(
    may: Permit<ReadEvents>,
    State(state): State<ApiState>,
    Path((_, person)): Path<(String, String)>,
    Query(page): Query<Page>,
) -> Result<Json<List<EventView>>, Problem> {
    let workspace = may.workspace()?;
    let id: PersonId = person.parse().map_err(|_| Problem::not_found())?;
    let wanted =
        Wanted { person: Some(id), limit: page.limit.unwrap_or(100), after: page.after, ..Wanted::default() };
    let found = blocking(move || state.services.events(may.granted(), workspace, &wanted)).await?;
    let items = found.items.into_iter().map(|(event, person)| EventView::new(event, person)).collect();
    Ok(Json(List { items, next: found.next }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reveal {
    field: String,
    reason: String,
}

/// One value in clear; nothing between here and the one who asked may keep it.
async fn reveal(
    may: Permit<RevealTrait>,
    State(state): State<ApiState>,
    Path((_, person)): Path<(String, String)>,
    Input(Reveal { field, reason }): Input<Reveal>,
) -> Result<impl IntoResponse, Problem> {
    let workspace = may.workspace()?;
    let id: PersonId = person.parse().map_err(|_| Problem::not_found())?;
    let found = blocking(move || {
        let rows = &state.services.rows;
        rows.reveal(may.granted(), (workspace, id), &field, &reason).map_err(ServiceError::from)
    })
    .await?;
    let found = found.ok_or_else(Problem::not_found)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(found)))
}
