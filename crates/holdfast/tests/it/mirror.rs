//! The ledger followed from outside: syslog and OTLP, caught up after a pause and a kill.

use std::io::{BufRead, BufReader, Read};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use testkit::{HookSink, wait_until};

use crate::support::House;

/// A syslog server that counts octets, as RFC 6587 has it.
struct Logs {
    port: u16,
    messages: Arc<Mutex<Vec<String>>>,
    streams: Arc<Mutex<Vec<TcpStream>>>,
}

impl Logs {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let logs = Self {
            port: listener.local_addr().unwrap().port(),
            messages: Arc::default(),
            streams: Arc::default(),
        };
        let (messages, streams) = (logs.messages.clone(), logs.streams.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                streams.lock().unwrap().push(stream.try_clone().unwrap());
                let messages = messages.clone();
                std::thread::spawn(move || read(BufReader::new(stream), &messages));
            }
        });
        logs
    }

    /// Cuts every connection.
    fn cut(&self) {
        self.streams.lock().unwrap().drain(..).for_each(|stream| drop(stream.shutdown(Shutdown::Both)));
    }

    /// The numbers of the entries, as they came.
    fn ids(&self) -> Vec<u64> {
        self.messages.lock().unwrap().iter().map(|message| id_of(message)).collect()
    }
}

fn read(mut reader: BufReader<TcpStream>, messages: &Mutex<Vec<String>>) {
    loop {
        let mut count = Vec::new();
        if reader.read_until(b' ', &mut count).is_err() || count.is_empty() {
            return;
        }
        let count: usize = String::from_utf8(count).unwrap().trim_end().parse().unwrap();
        let mut message = vec![0; count];
        if reader.read_exact(&mut message).is_err() {
            return;
        }
        messages.lock().unwrap().push(String::from_utf8(message).unwrap());
    }
}

fn id_of(message: &str) -> u64 {
    let behind = message.split("id=\"").nth(1).unwrap();
    behind.split('"').next().unwrap().parse().unwrap()
}

/// The records that a collector of logs took, as they came.
fn records(sink: &HookSink) -> Vec<Value> {
    let of = |body: Value| body["resourceLogs"][0]["scopeLogs"][0]["logRecords"].as_array().unwrap().clone();
    sink.arrived().iter().flat_map(|posted| of(posted.json())).collect()
}

fn number(record: &Value) -> u64 {
    assert_eq!(record["attributes"][0]["key"], "holdfast.entry");
    // 64-bit numbers are strings in the JSON encoding.
    record["attributes"][0]["value"]["intValue"].as_str().unwrap().parse().unwrap()
}

/// How many entries the ledger has.
fn size(house: &mut House) -> u64 {
    let entries = house.owner.get(&house.path("/ledger/entries?limit=1")).expect(200).json;
    entries["items"][0]["index"].as_u64().unwrap() + 1
}

fn first(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[test]
fn every_entry_arrives_in_order_and_what_was_missed_is_caught_up() {
    let (logs, collector) = (Logs::open(), HookSink::open());
    let port = logs.port.to_string();
    let url = collector.url("/v1/logs");
    let mut house = House::with(
        &[],
        &[
            ("HOLDFAST_LEDGER__EXPORT__SYSLOG__HOST", "127.0.0.1"),
            ("HOLDFAST_LEDGER__EXPORT__SYSLOG__PORT", &port),
            ("HOLDFAST_LEDGER__EXPORT__OTLP__URL", &url),
        ],
    );
    house.send("/v1/identify", &json!({"userId": "u1", "traits": {"email": "u1@shop.example"}}));
    house.events(1);
    let known = size(&mut house);
    wait_until(20, "entries by syslog", || (logs.ids().len() as u64 >= known).then_some(()));
    wait_until(20, "entries by OTLP", || (records(&collector).len() as u64 >= known).then_some(()));
    assert_eq!(logs.ids()[..known as usize], first(known), "once, in order");
    assert_eq!(records(&collector).iter().map(number).collect::<Vec<_>>()[..known as usize], first(known));

    // RFC 5424: priority, version, time, host, program, process, code.
    let opened = logs.messages.lock().unwrap().iter().find(|line| line.contains("session.opened")).cloned();
    let opened = opened.unwrap();
    let head: Vec<&str> = opened.split(' ').take(6).collect();
    assert_eq!(
        (head[0], head[2], head[3], head[4], head[5]),
        ("<109>1", "localhost", "holdfast", "-", "session.opened")
    );
    let body: Value = serde_json::from_str(&opened[opened.find('{').unwrap()..]).unwrap();
    assert_eq!(body["code"], "session.opened");
    let record = records(&collector).into_iter().find(|record| number(record) == id_of(&opened)).unwrap();
    assert_eq!(record["eventName"], "holdfast.session.opened");
    assert!(record["timeUnixNano"].as_str().unwrap().ends_with("000000"));
    assert!(record["severityNumber"].is_u64());

    // Away while entries are made and the server is killed.
    collector.refuse(true);
    logs.cut();
    house.owner.get(&house.path("/people?limit=5")).expect(200);
    house.server.kill_and_restart();
    collector.refuse(false);
    let console = house.server.console.clone();
    house.owner.move_to(&console);
    let known = size(&mut house);
    let mut seen = wait_until(20, "what was missed, by syslog", || {
        let ids = logs.ids();
        ids.contains(&(known - 1)).then_some(ids)
    });
    seen.sort_unstable();
    seen.dedup();
    seen.truncate(known as usize);
    assert_eq!(seen, first(known), "none is left out");
    let all = wait_until(20, "what was missed, by OTLP", || {
        let numbers: Vec<u64> = records(&collector).iter().map(number).collect();
        (numbers.len() as u64 >= known).then_some(numbers)
    });
    assert_eq!(all[..known as usize], first(known), "and none twice, since a collector says what it took");

    let mut operator = house.server.client();
    operator.enrol(&house.server.installed.operator_code);
    let standing = operator.get("/api/v1/ledger/standing").expect(200).json;
    let places: Vec<&str> = standing["exports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| place["place"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["syslog", "otlp"], "{standing}");
    assert!(
        standing["exports"].as_array().unwrap().iter().all(|place| place["trouble"].is_null()),
        "{standing}"
    );
}
