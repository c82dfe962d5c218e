//! `…/workspaces/{w}/shield/report`: what was received that should not have been, by person and property; never a value.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use model::Class;
use policy::actions::ReadShield;
use serde::{Deserialize, Serialize};
use service::report::{ReportRow, ReportWanted};

use crate::input::Query;
use crate::state::ApiState;
use crate::view::{List, instant, instant_of};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/shield/report", report)
        .giving(&["application/json", "text/csv"])
}

/// What is asked for; the console's download asks the same.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportQuery {
    event: Option<String>,
    path: Option<String>,
    class: Option<String>,
    sdk: Option<String>,
    sdk_version: Option<String>,
    from: Option<String>,
    to: Option<String>,
    format: Option<String>,
}

#[derive(Debug, Serialize)]
struct ReportView {
    person: String,
    event: String,
    path: String,
    class: &'static str,
    rule: String,
    source: String,
    sdk: String,
    sdk_version: String,
    count: u64,
    first: String,
    last: String,
}

impl From<ReportRow> for ReportView {
    fn from(row: ReportRow) -> Self {
        Self {
            person: row.person.to_string(),
            event: row.event,
            path: row.path,
            class: row.class.as_str(),
            rule: row.rule,
            source: row.source.to_string(),
            sdk: row.sdk,
            sdk_version: row.sdk_version,
            count: row.count,
            first: instant(row.first_ms),
            last: instant(row.last_ms),
        }
    }
}

async fn report(
    may: Permit<ReadShield>,
    State(state): State<ApiState>,
    Query(query): Query<ReportQuery>,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    let as_csv = match query.format.as_deref() {
        None | Some("json") => false,
        Some("csv") => true,
        Some(_) => return Err(Problem::invalid("format", "write `json` or `csv`")),
    };
    let wanted = wanted(query)?;
    let rows = blocking(move || state.services.report(may.granted(), workspace, &wanted)).await?;
    Ok(if as_csv {
        csv(&rows)
    } else {
        Json(List::whole(rows.into_iter().map(ReportView::from).collect())).into_response()
    })
}

/// The filter of a query.
///
/// # Errors
/// Names the field that cannot be read.
pub fn wanted(query: ReportQuery) -> Result<ReportWanted, Problem> {
    let text = |text: Option<String>| text.filter(|text| !text.is_empty());
    let class = text(query.class)
        .map(|name| {
            let wrong = || Problem::invalid("class", "write a class, for example `password`");
            Class::from_name(&name).ok_or_else(wrong)
        })
        .transpose()?;
    Ok(ReportWanted {
        event: text(query.event),
        path: text(query.path),
        class,
        sdk: text(query.sdk),
        sdk_version: text(query.sdk_version),
        from_ms: instant_of("from", text(query.from))?,
        to_ms: instant_of("to", text(query.to))?,
    })
}

/// The rows as a file for spreadsheets.
pub fn csv(rows: &[ReportRow]) -> Response {
    let mut text =
        String::from("person,event,property,class,rule,source,sdk,sdk_version,count,first,last\r\n");
    for row in rows {
        let (person, source, count) = (row.person.to_string(), row.source.to_string(), row.count.to_string());
        let (first, last) = (instant(row.first_ms), instant(row.last_ms));
        let cells: [&str; 11] = [
            &person,
            &row.event,
            &row.path,
            row.class.as_str(),
            &row.rule,
            &source,
            &row.sdk,
            &row.sdk_version,
            &count,
            &first,
            &last,
        ];
        text.push_str(&cells.map(cell).join(","));
        text.push_str("\r\n");
    }
    let mut reply = text.into_response();
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let name = HeaderValue::from_static("attachment; filename=\"shield-report.csv\"");
    reply.headers_mut().insert(CONTENT_DISPOSITION, name);
    reply
}

/// A cell that no spreadsheet takes for a formula: names in it come from whoever has the public write key.
fn cell(text: &str) -> String {
    let safe = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if safe.contains(['"', ',', '\n', '\r']) || safe != text {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let cases = [
            ("Order Completed", "Order Completed"),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("@sum", "\"'@sum\""),
            ("-1", "\"'-1\""),
            ("a,b", "\"a,b\""),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(cell(text), expected);
        }
    }
}
