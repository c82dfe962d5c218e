//! The installation, for those who run it: how it is, its mode, and their own passkeys and sessions.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use control::mode::Mode;
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::grants::{GrantView, Opened, State as GrantState};
use http::StatusCode;
use model::{GrantId, MemberId, PasskeyId};
use policy::actions::{
    ApproveBreakGlass, ApproveInstallationNormalMode, AskBreakGlass, EndBreakGlass, EndOtherSessions,
    ListBreakGlass, ListPasskeys, ListSessions, ListSupport, LockPasskeys, ReadOperations, ReadOwnNotices,
    RemovePasskey, SetInstallationMode, UnlockPasskeys,
};
use service::doors::DoorCounts;
use service::{ServiceError, Services};

use super::asked::Asked;
use super::fields::Fields;
use super::inside::instant;
use super::passkeys::view_of;
use super::reply::{self, Page};
use super::settings::{approval_row, held};
use crate::components::form::Typed;
use crate::frame::{Frame, MemberBadge, Section};
use crate::pages::operations::{self, DoorsView, GlassRow, MirrorRow, OpenedRow, OperationsView};
use crate::pages::passkeys;
use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get(paths::OPERATIONS, read)
        .post(paths::OPERATIONS_MODE, set_mode)
        .post("/operations/approve/{approval}", approve)
        .post(paths::OPERATIONS_GLASS, ask_glass)
        .post("/operations/break-glass/{grant}/approve", approve_glass)
        .post("/operations/break-glass/{grant}/end", end_glass)
        .get(paths::OPERATIONS_PASSKEYS, list_passkeys)
        .post("/operations/passkeys/end-others", end_others)
        .post("/operations/passkeys/{passkey}/remove", remove_passkey)
        .post("/operations/passkeys/lock", lock_passkeys)
        .post("/operations/passkeys/unlock", unlock_passkeys)
}

/// The surroundings of an operator's page.
pub(crate) fn frame(services: &Services, asked: &Asked, section: Section) -> Frame {
    Frame {
        now: instant(services.clock.now_ms()),
        section,
        operator: true,
        member: Some(MemberBadge { name: "Operator".to_owned(), role: "runs the installation".to_owned() }),
        ..asked.lone()
    }
}

async fn read(
    may: Permit<ReadOperations>,
    (opened, glass): (Permit<ListSupport>, Permit<ListBreakGlass>),
    asked: Asked,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || shown(&state.services, &(may, opened, glass), &asked, Typed::default())).await
}

/// What the page shows needs these.
type Looks = (Permit<ReadOperations>, Permit<ListSupport>, Permit<ListBreakGlass>);

fn shown(
    services: &Services,
    (may, opened, glass): &Looks,
    asked: &Asked,
    typed: Typed,
) -> Result<Page, ServiceError> {
    let principal = &may.principal;
    let guard = &services.guard;
    let own = principal.member;
    let view = OperationsView {
        version: services.about.version,
        doors: doors_view(services.door_counts(may.granted())),
        held: held(guard.mode(None)?, &principal.name),
        approvals: guard
            .approvals(may.granted())?
            .into_iter()
            .map(|approval| approval_row(approval, own))
            .collect(),
        own: principal.name.clone(),
        opened: guard.opened_to(opened.granted())?.into_iter().map(opened_row).collect(),
        glass: guard.broken_glass(glass.granted())?.into_iter().map(|view| glass_row(view, own)).collect(),
        mirrored: mirror_rows(services),
        typed,
    };
    Ok(Page(operations::page(&frame(services, asked, Section::Operations), &view)))
}

fn glass_row(GrantView { grant, state, .. }: GrantView, own: Option<MemberId>) -> GlassRow {
    GlassRow {
        id: grant.id,
        workspace: grant.workspace,
        digest: grant.digest(),
        by: grant.asked_by,
        own: own == Some(grant.asked_by),
        waiting: state == GrantState::Waiting,
        until: instant(grant.decision.map_or(grant.void_ms, |decision| decision.ends_ms)),
        reason: grant.reason,
    }
}

fn opened_row(Opened { grant, workspace_name }: Opened) -> OpenedRow {
    OpenedRow {
        workspace: grant.workspace,
        name: workspace_name,
        until: instant(grant.decision.map_or(grant.asked_ms, |decision| decision.ends_ms)),
        reason: grant.reason,
    }
}

fn mirror_rows(services: &Services) -> Vec<MirrorRow> {
    let standings = services.mirrored.now().into_iter();
    let row = |standing: mirror::Standing| MirrorRow {
        place: standing.place,
        next: standing.next,
        behind: standing.behind,
        trouble: standing.trouble,
    };
    standings.map(row).collect()
}

fn doors_view(counts: DoorCounts) -> DoorsView {
    DoorsView {
        since: instant(counts.since_ms),
        open: [&counts.collect, &counts.console]
            .map(|door| (door.connected as u64, door.connected_max as u64)),
        connections: counts
            .collect
            .counts
            .iter()
            .zip(&counts.console.counts)
            .map(|((name, collect), (_, console))| (*name, [*collect, *console]))
            .collect(),
        answered: counts.answered,
    }
}

async fn set_mode(
    may: Permit<SetInstallationMode>,
    asked: Asked,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let wanted = Mode::from_name(fields.text("mode"))
        .ok_or_else(|| Problem::invalid("mode", "read_only or normal"))?;
    let code = blocking(move || {
        let (guard, reason) = (&state.services.guard, fields.text("reason"));
        match wanted {
            Mode::ReadOnly => guard.set_read_only(may.granted(), reason).map(|_| "installation-held"),
            Mode::Normal => guard.ask_for_normal(may.granted(), reason).map(|_| "installation-asked"),
        }
        .map_err(ServiceError::from)
    })
    .await?;
    Ok(asked.anew(paths::OPERATIONS, code))
}

async fn approve(
    may: Permit<ApproveInstallationNormalMode>,
    asked: Asked,
    State(state): State<ConsoleState>,
    Path(approval): Path<String>,
) -> Result<Response, Problem> {
    let id: GrantId = approval.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.approve_normal(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(asked.anew(paths::OPERATIONS, "installation-normal"))
}

async fn ask_glass(
    may: Permit<AskBreakGlass>,
    (looks, asked): (Looks, Asked),
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    blocking(move || {
        let services = &state.services;
        let made = fields.text("workspace").parse().map_err(|_| ServiceError::Invalid {
            field: "workspace".to_owned(),
            fix: "the id of a workspace of this installation (ws_…)".to_owned(),
        });
        let made = made.and_then(|workspace| {
            services
                .guard
                .ask_break_glass(may.granted(), workspace, fields.text("why"))
                .map_err(ServiceError::from)
        });
        match made {
            Ok(_) => Ok(asked.anew(paths::OPERATIONS, "glass-asked")),
            Err(ServiceError::Invalid { field, fix }) => {
                // Another form of the page has a reason, too.
                let field = if field == "reason" { "why".to_owned() } else { field };
                let texts = ["workspace", "why"].map(|name| (name, fields.text(name).to_owned()));
                let typed = Typed { texts: texts.into(), wrong: Some((field, fix)) };
                let page = shown(services, &looks, &asked, typed)?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Err(error) => Err(error),
        }
    })
    .await
}

async fn approve_glass(
    may: Permit<ApproveBreakGlass>,
    asked: Asked,
    State(state): State<ConsoleState>,
    Path(grant): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id: GrantId = grant.parse().map_err(|_| Problem::not_found())?;
    blocking(move || {
        let guard = &state.services.guard;
        guard.approve_break_glass(may.granted(), id, fields.text("digest")).map_err(ServiceError::from)
    })
    .await?;
    Ok(asked.anew(paths::OPERATIONS, "glass-approved"))
}

async fn end_glass(
    may: Permit<EndBreakGlass>,
    asked: Asked,
    State(state): State<ConsoleState>,
    Path(grant): Path<String>,
) -> Result<Response, Problem> {
    let id: GrantId = grant.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.end_break_glass(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(asked.anew(paths::OPERATIONS, "glass-ended"))
}

async fn list_passkeys(
    _may: Permit<ReadOperations>,
    (own, sessions, told): (Permit<ListPasskeys>, Permit<ListSessions>, Permit<ReadOwnNotices>),
    asked: Asked,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || {
        let view = view_of(&state.services, (&own, &sessions, &told), paths::OPERATIONS_PASSKEYS.to_owned())?;
        Ok::<_, ServiceError>(Page(passkeys::page(&frame(&state.services, &asked, Section::Access), &view)))
    })
    .await
}

async fn end_others(
    may: Permit<EndOtherSessions>,
    State(state): State<ConsoleState>,
) -> Result<Redirect, Problem> {
    blocking(move || state.services.guard.end_other_sessions(may.granted()).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(paths::OPERATIONS_PASSKEYS, "sessions-ended"))
}

async fn remove_passkey(
    may: Permit<RemovePasskey>,
    State(state): State<ConsoleState>,
    Path(passkey): Path<String>,
) -> Result<Redirect, Problem> {
    let id: PasskeyId = passkey.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.remove_passkey(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(paths::OPERATIONS_PASSKEYS, "passkey-removed"))
}

async fn lock_passkeys(
    may: Permit<LockPasskeys>,
    State(state): State<ConsoleState>,
) -> Result<Redirect, Problem> {
    blocking(move || state.services.guard.lock_passkeys(may.granted(), true).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(paths::OPERATIONS_PASSKEYS, "passkeys-locked"))
}

async fn unlock_passkeys(
    may: Permit<UnlockPasskeys>,
    State(state): State<ConsoleState>,
) -> Result<Redirect, Problem> {
    blocking(move || state.services.guard.lock_passkeys(may.granted(), false).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(paths::OPERATIONS_PASSKEYS, "passkeys-unlocked"))
}
