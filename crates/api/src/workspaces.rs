//! `/workspaces`: those one belongs to, and a new one; `…/workspaces/{w}`: a workspace, its settings, and its key.

use axum::Json;
use axum::extract::State;
use control::workspaces::Workspace;
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::own::OwnWorkspace;
use http::StatusCode;
use policy::actions::{ChangeWorkspace, CreateWorkspace, ListWorkspaces, ReadWorkspace, ReplaceKey};
use purge::KeyStanding;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
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
        .get("/api/v1/workspaces/{w}/key", key)
        .post("/api/v1/workspaces/{w}/key", replace_key)
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

/// How a workspace's key stands: names and counts, never a key.
pub fn key_view(standing: &KeyStanding) -> Value {
    let older = standing.older.as_ref().map(|older| {
        json!({
            "key": older.key,
            "replaced_at": instant(older.replaced_ms),
            "replaced_by": older.replaced_by,
            "place": older.at.place,
            "progress": { "at": older.at.done, "of": older.at.whole },
            "waits_for": older.waits_for,
        })
    });
    json!({ "key": standing.key, "since": instant(standing.since_ms), "older": older })
}

async fn key(may: Permit<ReadWorkspace>, State(state): State<ApiState>) -> Result<Json<Value>, Problem> {
    let workspace = may.workspace()?;
    let standing = blocking(move || state.services.workspace_key(may.granted(), workspace)).await?;
    Ok(Json(key_view(&standing)))
}

async fn replace_key(
    may: Permit<ReplaceKey>,
    State(state): State<ApiState>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let workspace = may.workspace()?;
    let standing = blocking(move || state.services.replace_key(may.granted(), workspace)).await?;
    Ok((StatusCode::ACCEPTED, Json(key_view(&standing))))
}
