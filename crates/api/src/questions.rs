//! `POST …/workspaces/{w}/questions`: a question in, its answer out.

use axum::Json;
use axum::extract::State;
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::AskQuestion;
use question::Answer;

use crate::input::Raw;
use crate::state::ApiState;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console).post("/api/v1/workspaces/{w}/questions", ask)
}

async fn ask(
    may: Permit<AskQuestion>,
    State(state): State<ApiState>,
    Raw(document): Raw,
) -> Result<Json<Answer>, Problem> {
    let workspace = may.workspace()?;
    Ok(Json(blocking(move || state.services.ask(may.granted(), workspace, &document)).await?))
}
