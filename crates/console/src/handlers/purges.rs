//! Purges: a dry run, an order with a touch, and what came of it.

use std::str::FromStr;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use jiff::Timestamp;
use model::PurgeId;
use policy::actions::{BeginPurge, ReadEvents, ReadShield};
use purge::selector::{Conditions, SdkCondition, ValueCondition};
use purge::{Asked, Purge, Remove, Step};
use serde_json::Value;
use service::{ServiceError, Services};

use super::fields::Fields;
use super::inside::{Inside, instant};
use super::reply::Page;
use super::view::{NOT_A_MOMENT, parse_moment};
use crate::components::form::Typed;
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
        shown(&state.services, &inside, found, (Typed::default(), None))
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
                let typed = Typed { texts: texts(&fields), wrong: None };
                Ok(shown(services, &inside, found, (typed, Some(counted)))?.into_response())
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
            Ok(made) => Ok(inside.asked().anew(&paths::purge(workspace, made.id), "purge-ordered")),
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

/// The page once more, with what was typed and what is wrong with it by the form's own names.
fn refused(
    services: &Services,
    inside: &Inside,
    found: Vec<Purge>,
    (fields, error): (&Fields, ServiceError),
) -> Result<Response, ServiceError> {
    let wrong = match error {
        ServiceError::Invalid { field, fix } => {
            let name = match field.trim_start_matches("where.") {
                "value.text" => "value",
                "sdk.name" => "sdk",
                "sdk.from" => "sdk_from",
                "sdk.to" => "sdk_to",
                "where" => "property",
                name => name,
            };
            (name.to_owned(), fix)
        }
        ServiceError::Conflict(why) => ("purge".to_owned(), why),
        other => return Err(other),
    };
    let typed = Typed { texts: texts(fields), wrong: Some(wrong) };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(services, inside, found, (typed, None))?).into_response())
}

fn shown(
    services: &Services,
    inside: &Inside,
    found: Vec<Purge>,
    (typed, counted): (Typed, Option<CountedView>),
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Quality)?;
    let view = PurgesView {
        purges: found.into_iter().map(row).collect(),
        may_begin: inside.may::<BeginPurge>(&services.guard),
        typed,
        counted,
    };
    Ok(Page(purges::page(&frame, &view)))
}

fn texts(fields: &Fields) -> Vec<(&'static str, String)> {
    FIELDS.map(|(name, _)| (name, fields.text(name).to_owned())).into()
}

/// The form as the API takes it; what can only be wrong in a form is told here, the rest by the same check as the API's.
fn asked(fields: &Fields) -> Result<Asked, ServiceError> {
    let given = |name: &str| Some(fields.text(name)).filter(|text| !text.is_empty());
    let text = |name: &str| given(name).map(str::to_owned);
    let sdk = given("sdk").map(|name| SdkCondition {
        name: name.to_owned(),
        from: text("sdk_from"),
        to: text("sdk_to"),
    });
    if sdk.is_none() && (given("sdk_from").is_some() || given("sdk_to").is_some()) {
        return Err(invalid("sdk", "name the library whose versions they are"));
    }
    let value = given("value")
        .map(|text| ValueCondition { text: text.to_owned(), within: fields.text("within") != "no" });
    let conditions = Conditions {
        person: parsed("person", given("person"), "write a person's id as it stands on their page: p_…")?,
        source: parsed("source", given("source"), "write a source's id as the interface gives it: src_…")?,
        from: moment("from", given("from"))?,
        to: moment("to", given("to"))?,
        event: text("event"),
        property: text("property"),
        shield: text("shield"),
        value,
        sdk,
    };
    let remove = match fields.text("remove") {
        "event" => Remove::Event,
        "person" => Remove::Person,
        _ => Remove::Property,
    };
    Ok(Asked { conditions, remove, reason: fields.text("reason").to_owned() })
}

fn parsed<T: FromStr>(field: &str, text: Option<&str>, fix: &str) -> Result<Option<T>, ServiceError> {
    text.map(|text| text.parse().map_err(|_| invalid(field, fix))).transpose()
}

fn moment(field: &str, text: Option<&str>) -> Result<Option<Timestamp>, ServiceError> {
    let wrong = || invalid(field, NOT_A_MOMENT);
    text.map(|text| parse_moment(text).ok_or_else(wrong)).transpose()
}

fn invalid(field: &str, fix: &str) -> ServiceError {
    ServiceError::Invalid { field: field.to_owned(), fix: fix.to_owned() }
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
