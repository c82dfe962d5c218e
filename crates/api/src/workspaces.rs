//! `…/workspaces/{w}`: a workspace and its settings.

use axum::Json;
use axum::extract::State;
use control::workspaces::Workspace;
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::{ChangeWorkspace, ReadWorkspace};
use serde::{Deserialize, Serialize};
use service::workspaces::Change;

use crate::input::Input;
use crate::state::ApiState;
use crate::view::instant;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console).get("/api/v1/workspaces/{w}", read).patch("/api/v1/workspaces/{w}", change)
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
