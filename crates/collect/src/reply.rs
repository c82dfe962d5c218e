//! What replies of all dialects are made of.

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};

use crate::intake::Answer;

/// What older SDKs read in place of `Retry-After`: here too the seconds to wait.
const RATE_LIMIT_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Why a request as a whole was not taken, in the words of HTTP.
pub(crate) struct Trouble {
    pub status: StatusCode,
    /// A stable code, for example `over_quota`.
    pub code: &'static str,
    /// What it means and what helps.
    pub message: &'static str,
    /// After how many seconds to come again.
    pub retry_after_s: Option<u32>,
}

/// What is to be said of an answer; nothing where the messages were taken.
pub(crate) fn trouble(answer: Answer) -> Option<Trouble> {
    let say = |status, code, message| Some(Trouble { status, code, message, retry_after_s: None });
    let wait = |retry_after_s, status, code, message| {
        Some(Trouble { status, code, message, retry_after_s: Some(retry_after_s) })
    };
    match answer {
        Answer::Taken => None,
        Answer::UnknownKey => {
            say(StatusCode::UNAUTHORIZED, "unknown_write_key", "no source has this write key")
        }
        Answer::Disabled => say(StatusCode::FORBIDDEN, "source_disabled", "this source is disabled"),
        Answer::Unreadable => {
            say(StatusCode::BAD_REQUEST, "unreadable_body", "the body is not what this call takes")
        }
        Answer::TooLarge => {
            say(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "send at most 4000 KB, unpacked")
        }
        Answer::TooSlow => say(StatusCode::REQUEST_TIMEOUT, "too_slow", "the body took too long to arrive"),
        Answer::TooFast { retry_after_s } => wait(
            retry_after_s,
            StatusCode::TOO_MANY_REQUESTS,
            "over_quota",
            "this source sends too many events a second",
        ),
        Answer::Unavailable { retry_after_s, full: true } => wait(
            retry_after_s,
            StatusCode::SERVICE_UNAVAILABLE,
            "disk_full",
            "the server's disk is full, nothing was taken",
        ),
        Answer::Unavailable { retry_after_s, full: false } => wait(
            retry_after_s,
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "the server cannot take events now, nothing was taken",
        ),
    }
}

impl Trouble {
    /// The reply with `json` as its body.
    pub fn reply(&self, json: impl Into<Body>) -> Response {
        let mut reply = of_json(self.status, json);
        if let Some(seconds) = self.retry_after_s {
            reply.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
            if self.status == StatusCode::TOO_MANY_REQUESTS {
                reply.headers_mut().insert(RATE_LIMIT_RESET, HeaderValue::from(seconds));
            }
        }
        reply
    }
}

/// A reply of JSON.
pub(crate) fn of_json(status: StatusCode, json: impl Into<Body>) -> Response {
    with_type(status, "application/json", json)
}

/// A reply of some other text.
pub(crate) fn with_type(status: StatusCode, content_type: &'static str, text: impl Into<Body>) -> Response {
    let mut reply = Response::new(text.into());
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

/// A document that changes seldom. `shared` says whether caches between us and browsers may keep it.
pub(crate) fn cached(mut reply: Response, shared: bool) -> Response {
    let caching = if shared { "public, max-age=300, stale-if-error=86400" } else { "private, max-age=60" };
    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    reply
}
