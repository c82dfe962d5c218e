//! Jitsu's dialect: Segment's messages on paths of its own, and replies of its own.

use axum::response::Response;
use http::StatusCode;

use crate::asked::Asked;
use crate::dialect::{Batch, Call, Route, Work, routes};
use crate::intake::{Answer, Outcome};
use crate::json::Malformed;
use crate::reply::{of_json, trouble};
use crate::segment::{Pixel, kind_of, read};

/// What may be called beside Segment's paths.
pub(crate) const ROUTES: &[Route] = routes! {
    POST "/api/s/{call}" => Work::Take(&Jitsu { from: From::Browser }),
    POST "/api/s/s2s/{call}" => Work::Take(&Jitsu { from: From::Server }),
    POST "/batch" => Work::Take(&Jitsu { from: From::Server }),
    POST "/b" => Work::Take(&Jitsu { from: From::Server }),
    GET "/api/px/{call}" => Work::Take(&Pixel),
};

/// One message, or many.
struct Jitsu {
    from: From,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    /// Browsers are told that all is well whatever was wrong with their events.
    Browser,
    Server,
}

impl Call for Jitsu {
    /// A path that names no call of ours takes what the messages' own `type` says, as `batch` does.
    fn read<'a>(&self, asked: &'a Asked, text: &'a [u8]) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
        Ok(Box::new(read(text, asked.param("call").and_then(kind_of))?))
    }

    fn reply(&self, _: &Asked, outcome: &Outcome) -> Response {
        let Some(trouble) = trouble(outcome.answer) else { return taken() };
        match outcome.answer {
            Answer::UnknownKey | Answer::Disabled | Answer::Unreadable if self.from == From::Browser => {
                taken()
            }
            Answer::Disabled => taken(),
            _ => trouble.reply(format!(r#"{{"ok":false,"error":"{}"}}"#, trouble.message)),
        }
    }
}

fn taken() -> Response {
    of_json(StatusCode::OK, r#"{"ok":true}"#)
}
