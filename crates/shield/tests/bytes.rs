//! Bytes without sense in every place an event has: nothing panics, what is kept is JSON, screening it again changes
//! nothing, a planted secret comes out nowhere, also as a key. Longer with `HOLDFAST_TEST_LONG=1`.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may")]

mod support;

use model::EventRecord;
use proptest::prelude::*;
use serde_json::{Value, json};
use shield::Shield;

use support::event;

/// A token certain by itself and a password certain by its name.
const CANARY_TOKEN: &str = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
const CANARY_PASSWORD: &str = "Tr0ub4dor&3zq";

fn screen(properties: &str) -> Option<EventRecord> {
    Shield::builtin()
        .screen(event("E", properties, "{}", "{}"), &|_| "0f3a".to_owned())
        .ok()
        .map(shield::Clean::into_record)
}

fn cases() -> u32 {
    if std::env::var_os("HOLDFAST_TEST_LONG").is_some() { 100_000 } else { 200 }
}

/// Any bytes, and such as formats are made of.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let sign = prop_oneof![
        2 => any::<u8>(),
        3 => prop::sample::select(&b"{}[]\",:;=&?#%@/\\<>|\t\n\r -_.+*'`$()0123456789abcdefABCDEF"[..]),
    ];
    prop::collection::vec(sign, 0..300)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Screens a document that can be taken, and asserts what holds of every result.
fn check(document: &Value) -> EventRecord {
    let record = screen(&document.to_string()).expect("a document of this size is taken");
    let kept: Value = serde_json::from_str(&record.properties).expect("what is kept is JSON");
    let again = screen(&record.properties).expect("what was kept is taken again");
    let twice: Value = serde_json::from_str(&again.properties).expect("JSON");
    // Beside a mark the rest of a text may be read anew, but nothing changes without a finding.
    assert!(twice == kept || !again.findings.is_empty());
    record
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn the_reader_of_json_takes_any_text(bytes in bytes()) {
        if let Some(record) = screen(&text(&bytes)) {
            assert!(serde_json::from_str::<Value>(&record.properties).is_ok());
        }
    }

    #[test]
    fn values_and_keys_of_any_bytes_are_screened(bytes in bytes()) {
        let (key, value) = bytes.split_at(bytes.len() / 3);
        let (key, value) = (text(key), text(value));
        check(&json!({ &key: &value, "list": [&value], "field": {"name": &key, "value": &value} }));
    }

    #[test]
    fn forms_addresses_and_tables_of_any_bytes_are_screened(bytes in bytes()) {
        let (name, value) = bytes.split_at(bytes.len() / 3);
        let (name, value) = (text(name), text(value));
        check(&json!({
            "form": format!("a=1&{name}={value}&b=2"),
            "url": format!("https://{name}:{value}@example.com/{value}?{name}={value}#{value}"),
            "table": format!("id,{name}\n1,{value}\n| {name} | {value} |\n<td>{name}</td><td>{value}</td>"),
            "nested": json!({ name: value }).to_string(),
        }));
    }

    #[test]
    fn any_value_is_classified(bytes in bytes()) {
        let (key, value) = bytes.split_at(bytes.len() / 3);
        let (key, value) = (text(key), text(value));
        let line = json!({"path": format!("properties.{key}"), "key": &key, "value": value, "sib": {"label": key}});
        let line = line.to_string();
        let case: shield::Case<'_> = serde_json::from_str(&line).expect("a case");
        let _ = Shield::builtin().classify(&case);
    }

    #[test]
    fn canaries_come_out_nowhere(bytes in bytes()) {
        let beside = text(&bytes);
        let record = check(&json!({
            "beside": &beside,
            "password": CANARY_PASSWORD,
            "fields": [{"name": "password", "value": CANARY_PASSWORD, "x": &beside}],
            "note": CANARY_TOKEN,
            "nested": json!({"password": CANARY_PASSWORD, "x": &beside}).to_string(),
            CANARY_TOKEN: &beside,
            "anna.meier@example.com": 1,
        }));
        let shown = format!("{record:?}");
        for canary in [CANARY_TOKEN, CANARY_PASSWORD, "anna.meier@example.com"] {
            // What stands beside may itself be no secret; the planted ones are gone wherever they stood.
            assert!(!shown.contains(canary));
        }
    }
}

#[test]
fn keys_that_are_secrets_long_or_there_twice_are_looked_into() {
    let long = "k".repeat(20_000);
    let document = format!(
        r#"{{"{CANARY_TOKEN}":1,"anna.meier@example.com":2,"password":"{CANARY_PASSWORD}","password":"{CANARY_PASSWORD}","{long}":"{CANARY_TOKEN}","{long}password":"{CANARY_PASSWORD}"}}"#
    );
    // An event is either refused as a whole or kept without what was planted.
    if let Some(record) = screen(&document) {
        let shown = format!("{record:?}");
        for canary in [CANARY_TOKEN, CANARY_PASSWORD, "anna.meier@example.com"] {
            assert!(!shown.contains(canary), "{canary}");
        }
        assert!(serde_json::from_str::<Value>(&record.properties).is_ok());
    }
    let taken = screen(&format!(r#"{{"{CANARY_TOKEN}":1,"anna.meier@example.com":2}}"#)).expect("taken");
    assert!(!taken.properties.contains("ghp_") && !taken.properties.contains("anna"));
}
