//! The door's mat: from `/` to where one wants to be.

use axum::extract::State;
use axum::response::Redirect;
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::ListWorkspaces;
use service::ServiceError;

use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console).get("/", start)
}

/// To the first workspace: what arrives there, or how to send the first event. Whoever is not signed in is sent to do so.
async fn start(may: Permit<ListWorkspaces>, State(state): State<ConsoleState>) -> Result<Redirect, Problem> {
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
