//! Official SDKs, unmodified, send every call they have; what is kept is compared field by field.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use testkit::wait_until;

use crate::support::{House, ROOT};

/// Python with the SDK in it: `./test` makes one and says where.
pub fn python() -> String {
    std::env::var("HOLDFAST_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

fn check(program: &str, script: &str) {
    let mut house = House::new();
    let folder = Path::new(ROOT).join("tests/sdk");
    let run = Command::new(program)
        .current_dir(&folder)
        .args([script, &house.server.collect, &house.server.installed.write_key])
        .output()
        .unwrap_or_else(|error| panic!("{program} does not run ({error}); ./test installs it"));
    assert!(run.status.success(), "{script}: {}", String::from_utf8_lossy(&run.stderr));
    let sent = String::from_utf8(run.stdout).unwrap();
    let count = sent.lines().count();
    assert!(count >= 6, "{script} sent only {count} messages:\n{sent}");

    let path = house.path("/events?limit=1000");
    let owner = &mut house.owner;
    let kept = wait_until(15, "all messages", || {
        let items = owner.get(&path).expect(200).json["items"].as_array().unwrap().clone();
        (items.len() >= count).then_some(Value::Array(items))
    });
    let (sent_file, kept_file) = (house.server.scratch().join("sent"), house.server.scratch().join("kept"));
    stdx::files::replace(&sent_file, sent.as_bytes()).unwrap();
    stdx::files::replace(&kept_file, kept.to_string().as_bytes()).unwrap();
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

#[test]
fn segment_for_node() {
    check("node", "segment_node.mjs");
}

#[test]
fn segment_for_python() {
    check(&python(), "segment_python.py");
}
