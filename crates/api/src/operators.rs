//! `/api/v1/operators`: those who run the installation. Two of them can approve what one may not alone.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::operators::inviting::{InviteState, OperatorInvite};
use http::{StatusCode, header};
use model::{GrantId, MemberId};
use policy::actions::{ApproveOperator, InviteOperator, ListOperators, RemoveOperator, WithdrawOperator};
use serde::Deserialize;
use serde_json::{Value, json};
use service::ServiceError;

use crate::input::Input;
use crate::review;
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/operators", list)
        .get("/api/v1/operators/invites", invites)
        .post("/api/v1/operators/invites", ask)
        .post("/api/v1/operators/invites/{invite}/approve", approve)
        .post("/api/v1/operators/invites/{invite}/code", code)
        .delete("/api/v1/operators/invites/{invite}", withdraw)
        .delete("/api/v1/operators/{operator}", remove)
}

async fn list(
    may: Permit<ListOperators>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let found =
        blocking(move || state.services.guard.operators(may.granted()).map_err(ServiceError::from)).await?;
    let view = |operator: guard::operators::OperatorView| {
        let state = operator.standing.as_str();
        let speaks_for =
            operator.speaks_for.map(|(by, until_ms)| json!({ "operator": by, "until": instant(until_ms) }));
        let mut view = json!({
            "id": operator.id, "passkeys": operator.passkeys, "state": state, "speaks_for": speaks_for,
        });
        review::add_usage(&mut view, &operator.usage);
        view
    };
    Ok(Json(List::whole(found.into_iter().map(view).collect())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Whom for and why.
    reason: String,
}

async fn ask(
    may: Permit<InviteOperator>,
    State(state): State<ApiState>,
    Input(wanted): Input<Wanted>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let asked = blocking(move || {
        state.services.guard.ask_operator(may.granted(), &wanted.reason).map_err(ServiceError::from)
    })
    .await?;
    let state = if asked.alone { InviteState::Delayed } else { InviteState::Waiting };
    Ok((StatusCode::ACCEPTED, Json(view(&asked, state))))
}

async fn invites(
    may: Permit<ListOperators>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let open =
        blocking(move || state.services.guard.operator_invites(may.granted()).map_err(ServiceError::from))
            .await?;
    Ok(Json(List::whole(open.iter().map(|(invite, state)| view(invite, *state)).collect())))
}

fn view(invite: &OperatorInvite, state: InviteState) -> Value {
    json!({
        "id": invite.id,
        "asked_by": invite.asked_by,
        "reason": invite.reason,
        "state": state.as_str(),
        "weaker": invite.alone.then_some("alone").as_slice(),
        "asked_at": instant(invite.asked_ms),
        "approved_by": invite.approved_by,
        "ready_at": invite.ready_ms.map(instant),
        "void_at": instant(invite.void_ms),
    })
}

async fn approve(
    may: Permit<ApproveOperator>,
    State(state): State<ApiState>,
    Path(invite): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id: GrantId = invite.parse().map_err(|_| Problem::not_found())?;
    let approved = blocking(move || {
        state.services.guard.approve_operator(may.granted(), id).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(view(&approved, InviteState::Ready)))
}

/// The code works once and is shown once.
async fn code(
    may: Permit<InviteOperator>,
    State(state): State<ApiState>,
    Path(invite): Path<String>,
) -> Result<Response, Problem> {
    let id: GrantId = invite.parse().map_err(|_| Problem::not_found())?;
    let made =
        blocking(move || state.services.guard.invite_operator(may.granted(), id).map_err(ServiceError::from))
            .await?;
    let body = json!({ "id": made.id, "code": made.code.expose(), "expires_at": instant(made.expires_ms) });
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

async fn withdraw(
    may: Permit<WithdrawOperator>,
    State(state): State<ApiState>,
    Path(invite): Path<String>,
) -> Result<StatusCode, Problem> {
    let id: GrantId = invite.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.withdraw_operator(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove(
    may: Permit<RemoveOperator>,
    State(state): State<ApiState>,
    Path(operator): Path<String>,
) -> Result<StatusCode, Problem> {
    let id: MemberId = operator.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.remove_operator(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
