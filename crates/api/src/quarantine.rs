//! `…/workspaces/{w}/quarantine`: what departs from the plan and waits, by names and kinds, never a value.

use axum::Json;
use axum::extract::State;
use door::{DoorName, Permit, Problem, Routes, blocking};
use plan::shape::Named;
use policy::actions::{DropQuarantine, ReadPlans, ReleaseQuarantine};
use serde::{Deserialize, Serialize};
use service::quarantine::{PAGE_MAX, QuarantineRead, ReasonCount, Shaped, Which};

use crate::input::{Input, Query};
use crate::state::ApiState;
use crate::view::{Page, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/quarantine", list)
        .post("/api/v1/workspaces/{w}/quarantine/release", release)
        .post("/api/v1/workspaces/{w}/quarantine/drop", drop_them)
}

#[derive(Debug, Serialize)]
struct QuarantineView {
    waiting: usize,
    bytes: u64,
    /// Whether no more are taken: further ones are refused and counted as `quarantine_full`.
    full: bool,
    counts: Vec<ReasonCount>,
    items: Vec<ItemView>,
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct ItemView {
    item: u64,
    event: String,
    #[serde(rename = "type")]
    kind: &'static str,
    time: String,
    held_at: String,
    plan: String,
    version: u32,
    violations: Vec<ReasonView>,
    properties: Vec<Named>,
    traits: Vec<Named>,
}

#[derive(Debug, Serialize)]
struct ReasonView {
    property: String,
    rule: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WhichItems {
    #[serde(default)]
    items: Vec<u64>,
    event: Option<String>,
    rule: Option<String>,
    #[serde(default)]
    all: bool,
}

#[derive(Debug, Serialize)]
struct ReleasedView {
    released: usize,
    /// Refused by the shield's rules of today; gone, and counted among the refusals.
    refused: usize,
}

#[derive(Debug, Serialize)]
struct DroppedView {
    dropped: usize,
}

impl From<WhichItems> for Which {
    fn from(which: WhichItems) -> Self {
        let WhichItems { items, event, rule, all } = which;
        Self { items, event, rule, all }
    }
}

impl From<QuarantineRead> for QuarantineView {
    fn from(read: QuarantineRead) -> Self {
        Self {
            waiting: read.amount.items,
            bytes: read.amount.bytes,
            full: read.amount.full,
            counts: read.counts,
            items: read.items.into_iter().map(ItemView::from).collect(),
            next: read.next.map(|next| next.to_string()),
        }
    }
}

impl From<Shaped> for ItemView {
    fn from(shaped: Shaped) -> Self {
        let waiting = shaped.waiting;
        let reason = |(property, rule): &(std::sync::Arc<str>, std::sync::Arc<str>)| ReasonView {
            property: property.to_string(),
            rule: rule.to_string(),
        };
        Self {
            item: waiting.number,
            event: waiting.event.to_string(),
            kind: waiting.kind.as_str(),
            time: instant(waiting.time_ms),
            held_at: instant(waiting.held_ms),
            plan: waiting.plan.to_string(),
            version: waiting.version,
            violations: waiting.reasons.iter().map(reason).collect(),
            properties: shaped.properties,
            traits: shaped.traits,
        }
    }
}

async fn list(
    may: Permit<ReadPlans>,
    State(state): State<ApiState>,
    Query(page): Query<Page>,
) -> Result<Json<QuarantineView>, Problem> {
    let workspace = may.workspace()?;
    let from = match page.after.as_deref().map(str::parse) {
        None => 0,
        Some(Ok(from)) => from,
        Some(Err(_)) => return Err(Problem::invalid("after", "use the `next` of the page before")),
    };
    let limit = page.limit.unwrap_or(PAGE_MAX);
    let read = blocking(move || state.services.quarantine(may.granted(), workspace, from, limit)).await?;
    Ok(Json(read.into()))
}

async fn release(
    may: Permit<ReleaseQuarantine>,
    State(state): State<ApiState>,
    Input(which): Input<WhichItems>,
) -> Result<Json<ReleasedView>, Problem> {
    let workspace = may.workspace()?;
    let which = which.into();
    let done = blocking(move || state.services.release_quarantine(may.granted(), workspace, &which)).await?;
    Ok(Json(ReleasedView { released: done.released, refused: done.refused }))
}

async fn drop_them(
    may: Permit<DropQuarantine>,
    State(state): State<ApiState>,
    Input(which): Input<WhichItems>,
) -> Result<Json<DroppedView>, Problem> {
    let workspace = may.workspace()?;
    let which = which.into();
    let dropped = blocking(move || state.services.drop_quarantine(may.granted(), workspace, &which)).await?;
    Ok(Json(DroppedView { dropped }))
}
