//! Which copies of the SDK are out in the world, and how to stop one of them alone.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::{Value, json};

use crate::play::Seen;
use crate::stage::Stage;

/// The library of these steps; no other step sends in its name.
const SDK: &str = "drill.js";
/// The version that turns out to be bad.
const BAD: &str = "1.3.0";
/// How many events of each version are sent: captured ones and others.
const SENT: [(&str, usize, usize); 3] = [("1.2.0", 40, 15), (BAD, 55, 25), ("1.4.0", 30, 35)];

pub fn census(stage: &mut Stage, _open: bool) -> Seen {
    let mut messages = Vec::new();
    for (version, captured, others) in SENT {
        messages.extend((0..captured).map(|n| click(version, n)));
        messages.extend((0..others).map(|n| order(version, n)));
    }
    stage.send(&messages);
    stage.wait_for_events("Census order", SENT.iter().map(|(_, _, others)| others).sum());
    let truth: BTreeMap<String, (u64, u64)> = SENT
        .iter()
        .map(|(version, captured, others)| {
            ((*version).to_owned(), (*captured as u64, (captured + others) as u64))
        })
        .collect();
    let mut told = BTreeMap::new();
    for row in stage.get("/sdks")["items"].as_array().into_iter().flatten() {
        if row["sdk"] == json!(SDK) {
            let counts =
                told.entry(row["sdk_version"].as_str().unwrap_or_default().to_owned()).or_insert((0, 0));
            counts.0 += row["automatic"].as_u64().unwrap_or(0);
            counts.1 += row["events"].as_u64().unwrap_or(0);
        }
    }
    Seen {
        tried: format!("{} events of three versions of one SDK, automatic ones among them", messages.len()),
        outcome: format!("the census tells {} versions", told.len()),
        figure: if told == truth { "equal".to_owned() } else { format!("told {told:?}, sent {truth:?}") },
        held: told == truth,
    }
}

pub fn advisory(stage: &mut Stage, open: bool) -> Seen {
    let advice = json!({
        "sdk": SDK, "versions": format!("<={BAD}"), "what": "autocapture", "reason": "copies of form values reach the label"
    });
    let made = stage.change("POST", "/advisories", &advice);
    let begun = Instant::now();
    if open {
        let id = made.json["id"].as_i64().expect("an id");
        stage.change("DELETE", &format!("/advisories/{id}"), &json!({}));
    }
    let mut messages: Vec<Value> = (0..100).map(|n| click(BAD, 1_000 + n)).collect();
    messages.extend((0..50).map(|n| order(BAD, 1_000 + n)));
    messages.extend((0..50).map(|n| click("1.4.0", 1_000 + n)));
    stage.send(&messages);
    let effect = begun.elapsed();
    let orders = SENT.iter().map(|(_, _, others)| others).sum::<usize>() + 50;
    stage.wait_for_events("Census order", orders);
    let kept = stage
        .every_event()
        .iter()
        .filter(|event| event["event"] == "$autocapture" && event["properties"]["after"] == json!(true))
        .filter(|event| event["context"]["library"]["version"] == json!(BAD))
        .count();
    let newer = stage
        .every_event()
        .iter()
        .filter(|event| event["event"] == "$autocapture" && event["properties"]["after"] == json!(true))
        .filter(|event| event["context"]["library"]["version"] == json!("1.4.0"))
        .count();
    Seen {
        tried: format!(
            "an advisory against what {SDK} up to {BAD} captures; then 100 clicks of it, 50 orders of it, 50 clicks of 1.4.0"
        ),
        outcome: format!("kept {kept} clicks of {BAD}, all 50 of its orders, {newer} clicks of 1.4.0"),
        figure: format!("{kept} kept, in force within {} ms", effect.as_millis()),
        held: kept == 0 && newer == 50 && effect.as_secs() < 60,
    }
}

fn click(version: &str, n: usize) -> Value {
    json!({
        "type": "track", "event": "$autocapture", "anonymousId": format!("visitor-{n}"),
        "properties": { "type": "click", "after": n >= 1_000 },
        "context": { "library": { "name": SDK, "version": version }, "holdfast": { "autocapture": true } }
    })
}

fn order(version: &str, n: usize) -> Value {
    json!({
        "type": "track", "event": "Census order", "anonymousId": format!("visitor-{n}"), "properties": {},
        "context": { "library": { "name": SDK, "version": version } }
    })
}
