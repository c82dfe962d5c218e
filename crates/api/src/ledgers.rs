//! The ledger: checkpoint and tiles as C2SP tlog-tiles lays them out, and the entries one may see.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::header;
use ledger::{EntryView, Outcome, Phase, Standing};
use model::PersonId;
use policy::actions::{ReadCheckpoint, ReadLedger, ReadOperations};
use serde::{Deserialize, Serialize};
use service::ledgers::Wanted;

use crate::input::Query;
use crate::state::ApiState;
use crate::view::{List, instant, instant_of};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/ledger/checkpoint", checkpoint)
        .giving(&["text/plain"])
        .get("/api/v1/ledger/standing", standing)
        .get("/api/v1/ledger/tile/{*tile}", tile)
        .giving(&["application/octet-stream"])
        .get("/api/v1/workspaces/{w}/ledger/entries", entries)
}

async fn checkpoint(_may: Permit<ReadCheckpoint>, State(state): State<ApiState>) -> Response {
    let note = state.services.ledger.published().note;
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], note)
        .into_response()
}

/// How far witnesses have seen the ledger, and how far whoever follows it is, for operators.
async fn standing(_may: Permit<ReadOperations>, State(state): State<ApiState>) -> Json<StandingView> {
    let exports = state.services.mirrored.now();
    Json(StandingView { standing: state.services.ledger.standing(), exports })
}

#[derive(Serialize)]
struct StandingView {
    #[serde(flatten)]
    standing: Standing,
    exports: Vec<mirror::Standing>,
}

async fn tile(
    _may: Permit<ReadCheckpoint>,
    State(state): State<ApiState>,
    Path(tile): Path<String>,
) -> Result<Response, Problem> {
    let path = format!("tile/{tile}");
    let found =
        blocking(move || state.services.ledger.tile(&path).map_err(|error| Problem::broke(&error))).await?;
    let bytes = found.ok_or_else(Problem::not_found)?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntriesQuery {
    principal: Option<String>,
    code: Option<String>,
    session: Option<String>,
    address: Option<String>,
    person: Option<String>,
    object: Option<String>,
    from: Option<String>,
    to: Option<String>,
    limit: Option<usize>,
    after: Option<u64>,
}

/// An entry as the outside sees it.
#[derive(Debug, Serialize)]
pub struct LedgerEntryView {
    index: u64,
    code: String,
    at: String,
    phase: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Outcome>,
    principal: String,
    session: Option<String>,
    /// From where, as a keyed mark: equal marks are the same address.
    from: Option<String>,
    object: String,
    detail: serde_json::Value,
}

impl From<EntryView> for LedgerEntryView {
    fn from(entry: EntryView) -> Self {
        let (phase, of, result) = match entry.phase {
            Phase::Entry => ("entry", None, None),
            Phase::Intent => ("intent", None, None),
            Phase::Outcome { of, result } => ("outcome", Some(of.0), Some(result)),
        };
        Self {
            index: entry.id.0,
            code: entry.code,
            at: instant(entry.at_ms),
            phase,
            of,
            result,
            principal: entry.principal,
            session: entry.session,
            from: entry.from,
            object: entry.object,
            detail: entry.detail,
        }
    }
}

async fn entries(
    may: Permit<ReadLedger>,
    State(state): State<ApiState>,
    Query(query): Query<EntriesQuery>,
) -> Result<Json<List<LedgerEntryView>>, Problem> {
    let workspace = may.workspace()?;
    let person = query.person.map(|text| {
        text.parse::<PersonId>().map_err(|_| Problem::invalid("person", "write a person's id (p_…)"))
    });
    let wanted = Wanted {
        person: person.transpose()?,
        address: query.address,
        principal: query.principal,
        code: query.code,
        session: query.session,
        object: query.object,
        from_ms: instant_of("from", query.from)?,
        to_ms: instant_of("to", query.to)?,
        after: query.after,
        limit: query.limit.unwrap_or(100),
    };
    let page = blocking(move || state.services.entries(may.granted(), workspace, wanted)).await?;
    let items = page.entries.into_iter().map(LedgerEntryView::from).collect();
    Ok(Json(List { items, next: page.next.map(|id| id.0.to_string()) }))
}
