//! Plan quarantine: what waits, released or dropped.

use axum::extract::{Query, State};
use axum::response::Redirect;
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::{DropQuarantine, ReadPlans, ReleaseQuarantine};
use serde::Deserialize;
use service::ServiceError;
use service::quarantine::{Shaped, Which};

use super::fields::Fields;
use super::inside::{Inside, instant};
use super::reply::{self, Page};
use super::view::reason_words;
use crate::frame::Section;
use crate::pages::quarantine::{self, ItemRow, QuarantineView, ReasonRow};
use crate::paths;
use crate::state::ConsoleState;

/// How many items a page has.
const PAGE: usize = 50;
/// How many names of an item are shown.
const NAMES_SHOWN: usize = 12;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/quarantine", list)
        .post("/w/{w}/quarantine/release", release)
        .post("/w/{w}/quarantine/drop", drop_them)
}

#[derive(Debug, Deserialize)]
struct After {
    after: Option<u64>,
}

async fn list(
    may: Permit<ReadPlans>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Query(after): Query<After>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let frame = inside.frame(services, Section::Plans)?;
        let from = after.after.unwrap_or(0);
        let read = services.quarantine(may.granted(), workspace, from, PAGE)?;
        let reason = |one: service::quarantine::ReasonCount| ReasonRow {
            event: one.event.to_string(),
            property: one.property.to_string(),
            rule: reason_words(&one.rule),
            count: one.count as u64,
        };
        let view = QuarantineView {
            waiting: read.amount.items as u64,
            bytes: read.amount.bytes,
            full: read.amount.full,
            reasons: read.counts.into_iter().map(reason).collect(),
            items: read.items.into_iter().map(item_row).collect(),
            next: read.next,
            later: from > 0,
            may_release: inside.may::<ReleaseQuarantine>(&services.guard),
            may_drop: inside.may::<DropQuarantine>(&services.guard),
        };
        Ok::<_, ServiceError>(Page(quarantine::page(&frame, &view)))
    })
    .await
}

async fn release(
    may: Permit<ReleaseQuarantine>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    let which = which(&fields);
    blocking(move || state.services.release_quarantine(may.granted(), workspace, &which)).await?;
    Ok(reply::done(&paths::quarantine(workspace), "quarantine-released"))
}

async fn drop_them(
    may: Permit<DropQuarantine>,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    let which = which(&fields);
    blocking(move || state.services.drop_quarantine(may.granted(), workspace, &which)).await?;
    Ok(reply::done(&paths::quarantine(workspace), "quarantine-dropped"))
}

fn which(fields: &Fields) -> Which {
    let items = fields.all("item").into_iter().filter_map(|number| number.parse().ok()).collect();
    let event = Some(fields.text("event").to_owned()).filter(|event| !event.is_empty());
    Which { items, event, ..Which::default() }
}

fn item_row(shaped: Shaped) -> ItemRow {
    let named = shaped.properties.into_iter().chain(shaped.traits).take(NAMES_SHOWN);
    let waiting = shaped.waiting;
    ItemRow {
        number: waiting.number,
        event: waiting.event.to_string(),
        time: instant(waiting.time_ms),
        held: instant(waiting.held_ms),
        reasons: waiting
            .reasons
            .iter()
            .map(|(property, rule)| (property.to_string(), reason_words(rule)))
            .collect(),
        shape: named.map(|named| (named.name, named.kind)).collect(),
    }
}
