//! What was received that should not have been.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::Class;
use policy::actions::ReadShield;
use serde::Deserialize;
use service::ServiceError;
use service::report::ReportWanted;

use super::inside::{Inside, instant};
use super::reply::Page;
use super::view::moment;
use crate::components::form::Typed;
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
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let services = &state.services;
        let frame = inside.frame(services, Section::Quality)?;
        let found = wanted(&asked).and_then(|wanted| services.report(may.granted(), workspace, &wanted));
        let (rows, wrong) = match found {
            Ok(rows) => (rows, None),
            Err(ServiceError::Invalid { field, fix }) => (Vec::new(), Some((field, fix))),
            Err(error) => return Err(error),
        };
        let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let texts = vec![
            ("path", asked.path),
            ("class", asked.class),
            ("sdk", asked.sdk),
            ("sdk_version", asked.sdk_version),
            ("from", asked.from),
            ("to", asked.to),
        ];
        let view = ReportView {
            typed: Typed { texts, wrong },
            known: rows.len(),
            rows: rows.into_iter().take(ROWS_SHOWN_MAX).map(report_row).collect(),
        };
        Ok((status, Page(report::page(&frame, &view))).into_response())
    })
    .await
}

fn report_row(row: service::report::ReportRow) -> ReportRow {
    ReportRow {
        library: format!("{} {}", row.sdk, row.sdk_version).trim().to_owned(),
        person: row.person,
        event: row.event,
        path: row.path,
        class: row.class,
        count: row.count,
        first: instant(row.first_ms),
        last: instant(row.last_ms),
    }
}

fn wanted(asked: &Asked) -> Result<ReportWanted, ServiceError> {
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(ReportWanted {
        event: None,
        path: text(&asked.path),
        class: Class::from_name(&asked.class),
        sdk: text(&asked.sdk),
        sdk_version: text(&asked.sdk_version),
        from_ms: moment("from", &asked.from)?,
        to_ms: moment("to", &asked.to)?,
    })
}
