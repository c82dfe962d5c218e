//! People, masked. Their rows come from the row-writer alone.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::{PersonId, WorkspaceId};
use policy::actions::{
    DecideConsent, DecideIdentity, ListMembers, ListPeople, ListSources, ReadEvents, RevealTrait, ViewPerson,
};
use rows::{ChangeView, ComputedView, PersonLine, PersonView as Row, TraitView};
use serde::Deserialize;
use serde_json::Value;
use service::timeline::{Line, Moment, Timeline, What};
use service::{ServiceError, Services};

use super::consent::consent_view;
use super::fields::Fields;
use super::identity::joined_view;
use super::inside::{Also, Inside, instant};
use super::reply::Page;
use super::view::{MemberNames, SourceNames, event_view};
use crate::components::event::short;
use crate::components::form::Typed;
use crate::components::table::Pager;
use crate::frame::Section;
use crate::pages::consent::ConsentView;
use crate::pages::joined::JoinedView;
use crate::pages::people::{self, PeopleView, PersonRow};
use crate::pages::person::{self, ChangeRow, HistoryView, PersonView, RevealView, TraitRow};
use crate::paths;
use crate::state::ConsoleState;

/// How many people a page has.
const PEOPLE_MAX: u32 = 50;
/// How many events of a person a page has.
const EVENTS_MAX: usize = 100;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/people", list)
        .post("/w/{w}/people", find)
        .get("/w/{w}/people/{person}", view)
        .post("/w/{w}/people/{person}/reveal", reveal)
}

#[derive(Default, Deserialize)]
struct PageQuery {
    #[serde(default)]
    after: String,
}

#[derive(Default, Deserialize)]
struct PersonQuery {
    #[serde(default)]
    after: String,
    /// The trait whose earlier values are shown: a look of its own, so it does not come unasked.
    #[serde(default, rename = "trait")]
    of: String,
}

/// Whoever may look at single people finds them here; who may page through them sees the list, too.
async fn list(
    _may: Permit<ViewPerson>,
    inside: Inside,
    extras: (Also<ListPeople>, Also<ListSources>),
    State(state): State<ConsoleState>,
    Query(query): Query<PageQuery>,
) -> Result<Page, Problem> {
    let after = match query.after.as_str() {
        "" => None,
        text => Some(text.parse::<PersonId>().map_err(|_| Problem::not_found())?),
    };
    blocking(move || listed(&state.services, &inside, &extras, after, false)).await
}

async fn find(
    may: Permit<ViewPerson>,
    inside: Inside,
    extras: (Also<ListPeople>, Also<ListSources>),
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || match state.services.find_person(may.granted(), workspace, fields.text("find"))? {
        Some(id) => Ok(Redirect::to(&paths::person(workspace, id)).into_response()),
        None => listed(&state.services, &inside, &extras, None, true).map(Page::into_response),
    })
    .await
}

fn listed(
    services: &Services,
    inside: &Inside,
    (list, sources): &(Also<ListPeople>, Also<ListSources>),
    after: Option<PersonId>,
    missed: bool,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::People)?;
    let workspace =
        frame.workspace.as_ref().map(|badge| badge.id).ok_or(ServiceError::NotFound { what: "workspace" })?;
    let curl =
        SourceNames::read(services, sources.0.as_ref(), workspace)?.curl_line(&services.about.collect_url);
    let view = match &list.0 {
        Some(list) if !missed => {
            let page = services.rows.list(list.granted(), workspace, PEOPLE_MAX, after)?;
            let total = services.people_count(list.granted(), workspace)?;
            let here = paths::people(workspace);
            let pager = Pager {
                first: after.map(|_| here.clone()),
                next: page.next.map(|next| paths::with_query(&here, &[("after", &next.to_string())])),
                shown: format!("{} of {total}", page.lines.len()),
            };
            PeopleView {
                people: page.lines.iter().map(|line| person_row(line)).collect(),
                total: Some(total),
                missed,
                pager,
                curl,
            }
        }
        _ => PeopleView { people: Vec::new(), total: None, missed, pager: Pager::default(), curl },
    };
    Ok(Page(people::page(&frame, &view)))
}

pub(super) fn person_row(line: &PersonLine) -> PersonRow {
    PersonRow {
        id: line.id,
        identifier: line.identifier.as_ref().map(|found| (words(&found.kind), found.masked.clone())),
        events: line.events,
        first: instant(line.first_seen_ms),
        last: instant(line.last_seen_ms),
    }
}

async fn view(
    may: Permit<ViewPerson>,
    inside: Inside,
    extras: Extras,
    State(state): State<ConsoleState>,
    (Path((_, id)), Query(query)): (Path<(String, String)>, Query<PersonQuery>),
) -> Result<Page, Problem> {
    let id: PersonId = id.parse().map_err(|_| Problem::not_found())?;
    blocking(move || {
        let shown = Shown { may: &may, inside: &inside, extras: &extras };
        shown.page(&state.services, (id, &query.after, &query.of), Told::default())
    })
    .await
}

/// One value in clear, on the page of its person.
async fn reveal(
    may: Permit<RevealTrait>,
    inside: Inside,
    (view, extras): (Permit<ViewPerson>, Extras),
    State(state): State<ConsoleState>,
    (Path((_, id)), fields): (Path<(String, String)>, Fields),
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    let id: PersonId = id.parse().map_err(|_| Problem::not_found())?;
    blocking(move || {
        let services = &state.services;
        let (field, reason) = (fields.text("field"), fields.text("reason"));
        let revealed = services.rows.reveal(may.granted(), (workspace, id), field, reason);
        let shown = Shown { may: &view, inside: &inside, extras: &extras };
        match revealed.map_err(ServiceError::from) {
            Ok(Some(found)) => {
                let value = (found.field.clone(), found.value.expose().clone());
                let told = Told { revealed: Some(value), ..Told::default() };
                Ok(shown.page(services, (id, "", ""), told)?.into_response())
            }
            Ok(None) => Err(ServiceError::NotFound { what: "value" }),
            Err(ServiceError::Invalid { field: wrong, fix }) => {
                let texts = vec![("field", field.to_owned()), ("reason", reason.to_owned())];
                let reveal = Typed { texts, wrong: Some((wrong, fix)) };
                let page = shown.page(services, (id, "", ""), Told { reveal, ..Told::default() })?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Err(error) => Err(error),
        }
    })
    .await
}

/// What else a person's page shows to those who may see it.
pub(super) type Extras = (Also<ReadEvents>, Also<ListSources>, Also<ListMembers>);

/// Who looks at a person's page, and with what.
pub(super) struct Shown<'a> {
    pub(super) may: &'a Permit<ViewPerson>,
    pub(super) inside: &'a Inside,
    pub(super) extras: &'a Extras,
}

/// What an action before it adds to the page.
#[derive(Default)]
pub(super) struct Told {
    /// A value in clear: the field and its value.
    pub(super) revealed: Option<(String, String)>,
    /// What was typed to reveal one and is not right.
    pub(super) reveal: Typed,
    /// What was typed about consent and is not right.
    pub(super) consent: Typed,
}

impl Shown<'_> {
    pub(super) fn page(
        &self,
        services: &Services,
        (id, after, trait_name): (PersonId, &str, &str),
        told: Told,
    ) -> Result<Page, ServiceError> {
        let Self { may, inside, extras: (events, sources, members) } = self;
        let workspace = may.granted().workspace.ok_or(ServiceError::NotFound { what: "workspace" })?;
        let frame = inside.frame(services, Section::People)?;
        let from = Some(after.to_owned()).filter(|after| !after.is_empty());
        let granted = events.0.as_ref().map(|events| (may.granted(), events.granted()));
        let page = granted.map(|both| services.timeline(both, workspace, id, (EVENTS_MAX, from)));
        let (found, page) = match page.transpose()? {
            Some(Timeline { person, lines, events, next }) => (person, Some((lines, events, next))),
            None => {
                let found = services.rows.person(may.granted(), workspace, id)?;
                (found.ok_or(ServiceError::NotFound { what: "person" })?, None)
            }
        };
        let names = SourceNames::read(services, sources.0.as_ref(), workspace)?;
        let members = MemberNames::read(services, inside, members.0.as_ref())?;
        let may_decide = inside.may::<DecideIdentity>(&services.guard);
        let joined = joined_view(&found, &members, may_decide);
        let may_enter = inside.may::<DecideConsent>(&services.guard);
        let consent =
            consent_view(services, workspace, &found, (&names, &members), (may_enter, told.consent))?;
        let mut view = person_view(&found, (joined, consent));
        if let Some((lines, events, next)) = page {
            let here = paths::person(workspace, id);
            view.pager = Pager {
                first: (!after.is_empty()).then(|| here.clone()),
                next: next.map(|next| paths::with_query(&here, &[("after", &next)])),
                shown: format!("{events} of {}", view.events_total),
            };
            for line in lines {
                match line {
                    Line::Event(event, person) => view.events.push(event_view(*event, person, &names)),
                    Line::Moment(moment) => view.moments.push(moment_view(moment)),
                }
            }
        }
        if !trait_name.is_empty() {
            view.history = history(services, (may, &names), (workspace, id, trait_name))?;
        }
        let fields = revealable(&found);
        if inside.may::<RevealTrait>(&services.guard) && !fields.is_empty() {
            view.reveal = Some(RevealView { fields, shown: told.revealed, typed: told.reveal });
        }
        Ok(Page(person::page(&frame, &view)))
    }
}

/// What of a person is masked or sealed.
fn revealable(row: &Row) -> Vec<String> {
    let sealed = row.traits.iter().filter(|kept| kept.sealed.is_some()).map(|kept| kept.name.clone());
    let mut fields: Vec<String> =
        row.identifiers.iter().map(|found| found.kind.clone()).chain(sealed).collect();
    let mut seen = std::collections::BTreeSet::new();
    fields.retain(|field| seen.insert(field.clone()));
    fields
}

fn person_view(row: &Row, (joined, consent): (JoinedView, ConsentView)) -> PersonView {
    PersonView {
        id: row.id,
        identifiers: row.identifiers.iter().map(|found| (words(&found.kind), found.masked.clone())).collect(),
        traits: row.traits.iter().map(trait_row).collect(),
        computed: row.computed.iter().map(computed_row).collect(),
        history: None,
        events_total: row.events,
        first: instant(row.first_seen_ms),
        last: instant(row.last_seen_ms),
        events: Vec::new(),
        moments: Vec::new(),
        joined,
        consent,
        pager: Pager::default(),
        ledger_entry: None,
        reveal: None,
    }
}

fn trait_row(kept: &TraitView) -> TraitRow {
    let value = kept.value.as_ref().map(text);
    TraitRow { name: kept.name.clone(), value, class: kept.sealed, set: instant(kept.time_ms) }
}

fn computed_row(kept: &ComputedView) -> TraitRow {
    TraitRow {
        name: kept.name.clone(),
        value: Some(text(&kept.value)),
        class: None,
        set: instant(kept.at_ms),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn history(
    services: &Services,
    (may, names): (&Permit<ViewPerson>, &SourceNames),
    (workspace, id, name): (WorkspaceId, PersonId, &str),
) -> Result<Option<HistoryView>, ServiceError> {
    let found = services.rows.trait_history(may.granted(), workspace, (id, name))?;
    let row = |change: &ChangeView| ChangeRow {
        set: instant(change.time_ms),
        value: change.value.as_ref().filter(|value| !value.is_null()).map(text),
        class: change.sealed,
        source: names.of(change.source),
    };
    Ok(found.map(|found| HistoryView {
        name: found.name.clone(),
        changes: found.changes.iter().map(row).collect(),
    }))
}

fn moment_view(moment: Moment) -> person::Moment {
    let words = match moment.what {
        What::Identified { kind, masked } => format!("{} {masked}", words(&kind)),
        What::Merged(other) => format!("Merged with {}", short(other)),
        What::Separated(other) => format!("Separated from {}", short(other)),
    };
    person::Moment { time: instant(moment.at_ms), words, reason: moment.why }
}

/// `user_id` is user id.
pub(super) fn words(code: &str) -> String {
    code.replace('_', " ")
}
