//! What waits survives a restart whole; damage is told or cut off, never shown; version 1 stays readable.

use std::path::Path;

use keys::{Key, WorkspaceKeys};
use model::{Class, SealedValue, SourceId};
use proptest::prelude::*;

use super::format::{Header, Kind as FileKind};
use super::*;

const WORKSPACE: WorkspaceId = WorkspaceId(0x0198_0000_0000_7000_8000_0000_0000_0001);

fn directory() -> KeyDirectory {
    let keys = KeyDirectory::new();
    let hash = Key::from_bytes([8; 32]).hasher("test");
    keys.insert(WORKSPACE, WorkspaceKeys { seal: Key::from_bytes([7; 32]).into(), hash });
    keys
}

fn open(dir: &Path) -> Result<Quarantine, QuarantineError> {
    Quarantine::open(dir, directory())
}

fn item(id: &str) -> NewItem {
    let record = EventRecord {
        workspace: WORKSPACE,
        source: SourceId(5),
        message_id: id.to_owned(),
        kind: Kind::Track,
        name: "Order Completed".to_owned(),
        time_ms: 1_793_354_300_000,
        received_ms: 1_793_354_400_000,
        user_id: Some("ada".to_owned()),
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        properties: format!(r#"{{"revenue":"{id}"}}"#),
        traits: "{}".to_owned(),
        context: "{}".to_owned(),
        sealed: vec![SealedValue { name: "size".to_owned(), class: Class::Personal, value: "XL".to_owned() }],
        findings: Vec::new(),
    };
    let reasons = vec![("revenue".to_owned(), "type"), ("order_id".to_owned(), "missing")];
    NewItem { held_ms: 1_793_354_400_000, plan: Arc::from("shop"), version: 3, reasons, record }
}

fn hold(quarantine: &Quarantine, ids: &[&str]) {
    quarantine.hold(WORKSPACE, ids.iter().map(|id| item(id)).collect()).expect("held");
}

fn ids(quarantine: &Quarantine) -> Vec<String> {
    let numbers: Vec<u64> =
        quarantine.list(WORKSPACE, 0, usize::MAX, &|_| true).iter().map(|one| one.number).collect();
    let records = quarantine.records(WORKSPACE, &numbers).expect("readable");
    assert_eq!(records.len(), numbers.len());
    records.into_iter().map(|(_, record)| record.message_id).collect()
}

#[test]
fn what_waits_is_there_after_a_restart_and_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let quarantine = open(dir.path()).expect("opens");
    hold(&quarantine, &["a", "b"]);
    hold(&quarantine, &["b", "c", "c"]);
    let before = quarantine.list(WORKSPACE, 0, 10, &|_| true);
    let again = open(dir.path()).expect("opens");
    assert_eq!(ids(&again), ["a", "b", "c"]);
    assert_eq!(again.list(WORKSPACE, 0, 10, &|_| true), before);
    assert_eq!(again.list(WORKSPACE, before[1].number, 1, &|_| true), before[1..2]);
    assert_eq!(again.amount(WORKSPACE).items, 3);
    assert!(again.has(&item("b").record).is_some() && again.has(&item("z").record).is_none());
    hold(&again, &["d"]);
    assert_eq!(ids(&again), ["a", "b", "c", "d"], "numbers go on");
}

#[test]
fn removed_means_gone_from_the_disk() {
    let dir = tempfile::tempdir().expect("a folder");
    let quarantine = open(dir.path()).expect("opens");
    hold(&quarantine, &["a", "b", "c"]);
    let files = quarantine.files();
    let before = std::fs::read(&files[0]).expect("a file");
    let numbers: Vec<u64> =
        quarantine.list(WORKSPACE, 0, 10, &|_| true).iter().map(|one| one.number).collect();
    assert_eq!(quarantine.remove(WORKSPACE, &numbers[1..2]).expect("removed"), 1);
    let after = std::fs::read(&files[0]).expect("a file");
    assert!(
        after.len() < before.len() && after[12..28] != before[12..28],
        "written anew, under a new id and key"
    );
    assert_eq!(ids(&quarantine), ["a", "c"]);
    hold(&quarantine, &["b"]);
    assert_eq!(ids(&open(dir.path()).expect("opens")), ["a", "c", "b"], "what was removed may wait again");
    let all: Vec<u64> = quarantine.list(WORKSPACE, 0, 10, &|_| true).iter().map(|one| one.number).collect();
    assert_eq!(quarantine.remove(WORKSPACE, &all).expect("removed"), 3);
    assert!(quarantine.files().is_empty());
    assert_eq!(open(dir.path()).expect("opens").amount(WORKSPACE), Amount::default());
}

#[test]
fn edits_reach_every_event() {
    let dir = tempfile::tempdir().expect("a folder");
    let quarantine = open(dir.path()).expect("opens");
    hold(&quarantine, &["a", "b", "c"]);
    let touched = quarantine.edit(WORKSPACE, &mut |record| match record.message_id.as_str() {
        "a" => Edit::Drop,
        "b" => {
            record.properties = "{}".to_owned();
            Edit::Changed
        }
        _ => Edit::Keep,
    });
    assert_eq!(touched.expect("edited"), 2);
    let again = open(dir.path()).expect("opens");
    assert_eq!(ids(&again), ["b", "c"]);
    let first = again.list(WORKSPACE, 0, 1, &|_| true)[0].number;
    assert_eq!(again.records(WORKSPACE, &[first]).expect("readable")[0].1.properties, "{}");
}

#[test]
fn writers_at_the_same_time_are_all_kept() {
    let dir = tempfile::tempdir().expect("a folder");
    let quarantine = open(dir.path()).expect("opens");
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let quarantine = &quarantine;
            scope.spawn(move || {
                for number in 0..10 {
                    hold(quarantine, &[&format!("{writer}-{number}")]);
                }
            });
        }
    });
    assert_eq!(ids(&open(dir.path()).expect("opens")).len(), 80);
}

#[test]
fn the_note_of_a_release_survives() {
    let dir = tempfile::tempdir().expect("a folder");
    let quarantine = open(dir.path()).expect("opens");
    hold(&quarantine, &["a"]);
    assert!(quarantine.begun().expect("readable").is_empty());
    quarantine.begin_release(WORKSPACE, &[1, 2, 3]).expect("noted");
    let again = open(dir.path()).expect("opens");
    assert_eq!(again.begun().expect("readable"), [(WORKSPACE, vec![1, 2, 3])]);
    again.end_release(WORKSPACE).expect("forgotten");
    assert!(again.begun().expect("readable").is_empty());
}

/// Opens a copy of a quarantine whose only file was changed.
fn changed(bytes: &[u8]) -> Result<Vec<String>, QuarantineError> {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join(WORKSPACE.to_string());
    std::fs::create_dir(&folder).expect("a folder");
    stdx::files::replace(&folder.join(super::file::file_name(0)), bytes).expect("written");
    open(dir.path()).map(|quarantine| ids(&quarantine))
}

fn sample() -> Vec<u8> {
    let dir = tempfile::tempdir().expect("a folder");
    let quarantine = open(dir.path()).expect("opens");
    hold(&quarantine, &["a", "b"]);
    hold(&quarantine, &["c"]);
    std::fs::read(&quarantine.files()[0]).expect("a file")
}

#[test]
fn every_changed_byte_is_noticed() {
    let bytes = sample();
    assert_eq!(changed(&bytes).expect("opens"), ["a", "b", "c"]);
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        // Damage before the last write is an error; in it, it cannot be told from a write that was cut off.
        match changed(&bytes) {
            Ok(left) => assert_eq!(left, ["a", "b"], "byte {at}"),
            Err(error) => assert!(matches!(error, QuarantineError::Damaged { .. }), "byte {at}: {error}"),
        }
    }
}

#[test]
fn a_write_that_was_cut_off_takes_nothing_else_with_it() {
    let bytes = sample();
    for length in super::format::HEADER_BYTES..bytes.len() {
        let left = changed(&bytes[..length]).expect("opens");
        assert!(
            ["a", "b", "c"].starts_with(&left.iter().map(String::as_str).collect::<Vec<_>>()),
            "{left:?}"
        );
        assert!(left.len() != 1, "a frame is whole or not at all");
    }
    let mut with_zeros = bytes.clone();
    with_zeros.extend_from_slice(&[0; 300]);
    assert_eq!(changed(&with_zeros).expect("opens"), ["a", "b", "c"]);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let seal = keys::Seal::from(Key::from_bytes([7; 32]));
        prop_assert!(Header::decode(&bytes, &seal, WORKSPACE).is_err());
        let header = Header::new(FileKind::Items, WORKSPACE);
        prop_assert!(header.read(&bytes, 0).is_err());
        let mut file = header.encode(&seal);
        file.extend_from_slice(&bytes);
        let left = changed(&file);
        prop_assert!(left.is_ok_and(|left| left.is_empty()));
    }
}

#[test]
fn a_file_of_version_1_is_read() {
    let bytes = include_bytes!("../../tests/fixtures/quarantine-v1.hfq");
    assert_eq!(changed(bytes).expect("opens"), ["a", "b", "c"]);
}

/// Writes the fixture: `cargo test -p collect -- --ignored write_the_fixture`. Only for a new version of the format.
#[test]
#[ignore = "writes a file that is kept for ever"]
fn write_the_fixture() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/quarantine-v1.hfq");
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    stdx::files::replace(&path, &sample()).expect("written");
}

#[test]
fn a_replaced_key_is_needed_no_more_once_files_are_written_anew() {
    let (dir, keys) = (tempfile::tempdir().expect("a folder"), directory());
    let quarantine = Quarantine::open(dir.path(), keys.clone()).expect("opened");
    hold(&quarantine, &["a", "b"]);
    quarantine.begin_release(WORKSPACE, &[1]).expect("noted");
    let seal = keys.get(WORKSPACE).expect("keys").seal.clone();
    let old = seal.id();
    assert_eq!(quarantine.renew(WORKSPACE).expect("nothing to do"), 0);
    seal.replace(Key::from_bytes([9; 32]));
    hold(&quarantine, &["c"]);
    assert_eq!(
        quarantine.renew(WORKSPACE).expect("written anew"),
        2,
        "the events and the note of the release"
    );
    assert_eq!(quarantine.renew(WORKSPACE).expect("nothing left"), 0);
    seal.drop_older(old);
    assert_eq!(ids(&quarantine), ["a", "b", "c"]);
    drop(quarantine);
    // After a restart, with the fresh key alone.
    let again = Quarantine::open(dir.path(), keys).expect("opened");
    assert_eq!(ids(&again), ["a", "b", "c"]);
    assert!(Quarantine::open(dir.path(), directory()).is_err(), "the older key opens nothing");
}
