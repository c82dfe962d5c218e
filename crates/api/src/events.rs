//! `…/workspaces/{w}/events`: what arrived, newest first, as stored.

use axum::Json;
use axum::extract::State;
use door::{DoorName, Permit, Problem, Routes, blocking};
use model::{Finding, PersonId};
use policy::actions::ReadEvents;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use service::events::Wanted;
use store::StoredEvent;

use crate::input::Query;
use crate::state::ApiState;
use crate::view::{List, instant, instant_of};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console).get("/api/v1/workspaces/{w}/events", list)
}

/// How many events a page has when nobody says.
const LIMIT_DEFAULT: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventsQuery {
    person: Option<String>,
    event: Option<String>,
    from: Option<String>,
    to: Option<String>,
    limit: Option<usize>,
    after: Option<String>,
}

/// An event as the outside sees it.
#[derive(Debug, Serialize)]
pub struct EventView {
    message_id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    event: String,
    time: String,
    received_at: String,
    source: String,
    /// `null`: of nobody, such as a program's.
    person: Option<String>,
    properties: Box<RawValue>,
    traits: Box<RawValue>,
    context: Box<RawValue>,
    findings: Vec<FindingView>,
}

/// What the shield did to an event: where and what, never the value.
#[derive(Debug, Serialize)]
pub struct FindingView {
    path: String,
    class: &'static str,
    rule: String,
    done: &'static str,
}

impl From<Finding> for FindingView {
    fn from(finding: Finding) -> Self {
        let done = match finding.class.sensitivity() {
            model::Sensitivity::Secret => "removed",
            model::Sensitivity::Personal => "sealed",
        };
        Self { path: finding.path, class: finding.class.as_str(), rule: finding.rule, done }
    }
}

impl EventView {
    /// The view of a stored event of `person`.
    pub fn new(event: StoredEvent, person: Option<PersonId>) -> Self {
        Self {
            message_id: event.message_id,
            kind: event.kind.as_str(),
            event: event.name,
            time: instant(event.time_ms),
            received_at: instant(event.received_ms),
            source: event.source.to_string(),
            person: person.map(|id| id.to_string()),
            properties: raw(event.properties),
            traits: raw(event.traits),
            context: raw(event.context),
            findings: event.findings.into_iter().map(FindingView::from).collect(),
        }
    }
}

fn raw(object: String) -> Box<RawValue> {
    RawValue::from_string(object).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

async fn list(
    may: Permit<ReadEvents>,
    State(state): State<ApiState>,
    Query(query): Query<EventsQuery>,
) -> Result<Json<List<EventView>>, Problem> {
    let workspace = may.workspace()?;
    let wanted = wanted(query)?;
    let page = blocking(move || state.services.events(may.granted(), workspace, &wanted)).await?;
    let items = page.items.into_iter().map(|(event, person)| EventView::new(event, person)).collect();
    Ok(Json(List { items, next: page.next }))
}

pub(crate) fn wanted(query: EventsQuery) -> Result<Wanted, Problem> {
    Ok(Wanted {
        person: query
            .person
            .map(|text| {
                text.parse::<PersonId>().map_err(|_| Problem::invalid("person", "write a person's id (p_…)"))
            })
            .transpose()?,
        event: query.event,
        from_ms: instant_of("from", query.from)?,
        to_ms: instant_of("to", query.to)?,
        limit: query.limit.unwrap_or(LIMIT_DEFAULT),
        after: query.after,
    })
}
