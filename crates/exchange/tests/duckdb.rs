//! Files that DuckDB wrote are read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod support;

use std::path::{Path, PathBuf};

use exchange::{ExchangeError, History};
use serde_json::{Value, json};
use support::duckdb;

fn written(folder: &Path, select: &str, options: &str) -> PathBuf {
    let path = folder.join("events.parquet");
    duckdb(&format!("copy ({select}) to '{}' (format parquet{options})", path.display()));
    path
}

fn messages(history: &mut History) -> Result<Vec<Value>, ExchangeError> {
    let mut text = Vec::new();
    while history.next(&mut text)? {}
    let text = String::from_utf8(text).unwrap();
    let parsed = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    Ok(text.lines().map(parsed).collect())
}

#[test]
fn every_type_is_the_property_that_it_should_be() {
    let folder = tempfile::tempdir().unwrap();
    let select = r#"select
        timestamptz '2025-03-01 10:00:00.123456Z' as time, 'u-1' as user_id, null::varchar as anonymous_id,
        'Order Completed' as event, 7::bigint as message_id, 'track' as type,
        12.50::decimal(9,2) as price, -0.05::decimal(18,2) as change, 12345678901234567890.5::decimal(38,1) as wide,
        3::integer as items, -4::bigint as long, 200::utinyint as small, 18446744073709551615::ubigint as most,
        4.5::double as rate, 'nan'::double as no_number, 0.1::float as short, true as paid, null::integer as missing,
        date '1969-12-31' as day, timestamp '2025-03-01 10:00:00.5' as at,
        '{"a": [1, 2],
          "b": "x\ny"}'::json as cart, '4ac8fb9e-2f5e-4b5e-8a77-0a4a6b1c2d3e'::uuid as session,
        E'a "quoted"\nüñí' as "nóte", timestamp '2024-01-01 00:00:00' as timestamp"#;
    for options in
        ["", ", compression zstd", ", compression gzip", ", compression uncompressed, parquet_version v2"]
    {
        let path = written(folder.path(), select, options);
        let found = messages(&mut History::open(&path).unwrap()).unwrap();
        let wanted: Value = serde_json::from_str(
            r#"{"type": "track", "event": "Order Completed", "userId": "u-1", "messageId": "7",
            "timestamp": 1740823200123, "properties": {"price": 12.5, "change": -0.05, "wide": 12345678901234567890.5,
            "items": 3, "long": -4, "small": 200, "most": 18446744073709551615, "rate": 4.5, "short": 0.1, "paid": true,
            "day": "1969-12-31", "at": "2025-03-01T10:00:00.5Z", "cart": {"a": [1, 2], "b": "x\ny"},
            "session": "4ac8fb9e-2f5e-4b5e-8a77-0a4a6b1c2d3e", "nóte": "a \"quoted\"\nüñí",
            "timestamp": "2024-01-01T00:00:00Z"}}"#,
        )
        .unwrap();
        assert_eq!(found, [wanted], "{options}");
    }
}

#[test]
fn a_call_has_the_members_that_are_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let select = "select * from (values
        (1, 'identify', null, 'pro', null, null), (2, 'page', 'Home', 'pro', null, null), (3, 'group', null, 'pro', 'g', 'p'),
        (4, 'alias', null, 'pro', 'g', 'p'), (5, null, 'Seen', 'pro', 'g', 'p'))
        as t(user_id, type, event, plan, group_id, previous_id), (select '2025-03-01' as timestamp) order by 1";
    let found = messages(&mut History::open(&written(folder.path(), select, "")).unwrap()).unwrap();
    let at = "2025-03-01";
    assert_eq!(
        found,
        [
            json!({"type": "identify", "userId": "1", "timestamp": at, "traits": {"plan": "pro"}}),
            json!({"type": "page", "name": "Home", "userId": "2", "timestamp": at, "properties": {"plan": "pro"}}),
            json!({"type": "group", "userId": "3", "timestamp": at, "groupId": "g", "traits": {"previous_id": "p", "plan": "pro"}}),
            json!({"type": "alias", "userId": "4", "timestamp": at, "previousId": "p", "properties": {"group_id": "g", "plan": "pro"}}),
            json!({"type": "track", "event": "Seen", "userId": "5", "timestamp": at,
                "properties": {"group_id": "g", "previous_id": "p", "plan": "pro"}}),
        ]
    );
}

#[test]
fn reading_goes_on_after_any_row_of_many_groups() {
    let folder = tempfile::tempdir().unwrap();
    let select =
        "select timestamp '2025-03-01' + to_seconds(i) as time, 'u' || (i % 977) as user_id, 'Seen' as event,
        i as number, case when i % 3 = 0 then null else 'text ' || i end as text from range(20000) t(i)";
    let path = written(folder.path(), select, ", row_group_size 4096");
    let mut history = History::open(&path).unwrap();
    assert_eq!(history.rows(), 20_000);
    let all = messages(&mut history).unwrap();
    assert_eq!(all.len(), 20_000);
    for (number, message) in all.iter().enumerate() {
        assert_eq!(message["properties"]["number"], number);
        let text = if number % 3 == 0 { Value::Null } else { json!(format!("text {number}")) };
        assert_eq!(message["properties"]["text"], text);
    }
    for skipped in [0, 1, 1_023, 4_096, 4_097, 8_191, 12_345, 19_999, 20_000, 30_000] {
        let mut history = History::open(&path).unwrap();
        history.skip(skipped).unwrap();
        assert_eq!(
            messages(&mut history).unwrap(),
            all[all.len().min(skipped as usize)..],
            "after {skipped}"
        );
    }
}

#[test]
fn what_cannot_be_read_is_told_by_its_column() {
    let folder = tempfile::tempdir().unwrap();
    let with =
        |more: &str| format!("select timestamp '2025-03-01' as time, 'u' as user_id, 'Seen' as event{more}");
    for (select, options, wanted) in [
        (
            with(", [1, 2] as tags"),
            "",
            "column `tags.list.element` is nested; write lists, maps and structs as JSON",
        ),
        (with(", {'a': 1} as cart"), "", "column `cart.a` is nested"),
        (with(", time '10:00:00' as clock"), "", "column `clock` is a time of day"),
        (with(", interval 1 day as span"), "", "column `span` is of a type that no property has"),
        (with(", 1 as x"), ", compression lz4_raw", "column `time` is packed with a codec that is not read"),
        ("select 'u' as user_id, 'Seen' as event".to_owned(), "", "there is no column `time` or `timestamp`"),
        (
            "select 'Seen' as event, 1 as time".to_owned(),
            "",
            "there is no column `user_id` or `anonymous_id`",
        ),
        ("select 'u' as user_id, 1 as time".to_owned(), "", "there is no column `event` or `type`"),
    ] {
        let error = History::open(&written(folder.path(), &select, options)).err().expect(wanted).to_string();
        assert!(error.starts_with(wanted), "{error}");
    }
    // Values that are wrong are told by the row group as well, and never shown.
    let select = "select timestamp '2025-03-01' as time, 'u' as user_id, 'Seen' as event,
        case when i = 3000 then '\\xAA\\xBB'::blob else 'x'::blob end as raw from range(4000) t(i)";
    let path = written(folder.path(), select, ", row_group_size 2048");
    let error = messages(&mut History::open(&path).unwrap()).expect_err("bytes").to_string();
    assert_eq!(error, "column `raw`, row group 2: a value is not text in UTF-8");
    let bytes = std::fs::read(&path).unwrap();
    for damaged in [&bytes[..bytes.len() / 2], b"PAR1", b""] {
        stdx::files::replace(&path, damaged).unwrap();
        assert!(matches!(History::open(&path), Err(ExchangeError::NotParquet(_))));
    }
}

#[test]
fn damage_anywhere_is_an_error_or_other_values_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let select = "select timestamp '2025-03-01' + to_seconds(i) as time, 'u' || i as user_id, 'Seen' as event,
        i as number, i / 7.0 as rate, i % 2 = 0 as even, i::varchar::decimal(38,2) as wide from range(300) t(i)";
    let path = written(folder.path(), select, "");
    let bytes = std::fs::read(&path).unwrap();
    let mut at = 0;
    while at < bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            stdx::files::replace(&path, &damaged).unwrap();
            if let Ok(mut history) = History::open(&path) {
                let mut text = Vec::new();
                for _ in 0..1_000 {
                    match history.next(&mut text) {
                        Ok(true) => {}
                        Ok(false) | Err(_) => break,
                    }
                }
            }
        }
        at += 13;
    }
}
