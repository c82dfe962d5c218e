//! C8: an engineer with access to the database changes it and starts the server. Whatever they did, nothing is gained in
//! silence: what differs is named, and nobody is served until somebody answers for it.

use std::path::Path;

use rusqlite::Connection;
use serde_json::{Value, json};
use testkit::wait_until;

use crate::support::House;

/// What is done to the database, and where it must be found. `old` is a copy of it from before power was taken away.
#[rustfmt::skip]
const EDITS: &[(&str, &str)] = &[
    // Members, and what they may.
    ("membership", "update membership set role = 'owner' where role = 'viewer'"),
    ("membership", "update membership set role = 'admin' where role = 'viewer'"),
    ("membership", "update membership set created_ms = 0"),
    ("membership", "delete from membership where role = 'owner'"),
    ("membership", "insert into membership select w.id, m.account, 'owner', m.created_ms, m.mac from membership m, workspace w where m.role = 'viewer' and w.id <> m.workspace"),
    ("membership", "insert or replace into membership select * from old.membership where role = 'admin'"),
    ("membership", "update membership set mac = (select mac from membership where role = 'owner') where role = 'viewer'"),
    ("last_use", "delete from last_use"),
    ("last_use", "update last_use set used_ms = used_ms + 2592000000"),
    ("last_use", "update last_use set lapsed_ms = null, told = 0, renewed_ms = 4000000000000"),
    ("invite", "update invite set role = 'owner'"),
    ("invite", "update invite set expires_ms = 4000000000000"),
    ("invite", "update invite set workspace = (select id from workspace where id <> invite.workspace)"),
    ("profile", "update profile set sealed_email = (select sealed_email from profile order by account limit 1)"),
    // Accounts and how they sign in.
    ("account", "update account set kind = 'operator' where kind = 'member'"),
    ("account", "update account set kind = 'member' where kind = 'operator'"),
    ("account", "update account set epoch = epoch - 1"),
    ("account", "update account set passkeys_locked = 0 where passkeys_locked = 1"),
    ("account", "update account set ended_ms = null where ended_ms is not null"),
    ("account", "insert or replace into account select * from old.account where id in (select id from account where passkeys_locked = 1)"),
    ("account", "insert or replace into account select * from old.account where id in (select id from account where ended_ms is not null)"),
    ("passkey", "update passkey set account = (select account from membership where role = 'owner' limit 1)"),
    ("passkey", "delete from passkey"),
    ("passkey", "insert into passkey select * from old.passkey where id not in (select id from passkey)"),
    ("passkey", "update passkey set created_ms = 0"),
    ("passkey", "update passkey set credential = (select credential from passkey order by id desc limit 1)"),
    ("sign_in_code", "update sign_in_code set purpose = 'operator'"),
    ("sign_in_code", "update sign_in_code set expires_ms = 4000000000000"),
    ("sign_in_code", "update sign_in_code set account = (select account from membership where role = 'owner' limit 1)"),
    ("sign_in_code", "insert into sign_in_code select * from old.sign_in_code where hash not in (select hash from sign_in_code)"),
    ("sign_in_epoch", "update sign_in_epoch set epoch = epoch - 1"),
    ("sign_in_epoch", "delete from sign_in_epoch"),
    ("recovery", "insert into recovery (account, started_ms, ready_ms, mac) select account, 0, 1, mac from membership where role = 'owner' limit 1"),
    // Sessions and tokens.
    ("session", "update session set level = level + 1"),
    ("session", "update session set ends_ms = 4000000000000, idle_ms = 4000000000000"),
    ("session", "update session set account = (select account from membership where role = 'owner' limit 1)"),
    ("session", "update session set last_seen_ms = last_seen_ms + 3600000"),
    ("session", "insert into session select * from old.session where id not in (select id from session)"),
    ("session_token", "update session_token set session = (select id from session order by id limit 1)"),
    ("session_token", "update session_token set issued_ms = issued_ms + 3600000"),
    ("session_token", "delete from session_token"),
    ("api_token", "update api_token set scopes = 'people:read events:read ledger:read'"),
    ("api_token", "update api_token set revoked_ms = null where revoked_ms is not null"),
    ("api_token", "insert or replace into api_token select * from old.api_token"),
    ("api_token", "update api_token set expires_ms = 4000000000000"),
    ("api_token", "update api_token set networks = ''"),
    ("api_token", "update api_token set workspace = (select id from workspace where id <> api_token.workspace)"),
    ("api_token", "insert into api_token (id, hash, workspace, maker, name, scopes, installation_epoch, created_ms, expires_ms, networks, mac) select randomblob(16), randomblob(32), workspace, maker, name, scopes, installation_epoch, created_ms, expires_ms, networks, mac from api_token limit 1"),
    // What limits.
    ("workspace", "update workspace set mode = 'normal'"),
    ("mode_mark", "delete from mode_mark"),
    ("workspace", "update workspace set (mode, mode_reason, mode_by, mode_at_ms) = (select o.mode, o.mode_reason, o.mode_by, o.mode_at_ms from old.workspace o where o.id = workspace.id)"),
    ("mode_mark", "insert or replace into mode_mark select * from old.mode_mark"),
    ("installation", "update installation set mode = 'read_only'"),
    ("approval", "insert into approval select randomblob(16), workspace, account, 'please', 0, 4000000000000, mac from membership limit 1"),
    ("access_grant", "insert into access_grant select randomblob(16), workspace, 'support', account, 0, '{}', mac from membership limit 1"),
    ("workspace", "update workspace set retention_days = 1"),
    ("workspace", "update workspace set keep_ip = 'place'"),
    ("workspace", "update workspace set wrapped_seal = (select wrapped_seal from workspace order by id desc limit 1), name = 'x'"),
    ("source", "update source set disabled_ms = null where disabled_ms is not null"),
    ("source", "update source set write_key = write_key || 'x'"),
    ("source", "insert into source (id, workspace, name, write_key, created_ms) select randomblob(16), id, 'x', hex(id), 0 from workspace"),
    ("shield_rules", "delete from shield_rules"),
    // The digest itself, and the whole.
    ("kept_state", "delete from kept_state"),
    ("kept_state", "update kept_state set number = number + 1"),
    ("an older database", "replace the file"),
    ("sqlite_schema", "create trigger helpful after update on session begin delete from session_token; end"),
];

struct Held {
    house: House,
    base: Vec<u8>,
    old: std::path::PathBuf,
}

impl Held {
    /// A house in which power was given, copied, and then taken away.
    fn new() -> Self {
        let mut house = House::new();
        let joined = |house: &mut House, role: &str| {
            let body = json!({ "email": format!("{role}@example.com"), "role": role });
            let path = house.path("/members");
            let invited = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201);
            let mut client = house.server.client();
            client.enrol(invited.json["code"].as_str().unwrap());
            let id = client.get("/api/v1/session").expect(200).json["id"].as_str().unwrap().to_owned();
            (client, id)
        };
        let (_viewer, _) = joined(&mut house, "viewer");
        let (_admin, demoted) = joined(&mut house, "admin");
        let (mut leaving, removed) = joined(&mut house, "support");
        let change = |house: &mut House, method: &str, path: &str, body: &Value| {
            let reply = house.owner.change(&mut house.passkey, method, path, body);
            assert!(reply.status < 300, "{method} {path}: {}", reply.text);
            reply.json
        };
        let at = |house: &House, rest: &str| house.path(rest);
        let path = at(&house, "/tokens");
        let wanted = json!({ "name": "t", "scopes": ["events:read"], "networks": ["203.0.113.0/24"] });
        let token = change(&mut house, "POST", &path, &wanted);
        change(&mut house, "POST", "/api/v1/workspaces", &json!({ "name": "Second" }));
        let path = at(&house, "/members");
        change(&mut house, "POST", &path, &json!({ "email": "late@example.com", "role": "viewer" }));
        let taken = json!({ "email": "taken@example.com", "role": "viewer" });
        let taken = change(&mut house, "POST", &path, &taken);
        let path = at(&house, "/shield/rules");
        change(&mut house, "PUT", &path, &json!({ "rules": [] }));
        let path = at(&house, "/sources");
        let second = change(&mut house, "POST", &path, &json!({ "name": "Second" }));
        leaving.get("/api/v1/session").expect(200);

        // As it was before power was taken away.
        house.server.terminate();
        let data = house.server.data();
        let old = house.server.scratch().join("old.db");
        whole_copy(&data.join("control.db"), &old);
        house.server.restart();
        house.owner.move_to(&house.server.console);
        house.passkey.move_to(&house.server.console);
        house.server.client().enrol(taken["code"].as_str().unwrap());
        let path = at(&house, &format!("/tokens/{}", token["id"].as_str().unwrap()));
        change(&mut house, "DELETE", &path, &json!({}));
        let path = at(&house, &format!("/members/{demoted}"));
        change(&mut house, "PATCH", &path, &json!({ "role": "viewer" }));
        let path = at(&house, &format!("/members/{removed}"));
        change(&mut house, "DELETE", &path, &json!({}));
        let path = at(&house, &format!("/sources/{}", second["id"].as_str().unwrap()));
        change(&mut house, "PATCH", &path, &json!({ "enabled": false }));
        change(&mut house, "PUT", "/api/v1/passkeys/lock", &json!({}));
        let path = at(&house, "/mode");
        change(&mut house, "PUT", &path, &json!({ "mode": "read_only", "reason": "looking into it" }));
        house.server.terminate();
        let base = house.server.scratch().join("base.db");
        whole_copy(&data.join("control.db"), &base);
        let base = std::fs::read(base).unwrap();
        Self { house, base, old }
    }

    fn put(&self, bytes: &[u8]) {
        let path = self.house.server.data().join("control.db");
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(path.with_file_name(format!("control.db{suffix}")));
        }
        stdx::files::replace(&path, bytes).unwrap();
    }

    fn edit(&self, sql: &str) {
        self.put(&self.base);
        if sql == "replace the file" {
            return self.put(&std::fs::read(&self.old).unwrap());
        }
        let db = Connection::open(self.house.server.data().join("control.db")).unwrap();
        db.execute_batch("pragma foreign_keys = off").unwrap();
        db.execute("attach ?1 as old", [self.old.to_str().unwrap()]).unwrap();
        let changed = db.execute(sql, []).unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert!(changed > 0 || sql.starts_with("create"), "`{sql}` changed nothing");
    }

    fn check(&self) -> (i32, String) {
        let data = self.house.server.data();
        let (code, out, said) =
            self.house.server.command(&["database", "check", "--data", data.to_str().unwrap()]);
        (code, out + &said)
    }
}

/// A copy with what still stands in the write-ahead log.
fn whole_copy(from: &Path, to: &Path) {
    let db = Connection::open(from).unwrap();
    db.execute("vacuum into ?1", [to.to_str().unwrap()]).unwrap();
}

#[test]
fn no_edit_of_the_database_gains_anything_in_silence() {
    let mut held = Held::new();
    held.put(&held.base);
    let (code, said) = held.check();
    assert_eq!(code, 0, "what nobody changed is served: {said}");
    assert!(EDITS.len() >= 50);
    let mut silent = Vec::new();
    for (table, sql) in EDITS {
        held.edit(sql);
        let (code, said) = held.check();
        if code == 0 || !said.contains(table) {
            silent.push(format!("{sql}: {said}"));
        }
    }
    assert!(silent.is_empty(), "{} of {}: {silent:#?}", silent.len(), EDITS.len());

    // The server itself refuses, and says what differs; what was accepted is read-only, and nobody is signed in by it.
    held.edit("insert or replace into membership select * from old.membership where role = 'admin'");
    let data = held.house.server.data();
    let data = data.to_str().unwrap();
    let (code, _, said) = held.house.server.command(&["serve", "--data", data, "--console", "127.0.0.1:0"]);
    assert!(code != 0 && said.contains("membership"), "{said}");
    let (code, _, said) =
        held.house.server.command(&["database", "accept", "--data", data, "--reason", "a repair by hand"]);
    assert_eq!(code, 0, "{said}");
    held.house.server.restart();
    held.house.owner.move_to(&held.house.server.console);
    held.house.owner.get("/api/v1/session").expect(401);
    let mut operator = held.house.server.client();
    operator.enrol(&held.house.server.installed.operator_code);
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
