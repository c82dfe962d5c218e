//! What a request says about how to answer it, apart from who asks: the nonce, whole or part, colours, keys.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use door::shape::Part;
use http::request::Parts;
use http::{Extensions, HeaderMap, StatusCode, Uri, header};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::reply;
use crate::dress::Nonce;
use crate::frame::{Frame, Opens, Section, Theme};

/// The cookie that holds the choice of colours.
pub(crate) const THEME_COOKIE: &str = "holdfast-theme";
/// The cookie that holds whether single keys move through the console.
pub(crate) const SHORTCUTS_COOKIE: &str = "holdfast-keys";

/// How to answer.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    nonce: String,
    partial: bool,
    theme: Theme,
    shortcuts: bool,
    done: Option<&'static str>,
}

impl Asked {
    /// What these parts of a request say.
    pub(crate) fn of(headers: &HeaderMap, extensions: &Extensions, uri: &Uri) -> Self {
        Self {
            nonce: extensions.get::<Nonce>().map(|nonce| nonce.0.clone()).unwrap_or_default(),
            partial: headers.contains_key("hx-request"),
            theme: cookie(headers, THEME_COOKIE).map(Theme::from_name).unwrap_or_default(),
            shortcuts: cookie(headers, SHORTCUTS_COOKIE) != Some("off"),
            done: uri.query().and_then(reply::done_in),
        }
    }

    /// The surroundings of a page outside any workspace. It shows no times.
    pub(crate) fn lone(&self) -> Frame {
        Frame {
            nonce: self.nonce.clone(),
            partial: self.partial,
            now: Timestamp::UNIX_EPOCH,
            zone: TimeZone::UTC,
            theme: self.theme,
            section: Section::Elsewhere,
            opens: Opens::ALL,
            operator: false,
            workspace: None,
            member: None,
            held: None,
            shortcuts: false,
            flash: self.done.map(str::to_owned),
        }
    }

    /// To the page at `path` as a whole, navigation and frame too, which says what was done.
    pub(crate) fn anew(&self, path: &str, code: &'static str) -> Response {
        if self.partial {
            return (StatusCode::OK, [("hx-redirect", reply::done_path(path, code))]).into_response();
        }
        reply::done(path, code).into_response()
    }

    /// Whether single keys are on.
    pub(crate) fn shortcuts(&self) -> bool {
        self.shortcuts
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, &parts.extensions, &parts.uri))
    }
}

impl Part for Asked {}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}
