//! `/api/v1/doors`, for operators: who is connected, and what was taken, refused and cut since the start.

use axum::Json;
use axum::extract::State;
use door::{DoorName, Permit, Routes};
use policy::actions::ReadOperations;
use serde_json::{Map, Value, json};
use service::doors::Connections;

use crate::state::ApiState;
use crate::view::instant;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console).get("/api/v1/doors", doors)
}

async fn doors(may: Permit<ReadOperations>, State(state): State<ApiState>) -> Json<Value> {
    let counts = state.services.door_counts(may.granted());
    let mut collect = of(&counts.collect);
    let answered: Map<_, _> =
        counts.answered.into_iter().map(|(name, count)| (name.to_owned(), json!(count))).collect();
    collect.insert("requests".to_owned(), Value::Object(answered));
    Json(json!({ "since": instant(counts.since_ms), "collect": collect, "console": of(&counts.console) }))
}

fn of(connections: &Connections) -> Map<String, Value> {
    let counts = connections.counts.iter().map(|(name, count)| ((*name).to_owned(), json!(count)));
    let now = [
        ("connected".to_owned(), json!(connections.connected)),
        ("connected_max".to_owned(), json!(connections.connected_max)),
    ];
    counts.chain(now).collect()
}
