//! `…/workspaces/{w}/people`: profiles, masked, and one value at a time in clear, which come from the row-writer alone; and what
//! members decide about who is who.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::header;
use model::PersonId;
use policy::actions::{DecideConsent, DecideIdentity, ListPeople, ReadEvents, RevealTrait, ViewPerson};
use rows::{ConsentView, PairLine, PersonLine, PersonView, Released, TraitHistoryView};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use service::ServiceError;
use service::events::Wanted;
use service::identity::{NewConsent, Ordered};
use service::timeline::{Line, Moment, What};

use crate::events::EventView;
use crate::input::{Input, Query};
use crate::state::ApiState;
use crate::view::{List, Page, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/people", list)
        .get("/api/v1/workspaces/{w}/people/suggestions", suggestions)
        .get("/api/v1/workspaces/{w}/people/apart", kept_apart)
        .post("/api/v1/workspaces/{w}/people/apart", keep_apart)
        .post("/api/v1/workspaces/{w}/people/apart/lift", lift)
        .post("/api/v1/workspaces/{w}/people/merge", merge)
        .post("/api/v1/workspaces/{w}/people/unmerge", unmerge)
        .get("/api/v1/workspaces/{w}/people/{person}", view)
        .get("/api/v1/workspaces/{w}/people/{person}/events", events)
        .get("/api/v1/workspaces/{w}/people/{person}/timeline", timeline)
        .get("/api/v1/workspaces/{w}/people/{person}/traits/{name}", trait_history)
        .post("/api/v1/workspaces/{w}/people/{person}/reveal", reveal)
        .get("/api/v1/workspaces/{w}/people/{person}/consent", consent)
        .post("/api/v1/workspaces/{w}/people/{person}/consent", enter_consent)
}

async fn list(
    may: Permit<ListPeople>,
    State(state): State<ApiState>,
    Query(page): Query<Page>,
) -> Result<Json<List<Released<PersonLine>>>, Problem> {
    let workspace = may.workspace()?;
    let after = page
        .after
        .map(|text| {
            text.parse::<PersonId>()
                .map_err(|_| Problem::invalid("after", "use the `next` of the page before"))
        })
        .transpose()?;
    let limit = u32::try_from(page.limit.unwrap_or(50)).unwrap_or(u32::MAX);
    let found = blocking(move || {
        state.services.rows.list(may.granted(), workspace, limit, after).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(List { items: found.lines, next: found.next.map(|id| id.to_string()) }))
}

async fn view(
    may: Permit<ViewPerson>,
    State(state): State<ApiState>,
    Path((_, person)): Path<(String, String)>,
) -> Result<Json<Released<PersonView>>, Problem> {
    let workspace = may.workspace()?;
    let id: PersonId = person.parse().map_err(|_| Problem::not_found())?;
    let found = blocking(move || {
        state.services.rows.person(may.granted(), workspace, id).map_err(ServiceError::from)
    })
    .await?;
    found.map(Json).ok_or_else(Problem::not_found)
}

async fn events(
    may: Permit<ReadEvents>,
    State(state): State<ApiState>,
    Path((_, person)): Path<(String, String)>,
    Query(page): Query<Page>,
) -> Result<Json<List<EventView>>, Problem> {
    let workspace = may.workspace()?;
    let id: PersonId = person.parse().map_err(|_| Problem::not_found())?;
    let wanted =
        Wanted { person: Some(id), limit: page.limit.unwrap_or(100), after: page.after, ..Wanted::default() };
    let found = blocking(move || state.services.events(may.granted(), workspace, &wanted)).await?;
    let items = found.items.into_iter().map(|(event, person)| EventView::new(event, person)).collect();
    Ok(Json(List { items, next: found.next }))
}

/// What they did and what happened to who they are, in one order: a look at the person and one at events.
async fn timeline(
    read: Permit<ReadEvents>,
    view: Permit<ViewPerson>,
    State(state): State<ApiState>,
    Path((_, person)): Path<(String, String)>,
    Query(page): Query<Page>,
) -> Result<Json<List<Value>>, Problem> {
    let workspace = read.workspace()?;
    let id: PersonId = person.parse().map_err(|_| Problem::not_found())?;
    let (limit, after) = (page.limit.unwrap_or(100), page.after);
    let found = blocking(move || {
        state.services.timeline((view.granted(), read.granted()), workspace, id, (limit, after))
    })
    .await?;
    Ok(Json(List { items: found.lines.into_iter().map(line).collect(), next: found.next }))
}

fn line(line: Line) -> Value {
    let at = instant(line.at_ms());
    match line {
        Line::Event(event, person) => {
            json!({ "at": at, "what": "event", "event": EventView::new(*event, person) })
        }
        Line::Moment(Moment { what, why, .. }) => match what {
            What::Identified { kind, masked } => {
                json!({ "at": at, "what": "identified", "kind": kind, "masked": masked, "why": why })
            }
            What::Merged(person) => json!({ "at": at, "what": "merged", "person": person, "why": why }),
            What::Separated(person) => json!({ "at": at, "what": "separated", "person": person, "why": why }),
        },
    }
}

/// One trait and what it was.
async fn trait_history(
    may: Permit<ViewPerson>,
    State(state): State<ApiState>,
    Path((_, person, name)): Path<(String, String, String)>,
) -> Result<Json<Released<TraitHistoryView>>, Problem> {
    let workspace = may.workspace()?;
    let id: PersonId = person.parse().map_err(|_| Problem::not_found())?;
    let found = blocking(move || {
        let rows = &state.services.rows;
        rows.trait_history(may.granted(), workspace, (id, &name)).map_err(ServiceError::from)
    })
    .await?;
    found.map(Json).ok_or_else(Problem::not_found)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reveal {
    field: String,
    reason: String,
}

/// One value in clear; nothing between here and the one who asked may keep it.
async fn reveal(
    may: Permit<RevealTrait>,
    State(state): State<ApiState>,
    Path((_, person)): Path<(String, String)>,
    Input(Reveal { field, reason }): Input<Reveal>,
) -> Result<impl IntoResponse, Problem> {
    let workspace = may.workspace()?;
    let id: PersonId = person.parse().map_err(|_| Problem::not_found())?;
    let found = blocking(move || {
        let rows = &state.services.rows;
        rows.reveal(may.granted(), (workspace, id), &field, &reason).map_err(ServiceError::from)
    })
    .await?;
    let found = found.ok_or_else(Problem::not_found)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(found)))
}

/// What a person agreed to, with what they said before: a look at them.
async fn consent(
    may: Permit<ViewPerson>,
    State(state): State<ApiState>,
    Path((_, person)): Path<(String, String)>,
) -> Result<Json<List<Released<ConsentView>>>, Problem> {
    let workspace = may.workspace()?;
    let id: PersonId = person.parse().map_err(|_| Problem::not_found())?;
    let found = blocking(move || {
        state.services.rows.consent(may.granted(), workspace, id).map_err(ServiceError::from)
    })
    .await?;
    found.map(|found| Json(List::whole(found))).ok_or_else(Problem::not_found)
}

async fn enter_consent(
    may: Permit<DecideConsent>,
    State(state): State<ApiState>,
    Path((_, person)): Path<(String, String)>,
    Input(new): Input<NewConsent>,
) -> Result<Json<OrderedView>, Problem> {
    let workspace = may.workspace()?;
    let id: PersonId = person.parse().map_err(|_| Problem::not_found())?;
    let done = blocking(move || state.services.decide_consent(may.granted(), workspace, id, &new)).await?;
    Ok(Json(done.into()))
}

async fn suggestions(
    may: Permit<ListPeople>,
    State(state): State<ApiState>,
) -> Result<Json<List<Released<PairLine>>>, Problem> {
    let workspace = may.workspace()?;
    let found = blocking(move || {
        state.services.rows.suggestions(may.granted(), workspace).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(List::whole(found)))
}

async fn kept_apart(
    may: Permit<ListPeople>,
    State(state): State<ApiState>,
) -> Result<Json<List<Released<PairLine>>>, Problem> {
    let workspace = may.workspace()?;
    let found = blocking(move || {
        state.services.rows.kept_apart(may.granted(), workspace).map_err(ServiceError::from)
    })
    .await?;
    Ok(Json(List::whole(found)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MergePeople {
    into: PersonId,
    from: PersonId,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnmergePeople {
    from: PersonId,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TwoPeople {
    one: PersonId,
    other: PersonId,
    reason: String,
}

/// Where the order stands in the journal, and whether it is carried out already.
#[derive(Serialize)]
struct OrderedView {
    offset: u64,
    done: bool,
}

impl From<Ordered> for OrderedView {
    fn from(Ordered { offset, done }: Ordered) -> Self {
        Self { offset, done }
    }
}

async fn merge(
    may: Permit<DecideIdentity>,
    State(state): State<ApiState>,
    Input(MergePeople { into, from, reason }): Input<MergePeople>,
) -> Result<Json<OrderedView>, Problem> {
    let workspace = may.workspace()?;
    let people = (into, from);
    let done =
        blocking(move || state.services.merge_people(may.granted(), workspace, people, &reason)).await?;
    Ok(Json(done.into()))
}

async fn unmerge(
    may: Permit<DecideIdentity>,
    State(state): State<ApiState>,
    Input(UnmergePeople { from, reason }): Input<UnmergePeople>,
) -> Result<Json<OrderedView>, Problem> {
    let workspace = may.workspace()?;
    let done =
        blocking(move || state.services.unmerge_people(may.granted(), workspace, from, &reason)).await?;
    Ok(Json(done.into()))
}

async fn keep_apart(
    may: Permit<DecideIdentity>,
    State(state): State<ApiState>,
    Input(TwoPeople { one, other, reason }): Input<TwoPeople>,
) -> Result<Json<OrderedView>, Problem> {
    let workspace = may.workspace()?;
    let which = ([one, other], true);
    let done = blocking(move || state.services.keep_apart(may.granted(), workspace, which, &reason)).await?;
    Ok(Json(done.into()))
}

async fn lift(
    may: Permit<DecideIdentity>,
    State(state): State<ApiState>,
    Input(TwoPeople { one, other, reason }): Input<TwoPeople>,
) -> Result<Json<OrderedView>, Problem> {
    let workspace = may.workspace()?;
    let which = ([one, other], false);
    let done = blocking(move || state.services.keep_apart(may.granted(), workspace, which, &reason)).await?;
    Ok(Json(done.into()))
}
