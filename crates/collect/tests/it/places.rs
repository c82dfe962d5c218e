//! Where events come from, by a file of places made here.

use std::net::Ipv4Addr;
use std::path::Path;

use axum::body::Body;
use http::Request;
use model::ClientAddress;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::door::Door;

/// A file in MaxMind's format that knows networks of IPv4.
fn file_of(networks: &[(Ipv4Addr, u8, Value)]) -> Vec<u8> {
    const MARK: &[u8] = b"\xab\xcd\xefMaxMind.com";
    // A node is two places to go: another node, nothing, or a record's place among the data.
    #[derive(Clone, Copy)]
    enum Goes {
        Nowhere,
        Node(u32),
        Data(u32),
    }
    let mut nodes = vec![[Goes::Nowhere; 2]];
    let mut data = Vec::new();
    for (network, bits, record) in networks {
        let place = u32::try_from(data.len()).unwrap();
        write(record, &mut data);
        let mut node = 0;
        for depth in 0..*bits {
            let side = (u32::from(*network) >> (31 - depth) & 1) as usize;
            if depth + 1 == *bits {
                nodes[node][side] = Goes::Data(place);
            } else if let Goes::Node(next) = nodes[node][side] {
                node = next as usize;
            } else {
                nodes.push([Goes::Nowhere; 2]);
                let next = nodes.len() - 1;
                nodes[node][side] = Goes::Node(u32::try_from(next).unwrap());
                node = next;
            }
        }
    }
    let count = u32::try_from(nodes.len()).unwrap();
    let mut file = Vec::new();
    for goes in nodes.iter().flatten() {
        let number = match goes {
            Goes::Nowhere => count,
            Goes::Node(node) => *node,
            Goes::Data(place) => count + 16 + place,
        };
        file.extend_from_slice(&number.to_be_bytes()[1..]);
    }
    file.extend_from_slice(&[0; 16]);
    file.extend_from_slice(&data);
    file.extend_from_slice(MARK);
    let metadata = json!({"node_count": count, "record_size": 24, "ip_version": 4, "database_type": "Test-City", "languages": ["en"],
        "binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": 1_793_354_400, "description": {"en": "made by a test"}});
    write(&metadata, &mut file);
    file
}

/// A value as the format writes it. Which number has how many bits is fixed by its name.
fn write(value: &Value, to: &mut Vec<u8>) {
    let head = |kind: u8, size: usize, to: &mut Vec<u8>| {
        let (size, more) = if size < 29 { (size as u8, None) } else { (29, Some((size - 29) as u8)) };
        if kind < 8 {
            to.push(kind << 5 | size);
        } else {
            to.extend_from_slice(&[size, kind - 7]);
        }
        to.extend(more);
    };
    match value {
        Value::String(text) => {
            head(2, text.len(), to);
            to.extend_from_slice(text.as_bytes());
        }
        Value::Object(members) => {
            head(7, members.len(), to);
            for (name, value) in members {
                write(&json!(name), to);
                match name.as_str() {
                    "record_size"
                    | "ip_version"
                    | "binary_format_major_version"
                    | "binary_format_minor_version" => {
                        head(5, 2, to);
                        to.extend_from_slice(&u16::try_from(value.as_u64().unwrap()).unwrap().to_be_bytes());
                    }
                    "build_epoch" => {
                        head(9, 8, to);
                        to.extend_from_slice(&value.as_u64().unwrap().to_be_bytes());
                    }
                    _ => write(value, to),
                }
            }
        }
        Value::Array(values) => {
            head(11, values.len(), to);
            values.iter().for_each(|value| write(value, to));
        }
        Value::Number(number) => {
            head(6, 4, to);
            to.extend_from_slice(&u32::try_from(number.as_u64().unwrap()).unwrap().to_be_bytes());
        }
        _ => panic!("nothing else is written"),
    }
}

fn city(country: &str, region: &str, city: &str) -> Value {
    json!({"country": {"iso_code": country}, "subdivisions": [{"names": {"en": region}}], "city": {"names": {"en": city, "de": "x"}}})
}

fn door(file: &Path) -> Door {
    let config = collect::Config { places: Some(file.to_owned()), ..collect::Config::default() };
    Door::with(config, journal::Config::default())
}

/// The context that is kept of an event of this library from this address.
async fn context(door: &Door, library: &str, address: [u8; 4], more: Value) -> Value {
    let mut context = json!({"library": {"name": library}, "ip": "203.0.113.77"});
    context.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let body = json!({"type": "track", "event": "A", "anonymousId": "a", "context": context});
    let request = Request::post("/v1/track").header("authorization", door.basic());
    let mut request = request.body(Body::from(body.to_string())).unwrap();
    request.extensions_mut().insert(ClientAddress(Ipv4Addr::from(address).into()));
    door.router.clone().oneshot(request).await.unwrap();
    let kept = door.events().pop().unwrap().context;
    assert!(!kept.contains("203.0.113"), "an address is kept nowhere: {kept}");
    serde_json::from_str(&kept).unwrap()
}

#[tokio::test]
async fn events_of_people_are_told_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("places.mmdb");
    let networks = [
        (Ipv4Addr::new(203, 0, 113, 0), 24, city("DE", "Land Berlin", "Berlin")),
        (Ipv4Addr::new(198, 51, 0, 0), 16, json!({"country": {"iso_code": "FR"}})),
    ];
    stdx::files::replace(&file, &file_of(&networks)).unwrap();
    let door = door(&file);
    let berlin = json!({"country": "DE", "region": "Land Berlin", "city": "Berlin"});
    for (library, address, more, expected) in [
        ("analytics.js", [203, 0, 113, 9], json!({}), berlin.clone()),
        ("holdfast.js", [198, 51, 100, 1], json!({}), json!({"country": "FR"})),
        ("analytics-ios", [203, 0, 113, 9], json!({"device": {"model": "iPhone17,1"}}), berlin),
        ("analytics.js", [192, 0, 2, 1], json!({}), Value::Null),
        // A server's own place is nobody's, and what the sender says stands.
        ("analytics-node", [203, 0, 113, 9], json!({}), Value::Null),
        ("analytics.js", [203, 0, 113, 9], json!({"location": {"city": "Rom"}}), json!({"city": "Rom"})),
    ] {
        assert_eq!(
            context(&door, library, address, more).await["location"],
            expected,
            "{library} {address:?}"
        );
    }
}

#[tokio::test]
async fn another_file_is_taken_when_it_comes_and_a_broken_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("places.mmdb");
    let door = door(&file);
    let country = async || {
        // What is done every second.
        door.collector.keep_counts(std::future::ready(())).await;
        context(&door, "analytics.js", [203, 0, 113, 9], json!({})).await["location"]["country"].clone()
    };
    assert_eq!(country().await, Value::Null, "there is no file yet");
    for (bytes, expected) in [
        (file_of(&[(Ipv4Addr::new(203, 0, 113, 0), 24, json!({"country": {"iso_code": "DE"}}))]), "DE"),
        (b"broken".to_vec(), "DE"),
        (
            file_of(&[(
                Ipv4Addr::new(203, 0, 0, 0),
                16,
                json!({"country": {"iso_code": "FR"}, "more": "x"}),
            )]),
            "FR",
        ),
    ] {
        stdx::files::replace(&file, &bytes).unwrap();
        assert_eq!(country().await, expected);
    }
}
