//! Cross-origin replies. Pages of every origin send events, so the origin is echoed; nothing that these
//! routes answer is anybody's secret, and no route of this door reads a cookie.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY,
};

/// How many requested headers are reflected, and how long each may be; further ones are left out.
const HEADERS_MAX: usize = 24;
const HEADER_BYTES_MAX: usize = 64;
const ORIGIN_BYTES_MAX: usize = 256;
/// A day; browsers cut it to what they allow.
const MAX_AGE_S: HeaderValue = HeaderValue::from_static("86400");
/// Without this a browser cannot see how long it should wait.
const EXPOSED: HeaderValue = HeaderValue::from_static("Retry-After, Holdfast-Autocapture");
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, OPTIONS");

/// Adds what a page of another origin needs to read the reply.
pub(crate) fn allow(request: &HeaderMap, reply: &mut HeaderMap) {
    reply.append(VARY, HeaderValue::from_name(ORIGIN));
    let Some(origin) = request.get(ORIGIN).filter(|origin| origin.len() <= ORIGIN_BYTES_MAX) else { return };
    reply.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    reply.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    reply.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}

/// Adds what a browser asks before it sends.
pub(crate) fn allow_preflight(request: &HeaderMap, reply: &mut HeaderMap) {
    allow(request, reply);
    reply.append(VARY, HeaderValue::from_name(ACCESS_CONTROL_REQUEST_HEADERS));
    reply.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    reply.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE_S);
    let asked = request.get(ACCESS_CONTROL_REQUEST_HEADERS).and_then(|asked| asked.to_str().ok());
    let names: Vec<String> = asked
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|name| name.len() <= HEADER_BYTES_MAX)
        .filter_map(|name| HeaderName::try_from(name).ok())
        .take(HEADERS_MAX)
        .map(|name| name.as_str().to_owned())
        .collect();
    if let Ok(names) = HeaderValue::try_from(names.join(", ")) {
        reply.insert(ACCESS_CONTROL_ALLOW_HEADERS, names);
    }
}
