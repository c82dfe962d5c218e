//! `…/workspaces/{w}/sdks` and `…/advisories`: which SDKs send how much, and versions of them that are stopped.

use axum::Json;
use axum::extract::{Path, State};
use collect::advisory::{Advisory, NewAdvisory, Stops, Versions};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use policy::actions::{AdviseSdk, LiftAdvisory, ReadShield};
use serde::{Deserialize, Serialize};
use watch::CensusRow;

use crate::input::{Input, Query};
use crate::state::ApiState;
use crate::view::{List, instant, parse_instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/sdks", census)
        .get("/api/v1/workspaces/{w}/advisories", list)
        .post("/api/v1/workspaces/{w}/advisories", create)
        .delete("/api/v1/workspaces/{w}/advisories/{advisory}", lift)
}

/// How many days the census has when nobody says.
const DAYS_DEFAULT: i64 = 30;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CensusQuery {
    from: Option<String>,
    to: Option<String>,
}

/// One row: a library in a version, from one source on one day.
#[derive(Debug, Serialize)]
struct CensusView {
    day: String,
    source: String,
    sdk: String,
    sdk_version: String,
    events: u64,
    automatic: u64,
    /// Of all events of that source on that day.
    share: f64,
    first: String,
    last: String,
}

#[derive(Debug, Serialize)]
struct AdvisoryView {
    id: i64,
    sdk: String,
    versions: String,
    what: &'static str,
    reason: String,
    made_by: String,
    created_at: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvisoryInput {
    sdk: String,
    versions: String,
    #[serde(default = "autocapture")]
    what: String,
    #[serde(default)]
    reason: String,
}

fn autocapture() -> String {
    Stops::Autocapture.as_str().to_owned()
}

impl From<Advisory> for AdvisoryView {
    fn from(advisory: Advisory) -> Self {
        let NewAdvisory { sdk, versions, stops, reason } = advisory.says;
        Self {
            id: advisory.id,
            sdk,
            versions: versions.to_string(),
            what: stops.as_str(),
            reason,
            made_by: advisory.made_by,
            created_at: instant(advisory.created_ms),
        }
    }
}

async fn census(
    may: Permit<ReadShield>,
    State(state): State<ApiState>,
    Query(query): Query<CensusQuery>,
) -> Result<Json<List<CensusView>>, Problem> {
    let workspace = may.workspace()?;
    let today = watch::day_of(state.services.clock.now_ms());
    let to = day("to", query.to)?.unwrap_or(today);
    let from = day("from", query.from)?.unwrap_or(to - DAYS_DEFAULT + 1);
    let rows = blocking(move || state.services.census(may.granted(), workspace, (from, to))).await?;
    let all = |row: &CensusRow| {
        let same = rows.iter().filter(|other| other.day == row.day && other.source == row.source);
        same.map(|other| other.count.events).sum::<u64>().max(1)
    };
    let view = |row: &CensusRow| CensusView {
        day: day_text(row.day),
        source: row.source.to_string(),
        sdk: row.sdk.clone(),
        sdk_version: row.sdk_version.clone(),
        events: row.count.events,
        automatic: row.count.automatic,
        share: row.count.events as f64 / all(row) as f64,
        first: instant(row.count.first_ms),
        last: instant(row.count.last_ms),
    };
    Ok(Json(List::whole(rows.iter().map(view).collect())))
}

async fn list(
    may: Permit<ReadShield>,
    State(state): State<ApiState>,
) -> Result<Json<List<AdvisoryView>>, Problem> {
    let workspace = may.workspace()?;
    let found = blocking(move || state.services.advisories(may.granted(), workspace)).await?;
    Ok(Json(List::whole(found.into_iter().map(AdvisoryView::from).collect())))
}

async fn create(
    may: Permit<AdviseSdk>,
    State(state): State<ApiState>,
    Input(input): Input<AdvisoryInput>,
) -> Result<(StatusCode, Json<AdvisoryView>), Problem> {
    let workspace = may.workspace()?;
    let versions = Versions::parse(&input.versions).ok_or_else(|| {
        Problem::invalid("versions", "write `*`, a version, or comparisons such as `>=1.2 <1.4.2`")
    })?;
    let stops = Stops::from_name(&input.what)
        .ok_or_else(|| Problem::invalid("what", "write `autocapture` or `all`"))?;
    let says = NewAdvisory { sdk: input.sdk, versions, stops, reason: input.reason };
    let made = blocking(move || state.services.advise(may.granted(), workspace, &says)).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

async fn lift(
    may: Permit<LiftAdvisory>,
    State(state): State<ApiState>,
    Path((_, advisory)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let workspace = may.workspace()?;
    let id: i64 = advisory.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.lift_advisory(may.granted(), workspace, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn day(field: &str, text: Option<String>) -> Result<Option<i64>, Problem> {
    text.map(|text| {
        let wrong = || Problem::invalid(field, "write a day (2026-08-01)");
        parse_instant(&text).map(watch::day_of).ok_or_else(wrong)
    })
    .transpose()
}

fn day_text(day: i64) -> String {
    instant(day.saturating_mul(watch::census::DAY_MS)).chars().take(10).collect()
}
