//! The routes of the collect door that take events, and the settings file. One list, from which both
//! the router and the installation's table of routes are made.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use bytes::Bytes;
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};
use http::header::{CONTENT_LENGTH, HOST, HeaderMap};
use http::{Method, Request, StatusCode};
use model::Kind;

use crate::collector::Collector;
use crate::intake::{Answer, Intake};
use crate::{auth, body, cors, reply, segment};

/// One route. What all of them ask of a caller is the write key, in the request itself.
#[derive(Clone, Debug)]
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, with `{parameters}`.
    pub path: &'static str,
    call: Call,
}

/// What a route does.
#[derive(Clone, Copy, Debug)]
enum Call {
    /// Takes one event of this kind.
    Single(Kind),
    /// Takes one event or many, each with its `type`.
    Batch,
    /// Takes what a browser SDK measures of itself, and forgets it.
    Metrics,
    /// Takes one event in the address, and answers with a picture.
    Pixel,
    /// Gives the settings file.
    Settings,
}

macro_rules! list {
    (post { $($posted:literal => $post:expr,)* } get { $($got:literal => $get:expr,)* }) => {
        &[
            $(
                Route { method: Method::POST, path: $posted, call: $post },
                Route { method: Method::POST, path: concat!($posted, "/"), call: $post },
            )*
            $(Route { method: Method::GET, path: $got, call: $get },)*
        ]
    };
}

/// Every route of Segment's dialect. Each also answers `OPTIONS`.
pub const ROUTES: &[Route] = list! {
    post {
        "/v1/t" => Call::Single(Kind::Track),
        "/v1/i" => Call::Single(Kind::Identify),
        "/v1/p" => Call::Single(Kind::Page),
        "/v1/s" => Call::Single(Kind::Screen),
        "/v1/g" => Call::Single(Kind::Group),
        "/v1/a" => Call::Single(Kind::Alias),
        "/v1/track" => Call::Single(Kind::Track),
        "/v1/identify" => Call::Single(Kind::Identify),
        "/v1/page" => Call::Single(Kind::Page),
        "/v1/screen" => Call::Single(Kind::Screen),
        "/v1/group" => Call::Single(Kind::Group),
        "/v1/alias" => Call::Single(Kind::Alias),
        "/v1/b" => Call::Batch,
        "/v1/batch" => Call::Batch,
        "/v1/import" => Call::Batch,
        "/import" => Call::Batch,
        "/v1/m" => Call::Metrics,
    }
    get {
        "/v1/pixel/{call}" => Call::Pixel,
        "/v1/projects/{write_key}/settings" => Call::Settings,
        "/projects/{write_key}/settings" => Call::Settings,
    }
};

/// A router of [`ROUTES`].
pub fn routes(collector: Collector) -> Router {
    let add = |router: Router<Collector>, route: &Route| router.route(route.path, handler(route.call));
    ROUTES.iter().fold(Router::new(), add).with_state(collector)
}

fn handler(call: Call) -> MethodRouter<Collector> {
    let handler = match call {
        Call::Single(kind) => post(move |State(collector), request| events(collector, Some(kind), request)),
        Call::Batch => post(|State(collector), request| events(collector, None, request)),
        Call::Metrics => post(metrics),
        Call::Pixel => get(pixel),
        Call::Settings => get(settings),
    };
    handler.options(preflight)
}

async fn events(collector: Collector, kind: Option<Kind>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let header_key = auth::write_key(&parts.headers);
    let announced = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let mut share = collector.0.room.share();
    let answer = match body::read(body, announced, &mut share).await {
        Ok(body) => collector.take(Intake { header_key, kind, body, share }).await,
        Err(error) => collector.refuse_body(error, header_key.as_deref()),
    };
    allowed(&parts.headers, reply::of(answer))
}

async fn metrics(headers: HeaderMap) -> Response {
    allowed(&headers, reply::of(Answer::Taken))
}

async fn pixel(
    State(collector): State<Collector>,
    Path(call): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Response {
    let kind = match call.trim_end_matches(".gif") {
        "track" | "t" => Kind::Track,
        "identify" | "i" => Kind::Identify,
        "page" | "p" => Kind::Page,
        "screen" | "s" => Kind::Screen,
        "group" | "g" => Kind::Group,
        "alias" | "a" => Kind::Alias,
        _ => return allowed(&headers, reply::pixel(Answer::Unreadable)),
    };
    let body = pixel_body(&query);
    let share = collector.0.room.share();
    let answer =
        collector.take(Intake { header_key: auth::write_key(&headers), kind: Some(kind), body, share }).await;
    allowed(&headers, reply::pixel(answer))
}

/// The message of a pixel: base64 of JSON in `data`, or its members one by one.
fn pixel_body(query: &[(String, String)]) -> Bytes {
    let Some((_, data)) = query.iter().find(|(name, _)| name == "data") else {
        let members: std::collections::BTreeMap<_, _> =
            query.iter().map(|(name, value)| (name, value)).collect();
        return serde_json::to_vec(&members).unwrap_or_default().into();
    };
    // A plus sign that was not escaped arrives as a space.
    let data = data.replace(' ', "+");
    let data = data.trim_end_matches('=').as_bytes();
    BASE64_NOPAD.decode(data).or_else(|_| BASE64URL_NOPAD.decode(data)).unwrap_or_default().into()
}

async fn settings(
    State(collector): State<Collector>,
    Path(write_key): Path<String>,
    headers: HeaderMap,
) -> Response {
    let inner = &collector.0;
    let known = inner.sources.by_write_key(&write_key, inner.clock.now_ms()).is_some();
    let configured = inner.config.public_url.clone();
    let asked = || Some(format!("http://{}", headers.get(HOST)?.to_str().ok()?));
    let shared = configured.is_some();
    let text =
        configured.or_else(asked).filter(|_| known).and_then(|url| segment::settings(&write_key, &url));
    let reply = text.map_or_else(reply::no_settings, |text| reply::settings(text, shared));
    allowed(&headers, reply)
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
