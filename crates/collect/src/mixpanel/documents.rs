//! What Mixpanel's SDKs ask for and get empty: flags, remote settings, messages in the page. What they
//! record of sessions is not taken: it is what people see and type.

use axum::response::Response;
use http::StatusCode;
use model::Event;

use crate::asked::Asked;
use crate::collector::Collector;
use crate::dialect::{Batch, Call, Whose};
use crate::intake::Outcome;
use crate::json::Malformed;
use crate::mixpanel::reply;
use crate::refusal::{Refused, Sdk, reason};
use crate::reply::{of_json, trouble};

/// Mixpanel's Python SDK looks for the code.
pub(super) fn flags(_: &Collector, _: &Asked) -> Response {
    of_json(StatusCode::OK, r#"{"code":200,"flags":{}}"#)
}

pub(super) fn definitions(_: &Collector, _: &Asked) -> Response {
    of_json(StatusCode::OK, r#"{"flags":[]}"#)
}

pub(super) fn nothing(_: &Collector, _: &Asked) -> Response {
    of_json(StatusCode::OK, "{}")
}

pub(super) fn settings(_: &Collector, _: &Asked) -> Response {
    of_json(StatusCode::OK, r#"{"sdk_config":{"config":{}}}"#)
}

pub(super) fn decide(_: &Collector, _: &Asked) -> Response {
    of_json(StatusCode::OK, r#"{"notifications":[],"config":{}}"#)
}

/// A piece of a recorded session: not looked into, counted, and forgotten.
pub(super) struct Recording;

struct Forgotten;

impl Call for Recording {
    fn read<'a>(&self, _: &'a Asked, _: &'a [u8]) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
        Ok(Box::new(Forgotten))
    }

    fn reply(&self, _: &Asked, outcome: &Outcome) -> Response {
        match trouble(outcome.answer).filter(|trouble| trouble.retry_after_s.is_some()) {
            Some(trouble) => reply::failure(&trouble),
            None => of_json(StatusCode::OK, r#"{"code":200,"status":"OK"}"#),
        }
    }
}

impl<'a> Batch<'a> for Forgotten {
    fn len(&self) -> usize {
        1
    }

    fn event(&self, _: usize, _: &Whose, _: &mut Vec<Refused>) -> Result<Event<'a>, Refused> {
        Err(Refused::of(reason::NOT_COLLECTED, "record"))
    }

    fn sdk(&self, _: usize) -> Sdk {
        Sdk::default()
    }
}
