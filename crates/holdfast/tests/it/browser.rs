//! A person at the console: Debian's Chromium with a virtual authenticator opens every page, empty and full, wide and
//! narrow, light and dark.

use std::path::Path;
use std::process::Command;

use testkit::{RECIPIENT, Server};

use crate::support::{PROGRAM, ROOT};

/// Plays `script` with a new server's addresses, its owner's code, its write key and `more`.
fn play(script: &str, more: impl Fn(&Server) -> Vec<String>) {
    let server = Server::start(PROGRAM);
    let pictures = server.scratch().join("pictures");
    std::fs::create_dir_all(&pictures).unwrap();
    let run = Command::new("node")
        .current_dir(Path::new(ROOT).join("tests/browser"))
        .args([script, &server.console, &server.collect])
        .args([&server.installed.setup_code, &server.installed.write_key])
        .args(more(&server))
        .arg(&pictures)
        .output()
        .unwrap_or_else(|error| panic!("node does not run ({error}); ./test installs it"));
    let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}\nserver: {}", server.log());
    println!("{said}");
}

#[test]
fn a_persons_journey() {
    play("journey.mjs", |_| Vec::new());
}

#[test]
fn the_pages_of_trust() {
    play("trust.mjs", |server| vec![server.installed.operator_code.clone()]);
}

#[test]
fn the_pages_of_grants() {
    play("grants.mjs", |server| vec![server.installed.operator_code.clone(), RECIPIENT.to_owned()]);
}
