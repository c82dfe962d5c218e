//! What goes in comes out, for those it was made for.

use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::{PermissionsExt, symlink};

use backup::{Backup, BackupError, Identities, Recipient, restore, verify};
use serde_json::json;

use crate::support::{Place, Reader, put, tree};

#[test]
fn a_backup_restores_byte_for_byte() {
    let place = Place::new();
    let source = place.dir.path().join("source");
    put(&source.join("empty"), b"");
    put(
        &source.join("large"),
        &(0..1_000_003_u32).map(|number| ((number * 31) >> 3) as u8).collect::<Vec<_>>(),
    );
    put(&source.join("a/b/c.hfc"), &[1; 65_536]);
    put(&source.join("a/b/d.hfc"), &[2; 65_537]);
    let mut backup = place.begin();
    backup.add_file("control.db", &b"decisions"[..]).unwrap();
    backup.add_dir_snapshot("store", &source).unwrap();
    let mark = json!({"journal_end": 42, "checkpoint": "text"});
    let made = backup.finish(mark.clone()).unwrap();
    assert_eq!((made.files, &made.mark), (5, &mark));
    assert_eq!(verify(&place.backup(), &place.identities()).unwrap(), made);
    assert_eq!(place.restore().unwrap(), made);
    let mut wanted =
        tree(&source).into_iter().map(|(name, bytes)| (format!("store/{name}"), bytes)).collect::<Vec<_>>();
    wanted.insert(0, ("control.db".to_owned(), b"decisions".to_vec()));
    assert_eq!(made.bytes, wanted.iter().map(|(_, bytes)| bytes.len() as u64).sum::<u64>());
    assert_eq!(tree(&place.target()).into_iter().collect::<Vec<_>>(), wanted);
    let mode = |path: &str| fs::metadata(place.target().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(""), mode("store/a"), mode("control.db")), (0o700, 0o700, 0o600));
}

#[test]
fn every_recipient_can_restore_and_nobody_else() {
    let place = Place::new();
    let (other, stranger) = (Reader::new(), Reader::new());
    let recipients = vec![place.reader.recipient.clone(), other.recipient.clone()];
    let mut backup = Backup::new(&place.backup(), recipients).unwrap();
    backup.add_file("a", &b"a"[..]).unwrap();
    backup.finish(json!(null)).unwrap();
    for (reader, may) in [(&place.reader, true), (&other, true), (&stranger, false)] {
        let dir = tempfile::tempdir().unwrap();
        let result = restore(&place.backup(), &reader.identities(dir.path()), &dir.path().join("data"));
        match result {
            Ok(_) => assert!(may),
            Err(BackupError::NotForUs { .. }) => assert!(!may && !dir.path().join("data").exists()),
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn neither_contents_nor_names_can_be_read_in_a_backup() {
    let place = Place::new();
    place.written();
    for (name, bytes) in tree(&place.backup()) {
        for text in ["decisions", "control", "journal"] {
            assert!(
                !name.contains(text) && !bytes.windows(text.len()).any(|window| window == text.as_bytes())
            );
        }
    }
}

#[test]
fn a_folder_with_something_in_it_is_neither_overwritten_nor_mixed() {
    let place = Place::new();
    place.written();
    let again = Backup::new(&place.backup(), vec![place.reader.recipient.clone()]);
    assert!(matches!(again.err(), Some(BackupError::NotEmpty { .. })));
    put(&place.target().join("mine"), b"mine");
    assert!(matches!(place.restore(), Err(BackupError::NotEmpty { .. })));
    assert_eq!(tree(&place.target()).len(), 1);
    fs::remove_file(place.target().join("mine")).unwrap();
    place.restore().unwrap();
    assert_eq!(tree(&place.target()).len(), 2);
}

#[test]
fn a_backup_that_was_not_finished_is_none() {
    let place = Place::new();
    let mut backup = place.begin();
    backup.add_file("a", &b"a"[..]).unwrap();
    drop(backup);
    assert!(matches!(place.restore(), Err(BackupError::Unfinished { .. })));
    place.assert_nothing_restored();
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let place = Place::new();
    let mut backup = place.begin();
    for name in ["", "/etc/passwd", "..", "a/../../b", "a//b", "./a", "a/", "a\0b", &"a".repeat(2_000)] {
        let result = backup.add_file(name, &b""[..]);
        assert!(matches!(result, Err(BackupError::Name { .. })), "{name:?}: {result:?}");
    }
    backup.add_file("a/..b", &b""[..]).unwrap();
    assert!(matches!(backup.add_file("a/..b", &b""[..]), Err(BackupError::Twice { .. })));
}

#[test]
fn links_are_refused_and_not_followed() {
    let place = Place::new();
    let source = place.dir.path().join("source");
    put(&source.join("file"), b"x");
    symlink("/etc/passwd", source.join("link")).unwrap();
    let result = place.begin().add_dir_snapshot("source", &source);
    assert!(matches!(result, Err(BackupError::Neither { path }) if path.ends_with("link")));
}

#[test]
fn an_error_of_the_reader_spoils_the_backup() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("broken"))
        }
    }
    let place = Place::new();
    assert!(matches!(place.begin().add_file("a", Broken), Err(BackupError::Io { .. })));
}

#[test]
fn recipients_and_identities_are_told_from_other_texts() {
    let place = Place::new();
    for text in ["", "age1", "AGE-SECRET-KEY-1", &place.reader.secret] {
        assert!(matches!(text.parse::<Recipient>(), Err(BackupError::Recipient)));
    }
    assert!(matches!(Backup::new(&place.backup(), vec![]), Err(BackupError::NoRecipients)));
    let path = place.dir.path().join("no identities");
    for text in ["", "# nothing\n", "AGE-SECRET-KEY-1\n", &format!("{}\nmore\n", place.reader.secret)] {
        put(&path, text.as_bytes());
        let error = Identities::read(&path).unwrap_err();
        assert!(matches!(error, BackupError::NoIdentities { .. }));
        assert!(!format!("{error} {error:?}").contains(place.reader.secret.as_str()));
    }
}
