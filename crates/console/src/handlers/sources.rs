//! Sources and their write keys.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use collect::{Count, RefusalPlace, Source, reason};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::SourceId;
use policy::actions::{ChangeSource, CreateSource, ListSources, ReadShield, RotateWriteKey};
use service::sources::Change;
use service::{ServiceError, Services};

use super::fields::Fields;
use super::inside::{Also, Inside, instant};
use super::reply::{self, Page};
use crate::frame::Section;
use crate::pages::sources::{self, SourceRow, SourcesView};
use crate::paths;
use crate::state::ConsoleState;

/// How long the key before a rotation goes on working: a day, in which pages and servers get the new one.
const OVERLAP_S: u64 = 24 * 3600;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/sources", list)
        .post("/w/{w}/sources", create)
        .post("/w/{w}/sources/{source}/rotate", rotate)
        .post("/w/{w}/sources/{source}/disable", disable)
        .post("/w/{w}/sources/{source}/enable", enable)
        .post("/w/{w}/sources/{source}/quota", quota)
}

async fn list(
    may: Permit<ListSources>,
    inside: Inside,
    shield: Also<ReadShield>,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || listed(&state.services, &inside, (&may, &shield), None)).await
}

async fn create(
    may: Permit<CreateSource>,
    inside: Inside,
    list: Permit<ListSources>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let name = fields.text("name");
        match state.services.create_source(may.granted(), workspace, name) {
            Ok(_) => Ok(reply::done(&paths::sources(workspace), "source-created").into_response()),
            Err(ServiceError::Invalid { fix, .. }) => {
                let wrong = Some((name.to_owned(), fix));
                let page = listed(&state.services, &inside, (&list, &Also(None)), wrong)?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Err(error) => Err(error),
        }
    })
    .await
}

async fn rotate(
    may: Permit<RotateWriteKey>,
    State(state): State<ConsoleState>,
    Path((_, source)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let (workspace, id) = (may.workspace()?, source_id(&source)?);
    blocking(move || state.services.rotate_write_key(may.granted(), workspace, id, OVERLAP_S)).await?;
    Ok(reply::done(&paths::sources(workspace), "source-rotated"))
}

async fn disable(
    may: Permit<ChangeSource>,
    State(state): State<ConsoleState>,
    Path((_, source)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    switch(may, state, source_id(&source)?, false).await
}

async fn enable(
    may: Permit<ChangeSource>,
    State(state): State<ConsoleState>,
    Path((_, source)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    switch(may, state, source_id(&source)?, true).await
}

async fn quota(
    may: Permit<ChangeSource>,
    State(state): State<ConsoleState>,
    Path((_, source)): Path<(String, String)>,
    fields: Fields,
) -> Result<Redirect, Problem> {
    let (workspace, id) = (may.workspace()?, source_id(&source)?);
    let rate = match fields.text("events_per_s") {
        "" => None,
        text => {
            let wrong = |_| Problem::invalid("events_per_s", "write a whole number, or nothing");
            Some(text.parse::<u32>().map_err(wrong)?)
        }
    };
    let change = Change { events_per_s: Some(rate), ..Change::default() };
    blocking(move || state.services.change_source(may.granted(), workspace, id, &change)).await?;
    Ok(reply::done(&paths::sources(workspace), "source-quota"))
}

async fn switch(
    may: Permit<ChangeSource>,
    state: ConsoleState,
    id: SourceId,
    enabled: bool,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    let change = Change { enabled: Some(enabled), ..Change::default() };
    blocking(move || state.services.change_source(may.granted(), workspace, id, &change)).await?;
    Ok(reply::done(&paths::sources(workspace), if enabled { "source-enabled" } else { "source-disabled" }))
}

fn listed(
    services: &Services,
    inside: &Inside,
    (may, shield): (&Permit<ListSources>, &Also<ReadShield>),
    wrong: Option<(String, String)>,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Sources)?;
    let workspace = may.granted().workspace.ok_or(ServiceError::NotFound { what: "workspace" })?;
    let found = services.sources(may.granted(), workspace)?;
    let refused = match &shield.0 {
        Some(shield) => Some(services.refusals(shield.granted(), workspace)?),
        None => None,
    };
    let view = SourcesView {
        sources: found.into_iter().map(|source| source_row(source, refused.as_deref())).collect(),
        collect_url: services.about.collect_url.clone(),
        may_change: inside.may::<CreateSource>(&services.guard),
        wrong,
        strange: services.strange_keys(may.granted()).map(|count| (count.count, instant(count.last_ms))),
    };
    Ok(Page(sources::page(&frame, &view)))
}

fn source_row(source: Source, refused: Option<&[(RefusalPlace, Count)]>) -> SourceRow {
    let of_source = |counts: &[(RefusalPlace, Count)]| {
        counts.iter().filter(|(place, _)| place.source == Some(source.id)).map(|(_, count)| count.count).sum()
    };
    let mistyped = |counts: &[(RefusalPlace, Count)]| {
        let of_key = |place: &RefusalPlace| {
            place.source == Some(source.id) && place.reason == reason::UNKNOWN_WRITE_KEY
        };
        counts.iter().filter(|(place, _)| of_key(place)).map(|(_, count)| count.count).sum()
    };
    SourceRow {
        refused: refused.map(of_source),
        mistyped: refused.map(mistyped),
        events_per_s: source.events_per_s,
        id: source.id,
        name: source.name,
        write_key: source.write_key,
        old_key: source.previous.map(|previous| (previous.write_key, instant(previous.until_ms))),
        enabled: source.disabled_ms.is_none(),
        last: None,
    }
}

fn source_id(text: &str) -> Result<SourceId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}
