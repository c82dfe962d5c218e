//! `/api/v1/passkeys`: one's own passkeys. `/api/v1/passkeys/lock`: no more of them.

use axum::Json;
use axum::extract::{Path, State};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::PasskeyId;
use policy::Action;
use policy::actions::{
    AddFirstPasskey, AddPasskey, FinishAddPasskey, ListPasskeys, LockPasskeys, RefuseFirstPasskey,
    RemovePasskey, UnlockPasskeys,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use service::ServiceError;

use crate::input::Input;
use crate::members::first_passkey;
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/passkeys", list)
        .post("/api/v1/passkeys/begin", begin)
        .post("/api/v1/passkeys/finish", finish)
        .delete("/api/v1/passkeys/{passkey}", remove)
        .get("/api/v1/passkeys/first", first)
        .post("/api/v1/passkeys/first/begin", begin_first)
        .delete("/api/v1/passkeys/first", refuse_first)
        .get("/api/v1/passkeys/lock", lock)
        .put("/api/v1/passkeys/lock", refuse_new)
        .delete("/api/v1/passkeys/lock", allow_new)
}

async fn list(
    may: Permit<ListPasskeys>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let found =
        blocking(move || state.services.guard.passkeys(may.granted()).map_err(ServiceError::from)).await?;
    let view = |passkey: signin::passkey::PasskeyView| {
        json!({
            "id": passkey.id,
            "name": passkey.name,
            "created_at": instant(passkey.created_ms),
            "last_used_at": passkey.last_used_ms.map(instant),
        })
    };
    Ok(Json(List::whole(found.into_iter().map(view).collect())))
}

async fn begin(may: Permit<AddPasskey>, State(state): State<ApiState>) -> Result<Json<Value>, Problem> {
    Ok(Json(
        blocking(move || state.services.guard.begin_add_passkey(may.granted()).map_err(ServiceError::from))
            .await?,
    ))
}

/// Whether a first one is allowed to the caller, and from when.
async fn first(may: Permit<ListPasskeys>, State(state): State<ApiState>) -> Result<Json<Value>, Problem> {
    let found =
        blocking(move || state.services.guard.own_first_passkey(may.granted()).map_err(ServiceError::from))
            .await?;
    Ok(Json(json!({ "allowed": found.as_ref().map(first_passkey) })))
}

async fn begin_first(
    may: Permit<AddFirstPasskey>,
    State(state): State<ApiState>,
) -> Result<Json<Value>, Problem> {
    let begun =
        blocking(move || state.services.guard.begin_first_passkey(may.granted()).map_err(ServiceError::from))
            .await?;
    Ok(Json(begun))
}

async fn refuse_first(
    may: Permit<RefuseFirstPasskey>,
    State(state): State<ApiState>,
) -> Result<StatusCode, Problem> {
    blocking(move || state.services.guard.refuse_first_passkey(may.granted()).map_err(ServiceError::from))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Finish {
    /// What its owner calls it.
    #[serde(default = "unnamed")]
    name: String,
    /// A `RegistrationResponseJSON`.
    #[serde(flatten)]
    response: Value,
}

fn unnamed() -> String {
    "Passkey".to_owned()
}

async fn finish(
    may: Permit<FinishAddPasskey>,
    State(state): State<ApiState>,
    Input(finish): Input<Finish>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let id = blocking(move || {
        let guard = &state.services.guard;
        guard.finish_add_passkey(may.granted(), &finish.response, &finish.name).map_err(ServiceError::from)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

async fn remove(
    may: Permit<RemovePasskey>,
    State(state): State<ApiState>,
    Path(passkey): Path<String>,
) -> Result<StatusCode, Problem> {
    let id: PasskeyId = passkey.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.remove_passkey(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether new passkeys are refused.
#[derive(Debug, Serialize)]
struct Lock {
    locked: bool,
}

async fn lock(may: Permit<ListPasskeys>, State(state): State<ApiState>) -> Result<Json<Lock>, Problem> {
    let locked =
        blocking(move || state.services.guard.passkeys_locked(may.granted()).map_err(ServiceError::from))
            .await?;
    Ok(Json(Lock { locked }))
}

async fn refuse_new(may: Permit<LockPasskeys>, State(state): State<ApiState>) -> Result<Json<Lock>, Problem> {
    set_lock(may, state, true).await
}

async fn allow_new(
    may: Permit<UnlockPasskeys>,
    State(state): State<ApiState>,
) -> Result<Json<Lock>, Problem> {
    set_lock(may, state, false).await
}

async fn set_lock<A: Action>(may: Permit<A>, state: ApiState, locked: bool) -> Result<Json<Lock>, Problem> {
    blocking(move || state.services.guard.lock_passkeys(may.granted(), locked).map_err(ServiceError::from))
        .await?;
    Ok(Json(Lock { locked }))
}
