//! No other site may act with a person's cookie.
//!
//! The cookie is SameSite=Strict; beyond that a request that changes something is refused when the
//! browser says that it comes from elsewhere: by `Sec-Fetch-Site`, or, where a browser does not send it, by an
//! `Origin` that is not ours. A client that sends neither is not a browser and has no ambient cookie to abuse.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};

use crate::problem::Problem;

/// The console's own origin as people type it, `http://localhost:7071`.
#[derive(Clone, Debug)]
pub struct OwnOrigin(pub Arc<str>);

/// Middleware of the console door.
pub async fn refuse_other_sites(State(own): State<OwnOrigin>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_own(request.headers(), &own.0) {
        return next.run(request).await;
    }
    Problem::new(StatusCode::FORBIDDEN, "other-site", "another site sent this request")
        .detail("open the console at its own address and repeat the action there")
        .into_response()
}

fn is_own(headers: &HeaderMap, own: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    if origin == own {
        return true;
    }
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, rest)| rest);
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    authority.is_some() && authority == host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&'static str, &'static str)], own: bool) {
        let headers = pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect::<HeaderMap>();
        assert_eq!(is_own(&headers, "https://console.example"), own, "{pairs:?}");
    }

    #[test]
    fn only_our_own_pages_and_non_browsers_may_act() {
        check(&[], true);
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("sec-fetch-site", "same-site")], false);
        check(&[("sec-fetch-site", "cross-site")], false);
        check(&[("origin", "http://localhost:7071"), ("host", "localhost:7071")], true);
        check(&[("origin", "http://evil.example"), ("host", "localhost:7071")], false);
        check(&[("origin", "https://console.example"), ("host", "10.0.0.1:7071")], true);
        check(&[("origin", "null"), ("host", "localhost:7071")], false);
        check(
            &[
                ("origin", "http://localhost:7071"),
                ("host", "localhost:7071"),
                ("sec-fetch-site", "cross-site"),
            ],
            false,
        );
    }
}
