//! C8: an engineer with access to the database changes it and starts the server. Whatever they did, nothing is gained in
//! silence: what differs is named, and nobody is served until somebody answers for it. The edits themselves are played by
//! `holdfast drill customerio-2022` (`database`).

use serde_json::json;
use testkit::{DatabaseFile, wait_until};

use crate::support::House;

#[test]
fn what_differs_is_not_served_until_it_is_accepted_and_then_read_only() {
    let mut house = House::new();
    let body = json!({ "email": "viewer@example.com", "role": "viewer" });
    let path = house.path("/members");
    let invited = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201);
    house.server.client().enrol(invited.json["code"].as_str().unwrap());
    house.server.terminate();
    let data = house.server.data();
    let data = data.to_str().unwrap();
    let check = ["database", "check", "--data", data];
    let (code, _, said) = house.server.command(&check);
    assert_eq!(code, 0, "what nobody changed is served: {said}");
    let control = DatabaseFile::at(house.server.data().join("control.db"));
    let present = control.copy_to(&house.server.scratch().join("present.db"));
    let touched = control.edit(&present, "update membership set role = 'admin' where role = 'viewer'");
    assert_eq!(touched, Ok(1));
    let (code, _, said) = house.server.command(&check);
    assert!(code != 0 && said.contains("membership"), "{said}");

    // The server itself refuses, and says what differs; what was accepted is read-only, and nobody is signed in by it.
    let said = house.server.try_restart().unwrap_err();
    assert!(said.contains("membership"), "{said}");
    let (code, _, said) =
        house.server.command(&["database", "accept", "--data", data, "--reason", "a repair by hand"]);
    assert_eq!(code, 0, "{said}");
    house.server.restart();
    house.owner.move_to(&house.server.console);
    house.owner.get("/api/v1/session").expect(401);
    let mut operator = house.server.client();
    operator.enrol(&house.server.installed.operator_code);
    let mode = wait_until(10, "the mode", || Some(operator.get("/api/v1/mode").expect(200).json));
    assert_eq!(mode["mode"], "read_only", "{mode}");
}

/// A database as it lies there after a kill, with its log.
fn taken(house: &House, name: &str) -> Vec<(String, Vec<u8>)> {
    let names = ["", "-wal"].map(|suffix| format!("{name}{suffix}"));
    let read = |name: String| Some((name.clone(), std::fs::read(house.server.data().join(&name)).ok()?));
    names.into_iter().filter_map(read).collect()
}

fn put_back(house: &House, name: &str, files: &[(String, Vec<u8>)]) {
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(house.server.data().join(format!("{name}{suffix}")));
    }
    for (name, bytes) in files {
        stdx::files::replace(&house.server.data().join(name), bytes).unwrap();
    }
}

#[test]
fn an_older_database_is_found_right_after_a_kill() {
    let mut house = House::new();
    let checked = |house: &House| {
        let data = house.server.data();
        let (code, out, said) =
            house.server.command(&["database", "check", "--data", data.to_str().unwrap()]);
        (code, out + &said)
    };
    let again = |house: &mut House| {
        house.server.restart();
        house.owner.move_to(&house.server.console);
        house.passkey.move_to(&house.server.console);
    };
    let path = house.path("/tokens");
    let wanted = json!({ "name": "t", "scopes": ["events:read"], "expires_in_s": 3600 });
    let token = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&wanted)).expect(201).json;
    house.send("/v1/track", &json!({"anonymousId": "a", "event": "Seen", "messageId": "1"}));
    house.send("/v1/track", &json!({"userId": "u", "event": "Seen", "messageId": "2"}));
    house.events(2);
    house.server.kill();
    let (control, people) = (taken(&house, "control.db"), taken(&house, "people.db"));
    assert_eq!(checked(&house).0, 0, "a kill alone is no reason to refuse");

    // Power is taken away, and the process killed at once: nothing was entered but what the change itself enters.
    again(&mut house);
    let path = house.path(&format!("/tokens/{}", token["id"].as_str().unwrap()));
    let reply = house.owner.change(&mut house.passkey, "DELETE", &path, &json!({}));
    assert!(reply.status < 300, "{}", reply.text);
    house.server.kill();
    let present = taken(&house, "control.db");
    put_back(&house, "control.db", &control);
    let (code, said) = checked(&house);
    assert!(code != 0 && said.contains("an older database stands here"), "{said}");
    let data = house.server.data();
    let serve = ["serve", "--data", data.to_str().unwrap(), "--console", "127.0.0.1:0"];
    let (code, _, said) = house.server.command(&serve);
    assert!(code != 0 && said.contains("an older database stands here"), "{said}");
    put_back(&house, "control.db", &present);
    assert_eq!(checked(&house).0, 0);

    // The same of identities: two become one, and any entry after tells the ledger.
    again(&mut house);
    house.send("/v1/identify", &json!({"userId": "u", "anonymousId": "a", "messageId": "3"}));
    house.events(3);
    house.server.kill();
    put_back(&house, "people.db", &people);
    let (code, said) = checked(&house);
    assert!(code != 0 && said.contains("an older people.db stands here"), "{said}");
}
