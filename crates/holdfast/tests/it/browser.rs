//! A person at the console: Debian's Chromium with a virtual authenticator does set-up, first event, trend, sign-in.

use std::path::Path;
use std::process::Command;

use testkit::Server;

use crate::support::{PROGRAM, ROOT};

#[test]
fn a_persons_journey() {
    let server = Server::start(PROGRAM);
    let pictures = server.scratch().join("pictures");
    std::fs::create_dir_all(&pictures).unwrap();
    let run = Command::new("node")
        .current_dir(Path::new(ROOT).join("tests/browser"))
        .args(["journey.mjs", &server.console, &server.collect])
        .args([&server.installed.setup_code, &server.installed.write_key])
        .arg(&pictures)
        .output()
        .unwrap_or_else(|error| panic!("node does not run ({error}); ./test installs it"));
    let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}\nserver: {}", server.log());
    println!("{said}");
}
