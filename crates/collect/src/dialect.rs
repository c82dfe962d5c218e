//! What a dialect is: routes, each with a [`Call`] that turns bytes into events and outcomes into its
//! reply. The table of all dialects is `DIALECTS`; a new one is a file and a line in it.

use std::borrow::Cow;

use axum::response::Response;
use http::Method;
use model::{Event, SourceId, WorkspaceId};

use crate::asked::Asked;
use crate::collector::Collector;
use crate::intake::Outcome;
use crate::json::Malformed;
use crate::refusal::{Refused, Sdk};
use crate::succession::Piece;
use crate::{customerio, history, jitsu, mixpanel, rudder, sdk, segment};

/// Every dialect's routes. A path and method stand in one of them alone.
const DIALECTS: &[&[Route]] = &[
    segment::ROUTES,
    history::ROUTES,
    rudder::ROUTES,
    jitsu::ROUTES,
    mixpanel::ROUTES,
    customerio::ROUTES,
    sdk::ROUTES,
];

/// One route. What all of them ask of a caller is the write key, in the request itself.
#[derive(Clone)]
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, with `{parameters}`.
    pub path: &'static str,
    pub(crate) work: Work,
}

/// What a route does.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    /// Takes messages in.
    Take(&'static dyn Call),
    /// Gives a document that needs no body.
    Give(fn(&Collector, &Asked) -> Response),
}

/// A list of routes: method, path and work. Each is there with a slash at its end as well.
macro_rules! routes {
    ($($method:ident $path:literal => $work:expr,)*) => {
        &[$(
            $crate::dialect::Route { method: http::Method::$method, path: $path, work: $work },
            $crate::dialect::Route { method: http::Method::$method, path: concat!($path, "/"), work: $work },
        )*]
    };
}
pub(crate) use routes;

/// A call that takes messages in.
pub(crate) trait Call: Sync {
    /// Undoes what the text is wrapped in, by what it is and not by what its headers say. Gzip is undone by then.
    fn open<'a>(&self, asked: &mut Asked, body: &'a [u8]) -> Cow<'a, [u8]> {
        let _ = asked;
        Cow::Borrowed(body)
    }

    /// Takes the text apart.
    ///
    /// # Errors
    /// The text as a whole is not what the call takes.
    fn read<'a>(&self, asked: &'a Asked, text: &'a [u8]) -> Result<Box<dyn Batch<'a> + 'a>, Malformed>;

    /// Where the request stands among others that have to become durable in their order.
    fn piece(&self, asked: &Asked) -> Option<Piece> {
        let _ = asked;
        None
    }

    /// What the sender is told.
    fn reply(&self, asked: &Asked, outcome: &Outcome) -> Response;
}

/// The messages of one request. They are looked into one by one, and only once it is known whose they are.
pub(crate) trait Batch<'a> {
    /// The write key that the text names.
    fn write_key(&self) -> Option<&str> {
        None
    }

    /// How many messages there are, without those beyond the longest batch.
    fn len(&self) -> usize;

    /// How many came after those.
    fn beyond(&self) -> u64 {
        0
    }

    /// How many bytes are copied into the messages from what they share, all together.
    fn copied_bytes(&self) -> usize {
        0
    }

    /// The event that a message is. What is left out of it by itself goes to `left_out`.
    ///
    /// # Errors
    /// What is wrong with it, for the count of refusals.
    fn event(&self, index: usize, whose: &Whose, left_out: &mut Vec<Refused>) -> Result<Event<'a>, Refused>;

    /// Which library sent a message.
    fn sdk(&self, index: usize) -> Sdk;

    /// The place in the request's own list that a message came from.
    fn position(&self, index: usize) -> usize {
        index
    }

    /// The sender's id of a message, where its reply names it.
    fn sender_id(&self, index: usize) -> Option<String> {
        let _ = index;
        None
    }
}

/// Whose a message is, and when it came.
#[derive(Clone, Copy)]
pub(crate) struct Whose {
    pub workspace: WorkspaceId,
    pub source: SourceId,
    pub received_ms: i64,
}

/// Every route of every dialect.
pub fn table() -> impl Iterator<Item = &'static Route> {
    DIALECTS.iter().copied().flatten()
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
