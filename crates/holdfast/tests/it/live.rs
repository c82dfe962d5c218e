//! The live page's stream, as a browser follows it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::House;

/// How long the stream is waited for; longer than a quiet one takes to say so.
const PATIENCE: Duration = Duration::from_secs(20);

fn track(house: &House, event: &str) {
    house.send("/v1/track", &json!({"userId": "u", "event": event, "messageId": event}));
}

/// What the stream at `path` says until `word` is in it.
fn followed(house: &House, path: &str, word: &str) -> String {
    let base = house.owner.base();
    let host = base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let cookie = house.owner.cookie().unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nAccept: text/event-stream\r\nSec-Fetch-Site: same-origin\r\n\r\n"
    )
    .unwrap();
    let (mut said, mut part) = (Vec::new(), [0; 4096]);
    let begin = Instant::now();
    loop {
        // A quiet stream still says now and then that it is there.
        assert!(begin.elapsed() < PATIENCE, "{word} never came: {}", String::from_utf8_lossy(&said));
        let read = stream.read(&mut part).unwrap_or_else(|error| {
            panic!("{word} never came ({error}): {}", String::from_utf8_lossy(&said))
        });
        assert!(read > 0, "the stream ended: {}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&said);
        if text.contains(word) {
            return text.into_owned();
        }
    }
}

#[test]
fn the_stream_goes_on_where_the_page_ended() {
    let mut house = House::new();
    track(&house, "Before The Page");
    house.events(1);
    let address = format!("/w/{}/live", house.server.installed.workspace);
    let page = house.owner.get(&address).expect(200).text;
    assert!(page.contains("Before The Page"), "{page}");
    let from = page.find("/live/stream").expect("a stream");
    let start = page[..from].rfind('"').unwrap() + 1;
    let stream = page[start..start + page[start..].find('"').unwrap()].replace("&amp;", "&");

    // In the store before the browser has opened the stream.
    track(&house, "In Between");
    house.events(2);
    let said = followed(&house, &stream, "In Between");
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    assert!(!said.contains("Before The Page"), "what the page shows comes no second time: {said}");
}
