//! Bodies and queries with errors that name the field.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use door::Problem;
use door::body::{CONSOLE_BODY_BYTES_MAX, read};
use door::shape::{Part, Taken, schema_of};
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;

/// A JSON body, whatever its content type says; an empty one counts as `{}`.
pub struct Input<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, _state: &S) -> Result<Self, Problem> {
        let bytes = read(request.into_body(), CONSOLE_BODY_BYTES_MAX).await?;
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        serde_json::from_slice(text).map(Self).map_err(|error| wrong("body", &error.to_string()))
    }
}

impl<T: DeserializeOwned> Part for Input<T> {
    fn takes() -> Option<Taken> {
        Some(Taken::Json(schema_of::<T>()))
    }
}

/// A body as its bytes, for whoever reads them with errors of its own.
pub struct Raw(pub bytes::Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, _state: &S) -> Result<Self, Problem> {
        read(request.into_body(), CONSOLE_BODY_BYTES_MAX).await.map(Self)
    }
}

impl Part for Raw {
    fn takes() -> Option<Taken> {
        Some(Taken::Bytes("*/*"))
    }
}

/// The query string.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        axum::extract::Query::<T>::try_from_uri(&parts.uri)
            .map(|query| Self(query.0))
            .map_err(|error| wrong("query", &error.body_text()))
    }
}

impl<T: DeserializeOwned> Part for Query<T> {
    fn takes() -> Option<Taken> {
        Some(Taken::Query(schema_of::<T>()))
    }
}

/// serde says which field and why, and repeats no more of the input than the name or type it met.
fn wrong(part: &str, message: &str) -> Problem {
    let field = message.split('`').nth(1).unwrap_or(part);
    let mut problem = Problem::invalid(field, without_values(message));
    if part == "query" {
        problem.status = StatusCode::BAD_REQUEST;
    }
    problem
}

/// serde_json quotes wrong values (`string "…"`, `integer 12`); what people typed is not repeated.
fn without_values(message: &str) -> String {
    match (message.find("invalid "), message.find(", expected")) {
        (Some(start), Some(end)) if start < end => {
            let kind = message.get(start..end).unwrap_or_default();
            let kept = kind.split(": ").next().unwrap_or_default();
            format!("{kept}{}", message.get(end..).unwrap_or_default())
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_values_are_not_repeated() {
        let said = without_values("invalid type: string \"hunter2\", expected u64 at line 1 column 9");
        assert_eq!(said, "invalid type, expected u64 at line 1 column 9");
        assert_eq!(wrong("body", "missing field `name` at line 1").extra["field"], "name");
    }
}
