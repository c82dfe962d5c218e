//! kill -9 under load, again and again: every acknowledged message id is there once, and none that was not sent.

mod answers;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;
use testkit::{Client, Server, wait_until};

use crate::support::House;

/// How often the server is killed. `./test --long` asks for more.
fn kills() -> u64 {
    std::env::var("HOLDFAST_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(50)
}

/// One round of load: where it goes, when it ends, what was sent and acknowledged.
#[derive(Clone)]
struct Load {
    collect: String,
    write_key: String,
    round: u64,
    stop: Arc<AtomicBool>,
    seen: Arc<Mutex<Seen>>,
    acked: Arc<AtomicU64>,
}

/// Sends batches of five until told to stop or the server is gone; keeps what was acknowledged apart from what was sent.
fn load(load: &Load, worker: u64) {
    let Load { collect, write_key, round, stop, seen, acked } = load;
    let Ok(mut stream) = TcpStream::connect(collect.trim_start_matches("http://")) else {
        return;
    };
    for batch in 0.. {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let ids: Vec<String> = (0..5).map(|item| format!("k-{round}-{worker}-{batch}-{item}")).collect();
        let events: Vec<_> = ids
            .iter()
            .map(|id| json!({"type": "track", "event": "Killed", "userId": format!("u{worker}"), "messageId": id, "properties": {"round": round}}))
            .collect();
        let body = json!({"writeKey": write_key, "batch": events}).to_string();
        seen.lock().unwrap().sent.extend(ids.iter().cloned());
        if !post(&mut stream, &body) {
            return;
        }
        seen.lock().unwrap().acked.extend(ids);
        acked.fetch_add(5, Ordering::SeqCst);
    }
}

/// Sends a batch; whether it was acknowledged before the server was gone. Any other answer is a fault.
fn post(stream: &mut TcpStream, body: &str) -> bool {
    let head = format!("POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len());
    if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).is_err() {
        return false;
    }
    let (mut answer, mut chunk) = (Vec::new(), [0; 1024]);
    loop {
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return false,
            Ok(count) => answer.extend_from_slice(&chunk[..count]),
        }
        let begins = answer.starts_with(b"HTTP/1.1 200") || b"HTTP/1.1 200".starts_with(&answer);
        assert!(begins, "{}", String::from_utf8_lossy(&answer));
        if answer.ends_with(b"{\"success\":true}") {
            return true;
        }
    }
}

#[derive(Default)]
struct Seen {
    sent: BTreeSet<String>,
    acked: BTreeSet<String>,
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_is_there_twice() {
    let mut house = House::new();
    let mut reader = house.token(&["events:read"]);
    let seen = Arc::new(Mutex::new(Seen::default()));
    for round in 0..kills() {
        let stop = Arc::new(AtomicBool::new(false));
        let acked = Arc::new(AtomicU64::new(0));
        let one = Load {
            collect: house.server.collect.clone(),
            write_key: house.server.installed.write_key.clone(),
            round,
            stop: stop.clone(),
            seen: seen.clone(),
            acked: acked.clone(),
        };
        let workers: Vec<_> = (0..4)
            .map(|worker| {
                let one = one.clone();
                std::thread::spawn(move || load(&one, worker))
            })
            .collect();
        // The moment differs each round: after so many acknowledged events, not after so much time.
        let moment = 20 + (round * 37) % 400;
        wait_until(30, "some acknowledged events", || (acked.load(Ordering::SeqCst) >= moment).then_some(()));
        house.server.kill_and_restart();
        stop.store(true, Ordering::SeqCst);
        for worker in workers {
            worker.join().unwrap();
        }
    }
    let seen = seen.lock().unwrap();
    assert!(seen.acked.len() as u64 > kills() * 20);
    reader = with_new_port(reader, &house.server);
    let path = house.path("/events?event=Killed&limit=1000");
    let kept = wait_until(60, "every acknowledged event", || {
        let kept = all(&mut reader, &path);
        seen.acked.iter().all(|id| kept.contains_key(id)).then_some(kept)
    });
    let twice: Vec<_> = kept.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "there twice: {twice:?}");
    let invented: Vec<_> = kept.keys().filter(|id| !seen.sent.contains(*id)).collect();
    assert!(invented.is_empty(), "never sent: {invented:?}");
    println!("{} kills, {} acknowledged, {} kept, 0 lost, 0 twice", kills(), seen.acked.len(), kept.len());
}

/// A token survives the kill; only the port is new.
fn with_new_port(mut reader: Client, server: &Server) -> Client {
    reader.move_to(&server.console);
    reader
}

fn all(reader: &mut Client, path: &str) -> BTreeMap<String, u32> {
    let mut kept = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let page = match &after {
            None => reader.get(path),
            Some(cursor) => reader.get(&format!("{path}&after={cursor}")),
        }
        .expect(200);
        for item in page.json["items"].as_array().unwrap() {
            *kept.entry(item["message_id"].as_str().unwrap().to_owned()).or_insert(0) += 1;
        }
        match page.json["next"].as_str() {
            Some(cursor) => after = Some(cursor.to_owned()),
            None => return kept,
        }
    }
}
