//! Incidents: opened, told of, ended. The same pages for a workspace and for the installation; what an operator is shown
//! has no part that names anybody.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::reset::ResetSet;
use guard::{Granted, GuardError};
use http::StatusCode;
use incident::notice::Words;
use incident::status::{Heard, NewUpdate};
use incident::{Incident, Question};
use model::IncidentId;
use policy::Action;
use policy::actions::{
    OpenIncident, OpenInstallationIncident, PublishStatus, ReadIncidents, ReadInstallationIncidents,
    ResetAccess, ResetInstallationAccess, SendIncidentNotices, SendInstallationNotices,
};
use service::incidents::{Asked as AskedScope, Suspect, Told};
use service::status::state_of;
use service::{ServiceError, Services};

use super::asked::Asked;
use super::fields::Fields;
use super::inside::{Inside, instant};
use super::operations;
use super::reply::Page;
use super::view::moment;
use crate::components::form::Typed;
use crate::frame::{Frame, Section};
use crate::pages::incident::{
    self as one, IncidentView, LineRow, NoticeRow, ScopeView, UPDATE, UpdateRow, WORDS, WorkspaceRow,
};
use crate::pages::incidents::{self, FIELDS, IncidentRow, IncidentsView};
use crate::paths;
use crate::state::ConsoleState;

/// How many people and fields the page shows; the file has them all.
const SHOWN_MAX: usize = 500;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/incidents", list)
        .post("/w/{w}/incidents", open)
        .get("/w/{w}/incidents/{incident}", read)
        .post("/w/{w}/incidents/{incident}/note", note)
        .post("/w/{w}/incidents/{incident}/close", close)
        .post("/w/{w}/incidents/{incident}/draft", draft)
        .post("/w/{w}/incidents/{incident}/send", send)
        .post("/w/{w}/incidents/{incident}/reset", reset)
        .get(paths::OPERATIONS_INCIDENTS, list_all)
        .post(paths::OPERATIONS_INCIDENTS, open_all)
        .get("/operations/incidents/{incident}", read_all)
        .post("/operations/incidents/{incident}/note", note_all)
        .post("/operations/incidents/{incident}/close", close_all)
        .post("/operations/incidents/{incident}/publish", publish)
        .post("/operations/incidents/{incident}/draft", draft_all)
        .post("/operations/incidents/{incident}/send", send_all)
        .post("/operations/incidents/{incident}/reset", reset_all)
}

/// Where somebody stands: in a workspace or before the installation.
enum Place {
    Inside(Box<Inside>),
    Operations(Asked),
}

impl Place {
    fn frame(&self, services: &Services) -> Result<Frame, ServiceError> {
        match self {
            Self::Inside(inside) => inside.frame(services, Section::Incidents),
            Self::Operations(asked) => Ok(operations::frame(services, asked, Section::Incidents)),
        }
    }

    fn asked(&self) -> &Asked {
        match self {
            Self::Inside(inside) => inside.asked(),
            Self::Operations(asked) => asked,
        }
    }
}

fn here(granted: &Granted) -> String {
    granted.workspace.map_or_else(|| paths::OPERATIONS_INCIDENTS.to_owned(), paths::incidents)
}

fn id_of(text: &str) -> Result<IncidentId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

fn texts(fields: &Fields, names: &[&'static str]) -> Vec<(&'static str, String)> {
    names.iter().map(|name| (*name, fields.text(name).to_owned())).collect()
}

/// What is wrong, by the field of the form; anything else is an error of the page.
fn wrong(error: ServiceError) -> Result<(String, String), ServiceError> {
    match error {
        ServiceError::Invalid { field, fix } => Ok((field, fix)),
        ServiceError::Conflict(why) => Ok(("drafts_sha256".to_owned(), why)),
        ServiceError::Denied(guard::Denied::Forbidden { why }) if why == "second-person" => {
            Ok(("drafts_sha256".to_owned(), GuardError::SecondPerson.to_string()))
        }
        other => Err(other),
    }
}

async fn list_of<A: Action>(may: Permit<A>, place: Place, state: ConsoleState) -> Result<Page, Problem> {
    blocking(move || listed(&state.services, may.granted(), &place, Typed::default())).await
}

fn listed(services: &Services, granted: &Granted, place: &Place, typed: Typed) -> Result<Page, ServiceError> {
    let found = services.incidents(granted)?;
    let rows = found.iter().map(|incident| row(incident, granted)).collect();
    let view = IncidentsView { here: here(granted), incidents: rows, typed };
    Ok(Page(incidents::page(&place.frame(services)?, &view)))
}

fn row(incident: &Incident, granted: &Granted) -> IncidentRow {
    IncidentRow {
        id: incident.id,
        title: incident.title.clone(),
        opened: instant(incident.opened_ms),
        by: incident.opened_by.clone(),
        told: incident.scope != granted.workspace,
        workspaces: incident.affected().count() as u64,
        people: incident.facts.iter().map(|facts| facts.people).sum(),
    }
}

async fn open_of<A: Action>(
    may: Permit<A>,
    place: Place,
    state: ConsoleState,
    fields: Fields,
) -> Result<Response, Problem> {
    blocking(move || {
        let (services, granted) = (&state.services, may.granted());
        let given = |name: &str| Some(fields.text(name).to_owned()).filter(|text| !text.is_empty());
        let suspect = || {
            Ok(Suspect {
                session: given("session"),
                principal: given("principal"),
                address: given("address"),
                from_ms: moment("from", fields.text("from"))?,
                to_ms: moment("to", fields.text("to"))?,
                before: None,
            })
        };
        match suspect().and_then(|suspect| services.open_incident(granted, fields.text("title"), &suspect)) {
            Ok(opened) => Ok::<_, ServiceError>(
                place.asked().anew(&paths::incident(&here(granted), opened.id), "incident-opened"),
            ),
            Err(error) => {
                let typed = Typed {
                    texts: texts(&fields, &FIELDS.map(|(name, ..)| name)),
                    wrong: Some(wrong(error)?),
                };
                let page = listed(services, granted, &place, typed)?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
        }
    })
    .await
}

async fn read_of<A: Action>(
    may: Permit<A>,
    place: Place,
    state: ConsoleState,
    id: &str,
) -> Result<Page, Problem> {
    let id = id_of(id)?;
    blocking(move || told(&state.services, may.granted(), &place, (id, Typed::default()))).await
}

fn told(
    services: &Services,
    granted: &Granted,
    place: &Place,
    (id, typed): (IncidentId, Typed),
) -> Result<Page, ServiceError> {
    let Told { incident, lines, notices, closing, drafts_sha256 } = services.incident(granted, id)?;
    let heard = match granted.workspace {
        Some(workspace) => services.heard_of(granted, workspace, id)?,
        None => Vec::new(),
    };
    let scope = match granted.workspace {
        Some(workspace) => Some(scope_view(
            services.incident_scope(granted, workspace, id)?,
            paths::incident_scope(workspace, id),
        )),
        None => None,
    };
    let view = IncidentView {
        here: paths::incident(&here(granted), id),
        row: row(&incident, granted),
        asked: asked_of(&incident.asked),
        workspaces: incident
            .facts
            .iter()
            .map(|facts| WorkspaceRow {
                id: facts.workspace.to_string(),
                counts: [facts.people, facts.looks, facts.fields, facts.masked, facts.acts],
                sha256: facts.sha256.clone(),
            })
            .collect(),
        scope,
        lines: lines
            .into_iter()
            .map(|line| LineRow { at: instant(line.at_ms), by: line.by, text: line.text })
            .collect(),
        notices: notices
            .into_iter()
            .map(|notice| NoticeRow {
                workspace: notice.workspace.to_string(),
                drafted_by: notice.drafted_by.to_string(),
                sent: notice.sent_ms.map(|at| {
                    (instant(at), notice.approved_by.map_or_else(String::new, |by| by.to_string()))
                }),
                told: notice.told.len() as u64,
                text: notice.text,
            })
            .collect(),
        updates: heard.into_iter().map(update_row).collect(),
        closed: closing.map(|closing| instant(closing.at_ms)),
        publishes: granted.workspace.is_none(),
        drafts: drafts_sha256,
        is_own: incident.scope == granted.workspace,
        typed,
    };
    Ok(Page(one::page(&place.frame(services)?, &view)))
}

fn update_row(heard: Heard) -> UpdateRow {
    UpdateRow {
        at: instant(heard.update.at_ms),
        state: heard.update.state.as_str(),
        title: heard.update.title,
        text: heard.update.text,
        entry: heard.entry,
        sha256: heard.scope_sha256,
    }
}

fn asked_of(asked: &Question) -> Vec<(&'static str, String)> {
    let time = |ms: Option<i64>| ms.map(|ms| instant(ms).to_string());
    let pairs = [
        ("Session", asked.session.clone()),
        ("Who", asked.principal.clone()),
        ("From where", asked.from.clone()),
        ("From", time(asked.from_ms)),
        ("Before", time(asked.to_ms)),
        ("Entries before", Some(asked.before.to_string())),
    ];
    pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn scope_view(asked: AskedScope, file: String) -> ScopeView {
    let AskedScope { scope, as_opened, .. } = asked;
    let heads = [
        ("Who", &scope.principals),
        ("Session", &scope.sessions),
        ("Look", &scope.looks),
        ("Act", &scope.acts),
        ("Refused", &scope.refused),
    ];
    let counts = heads.into_iter().flat_map(|(head, counts)| {
        counts.iter().take(SHOWN_MAX).map(move |count| (head, count.of.clone(), count.entries))
    });
    ScopeView {
        file,
        as_opened: as_opened.unwrap_or(true),
        counts: counts.collect(),
        people_known: scope.people.len() as u64,
        people: scope
            .people
            .into_iter()
            .take(SHOWN_MAX)
            .map(|shown| (shown.person, shown.looks, shown.first_at, shown.last_at))
            .collect(),
        fields: scope
            .fields
            .into_iter()
            .take(SHOWN_MAX)
            .map(|shown| (shown.field, shown.form == "masked", shown.looks))
            .collect(),
    }
}

/// Does something to an incident; back to its page, which says what was done or what is wrong.
async fn act_on<A: Action>(
    may: Permit<A>,
    place: Place,
    (state, id, code): (ConsoleState, String, &'static str),
    fields: Fields,
    act: impl FnOnce(&Services, &Granted, IncidentId, &Fields) -> Result<(), ServiceError> + Send + 'static,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    blocking(move || {
        let (services, granted) = (&state.services, may.granted());
        match act(services, granted, id, &fields) {
            Ok(()) => Ok::<_, ServiceError>(place.asked().anew(&paths::incident(&here(granted), id), code)),
            Err(error) => {
                let names: Vec<&'static str> = WORDS
                    .map(|(name, ..)| name)
                    .into_iter()
                    .chain(UPDATE.map(|(name, ..)| name))
                    .chain(["text", "members", "tokens", "reason", "whom", "closing", "update_state"])
                    .collect();
                let typed = Typed { texts: texts(&fields, &names), wrong: Some(wrong(error)?) };
                let page = told(services, granted, &place, (id, typed))?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
        }
    })
    .await
}

fn add_note(
    services: &Services,
    granted: &Granted,
    id: IncidentId,
    fields: &Fields,
) -> Result<(), ServiceError> {
    services.note_incident(granted, id, fields.text("text"))
}

fn close_it(
    services: &Services,
    granted: &Granted,
    id: IncidentId,
    fields: &Fields,
) -> Result<(), ServiceError> {
    let closed = services.close_incident(granted, id, fields.text("closing"));
    closed.map_err(|error| renamed(error, &[("text", "closing")]))
}

fn publish_it(
    services: &Services,
    granted: &Granted,
    id: IncidentId,
    fields: &Fields,
) -> Result<(), ServiceError> {
    let state = state_of(fields.text("update_state"))?;
    // The incident goes on with the matter that it began.
    let (matter, incident) = (services.matter_of(id)?, Some(id));
    let (title, text) = (fields.text("update_title").to_owned(), fields.text("update_text").to_owned());
    let published = services.publish_status(granted, &NewUpdate { matter, incident, state, title, text });
    published
        .map(|_| ())
        .map_err(|error| renamed(error, &[("title", "update_title"), ("text", "update_text")]))
}

/// The same error, on the field of the form that it belongs to.
fn renamed(error: ServiceError, fields: &[(&str, &str)]) -> ServiceError {
    match error {
        ServiceError::Invalid { field, fix } => {
            let known = fields.iter().find(|(theirs, _)| *theirs == field);
            ServiceError::Invalid { field: known.map_or(field, |(_, ours)| (*ours).to_owned()), fix }
        }
        other => other,
    }
}

fn make_drafts(
    services: &Services,
    granted: &Granted,
    id: IncidentId,
    fields: &Fields,
) -> Result<(), ServiceError> {
    let text = |name: &str| fields.text(name).to_owned();
    let words = Words {
        nature: text("nature"),
        consequences: text("consequences"),
        measures: text("measures"),
        contact: text("contact"),
    };
    services.draft_notices(granted, id, &words).map(|_| ())
}

fn send_drafts(
    services: &Services,
    granted: &Granted,
    id: IncidentId,
    fields: &Fields,
) -> Result<(), ServiceError> {
    services.send_notices(granted, id, fields.text("drafts_sha256")).map(|_| ())
}

fn reset_some(
    services: &Services,
    granted: &Granted,
    id: IncidentId,
    fields: &Fields,
) -> Result<(), ServiceError> {
    let invalid =
        |field: &str, fix: &str| ServiceError::Invalid { field: field.to_owned(), fix: fix.to_owned() };
    let members = fields.text("members").split_whitespace().map(str::parse).collect::<Result<Vec<_>, _>>();
    let tokens = fields.text("tokens").split_whitespace().map(str::parse).collect::<Result<Vec<_>, _>>();
    let set = ResetSet {
        everybody: fields.text("whom") == "everybody",
        members: members.map_err(|_| invalid("members", "write members' ids (mem_…) with spaces between"))?,
        tokens: tokens.map_err(|_| invalid("tokens", "write tokens' ids (tok_…) with spaces between"))?,
    };
    if !set.everybody && set.members.is_empty() && set.tokens.is_empty() {
        return Err(invalid("members", "name at least one member or token"));
    }
    services.reset(granted, &set, (fields.text("reason"), Some(id))).map(|_| ())
}

async fn list(
    may: Permit<ReadIncidents>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    list_of(may, Place::Inside(Box::new(inside)), state).await
}

async fn list_all(
    may: Permit<ReadInstallationIncidents>,
    asked: Asked,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    list_of(may, Place::Operations(asked), state).await
}

async fn open(
    may: Permit<OpenIncident>,
    inside: Inside,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    open_of(may, Place::Inside(Box::new(inside)), state, fields).await
}

async fn open_all(
    may: Permit<OpenInstallationIncident>,
    asked: Asked,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    open_of(may, Place::Operations(asked), state, fields).await
}

async fn read(
    may: Permit<ReadIncidents>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Page, Problem> {
    read_of(may, Place::Inside(Box::new(inside)), state, &id).await
}

async fn read_all(
    may: Permit<ReadInstallationIncidents>,
    asked: Asked,
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
) -> Result<Page, Problem> {
    read_of(may, Place::Operations(asked), state, &id).await
}

async fn publish(
    may: Permit<PublishStatus>,
    asked: Asked,
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    act_on(may, Place::Operations(asked), (state, id, "status-published"), fields, publish_it).await
}

macro_rules! acts {
    ($($inside:ident $before:ident: $own:ty, $all:ty, $code:literal, $act:expr;)*) => {$(
        async fn $inside(
            may: Permit<$own>,
            inside: Inside,
            State(state): State<ConsoleState>,
            Path((_, id)): Path<(String, String)>,
            fields: Fields,
        ) -> Result<Response, Problem> {
            act_on(may, Place::Inside(Box::new(inside)), (state, id, $code), fields, $act).await
        }

        async fn $before(
            may: Permit<$all>,
            asked: Asked,
            State(state): State<ConsoleState>,
            Path(id): Path<String>,
            fields: Fields,
        ) -> Result<Response, Problem> {
            act_on(may, Place::Operations(asked), (state, id, $code), fields, $act).await
        }
    )*};
}

acts! {
    note note_all: OpenIncident, OpenInstallationIncident, "incident-noted", add_note;
    close close_all: OpenIncident, OpenInstallationIncident, "incident-closed", close_it;
    draft draft_all: OpenIncident, OpenInstallationIncident, "notices-drafted", make_drafts;
    send send_all: SendIncidentNotices, SendInstallationNotices, "notices-sent", send_drafts;
    reset reset_all: ResetAccess, ResetInstallationAccess, "access-reset", reset_some;
}
