//! The load generator against a server that answers as it is told.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail like tests"
)]

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use bench::{BenchError, Config, ingest};

/// Answers `answers` requests on each connection with `reply`, then hangs up. Gives its address and, for
/// each connection that has ended, the bodies it saw.
fn server(reply: &'static str, answers: usize) -> (String, std::sync::mpsc::Receiver<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, sender) = (stream.unwrap(), sender.clone());
            thread::spawn(move || {
                let bodies: Vec<_> = (0..answers).map_while(|_| answer(&mut stream, reply)).collect();
                sender.send(bodies)
            });
        }
    });
    (addr, receiver)
}

fn answer(stream: &mut TcpStream, reply: &str) -> Option<String> {
    let mut text = String::new();
    loop {
        let mut piece = [0; 8_192];
        let count = stream.read(&mut piece).ok().filter(|count| *count > 0)?;
        text.push_str(std::str::from_utf8(&piece[..count]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if body.len() == length.parse::<usize>().unwrap() {
            let body = body.to_owned();
            stream.write_all(reply.as_bytes()).ok()?;
            return Some(body);
        }
    }
}

fn config(addr: String) -> Config {
    Config {
        seconds: 30,
        connections: 3,
        batch: 4,
        event_bytes: 500,
        ..Config::new(addr, "wk_test".to_owned())
    }
}

const TAKEN: &str = "HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{\"success\":true}";

#[tokio::test]
async fn a_server_that_goes_away_ends_the_run_and_every_acknowledged_id_is_told() {
    let (addr, seen) = server(TAKEN, 5);
    let folder = tempfile::tempdir().unwrap();
    let ids_file = folder.path().join("ids");
    let config = Config {
        acknowledged_file: Some(ids_file.clone()),
        data_dir: Some(folder.path().to_owned()),
        pid: Some(std::process::id()),
        ..config(addr)
    };
    let report = ingest(&config).await.unwrap();
    // Each connection is made anew three times; each time it is answered five times.
    assert_eq!(report.events_acknowledged, 3 * 4 * 5 * 4);
    assert_eq!((report.refused, report.failed), (0, 3 * 4));
    assert!(report.p50_ms <= report.p99_ms && report.p99_ms <= report.max_ms);
    let disk = report.disk.unwrap();
    assert!(disk.syncs_per_s_before > 0.0 && disk.syncs_per_s_after > 0.0 && disk.events_per_sync > 0.0);
    assert!(report.memory.unwrap().peak_bytes > 0);
    let told: Vec<String> = std::fs::read_to_string(&ids_file).unwrap().lines().map(str::to_owned).collect();
    let sent: String = seen.iter().take(12).flatten().collect();
    let distinct: HashSet<_> = told.iter().collect();
    assert_eq!((told.len(), distinct.len()), (240, 240));
    assert!(told.iter().all(|id| sent.contains(id.as_str())));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "the measuring file is gone");
}

#[tokio::test]
async fn only_the_promised_answer_is_an_acknowledgement() {
    for (reply, refused, failed) in [
        ("HTTP/1.1 202 Accepted\r\ncontent-length: 16\r\n\r\n{\"success\":true}", 0, 24),
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK", 0, 24),
        ("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nretry-after: 0\r\n\r\n", 12, 12),
    ] {
        let (addr, _seen) = server(reply, 1);
        let report = ingest(&config(addr)).await.unwrap();
        assert_eq!(
            (report.events_acknowledged, report.refused, report.failed),
            (0, refused, failed),
            "{reply}"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    drop(listener);
    assert!(matches!(ingest(&config(addr)).await, Err(BenchError::Connect { .. })));
}
