//! Whatever does not verify is refused, and nothing is left of it.

use std::fs;
use std::io::Write;
use std::path::Path;

use backup::{BackupError, Identities, restore, verify};
use proptest::prelude::*;

use crate::support::{Place, Reader, put, tree};

/// One or two bits of every byte of every file of a backup.
#[test]
fn every_flipped_byte_is_refused() {
    let place = Place::new();
    place.written();
    let identities = place.identities();
    for (name, whole) in tree(&place.backup()) {
        let path = place.backup().join(&name);
        for bit in (0..whole.len() * 8).step_by(7) {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            put(&path, &flipped);
            let result = verify(&place.backup(), &identities);
            assert!(result.is_err(), "{name} bit {bit}: {result:?}");
            if bit % 91 == 0 {
                assert!(place.restore().is_err(), "{name} bit {bit}");
                place.assert_nothing_restored();
            }
        }
        put(&path, &whole);
    }
    place.restore().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cut_lengthened_and_foreign_files_are_refused(
        file in any::<prop::sample::Index>(),
        length in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 1..500),
    ) {
        let place = Place::new();
        place.written();
        let (name, whole) = file.get(&tree(&place.backup()).into_iter().collect::<Vec<_>>()).clone();
        let cut = whole[..length.index(whole.len())].to_vec();
        for damaged in [cut, [whole.clone(), bytes.clone()].concat(), bytes.clone()] {
            put(&place.backup().join(&name), &damaged);
            prop_assert!(place.restore().is_err());
            place.assert_nothing_restored();
        }
    }
}

#[test]
fn parts_that_changed_places_or_are_missing_are_refused() {
    let place = Place::new();
    place.written();
    let [a, b] = ["0000000.age", "0000001.age"].map(|name| place.backup().join(name));
    let (first, second) = (fs::read(&a).unwrap(), fs::read(&b).unwrap());
    put(&a, &second);
    put(&b, &first);
    assert!(matches!(place.restore(), Err(BackupError::Damaged { .. })));
    put(&a, &first);
    fs::remove_file(&b).unwrap();
    assert!(matches!(place.restore(), Err(BackupError::Io { path, .. }) if path == b));
    place.assert_nothing_restored();
}

#[test]
fn a_part_of_another_backup_for_the_same_reader_is_refused() {
    let (place, other) = (Place::new(), Place::new());
    place.written();
    let recipients = vec![place.reader.recipient.clone()];
    let mut foreign = backup::Backup::new(&other.backup(), recipients).unwrap();
    foreign.add_file("control.db", &b"DECISIONS"[..]).unwrap();
    foreign.finish(serde_json::json!(null)).unwrap();
    fs::copy(other.backup().join("0000000.age"), place.backup().join("0000000.age")).unwrap();
    assert!(matches!(place.restore(), Err(BackupError::Damaged { .. })));
    place.assert_nothing_restored();
}

/// A manifest by somebody who knows the recipient and means harm.
fn forge(place: &Place, json: &str) {
    let recipient: age::x25519::Recipient = place.reader.recipient.to_string().parse().unwrap();
    let encryptor =
        age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient)).unwrap();
    let mut sealed = Vec::new();
    let mut out = encryptor.wrap_output(&mut sealed).unwrap();
    out.write_all(json.as_bytes()).unwrap();
    out.finish().unwrap();
    put(&place.backup().join("manifest.age"), &sealed);
}

#[test]
fn a_forged_manifest_leads_nowhere() {
    let part = |name: &str| format!(r#"{{"name":"{name}","bytes":9,"sha256":"00"}}"#);
    let manifest = |format: u32, files: &str| {
        format!(r#"{{"magic":"HFBACKUP","format":{format},"files":[{files}],"mark":null}}"#)
    };
    type Check = fn(&BackupError) -> bool;
    let damaged: Check = |error| matches!(error, BackupError::Damaged { .. });
    let name: Check = |error| matches!(error, BackupError::Name { .. });
    let cases: [(String, Check); 8] = [
        (manifest(1, &part("control.db")), damaged),
        (manifest(1, &part("../evil")), name),
        (manifest(1, &part("/tmp/evil")), name),
        (manifest(1, &part("a/./b")), name),
        (manifest(1, &[part("a"), part("a")].join(",")), |error| matches!(error, BackupError::Twice { .. })),
        (manifest(2, ""), |error| matches!(error, BackupError::Format { found: 2, known: 1 })),
        (manifest(1, "").replace("HFBACKUP", "HFJOURNL"), damaged),
        ("[".repeat(100_000), damaged),
    ];
    for (json, expected) in cases {
        let place = Place::new();
        place.written();
        forge(&place, &json);
        let error = place.restore().unwrap_err();
        assert!(expected(&error), "{error:?}");
        place.assert_nothing_restored();
        assert!(!place.dir.path().join("evil").exists());
    }
}

#[test]
fn a_file_cannot_take_the_place_of_a_folder() {
    let place = Place::new();
    let mut backup = place.begin();
    backup.add_file("a", &b""[..]).unwrap();
    backup.add_file("a/b", &b""[..]).unwrap();
    backup.finish(serde_json::json!(null)).unwrap();
    assert!(matches!(place.restore(), Err(BackupError::Io { .. })));
    place.assert_nothing_restored();
}

#[test]
fn the_backup_of_version_1_restores() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let dir = tempfile::tempdir().unwrap();
    let identities = Identities::read(&fixtures.join("identity-v1.txt")).unwrap();
    let report = restore(&fixtures.join("v1"), &identities, &dir.path().join("data")).unwrap();
    assert_eq!((report.files, report.mark), (2, serde_json::json!({"journal_end": 9})));
    let files = tree(&dir.path().join("data"));
    assert_eq!(files["control.db"], b"decisions");
    assert_eq!(files["journal/0.log"], [7; 300]);
    assert!(Identities::read(&fixtures.join("v1")).is_err());
    assert!(restore(&fixtures.join("v1"), &Reader::new().identities(dir.path()), dir.path()).is_err());
}
