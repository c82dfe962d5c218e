//! `…/workspaces/{w}/members` and `/invites`: who belongs here, in which role.

use axum::Json;
use axum::extract::{Path, State};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::MemberId;
use policy::Role;
use policy::actions::{
    AllowFirstPasskey, ApproveRecovery, CancelInvite, ChangeRole, EndMemberSessions, InviteMember,
    ListMembers, ReadWorkspace, RemoveMember, StartRecovery, StopFirstPasskey, StopRecovery,
};
use serde::Deserialize;
use serde_json::{Value, json};
use service::ServiceError;

use crate::input::Input;
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/members", list)
        .post("/api/v1/workspaces/{w}/members", invite)
        .patch("/api/v1/workspaces/{w}/members/{member}", change)
        .delete("/api/v1/workspaces/{w}/members/{member}", remove)
        .delete("/api/v1/workspaces/{w}/members/{member}/sessions", end_sessions)
        .get("/api/v1/workspaces/{w}/recoveries", recoveries)
        .post("/api/v1/workspaces/{w}/members/{member}/recovery", start_recovery)
        .delete("/api/v1/workspaces/{w}/members/{member}/recovery", stop_recovery)
        .post("/api/v1/workspaces/{w}/members/{member}/recovery/approve", approve_recovery)
        .get("/api/v1/workspaces/{w}/first-passkeys", first_passkeys)
        .post("/api/v1/workspaces/{w}/members/{member}/first-passkey", allow_first)
        .delete("/api/v1/workspaces/{w}/members/{member}/first-passkey", stop_first)
        .get("/api/v1/workspaces/{w}/invites", invites)
        .delete("/api/v1/workspaces/{w}/invites/{member}", cancel)
}

async fn list(may: Permit<ListMembers>, State(state): State<ApiState>) -> Result<Json<List<Value>>, Problem> {
    let found =
        blocking(move || state.services.guard.members(may.granted()).map_err(ServiceError::from)).await?;
    let view = |member: guard::members::MemberView| {
        json!({
            "id": member.id,
            "email": member.email,
            "role": member.role.as_str(),
            "since": instant(member.since_ms),
            "passkeys": member.passkeys,
        })
    };
    Ok(Json(List::whole(found.into_iter().map(view).collect())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMember {
    email: String,
    role: String,
}

async fn invite(
    may: Permit<InviteMember>,
    State(state): State<ApiState>,
    Input(new): Input<NewMember>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let role = role(&new.role)?;
    let console_url = state.services.about.console_url.clone();
    let invited = blocking(move || {
        state.services.guard.invite(may.granted(), &new.email, role).map_err(ServiceError::from)
    })
    .await?;
    let code = invited.code.expose();
    let body = json!({
        "id": invited.id,
        "code": code,
        "url": format!("{console_url}/enrol#{code}"),
        "expires_at": instant(invited.expires_ms),
    });
    Ok((StatusCode::CREATED, Json(body)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleChange {
    role: String,
}

async fn change(
    may: Permit<ChangeRole>,
    State(state): State<ApiState>,
    Path((_, member)): Path<(String, String)>,
    Input(change): Input<RoleChange>,
) -> Result<StatusCode, Problem> {
    let (member, role) = (member_id(&member)?, role(&change.role)?);
    blocking(move || {
        state.services.guard.change_role(may.granted(), member, role).map_err(ServiceError::from)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove(
    may: Permit<RemoveMember>,
    State(state): State<ApiState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let member = member_id(&member)?;
    blocking(move || state.services.guard.remove_member(may.granted(), member).map_err(ServiceError::from))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn end_sessions(
    may: Permit<EndMemberSessions>,
    State(state): State<ApiState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let member = member_id(&member)?;
    blocking(move || {
        state.services.guard.end_member_sessions(may.granted(), member).map_err(ServiceError::from)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn start_recovery(
    may: Permit<StartRecovery>,
    State(state): State<ApiState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let member = member_id(&member)?;
    let started = blocking(move || {
        state.services.guard.start_member_recovery(may.granted(), member).map_err(ServiceError::from)
    })
    .await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "started_at": instant(started.started_ms) }))))
}

async fn recoveries(
    may: Permit<ReadWorkspace>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let found =
        blocking(move || state.services.guard.recoveries(may.granted()).map_err(ServiceError::from)).await?;
    let view = |running: guard::recovery::Recovery| {
        json!({
            "member": running.member,
            "started_by": running.started_by,
            "started_at": instant(running.started_ms),
            "ready_at": instant(running.ready_ms),
        })
    };
    Ok(Json(List::whole(found.into_iter().map(view).collect())))
}

async fn stop_recovery(
    may: Permit<StopRecovery>,
    State(state): State<ApiState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let member = member_id(&member)?;
    blocking(move || state.services.guard.stop_recovery(may.granted(), member).map_err(ServiceError::from))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn approve_recovery(
    may: Permit<ApproveRecovery>,
    State(state): State<ApiState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let member = member_id(&member)?;
    let console_url = state.services.about.console_url.clone();
    let code = blocking(move || {
        state.services.guard.approve_member_recovery(may.granted(), member).map_err(ServiceError::from)
    })
    .await?;
    let code = code.expose();
    let body = json!({ "code": code, "url": format!("{console_url}/enrol#{code}") });
    Ok((StatusCode::CREATED, Json(body)))
}

async fn first_passkeys(
    may: Permit<ListMembers>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let found =
        blocking(move || state.services.guard.first_passkeys(may.granted()).map_err(ServiceError::from))
            .await?;
    Ok(Json(List::whole(found.iter().map(first_passkey).collect())))
}

/// What is allowed to a member, for whoever allowed it and for the member.
pub(crate) fn first_passkey(allowed: &guard::first_passkey::FirstPasskey) -> Value {
    json!({
        "member": allowed.member,
        "allowed_by": allowed.allowed_by,
        "allowed_at": instant(allowed.allowed_ms),
        "ready_at": instant(allowed.ready_ms),
        "until": instant(allowed.void_ms),
    })
}

async fn allow_first(
    may: Permit<AllowFirstPasskey>,
    State(state): State<ApiState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let member = member_id(&member)?;
    let allowed = blocking(move || {
        state.services.guard.allow_first_passkey(may.granted(), member).map_err(ServiceError::from)
    })
    .await?;
    Ok((StatusCode::ACCEPTED, Json(first_passkey(&allowed))))
}

async fn stop_first(
    may: Permit<StopFirstPasskey>,
    State(state): State<ApiState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let member = member_id(&member)?;
    blocking(move || {
        state.services.guard.stop_first_passkey(may.granted(), member).map_err(ServiceError::from)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn invites(
    may: Permit<ListMembers>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let found =
        blocking(move || state.services.guard.invites(may.granted()).map_err(ServiceError::from)).await?;
    let view = |invite: guard::invites::InviteView| {
        json!({
            "id": invite.id,
            "email": invite.email,
            "role": invite.role.as_str(),
            "invited_by": invite.invited_by,
            "expires_at": instant(invite.expires_ms),
        })
    };
    Ok(Json(List::whole(found.into_iter().map(view).collect())))
}

async fn cancel(
    may: Permit<CancelInvite>,
    State(state): State<ApiState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let member = member_id(&member)?;
    blocking(move || state.services.guard.cancel_invite(may.granted(), member).map_err(ServiceError::from))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn member_id(text: &str) -> Result<MemberId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

fn role(name: &str) -> Result<Role, Problem> {
    Role::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        Problem::invalid("role", format!("one of {}", names.join(", ")))
    })
}
