//! `…/workspaces/{w}/dashboards`, what is noted at days, alerts on metrics, schedules and share links.

use axum::Json;
use axum::extract::{Path, State};
use dashboards::alerts::{Alert, NewAlert};
use dashboards::annotations::{Annotation, NewAnnotation};
use dashboards::ask::Outcome;
use dashboards::schedules::{NewSchedule, Scheduled};
use dashboards::shares::{NewShare, Share};
use dashboards::{Dashboard, NewDashboard};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use policy::actions::{AskQuestion, EndShare, ListDashboards, ReadShares, ShareDashboard, WriteDashboard};
use serde::Deserialize;
use serde_json::{Value, json};
use service::ServiceError;

use crate::input::{Input, Query};
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/dashboards", list)
        .post("/api/v1/workspaces/{w}/dashboards", make)
        .get("/api/v1/workspaces/{w}/dashboards/{dashboard}", show)
        .put("/api/v1/workspaces/{w}/dashboards/{dashboard}", edit)
        .delete("/api/v1/workspaces/{w}/dashboards/{dashboard}", remove)
        .get("/api/v1/workspaces/{w}/dashboards/{dashboard}/answers", answers)
        .post("/api/v1/workspaces/{w}/dashboards/{dashboard}/duplicate", duplicate)
        .get("/api/v1/workspaces/{w}/dashboards/{dashboard}/shares", shares)
        .post("/api/v1/workspaces/{w}/dashboards/{dashboard}/shares", share)
        .delete("/api/v1/workspaces/{w}/dashboards/{dashboard}/shares/{share}", end_share)
        .get("/api/v1/workspaces/{w}/dashboards/{dashboard}/schedules", schedules)
        .post("/api/v1/workspaces/{w}/dashboards/{dashboard}/schedules", schedule)
        .delete("/api/v1/workspaces/{w}/dashboards/{dashboard}/schedules/{schedule}", drop_schedule)
        .get("/api/v1/workspaces/{w}/annotations", annotations)
        .post("/api/v1/workspaces/{w}/annotations", annotate)
        .delete("/api/v1/workspaces/{w}/annotations/{annotation}", drop_annotation)
        .get("/api/v1/workspaces/{w}/metric-alerts", alerts)
        .post("/api/v1/workspaces/{w}/metric-alerts", watch)
        .delete("/api/v1/workspaces/{w}/metric-alerts/{alert}", drop_alert)
}

fn document(of: &Dashboard) -> Value {
    let tiles: Vec<Value> = of
        .what
        .tiles
        .iter()
        .map(|tile| {
            json!({ "title": tile.title, "question": tile.question, "chart": tile.chart(), "width": tile.width() })
        })
        .collect();
    json!({
        "id": of.id,
        "version": of.version,
        "name": of.what.name,
        "tiles": tiles,
        "filters": of.what.filters,
        "range": of.what.range,
        "by": of.by,
        "changed_at": instant(of.changed_ms),
    })
}

async fn list(
    may: Permit<ListDashboards>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let workspace = may.workspace()?;
    let found =
        blocking(move || state.services.dashboards.list(workspace).map_err(ServiceError::from)).await?;
    Ok(Json(List::whole(found.iter().map(document).collect())))
}

async fn make(
    may: Permit<WriteDashboard>,
    State(state): State<ApiState>,
    Input(new): Input<NewDashboard>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let made =
        blocking(move || state.services.dashboards.make(may.granted(), new).map_err(ServiceError::from))
            .await?;
    Ok((StatusCode::CREATED, Json(document(&made))))
}

async fn show(
    may: Permit<ListDashboards>,
    State(state): State<ApiState>,
    Path((_, dashboard)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let workspace = may.workspace()?;
    let found =
        blocking(move || state.services.dashboards.show(workspace, &dashboard).map_err(ServiceError::from))
            .await?;
    Ok(Json(document(&found)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BasedOn {
    /// The version that the change was made from.
    based_on: u32,
}

async fn edit(
    may: Permit<WriteDashboard>,
    State(state): State<ApiState>,
    Path((_, dashboard)): Path<(String, String)>,
    Query(BasedOn { based_on }): Query<BasedOn>,
    Input(new): Input<NewDashboard>,
) -> Result<Json<Value>, Problem> {
    let edited = blocking(move || {
        let dashboards = &state.services.dashboards;
        dashboards.edit(may.granted(), (&dashboard, based_on), new).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(document(&edited)))
}

async fn remove(
    may: Permit<WriteDashboard>,
    State(state): State<ApiState>,
    Path((_, dashboard)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    blocking(move || state.services.dashboards.remove(may.granted(), &dashboard).map_err(ServiceError::from))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn answers(
    may: Permit<AskQuestion>,
    State(state): State<ApiState>,
    Path((_, dashboard)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let workspace = may.workspace()?;
    let (found, answers, notes) = blocking(move || {
        let (found, answers) = state.services.dashboard_answers(may.granted(), workspace, &dashboard)?;
        let notes = state.services.dashboards.annotations(workspace)?;
        Ok::<_, ServiceError>((found, answers, notes))
    })
    .await?;
    let (from, to) = answers.days;
    let tiles: Vec<Value> = found
        .what
        .tiles
        .iter()
        .zip(&answers.outcomes)
        .map(|(tile, outcome)| {
            let mut shown = json!({ "title": tile.title, "chart": tile.chart(), "width": tile.width() });
            match outcome {
                Outcome::Answered(_, answer) => shown["answer"] = json!(answer),
                Outcome::Refused(why) => shown["refused"] = json!(why),
            }
            shown
        })
        .collect();
    let within = notes.iter().filter(|note| (from..=to).contains(&note.day));
    Ok(Json(json!({
        "dashboard": found.id,
        "version": found.version,
        "name": found.what.name,
        "from": from,
        "to": to,
        "tiles": tiles,
        "annotations": within.map(note).collect::<Vec<_>>(),
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    name: String,
}

async fn duplicate(
    may: Permit<WriteDashboard>,
    State(state): State<ApiState>,
    Path((_, dashboard)): Path<(String, String)>,
    Input(Name { name }): Input<Name>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let made = blocking(move || {
        state.services.dashboards.duplicate(may.granted(), &dashboard, &name).map_err(ServiceError::from)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(document(&made))))
}

fn link(of: &Share) -> Value {
    json!({
        "id": of.id,
        "dashboard": of.dashboard,
        "url": of.url,
        "by": of.by,
        "made_at": instant(of.made_ms),
        "expires_at": instant(of.expires_ms),
    })
}

async fn shares(
    may: Permit<ReadShares>,
    State(state): State<ApiState>,
    Path((_, dashboard)): Path<(String, String)>,
) -> Result<Json<List<Value>>, Problem> {
    let workspace = may.workspace()?;
    let found =
        blocking(move || state.services.dashboards.shares(workspace, &dashboard).map_err(ServiceError::from))
            .await?;
    Ok(Json(List::whole(found.iter().map(link).collect())))
}

async fn share(
    may: Permit<ShareDashboard>,
    State(state): State<ApiState>,
    Path((_, dashboard)): Path<(String, String)>,
    Input(new): Input<NewShare>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let workspace = may.workspace()?;
    let made = blocking(move || state.services.share_dashboard(may.granted(), workspace, (&dashboard, &new)))
        .await?;
    Ok((StatusCode::CREATED, Json(link(&made))))
}

async fn end_share(
    may: Permit<EndShare>,
    State(state): State<ApiState>,
    Path((_, _, share)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let share = share.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.dashboards.end_share(may.granted(), share).map_err(ServiceError::from))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn times(of: &Scheduled) -> Value {
    json!({
        "id": of.id,
        "dashboard": of.dashboard,
        "every": of.when.every,
        "hour": of.when.hour,
        "weekday": of.when.weekday,
        "words": of.when.words(),
        "by": of.by,
        "last_at": of.last_ms.map(instant),
    })
}

async fn schedules(
    may: Permit<ListDashboards>,
    State(state): State<ApiState>,
    Path((_, dashboard)): Path<(String, String)>,
) -> Result<Json<List<Value>>, Problem> {
    let workspace = may.workspace()?;
    let found = blocking(move || {
        state.services.dashboards.schedules(workspace, &dashboard).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(List::whole(found.iter().map(times).collect())))
}

async fn schedule(
    may: Permit<WriteDashboard>,
    State(state): State<ApiState>,
    Path((_, dashboard)): Path<(String, String)>,
    Input(when): Input<NewSchedule>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let made = blocking(move || {
        state.services.dashboards.schedule(may.granted(), &dashboard, when).map_err(ServiceError::from)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(times(&made))))
}

async fn drop_schedule(
    may: Permit<WriteDashboard>,
    State(state): State<ApiState>,
    Path((_, _, schedule)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let schedule = schedule.parse().map_err(|_| Problem::not_found())?;
    blocking(move || {
        state.services.dashboards.drop_schedule(may.granted(), schedule).map_err(ServiceError::from)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn note(of: &Annotation) -> Value {
    json!({ "id": of.id, "day": of.day, "text": of.text, "by": of.by })
}

async fn annotations(
    may: Permit<ListDashboards>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let workspace = may.workspace()?;
    let found =
        blocking(move || state.services.dashboards.annotations(workspace).map_err(ServiceError::from))
            .await?;
    Ok(Json(List::whole(found.iter().map(note).collect())))
}

async fn annotate(
    may: Permit<WriteDashboard>,
    State(state): State<ApiState>,
    Input(new): Input<NewAnnotation>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let made =
        blocking(move || state.services.dashboards.annotate(may.granted(), &new).map_err(ServiceError::from))
            .await?;
    Ok((StatusCode::CREATED, Json(note(&made))))
}

async fn drop_annotation(
    may: Permit<WriteDashboard>,
    State(state): State<ApiState>,
    Path((_, annotation)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let annotation = annotation.parse().map_err(|_| Problem::not_found())?;
    blocking(move || {
        state.services.dashboards.drop_annotation(may.granted(), annotation).map_err(ServiceError::from)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn rule(of: &Alert) -> Value {
    json!({
        "id": of.id,
        "name": of.what.name,
        "question": of.what.question,
        "rule": of.what.rule,
        "words": of.what.rule.words(),
        "by": of.by,
        "judged_at": of.judged.map(|(slot_ms, _)| instant(slot_ms)),
        "breached": of.judged.map(|(_, breached)| breached),
    })
}

async fn alerts(
    may: Permit<ListDashboards>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let workspace = may.workspace()?;
    let found =
        blocking(move || state.services.dashboards.alerts(workspace).map_err(ServiceError::from)).await?;
    Ok(Json(List::whole(found.iter().map(rule).collect())))
}

async fn watch(
    may: Permit<WriteDashboard>,
    State(state): State<ApiState>,
    Input(new): Input<NewAlert>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let made =
        blocking(move || state.services.dashboards.watch(may.granted(), new).map_err(ServiceError::from))
            .await?;
    Ok((StatusCode::CREATED, Json(rule(&made))))
}

async fn drop_alert(
    may: Permit<WriteDashboard>,
    State(state): State<ApiState>,
    Path((_, alert)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let alert = alert.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.dashboards.drop_alert(may.granted(), alert).map_err(ServiceError::from))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
