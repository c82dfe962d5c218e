//! What every answer of the console wears: the policy with a nonce of its own, and a page instead of a
//! problem document where a person is looking.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use door::Problem;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use maud::Markup;

use crate::handlers::asked::Asked;
use crate::handlers::reply::Page;
use crate::pages::errors;
use crate::{paths, security};

/// The nonce of this response, for whoever makes its page.
#[derive(Clone, Debug)]
pub(crate) struct Nonce(pub(crate) String);

/// The console's routes with their layers; what is not a route is not found, signed in or not.
pub fn dressed(router: Router) -> Router {
    router.fallback(async || Problem::not_found()).layer(from_fn(dress))
}

async fn dress(mut request: Request, next: Next) -> Response {
    let nonce = security::nonce();
    request.extensions_mut().insert(Nonce(nonce.clone()));
    let asked = Asked::of(request.headers(), request.extensions(), request.uri());
    let reader = Reader::of(request.headers());
    // Back to the same page after signing in; never into the middle of an action.
    let next_page = match *request.method() {
        Method::GET => request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        _ => "/".to_owned(),
    };
    let mut response = next.run(request).await;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response =
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", "this address is not called like that")
                .into_response();
    }
    if let Some(problem) = response.extensions().get::<Problem>().cloned() {
        response = match reader {
            Reader::Browser => page_of(&problem, &asked, &next_page),
            Reader::Script if problem.status == StatusCode::UNAUTHORIZED => sign_in_by_script(),
            Reader::Script | Reader::Program => response,
        };
    }
    for (name, value) in security::security_headers(&nonce) {
        // An asset says itself how long it may be kept.
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().entry(HeaderName::from_static(name)).or_insert(value);
        }
    }
    response
}

/// Who reads the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reader {
    /// A browser that shows it.
    Browser,
    /// htmx, which puts parts of pages in place and tells problems in words.
    Script,
    /// Something that wants no page: a program, or a stream of the live page.
    Program,
}

impl Reader {
    fn of(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        match (accept.contains("text/html"), headers.contains_key("hx-request")) {
            (false, _) => Self::Program,
            (true, false) => Self::Browser,
            // A stream is opened again and again by itself: a redirect would only go round.
            (true, true) if accept.contains("text/event-stream") => Self::Program,
            (true, true) => Self::Script,
        }
    }
}

/// htmx goes to the sign-in page as a whole; a redirect would put that page into this one.
fn sign_in_by_script() -> Response {
    ([("hx-redirect", paths::SIGN_IN)], StatusCode::OK).into_response()
}

fn page_of(problem: &Problem, asked: &Asked, next_page: &str) -> Response {
    if problem.status == StatusCode::UNAUTHORIZED {
        return Redirect::to(&sign_in_path(next_page)).into_response();
    }
    let mut response = (problem.status, Page(page(problem, asked))).into_response();
    if let Some(seconds) = problem.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn page(problem: &Problem, asked: &Asked) -> Markup {
    let frame = asked.lone();
    match (problem.status, problem.code) {
        (StatusCode::NOT_FOUND, _) => errors::not_found_page(&frame),
        (_, "step-up-required") => errors::step_up_page(&frame, "This action gives or takes power."),
        (_, "forbidden") => {
            errors::forbidden_page(&frame, "Your role does not open this page or this action.", &[])
        }
        (StatusCode::INTERNAL_SERVER_ERROR, _) => errors::broken_page(&frame, ""),
        _ => errors::problem_page(&frame, &problem.title, problem.detail.as_deref().unwrap_or_default()),
    }
}

fn sign_in_path(next_page: &str) -> String {
    let next_page = if next_page == "/" { "" } else { next_page };
    paths::with_query(paths::SIGN_IN, &[("next", next_page)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_go_to_people_and_documents_to_programs() {
        let check = |pairs: &[(&'static str, &'static str)], wanted: Reader| {
            let headers: HeaderMap = pairs
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
                .collect();
            assert_eq!(Reader::of(&headers), wanted, "{pairs:?}");
        };
        check(&[], Reader::Program);
        check(&[("accept", "application/json")], Reader::Program);
        check(&[("accept", "text/html,application/xhtml+xml,*/*;q=0.8")], Reader::Browser);
        check(&[("accept", "text/html"), ("hx-request", "true")], Reader::Script);
        check(&[("accept", "text/html, text/event-stream"), ("hx-request", "true")], Reader::Program);
    }

    #[test]
    fn after_signing_in_one_is_where_one_wanted_to_be() {
        assert_eq!(sign_in_path("/"), "/sign-in");
        assert_eq!(sign_in_path("/w/x/live?event=A"), "/sign-in?next=%2Fw%2Fx%2Flive%3Fevent%3DA");
    }
}
