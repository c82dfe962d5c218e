//! `…/workspaces/{w}/plans`: tracking plans, their versions, the typed client, violations, and a first draft.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use collect::planned::counts::Violated;
use collect::planned::table::{PlanSummary, PlanVersion, Put};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::header::CONTENT_TYPE;
use plan::Mode;
use plan::diff::Change;
use policy::actions::{ChangePlan, ReadPlans};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::plans::{ModeChange, PlanRead};

use crate::input::{Input, Query};
use crate::state::ApiState;
use crate::view::{List, instant};

/// How many days of violations are told where none are asked for.
const DAYS: u32 = 30;
/// How many days a draft looks back where none are asked for.
const DRAFT_DAYS: u32 = 7;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/plans", list)
        .get("/api/v1/workspaces/{w}/plans/{name}", show)
        .put("/api/v1/workspaces/{w}/plans/{name}", put)
        .get("/api/v1/workspaces/{w}/plans/{name}/versions", versions)
        .get("/api/v1/workspaces/{w}/plans/{name}/changes", changes)
        .get("/api/v1/workspaces/{w}/plans/{name}/client.ts", client)
        .giving(&["application/typescript"])
        .post("/api/v1/workspaces/{w}/plans/{name}/mode", set_mode)
        .get("/api/v1/workspaces/{w}/plan-violations", violations)
        .get("/api/v1/workspaces/{w}/plan-draft", draft)
}

#[derive(Debug, Serialize)]
struct SummaryView {
    name: String,
    version: u32,
    active: bool,
    changed_at: String,
    changed_by: String,
}

#[derive(Debug, Serialize)]
struct PlanView {
    name: String,
    version: u32,
    latest: u32,
    active: bool,
    made_at: String,
    made_by: String,
    plan: Value,
}

#[derive(Debug, Serialize)]
struct VersionView {
    version: u32,
    made_at: String,
    made_by: String,
}

#[derive(Debug, Serialize)]
struct PutView {
    name: String,
    version: u32,
    /// Whether the version is a new one; a document that says the same as before makes none.
    made: bool,
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    instead_of: Option<String>,
}

#[derive(Debug, Serialize)]
struct ViolatedView {
    day: String,
    plan: String,
    event: String,
    property: String,
    rule: String,
    mode: String,
    count: u64,
    first: String,
    last: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WhichVersion {
    version: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BasedOn {
    /// The version that the document was made from; 0 where there was none.
    based_on: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WhichChanges {
    from: u32,
    to: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Days {
    days: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WhichDraft {
    name: Option<String>,
    days: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMode {
    /// `watch`, `quarantine`, `block`, or `off`: the plan does not judge.
    mode: String,
    /// The event whose mode it is; the whole plan's where none is named.
    event: Option<String>,
}

impl From<PlanSummary> for SummaryView {
    fn from(plan: PlanSummary) -> Self {
        let PlanSummary { name, version, active, changed_ms, changed_by } = plan;
        Self { name, version, active, changed_at: instant(changed_ms), changed_by }
    }
}

impl From<PlanRead> for PlanView {
    fn from(read: PlanRead) -> Self {
        Self {
            plan: read.plan.document(),
            name: read.summary.name,
            version: read.version.version,
            latest: read.summary.version,
            active: read.summary.active,
            made_at: instant(read.version.made_ms),
            made_by: read.version.made_by,
        }
    }
}

impl PutView {
    fn of(name: String, put: Put) -> Self {
        Self { name, version: put.version, made: put.made, active: put.active, instead_of: None }
    }
}

async fn list(
    may: Permit<ReadPlans>,
    State(state): State<ApiState>,
) -> Result<Json<List<SummaryView>>, Problem> {
    let workspace = may.workspace()?;
    let plans = blocking(move || state.services.plans(may.granted(), workspace)).await?;
    Ok(Json(List::whole(plans.into_iter().map(SummaryView::from).collect())))
}

async fn show(
    may: Permit<ReadPlans>,
    State(state): State<ApiState>,
    Path((_, name)): Path<(String, String)>,
    Query(which): Query<WhichVersion>,
) -> Result<Json<PlanView>, Problem> {
    let workspace = may.workspace()?;
    let read = blocking(move || state.services.plan(may.granted(), workspace, &name, which.version)).await?;
    Ok(Json(read.into()))
}

async fn put(
    may: Permit<ChangePlan>,
    State(state): State<ApiState>,
    Path((_, name)): Path<(String, String)>,
    Query(BasedOn { based_on }): Query<BasedOn>,
    Input(document): Input<Value>,
) -> Result<Json<PutView>, Problem> {
    let workspace = may.workspace()?;
    let plan = name.clone();
    let put =
        blocking(move || state.services.put_plan(may.granted(), workspace, &plan, (&document, based_on)))
            .await?;
    Ok(Json(PutView::of(name, put)))
}

async fn versions(
    may: Permit<ReadPlans>,
    State(state): State<ApiState>,
    Path((_, name)): Path<(String, String)>,
) -> Result<Json<List<VersionView>>, Problem> {
    let workspace = may.workspace()?;
    let found = blocking(move || state.services.plan_versions(may.granted(), workspace, &name)).await?;
    let view = |version: PlanVersion| VersionView {
        version: version.version,
        made_at: instant(version.made_ms),
        made_by: version.made_by,
    };
    Ok(Json(List::whole(found.into_iter().map(view).collect())))
}

async fn changes(
    may: Permit<ReadPlans>,
    State(state): State<ApiState>,
    Path((_, name)): Path<(String, String)>,
    Query(which): Query<WhichChanges>,
) -> Result<Json<List<Change>>, Problem> {
    let workspace = may.workspace()?;
    let between = (which.from, which.to);
    let found =
        blocking(move || state.services.plan_changes(may.granted(), workspace, &name, between)).await?;
    Ok(Json(List::whole(found)))
}

async fn client(
    may: Permit<ReadPlans>,
    State(state): State<ApiState>,
    Path((_, name)): Path<(String, String)>,
    Query(which): Query<WhichVersion>,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    let text =
        blocking(move || state.services.plan_client(may.granted(), workspace, &name, which.version)).await?;
    Ok(([(CONTENT_TYPE, "application/typescript; charset=utf-8")], text).into_response())
}

async fn set_mode(
    may: Permit<ChangePlan>,
    State(state): State<ApiState>,
    Path((_, name)): Path<(String, String)>,
    Input(new): Input<NewMode>,
) -> Result<Json<PutView>, Problem> {
    let workspace = may.workspace()?;
    let mode = match new.mode.as_str() {
        "off" => None,
        mode => Some(
            Mode::from_name(mode)
                .ok_or_else(|| Problem::invalid("mode", "write `watch`, `quarantine`, `block` or `off`"))?,
        ),
    };
    let plan = name.clone();
    let ModeChange { put, instead_of } = blocking(move || {
        let wanted = (mode, new.event.as_deref());
        state.services.set_plan_mode(may.granted(), workspace, &plan, wanted)
    })
    .await?;
    Ok(Json(PutView { instead_of, ..PutView::of(name, put) }))
}

async fn violations(
    may: Permit<ReadPlans>,
    State(state): State<ApiState>,
    Query(which): Query<Days>,
) -> Result<Json<List<ViolatedView>>, Problem> {
    let workspace = may.workspace()?;
    let days = which.days.unwrap_or(DAYS);
    let found = blocking(move || state.services.plan_violations(may.granted(), workspace, days)).await?;
    let view = |one: Violated| ViolatedView {
        day: instant(one.day * 86_400_000).chars().take(10).collect(),
        plan: one.plan,
        event: one.event,
        property: one.property,
        rule: one.rule,
        mode: one.mode,
        count: one.count.count,
        first: instant(one.count.first_ms),
        last: instant(one.count.last_ms),
    };
    Ok(Json(List::whole(found.into_iter().map(view).collect())))
}

async fn draft(
    may: Permit<ReadPlans>,
    State(state): State<ApiState>,
    Query(which): Query<WhichDraft>,
) -> Result<Json<Value>, Problem> {
    let workspace = may.workspace()?;
    let name = which.name.unwrap_or_else(|| "draft".to_owned());
    let days = which.days.unwrap_or(DRAFT_DAYS);
    let plan = blocking(move || state.services.draft_plan(may.granted(), workspace, &name, days)).await?;
    Ok(Json(plan.document()))
}
