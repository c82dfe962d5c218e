//! The settings file that browser and mobile SDKs load before they send anything.
//!
//! Whoever controls this file controls where an app's data goes, so the host in it comes from the
//! configuration; only where none is configured is it the host that the sender itself asked for.

use serde::Serialize;

#[derive(Serialize)]
struct Settings<'a> {
    integrations: Integrations<'a>,
    plan: Empty,
    metrics: Metrics,
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

/// The file for a source's write key; `url` is where senders reach us, for example `https://collect.example.com`.
/// Nothing where `url` is not of that form.
pub(crate) fn settings(write_key: &str, url: &str) -> Option<String> {
    let (protocol, host) = url.trim_end_matches('/').split_once("://")?;
    let host: http::uri::Authority = host.parse().ok()?;
    if !matches!(protocol, "http" | "https") || host.as_str().contains('@') {
        return None;
    }
    let api_host = format!("{host}/v1");
    let segment = Destination { api_key: write_key, api_host, protocol, retry_queue: true };
    let integrations = Integrations { segment };
    serde_json::to_string(&Settings { integrations, plan: Empty {}, metrics: Metrics { sample_rate: 0 } })
        .ok()
}
