//! The words of the replies: `{}` for success, else `meta.error`; a batch lists what was wrong with which item.

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;

use crate::asked::Asked;
use crate::collector::Collector;
use crate::compose::quoted;
use crate::home::Home;
use crate::intake::{Answer, Failed, Outcome};
use crate::refusal::reason;
use crate::reply::{of_json, trouble};

/// The reply to one operation.
pub(super) fn single(outcome: &Outcome) -> Response {
    if let Some(reply) = not_taken(outcome) {
        return reply;
    }
    let failures: Vec<&Failed> = told(outcome).collect();
    match failures.as_slice() {
        [] => of_json(StatusCode::OK, "{}"),
        [only] => of_json(StatusCode::BAD_REQUEST, format!(r#"{{"meta":{{"error":"{}"}}}}"#, words(only))),
        many => {
            let texts: Vec<String> = many.iter().map(|failed| format!("\"{}\"", words(failed))).collect();
            of_json(StatusCode::BAD_REQUEST, format!(r#"{{"meta":{{"errors":[{}]}}}}"#, texts.join(",")))
        }
    }
}

/// The reply to a form.
pub(super) fn form(outcome: &Outcome) -> Response {
    let reply = single(outcome);
    if reply.status() != StatusCode::OK {
        return reply;
    }
    let mut reply = Response::new(Body::empty());
    *reply.status_mut() = StatusCode::NO_CONTENT;
    reply
}

/// The reply to a batch.
pub(super) fn batch(outcome: &Outcome) -> Response {
    if let Some(reply) = not_taken(outcome) {
        return reply;
    }
    let mut errors: Vec<String> = told(outcome).map(error).collect();
    if outcome.beyond > 0 {
        let text = format!(
            r#"{{"batch_index":{},"reason":"invalid","field":"batch","message":"the batch is too long"}}"#,
            model::limits::BATCH_EVENTS_MAX
        );
        errors.push(text);
    }
    if errors.is_empty() {
        return of_json(StatusCode::OK, "{}");
    }
    of_json(StatusCode::MULTI_STATUS, format!(r#"{{"errors":[{}]}}"#, errors.join(",")))
}

/// Where senders are to send: here.
pub(super) fn region(collector: &Collector, asked: &Asked) -> Response {
    let find = |key: &String| collector.0.sources.by_write_key(key, asked.received_ms);
    match (asked.keys.iter().find_map(find), Home::of(collector, asked)) {
        (Some(_), Some(home)) => {
            let url = quoted(&home.url());
            of_json(StatusCode::OK, format!(r#"{{"url":{url},"region":"us","environment_id":1}}"#))
        }
        _ => of_json(StatusCode::UNAUTHORIZED, r#"{"meta":{"error":"no source has this write key"}}"#),
    }
}

/// The reply to a request that was not looked into. What a disabled source sends is told to its members alone.
fn not_taken(outcome: &Outcome) -> Option<Response> {
    let trouble = trouble(outcome.answer)?;
    Some(match outcome.answer {
        Answer::Disabled => of_json(StatusCode::OK, "{}"),
        _ => trouble.reply(format!(r#"{{"meta":{{"error":"{}"}}}}"#, trouble.message)),
    })
}

/// What the sender can do something about.
fn told(outcome: &Outcome) -> impl Iterator<Item = &Failed> {
    outcome.failed.iter().filter(|failed| failed.why.reason != reason::NOT_WITH_A_WRITE_KEY)
}

fn words(failed: &Failed) -> String {
    format!("{} {}", failed.why.reason, failed.why.field).trim_end().to_owned()
}

fn error(failed: &Failed) -> String {
    let kind = match failed.why.reason {
        reason::MISSING_EVENT | reason::MISSING_FIELD | reason::MISSING_IDENTITY => "required",
        reason::INVALID_JSON | reason::INVALID_UTF8 | reason::NOT_AN_OBJECT => "parse_error",
        _ => "invalid",
    };
    let (index, field, message) = (failed.position, failed.why.field, failed.why.reason);
    format!(r#"{{"batch_index":{index},"reason":"{kind}","field":"{field}","message":"{message}"}}"#)
}
