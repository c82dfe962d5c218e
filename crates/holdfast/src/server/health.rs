//! `/livez` and `/readyz`, on both doors: alive, and ready or why not. Nothing about anybody's data.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRef, State};
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Routes};
use guard::Guard;
use http::StatusCode;
use journal::Journal;
use ledger::Ledger;
use parking_lot::Mutex;
use policy::actions::ReadHealth;
use serde_json::json;

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
    /// The ledger, at the door behind which nothing is answered without it. Events are taken all the same.
    pub ledger: Option<Ledger>,
}

impl FromRef<Health> for Guard {
    fn from_ref(health: &Health) -> Self {
        health.guard.clone()
    }
}

/// The routes, for either door.
pub fn routes(door: DoorName) -> Routes<Health> {
    Routes::new(door).get("/livez", live).get("/readyz", ready)
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
    if health.ledger.as_ref().is_some_and(Ledger::is_stopped) {
        reasons.push("the ledger stopped after a failed write; nothing is shown or changed until the process starts anew");
    }
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": reasons.is_empty(), "reasons": reasons }))).into_response()
}
