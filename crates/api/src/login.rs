//! `POST /api/v1/login/begin`, `/finish`: a passkey becomes a session. Nobody says who they are before.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use door::session::binding_offer;
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::SignedIn;
use http::header;
use policy::actions::{BeginSignIn, FinishSignIn};
use serde_json::{Value, json};

use crate::input::Input;
use crate::state::ApiState;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .post("/api/v1/login/begin", begin)
        .post("/api/v1/login/finish", finish)
        .evenly()
}

async fn begin(_may: Permit<BeginSignIn>, State(state): State<ApiState>) -> Result<Json<Value>, Problem> {
    Ok(Json(blocking(move || state.services.guard.begin_sign_in()).await?))
}

async fn finish(
    _may: Permit<FinishSignIn>,
    State(state): State<ApiState>,
    Input(response): Input<Value>,
) -> Result<Response, Problem> {
    let guard = state.services.guard.clone();
    let opened = blocking(move || guard.finish_sign_in(&response)).await?;
    Ok(signed_in(&state, &opened))
}

/// The answer that begins a session: who it is, and the cookie.
pub(crate) fn signed_in(state: &ApiState, opened: &SignedIn) -> Response {
    let body = json!({ "member": opened.member, "kind": opened.kind.as_str(), "session": opened.session });
    let mut response = Json(body).into_response();
    if let Some(cookie) = state.cookie.set(opened.token.expose()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    let challenge = state.services.guard.offer_binding(opened);
    response.headers_mut().extend(binding_offer(state.cookie, &challenge));
    response
}
