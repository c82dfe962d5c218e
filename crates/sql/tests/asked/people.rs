//! Whom statements can tell of, and whom not.

use serde_json::{Value, json};

use crate::world::{DAY, World};

fn column(rows: &Value, place: usize) -> Vec<Value> {
    rows.as_array().unwrap().iter().map(|row| row[place].clone()).collect()
}

#[test]
fn merged_people_are_one_number_everywhere() {
    let mut world = World::new();
    world.does("device", "Page Viewed", 0, &json!({}));
    world.does("u1", "Order Completed", DAY, &json!({}));
    world.does("u2", "Order Completed", DAY, &json!({}));
    world.merge("device", "u1");
    for in_chunks in [false, true] {
        if in_chunks {
            world.store.maintain().unwrap();
        }
        assert_eq!(world.rows("select count(distinct person) from events"), json!([[2]]));
        assert_eq!(world.rows("select count(*) from people"), json!([[2]]));
        let both = world.rows(
            "select count(*) from events a where event = 'Page Viewed' and person = (select person from events where event = 'Order Completed' and person = a.person)",
        );
        assert_eq!(both, json!([[1]]));
        let seen = world.rows(
            "select first_seen, last_seen from people where person in (select person from events where event = 'Page Viewed')",
        );
        assert_eq!(seen[0][0], "2026-08-01T00:00:00.000Z");
        assert_eq!(seen[0][1], "2026-08-02T00:00:00.000Z");
        assert_eq!(world.rows("select count(*) from events e left join people p on p.person = e.person where p.person is null"), json!([[0]]));
    }
}

#[test]
fn numbers_are_others_in_the_next_question() {
    let mut world = World::new();
    for user in 0..20 {
        world.does(&format!("u{user}"), "Page Viewed", 0, &json!({}));
    }
    let ask = || column(&world.rows("select person from people"), 0);
    let (one, other) = (ask(), ask());
    assert_eq!((one.len(), other.len()), (20, 20));
    assert!(one.iter().filter(|number| other.contains(number)).count() < 3, "{one:?} {other:?}");
    let old = one[0].to_string();
    let found = world.rows(&format!("select count(*) from people where person = {old}"));
    assert_eq!(found, json!([[0]]), "a number of before leads nowhere");
    for impossible in ["-1", "4294967296", "'x'", "null", "0.5"] {
        assert_eq!(
            world.rows(&format!("select count(*) from people where person = {impossible}")),
            json!([[0]])
        );
        assert_eq!(
            world.rows(&format!("select count(*) from events where person = {impossible}")),
            json!([[0]])
        );
    }
}

#[test]
fn the_erased_are_gone_and_what_is_sealed_is_absent() {
    let mut world = World::new();
    world.identify(
        "u1",
        &json!({ "plan": "pro", "seats": 3, "email": "[sealed: email]" }),
        Some("ann@example.com"),
    );
    world.identify("u2", &json!({ "plan": "free" }), Some("bob@example.com"));
    world.does("u1", "Order Completed", DAY, &json!({}));
    world.does("u2", "Order Completed", DAY, &json!({}));
    let traits = world.rows("select traits from people order by 1 desc");
    assert_eq!(column(&traits, 0), [json!("{\"plan\":\"pro\",\"seats\":3}"), json!("{\"plan\":\"free\"}")]);
    for statement in ["select * from people", "select * from events", "select traits ->> 'email' from people"]
    {
        let shown = world.rows(statement).to_string();
        assert!(!shown.contains("example.com") && !shown.contains("\"u1\""), "{statement}: {shown}");
    }
    world.erase("u1");
    for in_chunks in [false, true] {
        if in_chunks {
            world.store.maintain().unwrap();
        }
        assert_eq!(world.rows("select traits from people"), json!([["{\"plan\":\"free\"}"]]));
        assert_eq!(world.rows("select count(*) from events"), json!([[2]]));
    }
}
