//! `POST …/workspaces/{w}/questions`: a question in, its answer out.

use axum::Json;
use axum::extract::State;
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::{AskQuestion, ReadEvents};
use question::{Answer, Question};
use service::questions::read;

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
    let answer = blocking(move || {
        let services = &state.services;
        match read(&document)? {
            Question::Sql(sql) => {
                let events = may.also::<ReadEvents>(&services.guard)?;
                Ok(services.ask_sql(events.granted(), workspace, &sql)?)
            }
            question => Ok::<_, Problem>(services.ask(may.granted(), workspace, &question)?),
        }
    });
    Ok(Json(answer.await?))
}
