//! The two listeners, the one owner of the data, and the clean end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;
use testkit::{Server, wait_until};

use crate::support::{House, PROGRAM, send};

#[test]
fn neither_door_serves_the_others_routes() {
    let server = Server::start(PROGRAM);
    let mut collect = server.sdk();
    for path in ["/api/v1/session", "/api/v1/openapi.json", "/metrics", "/", "/sign-in", "/live"] {
        assert_eq!(collect.get(path).status, 404, "{path} on the collect door");
    }
    let mut console = server.client();
    for path in ["/v1/t", "/v1/batch", "/v1/import"] {
        let status = console.post(path, &json!({"writeKey": server.installed.write_key})).status;
        assert_eq!(status, 404, "{path} on the console door");
    }
    for door in [&mut collect, &mut console] {
        door.get("/livez").expect(200);
        door.get("/readyz").expect(200);
    }
}

#[test]
fn a_second_process_on_the_same_data_is_refused() {
    let server = Server::start(PROGRAM);
    let data = server.data();
    let (code, _, errors) = server.command(&[
        "serve",
        "--collect",
        "127.0.0.1:0",
        "--console",
        "127.0.0.1:0",
        "--data",
        data.to_str().unwrap(),
    ]);
    assert_eq!(code, 5, "{errors}");
    assert!(errors.contains("belongs to"), "{errors}");
}

#[test]
fn a_wrong_master_key_is_told_at_once() {
    let mut server = Server::start(PROGRAM);
    assert_eq!(server.terminate(), Some(0));
    let data = server.data();
    let other = server.scratch().join("other.key");
    let text = "a".repeat(64);
    std::fs::File::create(&other).unwrap().write_all(text.as_bytes()).unwrap();
    let mut permissions = std::fs::metadata(&other).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o600);
    std::fs::set_permissions(&other, permissions).unwrap();
    let config = server.scratch().join("holdfast.toml");
    let line = format!("[keys]\ncredential = \"{}\"\n", other.display());
    std::fs::File::create(&config).unwrap().write_all(line.as_bytes()).unwrap();
    let (code, _, errors) =
        server.command(&["serve", "--config", config.to_str().unwrap(), "--data", data.to_str().unwrap()]);
    assert_eq!(code, 1, "{errors}");
    assert!(errors.contains("not the master key"), "{errors}");
}

#[test]
fn it_ends_cleanly_and_nothing_acknowledged_is_lost() {
    let mut house = House::new();
    for number in 0..50 {
        house.send(
            "/v1/track",
            &json!({"userId": "u1", "event": "Counted", "messageId": format!("m{number}")}),
        );
    }
    assert_eq!(house.server.terminate(), Some(0));
    house.server.restart();
    send(&house.server, "/v1/track", &json!({"userId": "u1", "event": "Counted", "messageId": "m7"}));
    send(&house.server, "/v1/track", &json!({"userId": "u1", "event": "Counted", "messageId": "m50"}));
    let mut owner = house.server.client();
    owner.sign_in(at(&mut house.passkey, &house.server.console));
    house.owner = owner;
    let events = house.events(51);
    assert_eq!(events.len(), 51, "m7 was sent again after the restart and must not be there twice");
}

/// The passkey with its browser at the console's new port.
fn at<'a>(passkey: &'a mut testkit::Authenticator, console: &str) -> &'a mut testkit::Authenticator {
    passkey.move_to(console);
    passkey
}

#[test]
fn a_slow_or_absent_head_is_cut_off() {
    let server = Server::start(PROGRAM);
    for door in [&server.collect, &server.console] {
        let address = door.trim_start_matches("http://").replace("localhost", "127.0.0.1");
        let heads: [&[u8]; 3] = [b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"", b"PRI * HT"];
        let streams = heads.map(|head| {
            let mut stream = TcpStream::connect(&address).unwrap();
            stream.write_all(head).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
            stream
        });
        for mut stream in streams {
            let mut said = Vec::new();
            // The server closes (or answers 408 and closes); a hanging read would be an error here.
            stream.read_to_end(&mut said).unwrap();
            assert!(!String::from_utf8_lossy(&said).contains("200 OK"));
        }
    }
}

#[test]
fn the_command_line_says_what_is_wrong() {
    let server = Server::start(PROGRAM);
    let (code, _, errors) = server.command(&["serve", "--data", "/proc/no/such/place"]);
    assert_eq!(code, 1, "{errors}");
    assert!(errors.contains("/proc/no/such/place"), "{errors}");
    let (code, out, _) = server.command(&["config", "default"]);
    assert_eq!(code, 0);
    assert!(out.contains("[collect]"));
    let (code, out, _) = server.command(&["completions", "bash"]);
    assert_eq!(code, 0);
    assert!(out.contains("holdfast"));
    wait_until(1, "the server still stands", || (server.sdk().get("/livez").status == 200).then_some(()));
}
