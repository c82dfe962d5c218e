//! The words of the replies. Where an SDK asks for nothing else the body is exactly `1` or `0`: a newline
//! would break it. Only 429 and 503 make a sender try again; everything else it drops on any code but 200.

use axum::response::Response;
use http::StatusCode;
use http::header::{HeaderValue, X_CONTENT_TYPE_OPTIONS};

use crate::asked::Asked;
use crate::intake::{Answer, Failed, Outcome};
use crate::picture;
use crate::refusal::reason;
use crate::reply::{Trouble, of_json, trouble, with_type};

/// The longest name of a callback.
const CALLBACK_BYTES_MAX: usize = 100;

/// The reply of `/track`, `/engage` and `/groups`: a digit, or what the sender asked for in its place.
pub(super) fn short(asked: &Asked, outcome: &Outcome) -> Response {
    let trouble = trouble(outcome.answer);
    let error = match (outcome.answer, trouble) {
        (Answer::Taken, _) => failure_of(outcome),
        // What a disabled source sends is counted and told to its members, not to it.
        (Answer::Disabled, _) => None,
        (Answer::UnknownKey | Answer::Unreadable, Some(trouble)) => Some(trouble.message.to_owned()),
        (_, Some(trouble)) => return failure(&trouble),
        (_, None) => None,
    };
    if asked.form.is_on("img") {
        return picture::reply();
    }
    let text = match (asked.form.is_on("verbose"), &error) {
        (true, None) => r#"{"status":1,"error":null}"#.to_owned(),
        (true, Some(error)) => format!(r#"{{"status":0,"error":"{error}"}}"#),
        (false, None) => "1".to_owned(),
        (false, Some(_)) => "0".to_owned(),
    };
    let mut reply = match asked.form.get("callback").filter(|name| is_callback(name)) {
        Some(callback) => {
            with_type(StatusCode::OK, "text/javascript; charset=utf-8", format!("{callback}({text});"))
        }
        None => of_json(StatusCode::OK, text),
    };
    reply.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    reply
}

/// Whether `/import` is to tell of each record what was wrong with it.
pub(super) fn is_strict(asked: &Asked) -> bool {
    asked.form.is_on("strict")
}

/// The reply of `/import` to JSON.
pub(super) fn import(asked: &Asked, outcome: &Outcome) -> Response {
    match trouble(outcome.answer) {
        Some(_) if outcome.answer == Answer::Disabled => imported(0),
        Some(trouble) => failure(&trouble),
        None if is_strict(asked) && (!outcome.failed.is_empty() || outcome.beyond > 0) => {
            failed_records(outcome)
        }
        None => imported(outcome.taken),
    }
}

/// The reply to a request that was not taken.
pub(super) fn failure(trouble: &Trouble) -> Response {
    let (code, status) = (trouble.status.as_u16(), trouble.status.canonical_reason().unwrap_or_default());
    trouble.reply(format!(r#"{{"code":{code},"error":"{}","status":"{status}"}}"#, trouble.message))
}

fn imported(records: usize) -> Response {
    of_json(StatusCode::OK, format!(r#"{{"code":200,"num_records_imported":{records},"status":"OK"}}"#))
}

/// The records that were not taken; the others of the request are kept.
fn failed_records(outcome: &Outcome) -> Response {
    let records: Vec<String> = outcome.failed.iter().map(record).collect();
    let error = match outcome.failed.is_empty() {
        true => "the batch has too many records",
        false => "some data points in the request failed validation",
    };
    let text = format!(
        r#"{{"code":400,"error":"{error}","status":"Bad Request","num_records_imported":{},"failed_records":[{}]}}"#,
        outcome.taken,
        records.join(",")
    );
    of_json(StatusCode::BAD_REQUEST, text)
}

/// Nothing in it needs an escape: the id is of letters, digits and hyphens, the rest of lists of ours.
fn record(failed: &Failed) -> String {
    let id = failed.sender_id.as_deref().unwrap_or_default();
    let field = match failed.why.field {
        "" => String::new(),
        field @ ("event" | "properties") => field.to_owned(),
        field => format!("properties.{field}"),
    };
    let (index, reason) = (failed.position, failed.why.reason);
    format!(
        r#"{{"index":{index},"$insert_id":"{id}","insert_id":"{id}","field":"{field}","message":"{reason}"}}"#
    )
}

/// What is told where a digit must do: a failure only if nothing at all was taken. What a token may never
/// do is no failure either, since an SDK could do nothing about it.
fn failure_of(outcome: &Outcome) -> Option<String> {
    if outcome.taken > 0 {
        return None;
    }
    let told = outcome.failed.iter().find(|failed| failed.why.reason != reason::NOT_WITH_A_WRITE_KEY)?;
    Some(format!("{} {}", told.why.reason, told.why.field).trim_end().to_owned())
}

/// Whether a text is the name of a function and nothing else.
fn is_callback(name: &str) -> bool {
    let is_start = |letter: char| letter.is_ascii_alphabetic() || matches!(letter, '_' | '$');
    let is_part = |part: &str| {
        part.starts_with(is_start) && part.chars().all(|letter| is_start(letter) || letter.is_ascii_digit())
    };
    name.len() <= CALLBACK_BYTES_MAX && name.split('.').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callbacks_are_names_alone() {
        for name in ["cb", "$", "_a1", "mixpanel.cb.x1", "jQuery123_4"] {
            assert!(is_callback(name), "{name}");
        }
        for name in ["", "1a", "a b", "a(", "alert(1)//", "a..b", ".a", "a.", "a[0]", "é", &"a".repeat(101)]
        {
            assert!(!is_callback(name), "{name}");
        }
    }
}
