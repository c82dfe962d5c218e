//! An SDK gone wrong, and raw HTTP: secrets in every place an event has, in bodies that can be read and in those that cannot.

use std::io::Write;

use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::play::Seen;
use crate::stage::Stage;

pub fn shield(stage: &mut Stage, open: bool) -> Seen {
    if open {
        // An admin can say that a property is never a secret; then the shield believes it.
        let rules =
            json!({ "rules": [{ "name": "trusted", "paths": ["properties.password"], "action": "allow" }] });
        stage.change("PUT", "/shield/rules", &rules);
    }
    let rounds = if stage.long { 4_000 } else { 40 };
    let mut sent = 0;
    for round in 0..rounds {
        let places = places(stage, round);
        sent += places.len();
        stage.send(&places);
    }
    other_dialects(stage);
    stage.wait_for_events("Planted", sent);
    let left = stage.planted_left();
    Seen {
        tried: format!(
            "{sent} events with passwords, tokens and keys as values, in keys, lists, addresses, base64, JSON in strings"
        ),
        outcome: format!("{sent} events arrived, with marks where the values were"),
        figure: format!("{left} planted values found"),
        held: left == 0,
    }
}

/// One event for each way to hide a value.
fn places(stage: &Stage, round: usize) -> Vec<Value> {
    let s = |n: usize| stage.canaries.secret(round * 32 + n);
    let percent = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let nested = json!({ "password": s(10) }).to_string();
    let properties = vec![
        json!({ "password": s(0) }),
        json!({ "user": { "credentials": { "passwd": s(1) } } }),
        json!({ "fields": [{ "name": "password", "value": s(2) }] }),
        json!({ "contraseña": s(3) }),
        json!({ "パスワード": s(4) }),
        json!({ "url": format!("https://shop.example/reset?token={}", s(5)) }),
        json!({ "url": format!("https://user:{}@shop.example/", s(6)) }),
        json!({ "body": format!("login=anna&password={}", percent(&s(7))) }),
        json!({ "message": format!("Your password is {}", s(8)) }),
        json!({ "header": format!("Basic {}", BASE64.encode(format!("anna:{}", s(9)).as_bytes())) }),
        json!({ "payload": nested }),
        json!({ "payload": json!({ "inner": json!({ "api_key": s(11) }).to_string() }).to_string() }),
        json!({ "dsn": format!("postgres://app:{}@db.internal/shop", s(12)) }),
        json!({ "type": "password", "value": s(13) }),
        json!({ "stack": format!("Error: login failed for password={}\n    at login (app.js:1:2)", s(14)) }),
        json!({ format!("password={}", s(15)): true }),
    ];
    properties
        .into_iter()
        .map(|properties| json!({ "type": "track", "event": "Planted", "userId": "planted", "properties": properties }))
        .collect()
}

/// The same through the other doors of the field.
fn other_dialects(stage: &mut Stage) {
    let mut sdk = stage.server.sdk();
    let key = stage.server.installed.write_key.clone();
    let secret = |n: usize| stage.canaries.secret(900_000 + n);
    let mixpanel = json!([{ "event": "Planted elsewhere", "properties": { "token": key, "distinct_id": "planted", "password": secret(0) } }]);
    sdk.send_raw(
        "POST",
        "/track",
        Some("application/x-www-form-urlencoded"),
        format!("data={}", BASE64.encode(mixpanel.to_string().as_bytes()).replace('+', "%2B")).as_bytes(),
        &[],
    )
    .expect(200);
    let auth = format!("Basic {}", BASE64.encode(format!("site:{key}").as_bytes()));
    sdk.send(
        "POST",
        "/api/v1/customers/planted/events",
        Some(&json!({ "name": "Planted elsewhere", "data": { "api_key": secret(1) } })),
        &[("authorization", &auth), ("user-agent", &format!("agent/1 password={}", secret(2)))],
    )
    .expect(200);
    let auth = format!("Basic {}", BASE64.encode(format!("{key}:").as_bytes()));
    sdk.send(
        "POST",
        "/v1/track",
        Some(&json!({ "event": "Planted elsewhere", "userId": "planted", "properties": { "secret": secret(3) } })),
        &[("authorization", &auth), ("x-debug", &secret(4))],
    )
    .expect(200);
}

pub fn fail_closed(stage: &mut Stage, _open: bool) -> Seen {
    let before = stage.every_event().len();
    let secret = |n: usize| stage.canaries.secret(950_000 + n);
    let key = stage.server.installed.write_key.clone();
    let deep = format!("{}{}{}", "[".repeat(100_000), json!(secret(0)), "]".repeat(100_000));
    let wide: String = (0..50_000).map(|n| format!("\"k{n}\":\"{}\",", secret(1))).collect();
    let bodies: Vec<Vec<u8>> = vec![
        format!("{{\"writeKey\":\"{key}\",\"type\":\"track\",\"event\":\"x\",\"userId\":\"u\",\"properties\":{{\"password\":{deep}}}}}").into_bytes(),
        format!("{{\"writeKey\":\"{key}\",\"type\":\"track\",\"event\":\"x\",\"userId\":\"u\",\"properties\":{{{wide}\"z\":1}}}}").into_bytes(),
        format!("{{\"writeKey\":\"{key}\",\"password\":\"{}", secret(2)).into_bytes(),
        [format!("{{\"writeKey\":\"{key}\",\"event\":\"{}", secret(3)).as_bytes(), &[0xff, 0xfe, 0x80], b"\"}"].concat(),
        bomb(&secret(4)),
        format!("\u{1f}\u{8b}{}", secret(5)).into_bytes(),
        format!("{{\"writeKey\":\"{key}\",\"type\":\"track\",\"event\":\"{}\",\"userId\":\"u\"}}", secret(6).repeat(2_000)).into_bytes(),
        format!("{{\"writeKey\":\"{key}\",\"type\":\"track\",\"event\":\"x\",\"userId\":\"u\",\"properties\":\"{}\"}}", secret(7)).into_bytes(),
    ];
    let tried = bodies.len();
    for body in &bodies {
        let mut sdk = stage.server.sdk();
        let reply = sdk.send_raw("POST", "/v1/track", Some("application/json"), body, &[]);
        assert!(reply.status < 500, "a hostile body was answered with {}", reply.status);
        assert_eq!(stage.canaries.count_in(reply.text.as_bytes()), 0, "the answer repeats what was sent");
    }
    stage.send(&[json!({ "type": "track", "event": "Neighbour", "userId": "n" })]);
    stage.wait_for_events("Neighbour", 1);
    let left = stage.planted_left();
    let kept = stage.every_event().len() - before;
    Seen {
        tried: format!(
            "{tried} bodies too deep, too wide, cut off, not UTF-8, a gzip bomb, of wrong types, each with planted values"
        ),
        outcome: format!("the server answers; {kept} events kept, the neighbour among them"),
        figure: format!("{left} planted values found"),
        held: left == 0,
    }
}

/// A body that unpacks to a thousand times its size.
fn bomb(secret: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    let line = format!("{{\"password\":\"{secret}\"}}");
    for _ in 0..500_000 {
        // Writing to memory cannot fail.
        let _ = gzip.write_all(line.as_bytes());
    }
    gzip.finish().unwrap_or_default()
}
