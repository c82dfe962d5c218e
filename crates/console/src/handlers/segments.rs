//! Segments: making, changing and removing them, who is in, and why somebody is.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::{PersonId, WorkspaceId};
use policy::actions::{AskQuestion, ListPeople, ListSegments, ViewPerson, WriteSegment};
use segments::{Counted, NewSegment};
use serde::Deserialize;
use serde_json::{Value, json};
use service::{ServiceError, Services};

use super::fields::Fields;
use super::inside::{Also, Inside, instant};
use super::reply::{self, Page};
use crate::components::form::Typed;
use crate::frame::Section;
use crate::pages::segments::{self as pages, ImportedView, SegmentRow, SegmentView, SegmentsView, WhyView};
use crate::paths;
use crate::state::ConsoleState;

const NEW: [&str; 5] = ["name", "event", "times", "within", "who"];
const EDIT: [&str; 2] = ["name", "who"];
/// How many people a segment's page shows.
const PEOPLE_SHOWN: u32 = 20;
/// How many lines of a file that nobody was found by are named.
const LINES_SHOWN: usize = 20;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/segments", list)
        .post("/w/{w}/segments", make)
        .get("/w/{w}/segments/{segment}", show)
        .post("/w/{w}/segments/{segment}/edit", edit)
        .post("/w/{w}/segments/{segment}/import", import)
        .post("/w/{w}/segments/{segment}/remove", remove)
}

async fn list(
    may: Permit<ListSegments>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || listed(&state.services, &inside, workspace, (None, Typed::default()))).await
}

async fn make(
    may: Permit<WriteSegment>,
    inside: Inside,
    ask: Also<AskQuestion>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let counted = (fields.text("do") == "count").then_some(ask.0).flatten();
        let new = written(&fields);
        if let Some(ask) = counted {
            let (size, typed) = match sized(services, &ask, workspace, new) {
                Ok(size) => (Some(size), kept(&NEW, &fields)),
                Err(error) => (None, typed(&NEW, &fields, error)?),
            };
            return Ok(listed(services, &inside, workspace, (size, typed))?.into_response());
        }
        let made = new.and_then(|new| services.segments.make(may.granted(), new).map_err(ServiceError::from));
        match made {
            Ok(made) => Ok::<_, ServiceError>(
                reply::done(&paths::segment(workspace, made.segment.id), "segment-made").into_response(),
            ),
            Err(error) => {
                let typed = typed(&NEW, &fields, error)?;
                let page = listed(services, &inside, workspace, (None, typed))?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
        }
    })
    .await
}

/// What is asked for beside the segment itself. Each is a look at people: counted and entered, so neither comes unasked.
#[derive(Default, Deserialize)]
struct Asked {
    /// Why this person is in or out.
    #[serde(default)]
    person: String,
    /// Some of its people.
    #[serde(default)]
    people: String,
}

async fn show(
    may: Permit<ListSegments>,
    inside: Inside,
    (list, view): (Also<ListPeople>, Also<ViewPerson>),
    State(state): State<ConsoleState>,
    (Path((_, segment)), Query(asked)): (Path<(String, String)>, Query<Asked>),
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let mut more = More { may_list: list.0.is_some(), ..More::default() };
        if let (Some(view), Ok(person)) = (&view.0, asked.person.trim().parse::<PersonId>()) {
            more.why = Some(why(services.segment_why(view.granted(), workspace, (&segment, person))?));
        }
        if let (Some(list), false) = (&list.0, asked.people.is_empty()) {
            let page = services.segment_people(list.granted(), workspace, (&segment, None, PEOPLE_SHOWN))?;
            let line = |line: &rows::PersonLine| {
                (line.id, line.identifier.as_ref().map_or_else(String::new, |found| found.masked.clone()))
            };
            more.people = Some(page.lines.iter().map(|released| line(released)).collect());
        }
        shown(services, &inside, (workspace, &segment), more)
    })
    .await
}

async fn edit(
    may: Permit<WriteSegment>,
    inside: Inside,
    ask: Also<AskQuestion>,
    State(state): State<ConsoleState>,
    (Path((_, segment)), fields): (Path<(String, String)>, Fields),
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        if let Some(ask) = (fields.text("do") == "count").then_some(ask.0).flatten() {
            let (size, typed) = match sized(services, &ask, workspace, written(&fields)) {
                Ok(size) => (Some(size), kept(&EDIT, &fields)),
                Err(error) => (None, typed(&EDIT, &fields, error)?),
            };
            let more = More { size, typed: Some(typed), ..More::default() };
            return Ok(shown(services, &inside, (workspace, &segment), more)?.into_response());
        }
        let edited = written(&fields)
            .and_then(|new| services.segments.edit(may.granted(), &segment, new).map_err(ServiceError::from));
        match edited {
            Ok(edited) => Ok::<_, ServiceError>(
                reply::done(&paths::segment(workspace, edited.segment.id), "segment-edited").into_response(),
            ),
            Err(error) => {
                let more = More { typed: Some(typed(&EDIT, &fields, error)?), ..More::default() };
                let page = shown(services, &inside, (workspace, &segment), more)?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
        }
    })
    .await
}

async fn import(
    may: Permit<WriteSegment>,
    inside: Inside,
    State(state): State<ConsoleState>,
    (Path((_, segment)), fields): (Path<(String, String)>, Fields),
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let imported = services
            .segments
            .import(may.granted(), &segment, fields.text("file"))
            .map_err(ServiceError::from)?;
        let came = ImportedView {
            added: imported.added,
            already: imported.already,
            unknown: (imported.unknown, imported.unknown_lines.into_iter().take(LINES_SHOWN).collect()),
        };
        let more = More { imported: Some(came), ..More::default() };
        shown(services, &inside, (workspace, &segment), more)
    })
    .await
}

async fn remove(
    may: Permit<WriteSegment>,
    State(state): State<ConsoleState>,
    Path((_, segment)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        state.services.segments.remove(may.granted(), &segment)?;
        Ok::<_, ServiceError>(reply::done(&paths::segments(workspace), "segment-removed").into_response())
    })
    .await
}

/// The form says an event in fields of its own, or a whole condition.
fn written(fields: &Fields) -> Result<NewSegment, ServiceError> {
    let (event, times, within) = (fields.text("event"), fields.text("times"), fields.text("within"));
    let typed = match fields.text("who") {
        "" => None,
        text => Some(serde_json::from_str::<Value>(text).map_err(|_| wrong("who", "JSON as in a question"))?),
    };
    let did = if event.is_empty() {
        None
    } else {
        let mut did = json!({ "did": { "event": event } });
        if !times.is_empty() {
            let times: u32 = times.parse().map_err(|_| wrong("times", "a whole number"))?;
            did["times"] = json!({ "gte": times });
        }
        if !within.is_empty() {
            did["within"] = json!(within);
        }
        Some(did)
    };
    let who = match (did, typed) {
        (Some(did), Some(typed)) => Some(json!({ "all": [did, typed] })),
        (did, typed) => did.or(typed),
    };
    Ok(NewSegment { name: fields.text("name").to_owned(), who })
}

fn wrong(field: &str, fix: &str) -> ServiceError {
    ServiceError::Invalid { field: field.to_owned(), fix: fix.to_owned() }
}

fn kept(names: &[&'static str], fields: &Fields) -> Typed {
    Typed { texts: names.iter().map(|name| (*name, fields.text(name).to_owned())).collect(), wrong: None }
}

/// What was typed, with what is wrong; every other error is one.
fn typed(names: &[&'static str], fields: &Fields, error: ServiceError) -> Result<Typed, ServiceError> {
    let (field, fix) = match error {
        ServiceError::Invalid { field, fix } => (field, fix),
        ServiceError::Conflict(why) => ("name".to_owned(), why),
        other => return Err(other),
    };
    let field = if field.starts_with("who") { "who".to_owned() } else { field };
    Ok(Typed { wrong: Some((field, fix)), ..kept(names, fields) })
}

fn listed(
    services: &Services,
    inside: &Inside,
    workspace: WorkspaceId,
    (size, typed): (Option<(u64, String)>, Typed),
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Segments)?;
    let rows = services.segments.list(workspace)?.iter().map(row).collect();
    let may_write = inside.may::<WriteSegment>(&services.guard);
    Ok(Page(pages::page(&frame, &SegmentsView { rows, may_write, size, typed })))
}

/// How many people a condition would have now, and what it says in words.
fn sized(
    services: &Services,
    ask: &Permit<AskQuestion>,
    workspace: WorkspaceId,
    new: Result<NewSegment, ServiceError>,
) -> Result<(u64, String), ServiceError> {
    let who = new?.who.ok_or_else(|| wrong("who", "a list has nobody before people are added"))?;
    let size = services.segment_size(ask.granted(), workspace, &who)?;
    Ok((size.people, size.words))
}

/// What stands on a segment's page beside the segment itself.
#[derive(Default)]
struct More {
    may_list: bool,
    people: Option<Vec<(PersonId, String)>>,
    why: Option<WhyView>,
    imported: Option<ImportedView>,
    typed: Option<Typed>,
    /// How many people the condition in the form would have, and what it says.
    size: Option<(u64, String)>,
}

fn shown(
    services: &Services,
    inside: &Inside,
    (workspace, segment): (WorkspaceId, &str),
    more: More,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Segments)?;
    let found = services.segments.show(workspace, segment)?;
    let who = found.segment.who.as_ref().map(Value::to_string).unwrap_or_default();
    let texts = vec![("name", found.segment.name.clone()), ("who", who)];
    let More { may_list, people, why, imported, typed, size } = more;
    let view = SegmentView {
        row: row(&found),
        may_list,
        people,
        why,
        imported,
        size,
        may_write: inside.may::<WriteSegment>(&services.guard),
        typed: typed.unwrap_or(Typed { texts, wrong: None }),
    };
    Ok(Page(pages::segment_page(&frame, &view)))
}

fn row(of: &Counted) -> SegmentRow {
    let Counted { segment, state, people, percent } = of;
    SegmentRow {
        id: segment.id,
        name: segment.name.clone(),
        words: segment.words(),
        list: segment.is_list(),
        state: state.as_str(),
        percent: *percent,
        people: *people,
        version: segment.version,
        changed: instant(segment.made_ms),
    }
}

fn why(of: segments::why::Why) -> WhyView {
    WhyView {
        person: of.person,
        is_in: of.is_in,
        since: of.since.map(|(since_ms, reason)| (instant(since_ms), reason)),
        again: of.next_ms.map(instant),
        parts: of.parts.into_iter().map(|part| (part.depth, part.words, part.met, part.counted)).collect(),
    }
}
