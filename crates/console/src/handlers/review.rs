//! The review of access, and saying that something is still needed.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::response::Redirect;
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::review::{Review, ReviewedMember, ReviewedToken, Standing};
use guard::usage::Usage;
use jiff::Timestamp;
use model::{MemberId, TokenId, WorkspaceId};
use policy::actions::{ConfirmMember, ListMembers, ReadReview, RenewToken};
use service::review::ReviewedSource;
use service::{ServiceError, Services};

use super::inside::{Inside, instant};
use super::reply::{self, Page};
use crate::frame::Section;
use crate::pages::review::{self, KeyRow, ReviewRow, ReviewView};
use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/access/review", reviewed)
        .post("/w/{w}/access/members/{member}/confirm", confirm)
        .post("/w/{w}/access/tokens/{token}/renew", renew)
}

async fn reviewed(
    may: Permit<ReadReview>,
    names: Permit<ListMembers>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let frame = inside.frame(services, Section::Access)?;
        let (found, sources) = services.review(may.granted())?;
        let names = names_of(services, &names)?;
        let view = view(workspace, &found, &sources, &names);
        Ok::<_, ServiceError>(Page(review::page(&frame, &view)))
    })
    .await
}

async fn confirm(
    may: Permit<ConfirmMember>,
    State(state): State<ConsoleState>,
    Path((_, member)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    let id: MemberId = member.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.confirm_member(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(&paths::review(workspace), "still-needed"))
}

async fn renew(
    may: Permit<RenewToken>,
    State(state): State<ConsoleState>,
    Path((_, token)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    let id: TokenId = token.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.renew_token(may.granted(), id).map_err(ServiceError::from)).await?;
    Ok(reply::done(&paths::review(workspace), "still-needed"))
}

type Names = HashMap<MemberId, String>;

fn names_of(services: &Services, may: &Permit<ListMembers>) -> Result<Names, ServiceError> {
    let members = services.guard.members(may.granted())?;
    Ok(members.into_iter().map(|member| (member.id, member.email)).collect())
}

fn view(workspace: WorkspaceId, found: &Review, sources: &[ReviewedSource], names: &Names) -> ReviewView {
    let unused = found.grants.iter().filter(|grant| !grant.used && grant.state == "ended");
    ReviewView {
        members: found.members.iter().map(|member| member_row(workspace, member, names)).collect(),
        tokens: found.tokens.iter().map(|token| token_row(workspace, token, names)).collect(),
        write_keys: sources.iter().map(key_row).collect(),
        unused_grants: unused.count(),
    }
}

fn name(names: &Names, id: MemberId) -> String {
    // A visitor of a demo has no address, and who has left has none any more.
    names.get(&id).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| id.to_string())
}

/// Only what is about to lapse, or has, asks for anything.
fn waits(standing: Standing) -> bool {
    matches!(standing, Standing::Lapsing | Standing::Lapsed | Standing::Kept)
}

fn used(usage: &Usage) -> Option<(Timestamp, Option<String>)> {
    usage.used_ms.map(|ms| (instant(ms), usage.used_from.clone()))
}

fn member_row(workspace: WorkspaceId, member: &ReviewedMember, names: &Names) -> ReviewRow {
    ReviewRow {
        name: name(names, member.id),
        about: member.role.as_str().to_owned(),
        since: instant(member.since_ms),
        could: member.could.clone(),
        used: used(&member.usage),
        state: member.standing.as_str(),
        lapses: instant(member.lapses_ms),
        confirm: waits(member.standing).then(|| paths::member_act(workspace, member.id, "confirm")),
    }
}

fn token_row(workspace: WorkspaceId, reviewed: &ReviewedToken, names: &Names) -> ReviewRow {
    let token = &reviewed.token;
    ReviewRow {
        name: token.name.clone(),
        about: name(names, token.maker),
        since: instant(token.created_ms),
        could: reviewed.could.clone(),
        used: used(&reviewed.usage),
        state: reviewed.standing.as_str(),
        lapses: instant(reviewed.lapses_ms),
        confirm: waits(reviewed.standing).then(|| paths::token_renew(workspace, token.id)),
    }
}

fn key_row(reviewed: &ReviewedSource) -> KeyRow {
    KeyRow {
        name: reviewed.source.name.clone(),
        since: instant(reviewed.source.created_ms),
        last: reviewed.last_event_ms.map(instant),
        disabled: reviewed.source.disabled_ms.is_some(),
    }
}
