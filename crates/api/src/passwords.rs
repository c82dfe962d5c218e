//! Passwords with their codes. `POST /api/v1/login/password`: address, password and code become a session.
//! `/api/v1/enrol/password/…`: a code of an invitation or a recovery becomes a password. `/api/v1/password`: one's own.
//! `…/workspaces/{w}/passwords`: whether members may have them.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use door::session::BrowserMark;
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::password::{Begun, ByPassword};
use guard::{Attempt, Entered};
use http::{StatusCode, header};
use model::ClientAddress;
use policy::Action;
use policy::actions::{
    AllowPasswords, BeginPasswordEnrol, ChangePassword, DemandPasskeys, FinishPasswordEnrol,
    FinishSetPassword, ListPasskeys, ReadWorkspace, RemovePassword, ReplacePassword, SetPassword,
    SignInWithPassword,
};
use serde::Deserialize;
use serde_json::{Value, json};
use service::ServiceError;

use crate::input::Input;
use crate::login::signed_in;
use crate::state::ApiState;
use crate::view::instant;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .post("/api/v1/login/password", sign_in)
        .post("/api/v1/login/password/replace", replace)
        .post("/api/v1/enrol/password/begin", begin)
        .post("/api/v1/enrol/password/finish", finish)
        .evenly()
        .get("/api/v1/password", read)
        .post("/api/v1/password/begin", begin_own)
        .post("/api/v1/password/finish", finish_own)
        .put("/api/v1/password", change)
        .delete("/api/v1/password", remove)
        .get("/api/v1/workspaces/{w}/passwords", allowed)
        .put("/api/v1/workspaces/{w}/passwords", allow)
        .delete("/api/v1/workspaces/{w}/passwords", demand_passkeys)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    email: String,
    password: String,
    /// Of the authenticator app.
    code: String,
}

async fn sign_in(
    _may: Permit<SignInWithPassword>,
    State(state): State<ApiState>,
    browser: BrowserMark,
    address: Option<Extension<ClientAddress>>,
    Input(given): Input<SignIn>,
) -> Result<Response, Problem> {
    let guard = state.services.guard.clone();
    let from = address.map(|Extension(ClientAddress(address))| address);
    let entered = blocking(move || {
        let (email, password, code) = (&given.email, &given.password, &given.code);
        guard.sign_in_with_password(&Attempt { email, password, code, browser: browser.text(), from })
    })
    .await?;
    Ok(match entered {
        Entered::In(opened) => by_password(&state, &opened),
        Entered::MustChange(ceremony) => {
            Json(json!({ "next": "replace-password", "ceremony": ceremony.expose() })).into_response()
        }
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Replace {
    ceremony: String,
    password: String,
}

async fn replace(
    _may: Permit<ReplacePassword>,
    State(state): State<ApiState>,
    Input(given): Input<Replace>,
) -> Result<Response, Problem> {
    let guard = state.services.guard.clone();
    let opened = blocking(move || {
        guard.replace_password(&given.ceremony, &given.password).map_err(ServiceError::from)
    })
    .await?;
    Ok(by_password(&state, &opened))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enrol {
    /// Of an invitation or a recovery.
    code: String,
    password: String,
}

async fn begin(
    _may: Permit<BeginPasswordEnrol>,
    State(state): State<ApiState>,
    Input(given): Input<Enrol>,
) -> Result<Json<Value>, Problem> {
    let guard = state.services.guard.clone();
    let begun =
        blocking(move || guard.begin_password(&given.code, &given.password).map_err(ServiceError::from))
            .await?;
    Ok(Json(begun_view(&begun)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Finish {
    ceremony: String,
    /// Of the authenticator app.
    code: String,
}

async fn finish(
    _may: Permit<FinishPasswordEnrol>,
    State(state): State<ApiState>,
    Input(given): Input<Finish>,
) -> Result<Response, Problem> {
    let guard = state.services.guard.clone();
    let opened = blocking(move || guard.finish_password(&given.ceremony, &given.code)).await?;
    Ok(by_password(&state, &opened))
}

async fn read(may: Permit<ListPasskeys>, State(state): State<ApiState>) -> Result<Json<Value>, Problem> {
    let own = blocking(move || state.services.guard.own_password(may.granted()).map_err(ServiceError::from))
        .await?;
    Ok(Json(json!({ "set_at": own.set_ms.map(instant), "opens": own.opens })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    password: String,
}

async fn begin_own(
    may: Permit<SetPassword>,
    State(state): State<ApiState>,
    Input(given): Input<Own>,
) -> Result<Json<Value>, Problem> {
    let begun = blocking(move || {
        let guard = &state.services.guard;
        guard.begin_own_password(may.granted(), &given.password).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(begun_view(&begun)))
}

async fn finish_own(
    may: Permit<FinishSetPassword>,
    State(state): State<ApiState>,
    Input(given): Input<Finish>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        let guard = &state.services.guard;
        guard.finish_own_password(may.granted(), &given.ceremony, &given.code).map_err(ServiceError::from)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    present: String,
    /// Of the authenticator app.
    code: String,
    password: String,
}

async fn change(
    may: Permit<ChangePassword>,
    State(state): State<ApiState>,
    Input(given): Input<Change>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        let shown = (given.present.as_str(), given.code.as_str());
        let guard = &state.services.guard;
        guard.change_password(may.granted(), shown, &given.password).map_err(ServiceError::from)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove(may: Permit<RemovePassword>, State(state): State<ApiState>) -> Result<StatusCode, Problem> {
    blocking(move || state.services.guard.remove_password(may.granted()).map_err(ServiceError::from)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn allowed(may: Permit<ReadWorkspace>, State(state): State<ApiState>) -> Result<Json<Value>, Problem> {
    let allowed =
        blocking(move || state.services.guard.passwords_allowed(may.granted()).map_err(ServiceError::from))
            .await?;
    Ok(Json(json!({ "allowed": allowed })))
}

async fn allow(may: Permit<AllowPasswords>, State(state): State<ApiState>) -> Result<Json<Value>, Problem> {
    set_allowed(may, state, true).await
}

async fn demand_passkeys(
    may: Permit<DemandPasskeys>,
    State(state): State<ApiState>,
) -> Result<Json<Value>, Problem> {
    set_allowed(may, state, false).await
}

async fn set_allowed<A: Action>(
    may: Permit<A>,
    state: ApiState,
    allowed: bool,
) -> Result<Json<Value>, Problem> {
    blocking(move || {
        state.services.guard.allow_passwords(may.granted(), allowed).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(json!({ "allowed": allowed })))
}

fn begun_view(begun: &Begun) -> Value {
    json!({ "ceremony": begun.ceremony.expose(), "secret": begun.secret.expose(), "uri": begun.uri.expose() })
}

/// The answer that begins such a session, and tells the browser from strangers next time.
fn by_password(state: &ApiState, opened: &ByPassword) -> Response {
    let mut response = signed_in(state, &opened.session);
    if let Some(cookie) = state.cookie.set_browser(opened.browser.expose()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
