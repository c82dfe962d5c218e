//! kill -9 again and again while events come in and are sorted into chunks, people become one and a purge runs (with `--long`
//! chunks are merged, too): every answer is that of a server which took in the same undisturbed.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use testkit::wait_until;

use super::post;
use crate::support::House;

const EVENTS_A_BATCH: u64 = 250;
/// Rows leave the tail 200,000 at a time: what is sent must be more than that.
const BATCHES: u64 = 1_000;
/// With `--long` that happens often enough for chunks to be merged, too.
const BATCHES_LONG: u64 = 8_000;
const VALUE: &str = "Zebra-Kestrel-9041";
const NAMES: [&str; 6] =
    ["Page Viewed", "Product Viewed", "Product Added", "Order Completed", "Signed Up", "Account Deleted"];
const COUNTRIES: [&str; 5] = ["DE", "FR", "NL", "PL", "SE"];
/// 2026-06-01T00:00:00Z, and the days from then on in which everything happened.
const FIRST_MS: u64 = 1_780_272_000_000;
const DAYS: u64 = 75;

fn is_long() -> bool {
    std::env::var_os("HOLDFAST_TEST_LONG").is_some()
}

/// A number that depends on `number` and nothing else (SplitMix64).
fn dice(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// The message of that number: mostly events, of people and of devices, and now and then who a device is of.
fn message(number: u64) -> Value {
    let thrown = dice(number);
    let (user, device) = (thrown % 3_000, thrown >> 16 & 0xfff);
    let at =
        jiff::Timestamp::from_millisecond((FIRST_MS + dice(!number) % (DAYS * 86_400_000)).cast_signed());
    let mut message = json!({ "messageId": format!("m{number}"), "timestamp": at.unwrap().to_string() });
    let whose = match thrown >> 32 & 3 {
        0 => ("anonymousId", format!("device-{device}")),
        _ => ("userId", format!("user-{user}")),
    };
    message[whose.0] = json!(whose.1);
    if number.is_multiple_of(25) {
        message["type"] = json!("identify");
        message["userId"] = json!(format!("user-{user}"));
        message["anonymousId"] = json!(format!("device-{device}"));
        message["traits"] = json!({ "plan": if thrown & 1 == 0 { "pro" } else { "free" } });
        return message;
    }
    message["type"] = json!("track");
    message["event"] = json!(NAMES[(thrown >> 40) as usize % NAMES.len()]);
    message["properties"] = json!({ "country": COUNTRIES[(thrown >> 48) as usize % COUNTRIES.len()], "amount": thrown >> 8 & 0xff });
    if number % 997 == 3 {
        message["properties"]["note"] = json!(format!("say {VALUE} again"));
    }
    message
}

/// Sends one batch; whether it was acknowledged.
fn send(stream: &mut TcpStream, write_key: &str, batch: u64) -> bool {
    let messages: Vec<Value> = (batch * EVENTS_A_BATCH..(batch + 1) * EVENTS_A_BATCH).map(message).collect();
    let body = json!({ "writeKey": write_key, "batch": messages }).to_string();
    post(stream, &body)
}

fn connect(house: &House) -> TcpStream {
    TcpStream::connect(house.server.collect.trim_start_matches("http://")).expect("a connection")
}

/// Sends batches, one after the other, up to `end` or until the server is gone; what comes next.
fn send_until(house: &House, mut next: u64, end: u64) -> u64 {
    let mut stream = connect(house);
    while next < end && send(&mut stream, &house.server.installed.write_key, next) {
        next += 1;
    }
    next
}

fn order_purge(house: &mut House) -> String {
    let path = house.path("/purges");
    let asked = json!({ "where": { "value": { "text": VALUE } }, "remove": "property", "reason": "a test" });
    let ordered = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&asked)).expect(202).json;
    let purge = format!("{path}/{}", ordered["id"].as_str().expect("an id"));
    // What comes until it has its place in the journal is purged, too.
    wait_until(120, "the purge to begin", || {
        (house.owner.get(&purge).expect(200).json["step"] != "ordered").then_some(())
    });
    purge
}

/// What is asked at the end, of everything that was sent.
fn questions() -> Vec<Value> {
    let range = json!({ "from": "2026-06-01", "to": "2026-08-14" });
    let event = |name: &str| json!({ "event": name });
    let trend = |measure: Value, by: Value, interval: &str| json!({ "kind": "trend", "events": [measure], "by": by, "interval": interval, "range": range });
    vec![
        trend(json!({ "event": "*", "measure": "count" }), json!([]), "day"),
        trend(json!({ "event": "Order Completed", "measure": "count" }), json!(["country"]), "day"),
        trend(
            json!({ "event": "Order Completed", "measure": "sum", "property": "amount" }),
            json!([]),
            "week",
        ),
        trend(json!({ "event": "*", "measure": "people" }), json!(["trait.plan"]), "week"),
        trend(json!({ "event": "*", "measure": "count" }), json!(["note"]), "month"),
        json!({ "kind": "funnel", "steps": [event("Page Viewed"), event("Product Added"), event("Order Completed")], "within": "7d", "range": range }),
        json!({ "kind": "funnel", "steps": [event("Signed Up"), event("Account Deleted")], "within": "7d", "by": ["country"], "range": range }),
        json!({ "kind": "retention", "start": event("*"), "return": event("*"), "interval": "week", "periods": 8, "range": range }),
        json!({ "kind": "flow", "start": event("Signed Up"), "depth": 3, "range": range }),
        json!({ "kind": "people", "who": { "all": [{ "did": event("Order Completed"), "times": { "gte": 3 } }, { "not": { "did": event("Account Deleted") } }] } }),
    ]
}

/// Every answer, once everything sent is in them.
fn answers(house: &mut House, batches: u64, purge: &str) -> Vec<Value> {
    let path = house.path("/questions");
    let House { owner, .. } = house;
    let messages = batches * EVENTS_A_BATCH;
    let all = questions();
    wait_until(600, "everything to be counted", || {
        let rows = owner.post(&path, &all[0]).expect(200).json["rows"].clone();
        let counted: u64 =
            rows.as_array().unwrap().iter().map(|row| row[1].as_u64().unwrap_or_default()).sum();
        assert!(counted <= messages, "{counted} of {messages} events: some are there twice");
        (counted == messages).then_some(())
    });
    let report = wait_until(600, "the purge", || {
        let purge = owner.get(purge).expect(200).json;
        (purge["step"] == "done").then(|| purge["report"]["events"].clone())
    });
    let told = all.iter().map(|question| owner.post(&path, question).expect(200).json["rows"].clone());
    told.chain([report]).collect()
}

#[test]
fn answers_are_those_of_a_server_that_was_never_killed() {
    let (kills, batches) = if is_long() { (200, BATCHES_LONG) } else { (10, BATCHES) };
    let mut house = House::new();
    let mut next = 0;
    let mut purge = None;
    for kill in 0..kills {
        // Some kills come before anything new was sent, while what came before is still being taken in.
        let wanted = next + dice(kill) % (2 * batches / kills);
        if kill == kills / 2 {
            let limit = next + 1;
            next = send_until(&house, next, limit);
            assert_eq!(next, limit);
            purge = Some((order_purge(&mut house), next));
        }
        let acked = Arc::new(AtomicU64::new(next));
        let mut stream = connect(&house);
        let (key, seen) = (house.server.installed.write_key.clone(), acked.clone());
        let sender = std::thread::spawn(move || {
            while send(&mut stream, &key, seen.load(Ordering::SeqCst)) {
                seen.fetch_add(1, Ordering::SeqCst);
            }
        });
        wait_until(120, "acknowledged batches", || (acked.load(Ordering::SeqCst) >= wanted).then_some(()));
        house.server.kill_and_restart();
        sender.join().unwrap();
        house.owner.move_to(&house.server.console);
        house.passkey.move_to(&house.server.console);
        next = acked.load(Ordering::SeqCst);
    }
    let end = next.max(batches);
    assert_eq!(send_until(&house, next, end), end);
    let (purge, purged_at) = purge.expect("ordered half-way");
    let disturbed = answers(&mut house, end, &purge);
    drop(house);

    let mut calm = House::new();
    assert_eq!(send_until(&calm, 0, purged_at), purged_at);
    let purge = order_purge(&mut calm);
    assert_eq!(send_until(&calm, purged_at, end), end);
    let undisturbed = answers(&mut calm, end, &purge);
    // The last is what the purge reports.
    let asked = questions().into_iter().chain([json!("purge")]);
    for ((killed, wanted), question) in disturbed.iter().zip(&undisturbed).zip(asked) {
        assert_eq!(killed, wanted, "{question}");
    }
    println!("{kills} kills, {} messages, {} answers equal", end * EVENTS_A_BATCH, undisturbed.len());
}
