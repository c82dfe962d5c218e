//! What is not answered, and what it says.

use std::time::Duration;

use question::AskError;
use serde_json::json;

use crate::world::{ACME, World};

fn world() -> World {
    let mut world = World::new();
    for number in 0..30 {
        world.does("u1", "Page Viewed", number, &json!({ "password_hint": "needle" }));
    }
    world
}

#[test]
fn nothing_can_be_done_but_read() {
    let world = world();
    for statement in [
        "insert into events (event) values ('x')",
        "update events set event = 'x'",
        "delete from people",
        "drop table events",
        "create table t (a)",
        "create temp table t as select * from events",
        "create view v as select 1",
        "attach ':memory:' as other",
        "detach main",
        "pragma table_list",
        "pragma temp_store = file",
        "select * from pragma_table_info('events')",
        "select * from sqlite_master",
        "select * from sqlite_schema",
        "select * from dbstat",
        "select load_extension('x')",
        "select writefile('x', 'y')",
        "select readfile('/etc/passwd')",
        "select random()",
        "select randomblob(100)",
        "select zeroblob(100)",
        "select sqlite_version()",
        "select fts3_tokenizer('simple')",
        "select rowid from events",
        "vacuum",
        "vacuum into 'x'",
        "reindex",
        "analyze",
        "begin",
        "commit",
        "savepoint x",
        "",
        " -- nothing",
        "select 1; select 2",
        "select 1; drop table events",
        "select ?",
        "select 1 \0",
        "select \"needle\" from events",
    ] {
        world.refused(statement);
    }
    assert_eq!(world.rows("select 1;"), json!([[1]]));
}

#[test]
fn errors_name_the_fix() {
    let world = world();
    for (statement, words) in [
        ("select nme from events", &["no such column: nme", "people (person, first_seen", "time_ms"][..]),
        ("select * from event", &["no such table: event", "events (event, time"]),
        ("selec 1", &["syntax error"]),
        ("select random()", &["`random`"]),
        ("select rowid from events", &["`events`", "columns"]),
        ("insert into events (event) values ('x')", &["select"]),
        ("select 1; select 2", &["one at a time"]),
    ] {
        let told = world.refused(statement);
        for word in words {
            assert!(told.contains(word), "{statement}: {told} lacks {word}");
        }
    }
    // What goes wrong on the way could be made of values.
    let told = world.refused("select json_extract(properties, properties ->> 'password_hint') from events");
    assert!(told.contains("bad JSON path") && !told.contains("needle"), "{told}");
    let told = world.refused("select abs(-9223372036854775808) from events");
    assert!(told.contains("integer overflow"), "{told}");
}

#[test]
fn what_is_too_much_ends_with_its_number() {
    let mut world = world();
    let long = format!("select '{}'", "x".repeat(64 * 1024));
    assert!(world.refused(&long).contains("too long"), "{}", world.refused(&long));
    assert!(world.refused("select printf('%.*c', 400000, 'x')").contains("256 KiB"));
    let wide = format!("select {}", vec!["1"; 101].join(","));
    assert!(world.refused(&wide).contains("100"));
    let deep = format!("select {}1{}", "(1+".repeat(200), ")".repeat(200));
    world.refused(&deep);
    let places = vec!["events"; 17].join(", ");
    assert!(world.refused(&format!("select count(*) from {places} limit 1")).contains("16"));

    world.limits.rows = 29;
    assert!(world.refused("select event from events").contains("29 rows"));
    world.limits.rows = 30;
    assert_eq!(world.ask("select event from events").unwrap().rows.len(), 30);
    world.limits.answer_bytes = 100;
    assert!(world.refused("select event from events").contains("MiB"));
}

const ENDLESS: &str = "with recursive n(i) as (select 1 union all select i + 1 from n) select";

#[test]
fn what_takes_too_long_is_ended() {
    let mut world = world();
    world.limits.time = Duration::from_millis(50);
    let told = world.refused(&format!("{ENDLESS} count(*) from n"));
    assert!(told.contains("0.05 s") && told.contains("where"), "{told}");
    let joined = "select count(*) from events a, events b, events c, events d, events e, events f";
    assert!(world.refused(joined).contains("0.05 s"));
    // A limit leaves nothing behind.
    world.limits.time = Duration::from_secs(60);
    assert_eq!(world.rows("select count(*) from events"), json!([[30]]));
}

#[test]
fn what_needs_too_much_memory_is_ended() {
    let mut world = world();
    world.limits.memory_bytes = 20 * 1024 * 1024;
    let sorted = format!("{ENDLESS} i, printf('%.*c', 100000, 'x') as x from n order by x, i");
    let told = world.refused(&sorted);
    assert!(told.contains("20 MiB") && told.contains("memory"), "{told}");
}

#[test]
fn only_a_few_are_answered_at_a_time() {
    let world = world();
    let sql = world.sql();
    let question = question::Sql { sql: "select 1".to_owned() };
    let (one, other) = (sql.prepare(ACME, &question).unwrap(), sql.prepare(ACME, &question).unwrap());
    let third = sql.prepare(ACME, &question);
    assert!(matches!(third.map(drop), Err(AskError::Busy { most: 2 })));
    drop(other);
    one.run().unwrap();
    let (_one, _other) = (sql.prepare(ACME, &question).unwrap(), sql.prepare(ACME, &question).unwrap());
}

#[test]
fn a_statement_tells_what_it_reads() {
    let world = world();
    let reads = |statement: &str| {
        let asked = world.sql().prepare(ACME, &question::Sql { sql: statement.to_owned() }).unwrap();
        asked.reads().into_iter().collect::<Vec<_>>()
    };
    assert_eq!(reads("select count(*) from events"), [""; 0]);
    assert_eq!(reads("select event from events where time > '2026'"), ["events.event", "events.time"]);
    assert_eq!(
        reads("with x as (select p.traits as t from people p) select t ->> 'plan' from x"),
        ["people.traits"]
    );
}
