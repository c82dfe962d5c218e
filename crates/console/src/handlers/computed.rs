//! Computed traits: making, changing and removing them.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::WorkspaceId;
use policy::actions::{ListSegments, WriteSegment};
use segments::{Counted, NewComputed};
use serde_json::Value;
use service::{ServiceError, Services};

use super::fields::Fields;
use super::inside::{Inside, instant};
use super::reply::{self, Page};
use crate::components::form::Typed;
use crate::frame::Section;
use crate::pages::computed::{self as pages, ComputedRow, ComputedView};
use crate::paths;
use crate::state::ConsoleState;

const FIELDS: [&str; 6] = ["name", "event", "measure", "property", "within", "where"];

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/computed", list)
        .post("/w/{w}/computed", make)
        .get("/w/{w}/computed/{name}", show)
        .post("/w/{w}/computed/{name}/edit", edit)
        .post("/w/{w}/computed/{name}/remove", remove)
}

async fn list(
    may: Permit<ListSegments>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || listed(&state.services, &inside, workspace, (None, Typed::default()))).await
}

/// The same with the form filled in.
async fn show(
    may: Permit<ListSegments>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Path((_, name)): Path<(String, String)>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let found = state.services.segments.show_computed(workspace, &name).map_err(ServiceError::from)?;
        let document = found.segment.computed.unwrap_or_default();
        let text = |field: &'static str| match &document[field] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let typed = Typed { texts: FIELDS.iter().map(|field| (*field, text(field))).collect(), wrong: None };
        listed(&state.services, &inside, workspace, (Some(name), typed))
    })
    .await
}

async fn make(
    may: Permit<WriteSegment>,
    inside: Inside,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let made = written(&fields, fields.text("name"))
            .and_then(|new| services.segments.make_computed(may.granted(), new).map_err(ServiceError::from));
        answered(services, &inside, (workspace, None), &fields, made)
    })
    .await
}

async fn edit(
    may: Permit<WriteSegment>,
    inside: Inside,
    State(state): State<ConsoleState>,
    (Path((_, name)), fields): (Path<(String, String)>, Fields),
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let edited = written(&fields, &name).and_then(|new| {
            services.segments.edit_computed(may.granted(), &name, new).map_err(ServiceError::from)
        });
        answered(services, &inside, (workspace, Some(name)), &fields, edited)
    })
    .await
}

async fn remove(
    may: Permit<WriteSegment>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        match state.services.segments.remove_computed(may.granted(), &name).map_err(ServiceError::from) {
            Ok(()) => Ok(reply::done(&paths::computed(workspace), "computed-removed").into_response()),
            Err(ServiceError::Conflict(why)) => {
                let typed = Typed { wrong: Some((String::new(), why)), ..Typed::default() };
                let page = listed(&state.services, &inside, workspace, (None, typed))?;
                Ok((StatusCode::CONFLICT, page).into_response())
            }
            Err(error) => Err(error),
        }
    })
    .await
}

fn written(fields: &Fields, name: &str) -> Result<NewComputed, ServiceError> {
    let given = |field: &str| Some(fields.text(field).to_owned()).filter(|text| !text.is_empty());
    let conditions = given("where").map(|text| serde_json::from_str::<Value>(&text)).transpose();
    let fix = || ServiceError::Invalid { field: "where".to_owned(), fix: "JSON as in a question".to_owned() };
    Ok(NewComputed {
        name: name.to_owned(),
        event: fields.text("event").to_owned(),
        conditions: conditions.map_err(|_| fix())?,
        measure: fields.text("measure").to_owned(),
        property: given("property"),
        within: given("within"),
    })
}

fn answered(
    services: &Services,
    inside: &Inside,
    (workspace, changes): (WorkspaceId, Option<String>),
    fields: &Fields,
    came: Result<Counted, ServiceError>,
) -> Result<Response, ServiceError> {
    let (field, fix) = match came {
        Ok(_) => return Ok(reply::done(&paths::computed(workspace), "computed-written").into_response()),
        Err(ServiceError::Invalid { field, fix }) => {
            (field.split('/').next().unwrap_or_default().to_owned(), fix)
        }
        Err(ServiceError::Conflict(why)) => ("name".to_owned(), why),
        Err(other) => return Err(other),
    };
    let texts = FIELDS.iter().map(|name| (*name, fields.text(name).to_owned())).collect();
    let typed = Typed { texts, wrong: Some((field, fix)) };
    let page = listed(services, inside, workspace, (changes, typed))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn listed(
    services: &Services,
    inside: &Inside,
    workspace: WorkspaceId,
    (changes, typed): (Option<String>, Typed),
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Segments)?;
    let rows = services.segments.computed(workspace)?.iter().map(row).collect();
    let may_write = inside.may::<WriteSegment>(&services.guard);
    Ok(Page(pages::page(&frame, &ComputedView { rows, may_write, changes, typed })))
}

fn row(of: &Counted) -> ComputedRow {
    let Counted { segment, state, people, percent } = of;
    ComputedRow {
        name: segment.name.clone(),
        words: segment.words(),
        state: state.as_str(),
        percent: *percent,
        people: *people,
        changed: instant(segment.made_ms),
    }
}
