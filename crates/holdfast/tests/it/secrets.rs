//! What must be nowhere: planted secrets and personal values, searched for by a script in another language in
//! every byte under the data directory and in the log.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::sdk::python;
use crate::support::{House, ROOT};

const SECRETS: &[(&str, &str)] = &[
    ("password", "Tr0ub4dor&3-horse"),
    ("card", "4111 1111 1111 1111"),
    ("access_token", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
    (
        "jwt",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ4eXoxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLXRoYXQtaXMtbG9uZw",
    ),
    ("link", "https://bob:pa55word-in-url@db.example.com/x"),
];
const PERSONAL: &[&str] = &["ada.lovelace@example.com", "grace.hopper@example.org"];
/// A name has no shape: it is known by its trait and nowhere else.
const NAME: &str = "Ada Lovelace-Byron";

fn scan(house: &House, needles: &[String]) -> (bool, String) {
    let file = house.server.scratch().join("needles");
    let log = house.server.scratch().join("server.log");
    stdx::files::replace(&file, json!(needles).to_string().as_bytes()).unwrap();
    stdx::files::replace(&log, house.server.log().as_bytes()).unwrap();
    let run = Command::new(python())
        .arg(Path::new(ROOT).join("tests/scan/scan.py"))
        .arg(&file)
        .args([house.server.data(), log])
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    (run.status.success(), said)
}

#[test]
fn planted_values_are_in_no_byte_on_disk_and_in_no_log() {
    let mut house = House::with(&[], &[("HOLDFAST_LOG__FILTER", "debug")]);
    for (number, (key, secret)) in SECRETS.iter().enumerate() {
        house.send(
            "/v1/track",
            &json!({"userId": "u", "event": "Leaked", "messageId": format!("s{number}"), "properties": {
                *key: secret,
                "nested": {"form": [{*key: secret}]},
                "json": json!({*key: secret}).to_string(),
            }}),
        );
        if *key != "password" {
            // A password has no shape, so only its key tells; everything else is known as a key too.
            house.send("/v1/track", &json!({"userId": "u", "event": "Leaked", "messageId": format!("k{number}"), "properties": {*secret: 1}}));
        }
    }
    for (number, value) in PERSONAL.iter().enumerate() {
        house.send(
            "/v1/identify",
            &json!({"userId": value, "messageId": format!("p{number}"),
            "traits": {"email": value, "name": NAME}}),
        );
        house.send("/v1/track", &json!({"userId": value, "event": format!("Mailed {value}"), "messageId": format!("q{number}"),
            "properties": {"to": value}, "context": {"page": {"url": format!("https://shop.example/?mail={value}")}}}));
    }
    // What the collector refuses must leave nothing either.
    let secret = SECRETS[0].1;
    let mut sdk = house.server.sdk();
    sdk.send_raw(
        "POST",
        "/v1/track",
        None,
        format!("{{\"password\": \"{secret}\"").as_bytes(),
        &[("x-note", secret)],
    );
    sdk.get(&format!(
        "/v1/projects/{}/settings?password={}",
        house.server.installed.write_key, "Tr0ub4dor&3-horse"
    ));
    let events = house.events(2 * SECRETS.len() - 1 + 2 * PERSONAL.len());
    let shown = Value::Array(events).to_string();
    for (_, secret) in SECRETS {
        assert!(!shown.contains(secret), "shown: {secret}");
    }
    for value in PERSONAL.iter().chain([&NAME]) {
        assert!(!shown.contains(value), "shown: {value}");
    }
    let needles: Vec<String> = SECRETS
        .iter()
        .map(|(_, secret)| (*secret).to_owned())
        .chain(PERSONAL.iter().chain([&NAME]).map(|value| (*value).to_owned()))
        .collect();
    // Running, then stopped: both states of every file.
    let (clean, said) = scan(&house, &needles);
    assert!(clean, "{said}");
    assert_eq!(house.server.terminate(), Some(0));
    let (clean, said) = scan(&house, &needles);
    assert!(clean, "{said}");
}

#[test]
fn the_scanner_finds_what_is_there() {
    let mut house = House::new();
    house.server.terminate();
    let planted = "planted-and-to-be-found";
    let file = house.server.data().join("store").join("leak");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    stdx::files::replace(&file, format!("{{\"x\":\"{planted}\"}}").as_bytes()).unwrap();
    let (clean, said) = scan(&house, &[planted.to_owned()]);
    assert!(!clean && said.contains("store/leak"), "{said}");
}
