//! The words of the replies. Success is exactly 200 and `{"success":true}`: several SDKs resend for ever
//! on any other 2xx, or on a body that is not JSON with `success` in it. Failures carry `code` and
//! `message`, which is where SDKs that report errors look.

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER};

use crate::intake::Answer;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const SUCCESS: &str = r#"{"success":true}"#;
/// A transparent picture of one pixel.
const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;";

/// The reply to a call that sends events.
pub(crate) fn of(answer: Answer) -> Response {
    match answer {
        Answer::Taken => json(StatusCode::OK, SUCCESS),
        Answer::Unreadable => {
            failure(StatusCode::BAD_REQUEST, "unreadable_body", "the body is not a JSON object")
        }
        Answer::TooLarge => {
            failure(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "send at most 4000 KB, unpacked")
        }
        Answer::TooSlow => {
            failure(StatusCode::REQUEST_TIMEOUT, "too_slow", "the body took too long to arrive")
        }
        Answer::TooFast { retry_after_s } => {
            let reply = failure(
                StatusCode::TOO_MANY_REQUESTS,
                "over_quota",
                "this source sends too many events a second",
            );
            wait(reply, retry_after_s)
        }
        Answer::Unavailable { retry_after_s, full } => {
            let (code, message) = match full {
                true => ("disk_full", "the server's disk is full, nothing was taken"),
                false => ("overloaded", "the server cannot take events now, nothing was taken"),
            };
            wait(failure(StatusCode::SERVICE_UNAVAILABLE, code, message), retry_after_s)
        }
    }
}

/// The reply to a pixel: a picture whatever happened, unless the sender should try again.
pub(crate) fn pixel(answer: Answer) -> Response {
    if matches!(answer, Answer::TooFast { .. } | Answer::Unavailable { .. }) {
        return of(answer);
    }
    let mut reply = Response::new(Body::from(GIF));
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("image/gif"));
    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}

/// The reply with a settings file; `shared` says whether caches between us and browsers may keep it.
pub(crate) fn settings(text: String, shared: bool) -> Response {
    let mut reply = json(StatusCode::OK, text);
    let caching = if shared { "public, max-age=300, stale-if-error=86400" } else { "private, max-age=60" };
    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    reply
}

/// The reply to a settings file that does not exist.
pub(crate) fn no_settings() -> Response {
    failure(StatusCode::NOT_FOUND, "unknown_write_key", "no source has this write key")
}

fn failure(status: StatusCode, code: &str, message: &str) -> Response {
    json(status, format!(r#"{{"success":false,"code":"{code}","message":"{message}"}}"#))
}

fn json(status: StatusCode, text: impl Into<Body>) -> Response {
    let mut reply = Response::new(text.into());
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, JSON);
    reply
}

fn wait(mut reply: Response, seconds: u32) -> Response {
    reply.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    reply
}
