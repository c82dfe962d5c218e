//! One line a request in the log: method, the route's pattern, status, time, and an id that the answer bears too.
//! Never the path as sent, the query, a header or a body: they may hold what must not be logged.
//!
//! It is also the last resort: what breaks while a request is answered ends that request alone, with 500 and an id.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue};

use crate::problem::Problem;

/// Middleware of both doors. An id is made only where somebody will read it.
pub async fn requests(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.extensions().get::<MatchedPath>().cloned());
    let route = path.as_ref().map_or("-", MatchedPath::as_str);
    let told = tracing::enabled!(tracing::Level::DEBUG).then(new_id);
    let begin = Instant::now();
    let span = tracing::debug_span!("request", id = told.as_deref(), %method, %route);
    let answer = unbroken(tracing::Instrument::instrument(next.run(request), span)).await;
    let (mut response, id) = match (answer, told) {
        (Some(response), None) => return response,
        (Some(response), Some(id)) => (response, id),
        (None, told) => {
            let id = told.unwrap_or_else(new_id);
            tracing::error!(%id, %method, %route, "answering a request broke; what it said stands above, the caller was told 500");
            (Problem::internal().into_response(), id)
        }
    };
    tracing::debug!(%id, %method, %route, status = response.status().as_u16(), ms = begin.elapsed().as_millis() as u64, "request");
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

fn new_id() -> String {
    stdx::random_text::<10>()
}

/// The answer, or nothing where making it panicked. What a handler holds across it is dropped; nothing of ours is shared
/// half-written, because locks are of `parking_lot` and what is durable is so by transactions.
async fn unbroken(answering: impl Future<Output = Response>) -> Option<Response> {
    let mut answering = pin!(answering);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| answering.as_mut().poll(context))) {
        Ok(poll) => poll.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use http::StatusCode;
    use tower::ServiceExt;

    use super::*;

    async fn breaks() -> &'static str {
        let none: Option<&str> = std::hint::black_box(None);
        none.unwrap_or_else(|| panic!("made to break"))
    }

    #[tokio::test]
    async fn what_breaks_ends_alone_with_an_id() {
        let app = Router::new()
            .route("/breaks", get(breaks))
            .route("/works", get(|| async { "well" }))
            .layer(from_fn(requests));
        let ask = |path: &str| http::Request::get(path).body(Body::empty()).unwrap();
        let broken = app.clone().oneshot(ask("/breaks")).await.unwrap();
        assert_eq!(broken.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(broken.headers()["content-type"], "application/problem+json");
        assert!(broken.headers()["x-request-id"].len() >= 16);
        let text = axum::body::to_bytes(broken.into_body(), 10_000).await.unwrap();
        assert!(!String::from_utf8_lossy(&text).contains("made to break"));
        assert_eq!(app.oneshot(ask("/works")).await.unwrap().status(), StatusCode::OK);
    }
}
