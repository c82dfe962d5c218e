//! `/api/v1/operators`: those who run the installation. Two of them can approve what one may not alone.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::{StatusCode, header};
use model::MemberId;
use policy::actions::{InviteOperator, ListOperators, RemoveOperator};
use serde_json::{Value, json};
use service::ServiceError;

use crate::review;
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/operators", list)
        .post("/api/v1/operators", invite)
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
        let mut view = json!({ "id": operator.id, "passkeys": operator.passkeys, "state": state });
        review::add_usage(&mut view, &operator.usage);
        view
    };
    Ok(Json(List::whole(found.into_iter().map(view).collect())))
}

/// The code works once and is shown once.
async fn invite(may: Permit<InviteOperator>, State(state): State<ApiState>) -> Result<Response, Problem> {
    let made =
        blocking(move || state.services.guard.invite_operator(may.granted()).map_err(ServiceError::from))
            .await?;
    let body = json!({ "id": made.id, "code": made.code.expose(), "expires_at": instant(made.expires_ms) });
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
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
