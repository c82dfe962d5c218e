//! `POST …/workspaces/{w}/questions`: a question in, its answer out, as JSON or as a file; `GET` takes the question in the
//! address, for links.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use exchange::ExchangeError;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use policy::actions::{AskQuestion, ReadEvents};
use question::{Answer, Question};
use serde::Deserialize;
use service::ServiceError;
use service::questions::read;

use crate::input::{Query, Raw};
use crate::state::ApiState;

/// What an answer may be given as.
const KINDS: &[&str] =
    &["application/json", "text/csv", "application/vnd.apache.parquet", "application/vnd.apache.arrow.file"];

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .post("/api/v1/workspaces/{w}/questions", ask)
        .giving(KINDS)
        .get("/api/v1/workspaces/{w}/questions", linked)
        .giving(KINDS)
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct As {
    format: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Linked {
    question: String,
    format: Option<String>,
}

async fn ask(
    may: Permit<AskQuestion>,
    State(state): State<ApiState>,
    Query(query): Query<As>,
    Raw(document): Raw,
) -> Result<Response, Problem> {
    answered(may, state, query.format.as_deref(), document.to_vec()).await
}

async fn linked(
    may: Permit<AskQuestion>,
    State(state): State<ApiState>,
    Query(query): Query<Linked>,
) -> Result<Response, Problem> {
    answered(may, state, query.format.as_deref(), query.question.into_bytes()).await
}

async fn answered(
    may: Permit<AskQuestion>,
    state: ApiState,
    format: Option<&str>,
    document: Vec<u8>,
) -> Result<Response, Problem> {
    let written: fn(&Answer) -> Result<Response, ServiceError> = match format {
        None | Some("json") => |answer| Ok(axum::Json(answer).into_response()),
        Some("csv") => |answer| Ok(file(("text/csv; charset=utf-8", "csv"), exchange::answer_csv(answer))),
        Some("parquet") => |answer| table((KINDS[2], "parquet"), |out| exchange::write_parquet(answer, out)),
        Some("arrow") => |answer| table((KINDS[3], "arrow"), |out| exchange::write_arrow(answer, out)),
        Some(_) => return Err(Problem::invalid("format", "write `json`, `csv`, `parquet` or `arrow`")),
    };
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let answer = match read(&document)? {
            Question::Sql(sql) => {
                let events = may.also::<ReadEvents>(&services.guard)?;
                services.ask_sql(events.granted(), workspace, &sql)?
            }
            question => services.ask(may.granted(), workspace, &question)?,
        };
        Ok::<_, Problem>(written(&answer)?)
    })
    .await
}

fn table(
    kind: (&'static str, &str),
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), ExchangeError>,
) -> Result<Response, ServiceError> {
    let mut bytes = Vec::new();
    write(&mut bytes).map_err(ServiceError::broke)?;
    Ok(file(kind, bytes))
}

fn file((kind, ending): (&'static str, &str), body: impl IntoResponse) -> Response {
    let name = format!("attachment; filename=\"answer.{ending}\"");
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)], body).into_response()
}
