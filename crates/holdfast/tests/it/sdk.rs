//! Official SDKs, unmodified, send every call they have; what is kept is compared field by field.
//!
//! One test per SDK. Its script in `tests/sdk` prints what was sent and what must come of it; `compare.py` holds
//! that against what the API shows: events, whose they are, and profiles.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};

use crate::support::{House, ROOT};

/// Python with the SDKs in it: `./test` makes one and says where.
pub fn python() -> String {
    std::env::var("HOLDFAST_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// Runs a script against a server of its own and compares.
fn check(program: &str, script: &[&str]) {
    check_at(House::new(), program, script);
}

/// The same over TLS. SDKs take the server's authority from the variables that their languages have for it.
fn check_secure(program: &str, script: &[&str]) {
    check_at(House::secure(), program, script);
}

fn check_at(mut house: House, program: &str, script: &[&str]) {
    let folder = Path::new(ROOT).join("tests/sdk");
    let mut command = Command::new(program);
    if let Some(ca) = &house.server.ca {
        let scratch = house.server.scratch();
        for variable in ["NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"] {
            command.env(variable, ca);
        }
        // For the front that some scripts put before the server.
        command.env("FRONT_CERTIFICATE", scratch.join("server.pem"));
        command.env("FRONT_KEY", scratch.join("server.key"));
    }
    let run = command
        .current_dir(&folder)
        .args(script)
        .args([&house.server.collect, &house.server.installed.write_key])
        .output()
        .unwrap_or_else(|error| panic!("{program} does not run ({error}); ./test installs it"));
    assert!(run.status.success(), "{script:?}: {}", String::from_utf8_lossy(&run.stderr));
    let sent = String::from_utf8(run.stdout).unwrap();
    let count = sent.lines().filter(|line| line.starts_with(r#"{"sent""#)).count();
    assert!(count >= 4, "{script:?} sent only {count} messages:\n{sent}");
    let (sent_file, kept_file) = (house.server.scratch().join("sent"), house.server.scratch().join("kept"));
    let events = house.events(count);
    let kept = with_profiles(&mut house, &events).to_string();
    stdx::files::replace(&sent_file, sent.as_bytes()).unwrap();
    stdx::files::replace(&kept_file, kept.as_bytes()).unwrap();
    let compared = Command::new(python())
        .arg(folder.join("compare.py"))
        .args([&sent_file, &kept_file])
        .output()
        .unwrap();
    assert!(
        compared.status.success(),
        "{}{}",
        String::from_utf8_lossy(&compared.stdout),
        String::from_utf8_lossy(&compared.stderr)
    );
}

/// These events, and the profiles of everybody who has one of them.
pub fn with_profiles(house: &mut House, events: &[Value]) -> Value {
    let ids: BTreeSet<&str> = events.iter().filter_map(|event| event["person"].as_str()).collect();
    let path = house.path("/people");
    let people: Map<String, Value> = ids
        .into_iter()
        .map(|id| (id.to_owned(), house.owner.get(&format!("{path}/{id}")).expect(200).json))
        .collect();
    json!({ "events": events, "people": people })
}

#[test]
fn segment_in_a_browser() {
    check("node", &["segment_browser.mjs"]);
}

#[test]
fn segment_for_node() {
    check("node", &["segment_node.mjs"]);
}

#[test]
fn segment_for_python() {
    check(&python(), &["segment_python.py"]);
}

#[test]
fn rudderstack_in_a_browser() {
    check("node", &["rudderstack_browser.mjs"]);
}

#[test]
fn rudderstack_for_node() {
    check("node", &["rudderstack_node.mjs"]);
}

#[test]
fn rudderstack_for_python() {
    check(&python(), &["rudderstack_python.py"]);
}

#[test]
fn mixpanel_in_a_browser() {
    check("node", &["mixpanel_browser.mjs"]);
}

#[test]
fn mixpanel_for_node() {
    check("node", &["mixpanel_node.mjs"]);
}

#[test]
fn mixpanel_for_node_over_tls() {
    check_secure("node", &["mixpanel_node.mjs"]);
}

#[test]
fn mixpanel_for_python() {
    check(&python(), &["mixpanel_python.py"]);
}

#[test]
fn mixpanel_for_python_over_tls() {
    check_secure(&python(), &["mixpanel_python.py"]);
}

#[test]
fn customerio_for_node_4() {
    check_secure("node", &["customerio_node.mjs", "4"]);
}

#[test]
fn customerio_for_node_5() {
    check("node", &["customerio_node.mjs", "5"]);
}

#[test]
fn customerio_for_node_5_over_tls() {
    check_secure("node", &["customerio_node.mjs", "5"]);
}

#[test]
fn customerio_for_python() {
    check_secure(&python(), &["customerio_python.py"]);
}

#[test]
fn jitsu_in_a_browser() {
    check("node", &["jitsu_browser.mjs"]);
}

#[test]
fn jitsu_on_a_server() {
    check("node", &["jitsu_server.mjs"]);
}
