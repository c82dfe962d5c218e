//! `…/workspaces/{w}/templates`, `…/broadcasts` and `…/messages`: what is sent to people, who approves it is `…/grants`' matter.

use axum::Json;
use axum::extract::{Path, State};
use campaign::{Broadcast, Draft, Preview, Tally, Template, Version};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::{BroadcastId, MemberId, TemplateId};
use policy::actions::{
    ListCampaigns, ReportComplaint, SendBroadcast, SendMessage, StopBroadcast, TestSend, WriteCampaign,
};
use serde::Deserialize;
use serde_json::{Value, json};
use service::ServiceError;

use crate::grants;
use crate::input::Input;
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/templates", templates)
        .post("/api/v1/workspaces/{w}/templates", new_template)
        .get("/api/v1/workspaces/{w}/templates/{template}", versions)
        .put("/api/v1/workspaces/{w}/templates/{template}", next_version)
        .get("/api/v1/workspaces/{w}/broadcasts", broadcasts)
        .post("/api/v1/workspaces/{w}/broadcasts", make)
        .get("/api/v1/workspaces/{w}/broadcasts/{broadcast}", show)
        .put("/api/v1/workspaces/{w}/broadcasts/{broadcast}", edit)
        .get("/api/v1/workspaces/{w}/broadcasts/{broadcast}/preview", preview)
        .post("/api/v1/workspaces/{w}/broadcasts/{broadcast}/send", send)
        .post("/api/v1/workspaces/{w}/broadcasts/{broadcast}/stop", stop)
        .post("/api/v1/workspaces/{w}/broadcasts/{broadcast}/test", test)
        .post("/api/v1/workspaces/{w}/broadcasts/{broadcast}/complaints", complain)
        .post("/api/v1/workspaces/{w}/messages", message)
}

fn version(version: &Version) -> Value {
    let Version { id, version, template, by, made_ms } = version;
    json!({ "id": id, "version": version, "by": by, "made_at": instant(*made_ms), "content": template })
}

fn broadcast(of: &Broadcast) -> Value {
    json!({
        "id": of.id,
        "draft": of.draft,
        "by": of.by,
        "made_at": instant(of.made_ms),
        "state": of.state,
        "grant": of.grant,
        "people": of.people,
        "ended": of.ended.as_ref().map(|(at_ms, why)| json!({ "at": instant(*at_ms), "why": why })),
    })
}

fn tally(of: &Tally) -> Value {
    let Tally { waiting, accepted, failed, suppressed, declined, uncertain, stopped, complaints } = of;
    json!({
        "waiting": waiting, "accepted": accepted, "failed": failed, "suppressed": suppressed, "declined": declined,
        "uncertain": uncertain, "stopped": stopped, "complaints": complaints,
    })
}

fn template_of(text: &str) -> Result<TemplateId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

fn broadcast_of(text: &str) -> Result<BroadcastId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

async fn templates(
    may: Permit<ListCampaigns>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let workspace = may.workspace()?;
    let found =
        blocking(move || state.services.campaigns.templates(workspace).map_err(ServiceError::from)).await?;
    Ok(Json(List::whole(found.iter().map(version).collect())))
}

async fn new_template(
    may: Permit<WriteCampaign>,
    State(state): State<ApiState>,
    Input(template): Input<Template>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let made = blocking(move || {
        state.services.campaigns.write_template(may.granted(), None, template).map_err(ServiceError::from)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(version(&made))))
}

async fn versions(
    may: Permit<ListCampaigns>,
    State(state): State<ApiState>,
    Path((_, template)): Path<(String, String)>,
) -> Result<Json<List<Value>>, Problem> {
    let (workspace, id) = (may.workspace()?, template_of(&template)?);
    let found =
        blocking(move || state.services.campaigns.versions(workspace, id).map_err(ServiceError::from))
            .await?;
    Ok(Json(List::whole(found.iter().map(version).collect())))
}

async fn next_version(
    may: Permit<WriteCampaign>,
    State(state): State<ApiState>,
    Path((_, template)): Path<(String, String)>,
    Input(content): Input<Template>,
) -> Result<Json<Value>, Problem> {
    let id = template_of(&template)?;
    let made = blocking(move || {
        state.services.campaigns.write_template(may.granted(), Some(id), content).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(version(&made)))
}

async fn broadcasts(
    may: Permit<ListCampaigns>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let workspace = may.workspace()?;
    let found =
        blocking(move || state.services.campaigns.broadcasts(workspace).map_err(ServiceError::from)).await?;
    Ok(Json(List::whole(found.iter().map(broadcast).collect())))
}

async fn make(
    may: Permit<WriteCampaign>,
    State(state): State<ApiState>,
    Input(draft): Input<Draft>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let made =
        blocking(move || state.services.campaigns.make(may.granted(), draft).map_err(ServiceError::from))
            .await?;
    Ok((StatusCode::CREATED, Json(broadcast(&made))))
}

async fn show(
    may: Permit<ListCampaigns>,
    State(state): State<ApiState>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let (workspace, id) = (may.workspace()?, broadcast_of(&id)?);
    let (found, of, counts) =
        blocking(move || state.services.campaigns.broadcast(workspace, id).map_err(ServiceError::from))
            .await?;
    let mut document = broadcast(&found);
    document["template"] = version(&of);
    document["counts"] = tally(&counts);
    Ok(Json(document))
}

async fn edit(
    may: Permit<WriteCampaign>,
    State(state): State<ApiState>,
    Path((_, id)): Path<(String, String)>,
    Input(draft): Input<Draft>,
) -> Result<Json<Value>, Problem> {
    let id = broadcast_of(&id)?;
    let edited =
        blocking(move || state.services.campaigns.edit(may.granted(), id, draft).map_err(ServiceError::from))
            .await?;
    Ok(Json(broadcast(&edited)))
}

async fn preview(
    may: Permit<ListCampaigns>,
    State(state): State<ApiState>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let id = broadcast_of(&id)?;
    let found =
        blocking(move || state.services.campaigns.preview(may.granted(), id).map_err(ServiceError::from))
            .await?;
    let Preview { found, people, suppressed, declined, domains, values, why, subject, text } = found;
    Ok(Json(json!({
        "found": found, "people": people, "suppressed": suppressed, "declined": declined, "domains": domains, "values": values,
        "waits_for": why, "subject": subject, "text": text,
    })))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    #[serde(default)]
    reason: String,
}

/// 202: it begins by itself, at once where the answer's `grant` is open, else once another person has approved it.
async fn send(
    may: Permit<SendBroadcast>,
    State(state): State<ApiState>,
    Path((_, id)): Path<(String, String)>,
    Input(Ask { reason }): Input<Ask>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let id = broadcast_of(&id)?;
    let (asked, grant) = blocking(move || {
        state.services.campaigns.ask(may.granted(), id, &reason).map_err(ServiceError::from)
    })
    .await?;
    let mut document = broadcast(&asked);
    document["waits_for"] = json!(grant.send().map(|scope| &scope.why));
    document["grant"] = grants::document(&grant);
    Ok((StatusCode::ACCEPTED, Json(document)))
}

async fn stop(
    may: Permit<StopBroadcast>,
    State(state): State<ApiState>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let id = broadcast_of(&id)?;
    let stopped =
        blocking(move || state.services.campaigns.stop(may.granted(), id).map_err(ServiceError::from))
            .await?;
    Ok(Json(broadcast(&stopped)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Test {
    to: Vec<MemberId>,
}

async fn test(
    may: Permit<TestSend>,
    State(state): State<ApiState>,
    Path((_, id)): Path<(String, String)>,
    Input(Test { to }): Input<Test>,
) -> Result<Json<Value>, Problem> {
    let id = broadcast_of(&id)?;
    let taken =
        blocking(move || state.services.campaigns.test(may.granted(), id, &to).map_err(ServiceError::from))
            .await?;
    Ok(Json(json!({ "accepted": taken })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Complaint {
    address: String,
}

async fn complain(
    may: Permit<ReportComplaint>,
    State(state): State<ApiState>,
    Path((_, id)): Path<(String, String)>,
    Input(Complaint { address }): Input<Complaint>,
) -> Result<StatusCode, Problem> {
    let id = broadcast_of(&id)?;
    blocking(move || {
        state.services.campaigns.complain(may.granted(), id, &address).map_err(ServiceError::from)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    template: TemplateId,
    version: u32,
    to: Vec<String>,
    #[serde(default)]
    purpose: Option<String>,
}

async fn message(
    may: Permit<SendMessage>,
    State(state): State<ApiState>,
    Input(Message { template, version, to, purpose }): Input<Message>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let made = blocking(move || {
        let what = (template, version, purpose);
        state.services.campaigns.message(may.granted(), what, &to).map_err(ServiceError::from)
    })
    .await?;
    Ok((StatusCode::ACCEPTED, Json(broadcast(&made))))
}
