//! The digest of the tables that give power: kept by whatever is written here, and by nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy knows test functions, not what they call"
)]

use control::{
    CONTROL_MIGRATIONS, ControlError, Database, KEPT_PEOPLE, KEPT_TABLES, Kept, Migration, PEOPLE_MIGRATIONS,
};
use keys::Key;
use rusqlite::Connection;

const MEMBER: &str = "insert into account (id, kind, epoch, passkeys_locked, created_ms, mac) values (x'01', 'member', 1, 0, 0, x'00')";

fn write(db: &Database, sql: &str) {
    db.write(|tx| Ok::<_, ControlError>(tx.execute(sql, [])?)).unwrap();
}

fn number(db: &Database) -> i64 {
    match db.check_kept().unwrap() {
        Kept::Whole(state) => state.number,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_written_here_keeps_it_and_what_is_not_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("control.db");
    let key = Key::generate().hasher("test");
    let open = |migrations: &[Migration]| {
        Database::open_kept(&path, migrations, (key.clone(), KEPT_TABLES)).unwrap()
    };
    let db = open(CONTROL_MIGRATIONS);
    assert_eq!(db.check_kept().unwrap(), Kept::Absent);
    db.seal_kept(7).unwrap();
    assert_eq!(number(&db), 8);
    for sql in [
        MEMBER,
        "update account set epoch = 2",
        "insert into account (id, kind, epoch, passkeys_locked, created_ms, mac) values (x'01', 'member', 3, 0, 0, x'00')
           on conflict (id) do update set epoch = excluded.epoch",
        "insert or replace into account (id, kind, epoch, passkeys_locked, created_ms, mac) values (x'01', 'member', 4, 0, 0, x'00')",
        "delete from account",
        MEMBER,
    ] {
        let before = number(&db);
        write(&db, sql);
        assert_eq!(number(&db), before + 1, "{sql}");
    }
    // What is undone, or changes nothing, or gives nothing, does not count.
    let before = number(&db);
    let undone = db.write(|tx| {
        tx.execute("delete from account", [])?;
        Err::<(), _>(ControlError::NoWorkspace)
    });
    assert!(undone.is_err());
    write(&db, "update account set epoch = epoch");
    write(&db, "insert into notice (kind, detail, created_ms) values ('x', '{}', 0)");
    assert_eq!(number(&db), before);
    drop(db);
    // A migration is ours; another hand is not.
    let more = Migration { number: 9_999, name: "more", sql: "alter table account add column extra integer" };
    let migrations = [CONTROL_MIGRATIONS, &[more]].concat();
    let db = open(&migrations);
    assert_eq!(number(&db), before + 1);
    drop(db);
    Connection::open(&path).unwrap().execute("update account set epoch = 9", []).unwrap();
    let db = open(&migrations);
    assert_eq!(db.check_kept().unwrap(), Kept::Differs(vec!["account".to_owned()]));
    write(&db, "update account set epoch = 5");
    assert_eq!(db.check_kept().unwrap(), Kept::Differs(vec!["account".to_owned()]), "a write heals nothing");
}

#[test]
fn every_table_is_kept_or_is_known_to_give_nothing() {
    const GIVE_NOTHING: &[&str] = &[
        "alarm",
        "census",
        "dashboard_done",
        "finding",
        "incident",
        "incident_closing",
        "incident_line",
        "incident_status",
        "kept_state",
        "notice",
        "notice_delivery",
        "password_unknown",
        "plan_violation",
        "purge",
        "purge_chunk",
        "purge_file",
        "purge_found",
        "purge_list",
        "purge_mark",
        "purge_moment",
        "purge_person",
        "refusal",
        "restored",
        "schema_migration",
        "status_update",
        "watch_place",
        "watch_profile",
        "wave",
    ];
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("control.db");
    drop(Database::open(&path, CONTROL_MIGRATIONS).unwrap());
    let db = Connection::open(&path).unwrap();
    let mut statement =
        db.prepare("select name from sqlite_schema where type = 'table' order by name").unwrap();
    let names: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let unknown: Vec<_> = names
        .iter()
        .filter(|name| {
            !KEPT_TABLES.iter().any(|table| table.name == *name) && !GIVE_NOTHING.contains(&name.as_str())
        })
        .filter(|name| !name.starts_with("sqlite_"))
        .collect();
    assert!(unknown.is_empty(), "say of these whether they give or limit power: {unknown:?}");
    for table in KEPT_TABLES {
        assert!(names.iter().any(|name| name == table.name), "{} is no table", table.name);
    }
}

#[test]
fn of_people_what_decides_is_kept_and_what_events_say_costs_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("people.db");
    let key = Key::generate().hasher("test");
    let open = || Database::open_kept(&path, PEOPLE_MIGRATIONS, (key.clone(), KEPT_PEOPLE)).unwrap();
    let db = open();
    db.seal_kept(0).unwrap();
    let person = |code: u32| {
        format!(
            "insert into person (space, code, public_id, first_seen_ms, last_seen_ms) values (1, {code}, x'0{code}', 0, 0)"
        )
    };
    let sealed = number(&db);
    write(&db, &person(1));
    write(&db, &person(2));
    write(&db, "update person set last_seen_ms = 5, events = events + 1");
    write(&db, "insert into trait_name (space, name) values (1, 'plan')");
    assert_eq!((number(&db), db.last_kept().map(|kept| kept.number)), (sealed, Some(sealed)));
    for sql in [
        "update person set into_code = 2 where code = 1",
        "insert into merged (space, from_code, into_code, reason, offset, at_ms) values (1, 1, 2, 'a rule', 9, 0)",
        "insert into apart (space, one, other, by_member, reason, offset, at_ms) values (1, 1, 3, x'01', 'two', 9, 0)",
        "insert into outgoing (space, code, reason, at_ms) values (1, 2, '', 0)",
        "update person set erased = 1",
        "delete from outgoing",
    ] {
        let before = number(&db);
        write(&db, sql);
        assert_eq!(
            (number(&db), db.last_kept().map(|kept| kept.number)),
            (before + 1, Some(before + 1)),
            "{sql}"
        );
    }
    write(&db, "update merged set reason = ''");
    // All of it in the one file, which is then copied and put back.
    assert!(db.empty_log().unwrap());
    drop(db);
    // Whatever is done elsewhere is found, by the table it was done to.
    let whole = std::fs::read(&path).unwrap();
    for (sql, table) in [
        ("update person set erased = 0 where code = 2", "person"),
        ("update person set into_code = null where code = 1", "person"),
        ("delete from person where code = 2", "person"),
        ("update person set public_id = x'07' where code = 2", "person"),
        ("update merged set into_code = 3", "merged"),
        ("delete from apart", "apart"),
        ("insert into outgoing (space, code, reason, at_ms) values (1, 1, '', 0)", "outgoing"),
    ] {
        std::fs::copy(&path, dir.path().join("kept")).unwrap();
        Connection::open(&path).unwrap().execute(sql, []).unwrap();
        let db = open();
        assert_eq!(db.check_kept().unwrap(), Kept::Differs(vec![table.to_owned()]), "{sql}");
        drop(db);
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(path.with_file_name(format!("people.db{suffix}")));
        }
        std::fs::rename(dir.path().join("kept"), &path).unwrap();
    }
    assert_eq!(whole, std::fs::read(&path).unwrap());
    assert!(matches!(open().check_kept().unwrap(), Kept::Whole(_)));
}
