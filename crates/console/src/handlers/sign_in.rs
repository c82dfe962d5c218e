//! Signing in, enrolling, looking around, signing out. The ceremonies themselves are the API's; the pages run them.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::{HeaderMap, header};
use policy::actions::{EndSession, LookAround, ReadPublicPage};
use serde::Deserialize;
use service::ServiceError;

use super::asked::Asked;
use super::fields::Fields;
use super::reply::{self, Page};
use crate::pages::passwords::PasswordForm;
use crate::pages::{enrol, look, sign_in};
use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .post(paths::LOOK, look_around)
        .evenly()
        .get(paths::SIGN_IN, sign_in_page)
        .get(paths::ENROL, enrol_page)
        .get(paths::LOOK, look_page)
        .post(paths::SIGN_OUT, sign_out)
}

#[derive(Deserialize)]
struct SignInQuery {
    next: Option<String>,
}

async fn sign_in_page(
    _may: Permit<ReadPublicPage>,
    State(state): State<ConsoleState>,
    asked: Asked,
    headers: HeaderMap,
    query: Query<SignInQuery>,
) -> Result<Page, Problem> {
    let console_url = &state.services.about.console_url;
    let next = own_path(query.0.next.as_deref().unwrap_or_default()).to_owned();
    let right_address = (!is_host_of(console_url, &headers)).then_some(console_url.as_str());
    let passwords = passwords_anywhere(&state).await?.then(PasswordForm::default);
    Ok(Page(sign_in::page(&asked.lone(), &sign_in::SignInView { next: &next, right_address, passwords })))
}

async fn enrol_page(
    _may: Permit<ReadPublicPage>,
    State(state): State<ConsoleState>,
    asked: Asked,
) -> Result<Page, Problem> {
    let passwords = passwords_anywhere(&state).await?;
    Ok(Page(enrol::page(&asked.lone(), &enrol::EnrolView { code: "", wrong: None, passwords })))
}

/// Whether some workspace lets its members in with passwords; which one is not told.
async fn passwords_anywhere(state: &ConsoleState) -> Result<bool, Problem> {
    let guard = state.services.guard.clone();
    blocking(move || guard.passwords_anywhere().map_err(ServiceError::from)).await
}

async fn look_page(_may: Permit<ReadPublicPage>, asked: Asked) -> Page {
    Page(look::page(&asked.lone()))
}

async fn look_around(
    _may: Permit<LookAround>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let guard = state.services.guard.clone();
    let opened = blocking(move || guard.look_around(fields.text("code"))).await?;
    let mut response = Redirect::to("/").into_response();
    if let Some(cookie) = state.cookie.set(opened.token.expose()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn sign_out(may: Permit<EndSession>, State(state): State<ConsoleState>) -> Result<Response, Problem> {
    let guard = state.services.guard.clone();
    blocking(move || guard.end_session(may.granted()).map_err(ServiceError::from)).await?;
    let mut response = reply::done(paths::SIGN_IN, "signed-out").into_response();
    state.cookie.end(&mut response);
    Ok(response)
}

/// Where to go after signing in: a path of this console, or its beginning.
pub(super) fn own_path(next: &str) -> &str {
    if is_own_path(next) { next } else { "/" }
}

/// A path of this console; `//` and `/\` begin the address of somebody else's.
fn is_own_path(next: &str) -> bool {
    let mut letters = next.chars();
    letters.next() == Some('/')
        && !matches!(letters.next(), Some('/' | '\\'))
        && !next.chars().any(char::is_control)
}

/// Passkeys are bound to the host of the console's address; at any other there are none.
fn is_host_of(console_url: &str, headers: &HeaderMap) -> bool {
    let Some(asked) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return true };
    let configured = console_url.split_once("://").map_or(console_url, |(_, rest)| rest);
    configured.trim_end_matches('/').eq_ignore_ascii_case(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere_after_signing_in() {
        for (next, own) in [
            ("/w/x/live?event=A", true),
            ("/", true),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("/\t/evil.example", false),
            ("", false),
        ] {
            assert_eq!(is_own_path(next), own, "{next:?}");
        }
    }
}
