//! The workspaces one belongs to, and a new one.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use policy::Role;
use policy::actions::{CreateWorkspace, ListWorkspaces};
use service::{ServiceError, Services};

use super::asked::Asked;
use super::fields::Fields;
use super::reply::{self, Page};
use crate::pages::workspaces::{self, WorkspaceRow, WorkspacesView};
use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console).get(paths::WORKSPACES, list).post(paths::WORKSPACES, create)
}

async fn list(
    may: Permit<ListWorkspaces>,
    asked: Asked,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || listed(&state.services, &may, &asked, None)).await
}

async fn create(
    may: Permit<CreateWorkspace>,
    list: Permit<ListWorkspaces>,
    asked: Asked,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    blocking(move || {
        let name = fields.text("name");
        match state.services.create_workspace(may.granted(), name) {
            Ok((made, _)) => Ok(reply::done(&paths::welcome(made.id), "workspace-created").into_response()),
            Err(ServiceError::Invalid { fix, .. }) => {
                let page = listed(&state.services, &list, &asked, Some((name.to_owned(), fix)))?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Err(error) => Err(error),
        }
    })
    .await
}

fn listed(
    services: &Services,
    may: &Permit<ListWorkspaces>,
    asked: &Asked,
    wrong: Option<(String, String)>,
) -> Result<Page, ServiceError> {
    let own = services.workspaces_of(may.granted())?;
    let view = WorkspacesView {
        may_create: own.iter().any(|own| own.role == Role::Owner),
        own: own
            .into_iter()
            .map(|own| WorkspaceRow { id: own.id, name: own.name, role: own.role.to_string() })
            .collect(),
        wrong,
    };
    Ok(Page(workspaces::page(&asked.lone(), &view)))
}
