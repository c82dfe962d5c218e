//! What a person agreed to, on their page.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::{Channel, Consent, PersonId, WorkspaceId};
use policy::actions::{DecideConsent, ViewPerson};
use rows::{ConsentFrom, ConsentSaid, PersonView as Row};
use service::identity::NewConsent;
use service::{ServiceError, Services};

use super::fields::Fields;
use super::inside::{Inside, instant};
use super::people::{Extras, Shown, Told};
use super::reply;
use super::view::{MemberNames, SourceNames};
use crate::components::form::Typed;
use crate::pages::consent::{ConsentRow, ConsentView, SaidRow};
use crate::paths;
use crate::state::ConsoleState;

const FIELDS: [&str; 4] = ["purpose", "channel", "state", "consent_reason"];

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console).post("/w/{w}/people/{person}/consent", enter)
}

async fn enter(
    may: Permit<DecideConsent>,
    inside: Inside,
    (view, extras): (Permit<ViewPerson>, Extras),
    State(state): State<ConsoleState>,
    (Path((_, id)), fields): (Path<(String, String)>, Fields),
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    let id: PersonId = id.parse().map_err(|_| Problem::not_found())?;
    blocking(move || {
        let services = &state.services;
        let entered =
            typed(&fields).and_then(|new| services.decide_consent(may.granted(), workspace, id, &new));
        match entered {
            Ok(_) => Ok(reply::done(&paths::person(workspace, id), "consent-entered").into_response()),
            Err(ServiceError::Invalid { field, fix }) => {
                let field = if field == "reason" { "consent_reason".to_owned() } else { field };
                let texts = FIELDS.iter().map(|name| (*name, fields.text(name).to_owned())).collect();
                let consent = Typed { texts, wrong: Some((field, fix)) };
                let shown = Shown { may: &view, inside: &inside, extras: &extras };
                let page = shown.page(services, (id, "", ""), Told { consent, ..Told::default() })?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Err(error) => Err(error),
        }
    })
    .await
}

fn typed(fields: &Fields) -> Result<NewConsent, ServiceError> {
    let wrong = |field: &str| ServiceError::Invalid {
        field: field.to_owned(),
        fix: "choose one of the list".to_owned(),
    };
    Ok(NewConsent {
        purpose: fields.text("purpose").to_owned(),
        channel: Channel::from_name(fields.text("channel")).ok_or_else(|| wrong("channel"))?,
        state: Consent::from_name(fields.text("state")).ok_or_else(|| wrong("state"))?,
        reason: fields.text("consent_reason").to_owned(),
        said_at: None,
    })
}

/// What a person's page tells of what they agreed to.
pub(super) fn consent_view(
    services: &Services,
    workspace: WorkspaceId,
    row: &Row,
    (sources, members): (&SourceNames, &MemberNames),
    (may_enter, typed): (bool, Typed),
) -> Result<ConsentView, ServiceError> {
    let said = |said: &ConsentSaid| {
        let (from, reason) = match &said.from {
            ConsentFrom::Source(source) => (sources.of(*source), None),
            ConsentFrom::Member { by, reason } => (members.of(&by.to_string()), Some(reason.clone())),
        };
        SaidRow { consent: said.consent, since: instant(said.first_ms), from, reason }
    };
    let rows = row.consent.iter().map(|kept| ConsentRow {
        purpose: kept.purpose.clone(),
        channel: kept.channel,
        said: std::iter::once(&kept.said).chain(&kept.earlier).map(said).collect(),
    });
    let purposes = if may_enter { services.people.purposes(workspace)? } else { Vec::new() };
    Ok(ConsentView { rows: rows.collect(), purposes, may_enter, typed })
}
