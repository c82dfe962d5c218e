//! The stream of new events behind the live page (server-sent events), for as long as the session and the right hold.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use door::{Permit, Problem, Stop, blocking};
use http::{HeaderMap, header};
use maud::html;
use policy::actions::{ListSources, ReadEvents};
use service::looking::Looking;
use service::{ServiceError, Services};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::inside::{Also, Inside, instant};
use super::live::{LiveQuery, wanted};
use super::view::{SourceNames, event_view};
use crate::components::event;
use crate::frame::{Frame, Section};
use crate::state::ConsoleState;

/// How often it is looked whether something arrived, and whether the right still holds.
const EVERY: Duration = Duration::from_millis(500);
/// After how many looks without anything new a line goes out, so that a broken connection is noticed.
const QUIET_LOOKS_MAX: u32 = 30;
/// How many may look on at once; each costs a look at the database every time.
static PLACES: Semaphore = Semaphore::const_new(256);

/// A viewer who looks on.
struct Viewer {
    may: Permit<ReadEvents>,
    services: Services,
    frame: Frame,
    names: SourceNames,
    looking: Looking,
    quiet: u32,
    stop: Stop,
    _place: SemaphorePermit<'static>,
}

/// The stream. It begins where the page's list ended; the browser says by `Last-Event-ID` how far it is, when it comes again.
pub(crate) async fn events(
    may: Permit<ReadEvents>,
    inside: Inside,
    sources: Also<ListSources>,
    State(state): State<ConsoleState>,
    (headers, Query(query)): (HeaderMap, Query<LiveQuery>),
) -> Result<Response, Problem> {
    let place = PLACES
        .try_acquire()
        .map_err(|_| Problem::unavailable("too many look on at once; reload the page by hand"))?;
    let workspace = may.workspace()?;
    let again = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let seen = again.or(query.since);
    let viewer = blocking(move || {
        let (services, stop) = (state.services, state.stop);
        let wanted = wanted(&query).ok_or(ServiceError::NotFound { what: "person" })?;
        let looking = services.look_on(may.granted(), workspace, &wanted, seen)?;
        let frame = inside.frame(&services, Section::Live)?;
        let names = SourceNames::read(&services, sources.0.as_ref(), workspace)?;
        Ok::<_, ServiceError>(Viewer { may, services, frame, names, looking, quiet: 0, stop, _place: place })
    })
    .await?;
    let body = Body::from_stream(futures_util::stream::unfold(viewer, next));
    Ok(([(header::CONTENT_TYPE, "text/event-stream")], body).into_response())
}

/// The next thing to send; the stream ends with the session and with the right, or when the store cannot be read.
async fn next(mut viewer: Viewer) -> Option<(Result<Bytes, Infallible>, Viewer)> {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = viewer.stop.stopped() => return None,
        }
        let looked = tokio::task::spawn_blocking(move || {
            let said = viewer.look();
            (viewer, said)
        });
        let (looked, said) = looked.await.ok()?;
        viewer = looked;
        if let Some(text) = said? {
            return Some((Ok(Bytes::from(text)), viewer));
        }
    }
}

impl Viewer {
    /// What to send now, if anything; none at all when it is over.
    fn look(&mut self) -> Option<Option<String>> {
        if !self.services.guard.still_permits(self.may.caller(), self.may.granted()) {
            return None;
        }
        let arrived = self.services.arrived(self.may.granted(), &mut self.looking).ok()?;
        let workspace = self.frame.workspace.clone()?;
        if arrived.is_empty() {
            self.quiet += 1;
            let speak = self.quiet >= QUIET_LOOKS_MAX;
            self.quiet = if speak { 0 } else { self.quiet };
            return Some(speak.then(|| ": quiet\n\n".to_owned()));
        }
        self.quiet = 0;
        self.frame.now = instant(self.services.clock.now_ms());
        let items = html! {
            @for (stored, person) in arrived {
                (event::item(&self.frame, &workspace, &event_view(stored, person, &self.names), true))
            }
        };
        Some(Some(message(self.looking.seen(), &items.into_string())))
    }
}

/// A message of the stream; every line of the data stands behind its own `data:`.
fn message(id: u64, data: &str) -> String {
    let mut out = format!("id: {id}\n");
    for line in data.lines() {
        out.push_str("data: ");
        out.push_str(line);
        out.push('\n');
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_keeps_its_lines() {
        assert_eq!(message(7, "<pre>a\n\nb</pre>"), "id: 7\ndata: <pre>a\ndata: \ndata: b</pre>\n\n");
    }
}
