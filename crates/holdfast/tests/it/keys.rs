//! Where the master key is, and another one: from a file, a passphrase and a transit service.
//!
//! The service here is a sink of our own that speaks the two calls of the transit interface with real AES-GCM; no Vault or
//! OpenBao is to be had from the package registries.

use std::fs::Permissions;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use data_encoding::BASE64;
use keys::Key;
use serde_json::{Value, json};

use testkit::wait_until;

use crate::saved;
use crate::support::House;

fn files(house: &House) -> Vec<PathBuf> {
    let folder = house.server.config_home().join("holdfast");
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn status(house: &House, environment: &[(&str, &str)]) -> Value {
    let data = house.server.data();
    let arguments = ["keys", "status", "--json", "--data", data.to_str().unwrap()];
    serde_json::from_str(&house.server.command_with(&arguments, environment).1).unwrap()
}

fn rotate(house: &House, from: Option<&str>, environment: &[(&str, &str)]) -> (i32, String) {
    let data = house.server.data();
    let mut arguments = vec!["keys", "rotate", "--data", data.to_str().unwrap()];
    if let Some(from) = from {
        arguments.extend(["--from", from]);
    }
    let (code, out, said) = house.server.command_with(&arguments, environment);
    (code, out + &said)
}

#[test]
fn another_master_key_opens_the_same_data_and_the_old_one_no_longer() {
    let mut house = House::new();
    house.send("/v1/track", &json!({"userId": "u", "event": "Kept"}));
    let before = house.events(1);
    let first = status(&house, &[]);
    assert_eq!((&first["opens"], &first["root_of_its_own"]), (&json!(true), &json!(true)));
    let (code, said) = rotate(&house, Some("/dev/null"), &[]);
    assert!(code != 0 && said.contains("belongs to process"), "{said}");
    house.server.terminate();

    let present = files(&house).pop().unwrap();
    let (code, said) = rotate(&house, None, &[]);
    assert!(code != 0 && said.contains("--from"), "{said}");
    let (code, said) = rotate(&house, Some(present.to_str().unwrap()), &[]);
    assert!(code != 0 && said.contains("move it aside first"), "{said}");
    let old = house.server.scratch().join("old.key");
    std::fs::rename(&present, &old).unwrap();
    // Interrupted after the new file was made and before the one write that counts: it goes on.
    let (code, said) = rotate(&house, Some(old.to_str().unwrap()), &[]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = rotate(&house, Some(old.to_str().unwrap()), &[]);
    assert!(code == 0 && said.contains("already"), "{said}");
    let second = status(&house, &[]);
    assert_ne!(second["master"], first["master"]);
    assert_eq!(second["opens"], true);
    house.server.restart();
    house.owner.move_to(&house.server.console);
    assert_eq!(house.events(1), before, "the same data, the same session");
    house.server.terminate();
    // On to a passphrase, whose salt is made beside it.
    let passphrase = house.server.scratch().join("passphrase");
    stdx::files::replace(&passphrase, b"correct horse battery staple\n").unwrap();
    std::fs::set_permissions(&passphrase, Permissions::from_mode(0o600)).unwrap();
    let words = [("HOLDFAST_KEYS__PASSPHRASE_FILE", passphrase.to_str().unwrap())];
    let (code, said) = rotate(&house, Some(present.to_str().unwrap()), &words);
    assert_eq!(code, 0, "{said}");
    let third = status(&house, &words);
    assert_eq!((&third["opens"], status(&house, &[])["opens"].clone()), (&json!(true), json!(false)));
    // The keys before open nothing any more, and the refusal says which one it takes.
    let data = house.server.data();
    for key in [&present, &old] {
        let set = [("HOLDFAST_KEYS__MASTER_FILE", key.to_str().unwrap())];
        let check = ["database", "check", "--data", data.to_str().unwrap()];
        let (code, _, said) = house.server.command_with(&check, &set);
        assert!(code != 0 && said.contains(third["master"].as_str().unwrap()), "{said}");
    }
}

/// A service that seals and opens under one key for whoever has the token; counts what it did.
fn service(token: &'static str) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (key, count) = (Key::generate(), Arc::new(AtomicUsize::new(0)));
    let counted = count.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut line) = (String::new(), String::new());
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                head.push_str(&line.to_ascii_lowercase());
                line.clear();
            }
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let mut body = vec![0; length.map_or(0, |text| text.trim().parse().unwrap())];
            reader.read_exact(&mut body).unwrap();
            let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
            let answer = if !head.contains(&format!("x-vault-token: {token}\r\n")) {
                None
            } else if head.starts_with("post /v1/transit/encrypt/holdfast ") {
                let plain = BASE64.decode(asked["plaintext"].as_str().unwrap().as_bytes()).unwrap();
                let sealed = BASE64.encode(&key.seal(b"transit", &plain));
                Some(json!({ "data": { "ciphertext": format!("vault:v1:{sealed}") } }))
            } else {
                let sealed = asked["ciphertext"].as_str().unwrap().strip_prefix("vault:v1:").unwrap();
                let plain = key.open(b"transit", &BASE64.decode(sealed.as_bytes()).unwrap()).unwrap();
                Some(json!({ "data": { "plaintext": BASE64.encode(&plain) } }))
            };
            counted.fetch_add(1, Ordering::SeqCst);
            let (status, answer) = match answer {
                Some(answer) => ("200 OK", answer.to_string()),
                None => ("403 Forbidden", r#"{"errors":["permission denied"]}"#.to_owned()),
            };
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close", answer.len());
            stream.write_all(format!("{head}\r\n\r\n{answer}").as_bytes()).unwrap();
        }
    });
    (url, count)
}

#[test]
fn a_transit_service_opens_the_data() {
    let mut house = House::new();
    house.send("/v1/track", &json!({"userId": "u", "event": "Kept"}));
    house.events(1);
    house.server.terminate();
    let (url, asked) = service("s.right");
    let token = house.server.scratch().join("token");
    stdx::files::replace(&token, b"s.right\n").unwrap();
    let environment = |token: &PathBuf| {
        [
            ("HOLDFAST_KEYS__TRANSIT__URL", url.clone()),
            ("HOLDFAST_KEYS__TRANSIT__KEY", "holdfast".to_owned()),
            ("HOLDFAST_KEYS__TRANSIT__TOKEN_FILE", token.to_str().unwrap().to_owned()),
        ]
    };
    let set = environment(&token);
    let set: Vec<(&str, &str)> = set.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let file = files(&house).pop().unwrap();
    let (code, said) = rotate(&house, Some(file.to_str().unwrap()), &set);
    assert_eq!(code, 0, "{said}");
    std::fs::remove_file(&file).unwrap();
    let first = status(&house, &set);
    assert_eq!(first["opens"], true, "{first}");
    assert!(first["from"].as_str().unwrap().starts_with("transit key holdfast at "), "{first}");
    // Once more under the service: a new key, sealed anew.
    let (code, said) = rotate(&house, None, &set);
    assert_eq!(code, 0, "{said}");
    assert_ne!(status(&house, &set)["master"], first["master"]);
    assert!(asked.load(Ordering::SeqCst) >= 4);
    // Another token, or no service, opens nothing, and says who refused; the token is not repeated.
    let wrong = house.server.scratch().join("wrong");
    stdx::files::replace(&wrong, b"s.wrong").unwrap();
    let refused = environment(&wrong);
    let refused: Vec<(&str, &str)> = refused.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let data = house.server.data();
    let check = ["database", "check", "--data", data.to_str().unwrap()];
    let (code, _, said) = house.server.command_with(&check, &refused);
    assert!(code != 0 && said.contains("403") && !said.contains("s.wrong"), "{said}");
    assert_eq!(house.server.command_with(&check, &set).0, 0);
    // Two places are one too many.
    let both: Vec<(&str, &str)> = set.iter().copied().chain([("HOLDFAST_KEYS__CREDENTIAL", "x")]).collect();
    let (code, said) = rotate(&house, None, &both);
    assert!(code != 0 && said.contains("name one of"), "{said}");
}

/// The workspace's key as it stands in the database of decisions, wrapped.
fn wrapped(house: &House) -> Vec<u8> {
    let database = rusqlite::Connection::open(house.server.data().join("control.db")).unwrap();
    database.query_row("select wrapped_seal from workspace", [], |row| row.get(0)).unwrap()
}

/// Waits until nothing is sealed under an older key, and says which one is the present one.
fn settled(house: &mut House) -> String {
    let path = house.path("/key");
    let owner = &mut house.owner;
    wait_until(60, "the older key's end", || {
        let key = owner.get(&path).expect(200).json;
        key["older"].is_null().then(|| key["key"].as_str().unwrap().to_owned())
    })
}

#[test]
fn a_workspace_gets_another_key_while_everything_goes_on() {
    let mut house = House::new();
    let traits =
        json!({"userId": "u", "messageId": "i", "traits": {"email": "kestrel@example.com", "plan": "pro"}});
    house.send("/v1/identify", &traits);
    for number in 0..20 {
        house.send("/v1/track", &json!({"userId": "u", "event": "Kept", "messageId": format!("m{number}")}));
    }
    let before = house.events(21);
    let old = wrapped(&house);
    let path = house.path("/key");
    let first = house.owner.get(&path).expect(200).json;
    assert_eq!(first["older"], Value::Null);

    // An owner with a touch; a token never, nobody without a touch.
    house.owner.post(&path, &json!({})).expect(403);
    house.token(&["events:read", "ledger:read"]).post(&path, &json!({})).expect(403);
    let asked = house.owner.confirmed(&mut house.passkey, "POST", &path, None).expect(202).json;
    assert_ne!(asked["key"], first["key"], "the fresh one is the present one at once");
    house.server.kill_and_restart();
    house.owner.move_to(&house.server.console);
    house.passkey.move_to(&house.server.console);
    assert_eq!(settled(&mut house), asked["key"].as_str().unwrap(), "killed, it goes on");

    // All is there, found by what was never stored in clear, and opens.
    assert_eq!(house.events(21), before);
    house.send("/v1/track", &json!({"userId": "u", "event": "After", "messageId": "after"}));
    house.events(22);
    let workspace = house.server.installed.workspace.to_string();
    let person = before[0]["person"].as_str().unwrap().to_owned();
    // Typed in, they are looked up by the keyed hash, and the address then has the person's id.
    let mut meant = |typed: &str| {
        let found = house.owner.get(&format!("/w/{workspace}/live?person={typed}"));
        found.header("location").unwrap_or_default().contains(&person)
    };
    assert!(meant("kestrel@example.com") && !meant("nobody@example.com"));
    let reveal = house.path(&format!("/people/{person}/reveal"));
    let body = json!({"field": "email", "reason": "a test"});
    let shown = house.owner.confirmed(&mut house.passkey, "POST", &reveal, Some(&body)).expect(200).json;
    assert!(shown.to_string().contains("kestrel@example.com"), "{shown}");

    // From the host, where the command runs, with the same end.
    let data = house.server.data();
    let on = ["--workspace", &workspace, "--data", data.to_str().unwrap()];
    let (code, said, wrong) =
        house.server.command(&["keys", "rotate"].into_iter().chain(on).collect::<Vec<_>>());
    assert!(code == 0 && said.contains("replaced"), "{said}{wrong}");
    let present = settled(&mut house);
    assert_ne!(present, asked["key"]);
    let (_, said, _) = house.server.command(&["keys", "status"].into_iter().chain(on).collect::<Vec<_>>());
    assert!(said.contains(&present) && said.contains("none"), "{said}");
    assert_eq!(house.events(22).len(), 22);
    let page = house.owner.get(&format!("/w/{workspace}/settings")).expect(200).text;
    assert!(page.contains(&present) && page.contains("Replace the key"));

    let entries = house.owner.get(&house.path("/ledger/entries?limit=200")).expect(200).json;
    let entries = entries["items"].as_array().unwrap();
    let of = |code: &str| entries.iter().filter(|entry| entry["code"] == code).count();
    // Intent and outcome of each.
    assert_eq!((of("workspace_key.replaced"), of("workspace_key.destroyed")), (4, 4));
    // What opened it all is in no file any more.
    house.server.terminate();
    let wanted = aho_corasick::AhoCorasick::new([&old]).unwrap();
    for entry in walk(&data) {
        assert!(
            !wanted.is_match(&std::fs::read(&entry).unwrap()),
            "the older key lies in {}",
            entry.display()
        );
    }
}

fn walk(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files.extend(walk(&entry))
        } else if entry.is_file() {
            files.push(entry)
        }
    }
    files
}

#[test]
fn a_backup_from_before_opens_with_the_keys_of_its_time() {
    let mut house = House::new();
    house.send(
        "/v1/identify",
        &json!({"userId": "u", "messageId": "i", "traits": {"email": "kestrel@example.com"}}),
    );
    house.send("/v1/track", &json!({"userId": "u", "event": "Kept", "messageId": "k"}));
    let before = house.events(2);
    let person = before[0]["person"].as_str().unwrap().to_owned();
    let first = status(&house, &[]);
    let (from, _) = saved::backup(&house, "backup");
    // Since then the workspace has another key, and the installation another master key.
    let path = house.path("/key");
    house.owner.confirmed(&mut house.passkey, "POST", &path, None).expect(202);
    settled(&mut house);
    house.server.terminate();
    let (present, old) = (files(&house).pop().unwrap(), house.server.scratch().join("old.key"));
    std::fs::rename(&present, &old).unwrap();
    let (code, said) = rotate(&house, Some(old.to_str().unwrap()), &[]);
    assert_eq!(code, 0, "{said}");

    // The key of today does not open it, and the refusal says which one does and what to do.
    let target = house.server.scratch().join("restored");
    let (code, _, said) = saved::restore(&house, &from, &target, &[]);
    let needed = first["master"].as_str().unwrap();
    assert!(code != 0 && said.contains(needed) && said.contains("key of its time"), "{said}");
    assert!(said.contains("keys.") && !target.exists(), "{said}");
    // The kept one does; and then the data goes over to the key of today.
    let kept = [("HOLDFAST_KEYS__MASTER_FILE", old.to_str().unwrap())];
    let (code, _, said) = saved::restore_with(&house, &from, &target, &[], &kept);
    assert_eq!(code, 0, "{said}");
    let data = house.server.data();
    std::fs::rename(&data, house.server.scratch().join("replaced")).unwrap();
    std::fs::rename(&target, &data).unwrap();
    assert_eq!(
        (&status(&house, &[])["opens"], &status(&house, &kept)["opens"]),
        (&json!(false), &json!(true))
    );
    let (code, said) = rotate(&house, Some(old.to_str().unwrap()), &[]);
    assert_eq!(code, 0, "{said}");
    house.server.restart();
    house.owner = house.server.client();
    house.passkey.move_to(&house.server.console);
    house.owner.sign_in(&mut house.passkey);
    assert_eq!(house.events(2), before);
    let reveal = house.path(&format!("/people/{person}/reveal"));
    let body = json!({"field": "email", "reason": "a test"});
    let shown = house.owner.confirmed(&mut house.passkey, "POST", &reveal, Some(&body)).expect(200).text;
    assert!(shown.contains("kestrel@example.com"), "{shown}");
}
