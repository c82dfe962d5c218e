//! Colours and keys: choices of one browser, kept in its cookies.

use axum::response::{IntoResponse, Redirect, Response};
use door::{DoorName, Permit, Routes};
use http::{HeaderMap, StatusCode, header};
use policy::actions::ReadPublicPage;

use super::asked::{Asked, SHORTCUTS_COOKIE, THEME_COOKIE};
use super::fields::Fields;
use super::reply::Page;
use crate::frame::Theme;
use crate::pages::style_guide;
use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .post(paths::THEME, theme)
        .post(paths::SHORTCUTS, shortcuts)
        .get(paths::COMPONENTS, components)
}

async fn theme(_may: Permit<ReadPublicPage>, headers: HeaderMap, fields: Fields) -> Response {
    kept(&headers, THEME_COOKIE, Theme::from_name(fields.text("theme")).as_str())
}

async fn shortcuts(_may: Permit<ReadPublicPage>, headers: HeaderMap, fields: Fields) -> Response {
    kept(&headers, SHORTCUTS_COOKIE, if fields.text("shortcuts") == "off" { "off" } else { "on" })
}

async fn components(_may: Permit<ReadPublicPage>, asked: Asked) -> Page {
    Page(style_guide::page(&asked.lone()))
}

/// A choice is kept for a year. htmx loads the page again, the whole of it; without it one starts at the start.
fn kept(headers: &HeaderMap, name: &str, value: &str) -> Response {
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict");
    if headers.contains_key("hx-request") {
        return (StatusCode::OK, [(header::SET_COOKIE, cookie)], [("hx-refresh", "true")]).into_response();
    }
    ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}
