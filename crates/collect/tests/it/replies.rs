//! What senders and browsers are told.

use std::fs::File;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use collect::Config;
use http::{Method, Request, StatusCode};
use hyper::body::Frame;
use journal::Disk;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::door::{Door, basic};

const EVENT: &str = r#"{"type":"track","event":"A","userId":"u"}"#;

#[tokio::test]
async fn the_write_key_is_found_wherever_sdks_put_it() {
    let door = Door::new();
    let key = &door.source.write_key;
    let in_body = format!(r#"{{"writeKey":"{key}","type":"track","event":"A","userId":"u"}}"#);
    let without_colon = format!("Basic {}", data_encoding::BASE64.encode(key.as_bytes()));
    let (bearer, unknown) = ("Bearer a.b.c".to_owned(), basic("wk_unknown"));
    for (what, header, body) in [
        ("header", Some(door.basic()), EVENT),
        ("header without colon", Some(without_colon), EVENT),
        ("body", None, in_body.as_str()),
        ("body beside a bearer token", Some(bearer), &in_body),
        ("body beside an unknown key", Some(unknown), &in_body),
    ] {
        let before = door.events().len();
        let header = header.unwrap_or_default();
        let headers: &[(&str, &str)] = if header.is_empty() { &[] } else { &[("authorization", &header)] };
        door.send(Method::POST, "/v1/t", headers, body).await.must_succeed();
        assert_eq!(door.events().len(), before + 1, "{what}");
    }
}

#[tokio::test]
async fn an_unknown_write_key_is_told_nothing_and_counted() {
    let door = Door::new();
    let two = r#"{"writeKey":"wk_unknown","batch":[{},{}]}"#;
    door.send(Method::POST, "/v1/batch", &[], two).await.must_succeed();
    door.send(Method::POST, "/v1/t", &[], EVENT).await.must_succeed();
    assert!(door.events().is_empty() && door.refused().is_empty());
    let rows = door.collector.refusals_of_installation();
    assert_eq!(rows.len(), 1);
    assert_eq!((&*rows[0].0.reason, rows[0].1.count), ("unknown_write_key", 3));
}

#[tokio::test]
async fn browsers_of_every_origin_may_send() {
    let door = Door::new();
    let many: Vec<String> = (0..40).map(|n| format!("rsa-{n}")).collect();
    let asked = format!("authorization, X-Retry-Count,content-type, bad name, {}", many.join(","));
    let origin = ("origin", "https://shop.example.com");
    for path in ["/v1/t", "/v1/batch/", "/v1/m", "/v1/projects/x/settings"] {
        let headers =
            [origin, ("access-control-request-headers", &asked), ("access-control-request-method", "POST")];
        let reply = door.send(Method::OPTIONS, path, &headers, "").await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "{path}");
        assert_eq!(reply.header("access-control-allow-origin"), Some("https://shop.example.com"));
        assert_eq!(reply.header("access-control-allow-credentials"), Some("true"));
        assert_eq!(reply.header("access-control-allow-methods"), Some("GET, POST, OPTIONS"));
        assert_eq!(reply.header("access-control-max-age"), Some("86400"));
        let allowed = reply.header("access-control-allow-headers").unwrap();
        assert!(allowed.starts_with("authorization, x-retry-count, content-type, rsa-0"), "{allowed}");
        assert_eq!(allowed.split(", ").count(), 24);
    }
    let basic = door.basic();
    let reply = door.send(Method::POST, "/v1/t", &[origin, ("authorization", &basic)], EVENT).await;
    reply.must_succeed();
    assert_eq!(reply.header("access-control-allow-origin"), Some("https://shop.example.com"));
    assert_eq!(reply.header("access-control-expose-headers"), Some("Retry-After, Holdfast-Autocapture"));
    assert_eq!(reply.header("vary"), Some("origin"));
    let plain = door.post("/v1/t", EVENT).await;
    assert_eq!(plain.header("access-control-allow-origin"), None);
    let unreadable = door.send(Method::POST, "/v1/t", &[origin], "{").await;
    assert_eq!(unreadable.header("access-control-allow-origin"), Some("https://shop.example.com"));
}

#[tokio::test]
async fn metrics_are_taken_and_forgotten() {
    let door = Door::new();
    door.send(Method::POST, "/v1/m", &[], r#"{"series":[]}"#).await.must_succeed();
    assert!(door.events().is_empty());
}

#[tokio::test]
async fn settings_name_the_key_and_where_to_send() {
    let configured =
        Config { public_url: Some("https://collect.example.com/".to_owned()), ..Config::default() };
    for (config, host, protocol, caching) in [
        (configured, "collect.example.com/v1", "https", "public, max-age=300, stale-if-error=86400"),
        (Config::default(), "127.0.0.1:7070/v1", "http", "private, max-age=60"),
    ] {
        let door = Door::with(config, journal::Config::default());
        let key = &door.source.write_key;
        for path in [format!("/v1/projects/{key}/settings"), format!("/projects/{key}/settings")] {
            let reply = door.send(Method::GET, &path, &[("host", "127.0.0.1:7070")], "").await;
            assert_eq!((reply.status, reply.header("cache-control")), (StatusCode::OK, Some(caching)));
            let settings: Value = serde_json::from_slice(&reply.body).unwrap();
            let destination =
                json!({"apiKey": key, "apiHost": host, "protocol": protocol, "retryQueue": true});
            let expected = json!({"integrations": {"Segment.io": destination}, "plan": {}, "metrics": {"sampleRate": 0}, "autocapture": true});
            assert_eq!(settings, expected);
        }
    }
    let door = Door::new();
    let unknown = door.get("/v1/projects/wk_unknown/settings").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let path = format!("/v1/projects/{}/settings", door.source.write_key);
    let forged = door.send(Method::GET, &path, &[("host", "user@evil.example")], "").await;
    assert_eq!(forged.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_source_beyond_its_quota_waits() {
    let door = Door::with(Config { events_per_s: 1, ..Config::default() }, journal::Config::default());
    let origin = ("origin", "https://shop.example.com");
    let basic = door.basic();
    for _ in 0..2 {
        door.post("/v1/t", EVENT).await.must_succeed();
    }
    let reply = door.send(Method::POST, "/v1/t", &[origin, ("authorization", &basic)], EVENT).await;
    assert_eq!((reply.status, reply.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, Some("1")));
    assert_eq!(reply.header("access-control-expose-headers"), Some("Retry-After, Holdfast-Autocapture"));
    assert_eq!(door.refused(), [("over_quota".to_owned(), String::new(), 1)]);
    door.hand.advance_ms(1_000);
    door.post("/v1/t", EVENT).await.must_succeed();
    assert_eq!(door.events().len(), 3);
}

#[tokio::test]
async fn bodies_that_find_no_room_are_told_to_come_again() {
    let door = Door::with(Config { held_bytes_max: 1_000, ..Config::default() }, journal::Config::default());
    let reply = door.post("/v1/t", " ".repeat(2_000)).await;
    assert_eq!((reply.status, reply.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, Some("1")));
    // What was held is given back.
    door.post("/v1/t", EVENT).await.must_succeed();
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_given_up() {
    let door = Door::new();
    let request = Request::post("/v1/t").body(Body::new(Endless)).unwrap();
    let reply = door.router.clone().oneshot(request).await.unwrap();
    assert_eq!(reply.status(), StatusCode::REQUEST_TIMEOUT);
}

/// A body whose first byte never comes.
struct Endless;

impl HttpBody for Endless {
    type Data = bytes::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Poll::Pending
    }
}

/// A disk that fails every write or every sync.
struct FailingDisk {
    write: Option<io::ErrorKind>,
    sync: Option<io::ErrorKind>,
}

impl Disk for FailingDisk {
    fn write(&self, file: &File, bytes: &[u8], position: u64) -> io::Result<()> {
        match self.write {
            Some(kind) => Err(kind.into()),
            None => std::os::unix::fs::FileExt::write_all_at(file, bytes, position),
        }
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        self.sync.map_or_else(|| file.sync_data(), |kind| Err(kind.into()))
    }
}

#[tokio::test]
async fn without_the_disk_nothing_is_acknowledged() {
    for (write, sync, code) in [
        (Some(io::ErrorKind::StorageFull), None, "disk_full"),
        (None, Some(io::ErrorKind::Other), "overloaded"),
    ] {
        let config =
            journal::Config { disk: Arc::new(FailingDisk { write, sync }), ..journal::Config::default() };
        let door = Door::with(Config::default(), config);
        let reply = door.post("/v1/t", EVENT).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{code}");
        assert_eq!(reply.header("retry-after"), Some("60"));
        let answer: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(answer["code"], code);
        assert!(door.events().is_empty());
    }
}

#[tokio::test]
async fn every_route_of_the_table_answers() {
    let door = Door::new();
    let mut paths = std::collections::BTreeSet::new();
    for route in collect::table() {
        assert!(paths.insert((route.method.to_string(), route.path)), "{route:?} stands there twice");
        let path = route.path.replace("{write_key}", &door.source.write_key).replace("{call}", "track");
        let path = path.replace("{id}", "u").replace("{token}", "t").replace("{file}", "holdfast.js");
        let headers = [("authorization", door.basic()), ("host", "127.0.0.1:7070".to_owned())];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = door.send(route.method.clone(), &path, &headers, "{}").await;
        assert!(
            reply.status.is_success() || reply.status == StatusCode::BAD_REQUEST,
            "{route:?}: {}",
            reply.status
        );
        let options = door.send(Method::OPTIONS, &path, &[], "").await;
        assert_eq!(options.status, StatusCode::NO_CONTENT, "{path}");
        let wrong = door.send(Method::PATCH, &path, &[], "").await;
        assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
    assert!(paths.len() >= 60);
}
