//! `/api/v1/status`: what operators publish on the public status page, which stands at the collect door.

use axum::Json;
use axum::extract::State;
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use incident::status::{NewUpdate, Update};
use model::IncidentId;
use policy::actions::{PublishStatus, ReadInstallationIncidents};
use serde::Deserialize;
use serde_json::{Value, json};
use service::status::state_of;

use crate::input::Input;
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console).get("/api/v1/status", list).post("/api/v1/status", publish)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Publish {
    state: String,
    title: String,
    text: String,
    /// The number of the matter that it goes on with.
    matter: Option<i64>,
    /// The incident of which it tells: the workspaces that were told of that hear of it too.
    incident: Option<IncidentId>,
}

fn view(update: Update) -> Value {
    json!({
        "id": update.id, "matter": update.matter, "state": update.state, "title": update.title,
        "text": update.text, "at": instant(update.at_ms),
    })
}

async fn list(
    _may: Permit<ReadInstallationIncidents>,
    State(state): State<ApiState>,
) -> Result<Json<List<Value>>, Problem> {
    let found = blocking(move || state.services.published()).await?;
    Ok(Json(List::whole(found.into_iter().map(view).collect())))
}

async fn publish(
    may: Permit<PublishStatus>,
    State(state): State<ApiState>,
    Input(publish): Input<Publish>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Publish { state: word, title, text, matter, incident } = publish;
    let update = blocking(move || {
        let new = NewUpdate { matter, incident, state: state_of(&word)?, title, text };
        state.services.publish_status(may.granted(), &new)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(view(update))))
}
