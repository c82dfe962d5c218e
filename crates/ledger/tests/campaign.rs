//! Forgeries by the hundred, made with root and every key, against the verifier in Python (drill C5).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy knows test functions, not what they call"
)]

mod support;

use std::path::Path;
use std::process::Command;

use ledger::*;
use stdx::Secret;
use support::*;

fn is_long() -> bool {
    std::env::var_os("HOLDFAST_TEST_LONG").is_some()
}

/// A ledger that an auditor and a witness have looked at, and what each of them kept.
fn case(folder: &Path, entries: u64, fill: impl Fn(&Ledger, u64)) {
    let witness = Cosigner::new("witness.example/w1", &Secret::new([3; 32])).unwrap();
    let place = Place::new();
    let ledger = place.open();
    ledger.expect_witnesses(vec![witness.key().clone()]);
    let cosigned = || {
        place.hand.advance_ms(10_000);
        let checkpoint = ledger.checkpoint_now().unwrap();
        let line = witness.cosign(&checkpoint, u64::try_from(place.clock.now_ms() / 1_000).unwrap());
        ledger.add_cosignature(&checkpoint, witness.key(), &line).unwrap();
        ledger.published().note
    };
    // A fifth at a time: after the second the auditor takes a checkpoint along.
    for fifth in 1..=5 {
        fill(&ledger, entries / 5);
        let note = cosigned();
        match fifth {
            2 => put(&folder.join("old"), ledger.checkpoint().note.as_bytes()),
            5 => put(&folder.join("witnessed"), note.as_bytes()),
            _ => {}
        }
        let to = if fifth == 5 { folder.join("honest") } else { folder.join(format!("earlier/{fifth}")) };
        copy_folder(&place.dir, &to);
    }
    let keys = serde_json::json!({
        "public": ledger_keys().public().to_string(), "witness": witness.key().to_string(),
        "seed": "07".repeat(32), "payload": "09".repeat(32),
    });
    put(&folder.join("keys.json"), keys.to_string().as_bytes());
}

/// Enters from several threads, so that many entries share a sync.
fn fill_widely(ledger: &Ledger, count: u64) {
    std::thread::scope(|scope| {
        for thread in 0..16 {
            scope.spawn(move || {
                for number in (thread..count).step_by(16) {
                    let stream = [None, Some(workspace(1)), Some(workspace(2))][(number % 3) as usize];
                    ledger.enter(entry("person.viewed", stream, number)).unwrap();
                }
            });
        }
    });
}

/// Has a script forge a case so many times, and gives what it tells.
fn forged(script: &str, folder: &Path, count: u64) -> serde_json::Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(script);
    let output = Command::new("python3")
        .arg("-B")
        .arg(script)
        .arg(folder)
        .args([count.to_string(), "1".to_owned()])
        .output()
        .expect("python3 runs");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("no answer: {}", String::from_utf8_lossy(&output.stderr)));
    println!("{told}");
    assert_eq!(
        (&told["made"], &told["found"], &told["named"]),
        (&count.into(), &count.into(), &count.into()),
        "{told}"
    );
    assert_eq!(
        (&told["missed"], &told["clumsy"]),
        (&serde_json::json!([]), &serde_json::json!([])),
        "{told}"
    );
    told
}

/// The fast form: a hundred forgeries of 400 entries. `HOLDFAST_TEST_LONG=1`: a thousand of 2,000.
#[test]
fn every_forgery_is_found_and_no_honest_log_is() {
    let (count, entries) = if is_long() { (1_000, 2_000) } else { (100, 400) };
    let folder = tempfile::tempdir().unwrap();
    case(folder.path(), entries, |ledger, count| drop(fill(ledger, count)));
    let told = forged("forge.py", folder.path(), count);
    assert_eq!(told["kinds"].as_object().unwrap().len(), 17, "every kind was tried: {told}");
}

/// The same for whoever has the tree alone. `HOLDFAST_TEST_LONG=1`: a thousand forgeries of 100,000 entries.
#[test]
fn every_forgery_of_a_long_log_is_found_by_its_tree_alone() {
    let (count, entries) = if is_long() { (1_000, 100_000) } else { (60, 2_000) };
    let folder = tempfile::tempdir().unwrap();
    case(folder.path(), entries, fill_widely);
    let told = forged("forge_tree.py", folder.path(), count);
    assert_eq!(told["kinds"].as_object().unwrap().len(), 11, "every kind was tried: {told}");
}
