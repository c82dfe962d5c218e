//! `POST /api/v1/enrol/begin`, `/finish`: a set-up, invitation or recovery code becomes a passkey and a session.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::{BeginEnrol, FinishEnrol};
use serde::Deserialize;
use serde_json::Value;

use crate::input::Input;
use crate::login::signed_in;
use crate::state::ApiState;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .post("/api/v1/enrol/begin", begin)
        .post("/api/v1/enrol/finish", finish)
        .evenly()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    code: String,
}

async fn begin(
    _may: Permit<BeginEnrol>,
    State(state): State<ApiState>,
    Input(begin): Input<Begin>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(blocking(move || state.services.guard.begin_enrol(&begin.code)).await?))
}

async fn finish(
    _may: Permit<FinishEnrol>,
    State(state): State<ApiState>,
    Input(response): Input<Value>,
) -> Result<Response, Problem> {
    let guard = state.services.guard.clone();
    let opened = blocking(move || guard.finish_enrol(&response)).await?;
    Ok(signed_in(&state, &opened))
}
