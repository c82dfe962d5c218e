//! Sessions bound to the device (Device Bound Session Credentials): `POST /api/v1/session/binding` takes the key that a browser
//! made for the session just opened, `POST /api/v1/session/renewal` gives a new cookie for a fresh signature.
//!
//! The browser calls both by itself. The shapes are the draft's of February 2026.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use door::session::{BINDING_PATH, CookieStyle};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::Denied;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use model::SessionId;
use policy::actions::{BindSession, RenewBoundSession};
use serde_json::{Value, json};
use signin::binding::Renewal;

use crate::state::ApiState;

const RENEWAL: &str = "/api/v1/session/renewal";

const CHALLENGE: HeaderName = HeaderName::from_static("secure-session-challenge");
const RESPONSE: HeaderName = HeaderName::from_static("secure-session-response");
const SESSION: HeaderName = HeaderName::from_static("sec-secure-session-id");

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console).post(BINDING_PATH, bind).post(RENEWAL, renew)
}

async fn bind(
    _may: Permit<BindSession>,
    State(state): State<ApiState>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let proof = text(&headers, &RESPONSE).ok_or(Denied::NotSignedIn)?;
    let guard = state.services.guard.clone();
    let bound = blocking(move || guard.bind_session(&proof)).await?;
    Ok(renewed(&state, bound.session, bound.text.expose()))
}

async fn renew(
    _may: Permit<RenewBoundSession>,
    State(state): State<ApiState>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let session: SessionId =
        text(&headers, &SESSION).and_then(|id| id.parse().ok()).ok_or(Denied::NotSignedIn)?;
    let proof = text(&headers, &RESPONSE);
    let guard = state.services.guard.clone();
    Ok(match blocking(move || guard.renew_bound(session, proof.as_deref())).await? {
        Renewal::Challenge(challenge) => {
            let wanted = HeaderValue::from_str(&format!("\"{challenge}\";id=\"{session}\""));
            let headers: HeaderMap = wanted.map(|value| (CHALLENGE, value)).into_iter().collect();
            (StatusCode::FORBIDDEN, headers, Json(json!({}))).into_response()
        }
        Renewal::Text(text) => renewed(&state, session, text.expose()),
        Renewal::Over => {
            let mut response =
                Json(json!({ "session_identifier": session, "continue": false })).into_response();
            state.cookie.end(&mut response);
            response
        }
    })
}

/// What the browser is to do from now on, and the cookie it has until it renews.
fn renewed(state: &ApiState, session: SessionId, text: &str) -> Response {
    let mut response = Json(instructions(session, state.cookie)).into_response();
    if let Some(cookie) = state.cookie.set_bound(text) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn instructions(session: SessionId, cookie: CookieStyle) -> Value {
    json!({
        "session_identifier": session,
        "refresh_url": RENEWAL,
        "scope": { "include_site": false },
        "credentials": [{ "type": "cookie", "name": cookie.name(), "attributes": cookie.attributes() }],
    })
}

/// A header that holds one text, in quotes as structured fields have them, or without.
fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    let value = match value.strip_prefix('"') {
        Some(rest) => rest.split('"').next()?,
        None => value,
    };
    Some(value.to_owned())
}
