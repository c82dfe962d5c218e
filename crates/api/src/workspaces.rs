//! `/workspaces`: those one belongs to, and a new one; `…/workspaces/{w}`: a workspace and its settings.

use axum::Json;
use axum::extract::State;
use control::workspaces::Workspace;
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::own::OwnWorkspace;
use http::StatusCode;
use policy::actions::{ChangeWorkspace, CreateWorkspace, ListWorkspaces, ReadWorkspace};
use serde::{Deserialize, Serialize};
use service::workspaces::Change;

use crate::input::Input;
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces", list)
        .post("/api/v1/workspaces", create)
        .get("/api/v1/workspaces/{w}", read)
        .patch("/api/v1/workspaces/{w}", change)
}

/// A workspace as one of its members sees it in a list.
#[derive(Debug, Serialize)]
pub struct OwnView {
    id: String,
    name: String,
    /// What the caller is there.
    role: String,
}

impl From<OwnWorkspace> for OwnView {
    fn from(own: OwnWorkspace) -> Self {
        Self { id: own.id.to_string(), name: own.name, role: own.role.to_string() }
    }
}

/// A workspace just made, with its first source.
#[derive(Debug, Serialize)]
pub struct MadeView {
    #[serde(flatten)]
    workspace: WorkspaceView,
    /// Of the source that it begins with; public.
    write_key: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewWorkspace {
    name: String,
}

/// A workspace as the outside sees it.
#[derive(Debug, Serialize)]
pub struct WorkspaceView {
    id: String,
    name: String,
    time_zone: String,
    created_at: String,
}

impl From<Workspace> for WorkspaceView {
    fn from(workspace: Workspace) -> Self {
        Self {
            id: workspace.id.to_string(),
            name: workspace.name,
            time_zone: workspace.time_zone,
            created_at: instant(workspace.created_ms),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkspaceChange {
    name: Option<String>,
    time_zone: Option<String>,
}

async fn list(
    may: Permit<ListWorkspaces>,
    State(state): State<ApiState>,
) -> Result<Json<List<OwnView>>, Problem> {
    let own = blocking(move || state.services.workspaces_of(may.granted())).await?;
    Ok(Json(List::whole(own.into_iter().map(OwnView::from).collect())))
}

async fn create(
    may: Permit<CreateWorkspace>,
    State(state): State<ApiState>,
    Input(new): Input<NewWorkspace>,
) -> Result<(StatusCode, Json<MadeView>), Problem> {
    let (workspace, source) =
        blocking(move || state.services.create_workspace(may.granted(), &new.name)).await?;
    let made = MadeView { workspace: workspace.into(), write_key: source.write_key };
    Ok((StatusCode::CREATED, Json(made)))
}

async fn read(
    may: Permit<ReadWorkspace>,
    State(state): State<ApiState>,
) -> Result<Json<WorkspaceView>, Problem> {
    let workspace = may.workspace()?;
    Ok(Json(blocking(move || state.services.workspace(may.granted(), workspace)).await?.into()))
}

async fn change(
    may: Permit<ChangeWorkspace>,
    State(state): State<ApiState>,
    Input(change): Input<WorkspaceChange>,
) -> Result<Json<WorkspaceView>, Problem> {
    let workspace = may.workspace()?;
    let change = Change { name: change.name, time_zone: change.time_zone };
    Ok(Json(
        blocking(move || state.services.change_workspace(may.granted(), workspace, &change)).await?.into(),
    ))
}
