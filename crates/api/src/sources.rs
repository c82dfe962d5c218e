//! `…/workspaces/{w}/sources`: where events come from, and their write keys.

use axum::Json;
use axum::extract::{Path, State};
use collect::Source;
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use model::SourceId;
use policy::actions::{ChangeSource, CreateSource, ListSources, RotateWriteKey};
use serde::{Deserialize, Serialize};
use service::ServiceError;

use crate::input::Input;
use crate::state::ApiState;
use crate::view::{List, instant};

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/sources", list)
        .post("/api/v1/workspaces/{w}/sources", create)
        .patch("/api/v1/workspaces/{w}/sources/{source}", change)
        .post("/api/v1/workspaces/{w}/sources/{source}/rotate", rotate)
}

/// A source as the outside sees it. The write key is public and therefore shown.
#[derive(Debug, Serialize)]
pub struct SourceView {
    id: String,
    name: String,
    write_key: String,
    previous_write_key: Option<String>,
    previous_until: Option<String>,
    created_at: String,
    enabled: bool,
    /// `null`: what the configuration says.
    events_per_s: Option<u32>,
    /// The collect door that takes its events.
    collect_url: String,
}

impl SourceView {
    fn of(source: Source, state: &ApiState) -> Self {
        let (previous_write_key, previous_until) = match source.previous {
            Some(previous) => (Some(previous.write_key), Some(instant(previous.until_ms))),
            None => (None, None),
        };
        Self {
            id: source.id.to_string(),
            name: source.name,
            write_key: source.write_key,
            previous_write_key,
            previous_until,
            created_at: instant(source.created_ms),
            enabled: source.disabled_ms.is_none(),
            events_per_s: source.events_per_s,
            collect_url: state.services.about.collect_url.clone(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSource {
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceChange {
    name: Option<String>,
    enabled: Option<bool>,
    /// A number, or `null` for what the configuration says.
    #[serde(default, deserialize_with = "given")]
    events_per_s: Option<Option<u32>>,
}

/// What was given, be it `null`; apart from what was not.
fn given<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<u32>>, D::Error> {
    Option::deserialize(from).map(Some)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotation {
    /// How long the present key goes on working; a day if not given.
    #[serde(default = "one_day_s")]
    overlap_s: u64,
}

fn one_day_s() -> u64 {
    24 * 3600
}

async fn list(
    may: Permit<ListSources>,
    State(state): State<ApiState>,
) -> Result<Json<List<SourceView>>, Problem> {
    let workspace = may.workspace()?;
    let views = blocking(move || {
        let found = state.services.sources(may.granted(), workspace)?;
        Ok::<_, ServiceError>(found.into_iter().map(|source| SourceView::of(source, &state)).collect())
    })
    .await?;
    Ok(Json(List::whole(views)))
}

async fn create(
    may: Permit<CreateSource>,
    State(state): State<ApiState>,
    Input(new): Input<NewSource>,
) -> Result<(StatusCode, Json<SourceView>), Problem> {
    let workspace = may.workspace()?;
    let made = blocking(move || {
        let made = state.services.create_source(may.granted(), workspace, &new.name)?;
        Ok::<_, ServiceError>(SourceView::of(made, &state))
    })
    .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

async fn change(
    may: Permit<ChangeSource>,
    State(state): State<ApiState>,
    Path((_, source)): Path<(String, String)>,
    Input(change): Input<SourceChange>,
) -> Result<Json<SourceView>, Problem> {
    let workspace = may.workspace()?;
    let id = source_id(&source)?;
    let SourceChange { name, enabled, events_per_s } = change;
    let change = service::sources::Change { name, enabled, events_per_s };
    let changed = blocking(move || {
        let changed = state.services.change_source(may.granted(), workspace, id, &change)?;
        Ok::<_, ServiceError>(SourceView::of(changed, &state))
    })
    .await?;
    Ok(Json(changed))
}

async fn rotate(
    may: Permit<RotateWriteKey>,
    State(state): State<ApiState>,
    Path((_, source)): Path<(String, String)>,
    Input(rotation): Input<Rotation>,
) -> Result<Json<SourceView>, Problem> {
    let workspace = may.workspace()?;
    let id = source_id(&source)?;
    let changed = blocking(move || {
        let changed = state.services.rotate_write_key(may.granted(), workspace, id, rotation.overlap_s)?;
        Ok::<_, ServiceError>(SourceView::of(changed, &state))
    })
    .await?;
    Ok(Json(changed))
}

fn source_id(text: &str) -> Result<SourceId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}
