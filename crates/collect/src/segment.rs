//! Segment's dialect, which RudderStack, Jitsu and Customer.io's pipelines speak too.
//!
//! Modules in reading order: `envelope` (a body and its items), `message` (one item into one event),
//! `context` (what is kept of `context`), `pixel` (a message in an address), `reply`, `settings` and
//! `snippet` (what browser and mobile SDKs load first).

mod context;
mod envelope;
mod fields;
mod message;
mod pixel;
mod reply;
mod settings;
mod snippet;

use axum::response::Response;
use model::Kind;

use crate::asked::Asked;
use crate::dialect::{Batch, Call, Route, Work, routes};
use crate::intake::Outcome;
use crate::json::Malformed;

pub(crate) use envelope::read;
pub(crate) use fields::{Fields, Item};
pub(crate) use message::{Surroundings, event_of, event_with_id, sdk_of};
pub(crate) use pixel::Pixel;
pub(crate) use reply::{failure, of as reply};

/// What may be called.
pub(crate) const ROUTES: &[Route] = routes! {
    POST "/v1/t" => Work::Take(&Messages(Some(Kind::Track))),
    POST "/v1/i" => Work::Take(&Messages(Some(Kind::Identify))),
    POST "/v1/p" => Work::Take(&Messages(Some(Kind::Page))),
    POST "/v1/s" => Work::Take(&Messages(Some(Kind::Screen))),
    POST "/v1/g" => Work::Take(&Messages(Some(Kind::Group))),
    POST "/v1/a" => Work::Take(&Messages(Some(Kind::Alias))),
    POST "/v1/track" => Work::Take(&Messages(Some(Kind::Track))),
    POST "/v1/identify" => Work::Take(&Messages(Some(Kind::Identify))),
    POST "/v1/page" => Work::Take(&Messages(Some(Kind::Page))),
    POST "/v1/screen" => Work::Take(&Messages(Some(Kind::Screen))),
    POST "/v1/group" => Work::Take(&Messages(Some(Kind::Group))),
    POST "/v1/alias" => Work::Take(&Messages(Some(Kind::Alias))),
    POST "/v1/b" => Work::Take(&Messages(None)),
    POST "/v1/batch" => Work::Take(&Messages(None)),
    POST "/v1/import" => Work::Take(&Messages(None)),
    POST "/v1/m" => Work::Give(|_, _| reply::taken()),
    GET "/v1/pixel/{call}" => Work::Take(&Pixel),
    GET "/v1/projects/{write_key}/settings" => Work::Give(settings::give),
    GET "/projects/{write_key}/settings" => Work::Give(settings::give),
    GET "/analytics.js/v1/{write_key}/analytics.min.js" => Work::Give(snippet::give),
};

/// One message whose call the path names, or many with a `type` each.
pub(crate) struct Messages(pub Option<Kind>);

impl Call for Messages {
    fn read<'a>(&self, _: &'a Asked, text: &'a [u8]) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
        Ok(Box::new(read(text, self.0)?))
    }

    fn reply(&self, asked: &Asked, outcome: &Outcome) -> Response {
        reply::of(asked, outcome)
    }
}

/// The call of that name, as a word or its first letter.
pub(crate) fn kind_of(name: &str) -> Option<Kind> {
    Some(match name {
        "track" | "t" => Kind::Track,
        "identify" | "i" => Kind::Identify,
        "page" | "p" => Kind::Page,
        "screen" | "s" => Kind::Screen,
        "group" | "g" => Kind::Group,
        "alias" | "a" => Kind::Alias,
        _ => return None,
    })
}
