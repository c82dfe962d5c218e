//! Purges: a dry run, an order with a touch, and what came of it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::PurgeId;
use policy::actions::{BeginPurge, ReadEvents, ReadShield};
use purge::{Asked, Purge, Step};
use serde_json::{Value, json};
use service::{ServiceError, Services};

use super::fields::Fields;
use super::inside::{Inside, instant};
use super::reply::{self, Page};
use crate::frame::Section;
use crate::pages::purges::{self, CountedView, FIELDS, PurgeRow, PurgeView, PurgesView};
use crate::paths;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/quality/purges", list)
        .post("/w/{w}/quality/purges", begin)
        .post("/w/{w}/quality/purges/count", count)
        .get("/w/{w}/quality/purges/{purge}", show)
}

async fn list(
    may: Permit<ReadShield>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let found = state.services.purges(may.granted(), workspace)?;
        shown(&state.services, &inside, found, Answer::default())
    })
    .await
}

async fn count(
    may: Permit<ReadEvents>,
    inside: Inside,
    list: Permit<ReadShield>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let counted = asked(&fields).and_then(|asked| services.count_purge(may.granted(), workspace, &asked));
        let found = services.purges(list.granted(), workspace)?;
        match counted {
            Ok(counted) => {
                let counted = CountedView {
                    events: counted.events,
                    people: counted.people,
                    complete: counted.is_whole(),
                    span: counted.span_ms.map(|(first, last)| (instant(first), instant(last))),
                    properties: counted.properties,
                };
                let answer = Answer { typed: typed(&fields), counted: Some(counted), wrong: None };
                Ok(shown(services, &inside, found, answer)?.into_response())
            }
            Err(error) => refused(services, &inside, found, (&fields, error)),
        }
    })
    .await
}

async fn begin(
    may: Permit<BeginPurge>,
    inside: Inside,
    list: Permit<ReadShield>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        match asked(&fields).and_then(|asked| services.begin_purge(may.granted(), workspace, &asked)) {
            Ok(made) => Ok(reply::done(&paths::purge(workspace, made.id), "purge-ordered").into_response()),
            Err(error) => {
                let found = services.purges(list.granted(), workspace)?;
                refused(services, &inside, found, (&fields, error))
            }
        }
    })
    .await
}

async fn show(
    may: Permit<ReadShield>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Path((_, purge)): Path<(String, String)>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    let id: PurgeId = purge.parse().map_err(|_| Problem::not_found())?;
    blocking(move || {
        let found = state.services.purge(may.granted(), workspace, id)?;
        let frame = inside.frame(&state.services, Section::Quality)?;
        let report = found.report.as_deref().and_then(|report| serde_json::from_str(report).ok());
        let view = PurgeView { note: found.note.clone(), entry: found.entry, report, row: row(found) };
        Ok::<_, ServiceError>(Page(purges::one(&frame, &view)))
    })
    .await
}

/// What the page says beside the list.
#[derive(Default)]
struct Answer {
    typed: Vec<(&'static str, String)>,
    counted: Option<CountedView>,
    wrong: Option<(String, String)>,
}

fn refused(
    services: &Services,
    inside: &Inside,
    found: Vec<Purge>,
    (fields, error): (&Fields, ServiceError),
) -> Result<Response, ServiceError> {
    let wrong = match error {
        ServiceError::Invalid { field, fix } => (field, fix),
        ServiceError::Conflict(why) => ("purge".to_owned(), why),
        other => return Err(other),
    };
    let answer = Answer { typed: typed(fields), counted: None, wrong: Some(wrong) };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(services, inside, found, answer)?).into_response())
}

fn shown(
    services: &Services,
    inside: &Inside,
    found: Vec<Purge>,
    answer: Answer,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Quality)?;
    let Answer { typed, counted, wrong } = answer;
    let view = PurgesView {
        purges: found.into_iter().map(row).collect(),
        may_begin: inside.may::<BeginPurge>(&services.guard),
        typed,
        wrong,
        counted,
    };
    Ok(Page(purges::page(&frame, &view)))
}

fn typed(fields: &Fields) -> Vec<(&'static str, String)> {
    FIELDS.map(|name| (name, fields.text(name).to_owned())).into()
}

/// The form as the API takes it; whatever is wrong with it is told by the same check.
fn asked(fields: &Fields) -> Result<Asked, ServiceError> {
    let mut conditions = serde_json::Map::new();
    let mut put = |name: &str, value: Value| conditions.insert(name.to_owned(), value);
    for name in ["property", "shield", "event", "person", "source"] {
        if !fields.text(name).is_empty() {
            put(name, json!(fields.text(name)));
        }
    }
    for name in ["from", "to"] {
        let text = fields.text(name);
        if !text.is_empty() {
            let is_day = !text.contains('T');
            put(name, json!(if is_day { format!("{text}T00:00:00Z") } else { text.to_owned() }));
        }
    }
    if !fields.text("value").is_empty() {
        put("value", json!({ "text": fields.text("value"), "within": fields.text("within") != "no" }));
    }
    if !fields.text("sdk").is_empty() {
        let version = |name| Some(fields.text(name)).filter(|version| !version.is_empty());
        put(
            "sdk",
            json!({ "name": fields.text("sdk"), "from": version("sdk_from"), "to": version("sdk_to") }),
        );
    }
    let asked =
        json!({ "where": conditions, "remove": fields.text("remove"), "reason": fields.text("reason") });
    serde_json::from_value(asked).map_err(|_| ServiceError::Invalid {
        field: "form".to_owned(),
        fix: "ids as p_… and src_…, days as 2026-08-01, instants as 2026-08-01T12:00:00Z".to_owned(),
    })
}

fn row(purge: Purge) -> PurgeRow {
    let step = match purge.step {
        Step::Ordered => "waits for what came before it".to_owned(),
        Step::Done => "done".to_owned(),
        Step::Failed => "could not be carried out".to_owned(),
        step if purge.whole > 0 => format!("{} {} of {}", words(step), purge.at, purge.whole),
        step => words(step).to_owned(),
    };
    PurgeRow {
        id: purge.id,
        asked: in_words(&purge.shown),
        by: purge.principal,
        ordered: instant(purge.created_ms),
        step,
        done: purge.step == Step::Done,
    }
}

fn words(step: Step) -> &'static str {
    match step {
        Step::Ordered => "ordered",
        Step::Finding => "looks for it",
        Step::People => "people and vault",
        Step::Journal => "journal files",
        Step::Store => "archive",
        Step::Closing => "closing",
        Step::Done => "done",
        Step::Failed => "failed",
    }
}

/// What was asked for, as a line: `property of property properties.note, value hidden`.
fn in_words(shown: &Value) -> String {
    let mut words = format!("remove the {} where", shown["remove"].as_str().unwrap_or_default());
    let conditions = shown["where"].as_object();
    for (index, (name, value)) in conditions.into_iter().flatten().enumerate() {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Object(fields) if name == "value" => {
                let within = fields.get("within").and_then(Value::as_bool).unwrap_or_default();
                if within { "hidden, also inside texts".to_owned() } else { "hidden".to_owned() }
            }
            other => other.to_string(),
        };
        words.push_str(&format!("{} {name} is {value}", if index == 0 { "" } else { "," }));
    }
    words
}
