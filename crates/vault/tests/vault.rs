//! Sealing, opening, moving and forgetting personal values.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::fs;
use std::path::PathBuf;

use control::{ControlError, Database, PEOPLE_MIGRATIONS};
use keys::{Key, WorkspaceKeys};
use model::{Class, PersonCode, WorkspaceId};
use proptest::prelude::*;
use rusqlite::Transaction;
use tempfile::TempDir;
use vault::{Vault, VaultError};

const ACME: WorkspaceId = WorkspaceId(1);
const BETA: WorkspaceId = WorkspaceId(2);
const ANN: PersonCode = PersonCode(7);
const BOB: PersonCode = PersonCode(8);

struct Place {
    dir: TempDir,
    database: Database,
    keys: WorkspaceKeys,
}

#[derive(Debug, thiserror::Error)]
#[error(transparent)]
enum Failed {
    Control(#[from] ControlError),
    Vault(#[from] VaultError),
    Sqlite(#[from] rusqlite::Error),
}

fn place() -> Place {
    let dir = tempfile::tempdir().expect("a folder");
    let database = Database::open(&dir.path().join("people.db"), PEOPLE_MIGRATIONS).expect("a database");
    let seed = Key::generate();
    Place {
        dir,
        database,
        keys: WorkspaceKeys { hash: seed.hasher("workspace"), seal: seed.derive("seal").into() },
    }
}

impl Place {
    fn with<T>(
        &self,
        f: impl FnOnce(&Transaction<'_>, &WorkspaceKeys) -> Result<T, Failed>,
    ) -> Result<T, Failed> {
        self.database.write(|tx| f(tx, &self.keys))
    }

    fn seal(&self, workspace: WorkspaceId, person: PersonCode, name: &str, class: Class, value: &str) {
        self.with(|tx, keys| {
            Ok(Vault::new(tx, keys, workspace).subject_or_new(person)?.seal(name, class, value)?)
        })
        .expect("sealed");
    }

    fn open(&self, workspace: WorkspaceId, person: PersonCode, name: &str) -> Result<Option<String>, Failed> {
        self.with(|tx, keys| {
            let vault = Vault::new(tx, keys, workspace);
            let Some(subject) = vault.subject(person)? else { return Ok(None) };
            Ok(subject.open(name)?.map(|value| value.expose().clone()))
        })
    }

    fn opened(&self, workspace: WorkspaceId, person: PersonCode, name: &str) -> Option<String> {
        self.open(workspace, person, name).expect("it opens")
    }

    fn sql(&self, sql: &str) -> usize {
        self.with(|tx, _| Ok(tx.execute(sql, [])?)).expect("a statement")
    }
}

#[test]
fn a_value_comes_back_to_its_person_alone() {
    let place = place();
    place.seal(ACME, ANN, "email", Class::Email, "ann@example.com");
    place.seal(ACME, ANN, "email", Class::Email, "ann@example.org");
    assert_eq!(place.opened(ACME, ANN, "email").as_deref(), Some("ann@example.org"));
    for (workspace, person, name) in [(ACME, ANN, "phone"), (ACME, BOB, "email"), (BETA, ANN, "email")] {
        assert_eq!(place.opened(workspace, person, name), None, "{workspace} {person:?} {name}");
    }
}

#[test]
fn what_is_moved_or_changed_does_not_open() {
    for tamper in [
        "update sealed_value set person = 8",
        "update sealed_value set workspace = x'00000000000000000000000000000002'",
        "update sealed_value set name = 'work_email'",
        "update sealed_value set class = 'phone'",
        "update sealed_value set sealed = x'00'",
        "update subject_key set wrapped = (select wrapped from subject_key where workspace = x'00000000000000000000000000000001' and person = 8)",
    ] {
        let place = place();
        place.seal(ACME, ANN, "email", Class::Email, "ann@example.com");
        place.seal(ACME, BOB, "phone", Class::Phone, "+4912345");
        place.seal(BETA, ANN, "phone", Class::Phone, "+4912345");
        place.sql("delete from sealed_value where name = 'phone'");
        assert!(place.sql(tamper) > 0, "{tamper}");
        let answers = [(ACME, ANN), (ACME, BOB), (BETA, ANN)].map(|(workspace, person)| {
            ["email", "work_email"].map(|name| place.open(workspace, person, name))
        });
        let answers: Vec<_> = answers.into_iter().flatten().collect();
        assert!(
            answers.iter().any(|answer| matches!(answer, Err(Failed::Vault(VaultError::Closed { .. })))),
            "{tamper}"
        );
        assert!(!answers.iter().any(|answer| matches!(answer, Ok(Some(_)))), "{tamper}");
    }
}

#[test]
fn forgetting_destroys_key_and_values_in_every_byte_of_the_files() {
    let place = place();
    place.seal(ACME, ANN, "email", Class::Email, "ann@example.com");
    place.seal(ACME, BOB, "email", Class::Email, "bob@example.com");
    let column = |sql: &str| -> Vec<Vec<u8>> {
        place
            .with(|tx, _| {
                let mut statement = tx.prepare(sql)?;
                let rows = statement.query_map([], |row| row.get(0))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .expect("a column")
    };
    let gone = [
        column("select wrapped from subject_key where person = 7"),
        column("select sealed from sealed_value where person = 7"),
    ]
    .concat();
    let kept = column("select wrapped from subject_key where person = 8");
    assert_eq!((gone.len(), kept.len()), (2, 1));

    let forget = || place.with(|tx, keys| Ok(Vault::new(tx, keys, ACME).forget(ANN)?)).expect("forgotten");
    assert!(forget());
    assert!(!forget(), "the second time there is nothing left");
    assert!(place.database.empty_log().expect("a checkpoint"));

    assert_eq!(place.opened(ACME, ANN, "email"), None);
    assert_eq!(place.opened(ACME, BOB, "email").as_deref(), Some("bob@example.com"));
    let bytes = files(&place);
    assert!(kept.iter().all(|needle| contains(&bytes, needle)), "the scan finds what is there");
    assert!(!gone.iter().any(|needle| contains(&bytes, needle)));
}

fn files(place: &Place) -> Vec<u8> {
    let paths: Vec<PathBuf> = fs::read_dir(place.dir.path())
        .expect("the folder")
        .map(|entry| entry.expect("a file").path())
        .collect();
    paths.iter().flat_map(|path| fs::read(path).expect("bytes")).collect()
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn a_copy_takes_the_named_values_and_leaves_the_source_whole() {
    let place = place();
    place.seal(ACME, ANN, "email", Class::Email, "ann@example.com");
    place.seal(ACME, BOB, "email", Class::Email, "bob@example.com");
    place.seal(ACME, BOB, "phone", Class::Phone, "+4912345");
    place.seal(ACME, BOB, "birthday", Class::Birthday, "1990-01-02");
    for names in [["phone", "absent"], ["phone", "birthday"]] {
        place.with(|tx, keys| Ok(Vault::new(tx, keys, ACME).copy(BOB, ANN, &names)?)).expect("copied");
        assert_eq!(place.opened(ACME, ANN, "email").as_deref(), Some("ann@example.com"));
        assert_eq!(place.opened(ACME, ANN, "phone").as_deref(), Some("+4912345"));
        assert_eq!(place.opened(ACME, ANN, "birthday").is_some(), names.contains(&"birthday"));
        assert_eq!(place.opened(ACME, BOB, "phone").as_deref(), Some("+4912345"));
    }
}

#[test]
fn another_workspace_key_opens_nothing() {
    let place = place();
    place.seal(ACME, ANN, "email", Class::Email, "ann@example.com");
    let other = Key::generate();
    let other = WorkspaceKeys { hash: other.hasher("workspace"), seal: other.into() };
    let answer = place.with(|tx, _| Ok(Vault::new(tx, &other, ACME).subject(ANN)?.is_some()));
    assert!(matches!(answer, Err(Failed::Vault(VaultError::Closed { person: 7, .. }))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_is_kept_as_it_is_and_not_in_clear(name in "[a-z.]{1,20}", value in "\\PC{8,60}") {
        let place = place();
        place.seal(ACME, ANN, &name, Class::Personal, &value);
        let (again, apart, elsewhere) = place.with(|tx, keys| {
            let vault = Vault::new(tx, keys, ACME);
            let subject = vault.subject(ANN)?.expect("the subject");
            let sealed = subject.seal_apart(&name, &value);
            let again = subject.open(&name)?.expect("the value");
            let apart = subject.open_apart(&name, &sealed)?;
            let elsewhere = subject.open_apart("another purpose", &sealed).is_ok();
            Ok((again.expose().clone(), apart.expose().clone(), elsewhere))
        }).expect("a transaction");
        prop_assert!(!elsewhere);
        prop_assert_eq!(&again, &value);
        prop_assert_eq!(&apart, &value);
        prop_assert!(!contains(&files(&place), value.as_bytes()));
    }
}

#[test]
fn subjects_are_wrapped_under_another_key_block_by_block() {
    let place = place();
    for person in 0..25 {
        place.seal(ACME, PersonCode(person), "email", Class::Email, &format!("{person}@example.com"));
    }
    let seal = place.keys.seal.clone();
    let old = seal.id();
    seal.replace(Key::generate());
    place.seal(ACME, PersonCode(25), "email", Class::Email, "25@example.com");
    let behind = || place.with(|tx, keys| Ok(Vault::new(tx, keys, ACME).behind()?)).expect("counted");
    assert_eq!(behind(), (25, 26));
    let (mut from, mut left) = (Some(PersonCode(0)), Vec::new());
    while let Some(next) = from {
        from = place.with(|tx, keys| Ok(Vault::new(tx, keys, ACME).renew(next, 10)?)).expect("wrapped");
        left.push(behind().0);
    }
    assert_eq!(left, [15, 5, 0]);
    seal.drop_older(old);
    for person in 0..26 {
        let opened = place.opened(ACME, PersonCode(person), "email");
        assert_eq!(opened, Some(format!("{person}@example.com")));
    }
}
