//! Passwords with their codes: signing in, and choosing one with the code of an invitation. Plain forms; no script is needed.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use door::session::BrowserMark;
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::password::{Begun, ByPassword};
use guard::{Attempt, Denied, Entered};
use http::{StatusCode, header};
use model::ClientAddress;
use policy::actions::{
    BeginPasswordEnrol, FinishPasswordEnrol, ReadPublicPage, ReplacePassword, SignInWithPassword,
};
use service::ServiceError;

use super::asked::Asked;
use super::fields::Fields;
use super::reply::Page;
use super::sign_in::own_path;
use crate::pages::passwords::{self, PasswordForm, Secret};
use crate::pages::sign_in::{self, SignInView};
use crate::paths;
use crate::state::ConsoleState;

const WRONG: &str = "This does not fit. Look at the address, the password and the code; a code works once, so wait for the next one. \
                     After many tries it takes a quarter of an hour.";
const BUSY: &str = "Too many have been tried from here, or are being tried at this moment. Wait a while.";

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .post(paths::SIGN_IN_PASSWORD, enter)
        .post(paths::SIGN_IN_REPLACE, replace)
        .post(paths::ENROL_PASSWORD, begin)
        .post(paths::ENROL_PASSWORD_FINISH, finish)
        .evenly()
        .get(paths::ENROL_PASSWORD, enrol_page)
}

async fn enter(
    _may: Permit<SignInWithPassword>,
    State(state): State<ConsoleState>,
    (asked, browser): (Asked, BrowserMark),
    address: Option<Extension<ClientAddress>>,
    fields: Fields,
) -> Result<Response, Problem> {
    let from = address.map(|Extension(ClientAddress(address))| address);
    blocking(move || {
        let (email, next) = (fields.text("email"), own_path(fields.text("next")));
        let attempt = Attempt {
            email,
            password: fields.whole("password"),
            code: fields.text("code"),
            browser: browser.text(),
            from,
        };
        let (status, wrong) = match state.services.guard.sign_in_with_password(&attempt) {
            Ok(Entered::In(opened)) => return Ok(is_in(&state, &opened, next)),
            Ok(Entered::MustChange(ceremony)) => {
                let page = passwords::replace(&asked.lone(), ceremony.expose(), next, None);
                return Ok(Page(page).into_response());
            }
            Err(Denied::NotFound) => (StatusCode::UNPROCESSABLE_ENTITY, WRONG),
            Err(Denied::TooMany { .. }) => (StatusCode::TOO_MANY_REQUESTS, BUSY),
            Err(other) => return Err(other),
        };
        let form = PasswordForm { email, wrong: Some(wrong) };
        let view = SignInView { next, right_address: None, passwords: Some(form) };
        Ok((status, Page(sign_in::page(&asked.lone(), &view))).into_response())
    })
    .await
}

async fn replace(
    _may: Permit<ReplacePassword>,
    State(state): State<ConsoleState>,
    asked: Asked,
    fields: Fields,
) -> Result<Response, Problem> {
    blocking(move || {
        let (ceremony, next) = (fields.text("ceremony"), own_path(fields.text("next")));
        match state
            .services
            .guard
            .replace_password(ceremony, fields.whole("password"))
            .map_err(ServiceError::from)
        {
            Ok(opened) => Ok(is_in(&state, &opened, next)),
            Err(ServiceError::Invalid { fix, .. }) => {
                let page = passwords::replace(&asked.lone(), ceremony, next, Some(&fix));
                Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
            }
            Err(other) => Err(other),
        }
    })
    .await
}

async fn enrol_page(_may: Permit<ReadPublicPage>, asked: Asked) -> Page {
    Page(passwords::enrol(&asked.lone(), "", None))
}

async fn begin(
    _may: Permit<BeginPasswordEnrol>,
    State(state): State<ConsoleState>,
    asked: Asked,
    fields: Fields,
) -> Result<Response, Problem> {
    blocking(move || {
        let code = fields.text("code");
        match state.services.guard.begin_password(code, fields.whole("password")).map_err(ServiceError::from)
        {
            Ok(begun) => {
                Ok(Page(passwords::confirm(&asked.lone(), &secret_of(&begun), None)).into_response())
            }
            Err(ServiceError::Invalid { field, fix }) => {
                let page = passwords::enrol(&asked.lone(), code, Some((&field, &fix)));
                Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
            }
            Err(other) => Err(other),
        }
    })
    .await
}

/// What somebody who has begun is shown.
pub(super) fn secret_of(begun: &Begun) -> Secret {
    Secret {
        ceremony: begun.ceremony.expose().clone(),
        text: begun.secret.expose().clone(),
        uri: begun.uri.expose().clone(),
    }
}

async fn finish(
    _may: Permit<FinishPasswordEnrol>,
    State(state): State<ConsoleState>,
    asked: Asked,
    fields: Fields,
) -> Result<Response, Problem> {
    blocking(move || {
        match state.services.guard.finish_password(fields.text("ceremony"), fields.text("code")) {
            Ok(opened) => Ok(is_in(&state, &opened, "/")),
            Err(Denied::NotFound) => {
                // The secret was shown once; what it takes to go on is to begin again.
                let wrong = "this does not fit: the app's code, the invite code or the workspace's leave. Begin again";
                let page = passwords::enrol(&asked.lone(), "", Some(("code", wrong)));
                Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
            }
            Err(other) => Err(other),
        }
    })
    .await
}

fn is_in(state: &ConsoleState, opened: &ByPassword, next: &str) -> Response {
    let mut response = Redirect::to(next).into_response();
    let cookies =
        [state.cookie.set(opened.session.token.expose()), state.cookie.set_browser(opened.browser.expose())];
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
