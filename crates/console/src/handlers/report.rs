//! What was received that should not have been.

use axum::extract::{Query, State};
use door::{DoorName, Permit, Problem, Routes, blocking};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::Class;
use policy::actions::ReadShield;
use serde::Deserialize;
use service::ServiceError;
use service::report::ReportWanted;

use super::inside::{Inside, instant};
use super::reply::Page;
use crate::frame::Section;
use crate::pages::report::{self, ReportRow, ReportView};
use crate::state::ConsoleState;

/// How many rows the page shows; the files have them all.
const ROWS_SHOWN_MAX: usize = 500;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console).get("/w/{w}/quality/report", page)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    path: String,
    class: String,
    sdk: String,
    sdk_version: String,
    from: String,
    to: String,
}

async fn page(
    may: Permit<ReadShield>,
    inside: Inside,
    State(state): State<ConsoleState>,
    Query(asked): Query<Asked>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let wanted = ReportWanted {
        event: None,
        path: text(&asked.path),
        class: Class::from_name(&asked.class),
        sdk: text(&asked.sdk),
        sdk_version: text(&asked.sdk_version),
        from_ms: time("from", &asked.from)?,
        to_ms: time("to", &asked.to)?,
    };
    blocking(move || {
        let services = &state.services;
        let frame = inside.frame(services, Section::Quality)?;
        let rows = services.report(may.granted(), workspace, &wanted)?;
        let view = ReportView {
            known: rows.len(),
            rows: rows
                .into_iter()
                .take(ROWS_SHOWN_MAX)
                .map(|row| ReportRow {
                    person: row.person,
                    event: row.event,
                    path: row.path,
                    class: row.class,
                    library: format!("{} {}", row.sdk, row.sdk_version).trim().to_owned(),
                    count: row.count,
                    first: instant(row.first_ms),
                    last: instant(row.last_ms),
                })
                .collect(),
            asked: vec![
                ("path", asked.path),
                ("class", asked.class),
                ("sdk", asked.sdk),
                ("sdk_version", asked.sdk_version),
                ("from", asked.from),
                ("to", asked.to),
            ],
        };
        Ok::<_, ServiceError>(Page(report::page(&frame, &view)))
    })
    .await
}

/// A day (midnight UTC) or an instant; nothing where nothing was written.
fn time(field: &str, text: &str) -> Result<Option<i64>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let found = text.parse::<Timestamp>().ok().or_else(day);
    let wrong = || Problem::invalid(field, "write a day (2026-08-01) or an instant (2026-08-01T12:00:00Z)");
    found.map(|time| Some(time.as_millisecond())).ok_or_else(wrong)
}
