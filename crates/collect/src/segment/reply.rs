//! The words of the replies. Success is exactly 200 and `{"success":true}`: several SDKs resend for ever
//! on any other 2xx, or on a body that is not JSON with `success` in it. Whatever was refused is told in
//! the console, not to the sender, unless it asks with `X-Strict-Mode: 1` as Customer.io's pipelines do.
//! Failures carry `code` and `message`, which is where SDKs that report errors look.

use axum::response::Response;
use http::StatusCode;

use crate::asked::Asked;
use crate::intake::{Answer, Outcome};
use crate::reply::{of_json, trouble};

/// The reply to a call that sends events.
pub(crate) fn of(asked: &Asked, outcome: &Outcome) -> Response {
    let is_strict = asked.header("x-strict-mode") == Some("1");
    match (trouble(outcome.answer), outcome.answer) {
        (Some(_), Answer::UnknownKey | Answer::Disabled) if !is_strict => taken(),
        (Some(trouble), _) => trouble.reply(failure(trouble.code, trouble.message)),
        (None, _) if is_strict => strictly(outcome),
        (None, _) => taken(),
    }
}

/// The reply to whatever was taken.
pub(super) fn taken() -> Response {
    of_json(StatusCode::OK, r#"{"success":true}"#)
}

/// What can be taken is taken in strict mode as well; the first failure is told.
fn strictly(outcome: &Outcome) -> Response {
    let why = outcome.failed.first().map(|failed| (failed.why.reason, failed.why.field));
    let why = why.or((outcome.beyond > 0).then_some(("batch_too_long", "batch")));
    let Some((reason, field)) = why else { return taken() };
    let refused = outcome.failed.len() as u64 + outcome.beyond;
    let message =
        format!("{refused} messages were refused, {} were taken; the first: {reason} {field}", outcome.taken);
    of_json(StatusCode::BAD_REQUEST, failure(reason, message.trim_end()))
}

/// Codes and field names are of lists of ours, so nothing in them needs an escape.
pub(crate) fn failure(code: &str, message: &str) -> String {
    format!(r#"{{"success":false,"code":"{code}","message":"{message}"}}"#)
}
