//! The settings file that browser and mobile SDKs load before they send anything. Without it the browser
//! SDK sends nothing at all, so it is made from memory alone.

use axum::response::Response;
use http::StatusCode;
use model::WorkspaceId;
use serde::Serialize;

use crate::asked::Asked;
use crate::collector::Collector;
use crate::home::Home;
use crate::reply::{cached, of_json};
use crate::segment::reply::failure;

#[derive(Serialize)]
struct Settings<'a> {
    integrations: Integrations<'a>,
    plan: Empty,
    metrics: Metrics,
    /// Of us alone: `false` tells an SDK to stop capturing automatically (docs/advisories.md).
    autocapture: bool,
}

#[derive(Serialize)]
struct Integrations<'a> {
    /// The only key: any other makes the browser load code from the vendor.
    #[serde(rename = "Segment.io")]
    segment: Destination<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Destination<'a> {
    api_key: &'a str,
    api_host: String,
    protocol: &'a str,
    retry_queue: bool,
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metrics {
    sample_rate: u8,
}

/// The settings of the write key in the path.
pub(super) fn give(collector: &Collector, asked: &Asked) -> Response {
    let Some((write_key, workspace, home)) = known(collector, asked) else { return unknown() };
    let api_host = format!("{}/v1", home.host);
    let segment = Destination { api_key: write_key, api_host, protocol: home.protocol, retry_queue: true };
    let integrations = Integrations { segment };
    let (sdk, version) = (asked.form.get("sdk"), asked.form.get("version").unwrap_or_default());
    let autocapture = collector.0.advisories.may_autocapture(workspace, sdk, version);
    let metrics = Metrics { sample_rate: 0 };
    let settings = Settings { integrations, plan: Empty {}, metrics, autocapture };
    let text = serde_json::to_string(&settings).unwrap_or_default();
    cached(of_json(StatusCode::OK, text), home.is_configured)
}

/// The write key of the path, if a source has it, whose it is, and where to send.
pub(super) fn known<'a>(collector: &Collector, asked: &'a Asked) -> Option<(&'a str, WorkspaceId, Home)> {
    let write_key = asked.param("write_key")?;
    let source = collector.0.sources.by_write_key(write_key, asked.received_ms)?;
    Some((write_key, source.workspace, Home::of(collector, asked)?))
}

/// The reply where there is no such source.
pub(super) fn unknown() -> Response {
    of_json(StatusCode::NOT_FOUND, failure("unknown_write_key", "no source has this write key"))
}
