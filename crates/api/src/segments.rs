//! `…/workspaces/{w}/segments`: audiences that people join and leave.

use ::segments::why::Part;
use ::segments::{Counted, NewSegment};
use axum::Json;
use axum::extract::{Path, State};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::PersonId;
use policy::actions::{AskQuestion, ListPeople, ListSegments, MakeSegment, ViewPerson, WriteSegment};
use rows::{PersonLine, Released};
use serde::Deserialize;
use serde_json::{Value, json};
use service::ServiceError;

use crate::input::{Input, Query, Raw};
use crate::state::ApiState;
use crate::view::{List, Page, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/segments", list)
        .post("/api/v1/workspaces/{w}/segments", make)
        .post("/api/v1/workspaces/{w}/segments/size", size)
        .get("/api/v1/workspaces/{w}/segments/{segment}", show)
        .put("/api/v1/workspaces/{w}/segments/{segment}", edit)
        .delete("/api/v1/workspaces/{w}/segments/{segment}", remove)
        .get("/api/v1/workspaces/{w}/segments/{segment}/people", people)
        .post("/api/v1/workspaces/{w}/segments/{segment}/people", list_people)
        .post("/api/v1/workspaces/{w}/segments/{segment}/import", import)
        .get("/api/v1/workspaces/{w}/segments/{segment}/people/{person}", why)
}

fn document(of: &Counted) -> Value {
    let Counted { segment, state, people, percent } = of;
    json!({
        "id": segment.id,
        "name": segment.name,
        "version": segment.version,
        "who": segment.who,
        "words": segment.words(),
        "by": segment.by,
        "changed_at": instant(segment.made_ms),
        "state": state.as_str(),
        "percent": percent,
        "people": people,
    })
}

async fn list(
    may: Permit<ListSegments>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let workspace = may.workspace()?;
    let found = blocking(move || state.services.segments.list(workspace).map_err(ServiceError::from)).await?;
    Ok(Json(List::whole(found.iter().map(document).collect())))
}

async fn make(
    may: Permit<MakeSegment>,
    State(state): State<ApiState>,
    Input(new): Input<NewSegment>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let made = blocking(move || state.services.segments.make(may.granted(), new).map_err(ServiceError::from))
        .await?;
    Ok((StatusCode::CREATED, Json(document(&made))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    who: Value,
}

async fn size(
    may: Permit<AskQuestion>,
    State(state): State<ApiState>,
    Input(Asked { who }): Input<Asked>,
) -> Result<Json<Value>, Problem> {
    let workspace = may.workspace()?;
    let size = blocking(move || state.services.segment_size(may.granted(), workspace, &who)).await?;
    Ok(Json(json!({ "people": size.people, "words": size.words })))
}

async fn show(
    may: Permit<ListSegments>,
    State(state): State<ApiState>,
    Path((_, segment)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let workspace = may.workspace()?;
    let found =
        blocking(move || state.services.segments.show(workspace, &segment).map_err(ServiceError::from))
            .await?;
    Ok(Json(document(&found)))
}

async fn edit(
    may: Permit<WriteSegment>,
    State(state): State<ApiState>,
    Path((_, segment)): Path<(String, String)>,
    Input(new): Input<NewSegment>,
) -> Result<Json<Value>, Problem> {
    let edited = blocking(move || {
        state.services.segments.edit(may.granted(), &segment, new).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(document(&edited)))
}

async fn remove(
    may: Permit<WriteSegment>,
    State(state): State<ApiState>,
    Path((_, segment)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    blocking(move || state.services.segments.remove(may.granted(), &segment).map_err(ServiceError::from))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn people(
    may: Permit<ListPeople>,
    State(state): State<ApiState>,
    Path((_, segment)): Path<(String, String)>,
    Query(page): Query<Page>,
) -> Result<Json<List<Released<PersonLine>>>, Problem> {
    let workspace = may.workspace()?;
    let cursor = |text: String| {
        text.parse::<PersonId>().map_err(|_| Problem::invalid("after", "use the `next` of the page before"))
    };
    let after = page.after.map(cursor).transpose()?;
    let limit = u32::try_from(page.limit.unwrap_or(50)).unwrap_or(u32::MAX);
    let found =
        blocking(move || state.services.segment_people(may.granted(), workspace, (&segment, after, limit)))
            .await?;
    Ok(Json(List { items: found.lines, next: found.next.map(|id| id.to_string()) }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    #[serde(default)]
    add: Vec<PersonId>,
    #[serde(default)]
    remove: Vec<PersonId>,
}

async fn list_people(
    may: Permit<WriteSegment>,
    State(state): State<ApiState>,
    Path((_, segment)): Path<(String, String)>,
    Input(Listed { add, remove }): Input<Listed>,
) -> Result<Json<Value>, Problem> {
    let (added, removed) = blocking(move || {
        let segments = &state.services.segments;
        segments.list_people(may.granted(), &segment, (&add, &remove)).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(json!({ "added": added, "removed": removed })))
}

/// A file with a user id or an e-mail address a line. Unknown ones are told by the number of their line.
async fn import(
    may: Permit<WriteSegment>,
    State(state): State<ApiState>,
    Path((_, segment)): Path<(String, String)>,
    Raw(file): Raw,
) -> Result<Json<Value>, Problem> {
    let text =
        String::from_utf8(file.to_vec()).map_err(|_| Problem::invalid("file", "send text in UTF-8"))?;
    let imported = blocking(move || {
        state.services.segments.import(may.granted(), &segment, &text).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(json!({
        "lines": imported.lines,
        "added": imported.added,
        "already": imported.already,
        "unknown": imported.unknown,
        "unknown_lines": imported.unknown_lines,
    })))
}

fn part(of: &Part) -> Value {
    json!({ "depth": of.depth, "words": of.words, "met": of.met, "counted": of.counted })
}

async fn why(
    may: Permit<ViewPerson>,
    State(state): State<ApiState>,
    Path((_, segment, person)): Path<(String, String, String)>,
) -> Result<Json<Value>, Problem> {
    let workspace = may.workspace()?;
    let person: PersonId = person.parse().map_err(|_| Problem::not_found())?;
    let why =
        blocking(move || state.services.segment_why(may.granted(), workspace, (&segment, person))).await?;
    Ok(Json(json!({
        "person": why.person,
        "is_in": why.is_in,
        "since": why.since.as_ref().map(|(since_ms, _)| instant(*since_ms)),
        "reason": why.since.as_ref().map(|(_, reason)| reason),
        "looked_at_again": why.next_ms.map(instant),
        "parts": why.parts.iter().map(part).collect::<Vec<_>>(),
    })))
}
