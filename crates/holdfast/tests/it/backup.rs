//! A backup of a running server, and what a restore brings back: everything but the sessions.

use std::process::Command;

use serde_json::json;
use testkit::{RECIPIENT, Server};

use crate::saved::{backup, restore};
use crate::support::{House, PROGRAM};

#[test]
fn a_restore_brings_everything_back_and_nobody_is_signed_in() {
    let mut house = House::new();
    house.send(
        "/v1/identify",
        &json!({"userId": "ada", "messageId": "i", "traits": {"email": "ada@example.com", "plan": "pro"}}),
    );
    for number in 0..40 {
        house
            .send("/v1/track", &json!({"userId": "ada", "event": "Kept", "messageId": format!("k{number}")}));
    }
    let before = house.events(41);
    let person = before[0]["person"].as_str().unwrap().to_owned();
    let data = house.server.data();
    let (into, report) = backup(&house, "backup");
    assert!(report["files"].as_u64().unwrap() >= 5, "{report}");

    // What comes after the backup is not in it.
    house.send("/v1/track", &json!({"userId": "ada", "event": "Later", "messageId": "later"}));
    house.events(42);
    let cookie = house.owner.cookie().map(str::to_owned);
    assert_eq!(house.server.terminate(), Some(0));

    let elsewhere = house.server.scratch().join("elsewhere");
    let restored = restore(&house, &into, &elsewhere, &[]);
    assert_eq!(restored.0, 0, "{}", restored.2);
    let again = restore(&house, &into, &elsewhere, &[]);
    assert_ne!(again.0, 0, "a directory that is not empty");

    std::fs::rename(&data, house.server.scratch().join("old")).unwrap();
    std::fs::rename(&elsewhere, &data).unwrap();
    house.server.restart();
    let mut owner = house.server.client();
    owner.set_cookie(cookie);
    assert_eq!(owner.get("/api/v1/session").status, 401, "an old session came back to life");
    house.passkey.move_to(&house.server.console);
    owner.set_cookie(None);
    owner.sign_in(&mut house.passkey);
    house.owner = owner;
    let after = house.events(41);
    assert_eq!(after, before, "the same events, in the same order");
    let profile = house.owner.get(&house.path(&format!("/people/{person}"))).expect(200);
    assert_eq!(profile.json["traits"]["email"]["sealed"], "email");
    house.send("/v1/track", &json!({"userId": "ada", "event": "Kept", "messageId": "k7"}));
    house.send("/v1/track", &json!({"userId": "ada", "event": "New", "messageId": "new"}));
    assert_eq!(house.events(42).len(), 42, "k7 was known before the backup");
}

#[test]
fn what_was_changed_is_refused() {
    let house = House::new();
    let (into, _) = backup(&house, "backup");
    let largest = std::fs::read_dir(&into)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .max_by_key(|path| path.metadata().unwrap().len())
        .unwrap();
    let mut bytes = std::fs::read(&largest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    stdx::files::replace(&largest, &bytes).unwrap();
    let target = house.server.scratch().join("target");
    let restored = restore(&house, &into, &target, &[]);
    assert_ne!(restored.0, 0);
    assert!(
        !target.exists() || std::fs::read_dir(&target).unwrap().next().is_none(),
        "nothing is left of it"
    );
}

#[test]
fn without_a_server_the_command_says_so() {
    let mut server = Server::start(PROGRAM);
    assert_eq!(server.terminate(), Some(0));
    let data = server.data();
    let run = Command::new(PROGRAM)
        .args(["backup", "--data", data.to_str().unwrap(), "--recipient", RECIPIENT, "/tmp/never"])
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(7), "{}", String::from_utf8_lossy(&run.stderr));
}
