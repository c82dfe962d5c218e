//! The workspace's settings, and its mode.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use control::mode::{Mode, ModeState};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::mode::Approval;
use http::StatusCode;
use jiff::tz;
use model::{GrantId, MemberId};
use policy::actions::{
    AllowPasswords, ApproveNormalMode, ChangeWorkspace, DemandPasskeys, ReadWorkspace, ReplaceKey, SetMode,
};
use purge::KeyStanding;
use service::workspaces::Change;
use service::{ServiceError, Services};

use super::asked::Asked;
use super::fields::Fields;
use super::inside::{Inside, instant};
use super::reply::{self, Page};
use crate::frame::{Held, Section};
use crate::pages::settings::{self, ApprovalRow, KeyRow, OlderKeyRow, SettingsView};
use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/settings", read)
        .post("/w/{w}/settings", change)
        .post("/w/{w}/settings/passwords/allow", allow_passwords)
        .post("/w/{w}/settings/passwords/demand", demand_passkeys)
        .post("/w/{w}/settings/mode", set_mode)
        .post("/w/{w}/settings/key", replace_key)
        .post("/w/{w}/settings/approve/{approval}", approve)
}

async fn read(
    may: Permit<ReadWorkspace>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || shown(&state.services, &inside, &may, None)).await
}

async fn change(
    may: Permit<ChangeWorkspace>,
    inside: Inside,
    read: Permit<ReadWorkspace>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let change = Change {
            name: Some(fields.text("name").to_owned()),
            time_zone: Some(fields.text("time_zone").to_owned()),
        };
        match state.services.change_workspace(may.granted(), workspace, &change) {
            // The name stands in the navigation, which is round the part that htmx takes.
            Ok(_) => Ok(inside.asked().anew(&paths::settings(workspace), "settings-saved")),
            Err(ServiceError::Invalid { field, fix }) => {
                let page = shown(&state.services, &inside, &read, Some((field, fix)))?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Err(error) => Err(error),
        }
    })
    .await
}

async fn set_mode(
    may: Permit<SetMode>,
    asked: Asked,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    let wanted = Mode::from_name(fields.text("mode"))
        .ok_or_else(|| Problem::invalid("mode", "read_only or normal"))?;
    let code = blocking(move || {
        let (guard, reason) = (&state.services.guard, fields.text("reason"));
        match wanted {
            Mode::ReadOnly => guard.set_read_only(may.granted(), reason).map(|_| "held"),
            Mode::Normal => guard.ask_for_normal(may.granted(), reason).map(|_| "normal-asked"),
        }
        .map_err(ServiceError::from)
    })
    .await?;
    Ok(asked.anew(&paths::settings(workspace), code))
}

async fn allow_passwords(
    may: Permit<AllowPasswords>,
    State(state): State<ConsoleState>,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    blocking(move || state.services.guard.allow_passwords(may.granted(), true).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(&paths::settings(workspace), "passwords-allowed"))
}

async fn demand_passkeys(
    may: Permit<DemandPasskeys>,
    State(state): State<ConsoleState>,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    blocking(move || state.services.guard.allow_passwords(may.granted(), false).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(&paths::settings(workspace), "passkeys-demanded"))
}

async fn replace_key(
    may: Permit<ReplaceKey>,
    State(state): State<ConsoleState>,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    blocking(move || state.services.replace_key(may.granted(), workspace)).await?;
    Ok(reply::done(&paths::settings(workspace), "key-replaced"))
}

async fn approve(
    may: Permit<ApproveNormalMode>,
    asked: Asked,
    State(state): State<ConsoleState>,
    Path((_, approval)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    let id: GrantId = approval.parse().map_err(|_| Problem::not_found())?;
    let code = blocking(move || {
        let guard = &state.services.guard;
        guard.approve_normal(may.granted(), id)?;
        // The installation may hold the workspace still: say what is so, not what was approved.
        let taken = guard.mode(Some(workspace))?.mode == Mode::Normal;
        Ok::<_, ServiceError>(if taken { "normal" } else { "normal-own" })
    })
    .await?;
    Ok(asked.anew(&paths::settings(workspace), code))
}

fn shown(
    services: &Services,
    inside: &Inside,
    may: &Permit<ReadWorkspace>,
    wrong: Option<(String, String)>,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Settings)?;
    let id = may.granted().workspace.ok_or(ServiceError::NotFound { what: "workspace" })?;
    let workspace = services.workspace(may.granted(), id)?;
    let may_hold = inside.may::<SetMode>(&services.guard);
    let approvals = if may_hold { services.guard.approvals(may.granted())? } else { Vec::new() };
    let own = may.principal.name.as_str();
    let view = SettingsView {
        installation: held(services.guard.mode(None)?, own),
        own: held(services.guard.own_mode(id)?, own),
        name: workspace.name,
        time_zone: workspace.time_zone,
        retention_days: workspace.retention_days,
        zones: tz::db().available().map(|zone| zone.to_string()).collect(),
        may_change: inside.may::<ChangeWorkspace>(&services.guard),
        may_hold,
        approvals: approvals
            .into_iter()
            .map(|approval| approval_row(approval, may.principal.member))
            .collect(),
        passwords: services.guard.passwords_allowed(may.granted())?,
        may_allow: inside.may::<AllowPasswords>(&services.guard),
        key: key_row(services.workspace_key(may.granted(), id)?),
        may_replace: inside.may::<ReplaceKey>(&services.guard),
        wrong,
    };
    Ok(Page(settings::page(&frame, &view)))
}

fn key_row(standing: KeyStanding) -> KeyRow {
    let older = standing.older.map(|older| OlderKeyRow {
        key: older.key,
        by: older.replaced_by,
        at: instant(older.replaced_ms),
        progress: (older.at.place, older.at.done, older.at.whole),
        waits_for: older.waits_for,
    });
    KeyRow { key: standing.key, since: instant(standing.since_ms), older }
}

/// Why it is read-only, where it is.
pub(super) fn held(state: ModeState, own: &str) -> Option<Held> {
    (state.mode == Mode::ReadOnly).then(|| Held {
        by: if own == state.by { "you".to_owned() } else { state.by },
        reason: state.reason,
        since: instant(state.at_ms),
        incident: false,
    })
}

pub(super) fn approval_row(approval: Approval, own: Option<MemberId>) -> ApprovalRow {
    ApprovalRow {
        id: approval.id,
        by: if own == Some(approval.asked_by) { "you".to_owned() } else { approval.asked_by.to_string() },
        reason: approval.reason,
        until: instant(approval.expires_ms),
    }
}
