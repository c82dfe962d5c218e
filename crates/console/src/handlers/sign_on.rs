//! Signing in with one's organisation: an address, the way to the provider, the way back.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use door::{DoorName, Permit, Problem, Routes};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use model::WorkspaceId;
use policy::actions::{BeginSignOn, EndSignOn, FinishSignOn};
use serde::Deserialize;
use service::sign_on::{Back, NotSignedOn};

use super::asked::Asked;
use super::fields::Fields;
use super::reply::Page;
use crate::pages::sign_on;
use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .post(paths::SIGN_ON, ask)
        .get(paths::SIGN_ON_GO, go)
        .get(service::sign_on::BACK, back)
        .evenly()
        .merge(Routes::new(DoorName::Console).post("/sign-in/organisation/logout/{organisation}", signed_out))
}

/// OpenID Connect Back-Channel Logout: the provider itself calls, with a token and nothing else.
async fn signed_out(
    _may: Permit<EndSignOn>,
    State(state): State<ConsoleState>,
    Path(workspace): Path<String>,
    fields: Fields,
) -> Response {
    let services = state.services.clone();
    let ended = tokio::task::spawn_blocking(move || {
        let workspace: WorkspaceId = workspace.parse().map_err(|_| NotSignedOn::NoProvider)?;
        services.signed_out_there(workspace, fields.text("logout_token"))
    })
    .await;
    let status = match ended {
        Ok(Ok(_)) => return (StatusCode::OK, [(header::CACHE_CONTROL, "no-store")]).into_response(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "a provider's logout token did not count");
            StatusCode::BAD_REQUEST
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let head = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "application/json")];
    (status, head, r#"{"error":"invalid_request"}"#).into_response()
}

/// Every address gets the same answer. It is a page that goes on by itself and not a redirect, because a form may send nobody
/// to another site, by way of a redirect either.
async fn ask(
    _may: Permit<BeginSignOn>,
    State(state): State<ConsoleState>,
    asked: Asked,
    fields: Fields,
) -> Response {
    let ticket = state.services.ask_sign_on(fields.text("address"));
    let next = format!("{}?ticket={ticket}", paths::SIGN_ON_GO);
    onward(Page(sign_on::onward(&asked.lone(), "Taking you to your organisation", &next)), &next)
}

#[derive(Deserialize)]
struct Ticket {
    #[serde(default)]
    ticket: String,
}

async fn go(
    _may: Permit<BeginSignOn>,
    State(state): State<ConsoleState>,
    asked: Asked,
    Query(Ticket { ticket }): Query<Ticket>,
) -> Result<Response, Problem> {
    let services = state.services.clone();
    let went = tokio::task::spawn_blocking(move || services.go_to_sign_on(&ticket)).await;
    match went.map_err(|_| Problem::internal())? {
        Ok(going) => {
            let mut response = Redirect::to(&going.url).into_response();
            if let Some(cookie) = state.cookie.set_begun(going.browser.expose()) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(error) => Ok(refused(&asked, &error)),
    }
}

#[derive(Deserialize)]
struct Returned {
    #[serde(default)]
    state: String,
    code: Option<String>,
    iss: Option<String>,
}

async fn back(
    _may: Permit<FinishSignOn>,
    State(state): State<ConsoleState>,
    asked: Asked,
    headers: HeaderMap,
    Query(returned): Query<Returned>,
) -> Result<Response, Problem> {
    let services = state.services.clone();
    let browser = state.cookie.begun(&headers).unwrap_or_default();
    let came = tokio::task::spawn_blocking(move || {
        services.come_back(&Back {
            state: &returned.state,
            browser: &browser,
            code: returned.code.as_deref(),
            issuer: returned.iss.as_deref(),
        })
    })
    .await;
    let mut response = match came.map_err(|_| Problem::internal())? {
        Ok(opened) => {
            // A page and not a redirect: what another site has led to carries no cookie that is strictly this site's.
            let page = Page(sign_on::onward(&asked.lone(), "You are signed in", "/"));
            let mut response = onward(page, "/");
            let binding = state.services.guard.offer_binding(&opened);
            if let Some(cookie) = state.cookie.set(opened.token.expose()) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response.headers_mut().extend(door::session::binding_offer(state.cookie, &binding));
            response
        }
        Err(error) => refused(&asked, &error),
    };
    if let Some(cookie) = state.cookie.clear_begun() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn onward(page: Page, next: &str) -> Response {
    let mut response = page.into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("0;url={next}")) {
        response.headers_mut().insert("refresh", value);
    }
    response
}

fn refused(asked: &Asked, error: &NotSignedOn) -> Response {
    if let NotSignedOn::Provider(error) = error {
        tracing::warn!(%error, "a provider's sign-in did not count");
    }
    (StatusCode::FORBIDDEN, Page(sign_on::refused(&asked.lone(), error))).into_response()
}
