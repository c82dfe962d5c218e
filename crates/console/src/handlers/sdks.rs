//! Which SDKs send, and advisories.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use collect::advisory::{NewAdvisory, Stops, Versions};
use collect::reason;
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::Granted;
use http::StatusCode;
use policy::actions::{AdviseSdk, LiftAdvisory, ListSources, ReadShield};
use service::{ServiceError, Services};
use watch::CensusRow;

use super::fields::Fields;
use super::inside::{Also, Inside, instant};
use super::reply::{self, Page};
use super::view::SourceNames;
use crate::charts::{SERIES_MAX, Series};
use crate::components::form::Typed;
use crate::frame::Section;
use crate::pages::sdks::{self, AdvisoryRow, FIELDS, SdksView, VersionRow};
use crate::paths;
use crate::state::ConsoleState;

/// How many days are shown.
const DAYS: i64 = 30;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/quality/sdks", list)
        .post("/w/{w}/quality/sdks", advise)
        .post("/w/{w}/quality/sdks/{advisory}/lift", lift)
}

async fn list(
    may: Permit<ReadShield>,
    inside: Inside,
    sources: Also<ListSources>,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    blocking(move || shown(&state.services, &inside, (may.granted(), &sources), Typed::default())).await
}

async fn advise(
    may: Permit<AdviseSdk>,
    inside: Inside,
    read: Permit<ReadShield>,
    sources: Also<ListSources>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let made = said(&fields).and_then(|says| state.services.advise(may.granted(), workspace, &says));
        match made {
            Ok(_) => Ok(reply::done(&paths::sdks(workspace), "sdk-stopped").into_response()),
            Err(ServiceError::Invalid { field, fix }) => {
                let texts = FIELDS.map(|(name, _)| (name, fields.text(name).to_owned())).into();
                let typed = Typed { texts, wrong: Some((field, fix)) };
                let page = shown(&state.services, &inside, (read.granted(), &sources), typed)?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Err(error) => Err(error),
        }
    })
    .await
}

async fn lift(
    may: Permit<LiftAdvisory>,
    State(state): State<ConsoleState>,
    Path((_, advisory)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    let id: i64 = advisory.parse().map_err(|_| Problem::not_found())?;
    blocking(move || state.services.lift_advisory(may.granted(), workspace, id)).await?;
    Ok(reply::done(&paths::sdks(workspace), "sdk-lifted"))
}

fn said(fields: &Fields) -> Result<NewAdvisory, ServiceError> {
    let invalid =
        |field: &str, fix: &str| ServiceError::Invalid { field: field.to_owned(), fix: fix.to_owned() };
    let versions = Versions::parse(fields.text("versions"))
        .ok_or_else(|| invalid("versions", "write *, a version, or comparisons such as >=1.2 <1.4.2"))?;
    let stops = Stops::from_name(fields.text("what")).ok_or_else(|| invalid("what", "choose one"))?;
    let (sdk, reason) = (fields.text("sdk").trim().to_owned(), fields.text("reason").trim().to_owned());
    Ok(NewAdvisory { sdk, versions, stops, reason })
}

fn shown(
    services: &Services,
    inside: &Inside,
    (may, sources): (&Granted, &Also<ListSources>),
    typed: Typed,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Quality)?;
    let workspace = may.workspace.ok_or(ServiceError::NotFound { what: "workspace" })?;
    let names = SourceNames::read(services, sources.0.as_ref(), workspace)?;
    let today = watch::day_of(services.clock.now_ms());
    let from = today - DAYS + 1;
    let rows = services.census(may, workspace, (from, today))?;
    let versions = versions(&rows, &names);
    let stopped = |reason: &str| reason == reason::SDK_ADVISORY;
    let refused = services.refusals(may, workspace)?;
    let advisories = services.advisories(may, workspace)?;
    let view = SdksView {
        days: (from..=today)
            .map(|day| instant(day * watch::census::DAY_MS).strftime("%-d %b").to_string())
            .collect(),
        by_day: by_day(&rows, from),
        versions,
        refused: refused
            .iter()
            .filter(|(place, _)| stopped(&place.reason))
            .map(|(_, count)| count.count)
            .sum(),
        advisories: advisories
            .into_iter()
            .map(|advisory| AdvisoryRow {
                id: advisory.id,
                sdk: advisory.says.sdk,
                versions: advisory.says.versions.to_string(),
                stops: match advisory.says.stops {
                    Stops::Autocapture => "what it captures by itself",
                    Stops::All => "everything",
                },
                reason: advisory.says.reason,
                since: instant(advisory.created_ms),
            })
            .collect(),
        may_advise: inside.may::<AdviseSdk>(&services.guard),
        may_lift: inside.may::<LiftAdvisory>(&services.guard),
        typed,
    };
    Ok(Page(sdks::page(&frame, &view)))
}

fn library(row: &CensusRow) -> String {
    let name = if row.sdk.is_empty() { "(not named)" } else { &row.sdk };
    format!("{name} {}", row.sdk_version).trim_end().to_owned()
}

fn versions(rows: &[CensusRow], names: &SourceNames) -> Vec<VersionRow> {
    let all = rows.iter().map(|row| row.count.events).sum::<u64>().max(1) as f64;
    let mut found: BTreeMap<_, VersionRow> = BTreeMap::new();
    for row in rows {
        let version = found.entry((library(row), row.source)).or_insert_with(|| VersionRow {
            library: library(row),
            source: names.of(row.source),
            events: 0,
            automatic: 0,
            share: 0.0,
            last: instant(row.count.last_ms),
        });
        version.events += row.count.events;
        version.automatic += row.count.automatic;
        version.share = version.events as f64 / all;
        version.last = version.last.max(instant(row.count.last_ms));
    }
    let mut found: Vec<VersionRow> = found.into_values().collect();
    found.sort_by_key(|version| std::cmp::Reverse(version.events));
    found
}

/// One layer for each of the most used versions, and one for the others.
fn by_day(rows: &[CensusRow], from: i64) -> Vec<Series> {
    let mut totals: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows {
        *totals.entry(library(row)).or_default() += row.count.events;
    }
    let mut order: Vec<(String, u64)> = totals.into_iter().collect();
    order.sort_by_key(|(_, events)| std::cmp::Reverse(*events));
    let told = if order.len() > SERIES_MAX { SERIES_MAX - 1 } else { order.len() };
    let others = order.len() > told;
    let mut series: Vec<Series> = order
        .into_iter()
        .take(told)
        .map(|(label, _)| Series { label, values: vec![Some(0.0); usize::try_from(DAYS).unwrap_or(0)] })
        .collect();
    if others {
        series.push(Series {
            label: "others".to_owned(),
            values: vec![Some(0.0); usize::try_from(DAYS).unwrap_or(0)],
        });
    }
    for row in rows {
        let label = library(row);
        let at = series.iter().position(|one| one.label == label).unwrap_or(told);
        let day = usize::try_from(row.day - from).unwrap_or(usize::MAX);
        if let Some(Some(value)) = series.get_mut(at).and_then(|one| one.values.get_mut(day)) {
            *value += row.count.events as f64;
        }
    }
    series
}
