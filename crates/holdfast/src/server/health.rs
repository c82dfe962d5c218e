//! `/livez` and `/readyz`, on both doors: alive, and ready or why not. `GET /api/v1/doors`, for operators: who is
//! connected and what was refused. Nothing about anybody's data.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRef, State};
use axum::response::{IntoResponse, Response};
use door::{Crowd, DoorName, Permit, Routes};
use guard::Guard;
use http::StatusCode;
use journal::Journal;
use parking_lot::Mutex;
use policy::actions::{ReadHealth, ReadOperations};
use serde_json::{Map, Value, json};

use crate::follow::Pass;

/// Who knows how it is.
#[derive(Clone)]
pub struct Health {
    /// The guard, which every route has.
    pub guard: Guard,
    /// The log.
    pub journal: Journal,
    /// The resolving pass.
    pub pass: Arc<Mutex<Pass>>,
    /// Who is at the collect door.
    pub collect: Crowd,
    /// Who is at the console door.
    pub console: Crowd,
}

impl FromRef<Health> for Guard {
    fn from_ref(health: &Health) -> Self {
        health.guard.clone()
    }
}

/// The routes, for either door.
pub fn routes(door: DoorName) -> Routes<Health> {
    let routes = Routes::new(door).get("/livez", live).get("/readyz", ready);
    if door == DoorName::Console { routes.get("/api/v1/doors", doors) } else { routes }
}

async fn live(_may: Permit<ReadHealth>) -> Json<serde_json::Value> {
    Json(json!({ "live": true }))
}

async fn ready(_may: Permit<ReadHealth>, State(health): State<Health>) -> Response {
    let mut reasons = Vec::new();
    if health.journal.is_stopped() {
        reasons.push("the journal stopped after a failed write; the process must start anew");
    }
    if health.pass.lock().parked().is_some() {
        reasons.push("the resolving pass is parked; events are taken but not shown, the log says why");
    }
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": reasons.is_empty(), "reasons": reasons }))).into_response()
}

async fn doors(_may: Permit<ReadOperations>, State(health): State<Health>) -> Json<Value> {
    let of = |crowd: &Crowd| {
        let mut counts: Map<_, _> =
            crowd.counts().named().into_iter().map(|(name, count)| (name.to_owned(), json!(count))).collect();
        counts.insert("connected".to_owned(), json!(crowd.len()));
        counts
    };
    Json(json!({ "collect": of(&health.collect), "console": of(&health.console) }))
}
