//! One suite that every key store runs, and what only one of them does.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use keys::{CredentialFile, Key, KeyError, KeyStore, Passphrase, SealedFile};

const FIXED: [u8; 32] = [0xa5; 32];

/// A store over files of its own, and the file whose loss or damage must be told.
struct Case {
    store: Box<dyn KeyStore>,
    secret: PathBuf,
    wanted: Option<Key>,
}

fn put(path: &Path, bytes: &[u8], mode: u32) -> PathBuf {
    fs::remove_file(path).ok();
    stdx::files::replace(path, bytes).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    path.to_owned()
}

fn cases(dir: &Path) -> Vec<(&'static str, Case)> {
    let sealed = put(&dir.join("master"), include_bytes!("fixtures/master-v1.key"), 0o600);
    let made = dir.join("deep/er/made");
    let hex = put(&dir.join("hex"), data_encoding::HEXLOWER.encode(&FIXED).as_bytes(), 0o400);
    let upper = [data_encoding::HEXUPPER.encode(&FIXED).as_bytes(), b"\r\n"].concat();
    let upper = put(&dir.join("upper"), &upper, 0o440);
    let raw = put(&dir.join("raw"), &FIXED, 0o600);
    let copied = put(&dir.join("copied"), include_bytes!("fixtures/master-v1.key"), 0o400);
    let words = put(&dir.join("words"), include_bytes!("fixtures/passphrase-v1.txt"), 0o600);
    let (words_too, salt) = (dir.join("words too"), dir.join("salt"));
    put(&words_too, include_bytes!("fixtures/passphrase-v1.txt"), 0o600);
    put(&salt, include_bytes!("fixtures/salt-v1.bin"), 0o644);
    let fixed = Key::from_bytes(FIXED);
    let case = |store: Box<dyn KeyStore>, secret: &Path, wanted: Option<&Key>| Case {
        store,
        secret: secret.to_owned(),
        wanted: wanted.cloned(),
    };
    SealedFile::made_when_absent(&made).master().unwrap();
    vec![
        ("sealed file", case(Box::new(SealedFile::new(&sealed)), &sealed, Some(&fixed))),
        ("sealed file made here", case(Box::new(SealedFile::new(&made)), &made, None)),
        ("hexadecimal", case(Box::new(CredentialFile::new(&hex)), &hex, Some(&fixed))),
        ("upper case", case(Box::new(CredentialFile::new(&upper)), &upper, Some(&fixed))),
        ("raw", case(Box::new(CredentialFile::new(&raw)), &raw, Some(&fixed))),
        ("copied", case(Box::new(CredentialFile::new(&copied)), &copied, Some(&fixed))),
        ("passphrase", case(Box::new(Passphrase::new(&words, &salt)), &words, None)),
        ("salt", case(Box::new(Passphrase::new(&words_too, &salt)), &salt, None)),
    ]
}

#[test]
fn every_store_gives_the_same_key_each_time_and_the_right_one() {
    let dir = tempfile::tempdir().unwrap();
    for (name, case) in cases(dir.path()) {
        let first = case.store.master().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(first.id(), case.store.master().unwrap().id(), "{name}");
        if let Some(wanted) = case.wanted {
            assert_eq!(first.id(), wanted.id(), "{name}");
        }
    }
}

#[test]
fn every_store_refuses_a_secret_that_others_may_read() {
    let dir = tempfile::tempdir().unwrap();
    for (name, case) in cases(dir.path()) {
        fs::set_permissions(&case.secret, Permissions::from_mode(0o644)).unwrap();
        match case.store.master() {
            Err(KeyError::TooOpen { path, mode: 0o644, .. }) => assert_eq!(path, case.secret, "{name}"),
            Ok(_) if name == "salt" => {}
            result => panic!("{name}: {result:?}"),
        }
    }
}

#[test]
fn every_store_says_which_file_is_absent() {
    let dir = tempfile::tempdir().unwrap();
    for (name, case) in cases(dir.path()) {
        fs::remove_file(&case.secret).unwrap();
        match case.store.master() {
            Err(KeyError::Absent { path }) => assert_eq!(path, case.secret, "{name}"),
            result => panic!("{name}: {result:?}"),
        }
        put(&case.secret, b"", 0o600);
    }
}

#[test]
fn every_store_refuses_damage_and_shows_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    for (name, case) in cases(dir.path()) {
        let whole = fs::read(&case.secret).unwrap();
        for damage in [&whole[..whole.len() / 2], &[whole.as_slice(), &[0; 5000]].concat(), b""] {
            put(&case.secret, damage, 0o600);
            let error = case.store.master().expect_err(name);
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(case.secret.to_str().unwrap()), "{name}: {shown}");
            assert!(!shown.contains("a5a5") && !shown.contains("horse"), "{name}: {shown}");
        }
    }
}

#[test]
fn every_flipped_bit_of_a_master_key_file_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let whole = include_bytes!("fixtures/master-v1.key");
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let path = put(&dir.path().join("master"), &flipped, 0o600);
        let result = SealedFile::new(path).master();
        assert!(matches!(result, Err(KeyError::Damaged { .. })), "bit {bit}: {result:?}");
    }
}

#[test]
fn a_master_key_is_made_only_when_asked_and_never_over_another() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config/holdfast/master.key");
    assert!(matches!(SealedFile::new(&path).master(), Err(KeyError::Absent { .. })));
    assert!(!path.exists());
    let made = SealedFile::made_when_absent(&path).master().unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(SealedFile::made_when_absent(&path).master().unwrap().id(), made.id());
    let names: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

#[test]
fn of_many_that_make_the_master_key_at_once_all_get_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let store = SealedFile::made_when_absent(dir.path().join("master.key"));
    let ids: Vec<_> = std::thread::scope(|scope| {
        let makers: Vec<_> = (0..8).map(|_| scope.spawn(|| store.master().unwrap().id())).collect();
        makers.into_iter().map(|maker| maker.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[test]
fn a_systemd_credential_is_found_by_its_name() {
    let dir = tempfile::tempdir().unwrap();
    put(&dir.path().join("master"), &FIXED, 0o400);
    let store = CredentialFile::of_systemd(Some(dir.path().into()), "master").unwrap();
    assert_eq!(store.master().unwrap().id(), Key::from_bytes(FIXED).id());
    for nothing in [None, Some("".into())] {
        let error = CredentialFile::of_systemd(nothing, "master").unwrap_err();
        assert!(error.to_string().contains("LoadCredential=master"), "{error}");
    }
}

#[test]
fn another_passphrase_is_told_from_the_right_one() {
    let dir = tempfile::tempdir().unwrap();
    let words = dir.path().join("words");
    let salt = put(&dir.path().join("salt"), include_bytes!("fixtures/salt-v1.bin"), 0o644);
    let store = Passphrase::new(&words, &salt);
    put(&words, b"wrong horse battery staple", 0o600);
    assert!(matches!(store.master(), Err(KeyError::OtherPassphrase { .. })));
    put(&words, "fourteen ünits".as_bytes(), 0o600);
    assert!(matches!(store.master(), Err(KeyError::ShortPassphrase { .. })));
}

#[test]
fn a_new_salt_is_made_only_when_asked() {
    let dir = tempfile::tempdir().unwrap();
    let words = put(&dir.path().join("words"), b"correct horse battery staple\n", 0o600);
    let salt = dir.path().join("salt");
    assert!(matches!(Passphrase::new(&words, &salt).master(), Err(KeyError::Absent { .. })));
    let made = Passphrase::salted_when_absent(&words, &salt).master().unwrap();
    assert_eq!(Passphrase::new(&words, &salt).master().unwrap().id(), made.id());
}

#[test]
fn a_salt_file_cannot_ask_for_the_whole_machine() {
    let dir = tempfile::tempdir().unwrap();
    let words = put(&dir.path().join("words"), b"correct horse battery staple", 0o600);
    let salt = include_bytes!("fixtures/salt-v1.bin");
    for position in [18, 22, 26] {
        let mut greedy = salt.to_vec();
        greedy[position..position + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        let path = put(&dir.path().join("salt"), &greedy, 0o644);
        let result = Passphrase::new(&words, path).master();
        assert!(matches!(result, Err(KeyError::Damaged { .. })), "{position}: {result:?}");
    }
}
