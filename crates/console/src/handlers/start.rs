//! The door's mat: from `/` to where one wants to be.

use axum::extract::{FromRef, FromRequestParts, State};
use axum::response::Redirect;
use door::shape::Part;
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::Guard;
use http::request::Parts;
use policy::PrincipalKind;
use policy::actions::{ListWorkspaces, ReadSession};
use service::ServiceError;

use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console).get("/", start)
}

/// Whoever may have workspaces. Operators have none, and are not asked for a right that they never have.
struct Arrived(Option<Permit<ListWorkspaces>>);

impl<S> FromRequestParts<S> for Arrived
where
    S: Send + Sync,
    Guard: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let session = Permit::<ReadSession>::from_request_parts(parts, state).await?;
        if session.principal.kind == PrincipalKind::Operator {
            return Ok(Self(None));
        }
        Permit::from_request_parts(parts, state).await.map(|permit| Self(Some(permit)))
    }
}

impl Part for Arrived {}

/// Operators to the installation. Members to their first workspace: what arrives there, or how to send the first
/// event. Whoever is not signed in is sent to do so.
async fn start(
    _may: Permit<ReadSession>,
    arrived: Arrived,
    State(state): State<ConsoleState>,
) -> Result<Redirect, Problem> {
    let Some(may) = arrived.0 else { return Ok(Redirect::to(paths::OPERATIONS)) };
    let path = blocking(move || {
        let services = &state.services;
        let own = services.guard.workspaces_of(may.granted())?;
        let first = own.first().ok_or(ServiceError::NotFound { what: "workspace" })?;
        let empty = services.catalogue(may.granted(), first.id).events.is_empty();
        let sends = matches!(first.role, policy::Role::Owner | policy::Role::Admin);
        Ok::<_, ServiceError>(if empty && sends { paths::welcome(first.id) } else { paths::live(first.id) })
    })
    .await?;
    Ok(Redirect::to(&path))
}
