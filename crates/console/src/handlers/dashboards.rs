//! Dashboards: looking, making, editing; what is noted at days, alerts, schedules and share links.

mod form;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use dashboards::alerts::Alert;
use dashboards::annotations::NewAnnotation;
use dashboards::schedules::{Every, NewSchedule};
use dashboards::shares::NewShare;
use dashboards::{Dashboard, NewDashboard, Tile};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::WorkspaceId;
use policy::actions::{AskQuestion, EndShare, ListDashboards, ReadShares, ShareDashboard, WriteDashboard};
use serde_json::Value;
use service::{ServiceError, Services};

use self::form::{edited, new, parsed, typed_tiles, watched, written, wrong};
use super::fields::Fields;
use super::inside::{Also, Inside, instant};
use super::reply::{self, Page};
use crate::components::form::Typed;
use crate::frame::Section;
use crate::pages::dashboard::{self as one, DashboardView, EditView};
use crate::pages::dashboards::{self as all, AlertRow, DashboardRow, DashboardsView};
use crate::paths;
use crate::state::ConsoleState;

/// The fields of the forms beside the list.
const LISTED: [&str; 10] =
    ["name", "day", "text", "alert", "event", "divided_by", "measure", "interval", "rule", "value"];
/// The fields of the forms below a dashboard.
const BELOW: [&str; 4] = ["name", "days", "every", "hour"];

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/dashboards", list)
        .post("/w/{w}/dashboards", make)
        .post("/w/{w}/keep-question", keep)
        .get("/w/{w}/dashboards/{dashboard}", show)
        .get("/w/{w}/dashboards/{dashboard}/edit", edit)
        .post("/w/{w}/dashboards/{dashboard}/edit", save)
        .post("/w/{w}/dashboards/{dashboard}/duplicate", duplicate)
        .post("/w/{w}/dashboards/{dashboard}/remove", remove)
        .post("/w/{w}/dashboards/{dashboard}/share", share)
        .post("/w/{w}/dashboards/{dashboard}/shares/{share}/end", end_share)
        .post("/w/{w}/dashboards/{dashboard}/schedule", schedule)
        .post("/w/{w}/dashboards/{dashboard}/schedules/{schedule}/remove", drop_schedule)
        .post("/w/{w}/annotations", annotate)
        .post("/w/{w}/annotations/{annotation}/remove", drop_annotation)
        .post("/w/{w}/metric-alerts", watch)
        .post("/w/{w}/metric-alerts/{alert}/remove", drop_alert)
}

async fn list(
    may: Permit<ListDashboards>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || listed(&state.services, &inside, workspace, Typed::default())).await
}

async fn make(
    may: Permit<WriteDashboard>,
    inside: Inside,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let new = new(fields.text("name"));
        let made = state.services.dashboards.make(may.granted(), new).map_err(ServiceError::from);
        let done = made.map(|made| (paths::dashboard(workspace, made.id), "dashboard-made"));
        beside_list(&state.services, &inside, (workspace, &fields), done)
    })
    .await
}

/// Puts a question on a dashboard, as its last tile, or on a new one.
async fn keep(
    may: Permit<WriteDashboard>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let dashboards = &state.services.dashboards;
        let question = parsed("question", fields.text("question"))?;
        let title = fields.text("title").to_owned();
        let tile = Tile { title: title.clone(), question, chart: None, width: None };
        let kept = match fields.text("dashboard") {
            "" => dashboards.make(may.granted(), NewDashboard { tiles: vec![tile], ..new(&title) })?,
            id => {
                let Dashboard { id, version, mut what, .. } = dashboards.show(workspace, id)?;
                what.tiles.push(tile);
                dashboards.edit(may.granted(), (&id.to_string(), version), what)?
            }
        };
        let path = paths::dashboard(workspace, kept.id);
        Ok::<_, ServiceError>(reply::done(&path, "question-kept").into_response())
    })
    .await
}

async fn show(
    may: Permit<AskQuestion>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Path((_, dashboard)): Path<(String, String)>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || shown(&state.services, &inside, (&may, workspace, &dashboard), Typed::default())).await
}

async fn edit(
    may: Permit<ListDashboards>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Path((_, dashboard)): Path<(String, String)>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let frame = inside.frame(&state.services, Section::Dashboards)?;
        let found = state.services.dashboards.show(workspace, &dashboard)?;
        Ok::<_, ServiceError>(Page(one::edit_page(&frame, &edited(&found))))
    })
    .await
}

async fn save(
    may: Permit<WriteDashboard>,
    inside: Inside,
    State(state): State<ConsoleState>,
    (Path((_, dashboard)), fields): (Path<(String, String)>, Fields),
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let id = services.dashboards.show(workspace, &dashboard)?.id;
        let version: u32 = fields.text("version").parse().unwrap_or_default();
        let saved = written(&fields).and_then(|new| {
            services.dashboards.edit(may.granted(), (&dashboard, version), new).map_err(ServiceError::from)
        });
        let wrong = match saved {
            Ok(_) => {
                let path = paths::dashboard(workspace, id);
                return Ok(reply::done(&path, "dashboard-saved").into_response());
            }
            Err(ServiceError::Invalid { field, fix }) => (StatusCode::UNPROCESSABLE_ENTITY, field, fix),
            Err(ServiceError::Conflict(why)) => (StatusCode::CONFLICT, String::new(), why),
            Err(error) => return Err(error),
        };
        let (status, field, fix) = wrong;
        let frame = inside.frame(services, Section::Dashboards)?;
        let text = |name: &str| fields.text(name).to_owned();
        let view = EditView {
            id,
            version,
            name: text("name"),
            last_days: text("last_days"),
            from: text("from"),
            to: text("to"),
            filters: text("filters"),
            tiles: typed_tiles(&fields).into_iter().map(|(_, tile)| tile).collect(),
            wrong: Some((field, fix)),
        };
        Ok::<_, ServiceError>((status, Page(one::edit_page(&frame, &view))).into_response())
    })
    .await
}

async fn duplicate(
    may: Permit<WriteDashboard>,
    inside: Inside,
    ask: Also<AskQuestion>,
    State(state): State<ConsoleState>,
    (Path((_, dashboard)), fields): (Path<(String, String)>, Fields),
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let made = state.services.dashboards.duplicate(may.granted(), &dashboard, fields.text("name"));
        let done = made.map(|made| (paths::dashboard(workspace, made.id), "dashboard-copied"));
        let done = done.map_err(ServiceError::from);
        below(&state.services, &inside, (ask, workspace, &dashboard, &fields), done)
    })
    .await
}

async fn remove(
    may: Permit<WriteDashboard>,
    State(state): State<ConsoleState>,
    Path((_, dashboard)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        state.services.dashboards.remove(may.granted(), &dashboard)?;
        Ok::<_, ServiceError>(reply::done(&paths::dashboards(workspace), "dashboard-removed").into_response())
    })
    .await
}

async fn share(
    may: Permit<ShareDashboard>,
    inside: Inside,
    ask: Also<AskQuestion>,
    State(state): State<ConsoleState>,
    (Path((_, dashboard)), fields): (Path<(String, String)>, Fields),
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let days = fields.text("days").parse().map_err(|_| wrong("days", "a whole number, 1 to 366"));
        let made = days.and_then(|days| {
            let new = NewShare { days: Some(days) };
            services.share_dashboard(may.granted(), workspace, (&dashboard, &new))
        });
        let done = made.map(|made| (paths::dashboard(workspace, made.dashboard), "share-made"));
        below(services, &inside, (ask, workspace, &dashboard, &fields), done)
    })
    .await
}

async fn end_share(
    may: Permit<EndShare>,
    State(state): State<ConsoleState>,
    Path((_, dashboard, share)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let share = share.parse().map_err(|_| ServiceError::NotFound { what: "share" })?;
        let id = state.services.dashboards.show(workspace, &dashboard)?.id;
        state.services.dashboards.end_share(may.granted(), share)?;
        Ok::<_, ServiceError>(reply::done(&paths::dashboard(workspace, id), "share-ended").into_response())
    })
    .await
}

async fn schedule(
    may: Permit<WriteDashboard>,
    inside: Inside,
    ask: Also<AskQuestion>,
    State(state): State<ConsoleState>,
    (Path((_, dashboard)), fields): (Path<(String, String)>, Fields),
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let hour = fields.text("hour").parse().map_err(|_| wrong("hour", "0 to 23"));
        let when = hour.map(|hour| match fields.text("every").parse::<u8>() {
            Ok(day) => NewSchedule { every: Every::Week, hour, weekday: Some(day) },
            Err(_) => NewSchedule { every: Every::Day, hour, weekday: None },
        });
        let made = when.and_then(|when| {
            let made = state.services.dashboards.schedule(may.granted(), &dashboard, when);
            made.map_err(ServiceError::from)
        });
        let done = made.map(|made| (paths::dashboard(workspace, made.dashboard), "schedule-made"));
        below(&state.services, &inside, (ask, workspace, &dashboard, &fields), done)
    })
    .await
}

async fn drop_schedule(
    may: Permit<WriteDashboard>,
    State(state): State<ConsoleState>,
    Path((_, dashboard, schedule)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let schedule = schedule.parse().map_err(|_| ServiceError::NotFound { what: "schedule" })?;
        let id = state.services.dashboards.show(workspace, &dashboard)?.id;
        state.services.dashboards.drop_schedule(may.granted(), schedule)?;
        Ok::<_, ServiceError>(
            reply::done(&paths::dashboard(workspace, id), "schedule-removed").into_response(),
        )
    })
    .await
}

async fn annotate(
    may: Permit<WriteDashboard>,
    inside: Inside,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let new = NewAnnotation { day: fields.text("day").to_owned(), text: fields.text("text").to_owned() };
        let made = state.services.dashboards.annotate(may.granted(), &new).map_err(ServiceError::from);
        let done = made.map(|_| (paths::dashboards(workspace), "annotation-made"));
        beside_list(&state.services, &inside, (workspace, &fields), done)
    })
    .await
}

async fn drop_annotation(
    may: Permit<WriteDashboard>,
    State(state): State<ConsoleState>,
    Path((_, annotation)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let id = annotation.parse().map_err(|_| ServiceError::NotFound { what: "annotation" })?;
        state.services.dashboards.drop_annotation(may.granted(), id)?;
        Ok::<_, ServiceError>(
            reply::done(&paths::dashboards(workspace), "annotation-removed").into_response(),
        )
    })
    .await
}

async fn watch(
    may: Permit<WriteDashboard>,
    inside: Inside,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let made = watched(&fields)
            .and_then(|new| state.services.dashboards.watch(may.granted(), new).map_err(ServiceError::from));
        let done = made.map(|_| (paths::dashboards(workspace), "alert-made"));
        beside_list(&state.services, &inside, (workspace, &fields), done)
    })
    .await
}

async fn drop_alert(
    may: Permit<WriteDashboard>,
    State(state): State<ConsoleState>,
    Path((_, alert)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let id = alert.parse().map_err(|_| ServiceError::NotFound { what: "alert" })?;
        state.services.dashboards.drop_alert(may.granted(), id)?;
        Ok::<_, ServiceError>(reply::done(&paths::dashboards(workspace), "alert-removed").into_response())
    })
    .await
}

fn kept(names: &[&'static str], fields: &Fields, wrong: (String, String)) -> Typed {
    let texts = names.iter().map(|name| (*name, fields.text(name).to_owned())).collect();
    Typed { texts, wrong: Some(wrong) }
}

/// Which field, and what to write; every other error is one.
fn refused(error: ServiceError) -> Result<(String, String), ServiceError> {
    match error {
        ServiceError::Invalid { field, fix } => Ok((field, fix)),
        ServiceError::Conflict(why) => Ok((String::new(), why)),
        other => Err(other),
    }
}

/// To where something was done, or back to the list with what is wrong.
fn beside_list(
    services: &Services,
    inside: &Inside,
    (workspace, fields): (WorkspaceId, &Fields),
    done: Result<(String, &'static str), ServiceError>,
) -> Result<Response, ServiceError> {
    match done {
        Ok((path, code)) => Ok(reply::done(&path, code).into_response()),
        Err(error) => {
            let typed = kept(&LISTED, fields, refused(error)?);
            let page = listed(services, inside, workspace, typed)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// To where something was done, or back to the dashboard with what is wrong.
fn below(
    services: &Services,
    inside: &Inside,
    (ask, workspace, dashboard, fields): (Also<AskQuestion>, WorkspaceId, &str, &Fields),
    done: Result<(String, &'static str), ServiceError>,
) -> Result<Response, ServiceError> {
    match done {
        Ok((path, code)) => Ok(reply::done(&path, code).into_response()),
        Err(error) => {
            let Some(ask) = ask.0 else { return Err(error) };
            let typed = kept(&BELOW, fields, refused(error)?);
            let page = shown(services, inside, (&ask, workspace, dashboard), typed)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

fn listed(
    services: &Services,
    inside: &Inside,
    workspace: WorkspaceId,
    typed: Typed,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Dashboards)?;
    let row = |found: Dashboard| DashboardRow {
        id: found.id,
        tiles: found.what.tiles.len(),
        days: found.what.range.words(),
        name: found.what.name,
        changed: instant(found.changed_ms),
    };
    let notes = services.dashboards.annotations(workspace)?;
    let view = DashboardsView {
        rows: services.dashboards.list(workspace)?.into_iter().map(row).collect(),
        notes: notes.into_iter().map(|note| (note.id, note.day, note.text)).collect(),
        alerts: services.dashboards.alerts(workspace)?.into_iter().map(alert_row).collect(),
        may_write: inside.may::<WriteDashboard>(&services.guard),
        typed,
    };
    Ok(Page(all::page(&frame, &view)))
}

fn alert_row(alert: Alert) -> AlertRow {
    let question = &alert.what.question;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let event = &question["events"][0];
    let measure = text(&event["measure"]);
    let measure = if measure.is_empty() { "count" } else { &measure };
    let formula = &question["formulas"][0];
    let named = [text(&formula["name"]), text(&formula["formula"])].into_iter().find(|name| !name.is_empty());
    let what = named.unwrap_or_else(|| format!("{measure} of {}", text(&event["event"])));
    let interval = text(&question["interval"]);
    let interval = if interval.is_empty() { "day" } else { &interval };
    AlertRow {
        id: alert.id,
        metric: format!("{what} by {interval}"),
        rule: alert.what.rule.words(),
        judged: alert.judged.map(|(slot_ms, breached)| (instant(slot_ms), breached)),
        name: alert.what.name,
    }
}

fn shown(
    services: &Services,
    inside: &Inside,
    (may, workspace, dashboard): (&Permit<AskQuestion>, WorkspaceId, &str),
    typed: Typed,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Dashboards)?;
    let (found, answers) = services.dashboard_answers(may.granted(), workspace, dashboard)?;
    let shares = if inside.may::<ReadShares>(&services.guard) {
        let shares = services.dashboards.shares(workspace, dashboard)?;
        let line = |share: dashboards::shares::Share| {
            (share.id, share.url, instant(share.made_ms), instant(share.expires_ms))
        };
        Some(shares.into_iter().map(line).collect())
    } else {
        None
    };
    let schedules = services.dashboards.schedules(workspace, dashboard)?.into_iter();
    let notes = services.dashboards.annotations(workspace)?;
    let view = DashboardView {
        id: found.id,
        days: answers.days,
        days_words: found.what.range.words(),
        filters: found.what.filters.len(),
        zone: answers.zone,
        name: found.what.name,
        tiles: found.what.tiles.into_iter().zip(answers.outcomes).collect(),
        notes: notes.into_iter().map(|note| (note.day, note.text)).collect(),
        shares,
        schedules: schedules
            .map(|schedule| (schedule.id, schedule.when.words(), schedule.last_ms.map(instant)))
            .collect(),
        may_write: inside.may::<WriteDashboard>(&services.guard),
        typed,
    };
    Ok(Page(one::page(&frame, &view)))
}
