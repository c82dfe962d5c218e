//! Mixpanel's dialect. A project token is a source's write key.
//!
//! Modules in reading order: `wrapping` (what a body is wrapped in), `pieces` (a text and its items), `who`
//! (distinct ids), `track` (events), `engage` (profiles of people and groups), `reply`, `documents`.

mod documents;
mod engage;
mod pieces;
mod reply;
mod track;
mod who;
mod wrapping;

use std::borrow::Cow;

use axum::response::Response;

use crate::asked::{Asked, Shape};
use crate::dialect::{Batch, Call, Route, Work, routes};
use crate::intake::Outcome;
use crate::json::Malformed;
use crate::segment;

/// What may be called.
pub(crate) const ROUTES: &[Route] = routes! {
    POST "/track" => Work::Take(&Messages(What::Track)),
    GET "/track" => Work::Take(&Messages(What::Track)),
    POST "/engage" => Work::Take(&Messages(What::People)),
    GET "/engage" => Work::Take(&Messages(What::People)),
    POST "/groups" => Work::Take(&Messages(What::Groups)),
    GET "/groups" => Work::Take(&Messages(What::Groups)),
    POST "/import" => Work::Take(&Import),
    GET "/import" => Work::Take(&Import),
    GET "/flags" => Work::Give(documents::flags),
    GET "/flags/definitions" => Work::Give(documents::definitions),
    POST "/flags/{id}/first-time-events" => Work::Give(documents::nothing),
    GET "/settings" => Work::Give(documents::settings),
    GET "/decide" => Work::Give(documents::decide),
    POST "/decide" => Work::Give(documents::decide),
    POST "/record" => Work::Take(&documents::Recording),
};

/// What the items of a call are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Track,
    People,
    Groups,
}

/// Calls that a token alone may make.
struct Messages(What);

impl Call for Messages {
    fn open<'a>(&self, asked: &mut Asked, body: &'a [u8]) -> Cow<'a, [u8]> {
        wrapping::open(asked, body)
    }

    fn read<'a>(&self, asked: &'a Asked, text: &'a [u8]) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
        match self.0 {
            What::Track => track::read(asked, text, track::Rules::Lenient),
            What::People => engage::read(asked, text, engage::Of::People),
            What::Groups => engage::read(asked, text, engage::Of::Groups),
        }
    }

    fn reply(&self, asked: &Asked, outcome: &Outcome) -> Response {
        reply::short(asked, outcome)
    }
}

/// History, sent by servers. Segment's oldest Android SDK sends its batches to the same path.
struct Import;

impl Call for Import {
    fn open<'a>(&self, asked: &mut Asked, body: &'a [u8]) -> Cow<'a, [u8]> {
        let text = wrapping::open(asked, body);
        if asked.shape == Shape::Json && pieces::is_segments(&text) {
            asked.shape = Shape::Segment;
        }
        text
    }

    fn read<'a>(&self, asked: &'a Asked, text: &'a [u8]) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
        match asked.shape {
            Shape::Segment => Ok(Box::new(segment::read(text, None)?)),
            Shape::Json if reply::is_strict(asked) => track::read(asked, text, track::Rules::Strict),
            Shape::Json | Shape::Form => track::read(asked, text, track::Rules::Bounded),
        }
    }

    fn reply(&self, asked: &Asked, outcome: &Outcome) -> Response {
        match asked.shape {
            Shape::Segment => segment::reply(asked, outcome),
            Shape::Json => reply::import(asked, outcome),
            Shape::Form => reply::short(asked, outcome),
        }
    }
}
