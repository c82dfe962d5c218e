//! `…/workspaces/{w}/computed-traits`: traits that are worked out from what people did.

use ::segments::{Counted, NewComputed};
use axum::Json;
use axum::extract::{Path, State};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use policy::actions::{ListSegments, MakeSegment, WriteSegment};
use serde_json::{Value, json};
use service::ServiceError;

use crate::input::Input;
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/computed-traits", list)
        .post("/api/v1/workspaces/{w}/computed-traits", make)
        .get("/api/v1/workspaces/{w}/computed-traits/{name}", show)
        .put("/api/v1/workspaces/{w}/computed-traits/{name}", edit)
        .delete("/api/v1/workspaces/{w}/computed-traits/{name}", remove)
}

fn document(of: &Counted) -> Value {
    let Counted { segment, state, people, percent } = of;
    let mut document = segment.computed.clone().unwrap_or_default();
    document["name"] = json!(segment.name);
    document["version"] = json!(segment.version);
    document["words"] = json!(segment.words());
    document["by"] = json!(segment.by);
    document["changed_at"] = json!(instant(segment.made_ms));
    document["state"] = json!(state.as_str());
    document["percent"] = json!(percent);
    document["people"] = json!(people);
    document
}

async fn list(
    may: Permit<ListSegments>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let workspace = may.workspace()?;
    let found =
        blocking(move || state.services.segments.computed(workspace).map_err(ServiceError::from)).await?;
    Ok(Json(List::whole(found.iter().map(document).collect())))
}

async fn make(
    may: Permit<MakeSegment>,
    State(state): State<ApiState>,
    Input(new): Input<NewComputed>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let made = blocking(move || {
        state.services.segments.make_computed(may.granted(), new).map_err(ServiceError::from)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(document(&made))))
}

async fn show(
    may: Permit<ListSegments>,
    State(state): State<ApiState>,
    Path((_, name)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let workspace = may.workspace()?;
    let found =
        blocking(move || state.services.segments.show_computed(workspace, &name).map_err(ServiceError::from))
            .await?;
    Ok(Json(document(&found)))
}

async fn edit(
    may: Permit<WriteSegment>,
    State(state): State<ApiState>,
    Path((_, name)): Path<(String, String)>,
    Input(new): Input<NewComputed>,
) -> Result<Json<Value>, Problem> {
    let edited = blocking(move || {
        state.services.segments.edit_computed(may.granted(), &name, new).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(document(&edited)))
}

async fn remove(
    may: Permit<WriteSegment>,
    State(state): State<ApiState>,
    Path((_, name)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        state.services.segments.remove_computed(may.granted(), &name).map_err(ServiceError::from)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
