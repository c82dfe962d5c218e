//! Questions: the address is the question, and the answer is drawn on the server.

use ::question::Answer;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use charts::trend::Lines;
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use jiff::{Timestamp, ToSpan};
use model::WorkspaceId;
use policy::actions::{AskQuestion, ListPeople, ReadEvents, WriteDashboard};
use serde_json::json;
use service::questions::{TABLES, read};
use service::{ServiceError, Services};

use super::fields::Fields;
use super::inside::{Inside, instant};
use super::live::NAMES_MAX;
use super::reply::Page;
use crate::components::behaviour_form::{BehaviourForm, Kind};
use crate::components::behind::{Behind, Points};
use crate::components::keep::Kept;
use crate::components::question::Choices;
use crate::components::trend_form::TrendForm;
use crate::frame::{Frame, Section};
use crate::pages::behaviour::{self, BehaviourView, TableView};
use crate::pages::question::{self, AnswerView, Outcome, QuestionView};
use crate::pages::sql::{self, SqlView};
use crate::state::ConsoleState;

/// How many days a question covers when it does not say.
const DAYS: i64 = 30;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/questions", page)
        .get("/w/{w}/questions/sql", sql_page)
        .post("/w/{w}/questions/sql", ask_sql)
        .get("/w/{w}/questions/{kind}", of_behaviour)
}

async fn page(
    may: Permit<AskQuestion>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let frame = inside.frame(services, Section::Questions)?;
        let mut form =
            TrendForm::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        fill_range(&frame, (&mut form.from, &mut form.to));
        let (outcome, mut points) = outcome(services, &may, workspace, &form)?;
        if !inside.may::<ListPeople>(&services.guard) {
            points = None;
        }
        let notes = services.dashboards.annotations(workspace)?;
        let notes = notes.into_iter().map(|note| (note.day, note.text)).collect();
        let keep = keep(services, &inside, workspace)?;
        let view =
            QuestionView { choices: choices(services, &may, workspace), form, outcome, notes, keep, points };
        Ok::<_, ServiceError>(Page(question::page(&frame, &view)))
    })
    .await
}

async fn of_behaviour(
    may: Permit<AskQuestion>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Path((_, kind)): Path<(String, String)>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    let kind = Kind::from_name(&kind).ok_or(ServiceError::NotFound { what: "kind of question" })?;
    blocking(move || {
        let services = &state.services;
        let frame = inside.frame(services, Section::Questions)?;
        let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut form = BehaviourForm::from_pairs(kind, pairs);
        fill_range(&frame, (&mut form.from, &mut form.to));
        let mut outcome = behaviour_outcome(services, &may, workspace, &form)?;
        if let (behaviour::Outcome::Answered(table), true) =
            (&mut outcome, inside.may::<ListPeople>(&services.guard))
        {
            table.behind = Some(Behind::new(workspace, form.to_json()));
        }
        let keep = keep(services, &inside, workspace)?;
        let view = BehaviourView { choices: choices(services, &may, workspace), form, outcome, keep };
        Ok::<_, ServiceError>(Page(behaviour::page(&frame, &view)))
    })
    .await
}

async fn sql_page(
    may: Permit<AskQuestion>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    may.workspace()?;
    blocking(move || {
        let frame = inside.frame(&state.services, Section::Questions)?;
        let view = SqlView { statement: String::new(), tables: &TABLES, outcome: sql::Outcome::Unasked };
        Ok::<_, ServiceError>(Page(sql::page(&frame, &view)))
    })
    .await
}

/// A statement may hold values of people: it is sent, and not part of an address.
async fn ask_sql(
    may: Permit<AskQuestion>,
    inside: Inside,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let events = may.also::<ReadEvents>(&services.guard)?;
        let frame = inside.frame(services, Section::Questions)?;
        let statement = fields.text("sql").to_owned();
        let document = json!({ "kind": sql::KIND, "sql": statement }).to_string();
        let answer = read(document.as_bytes()).and_then(|question| match question {
            ::question::Question::Sql(asked) => services.ask_sql(events.granted(), workspace, &asked),
            other => services.ask(may.granted(), workspace, &other),
        });
        let (status, outcome) = match answer {
            Ok(answer) => (StatusCode::OK, sql::Outcome::Answered(table_of(answer))),
            Err(ServiceError::Invalid { fix, .. }) => {
                (StatusCode::UNPROCESSABLE_ENTITY, sql::Outcome::Wrong(fix))
            }
            Err(error) => return Err(error.into()),
        };
        let view = SqlView { statement, tables: &TABLES, outcome };
        Ok::<_, Problem>((status, Page(sql::page(&frame, &view))).into_response())
    })
    .await
}

fn table_of(answer: Answer) -> sql::TableView {
    sql::TableView {
        rows_read: answer.stats.rows_read,
        ms: answer.stats.ms,
        fresh: fresh(&answer),
        columns: answer.columns.into_iter().map(|column| (column.name, column.kind)).collect(),
        rows: answer.rows,
    }
}

/// The dashboards that a question may be put on, for whoever may.
fn keep(
    services: &Services,
    inside: &Inside,
    workspace: WorkspaceId,
) -> Result<Option<Vec<Kept>>, ServiceError> {
    if !inside.may::<WriteDashboard>(&services.guard) {
        return Ok(None);
    }
    let found = services.dashboards.list(workspace)?;
    Ok(Some(found.into_iter().map(|found| Kept { id: found.id, name: found.what.name }).collect()))
}

fn behaviour_outcome(
    services: &Services,
    may: &Permit<AskQuestion>,
    workspace: WorkspaceId,
    form: &BehaviourForm,
) -> Result<behaviour::Outcome, ServiceError> {
    if !form.is_complete() {
        return Ok(behaviour::Outcome::Unasked);
    }
    let document = form.to_json().to_string();
    match read(document.as_bytes()).and_then(|asked| services.ask(may.granted(), workspace, &asked)) {
        Ok(answer) => Ok(behaviour::Outcome::Answered(TableView {
            others: answer.stats.other_groups,
            behind: None,
            rows_read: answer.stats.rows_read,
            ms: answer.stats.ms,
            fresh: fresh(&answer),
            rows: answer.rows,
        })),
        Err(ServiceError::Invalid { field, fix }) => Ok(behaviour::Outcome::Wrong(format!("{field}: {fix}"))),
        Err(error) => Err(error),
    }
}

/// The first and the last instant of the period that the answer is compared with.
fn previous(answer: &Answer) -> Option<(Timestamp, Timestamp)> {
    let at = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Timestamp>().ok());
    let (from, to) = (at(&answer.stats.previous_from)?, at(&answer.stats.previous_to)?);
    Some((from, to.saturating_sub(1.millisecond()).unwrap_or(to)))
}

/// When the newest event in the answer had arrived.
fn fresh(answer: &Answer) -> Option<Timestamp> {
    answer.stats.fresh_ms.map(instant).filter(|at| *at != Timestamp::UNIX_EPOCH)
}

/// The last days up to today, as the workspace counts days, where no range is given.
fn fill_range(frame: &Frame, (from, to): (&mut String, &mut String)) {
    let today = frame.now.to_zoned(frame.zone.clone()).date();
    if to.is_empty() {
        *to = today.to_string();
    }
    if from.is_empty() {
        *from = today.saturating_sub((DAYS - 1).days()).to_string();
    }
}

fn choices(services: &Services, may: &Permit<AskQuestion>, workspace: WorkspaceId) -> Choices {
    let catalogue = services.catalogue(may.granted(), workspace);
    Choices {
        events: catalogue.events.iter().take(NAMES_MAX).map(|event| event.name.clone()).collect(),
        properties: catalogue
            .properties
            .iter()
            .take(NAMES_MAX)
            .map(|property| property.name.clone())
            .collect(),
    }
}

fn outcome(
    services: &Services,
    may: &Permit<AskQuestion>,
    workspace: WorkspaceId,
    form: &TrendForm,
) -> Result<(Outcome, Option<Points>), ServiceError> {
    if form.events.is_empty() {
        return Ok((Outcome::Unasked, None));
    }
    let question = form.to_json();
    let document = question.to_string();
    match read(document.as_bytes()).and_then(|asked| services.ask(may.granted(), workspace, &asked)) {
        Ok(answer) => {
            let view = answer_view(&answer, form);
            // A running total or a mean counts nobody in one interval.
            let is_plain = form.show.is_empty() && form.rolling.is_empty();
            let points = is_plain.then(|| points(answer, form, Behind::new(workspace, question)));
            Ok((Outcome::Answered(view), points))
        }
        Err(ServiceError::Invalid { field, fix }) => Ok((Outcome::Wrong(format!("{field}: {fix}")), None)),
        Err(error) => Err(error),
    }
}

/// The answer's numbers, which lead to people.
fn points(answer: Answer, form: &TrendForm, behind: Behind) -> Points {
    let by = form.by.len();
    let names = answer.columns.into_iter().skip(1 + by).map(|column| column.name);
    Points { behind, by, events: names.take(form.events.len()).collect(), rows: answer.rows }
}

fn answer_view(answer: &Answer, form: &TrendForm) -> AnswerView {
    let columns: Vec<String> = answer.columns.iter().map(|column| column.name.clone()).collect();
    AnswerView {
        rows_read: answer.stats.rows_read,
        rows_counted: answer.stats.rows_counted,
        ms: answer.stats.ms,
        fresh: fresh(answer),
        previous: previous(answer),
        lines: Lines::new(&columns, &answer.rows, form.parts()),
    }
}
