//! Messages to people: templates, broadcasts, asking for one to be sent, stopping it. Who approves it does so under Grants.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use campaign::{Broadcast, Draft, Tally, Template, Version};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::{BroadcastId, TemplateId};
use policy::actions::{ListCampaigns, SendBroadcast, StopBroadcast, TestSend, WriteCampaign};
use serde_json::Value;
use service::{ServiceError, Services};

use super::fields::Fields;
use super::inside::{Inside, instant};
use super::reply::{self, Page};
use crate::components::form::Typed;
use crate::frame::Section;
use crate::pages::campaigns::{
    self, BroadcastRow, BroadcastView, CampaignsView, PreviewView, TemplateRow, TemplateView,
};
use crate::paths;
use crate::state::ConsoleState;

const TEMPLATE: [&str; 6] = ["name", "from", "reply_to", "subject", "text", "html"];
const BROADCAST: [&str; 5] = ["title", "template", "version", "who", "purpose"];

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/campaigns", list)
        .post("/w/{w}/campaigns", make)
        .post("/w/{w}/campaigns/templates", new_template)
        .get("/w/{w}/campaigns/templates/{template}", template)
        .post("/w/{w}/campaigns/templates/{template}", next_version)
        .get("/w/{w}/campaigns/{broadcast}", show)
        .post("/w/{w}/campaigns/{broadcast}/edit", edit)
        .post("/w/{w}/campaigns/{broadcast}/send", send)
        .post("/w/{w}/campaigns/{broadcast}/test", test)
        .post("/w/{w}/campaigns/{broadcast}/stop", stop)
}

async fn list(
    may: Permit<ListCampaigns>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || listed(&state.services, &inside, &may, ("", Typed::default()))).await
}

async fn new_template(
    may: Permit<WriteCampaign>,
    inside: Inside,
    list: Permit<ListCampaigns>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        match services
            .campaigns
            .write_template(may.granted(), None, template_in(&fields))
            .map_err(ServiceError::from)
        {
            Ok(_) => Ok::<_, ServiceError>(
                reply::done(&paths::campaigns(workspace), "template-written").into_response(),
            ),
            Err(error) => {
                let typed = ("template", typed(&TEMPLATE, &fields, error)?);
                Ok((StatusCode::UNPROCESSABLE_ENTITY, listed(services, &inside, &list, typed)?)
                    .into_response())
            }
        }
    })
    .await
}

async fn make(
    may: Permit<WriteCampaign>,
    inside: Inside,
    list: Permit<ListCampaigns>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let made = draft_in(&fields)
            .and_then(|draft| services.campaigns.make(may.granted(), draft).map_err(ServiceError::from));
        match made {
            Ok(made) => Ok::<_, ServiceError>(
                reply::done(&paths::broadcast(workspace, made.id), "broadcast-made").into_response(),
            ),
            Err(error) => {
                let typed = ("broadcast", typed(&BROADCAST, &fields, error)?);
                Ok((StatusCode::UNPROCESSABLE_ENTITY, listed(services, &inside, &list, typed)?)
                    .into_response())
            }
        }
    })
    .await
}

async fn template(
    may: Permit<ListCampaigns>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Page, Problem> {
    let (workspace, id) = (may.workspace()?, template_id(&id)?);
    blocking(move || {
        let versions = state.services.campaigns.versions(workspace, id)?;
        let newest = versions.into_iter().next().ok_or(ServiceError::NotFound { what: "template" })?;
        let Template { name, subject, text, html, from, reply_to } = newest.template.clone();
        let texts = [name, from, reply_to.unwrap_or_default(), subject, text, html.unwrap_or_default()];
        let typed = Typed { texts: TEMPLATE.into_iter().zip(texts).collect(), wrong: None };
        template_shown(&state.services, &inside, (id, newest.version), typed)
    })
    .await
}

async fn next_version(
    may: Permit<WriteCampaign>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Path((_, id)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (workspace, id) = (may.workspace()?, template_id(&id)?);
    blocking(move || {
        let services = &state.services;
        let written = services.campaigns.write_template(may.granted(), Some(id), template_in(&fields));
        match written.map_err(ServiceError::from) {
            Ok(_) => Ok::<_, ServiceError>(
                reply::done(&paths::template(workspace, id), "template-written").into_response(),
            ),
            Err(error) => {
                let typed = typed(&TEMPLATE, &fields, error)?;
                let last =
                    services.campaigns.versions(workspace, id)?.first().map_or(0, |version| version.version);
                let page = template_shown(services, &inside, (id, last), typed)?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
        }
    })
    .await
}

async fn show(
    may: Permit<ListCampaigns>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Page, Problem> {
    let id = broadcast_id(&id)?;
    blocking(move || broadcast_shown(&state.services, &inside, &may, (id, None))).await
}

async fn edit(
    may: Permit<WriteCampaign>,
    inside: Inside,
    list: Permit<ListCampaigns>,
    State(state): State<ConsoleState>,
    Path((_, id)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (workspace, id) = (may.workspace()?, broadcast_id(&id)?);
    blocking(move || {
        let services = &state.services;
        let edited = draft_in(&fields)
            .and_then(|draft| services.campaigns.edit(may.granted(), id, draft).map_err(ServiceError::from));
        match edited {
            Ok(_) => Ok::<_, ServiceError>(
                reply::done(&paths::broadcast(workspace, id), "broadcast-edited").into_response(),
            ),
            Err(error) => {
                let typed = typed(&BROADCAST, &fields, error)?;
                let page = broadcast_shown(services, &inside, &list, (id, Some(typed)))?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
        }
    })
    .await
}

async fn send(
    may: Permit<SendBroadcast>,
    State(state): State<ConsoleState>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let (workspace, id) = (may.workspace()?, broadcast_id(&id)?);
    blocking(move || state.services.campaigns.ask(may.granted(), id, "").map_err(ServiceError::from)).await?;
    Ok(reply::done(&paths::broadcast(workspace, id), "broadcast-asked"))
}

async fn test(
    may: Permit<TestSend>,
    State(state): State<ConsoleState>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let (workspace, id) = (may.workspace()?, broadcast_id(&id)?);
    blocking(move || {
        let own: Vec<_> = may.principal.member.into_iter().collect();
        state.services.campaigns.test(may.granted(), id, &own).map_err(ServiceError::from)
    })
    .await?;
    Ok(reply::done(&paths::broadcast(workspace, id), "broadcast-tested"))
}

async fn stop(
    may: Permit<StopBroadcast>,
    State(state): State<ConsoleState>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let (workspace, id) = (may.workspace()?, broadcast_id(&id)?);
    blocking(move || state.services.campaigns.stop(may.granted(), id).map_err(ServiceError::from)).await?;
    Ok(reply::done(&paths::broadcast(workspace, id), "broadcast-stopped"))
}

fn template_id(text: &str) -> Result<TemplateId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

fn broadcast_id(text: &str) -> Result<BroadcastId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

fn template_in(fields: &Fields) -> Template {
    let maybe = |name| Some(fields.text(name).to_owned()).filter(|text| !text.is_empty());
    Template {
        name: fields.text("name").to_owned(),
        subject: fields.text("subject").to_owned(),
        text: fields.text("text").to_owned(),
        html: maybe("html"),
        from: fields.text("from").to_owned(),
        reply_to: maybe("reply_to"),
    }
}

/// The form names a template and its version in one; a version of its own counts more.
fn draft_in(fields: &Fields) -> Result<Draft, ServiceError> {
    let invalid =
        |field: &str, fix: &str| ServiceError::Invalid { field: field.to_owned(), fix: fix.to_owned() };
    let choose = || invalid("template", "choose one of the list");
    let (id, version) = fields.text("template").rsplit_once('.').ok_or_else(choose)?;
    let version = match fields.text("version") {
        "" => version,
        typed => typed,
    };
    let who: Option<Value> = match fields.text("who") {
        "" => None,
        text => Some(
            serde_json::from_str(text)
                .map_err(|_| invalid("who", "JSON as in a question, or nothing for everybody"))?,
        ),
    };
    Ok(Draft {
        name: fields.text("title").to_owned(),
        template: id.parse().map_err(|_| choose())?,
        version: version.parse().map_err(|_| invalid("version", "the number of a version"))?,
        who,
        purpose: Some(fields.text("purpose").to_owned()).filter(|purpose| !purpose.is_empty()),
    })
}

/// What was typed, with what is wrong; every other error is one.
fn typed(names: &[&'static str], fields: &Fields, error: ServiceError) -> Result<Typed, ServiceError> {
    let ServiceError::Invalid { field, fix } = error else { return Err(error) };
    // Two forms of a page have a name; their fields bear different ones.
    let field = if field == "name" && names.contains(&"title") { "title".to_owned() } else { field };
    let texts = names.iter().map(|name| (*name, fields.text(name).to_owned())).collect();
    Ok(Typed { texts, wrong: Some((field, fix)) })
}

fn listed(
    services: &Services,
    inside: &Inside,
    may: &Permit<ListCampaigns>,
    typed: (&'static str, Typed),
) -> Result<Page, ServiceError> {
    let workspace = may.workspace().map_err(|_| ServiceError::NotFound { what: "workspace" })?;
    let frame = inside.frame(services, Section::Campaigns)?;
    let broadcasts = services.campaigns.broadcasts(workspace)?;
    let templates = services.campaigns.templates(workspace)?;
    let view = CampaignsView {
        broadcasts: broadcasts.iter().map(row).collect(),
        templates: templates
            .into_iter()
            .map(|Version { id, version, template, made_ms, .. }| TemplateRow {
                id,
                name: template.name,
                subject: template.subject,
                version,
                made: instant(made_ms),
            })
            .collect(),
        can_send: services.campaigns.can_send(),
        typed,
    };
    Ok(Page(campaigns::page(&frame, &view)))
}

fn row(broadcast: &Broadcast) -> BroadcastRow {
    BroadcastRow {
        id: broadcast.id,
        name: broadcast.draft.name.clone(),
        state: broadcast.state.as_str(),
        people: broadcast.people,
        made: instant(broadcast.made_ms),
    }
}

fn template_shown(
    services: &Services,
    inside: &Inside,
    (id, version): (TemplateId, u32),
    typed: Typed,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Campaigns)?;
    Ok(Page(campaigns::template_page(&frame, &TemplateView { id, version, typed })))
}

fn broadcast_shown(
    services: &Services,
    inside: &Inside,
    may: &Permit<ListCampaigns>,
    (id, typed): (BroadcastId, Option<Typed>),
) -> Result<Page, ServiceError> {
    let workspace = may.workspace().map_err(|_| ServiceError::NotFound { what: "workspace" })?;
    let frame = inside.frame(services, Section::Campaigns)?;
    let (broadcast, version, tally) = services.campaigns.broadcast(workspace, id)?;
    let who = broadcast.draft.who.as_ref().map(Value::to_string);
    let preview = match broadcast.state {
        campaign::State::Draft => Some(services.campaigns.preview(may.granted(), id)?),
        _ => None,
    };
    let grant = match broadcast.grant {
        Some(grant) => Some((grant, services.guard.send_state(workspace, grant)?.1.as_str())),
        None => None,
    };
    let texts = [
        broadcast.draft.name.clone(),
        String::new(),
        broadcast.draft.version.to_string(),
        who.clone().unwrap_or_default(),
        broadcast.draft.purpose.clone().unwrap_or_default(),
    ];
    let view = BroadcastView {
        row: row(&broadcast),
        template: (version.id, version.version, version.template.subject),
        who: who.unwrap_or_else(|| "everybody with an address".to_owned()),
        purpose: broadcast.draft.purpose.clone(),
        grant,
        preview: preview.map(|preview| PreviewView {
            people: preview.people,
            suppressed: preview.suppressed,
            declined: preview.declined,
            domains: preview.domains,
            why: preview.why,
            subject: preview.subject,
            text: preview.text,
        }),
        counts: counts(&tally),
        ended: broadcast.ended.map(|(at_ms, why)| (instant(at_ms), why)),
        can_send: services.campaigns.can_send(),
        typed: typed.unwrap_or(Typed { texts: BROADCAST.into_iter().zip(texts).collect(), wrong: None }),
    };
    Ok(Page(campaigns::broadcast_page(&frame, &view)))
}

fn counts(tally: &Tally) -> Vec<(&'static str, u64)> {
    let Tally { waiting, accepted, failed, suppressed, declined, uncertain, stopped, complaints } = *tally;
    [
        ("handed to the relay", accepted),
        ("waiting", waiting),
        ("refused by the relay", failed),
        ("not written to", suppressed),
        ("not written to: no consent to its purpose", declined),
        ("uncertain: cut off before the answer came", uncertain),
        ("not sent, because it was stopped", stopped),
        ("complaints", complaints),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .collect()
}
