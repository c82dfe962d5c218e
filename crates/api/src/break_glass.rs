//! `/api/v1/break-glass`: an operator's look into a workspace that did not open itself.

use axum::Json;
use axum::extract::{Path, State};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::WorkspaceId;
use policy::actions::{ApproveBreakGlass, AskBreakGlass, EndBreakGlass, ListBreakGlass};
use serde::Deserialize;
use serde_json::{Value, json};
use service::ServiceError;

use crate::grants::{Approval, document, id_of, view};
use crate::input::Input;
use crate::state::ApiState;
use crate::view::List;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/break-glass", list)
        .post("/api/v1/break-glass", ask)
        .post("/api/v1/break-glass/{grant}/approve", approve)
        .delete("/api/v1/break-glass/{grant}", end)
}

async fn list(
    may: Permit<ListBreakGlass>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let found =
        blocking(move || state.services.guard.broken_glass(may.granted()).map_err(ServiceError::from))
            .await?;
    let view = |found: &guard::grants::GrantView| {
        let mut document = view(found);
        document["workspace"] = json!(found.grant.workspace);
        document
    };
    Ok(Json(List::whole(found.iter().map(view).collect())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    workspace: WorkspaceId,
    reason: String,
}

async fn ask(
    may: Permit<AskBreakGlass>,
    State(state): State<ApiState>,
    Input(Ask { workspace, reason }): Input<Ask>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let grant = blocking(move || {
        let guard = &state.services.guard;
        guard.ask_break_glass(may.granted(), workspace, &reason).map_err(ServiceError::from)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(document(&grant))))
}

/// The body names the digest, so that the touch is bound to what is approved.
async fn approve(
    may: Permit<ApproveBreakGlass>,
    State(state): State<ApiState>,
    Path(grant): Path<String>,
    Input(Approval { digest }): Input<Approval>,
) -> Result<Json<Value>, Problem> {
    let id = id_of(&grant)?;
    let grant = blocking(move || {
        let guard = &state.services.guard;
        guard.approve_break_glass(may.granted(), id, &digest).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(document(&grant)))
}

async fn end(
    may: Permit<EndBreakGlass>,
    State(state): State<ApiState>,
    Path(grant): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = id_of(&grant)?;
    let grant =
        blocking(move || state.services.guard.end_break_glass(may.granted(), id).map_err(ServiceError::from))
            .await?;
    Ok(Json(document(&grant)))
}
