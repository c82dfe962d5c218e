//! RudderStack's dialect: Segment's messages on paths of its own, and a document of its own that its
//! browser SDK loads first. Its SDKs do not read the reply's body, so it is Segment's.

use std::borrow::Cow;

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use crate::asked::Asked;
use crate::collector::Collector;
use crate::dialect::{Route, Work, routes};
use crate::reply::{cached, of_json};
use crate::segment::{Messages, Pixel};

/// What may be called beside Segment's paths.
pub(crate) const ROUTES: &[Route] = routes! {
    POST "/v1/merge" => Work::Take(&Messages(None)),
    POST "/beacon/v1/batch" => Work::Take(&Messages(None)),
    GET "/pixel/v1/{call}" => Work::Take(&Pixel),
    GET "/sourceConfig" => Work::Give(config),
    GET "/health" => Work::Give(health),
    GET "/version" => Work::Give(|_, _| of_json(StatusCode::OK, r#"{"Version":"holdfast"}"#)),
};

#[derive(Serialize)]
struct Config<'a> {
    source: Source<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Source<'a> {
    id: Cow<'a, str>,
    name: &'a str,
    write_key: &'a str,
    enabled: bool,
    workspace_id: Cow<'a, str>,
    config: SourceSettings,
    /// Events go nowhere else from a browser.
    destinations: [(); 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SourceSettings {
    stats_collection: Stats,
}

/// What the SDK would report of itself: nothing.
#[derive(Serialize)]
struct Stats {
    errors: Switch,
    metrics: Switch,
}

#[derive(Serialize)]
struct Switch {
    enabled: bool,
}

/// The document that the browser SDK loads first. The source's name is its members' own and is not told.
fn config(collector: &Collector, asked: &Asked) -> Response {
    let find = |key: &String| collector.0.sources.by_write_key(key, asked.received_ms);
    let Some(source) = asked.keys.iter().find_map(find) else {
        return of_json(StatusCode::UNAUTHORIZED, r#"{"message":"no source has this write key"}"#);
    };
    let off = || Switch { enabled: false };
    let text = serde_json::to_string(&Config {
        source: Source {
            id: source.id.to_string().into(),
            name: "holdfast",
            write_key: &source.write_key,
            enabled: source.disabled_ms.is_none(),
            workspace_id: source.id.to_string().into(),
            config: SourceSettings { stats_collection: Stats { errors: off(), metrics: off() } },
            destinations: [],
        },
    });
    // The key may stand in a header, by which caches do not tell requests apart.
    cached(of_json(StatusCode::OK, text.unwrap_or_default()), false)
}

fn health(collector: &Collector, _: &Asked) -> Response {
    if collector.0.journal.is_stopped() {
        return of_json(StatusCode::SERVICE_UNAVAILABLE, r#"{"server":"DOWN"}"#);
    }
    of_json(StatusCode::OK, r#"{"server":"UP","mode":"normal"}"#)
}
