//! `…/workspaces/{w}/shield`: what was found and what was refused, as counts; never a value.

use axum::Json;
use axum::extract::State;
use collect::{Count, FindingPlace, RefusalPlace};
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::ReadShield;
use serde::Serialize;

use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/shield/findings", findings)
        .get("/api/v1/workspaces/{w}/shield/refusals", refusals)
}

#[derive(Debug, Serialize)]
struct FindingCountView {
    event: String,
    path: String,
    class: &'static str,
    rule: String,
    #[serde(flatten)]
    count: CountView,
}

#[derive(Debug, Serialize)]
struct RefusalCountView {
    source: Option<String>,
    reason: String,
    field: String,
    sdk: String,
    sdk_version: String,
    #[serde(flatten)]
    count: CountView,
}

#[derive(Debug, Serialize)]
struct CountView {
    count: u64,
    first: String,
    last: String,
}

impl From<Count> for CountView {
    fn from(count: Count) -> Self {
        Self { count: count.count, first: instant(count.first_ms), last: instant(count.last_ms) }
    }
}

async fn findings(
    may: Permit<ReadShield>,
    State(state): State<ApiState>,
) -> Result<Json<List<FindingCountView>>, Problem> {
    let workspace = may.workspace()?;
    let counts = blocking(move || state.services.findings(may.granted(), workspace)).await?;
    let view = |(place, count): (FindingPlace, Count)| FindingCountView {
        event: place.event,
        path: place.path,
        class: place.class.as_str(),
        rule: place.rule,
        count: count.into(),
    };
    Ok(Json(List::whole(counts.into_iter().map(view).collect())))
}

async fn refusals(
    may: Permit<ReadShield>,
    State(state): State<ApiState>,
) -> Result<Json<List<RefusalCountView>>, Problem> {
    let workspace = may.workspace()?;
    let counts = blocking(move || state.services.refusals(may.granted(), workspace)).await?;
    let view = |(place, count): (RefusalPlace, Count)| RefusalCountView {
        source: place.source.map(|source| source.to_string()),
        reason: place.reason.into_owned(),
        field: place.field.into_owned(),
        sdk: place.sdk.into_owned(),
        sdk_version: place.sdk_version,
        count: count.into(),
    };
    Ok(Json(List::whole(counts.into_iter().map(view).collect())))
}
