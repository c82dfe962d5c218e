//! Tracking plans: the list, one plan, its versions, and the changes members make.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use collect::planned::counts::Violated;
use collect::planned::table::{PlanSummary, PlanVersion};
use door::shape::Part;
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use http::request::Parts;
use model::WorkspaceId;
use plan::diff::diff;
use plan::{Mode, Plan};
use policy::actions::{ChangePlan, ListMembers, ReadPlans};
use serde::Deserialize;
use service::plans::PlanRead;
use service::{ServiceError, Services};

use super::fields::Fields;
use super::inside::{Also, Inside, instant};
use super::reply::{self, Page};
use super::view::{MemberNames, reason_words};
use crate::charts::Series;
use crate::frame::Section;
use crate::pages::plan::{self as plan_page, ChangesView, Overtaken, PlanView, Tried, VersionRow};
use crate::pages::plans::{self, PlanRow, PlansView, ViolationRow, WrongDraft};
use crate::paths;
use crate::state::ConsoleState;

/// How many days the chart has.
const DAYS: u32 = 30;
/// How many days a draft looks back where the form does not say.
const DRAFT_DAYS: u32 = 7;
/// How many rows the table of violations has.
const ROWS_MAX: usize = 200;
const DAY_MS: i64 = 86_400_000;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/plans", list)
        .post("/w/{w}/plans/draft", draft)
        .get("/w/{w}/plans/{name}", show)
        .post("/w/{w}/plans/{name}", change)
        .post("/w/{w}/plans/{name}/mode", set_mode)
        .get("/w/{w}/plans/{name}/changes", changes)
}

#[derive(Debug, Deserialize)]
struct Wanted {
    version: Option<u32>,
    from: Option<u32>,
    to: Option<u32>,
}

/// Who looks at plans, and what else they may know.
struct Looking {
    inside: Inside,
    may: Permit<ReadPlans>,
    members: Also<ListMembers>,
}

impl FromRequestParts<ConsoleState> for Looking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ConsoleState) -> Result<Self, Problem> {
        let inside = Inside::from_request_parts(parts, state).await?;
        let may = Permit::from_request_parts(parts, state).await?;
        let members = Also::from_request_parts(parts, state).await?;
        Ok(Self { inside, may, members })
    }
}

impl Part for Looking {}

async fn list(
    _may: Permit<ReadPlans>,
    looking: Looking,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || looking.listed(&state.services, None)).await
}

async fn draft(
    may: Permit<ChangePlan>,
    looking: Looking,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let name = fields.text("name");
        let days = fields.text("days").parse().unwrap_or(DRAFT_DAYS);
        match state.services.keep_draft(may.granted(), workspace, name, days) {
            Ok(_) => Ok(looking.inside.asked().anew(&paths::plan(workspace, name), "plan-drafted")),
            Err(ServiceError::Invalid { fix, .. } | ServiceError::Conflict(fix)) => {
                let wrong = WrongDraft { name: name.to_owned(), days, fix };
                let page = looking.listed(&state.services, Some(wrong))?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Err(error) => Err(error),
        }
    })
    .await
}

async fn show(
    _may: Permit<ReadPlans>,
    looking: Looking,
    State(state): State<ConsoleState>,
    Path((_, name)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Page, Problem> {
    blocking(move || looking.shown(&state.services, (&name, wanted.version), None)).await
}

async fn change(
    may: Permit<ChangePlan>,
    looking: Looking,
    State(state): State<ConsoleState>,
    Path((_, name)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let text = fields.text("document").to_owned();
        let based_on = fields.text("based_on").parse().ok();
        let put = match serde_json::from_str(&text) {
            Ok(document) => services.put_plan(may.granted(), workspace, &name, (&document, based_on)),
            Err(error) => {
                let error = plan::Invalid {
                    pointer: String::new(),
                    problem: format!("is not JSON at line {}", error.line()),
                    fix: "write one JSON object".to_owned(),
                };
                Err(ServiceError::Plan(vec![error]))
            }
        };
        let (status, tried) = match put {
            Ok(_) => {
                return Ok(reply::done(&paths::plan(workspace, &name), "plan-changed").into_response());
            }
            Err(ServiceError::Plan(errors)) => {
                let errors = errors.iter().map(ToString::to_string).collect();
                (StatusCode::UNPROCESSABLE_ENTITY, Tried { text, based_on, errors, overtaken: None })
            }
            Err(ServiceError::PlanChanged { based_on: from, present: Some(present) }) => {
                let overtaken = looking.overtaken(services, (from, &present), &text)?;
                (
                    StatusCode::CONFLICT,
                    Tried { text, based_on: None, errors: Vec::new(), overtaken: Some(overtaken) },
                )
            }
            Err(error) => return Err(error),
        };
        let page = looking.shown(services, (&name, None), Some(tried))?;
        Ok((status, page).into_response())
    })
    .await
}

async fn set_mode(
    may: Permit<ChangePlan>,
    State(state): State<ConsoleState>,
    Path((_, name)): Path<(String, String)>,
    fields: Fields,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    let mode = match fields.text("mode") {
        "off" => None,
        mode => {
            Some(Mode::from_name(mode).ok_or_else(|| Problem::invalid("mode", "choose one of the list"))?)
        }
    };
    let plan = name.clone();
    blocking(move || state.services.set_plan_mode(may.granted(), workspace, &plan, (mode, None))).await?;
    Ok(reply::done(&paths::plan(workspace, &name), "plan-mode"))
}

async fn changes(
    may: Permit<ReadPlans>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Path((_, name)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    let (Some(from), Some(to)) = (wanted.from, wanted.to) else { return Err(Problem::not_found()) };
    blocking(move || {
        let services = &state.services;
        let frame = inside.frame(services, Section::Plans)?;
        let changes = services.plan_changes(may.granted(), workspace, &name, (from, to))?;
        Ok::<_, ServiceError>(Page(plan_page::changes_page(
            &frame,
            &ChangesView { name, between: (from, to), changes },
        )))
    })
    .await
}

impl Looking {
    fn workspace(&self) -> Result<WorkspaceId, ServiceError> {
        self.may.granted().workspace.ok_or(ServiceError::NotFound { what: "workspace" })
    }

    fn listed(&self, services: &Services, wrong: Option<WrongDraft>) -> Result<Page, ServiceError> {
        let frame = self.inside.frame(services, Section::Plans)?;
        let (workspace, granted) = (self.workspace()?, self.may.granted());
        let names = MemberNames::read(services, &self.inside, self.members.0.as_ref())?;
        let found = services.plans(granted, workspace)?;
        let violated = services.plan_violations(granted, workspace, DAYS)?;
        let today = services.clock.now_ms().div_euclid(DAY_MS);
        let (days, by_day) = by_day(&violated, today);
        let view = PlansView {
            plans: found
                .into_iter()
                .map(|plan| PlanRow {
                    name: plan.name,
                    version: plan.version,
                    active: plan.active,
                    changed: instant(plan.changed_ms),
                    by: names.of(&plan.changed_by),
                })
                .collect(),
            days,
            by_day,
            violations: by_place(violated),
            waiting: services.collector.quarantine().amount(workspace).items,
            may_change: self.inside.may::<ChangePlan>(&services.guard),
            wrong,
        };
        Ok(Page(plans::page(&frame, &view)))
    }

    fn shown(
        &self,
        services: &Services,
        (name, version): (&str, Option<u32>),
        tried: Option<Tried>,
    ) -> Result<Page, ServiceError> {
        let frame = self.inside.frame(services, Section::Plans)?;
        let (workspace, granted) = (self.workspace()?, self.may.granted());
        let names = MemberNames::read(services, &self.inside, self.members.0.as_ref())?;
        let PlanRead { summary, version, plan } = services.plan(granted, workspace, name, version)?;
        let versions = services.plan_versions(granted, workspace, name)?;
        let row = |one: PlanVersion| VersionRow {
            version: one.version,
            made: instant(one.made_ms),
            by: names.of(&one.made_by),
        };
        let view = PlanView {
            plan,
            version: version.version,
            latest: summary.version,
            active: summary.active,
            versions: versions.into_iter().map(row).collect(),
            may_change: self.inside.may::<ChangePlan>(&services.guard),
            tried,
        };
        Ok(Page(plan_page::page(&frame, &view)))
    }

    /// What came between the version that a document was made from and now, and what the document would change of that.
    fn overtaken(
        &self,
        services: &Services,
        (from, present): (u32, &PlanSummary),
        text: &str,
    ) -> Result<Overtaken, ServiceError> {
        let (workspace, granted) = (self.workspace()?, self.may.granted());
        let names = MemberNames::read(services, &self.inside, self.members.0.as_ref())?;
        let theirs = match services.plan_changes(granted, workspace, &present.name, (from, present.version)) {
            Ok(changes) => changes,
            // The version it was made from is no longer kept.
            Err(ServiceError::NotFound { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        let now = services.plan(granted, workspace, &present.name, None)?.plan;
        let yours = Plan::read_text(text, Some(&present.name)).map_err(ServiceError::Plan)?;
        Ok(Overtaken {
            from,
            by: names.of(&present.changed_by),
            at: instant(present.changed_ms),
            theirs,
            yours: diff(&now, &yours),
        })
    }
}

/// The days of the chart, oldest first, and a layer for each thing that was done.
fn by_day(violated: &[Violated], today: i64) -> (Vec<String>, Vec<Series>) {
    let days: Vec<i64> = (today - i64::from(DAYS) + 1..=today).collect();
    let label = |day: &i64| instant(day * DAY_MS).strftime("%-d %b").to_string();
    let layer = |mode: &str, label: &str| {
        let on = |day: &i64| {
            let on_day = violated.iter().filter(|one| one.day == *day && one.mode == mode);
            Some(on_day.map(|one| one.count.count).sum::<u64>() as f64)
        };
        Series { label: label.to_owned(), values: days.iter().map(on).collect() }
    };
    let series = vec![layer("watch", "kept"), layer("quarantine", "set aside"), layer("block", "refused")];
    (days.iter().map(label).collect(), series)
}

fn by_place(violated: Vec<Violated>) -> Vec<ViolationRow> {
    let mut places: BTreeMap<(String, String, String, String), (u64, i64)> = BTreeMap::new();
    for one in violated {
        let place = places.entry((one.event, one.property, one.rule, one.mode)).or_insert((0, i64::MIN));
        *place = (place.0 + one.count.count, place.1.max(one.count.last_ms));
    }
    let row = |((event, property, rule, mode), (count, last_ms)): (
        (String, String, String, String),
        (u64, i64),
    )| {
        ViolationRow { event, property, rule: reason_words(&rule), mode, count, last: instant(last_ms) }
    };
    let mut rows: Vec<ViolationRow> = places.into_iter().map(row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.count));
    rows.truncate(ROWS_MAX);
    rows
}
