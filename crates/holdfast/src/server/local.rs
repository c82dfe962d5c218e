//! The socket in the data directory (mode 0600) for commands on the same host: a backup, the list of purges, another key for a workspace, read-only mode, lockdown, and the
//! delayed recovery of a lone owner. It can save and tighten; nothing that loosens stands here.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{FromRef, State};
use axum::{Json, Router};
use door::{DoorName, Permit, Problem, Routes, Stop, blocking};
use guard::{Guard, GuardError};
use model::WorkspaceId;
use policy::actions::{
    LockdownFromHost, ReadOnlyFromHost, RecoverFromHost, ReplaceKeyFromHost, SaveFromHost,
    TestNoticesFromHost,
};
use purge::Purges;
use serde::Deserialize;
use serde_json::{Value, json};
use service::ServiceError;
use tokio::net::UnixListener;

use crate::outcome::{Failure, Outcome};
use crate::server::save::{Save, SaveRequest};

/// What the socket's handlers work with.
#[derive(Clone)]
pub struct Local {
    /// Who may.
    pub guard: Guard,
    /// What can be saved.
    pub save: Arc<Save>,
    /// What gets workspaces off older keys.
    pub purging: Purges,
}

impl FromRef<Local> for Guard {
    fn from_ref(local: &Local) -> Self {
        local.guard.clone()
    }
}

/// The routes of the socket.
pub fn routes() -> Routes<Local> {
    Routes::new(DoorName::Local)
        .post("/local/backup", backup)
        .post("/local/purges", purges)
        .post("/local/read-only", read_only)
        .post("/local/lockdown", lockdown)
        .post("/local/recover", recover)
        .post("/local/notices/test", test_notices)
        .post("/local/key", key)
        .post("/local/key/replace", replace_key)
}

/// Serves them on `path` until `stop`.
///
/// # Errors
/// The socket cannot be made.
pub fn listen(path: &PathBuf, local: Local, stop: Stop) -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    let failed = |error: std::io::Error| Failure::failed(format!("{}: {error}", path.display()));
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let listener = UnixListener::bind(path).map_err(failed)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    let app: Router = routes().finish().0.with_state(local);
    tokio::spawn(door::serve_local(listener, app, stop));
    Ok(())
}

async fn backup(
    _may: Permit<SaveFromHost>,
    State(local): State<Local>,
    Json(request): Json<SaveRequest>,
) -> Result<Json<Value>, Problem> {
    let report = blocking(move || local.save.to(&request)).await?;
    Ok(Json(report))
}

#[derive(Deserialize)]
struct Into {
    into: PathBuf,
}

async fn purges(
    _may: Permit<SaveFromHost>,
    State(local): State<Local>,
    Json(request): Json<Into>,
) -> Result<Json<Value>, Problem> {
    let report = blocking(move || local.save.purges_to(&request.into)).await?;
    Ok(Json(report))
}

#[derive(Deserialize)]
struct Reason {
    reason: String,
}

async fn read_only(
    _may: Permit<ReadOnlyFromHost>,
    State(local): State<Local>,
    Json(reason): Json<Reason>,
) -> Result<Json<Value>, Problem> {
    blocking(move || local.guard.host().set_read_only(&reason.reason).map_err(ServiceError::from)).await?;
    Ok(Json(json!({ "mode": "read_only" })))
}

async fn lockdown(
    _may: Permit<LockdownFromHost>,
    State(local): State<Local>,
    Json(reason): Json<Reason>,
) -> Result<Json<Value>, Problem> {
    let ended =
        blocking(move || local.guard.host().lockdown(&reason.reason).map_err(ServiceError::from)).await?;
    Ok(Json(json!({ "members": ended.members, "tokens": ended.tokens, "invites": ended.invites })))
}

#[derive(Deserialize)]
struct Owner {
    owner: String,
}

async fn recover(
    _may: Permit<RecoverFromHost>,
    State(local): State<Local>,
    Json(owner): Json<Owner>,
) -> Result<Json<Value>, Problem> {
    let answer = blocking(move || recovered(&local.guard, &owner.owner).map_err(ServiceError::from)).await?;
    Ok(Json(answer))
}

#[derive(Deserialize)]
struct Whom {
    workspace: Option<String>,
}

async fn test_notices(
    _may: Permit<TestNoticesFromHost>,
    State(local): State<Local>,
    Json(whom): Json<Whom>,
) -> Result<Json<Value>, Problem> {
    let workspace = whom.workspace.map(|id| id.parse()).transpose().map_err(|_| Problem::not_found())?;
    let (delivered, states) =
        blocking(move || local.guard.host().test_notice(workspace).map_err(ServiceError::from)).await?;
    let channels: Vec<Value> = states.iter().map(api::notices::channel).collect();
    Ok(Json(json!({ "delivered": delivered, "channels": channels })))
}

#[derive(Deserialize)]
struct Which {
    workspace: String,
}

impl Which {
    fn workspace(&self) -> Result<WorkspaceId, Problem> {
        self.workspace.parse().map_err(|_| Problem::not_found())
    }
}

async fn key(
    _may: Permit<ReplaceKeyFromHost>,
    State(local): State<Local>,
    Json(which): Json<Which>,
) -> Result<Json<Value>, Problem> {
    let workspace = which.workspace()?;
    let standing = blocking(move || local.purging.key(workspace).map_err(ServiceError::from)).await?;
    Ok(Json(api::workspaces::key_view(&standing)))
}

async fn replace_key(
    _may: Permit<ReplaceKeyFromHost>,
    State(local): State<Local>,
    Json(which): Json<Which>,
) -> Result<Json<Value>, Problem> {
    let workspace = which.workspace()?;
    let standing = blocking(move || {
        local.guard.host().replace_key(workspace)?;
        local.purging.wake();
        local.purging.key(workspace).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(api::workspaces::key_view(&standing)))
}

/// Begins the recovery, or finishes it when its delay has passed.
fn recovered(guard: &Guard, owner: &str) -> Result<Value, GuardError> {
    match guard.host().finish_recovery(owner) {
        Ok(code) => Ok(json!({ "code": code.expose() })),
        Err(GuardError::TooEarly { ready_ms }) => Ok(json!({ "ready_at_ms": ready_ms })),
        Err(GuardError::NothingToRecover | GuardError::Denied(_)) => {
            let begun = guard.host().start_recovery(owner)?;
            Ok(json!({ "ready_at_ms": begun.ready_ms }))
        }
        Err(other) => Err(other),
    }
}
