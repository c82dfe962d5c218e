//! Those who run the installation, for each other.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::operators::OperatorView;
use guard::operators::inviting::{InviteState, OperatorInvite};
use guard::review::Standing;
use http::StatusCode;
use model::{GrantId, MemberId};
use policy::actions::{
    ApproveOperator, ConfirmOperator, InviteOperator, ListOperators, RemoveOperator, WithdrawOperator,
};
use service::{ServiceError, Services};

use super::asked::Asked;
use super::fields::Fields;
use super::inside::instant;
use super::operations::frame;
use super::reply::{self, Page};
use crate::components::form::Typed;
use crate::frame::Section;
use crate::pages::operators::{self, InviteRow, OperatorRow, OperatorsView};
use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get(paths::OPERATIONS_OPERATORS, list)
        .post(paths::OPERATIONS_OPERATORS, ask)
        .post("/operations/operators/{operator}/confirm", confirm)
        .post("/operations/operators/{operator}/remove", remove)
        .post("/operations/operators/invites/{invite}/approve", approve)
        .post("/operations/operators/invites/{invite}/code", code)
        .post("/operations/operators/invites/{invite}/withdraw", withdraw)
}

async fn list(
    may: Permit<ListOperators>,
    asked: Asked,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || shown(&state.services, &may, &asked, (None, Typed::default()))).await
}

fn shown(
    services: &Services,
    may: &Permit<ListOperators>,
    asked: &Asked,
    (enrol_url, typed): (Option<String>, Typed),
) -> Result<Page, ServiceError> {
    let own = may.principal.member;
    let view = OperatorsView {
        operators: services
            .guard
            .operators(may.granted())?
            .into_iter()
            .map(|found| operator_row(found, own))
            .collect(),
        invites: services
            .guard
            .operator_invites(may.granted())?
            .into_iter()
            .map(|found| invite_row(found, own))
            .collect(),
        enrol_url,
        typed,
    };
    Ok(Page(operators::page(&frame(services, asked, Section::Operators), &view)))
}

fn operator_row(found: OperatorView, own: Option<MemberId>) -> OperatorRow {
    let OperatorView { id, passkeys, usage, standing, speaks_for } = found;
    OperatorRow {
        id,
        own: own == Some(id),
        passkeys,
        used: usage.used_ms.map(|ms| (instant(ms), usage.used_from)),
        state: standing.as_str(),
        waits: matches!(standing, Standing::Lapsing | Standing::Lapsed | Standing::Kept),
        speaks_for: speaks_for.map(|(by, until_ms)| (by, instant(until_ms))),
    }
}

fn invite_row((invite, state): (OperatorInvite, InviteState), own: Option<MemberId>) -> InviteRow {
    InviteRow {
        id: invite.id,
        by: invite.asked_by,
        own: own == Some(invite.asked_by),
        alone: invite.alone,
        state: state.as_str(),
        ready: invite.ready_ms.map(instant),
        until: instant(invite.void_ms),
        reason: invite.reason,
    }
}

async fn ask(
    may: Permit<InviteOperator>,
    (list, asked): (Permit<ListOperators>, Asked),
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    blocking(move || {
        let (services, reason) = (&state.services, fields.text("reason"));
        match services.guard.ask_operator(may.granted(), reason).map_err(ServiceError::from) {
            Ok(made) => {
                let done = if made.alone { "operator-asked-alone" } else { "operator-asked" };
                Ok(reply::done(paths::OPERATIONS_OPERATORS, done).into_response())
            }
            Err(ServiceError::Invalid { field, fix }) => {
                let texts = vec![("reason", reason.to_owned())];
                let typed = Typed { texts, wrong: Some((field, fix)) };
                let page = shown(services, &list, &asked, (None, typed))?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Err(error) => Err(error),
        }
    })
    .await
}

async fn approve(
    may: Permit<ApproveOperator>,
    State(state): State<ConsoleState>,
    Path(invite): Path<String>,
) -> Result<Redirect, Problem> {
    let id = invite_id(&invite)?;
    blocking(move || state.services.guard.approve_operator(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(paths::OPERATIONS_OPERATORS, "operator-approved"))
}

async fn code(
    may: Permit<InviteOperator>,
    (list, asked): (Permit<ListOperators>, Asked),
    State(state): State<ConsoleState>,
    Path(invite): Path<String>,
) -> Result<Page, Problem> {
    let id = invite_id(&invite)?;
    blocking(move || {
        let services = &state.services;
        let made = services.guard.invite_operator(may.granted(), id)?;
        let url = format!("{}{}#{}", services.about.console_url, paths::ENROL, made.code.expose());
        shown(services, &list, &asked, (Some(url), Typed::default()))
    })
    .await
}

async fn withdraw(
    may: Permit<WithdrawOperator>,
    State(state): State<ConsoleState>,
    Path(invite): Path<String>,
) -> Result<Redirect, Problem> {
    let id = invite_id(&invite)?;
    blocking(move || state.services.guard.withdraw_operator(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(paths::OPERATIONS_OPERATORS, "operator-withdrawn"))
}

async fn confirm(
    may: Permit<ConfirmOperator>,
    State(state): State<ConsoleState>,
    Path(operator): Path<String>,
) -> Result<Redirect, Problem> {
    let id: MemberId = operator.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.confirm_operator(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(paths::OPERATIONS_OPERATORS, "still-needed"))
}

async fn remove(
    may: Permit<RemoveOperator>,
    State(state): State<ConsoleState>,
    Path(operator): Path<String>,
) -> Result<Redirect, Problem> {
    let id: MemberId = operator.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.guard.remove_operator(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(paths::OPERATIONS_OPERATORS, "operator-removed"))
}

fn invite_id(text: &str) -> Result<GrantId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}
