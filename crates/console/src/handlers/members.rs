//! Members, their roles, and invites.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::first_passkey::FirstPasskey;
use guard::invites::InviteView;
use guard::members::MemberView;
use guard::recovery::Recovery;
use http::StatusCode;
use model::MemberId;
use policy::Role;
use policy::actions::{
    AllowFirstPasskey, ApproveRecovery, CancelInvite, ChangeRole, EndMemberSessions, InviteMember,
    ListMembers, RemoveMember, StartRecovery, StopFirstPasskey, StopRecovery,
};
use service::{ServiceError, Services};

use super::fields::Fields;
use super::inside::{Inside, instant};
use super::reply::{self, Page};
use crate::frame::Section;
use crate::pages::members::{self, InviteRow, MemberRow, MembersView, Recovering};
use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/access/members", list)
        .post("/w/{w}/access/members", invite)
        .post("/w/{w}/access/members/{member}/role", role)
        .post("/w/{w}/access/members/{member}/remove", remove)
        .post("/w/{w}/access/members/{member}/end-sessions", end_sessions)
        .post("/w/{w}/access/members/{member}/recover", recover)
        .post("/w/{w}/access/members/{member}/approve-recovery", approve_recovery)
        .post("/w/{w}/access/members/{member}/stop-recovery", stop_recovery)
        .post("/w/{w}/access/members/{member}/allow-passkey", allow_passkey)
        .post("/w/{w}/access/members/{member}/stop-passkey", stop_passkey)
        .post("/w/{w}/access/members/{member}/cancel", cancel)
}

/// What an invite left behind: the address to send, or what was wrong with it.
enum Invited {
    Nothing,
    Url(String),
    Recovery(String),
    Wrong(String, String),
}

async fn list(
    may: Permit<ListMembers>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || listed(&state.services, &inside, &may, Invited::Nothing)).await
}

async fn invite(
    may: Permit<InviteMember>,
    inside: Inside,
    list: Permit<ListMembers>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let role = role_of(&fields)?;
    blocking(move || {
        let (services, email) = (&state.services, fields.text("email"));
        match services.guard.invite(may.granted(), email, role).map_err(ServiceError::from) {
            Ok(invited) => {
                let url = format!("{}{}#{}", services.about.console_url, paths::ENROL, invited.code.expose());
                Ok(listed(services, &inside, &list, Invited::Url(url))?.into_response())
            }
            Err(ServiceError::Invalid { fix, .. } | ServiceError::Conflict(fix)) => {
                let page = listed(services, &inside, &list, Invited::Wrong(email.to_owned(), fix))?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Err(error) => Err(error),
        }
    })
    .await
}

async fn role(
    may: Permit<ChangeRole>,
    State(state): State<ConsoleState>,
    Path((_, member)): Path<(String, String)>,
    fields: Fields,
) -> Result<Redirect, Problem> {
    let (workspace, member, role) = (may.workspace()?, member_id(&member)?, role_of(&fields)?);
    blocking(move || {
        state.services.guard.change_role(may.granted(), member, role).map_err(ServiceError::from)
    })
    .await?;
    Ok(reply::done(&paths::members(workspace), "member-role"))
}

async fn remove(
    may: Permit<RemoveMember>,
    State(state): State<ConsoleState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let (workspace, member) = (may.workspace()?, member_id(&member)?);
    blocking(move || state.services.guard.remove_member(may.granted(), member).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(&paths::members(workspace), "member-removed"))
}

async fn end_sessions(
    may: Permit<EndMemberSessions>,
    State(state): State<ConsoleState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let (workspace, member) = (may.workspace()?, member_id(&member)?);
    blocking(move || {
        state.services.guard.end_member_sessions(may.granted(), member).map_err(ServiceError::from)
    })
    .await?;
    Ok(reply::done(&paths::members(workspace), "member-sessions"))
}

async fn recover(
    may: Permit<StartRecovery>,
    State(state): State<ConsoleState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let (workspace, member) = (may.workspace()?, member_id(&member)?);
    blocking(move || {
        state.services.guard.start_member_recovery(may.granted(), member).map_err(ServiceError::from)
    })
    .await?;
    Ok(reply::done(&paths::members(workspace), "recovery-started"))
}

async fn approve_recovery(
    may: Permit<ApproveRecovery>,
    inside: Inside,
    list: Permit<ListMembers>,
    State(state): State<ConsoleState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<Page, Problem> {
    let member = member_id(&member)?;
    blocking(move || {
        let services = &state.services;
        let code = services.guard.approve_member_recovery(may.granted(), member)?;
        let url = format!("{}{}#{}", services.about.console_url, paths::ENROL, code.expose());
        listed(services, &inside, &list, Invited::Recovery(url))
    })
    .await
}

async fn stop_recovery(
    may: Permit<StopRecovery>,
    State(state): State<ConsoleState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let (workspace, member) = (may.workspace()?, member_id(&member)?);
    blocking(move || state.services.guard.stop_recovery(may.granted(), member).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(&paths::members(workspace), "recovery-stopped"))
}

async fn allow_passkey(
    may: Permit<AllowFirstPasskey>,
    State(state): State<ConsoleState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let (workspace, member) = (may.workspace()?, member_id(&member)?);
    blocking(move || {
        state.services.guard.allow_first_passkey(may.granted(), member).map_err(ServiceError::from)
    })
    .await?;
    Ok(reply::done(&paths::members(workspace), "first-passkey-allowed"))
}

async fn stop_passkey(
    may: Permit<StopFirstPasskey>,
    State(state): State<ConsoleState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let (workspace, member) = (may.workspace()?, member_id(&member)?);
    blocking(move || {
        state.services.guard.stop_first_passkey(may.granted(), member).map_err(ServiceError::from)
    })
    .await?;
    Ok(reply::done(&paths::members(workspace), "first-passkey-stopped"))
}

async fn cancel(
    may: Permit<CancelInvite>,
    State(state): State<ConsoleState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let (workspace, member) = (may.workspace()?, member_id(&member)?);
    blocking(move || state.services.guard.cancel_invite(may.granted(), member).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(&paths::members(workspace), "invite-cancelled"))
}

fn listed(
    services: &Services,
    inside: &Inside,
    may: &Permit<ListMembers>,
    invited: Invited,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Access)?;
    let members = services.guard.members(may.granted())?;
    let invites = services.guard.invites(may.granted())?;
    let running = services.guard.recoveries(may.granted())?;
    let allowed = services.guard.first_passkeys(may.granted())?;
    let (invite_url, recovery_url, wrong) = match invited {
        Invited::Nothing => (None, None, None),
        Invited::Url(url) => (Some(url), None, None),
        Invited::Recovery(url) => (None, Some(url), None),
        Invited::Wrong(email, wrong) => (None, None, Some((email, wrong))),
    };
    let view = MembersView {
        invites: invites.into_iter().map(|invite| invite_row(invite, &members)).collect(),
        members: members
            .into_iter()
            .map(|member| member_row(member, may.principal.member, (&running, &allowed)))
            .collect(),
        may_change: inside.may::<InviteMember>(&services.guard),
        invite_url,
        wrong,
        recovery_url,
    };
    Ok(Page(members::page(&frame, &view)))
}

fn member_row(
    member: MemberView,
    own: Option<MemberId>,
    (running, allowed): (&[Recovery], &[FirstPasskey]),
) -> MemberRow {
    let recovery = running.iter().find(|running| running.member == member.id);
    let first = allowed.iter().find(|allowed| allowed.member == member.id);
    MemberRow {
        first_passkey: match first {
            Some(allowed) => members::FirstPasskey::Allowed(instant(allowed.ready_ms)),
            None if member.passkeys == 0 && !member.role.is_powerful() => members::FirstPasskey::Possible,
            None => members::FirstPasskey::No,
        },
        recovery: match recovery.map(|running| running.started_by) {
            None => Recovering::No,
            Some(by) if by.is_some() && by != own => Recovering::Waits,
            Some(_) => Recovering::Runs,
        },
        own: own == Some(member.id),
        id: member.id,
        // A visitor of a demo has no address.
        email: if member.email.is_empty() { "visitor".to_owned() } else { member.email },
        role: member.role.to_string(),
        passkeys: u32::try_from(member.passkeys).unwrap_or(u32::MAX),
        since: instant(member.since_ms),
    }
}

fn invite_row(invite: InviteView, members: &[MemberView]) -> InviteRow {
    let by = members.iter().find(|member| member.id == invite.invited_by);
    InviteRow {
        id: invite.id,
        email: invite.email,
        role: invite.role.to_string(),
        by: by.map_or_else(|| invite.invited_by.to_string(), |member| member.email.clone()),
        until: instant(invite.expires_ms),
    }
}

fn member_id(text: &str) -> Result<MemberId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

fn role_of(fields: &Fields) -> Result<Role, Problem> {
    Role::from_name(fields.text("role"))
        .ok_or_else(|| Problem::invalid("role", "choose one of the roles of the list"))
}
