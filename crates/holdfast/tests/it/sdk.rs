//! Official SDKs, unmodified, send every call they have; what is kept is compared field by field.
//!
//! One test per SDK. Its script in `tests/sdk` prints what was sent and what must come of it; `compare.py` holds
//! that against what the API shows: events, whose they are, and profiles.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};
use testkit::wait_until;

use crate::support::{House, ROOT};

/// Python with the SDKs in it: `./test` makes one and says where.
pub fn python() -> String {
    std::env::var("HOLDFAST_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// Runs a script against a server of its own and compares.
fn check(program: &str, script: &[&str]) {
    let mut house = House::new();
    let folder = Path::new(ROOT).join("tests/sdk");
    let run = Command::new(program)
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
    let kept = kept(&mut house, count).to_string();
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

/// The events, once there are at least `count`, and the profiles of everybody who has one of them.
pub fn kept(house: &mut House, count: usize) -> Value {
    let (events_path, people_path) = (house.path("/events?limit=1000"), house.path("/people"));
    let owner = &mut house.owner;
    let events = wait_until(15, "all messages", || {
        let items = owner.get(&events_path).expect(200).json["items"].as_array().unwrap().clone();
        (items.len() >= count).then_some(items)
    });
    let ids: BTreeSet<&str> = events.iter().filter_map(|event| event["person"].as_str()).collect();
    let people: Map<String, Value> = ids
        .into_iter()
        .map(|id| (id.to_owned(), owner.get(&format!("{people_path}/{id}")).expect(200).json))
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
fn jitsu_in_a_browser() {
    check("node", &["jitsu_browser.mjs"]);
}

#[test]
fn jitsu_on_a_server() {
    check("node", &["jitsu_server.mjs"]);
}
