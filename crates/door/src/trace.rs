//! One line a request in the log: method, the route's pattern, status, time, and an id that the answer bears too.
//! Never the path as sent, the query, a header or a body: they may hold what must not be logged.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};

/// Middleware of both doors.
pub async fn requests(request: Request, next: Next) -> Response {
    if !tracing::enabled!(tracing::Level::DEBUG) {
        return next.run(request).await;
    }
    let id = stdx::random_text::<10>();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "-".to_owned(), |path| path.as_str().to_owned());
    let begin = Instant::now();
    let span = tracing::debug_span!("request", %id, %method, %route);
    let mut response = tracing::Instrument::instrument(next.run(request), span).await;
    tracing::debug!(%id, %method, %route, status = response.status().as_u16(), ms = begin.elapsed().as_millis() as u64, "request");
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}
