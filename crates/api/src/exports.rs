//! `…/workspaces/{w}/exports`: the one file of an approved grant, begun with a touch, taken once by the session that
//! began it; and which export a leaked file came from.

use std::io;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use door::{DoorName, Permit, Problem, Routes, blocking};
use guard::grants::usage::FETCH_MS;
use http::{HeaderValue, StatusCode, header};
use model::GrantId;
use policy::actions::{AttributeLeak, ExportPeople, FetchExport};
use rows::export::attribute::{Attribution, Trace};
use rows::export::{Export, PIECE_ROWS, ROWS_PER_S};
use serde::Deserialize;
use serde_json::{Value, json};
use service::ServiceError;

use crate::input::{Input, Raw};
use crate::state::ApiState;
use crate::view::instant;

/// How long a piece takes at least, so that no more rows leave in a second than may.
const PACE: Duration = Duration::from_micros(1_000_000 * PIECE_ROWS as u64 / ROWS_PER_S as u64);

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .post("/api/v1/workspaces/{w}/exports", begin)
        .post("/api/v1/workspaces/{w}/exports/attribute", attribute)
        .post("/api/v1/workspaces/{w}/exports/{grant}/file", file)
        .giving(&["application/octet-stream"])
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    grant: GrantId,
}

async fn begin(
    may: Permit<ExportPeople>,
    State(state): State<ApiState>,
    Input(Begin { grant: id }): Input<Begin>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let workspace = may.workspace()?;
    let now_ms = state.services.clock.now_ms();
    let grant =
        blocking(move || state.services.guard.begin_export(may.granted(), id).map_err(ServiceError::from))
            .await?;
    let body = json!({
        "grant": grant.id,
        "file": format!("/api/v1/workspaces/{workspace}/exports/{id}/file"),
        "until": instant(now_ms + FETCH_MS),
    });
    Ok((StatusCode::CREATED, Json(body)))
}

/// The file, encrypted to the grant's recipients. It is a POST because it can be had once.
async fn file(
    may: Permit<FetchExport>,
    State(state): State<ApiState>,
    Path((_, grant)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let id: GrantId = grant.parse().map_err(|_| Problem::not_found())?;
    let export = blocking(move || state.services.export(may.granted(), id)).await?;
    let body = Body::from_stream(futures_util::stream::unfold(Leaving(Some(export)), next));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"export-{id}.age\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// An export under way. Whoever hangs up ends it, which waits for the ledger: not on an async worker.
struct Leaving(Option<Export>);

impl Drop for Leaving {
    fn drop(&mut self) {
        if let Some(export) = self.0.take() {
            drop(tokio::task::spawn_blocking(move || drop(export)));
        }
    }
}

/// The next piece; an export that may not go on breaks its connection off, so that nobody takes it for whole.
async fn next(mut leaving: Leaving) -> Option<(io::Result<Bytes>, Leaving)> {
    loop {
        let mut export = leaving.0.take()?;
        let worked = tokio::task::spawn_blocking(move || {
            let piece = export.next_piece();
            (export, piece)
        });
        let (kept, piece) = worked.await.ok()?;
        leaving.0 = Some(kept);
        match piece {
            Ok(None) => return None,
            Ok(Some(piece)) => {
                tokio::time::sleep(PACE).await;
                // age gives nothing until it has 64 KiB.
                if !piece.is_empty() {
                    return Some((Ok(Bytes::from(piece)), leaving));
                }
            }
            Err(error) => {
                tracing::warn!(%error, "an export was broken off");
                drop(leaving);
                return Some((Err(io::Error::other("the export was stopped")), Leaving(None)));
            }
        }
    }
}

/// The body is the leaked file, or a part of it: CSV, JSON, or any text.
async fn attribute(
    may: Permit<AttributeLeak>,
    State(state): State<ApiState>,
    Raw(text): Raw,
) -> Result<Json<Value>, Problem> {
    let workspace = may.workspace()?;
    let found =
        blocking(move || state.services.attribute(may.granted(), workspace, &String::from_utf8_lossy(&text)))
            .await?;
    Ok(Json(attribution(&found)))
}

fn attribution(found: &Attribution) -> Value {
    let trace = |Trace { grant, canaries, people, of }: &Trace| json!({ "grant": grant, "canaries": canaries, "people": people, "of": of });
    json!({
        "lines": found.lines,
        "people": found.people,
        "export": found.proved.map(|(grant, _)| grant),
        "proof": found.proved.map(|(_, proof)| proof.as_str()),
        "guess": if found.proved.is_none() { found.exports.first().map(|trace| trace.grant) } else { None },
        "exports": found.exports.iter().map(trace).collect::<Vec<_>>(),
    })
}
