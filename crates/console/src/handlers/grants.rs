//! Grants: asked for, decided, ended; the export they allow; support; whose a leaked file is.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::grants::usage::FETCH_MS;
use guard::grants::{ExportScope, Format, GrantView, Purpose, State as GrantState};
use http::StatusCode;
use model::{GrantId, MemberId};
use policy::actions::{
    ApproveGrant, AskExport, AttributeLeak, EndGrant, ExportPeople, ListGrants, OpenSupport, RefuseGrant,
};
use rows::export::attribute::Attribution;
use serde_json::Value;
use service::grants::AskedExport;
use service::{ServiceError, Services};

use super::fields::Fields;
use super::inside::{Inside, instant};
use super::reply::{self, Page};
use crate::components::form::Typed;
use crate::frame::Section;
use crate::pages::grants::{self, GrantRow, GrantsView, TracedView};
use crate::paths;
use crate::state::ConsoleState;

/// The fields of the forms, by form.
const FORMS: [(&str, &[&str]); 2] = [
    ("ask", &["reason", "fields", "who", "rows_max", "recipients", "format", "life_s"]),
    ("support", &["operator", "support_reason", "hours"]),
];

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/access/grants", list)
        .post("/w/{w}/access/grants", ask)
        .post("/w/{w}/access/grants/support", support)
        .post("/w/{w}/access/grants/leak", leak)
        .post("/w/{w}/access/grants/{grant}/approve", approve)
        .post("/w/{w}/access/grants/{grant}/refuse", refuse)
        .post("/w/{w}/access/grants/{grant}/end", end)
        .post("/w/{w}/access/grants/{grant}/begin", begin)
}

async fn list(
    may: Permit<ListGrants>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || listed(&state.services, &inside, &may, ("", Typed::default()), None)).await
}

async fn ask(
    may: Permit<AskExport>,
    inside: Inside,
    list: Permit<ListGrants>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let asked = asked(&fields).and_then(|asked| services.ask_export(may.granted(), workspace, asked));
        match asked {
            Ok(_) => Ok(reply::done(&paths::grants(workspace), "grant-asked").into_response()),
            Err(error) => refused(services, (&inside, &list), ("ask", &fields), error),
        }
    })
    .await
}

/// What the form asks for.
fn asked(fields: &Fields) -> Result<AskedExport, ServiceError> {
    let invalid =
        |field: &str, fix: &str| ServiceError::Invalid { field: field.to_owned(), fix: fix.to_owned() };
    let several = |name| {
        let parts = fields.text(name).split([',', '\n']).map(|part| part.trim().to_owned());
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>()
    };
    let who: Option<Value> = match fields.text("who") {
        "" => None,
        text => Some(
            serde_json::from_str(text)
                .map_err(|_| invalid("who", "JSON as in a question, or nothing for everybody"))?,
        ),
    };
    let format = if fields.text("format") == "ndjson" { Format::Ndjson } else { Format::Csv };
    Ok(AskedExport {
        reason: fields.text("reason").to_owned(),
        life_s: fields.text("life_s").parse().ok(),
        scope: ExportScope {
            fields: several("fields"),
            who,
            rows_max: fields.text("rows_max").parse().map_err(|_| invalid("rows_max", "a number"))?,
            format,
            recipients: several("recipients"),
        },
    })
}

async fn support(
    may: Permit<OpenSupport>,
    inside: Inside,
    list: Permit<ListGrants>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let fix = "the id of an operator of this installation (mem_…), as they tell you".to_owned();
        let operator: Result<MemberId, _> = fields.text("operator").parse();
        let opened = operator
            .map_err(|_| ServiceError::Invalid { field: "operator".to_owned(), fix })
            .and_then(|operator| {
                let life_s = fields.text("hours").parse().unwrap_or_default();
                let opened = services.guard.open_support(
                    may.granted(),
                    operator,
                    fields.text("support_reason"),
                    life_s,
                );
                opened.map_err(ServiceError::from)
            });
        match opened {
            Ok(_) => Ok(reply::done(&paths::grants(workspace), "support-opened").into_response()),
            Err(error) => refused(services, (&inside, &list), ("support", &fields), error),
        }
    })
    .await
}

async fn leak(
    may: Permit<AttributeLeak>,
    inside: Inside,
    list: Permit<ListGrants>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let found = state.services.attribute(may.granted(), workspace, fields.text("leak"))?;
        listed(&state.services, &inside, &list, ("", Typed::default()), Some(traced(&found)))
    })
    .await
}

fn traced(found: &Attribution) -> TracedView {
    let whole = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let traces = found.exports.iter().take(20);
    TracedView {
        lines: whole(found.lines),
        people: whole(found.people),
        proved: found.proved.map(|(grant, proof)| (grant, proof.as_str())),
        exports: traces
            .map(|trace| (trace.grant, whole(trace.canaries), whole(trace.people), whole(trace.of)))
            .collect(),
    }
}

async fn approve(
    may: Permit<ApproveGrant>,
    State(state): State<ConsoleState>,
    Path((_, grant)): Path<(String, String)>,
    fields: Fields,
) -> Result<Redirect, Problem> {
    let (workspace, id) = (may.workspace()?, id_of(&grant)?);
    blocking(move || {
        let guard = &state.services.guard;
        guard.approve_grant(may.granted(), id, fields.text("digest")).map_err(ServiceError::from)
    })
    .await?;
    Ok(reply::done(&paths::grants(workspace), "grant-approved"))
}

async fn refuse(
    may: Permit<RefuseGrant>,
    State(state): State<ConsoleState>,
    Path((_, grant)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let (workspace, id) = (may.workspace()?, id_of(&grant)?);
    blocking(move || state.services.guard.refuse_grant(may.granted(), id).map_err(ServiceError::from))
        .await?;
    Ok(reply::done(&paths::grants(workspace), "grant-refused"))
}

async fn end(
    may: Permit<EndGrant>,
    State(state): State<ConsoleState>,
    Path((_, grant)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let (workspace, id) = (may.workspace()?, id_of(&grant)?);
    blocking(move || state.services.guard.end_grant(may.granted(), id, "").map_err(ServiceError::from))
        .await?;
    Ok(reply::done(&paths::grants(workspace), "grant-ended"))
}

async fn begin(
    may: Permit<ExportPeople>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Path((_, grant)): Path<(String, String)>,
) -> Result<Page, Problem> {
    let id = id_of(&grant)?;
    blocking(move || {
        let services = &state.services;
        services.guard.begin_export(may.granted(), id)?;
        let frame = inside.frame(services, Section::Access)?;
        let until = instant(services.clock.now_ms() + FETCH_MS);
        Ok::<_, ServiceError>(Page(grants::begun_page(&frame, id, until)))
    })
    .await
}

fn id_of(text: &str) -> Result<GrantId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// The page again with what was typed, and what is wrong with it.
fn refused(
    services: &Services,
    (inside, list): (&Inside, &Permit<ListGrants>),
    (form, fields): (&'static str, &Fields),
    error: ServiceError,
) -> Result<Response, ServiceError> {
    let ServiceError::Invalid { field, fix } = error else { return Err(error) };
    // Two forms of the page have a reason; their fields bear different names.
    let field = match (form, field.as_str()) {
        ("support", "reason") => "support_reason".to_owned(),
        ("support", "life_s") => "hours".to_owned(),
        _ => field,
    };
    let names = FORMS.iter().find(|(name, _)| *name == form).map_or(&[][..], |(_, names)| *names);
    let texts = names.iter().map(|name| (*name, fields.text(name).to_owned())).collect();
    let page = listed(services, inside, list, (form, Typed { texts, wrong: Some((field, fix)) }), None)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn listed(
    services: &Services,
    inside: &Inside,
    may: &Permit<ListGrants>,
    typed: (&'static str, Typed),
    traced: Option<TracedView>,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Access)?;
    let found = services.guard.grants(may.granted())?;
    let own = may.principal.member;
    let view = GrantsView {
        grants: found.into_iter().map(|view| grant_row(view, own, may)).collect(),
        may_decide: inside.may::<ApproveGrant>(&services.guard),
        alone: services.guard.decides_alone(may.granted())?,
        typed,
        traced,
    };
    Ok(Page(grants::page(&frame, &view)))
}

fn grant_row(view: GrantView, own: Option<MemberId>, may: &Permit<ListGrants>) -> GrantRow {
    let GrantView { grant, state, asked_by_email, decided_by_email } = view;
    let scope = match &grant.purpose {
        Purpose::Export(scope) => vec![
            ("fields", scope.fields.join(", ")),
            ("who", scope.who.as_ref().map_or_else(|| "everybody".to_owned(), Value::to_string)),
            ("rows at most", scope.rows_max.to_string()),
            ("recipients", scope.recipients.join(", ")),
        ],
        Purpose::Send(scope) => vec![
            ("broadcast", scope.content.broadcast.to_string()),
            ("people", scope.content.people.to_string()),
            ("from", scope.content.from.clone()),
            ("links to", scope.content.domains.join(", ")),
            ("waits because of", scope.why.join(", ")),
        ],
        Purpose::Support | Purpose::BreakGlass => Vec::new(),
    };
    let decision = grant.decision;
    let until = match state {
        GrantState::Waiting => Some(grant.void_ms),
        GrantState::Delayed | GrantState::Open | GrantState::Used => {
            decision.map(|decision| decision.ends_ms)
        }
        GrantState::Refused | GrantState::Void | GrantState::Ended => None,
    };
    let mine = grant.used.is_some_and(|used| Some(used.session) == may.session && used.opened_ms.is_none());
    GrantRow {
        id: grant.id,
        kind: grant.purpose.as_str(),
        state: state.as_str(),
        by: asked_by_email.unwrap_or_else(|| grant.asked_by.to_string()),
        subject: (grant.subject != grant.asked_by).then_some(grant.subject),
        scope,
        asked: instant(grant.asked_ms),
        until: until.map(instant),
        ready: decision.filter(|_| state == GrantState::Delayed).map(|decision| instant(decision.ready_ms)),
        decided_by: decision.map(|decision| decided_by_email.unwrap_or_else(|| decision.by.to_string())),
        alone: decision.is_some_and(|decision| decision.alone && decision.approved),
        one_channel: grant.weaker().contains(&"one-channel"),
        digest: grant.digest(),
        own: own == Some(grant.asked_by),
        file: state == GrantState::Used && mine,
        reason: grant.reason,
    }
}
