//! A ledger of format version 1, kept as files: what was once written stays readable.
#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not what they call")]

mod support;

use std::path::PathBuf;

use ledger::*;
use support::*;

fn fixture() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/version-1")
}

#[test]
fn version_1_is_read() {
    let place = Place::new();
    copy_folder(&fixture(), &place.dir);
    let keys = ledger_keys();
    let trust = Trust { public: keys.public(), payload: Some(keys.payload()), witnesses: &[] };
    let report = verify(&place.dir, &trust, None).unwrap();
    assert!(report.is_sound(), "{report}");
    assert_eq!((report.size, report.pending_entries, report.open_intents), (32, 3, 1));
    let ledger = place.open();
    assert_eq!((ledger.size(), ledger.recovery().waiting_entries), (36, 3), "one intent was closed");
    let page = ledger
        .entries(&Filter { limit: 2, ..Filter::newest(Scope::Workspaces(vec![workspace(1)])) })
        .unwrap();
    assert_eq!(
        page.entries.iter().map(|entry| (entry.id.0, entry.object.as_str())).collect::<Vec<_>>(),
        [(34, "p_34"), (33, "p_33")]
    );
    assert_eq!(ledger.public_key().to_string(), include_str!("fixtures/version-1.key").trim());
}

/// Salts are random, so this makes other files each time; the fixture is made once for each version.
#[test]
#[ignore = "makes the fixture anew"]
fn make() {
    let place = Place::new();
    let ledger = place.open();
    fill(&ledger, 30);
    let _open = std::mem::ManuallyDrop::new(ledger.intend(entry("key.made", None, 31)).unwrap());
    ledger.checkpoint_now().unwrap();
    for number in 32..35 {
        ledger.enter(entry("person.viewed", Some(workspace(1)), number)).unwrap();
    }
    copy_folder(&place.dir, &fixture());
    put(&fixture().with_extension("key"), format!("{}\n", ledger.public_key()).as_bytes());
}
