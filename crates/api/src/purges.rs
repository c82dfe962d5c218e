//! `…/workspaces/{w}/purges`: taking out what should not have been kept; counted first, told of afterwards.

use axum::Json;
use axum::extract::{Path, State};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::PurgeId;
use policy::actions::{BeginPurge, ReadEvents, ReadShield};
use purge::{Asked, Counted, Purge};
use serde_json::{Value, json};

use crate::input::Input;
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/purges", list)
        .post("/api/v1/workspaces/{w}/purges", begin)
        .post("/api/v1/workspaces/{w}/purges/count", count)
        .get("/api/v1/workspaces/{w}/purges/{purge}", show)
}

fn view(purge: &Purge) -> Value {
    json!({
        "id": purge.id,
        "asked": purge.shown,
        "ordered_by": purge.principal,
        "ordered_at": instant(purge.created_ms),
        "step": purge.step.as_str(),
        "progress": { "at": purge.at, "of": purge.whole },
        "waits_for": purge.note,
        "finished_at": purge.finished_ms.map(instant),
        "ledger_entry": purge.entry,
    })
}

async fn list(may: Permit<ReadShield>, State(state): State<ApiState>) -> Result<Json<List<Value>>, Problem> {
    let workspace = may.workspace()?;
    let found = blocking(move || state.services.purges(may.granted(), workspace)).await?;
    Ok(Json(List::whole(found.iter().map(view).collect())))
}

async fn begin(
    may: Permit<BeginPurge>,
    State(state): State<ApiState>,
    Input(asked): Input<Asked>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let workspace = may.workspace()?;
    let made = blocking(move || state.services.begin_purge(may.granted(), workspace, &asked)).await?;
    Ok((StatusCode::ACCEPTED, Json(view(&made))))
}

/// A dry run. Whoever may read events may ask how many have something.
async fn count(
    may: Permit<ReadEvents>,
    State(state): State<ApiState>,
    Input(asked): Input<Asked>,
) -> Result<Json<Value>, Problem> {
    let workspace = may.workspace()?;
    let counted = blocking(move || state.services.count_purge(may.granted(), workspace, &asked)).await?;
    Ok(Json(counted_view(&counted)))
}

fn counted_view(counted: &Counted) -> Value {
    let properties: Vec<Value> = counted
        .properties
        .iter()
        .map(|(property, events)| json!({ "property": property, "events": events }))
        .collect();
    json!({
        "events": counted.events,
        "people": counted.people,
        "properties": properties,
        "first": counted.span_ms.map(|(first, _)| instant(first)),
        "last": counted.span_ms.map(|(_, last)| instant(last)),
        "complete": counted.is_whole(),
    })
}

/// The purge with its report as the ledger's digest covers it.
async fn show(
    may: Permit<ReadShield>,
    State(state): State<ApiState>,
    Path((_, purge)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let workspace = may.workspace()?;
    let id: PurgeId = purge.parse().map_err(|_| Problem::not_found())?;
    let found = blocking(move || state.services.purge(may.granted(), workspace, id)).await?;
    let mut view = view(&found);
    if let (Some(fields), Some(report)) = (view.as_object_mut(), &found.report) {
        fields.insert("report".to_owned(), serde_json::from_str(report).unwrap_or_default());
        fields.insert("report_text".to_owned(), Value::String(report.clone()));
    }
    Ok(Json(view))
}
