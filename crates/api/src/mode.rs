//! `PUT /api/v1/mode`, `PUT …/workspaces/{w}/mode`: read-only at once; back to normal only with a second person.
//! `POST …/lockdown`: every session and token ends.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use control::mode::{Mode, ModeState};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::{Granted, Guard};
use http::StatusCode;
use model::GrantId;
use policy::Action;
use policy::actions::{
    ApproveInstallationNormalMode, ApproveNormalMode, Lockdown, LockdownInstallation, ReadOperations,
    ReadWorkspace, SetInstallationMode, SetMode,
};
use serde::Deserialize;
use serde_json::{Value, json};
use service::ServiceError;

use crate::input::Input;
use crate::state::ApiState;
use crate::view::instant;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/mode", read_installation)
        .put("/api/v1/mode", set_installation)
        .post("/api/v1/mode/approvals/{approval}", approve_installation)
        .post("/api/v1/lockdown", lock_installation)
        .get("/api/v1/workspaces/{w}/mode", read)
        .put("/api/v1/workspaces/{w}/mode", set)
        .post("/api/v1/workspaces/{w}/mode/approvals/{approval}", approve)
        .post("/api/v1/workspaces/{w}/lockdown", lock)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    mode: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    reason: String,
}

fn view(state: &ModeState) -> Value {
    json!({ "mode": state.mode.as_str(), "reason": state.reason, "by": state.by, "at": (state.at_ms > 0).then(|| instant(state.at_ms)) })
}

async fn read_installation(
    _may: Permit<ReadOperations>,
    State(state): State<ApiState>,
) -> Result<Json<Value>, Problem> {
    let found = blocking(move || state.services.guard.mode(None).map_err(ServiceError::from)).await?;
    Ok(Json(view(&found)))
}

async fn read(may: Permit<ReadWorkspace>, State(state): State<ApiState>) -> Result<Json<Value>, Problem> {
    let workspace = may.workspace()?;
    let found =
        blocking(move || state.services.guard.mode(Some(workspace)).map_err(ServiceError::from)).await?;
    Ok(Json(view(&found)))
}

async fn set_installation(
    may: Permit<SetInstallationMode>,
    State(state): State<ApiState>,
    Input(wanted): Input<Wanted>,
) -> Result<Response, Problem> {
    set_mode(may, state, wanted).await
}

async fn set(
    may: Permit<SetMode>,
    State(state): State<ApiState>,
    Input(wanted): Input<Wanted>,
) -> Result<Response, Problem> {
    set_mode(may, state, wanted).await
}

async fn set_mode<A: Action>(may: Permit<A>, state: ApiState, wanted: Wanted) -> Result<Response, Problem> {
    blocking(move || change(&state.services.guard, may.granted(), &wanted)).await
}

fn change(guard: &Guard, granted: &Granted, wanted: &Wanted) -> Result<Response, ServiceError> {
    match mode_of(&wanted.mode)? {
        Mode::ReadOnly => Ok(Json(view(&guard.set_read_only(granted, &wanted.reason)?)).into_response()),
        Mode::Normal => {
            let approval = guard.ask_for_normal(granted, &wanted.reason)?;
            let body = json!({
                "waits_for": "a second person",
                "approval": approval.id,
                "asked_by": approval.asked_by,
                "expires_at": instant(approval.expires_ms),
            });
            Ok((StatusCode::ACCEPTED, Json(body)).into_response())
        }
    }
}

fn mode_of(name: &str) -> Result<Mode, ServiceError> {
    Mode::from_name(name).ok_or_else(|| ServiceError::Invalid {
        field: "mode".to_owned(),
        fix: "write `read_only` or `normal`".to_owned(),
    })
}

async fn approve_installation(
    may: Permit<ApproveInstallationNormalMode>,
    State(state): State<ApiState>,
    Path(approval): Path<String>,
) -> Result<Json<Value>, Problem> {
    approve_mode(may, state, &approval).await
}

async fn approve(
    may: Permit<ApproveNormalMode>,
    State(state): State<ApiState>,
    Path((_, approval)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    approve_mode(may, state, &approval).await
}

async fn approve_mode<A: Action>(
    may: Permit<A>,
    state: ApiState,
    approval: &str,
) -> Result<Json<Value>, Problem> {
    let id: GrantId = approval.parse().map_err(|_| Problem::not_found())?;
    let now =
        blocking(move || state.services.guard.approve_normal(may.granted(), id).map_err(ServiceError::from))
            .await?;
    Ok(Json(view(&now)))
}

async fn lock_installation(
    may: Permit<LockdownInstallation>,
    State(state): State<ApiState>,
    Input(reason): Input<Reason>,
) -> Result<Json<Value>, Problem> {
    lock_down(may, state, reason).await
}

async fn lock(
    may: Permit<Lockdown>,
    State(state): State<ApiState>,
    Input(reason): Input<Reason>,
) -> Result<Json<Value>, Problem> {
    lock_down(may, state, reason).await
}

async fn lock_down<A: Action>(
    may: Permit<A>,
    state: ApiState,
    reason: Reason,
) -> Result<Json<Value>, Problem> {
    let ended = blocking(move || {
        state.services.guard.lockdown(may.granted(), &reason.reason).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(json!({ "members": ended.members, "tokens": ended.tokens, "invites": ended.invites })))
}
