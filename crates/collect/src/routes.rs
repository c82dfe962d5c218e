//! The router of the collect door: what each route of the table does with a request.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, State};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Request, StatusCode};

use crate::asked::Asked;
use crate::collector::Collector;
use crate::cors;
use crate::dialect::{Call, Route, Work, table};
use crate::intake::{Intake, Outcome};
use crate::refusal::reason;

/// Tells an SDK to stop capturing automatically.
const AUTOCAPTURE: HeaderName = HeaderName::from_static("holdfast-autocapture");

/// A router of [`table`].
pub fn routes(collector: Collector) -> Router {
    let mut paths: BTreeMap<&'static str, MethodRouter<Collector>> = BTreeMap::new();
    for route in table() {
        let methods = paths.entry(route.path).or_insert_with(|| MethodRouter::new().options(preflight));
        *methods = std::mem::take(methods).merge(handler(route));
    }
    let add = |router: Router<Collector>, (path, methods)| router.route(path, methods);
    paths.into_iter().fold(Router::new(), add).with_state(collector)
}

fn handler(route: &Route) -> MethodRouter<Collector> {
    // A method that is not of this list is none of the table's.
    let filter = MethodFilter::try_from(route.method.clone()).unwrap_or(MethodFilter::POST);
    match route.work {
        Work::Take(call) => on(filter, move |State(collector), params: Params, request| async move {
            take(&collector, call, params, request).await
        }),
        Work::Give(give) => on(
            filter,
            move |State(collector): State<Collector>, params: Params, request: Request<Body>| async move {
                let (parts, _) = request.into_parts();
                let asked = Asked::new(parts, params.as_ref().ok(), collector.0.clock.now_ms());
                allowed(&asked.headers, give(&collector, &asked))
            },
        ),
    }
}

/// The path's parameters; an escape in them that is no UTF-8 makes them absent.
type Params = Result<RawPathParams, axum::extract::rejection::RawPathParamsRejection>;

async fn take(
    collector: &Collector,
    call: &'static dyn Call,
    params: Params,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let asked = Asked::new(parts, params.as_ref().ok(), collector.0.clock.now_ms());
    let (asked, outcome) = match collector.admit(&asked, body).await {
        Ok((body, share)) => collector.take(Intake { asked, call, body, share }).await,
        Err(answer) => (asked, Outcome::of(answer)),
    };
    collector.0.answers.count(outcome.answer);
    let mut reply = call.reply(&asked, &outcome);
    // An SDK that follows it spares us and the page what would be refused anyway.
    if outcome.failed.iter().any(|failed| failed.why.reason == reason::SDK_ADVISORY) {
        reply.headers_mut().insert(AUTOCAPTURE, HeaderValue::from_static("off"));
    }
    allowed(&asked.headers, reply)
}

async fn preflight(headers: HeaderMap) -> Response {
    let mut reply = Response::new(Body::empty());
    *reply.status_mut() = StatusCode::NO_CONTENT;
    cors::allow_preflight(&headers, reply.headers_mut());
    reply
}

fn allowed(request: &HeaderMap, mut reply: Response) -> Response {
    cors::allow(request, reply.headers_mut());
    reply
}
