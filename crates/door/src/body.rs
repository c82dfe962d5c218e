//! Request bodies of the console door: small, read whole before anything else, and digested, because a
//! step-up is bound to the exact body.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::problem::Problem;

/// The largest body the console door takes; larger ones are answered with 413.
pub const CONSOLE_BODY_BYTES_MAX: usize = 1024 * 1024;
/// How long a body may take to arrive; slower ones are answered with 408.
pub const BODY_TIME_MAX: Duration = Duration::from_secs(30);

/// SHA-256 of the request's body.
#[derive(Clone, Copy, Debug)]
pub struct BodyDigest(pub [u8; 32]);

impl BodyDigest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
        let mut out = [0; 32];
        out.copy_from_slice(digest.as_ref());
        Self(out)
    }

    /// The digest of an empty body.
    pub fn of_nothing() -> Self {
        Self::of(&[])
    }
}

/// Reads at most `bytes_max` of a body, within [`BODY_TIME_MAX`].
///
/// # Errors
/// 413 when it is longer, 408 when it is slower, 400 when the connection broke.
pub async fn read(body: Body, bytes_max: usize) -> Result<Bytes, Problem> {
    let collected = tokio::time::timeout(BODY_TIME_MAX, Limited::new(body, bytes_max).collect()).await;
    match collected {
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "the body took too long")),
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "the body is too large")
                .detail(format!("at most {bytes_max} bytes")))
        }
        Ok(Err(_)) => {
            Err(Problem::new(StatusCode::BAD_REQUEST, "broken-body", "the body did not arrive whole"))
        }
    }
}

/// Middleware of the console door: reads the body and leaves its digest for the permit.
pub async fn buffer(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match read(body, CONSOLE_BODY_BYTES_MAX).await {
        Ok(bytes) => {
            parts.extensions.insert(BodyDigest::of(&bytes));
            next.run(Request::from_parts(parts, Body::from(bytes))).await
        }
        Err(problem) => problem.into_response(),
    }
}
