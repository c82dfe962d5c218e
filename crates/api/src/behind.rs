//! `POST …/workspaces/{w}/questions/people`: the people behind a number of an answer, masked, page by page.

use axum::Json;
use axum::extract::State;
use door::{DoorName, Permit, Problem, Routes, blocking};
use model::PersonId;
use policy::actions::{AskQuestion, ListPeople};
use rows::{PersonLine, Released};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::behind::Number;

use crate::input::Input;
use crate::state::ApiState;

/// How many people come if nothing is said.
const LIMIT: u32 = 50;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console).post("/api/v1/workspaces/{w}/questions/people", people)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    question: Value,
    of: Value,
    limit: Option<u32>,
    after: Option<PersonId>,
}

/// A page, and how many there are in all.
#[derive(Serialize)]
struct Page {
    people: u64,
    items: Vec<Released<PersonLine>>,
    next: Option<PersonId>,
}

async fn people(
    list: Permit<ListPeople>,
    ask: Permit<AskQuestion>,
    State(state): State<ApiState>,
    Input(Asked { question, of, limit, after }): Input<Asked>,
) -> Result<Json<Page>, Problem> {
    let workspace = list.workspace()?;
    let found = blocking(move || {
        let number = Number { question: &question, of: &of, after, limit: limit.unwrap_or(LIMIT) };
        state.services.people_behind((ask.granted(), list.granted()), workspace, number)
    })
    .await?;
    Ok(Json(Page { people: found.people, items: found.lines, next: found.next }))
}
