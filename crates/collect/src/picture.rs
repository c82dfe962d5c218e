//! The picture of one pixel that mails and pages without scripts ask for.

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};

/// Transparent.
const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;";

/// The reply with it, never kept by a cache.
pub(crate) fn reply() -> Response {
    let mut reply = Response::new(Body::from(GIF));
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("image/gif"));
    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}
