//! Opening, migrating, reading, writing and copying a database.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use control::{CONTROL_MIGRATIONS, ControlError, Database, Migration, PEOPLE_MIGRATIONS};
use tempfile::TempDir;

const FIRST: Migration = Migration { number: 1, name: "first", sql: "create table t (x text)" };
const SECOND: Migration = Migration { number: 2, name: "second", sql: "alter table t add column y" };

struct Place {
    _dir: TempDir,
    path: PathBuf,
}

fn place() -> Place {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("some.db");
    Place { _dir: dir, path }
}

fn insert(database: &Database, text: &str) -> Result<usize, ControlError> {
    database.write(|tx| Ok(tx.execute("insert into t (x) values (?1)", [text])?))
}

fn count(database: &Database) -> i64 {
    database
        .read(|tx| Ok::<_, ControlError>(tx.query_row("select count(*) from t", [], |row| row.get(0))?))
        .expect("a count")
}

fn pragma(database: &Database, name: &str) -> String {
    database
        .write(|tx| {
            let value: rusqlite::types::Value =
                tx.query_row(&format!("pragma {name}"), [], |row| row.get(0))?;
            Ok::<_, ControlError>(match value {
                rusqlite::types::Value::Integer(number) => number.to_string(),
                rusqlite::types::Value::Text(text) => text,
                other => format!("{other:?}"),
            })
        })
        .expect("a pragma")
}

#[test]
fn the_writer_is_durable_and_strict() {
    let place = place();
    let database = Database::open(&place.path, &[FIRST]).expect("a new database");
    for (name, value) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("secure_delete", "1"),
        ("temp_store", "2"),
    ] {
        assert_eq!(pragma(&database, name), value, "{name}");
    }
}

#[test]
fn files_are_readable_by_the_owner_only() {
    let place = place();
    let database = Database::open(&place.path, &[FIRST]).expect("a new database");
    insert(&database, "a").expect("a row");
    let copy = place.path.with_file_name("copy.db");
    database.backup_to(&copy).expect("a copy");
    for path in [place.path.clone(), place.path.with_file_name("some.db-wal"), copy] {
        let mode = fs::metadata(&path).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
}

#[test]
fn migrations_are_applied_once_and_later_ones_added() {
    let place = place();
    let database = Database::open(&place.path, &[FIRST]).expect("a new database");
    insert(&database, "kept").expect("a row");
    drop(database);
    for _ in 0..2 {
        let database = Database::open(&place.path, &[FIRST, SECOND]).expect("the same database");
        assert_eq!(count(&database), 1);
        database.read(|tx| Ok::<_, ControlError>(tx.execute_batch("select y from t")?)).expect("the column");
    }
}

#[track_caller]
fn refused(path: &Path, migrations: &[Migration], message: &str) {
    let error = Database::open(path, migrations).expect_err("should be refused");
    assert!(error.to_string().contains(message), "{error}");
}

#[test]
fn a_newer_or_differently_made_database_is_refused() {
    let place = place();
    drop(Database::open(&place.path, &[FIRST, SECOND]).expect("a new database"));
    refused(&place.path, &[FIRST], "migration 0002_second, unknown here");
    let edited = Migration { sql: "create table t (x blob)", ..FIRST };
    refused(&place.path, &[edited, SECOND], "migration 0001_first differs");
    refused(&place.path, &[Migration { name: "other", ..FIRST }, SECOND], "migration 0001_first differs");
    Database::open(&place.path, &[FIRST, SECOND]).expect("untouched by the refusals");
}

#[test]
fn a_failing_migration_leaves_nothing_behind() {
    let place = place();
    let failing =
        Migration { number: 2, name: "bad", sql: "create table u (x); insert into absent values (1)" };
    refused(&place.path, &[FIRST, failing], "migration 0002_bad failed");
    let database = Database::open(&place.path, &[FIRST]).expect("the first one stays");
    let tables: i64 = database
        .read(|tx| {
            let sql = "select count(*) from sqlite_schema where name = 'u'";
            Ok::<_, ControlError>(tx.query_row(sql, [], |row| row.get(0))?)
        })
        .expect("a count");
    assert_eq!(tables, 0);
}

#[test]
fn the_file_of_another_program_is_refused() {
    let place = place();
    let other = rusqlite::Connection::open(&place.path).expect("another program");
    other.execute_batch("create table theirs (x)").expect("their table");
    refused(&place.path, &[FIRST], "not one of Holdfast");
}

#[test]
fn a_failed_change_is_undone() {
    let place = place();
    let database = Database::open(&place.path, &[FIRST]).expect("a new database");
    let result: Result<(), ControlError> = database.write(|tx| {
        tx.execute("insert into t (x) values ('half')", [])?;
        Err(ControlError::NoWorkspace)
    });
    assert!(result.is_err());
    assert_eq!(count(&database), 0);
    insert(&database, "whole").expect("the writer is free again");
    assert_eq!(count(&database), 1);
}

#[test]
fn a_reader_sees_one_state_and_cannot_change_it() {
    let place = place();
    let database = Database::open(&place.path, &[FIRST]).expect("a new database");
    let seen: (i64, i64) = database
        .read(|tx| {
            let before = tx.query_row("select count(*) from t", [], |row| row.get(0))?;
            insert(&database, "meanwhile")?;
            let after = tx.query_row("select count(*) from t", [], |row| row.get(0))?;
            Ok::<_, ControlError>((before, after))
        })
        .expect("a read");
    assert_eq!(seen, (0, 0));
    let changed: Result<usize, ControlError> = database.read(|tx| Ok(tx.execute("delete from t", [])?));
    assert!(changed.is_err());
    assert_eq!(count(&database), 1);
}

#[test]
fn more_readers_than_connections_take_turns() {
    let place = place();
    let database = Database::open(&place.path, &[FIRST]).expect("a new database");
    insert(&database, "a").expect("a row");
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..40).map(|_| scope.spawn(|| count(&database))).collect();
        assert!(readers.into_iter().all(|reader| reader.join().expect("a reader") == 1));
    });
}

#[test]
fn what_was_deleted_is_in_no_byte_of_the_files() {
    let place = place();
    let database = Database::open(&place.path, &[FIRST]).expect("a new database");
    insert(&database, "needle-4711").expect("a row");
    database.write(|tx| Ok::<_, ControlError>(tx.execute("delete from t", [])?)).expect("a deletion");
    assert!(database.empty_log().expect("a checkpoint"));
    for path in [place.path.clone(), place.path.with_file_name("some.db-wal")] {
        let bytes = fs::read(&path).expect("the file");
        assert!(!bytes.windows(11).any(|window| window == b"needle-4711"), "{}", path.display());
    }
}

#[test]
fn the_log_is_not_emptied_under_a_reader() {
    let place = place();
    let database = Database::open(&place.path, &[FIRST]).expect("a new database");
    let emptied = database
        .read(|tx| {
            tx.query_row("select count(*) from t", [], |row| row.get::<_, i64>(0))?;
            insert(&database, "meanwhile")?;
            database.empty_log()
        })
        .expect("a try");
    assert!(!emptied);
    assert!(database.empty_log().expect("a checkpoint"));
}

#[test]
fn a_copy_is_whole_and_replaces_an_older_one() {
    let place = place();
    let database = Database::open(&place.path, &[FIRST]).expect("a new database");
    let copy = place.path.with_file_name("copy.db");
    for rows in 1..=2 {
        insert(&database, "a").expect("a row");
        database.backup_to(&copy).expect("a copy");
        let opened = Database::open(&copy, &[FIRST]).expect("the copy opens");
        assert_eq!(count(&opened), rows);
    }
}

#[test]
fn released_migrations_are_numbered_in_order() {
    for list in [CONTROL_MIGRATIONS, PEOPLE_MIGRATIONS] {
        assert!(list.windows(2).all(|pair| pair[0].number < pair[1].number));
        let place = place();
        Database::open(&place.path, list).expect("a new database");
        Database::open(&place.path, list).expect("a second start");
    }
}
