//! `…/workspaces/{w}/grants`: asked for by one person, approved by another; and what was opened to an operator.

use axum::Json;
use axum::extract::{Path, State};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::grants::{Decision, Ended, ExportScope, Grant, GrantView, Opened};
use http::StatusCode;
use model::{GrantId, MemberId};
use policy::actions::{ApproveGrant, AskExport, EndGrant, ListGrants, ListSupport, OpenSupport, RefuseGrant};
use serde::Deserialize;
use serde_json::{Value, json};
use service::ServiceError;
use service::grants::AskedExport;

use crate::input::Input;
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/grants", list)
        .post("/api/v1/workspaces/{w}/grants", ask)
        .post("/api/v1/workspaces/{w}/grants/support", open_support)
        .get("/api/v1/workspaces/{w}/grants/{grant}", show)
        .post("/api/v1/workspaces/{w}/grants/{grant}/approve", approve)
        .post("/api/v1/workspaces/{w}/grants/{grant}/refuse", refuse)
        .delete("/api/v1/workspaces/{w}/grants/{grant}", end)
        .get("/api/v1/support", opened)
}

/// A grant as it stands in answers.
pub(crate) fn document(grant: &Grant) -> Value {
    let decision = |Decision {
                        by,
                        at_ms,
                        approved,
                        alone,
                        one_channel,
                        by_rule,
                        ready_ms,
                        ends_ms,
                        entry,
                    }: Decision| {
        json!({
            "by": by, "at": instant(at_ms), "approved": approved, "alone": alone, "one_channel": one_channel,
            "by_rule": by_rule, "ready_at": instant(ready_ms), "ends_at": instant(ends_ms), "entry": entry,
        })
    };
    let ended = |Ended { at_ms, by, why }: &Ended| json!({ "at": instant(*at_ms), "by": by, "why": why });
    json!({
        "id": grant.id,
        "kind": grant.purpose.as_str(),
        "subject": grant.subject,
        "asked_by": grant.asked_by,
        "reason": grant.reason,
        "life_s": grant.life_ms / 1_000,
        "asked_at": instant(grant.asked_ms),
        "void_at": instant(grant.void_ms),
        "export": grant.export(),
        "send": grant.send(),
        "decision": grant.decision.map(decision),
        "used_at": grant.used.map(|used| instant(used.at_ms)),
        "ended": grant.ended.as_ref().map(ended),
        // `alone`: approved by the one who asked, because nobody else could. `one-channel`: told beforehand in the console
        // alone, because there was no second channel.
        "weaker": grant.weaker(),
        "digest": grant.digest(),
    })
}

pub(crate) fn view(view: &GrantView) -> Value {
    let mut document = document(&view.grant);
    document["state"] = json!(view.state.as_str());
    document["asked_by_email"] = json!(view.asked_by_email);
    document["decided_by_email"] = json!(view.decided_by_email);
    document
}

pub(crate) fn id_of(text: &str) -> Result<GrantId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

async fn list(may: Permit<ListGrants>, State(state): State<ApiState>) -> Result<Json<List<Value>>, Problem> {
    let found =
        blocking(move || state.services.guard.grants(may.granted()).map_err(ServiceError::from)).await?;
    Ok(Json(List::whole(found.iter().map(view).collect())))
}

async fn show(
    may: Permit<ListGrants>,
    State(state): State<ApiState>,
    Path((_, grant)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let id = id_of(&grant)?;
    let found =
        blocking(move || state.services.guard.grant(may.granted(), id).map_err(ServiceError::from)).await?;
    Ok(Json(view(&found)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    reason: String,
    life_s: Option<u64>,
    export: ExportScope,
}

async fn ask(
    may: Permit<AskExport>,
    State(state): State<ApiState>,
    Input(asked): Input<Ask>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let workspace = may.workspace()?;
    let Ask { reason, life_s, export: scope } = asked;
    let asked = AskedExport { reason, life_s, scope };
    let grant = blocking(move || state.services.ask_export(may.granted(), workspace, asked)).await?;
    Ok((StatusCode::CREATED, Json(document(&grant))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Support {
    operator: MemberId,
    reason: String,
    life_s: u64,
}

async fn open_support(
    may: Permit<OpenSupport>,
    State(state): State<ApiState>,
    Input(support): Input<Support>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Support { operator, reason, life_s } = support;
    let grant = blocking(move || {
        let guard = &state.services.guard;
        guard.open_support(may.granted(), operator, &reason, life_s).map_err(ServiceError::from)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(document(&grant))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approval {
    pub digest: String,
}

/// The body names the grant's digest, so that the touch is bound to what is approved.
async fn approve(
    may: Permit<ApproveGrant>,
    State(state): State<ApiState>,
    Path((_, grant)): Path<(String, String)>,
    Input(Approval { digest }): Input<Approval>,
) -> Result<Json<Value>, Problem> {
    let id = id_of(&grant)?;
    let grant = blocking(move || {
        state.services.guard.approve_grant(may.granted(), id, &digest).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(document(&grant)))
}

async fn refuse(
    may: Permit<RefuseGrant>,
    State(state): State<ApiState>,
    Path((_, grant)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let id = id_of(&grant)?;
    let grant =
        blocking(move || state.services.guard.refuse_grant(may.granted(), id).map_err(ServiceError::from))
            .await?;
    Ok(Json(document(&grant)))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    #[serde(default)]
    reason: String,
}

async fn end(
    may: Permit<EndGrant>,
    State(state): State<ApiState>,
    Path((_, grant)): Path<(String, String)>,
    Input(End { reason }): Input<End>,
) -> Result<Json<Value>, Problem> {
    let id = id_of(&grant)?;
    let grant = blocking(move || {
        state.services.guard.end_grant(may.granted(), id, &reason).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(document(&grant)))
}

/// What is open to the operator who asks: nothing of any other workspace.
async fn opened(
    may: Permit<ListSupport>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let found =
        blocking(move || state.services.guard.opened_to(may.granted()).map_err(ServiceError::from)).await?;
    let view = |Opened { grant, workspace_name }: Opened| {
        json!({
            "workspace": { "id": grant.workspace, "name": workspace_name },
            "grant": grant.id,
            "reason": grant.reason,
            "ends_at": grant.decision.map(|decision| instant(decision.ends_ms)),
        })
    };
    Ok(Json(List::whole(found.into_iter().map(view).collect())))
}
