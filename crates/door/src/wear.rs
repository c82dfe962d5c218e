//! The headers that every answer of a door has, whatever made it: the router's own refusals, problem documents, JSON and
//! files too. What an answer says itself (a page its policy with a nonce, an asset how long it may be kept) stays.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};

/// What the answers of a door have.
#[derive(Clone, Copy, Debug)]
pub struct Wear {
    /// Whether the door's address begins with `https`: then browsers are told never to come without TLS.
    pub https: bool,
    /// Whether answers are for the one who asked alone: no cache keeps them, no page of another site embeds them.
    pub personal: bool,
}

const ALL: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    // Nothing that is not a page of the console runs, loads or is framed when somebody opens it.
    (
        "content-security-policy",
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
];
const PERSONAL: [(&str, &str); 2] =
    [("cache-control", "no-store"), ("cross-origin-resource-policy", "same-origin")];
const HTTPS: (&str, &str) = ("strict-transport-security", "max-age=31536000; includeSubDomains");

/// Middleware of both doors, before everything else.
pub async fn dress(State(wear): State<Wear>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let personal = PERSONAL.iter().filter(|_| wear.personal);
    let https = Some(&HTTPS).filter(|_| wear.https);
    for (name, value) in ALL.iter().chain(personal).chain(https) {
        let entry = response.headers_mut().entry(HeaderName::from_static(name));
        entry.or_insert(HeaderValue::from_static(value));
    }
    response
}
