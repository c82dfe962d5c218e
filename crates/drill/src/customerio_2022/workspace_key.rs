//! A workspace's key is replaced: what the older one still opens.

use std::path::Path;

use serde_json::json;
use testkit::{Client, DatabaseFile, Server, wait_until};

use crate::canary::bytes_below;
use crate::play::Seen;
use crate::stage::Stage;

/// How many people have planted names.
const PEOPLE: usize = 12;

pub fn workspace_key(stage: &mut Stage, open: bool) -> Seen {
    let mut stage = stage.beside(&[]);
    let people = super::support::people(&mut stage, PEOPLE);
    let shown = stage.every_event().len();
    let scratch = stage.server.scratch().to_owned();
    let (before, stolen) = (scratch.join("before"), scratch.join("stolen"));
    let (data, workspace) = (stage.server.data(), stage.server.installed.workspace.clone());
    // What the thief has of it: the database of that day, and with it the older key, which the master key opens.
    stage.server.terminate();
    copied(&data, &before);
    let older = DatabaseFile::at(before.join("control.db"));
    let wrapped = older.bytes("select wrapped_seal from workspace").pop().expect("a workspace's key");
    stage.server.restart();
    stage.follow();

    let on = data.display().to_string();
    let (code, _, said) = stage.server.command(&["keys", "rotate", "--workspace", &workspace, "--data", &on]);
    assert_eq!(code, 0, "{said}");
    wait_until(120, "the older key's end", || stage.get("/key")["older"].is_null().then_some(()));
    let goes_on = stage.every_event().len() == shown;
    let through_the_doors = revealed(&mut stage, &people);
    stage.server.terminate();
    let left = if memchr::memmem::find(&bytes_below(&data), &wrapped).is_some() { 1 } else { 0 };

    copied(if open { &before } else { &data }, &stolen);
    DatabaseFile::at(stolen.join("control.db")).replace_by(&older);
    let (opened, how) = opened(&mut stage, &stolen, &people);
    Seen {
        tried: format!(
            "{PEOPLE} people's clear names and {shown} events; the key is replaced; then every file, with the older key in the place of the present \
             one, served to whoever has the master key, too"
        ),
        outcome: format!(
            "through the doors {through_the_doors} names and {} events; to the thief: {how}",
            if goes_on { "all" } else { "not all" }
        ),
        figure: format!("{opened} values opened by the older key, which lies in {left} places"),
        held: opened == 0 && left == 0 && goes_on && through_the_doors == PEOPLE,
    }
}

/// How many of the planted names the stage's owner is shown in clear.
fn revealed(stage: &mut Stage, people: &[String]) -> usize {
    let body = json!({ "field": "name", "reason": "a drill" });
    let mut shown = 0;
    for person in people {
        let path = stage.path(&format!("/people/{person}/reveal"));
        let answer = stage.owner.change(&mut stage.passkey, "POST", &path, &body);
        shown += usize::from(stage.canaries.count_in(answer.text.as_bytes()) > 0);
    }
    shown
}

/// Serves a stolen folder, accepts whatever it says of its database, signs in, and counts what is shown.
fn opened(stage: &mut Stage, folder: &Path, people: &[String]) -> (usize, String) {
    let on = folder.display().to_string();
    // It says that there is nothing to accept where nothing was changed.
    stage.server.command(&["database", "accept", "--data", &on, "--reason", "a thief's"]);
    let mut server = match stage.server.on_copy(folder) {
        Ok(server) => server,
        Err(said) => return (0, format!("it does not start: {}", said.lines().last().unwrap_or_default())),
    };
    let signed_in = signed_in(stage, &server);
    let honest = std::mem::replace(&mut stage.owner, signed_in);
    let path = stage.path("/events?limit=1000");
    let events = stage.owner.get(&path);
    let events = events.json["items"].as_array().map_or(0, Vec::len);
    let names = revealed(stage, people);
    stage.owner = honest;
    server.kill();
    (events + names, format!("{names} names and {events} events"))
}

fn signed_in(stage: &mut Stage, server: &Server) -> Client {
    let mut client = server.client();
    stage.passkey.move_to(&server.console);
    client.sign_in(&mut stage.passkey);
    client
}

/// Every file of a folder.
fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let (kind, target) = (entry.file_type().expect("a kind"), to.join(entry.file_name()));
        if kind.is_dir() {
            copied(&entry.path(), &target);
        } else if kind.is_file() {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}
