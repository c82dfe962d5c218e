//! Style, scripts and icon.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use door::{DoorName, Permit, Problem, Routes};
use http::{HeaderMap, header};
use policy::actions::ReadPublicPage;

use crate::assets;
use crate::state::ConsoleState;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console).get("/assets/{*path}", asset)
}

async fn asset(
    _may: Permit<ReadPublicPage>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asset = assets::find(&path).ok_or_else(Problem::not_found)?;
    let takes_gzip = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|coding| coding.trim().split(';').next() == Some("gzip")));
    let about = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, assets::CACHE_CONTROL),
        (header::VARY, "accept-encoding"),
    ];
    Ok(if takes_gzip {
        (about, [(header::CONTENT_ENCODING, "gzip")], asset.gzip.as_slice()).into_response()
    } else {
        (about, asset.bytes).into_response()
    })
}
