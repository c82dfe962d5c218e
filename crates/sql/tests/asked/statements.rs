//! What statements answer.

use question::ColumnType;
use serde_json::json;

use crate::world::{DAY, World};

fn shop() -> World {
    let mut world = World::new();
    for (user, name, day, country, total) in [
        ("u1", "Order Completed", 0, "DE", 10.0),
        ("u1", "Page Viewed", 1, "DE", 0.0),
        ("u1", "Order Completed", 3, "DE", 20.5),
        ("u2", "Order Completed", 1, "FR", 5.0),
        ("u2", "Page Viewed", 9, "FR", 0.0),
        ("", "Page Viewed", 40, "FR", 0.0),
    ] {
        let properties =
            json!({ "country": country, "total": total, "cart": { "items": [1, 2] }, "a.b": "x" });
        world.does(user, name, day * DAY, &properties);
    }
    world
}

#[test]
fn groups_sums_windows_and_joins_are_answered() {
    let mut world = shop();
    world.identify("u1", &json!({ "plan": "pro" }), None);
    for in_chunks in [false, true] {
        if in_chunks {
            world.store.maintain().unwrap();
        }
        let of_events = "from events where event <> 'Identify'";
        assert_eq!(
            world.rows(&format!(
                "select event, count(*), count(distinct person) {of_events} group by 1 order by 1"
            )),
            json!([["Order Completed", 3, 2], ["Page Viewed", 3, 2]])
        );
        assert_eq!(
            world.rows("select properties ->> 'country' as c, sum(properties ->> 'total') from events where event = 'Order Completed' group by 1 order by 1"),
            json!([["DE", 30.5], ["FR", 5.0]])
        );
        assert_eq!(
            world.rows("select properties ->> '$.cart.items[1]', json_extract(properties, '$.\"a.b\"'), context ->> '$.library.name' from events where time < '2026-08-01T12'"),
            json!([[2, "x", "analytics.js"], [null, null, "analytics.js"]])
        );
        assert_eq!(
            world.rows("select (time_ms - lag(time_ms) over (partition by person order by time_ms)) / 86400000 as days from events where event = 'Order Completed' and person is not null order by days"),
            json!([[null], [null], [3]])
        );
        assert_eq!(
            world.rows("select traits ->> 'plan', count(*) from events join people using (person) where event = 'Order Completed' group by 1 order by 1"),
            json!([[null, 1], ["pro", 2]])
        );
        assert_eq!(
            world.rows("with orders as materialized (select person, time_ms from events where event = 'Order Completed') select count(*) from orders a join orders b on a.person = b.person and a.time_ms < b.time_ms"),
            json!([[1]])
        );
        assert_eq!(
            world.rows("select value, count(*) from events, json_each(properties, '$.cart.items') group by 1 order by 1"),
            json!([[1, 6], [2, 6]])
        );
        assert_eq!(
            world.rows("select time from events where event = 'Order Completed' and time_ms = 1785542400000"),
            json!([["2026-08-01T00:00:00.000Z"]])
        );
        assert_eq!(
            world.rows("with recursive n(i) as (select 1 union all select i + 1 from n where i < 4) select sum(i) from n"),
            json!([[10]])
        );
        assert_eq!(
            world.rows("select count(*) from events where event in ('Order Completed', 'Identify', 'none')"),
            json!([[4]])
        );
        assert_eq!(
            world.rows("select count(*) from events where event = 'order completed' collate nocase"),
            json!([[3]])
        );
        assert_eq!(world.rows("select count(*) from events where person is null"), json!([[1]]));
    }
}

#[test]
fn columns_tell_what_they_hold_and_have_names_of_their_own() {
    let world = shop();
    let answer = world
        .ask("select event, count(*) as n, avg(properties ->> 'total') as n, null, iif(event = 'Page Viewed', 1, 'x') from events group by 1")
        .unwrap();
    let columns: Vec<(&str, ColumnType)> =
        answer.columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
    assert_eq!(
        columns[..3],
        [("event", ColumnType::Text), ("n", ColumnType::Integer), ("n (2)", ColumnType::Number)]
    );
    assert_eq!((columns[3].1, columns[4].1), (ColumnType::Value, ColumnType::Value));
    assert_eq!(answer.stats.fresh_offset, 6);
}

#[test]
fn what_cannot_fit_is_not_read() {
    let mut world = World::new();
    for day in 0..200 {
        let name = if day % 2 == 0 { "Order Completed" } else { "Page Viewed" };
        world.does(&format!("u{}", day % 50), name, day * DAY, &json!({ "day": day }));
    }
    world.store.maintain().unwrap();
    let read = |statement: &str| {
        let answer = world.ask(statement).unwrap();
        (answer.rows[0][0].as_u64().unwrap(), answer.stats.rows_read)
    };
    let (all, every) = read("select count(*) from events");
    assert_eq!((all, every), (200, 200));
    for (condition, fits) in [
        ("time >= '2026-08-01' and time < '2026-08-11'", 10),
        ("time_ms >= 1785542400000 and time_ms < 1786406400000", 10),
        ("time between '2026-08-01T00:00:00.000Z' and '2026-08-03'", 2),
        ("time = '2026-08-02T00:00:00.000Z'", 1),
        ("time_ms > 1785542400000.5 and time_ms <= 1785628800000", 1),
        ("event = 'nothing'", 0),
        ("time > '2030'", 0),
    ] {
        let (found, read) = read(&format!("select count(*) from events where {condition}"));
        assert_eq!(found, fits, "{condition}");
        assert!(read < every / 2, "{condition}: {read} rows of {every} were read");
    }
    let (found, looked) = read("select count(*) from events where event = 'Order Completed'");
    assert!(found == 100 && looked <= every, "{looked}");
}
