//! `/policies`: the rules in words and in full. `…/workspaces/{w}/access`: who may do what by them, now and then.

use axum::Json;
use axum::extract::State;
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::{ReadAccess, ReadApiDescription};
use policy::laws::laws;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::input::Query;
use crate::state::ApiState;
use crate::view::{instant, parse_instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/policies", policies)
        .get("/api/v1/workspaces/{w}/access", access)
}

async fn policies(
    _may: Permit<ReadApiDescription>,
    State(state): State<ApiState>,
) -> Result<Json<Value>, Problem> {
    let engine = state.services.guard.policies();
    let laws = laws().map_err(|error| Problem::broke(&error))?;
    let laws: Vec<_> = laws
        .iter()
        .map(|law| {
            json!({
                "id": law.id, "says": law.says, "whatever_is_permitted": law.whatever_is_permitted, "cedar": law.text,
            })
        })
        .collect();
    Ok(Json(json!({
        "laws": laws, "matrix": engine.matrix(), "policies": engine.text(), "schema": engine.schema(),
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct When {
    at: Option<String>,
}

async fn access(
    may: Permit<ReadAccess>,
    State(state): State<ApiState>,
    Query(when): Query<When>,
) -> Result<Json<Value>, Problem> {
    let workspace = may.workspace()?;
    let wrong = || Problem::invalid("at", "write an instant, 2026-11-22T12:00:00Z");
    let at_ms = when.at.map(|text| parse_instant(&text).ok_or_else(wrong)).transpose()?;
    let kept = blocking(move || state.services.access(may.granted(), workspace, at_ms)).await?;
    let mut document = json!(kept.access);
    document["at"] = json!(instant(kept.at_ms));
    document["digest"] = json!(kept.access.digest());
    document["entry"] = json!(kept.entry);
    Ok(Json(document))
}
