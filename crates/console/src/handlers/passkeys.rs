//! One's own passkeys and sessions. Adding a passkey is a ceremony of the API's that the page runs.

use axum::extract::{Path, State};
use axum::response::Redirect;
use door::{DoorName, Permit, Problem, Routes, blocking};
use model::{PasskeyId, WorkspaceId};
use policy::actions::{
    EndOtherSessions, ListPasskeys, ListSessions, LockPasskeys, ReadOwnNotices, RefuseFirstPasskey,
    RemovePasskey, UnlockPasskeys,
};
use service::{ServiceError, Services};
use signin::passkey::PasskeyView;
use signin::password::BY_PASSWORD;
use signin::session::SessionView;

use super::inside::{Inside, instant};
use super::notices::notice_row;
use super::reply::{self, Page};
use crate::frame::Section;
use crate::pages::passkeys::{self, PasskeyRow, PasskeysView, SessionRow};
use crate::paths;
use crate::state::ConsoleState;

/// How many notices about the account stand on the page.
const TOLD_MAX: usize = 10;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/access/passkeys", list)
        .post("/w/{w}/access/passkeys/end-others", end_others)
        .post("/w/{w}/access/passkeys/{passkey}/remove", remove)
        .post("/w/{w}/access/passkeys/refuse-first", refuse_first)
        .post("/w/{w}/access/passkeys/lock", lock)
        .post("/w/{w}/access/passkeys/unlock", unlock)
}

async fn list(
    may: Permit<ListPasskeys>,
    inside: Inside,
    (sessions, told): (Permit<ListSessions>, Permit<ReadOwnNotices>),
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || {
        let frame = inside.frame(&state.services, Section::Access)?;
        let workspace = frame.workspace.as_ref().ok_or(ServiceError::NotFound { what: "workspace" })?;
        let view = view_of(&state.services, (&may, &sessions, &told), paths::passkeys(workspace.id))?;
        Ok::<_, ServiceError>(Page(passkeys::page(&frame, &view)))
    })
    .await
}

/// The caller's own passkeys and sessions, on the page at `path`.
pub(super) fn view_of(
    services: &Services,
    (own, sessions, told): (&Permit<ListPasskeys>, &Permit<ListSessions>, &Permit<ReadOwnNotices>),
    path: String,
) -> Result<PasskeysView, ServiceError> {
    let found = services.guard.passkeys(own.granted())?;
    let running = services.guard.sessions(sessions.granted())?;
    Ok(PasskeysView {
        path,
        sessions: running
            .into_iter()
            .map(|session| session_row(session, &found, sessions.granted().session))
            .collect(),
        passkeys: found.into_iter().map(passkey_row).collect(),
        locked: services.guard.passkeys_locked(own.granted())?,
        first: services.guard.own_first_passkey(own.granted())?.map(|allowed| instant(allowed.ready_ms)),
        told: services
            .guard
            .own_notices(told.granted())?
            .into_iter()
            .take(TOLD_MAX)
            .map(notice_row)
            .collect(),
    })
}

async fn end_others(
    may: Permit<EndOtherSessions>,
    State(state): State<ConsoleState>,
    Path(workspace): Path<String>,
) -> Result<Redirect, Problem> {
    let workspace = workspace_id(&workspace)?;
    blocking(move || state.services.guard.end_other_sessions(may.granted()).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(&paths::passkeys(workspace), "sessions-ended"))
}

async fn remove(
    may: Permit<RemovePasskey>,
    State(state): State<ConsoleState>,
    Path((workspace, passkey)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let workspace = workspace_id(&workspace)?;
    let id: PasskeyId = passkey.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.remove_passkey(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(&paths::passkeys(workspace), "passkey-removed"))
}

async fn refuse_first(
    may: Permit<RefuseFirstPasskey>,
    State(state): State<ConsoleState>,
    Path(workspace): Path<String>,
) -> Result<Redirect, Problem> {
    let workspace = workspace_id(&workspace)?;
    blocking(move || state.services.guard.refuse_first_passkey(may.granted()).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(&paths::passkeys(workspace), "first-passkey-stopped"))
}

async fn lock(
    may: Permit<LockPasskeys>,
    State(state): State<ConsoleState>,
    Path(workspace): Path<String>,
) -> Result<Redirect, Problem> {
    let workspace = workspace_id(&workspace)?;
    blocking(move || state.services.guard.lock_passkeys(may.granted(), true).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(&paths::passkeys(workspace), "passkeys-locked"))
}

async fn unlock(
    may: Permit<UnlockPasskeys>,
    State(state): State<ConsoleState>,
    Path(workspace): Path<String>,
) -> Result<Redirect, Problem> {
    let workspace = workspace_id(&workspace)?;
    blocking(move || state.services.guard.lock_passkeys(may.granted(), false).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(&paths::passkeys(workspace), "passkeys-unlocked"))
}

fn passkey_row(passkey: PasskeyView) -> PasskeyRow {
    PasskeyRow {
        id: passkey.id,
        name: passkey.name,
        made: instant(passkey.created_ms),
        used: passkey.last_used_ms.map(instant),
    }
}

fn session_row(session: SessionView, passkeys: &[PasskeyView], own: Option<model::SessionId>) -> SessionRow {
    let passkey = passkeys.iter().find(|passkey| passkey.id == session.passkey);
    SessionRow {
        bound: session.bound,
        networks: session.networks,
        id: session.id,
        passkey: match passkey {
            Some(passkey) => passkey.name.clone(),
            None if session.passkey == BY_PASSWORD => "your password and a code".to_owned(),
            None if session.passkey.0 == 0 => "the organisation's sign-in".to_owned(),
            None => "a removed passkey".to_owned(),
        },
        began: instant(session.created_ms),
        used: instant(session.last_seen_ms),
        until: instant(session.ends_ms),
        own: own == Some(session.id),
    }
}

fn workspace_id(text: &str) -> Result<WorkspaceId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}
