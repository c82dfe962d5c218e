//! What the HTML snippet of Segment loads: a loader of our own SDK, which has the same calls. The vendor's
//! script is not served; whoever wants exactly that bundles the npm package (docs/sdks.md).

use axum::response::Response;
use http::StatusCode;

use crate::asked::Asked;
use crate::collector::Collector;
use crate::compose::quoted;
use crate::reply::{cached, with_type};
use crate::segment::settings::{known, unknown};

const LOADER: &str = include_str!("snippet.js");

/// The loader for the write key in the path.
pub(super) fn give(collector: &Collector, asked: &Asked) -> Response {
    let Some((write_key, _, home)) = known(collector, asked) else { return unknown() };
    let text = LOADER.replace("\"$KEY\"", &quoted(write_key)).replace("\"$HOST\"", &quoted(&home.url()));
    cached(with_type(StatusCode::OK, "text/javascript; charset=utf-8", text), home.is_configured)
}
